"""Random agreements: files with every kind of rule and criterion, which the reader must accept."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from hypothesis import note
from hypothesis import strategies as st

from leadline.agreement.reading import parse_agreement
from leadline.fields.catalogue import KEY_COLUMNS

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from leadline.agreement.document import Agreement

Tree = dict[str, Any]

TIMEZONES: Final = (
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia",
)  # fmt: skip
FIELDS: Final[Tree] = {
    "title": {"type": "text"},
    "country": {"type": "text", "choices": ["DE", "US", "GB"]},
    "revenue": {"type": "number"},
    "seats": {"type": "number"},
    "newsletter": {"type": "boolean"},
    "renewal": {"type": "time"},
}
LEAD_CONDITIONS: Final = (
    "country = 'DE'",
    "country IN ('DE', 'US')",
    "country <> 'DE'",
    "revenue >= 10",
    "revenue BETWEEN 5 AND 20",
    "seats >= 5",
    "newsletter",
    "title IS NULL",
    "coalesce(seats, 0) < 5",
    "seats * 2 > revenue - 1",
    "revenue / seats > 2",
    "round(revenue / 4) = 3",
    "abs(revenue - 10) <= 5",
    "CASE WHEN newsletter THEN seats ELSE revenue END >= 10",
    "title ILIKE '%market%'",
    "title ~* '^(vp|head)'",
    "starts_with(title, 'VP')",
    "contains(lower(title), 'sales')",
    "split_part(title, ' ', 2) = 'Marketing'",
    "length(trim(country)) = 2",
    "job_level IN ('vp', 'c_level')",
    "job_level = 'student'",
    "job_function = 'marketing'",
    "email_domain = 'acme.example'",
    "email_is_free",
    "email_is_disposable",
    "in_list(email_domain, 'targets')",
    "email = 'ann@acme.example'",
    "phone IS NOT NULL",
    "source = 'fair' OR channel = 'email'",
    "account_is_customer",
    "created_at < '2025-11-01'",
    "renewal >= '2025-10-26'",
)
EVENT_CONDITIONS: Final = (
    "path LIKE '/pricing%'",
    "path NOT LIKE '%\\_x'",
    "asset_kind = 'whitepaper'",
    "duration_s >= 60",
    "value > 10",
    "value / duration_s >= 1",
    "channel IS NULL",
    "coalesce(channel, source) = 'email'",
    "channel IN ('email', 'ads')",
    "direction = 'inbound'",
    "NOT is_machine",
    "event = 'Page Viewed'",
    "occurred_at >= '2025-10-26T01:00:00Z'",
    "campaign ~ '^[a-z]+-[0-9]+$'",
    "split_part(path, '/', 2) = 'pricing'",
    "url ILIKE '%utm=News%'",
    "properties.plan = 'pro'",
    "CAST(properties.seats AS double precision) >= 5",
    "CAST(properties.trial AS boolean)",
    "CAST(properties.since AS timestamptz) < '2025-11-01T00:00:00Z'",
    "round(value, 1) = 0.3",
)
SUMS: Final = (
    "duration_s",
    "value",
    "CAST(properties.seats AS double precision)",
    "coalesce(value, 1)",
    "value / duration_s",
)
DISTINCTS: Final = (
    "channel",
    "asset",
    "lower(path)",
    "value",
    "is_machine",
    "occurred_at",
    "properties.plan",
)
EVENTS: Final = ("Page Viewed", "Content Downloaded", "Demo Requested", "Unsubscribed", "Webinar Joined")
POINTS: Final = (10, 5, 20, -10, 2.5, 0, 15, -20, 0.1, 40)
BOUNDS: Final = (10, 5, 20, 0, 2.5, 15, 30, 40, 0.1, 7.5)
DURATIONS: Final = ("1d", "7d", "2d", "4h", "30m", "2w", "30d")


def joined(template: str, *parts: SearchStrategy[Any]) -> SearchStrategy[str]:
    """A text with its gaps filled."""
    return st.tuples(*parts).map(lambda found: template.format(*found))


@cache
def conditions(atoms: tuple[str, ...]) -> SearchStrategy[str]:
    """SQL conditions: one of the atoms, or some of them joined."""
    return st.recursive(
        st.sampled_from(atoms),
        lambda inner: st.one_of(
            joined("({} AND {})", inner, inner),
            joined("({} OR {})", inner, inner),
            joined("NOT ({})", inner),
        ),
        max_leaves=3,
    )


@cache
def _points_rules(groups: tuple[str, ...]) -> SearchStrategy[Tree]:
    period = st.sampled_from(("per day", "ever", "per week", "per month", *(f"per {d}" for d in DURATIONS)))
    by = st.sampled_from(("", *(f" by {column}" for column in KEY_COLUMNS)))
    return st.fixed_dictionaries(
        {"on": _names_of_events(), "points": st.sampled_from(POINTS)},
        optional={
            "when": conditions(EVENT_CONDITIONS),
            "at_most": joined("{} {}{}", st.integers(1, 3), period, by),
            "half_life": st.sampled_from((*DURATIONS, "never")),
            "expires": st.sampled_from(DURATIONS),
            "max": st.sampled_from((10, 15, 2.5)),
            "survives_reset": st.booleans(),
            "machines": st.booleans(),
        }
        | _group_of(groups),
    )


@cache
def _threshold_rules(groups: tuple[str, ...]) -> SearchStrategy[Tree]:
    def of(at_least: tuple[float, ...], **measured: SearchStrategy[str]) -> SearchStrategy[Tree]:
        needed = {
            "on": _names_of_events(),
            "points": st.sampled_from(POINTS),
            "at_least": st.sampled_from(at_least),
            "within": st.sampled_from(DURATIONS),
        }
        optional = {"when": conditions(EVENT_CONDITIONS), "machines": st.booleans()}
        return st.fixed_dictionaries(needed | measured, optional=optional | _group_of(groups))

    return st.one_of(
        of((2, 1, 3, 1.5)),
        of((60, 0.3, 10, 120), sum=st.sampled_from(SUMS)),
        of((2, 1, 3), distinct=st.sampled_from(DISTINCTS)),
    )


@cache
def _state_rules(groups: tuple[str, ...]) -> SearchStrategy[Tree]:
    needed = {"when": conditions(LEAD_CONDITIONS), "points": st.sampled_from(POINTS)}
    return st.fixed_dictionaries(needed, optional=_group_of(groups))


@cache
def _names_of_events() -> SearchStrategy[str | list[str]]:
    names = st.sampled_from(EVENTS)
    return st.one_of(names, st.just("any"), st.lists(names, min_size=1, max_size=2, unique=True))


def _group_of(groups: tuple[str, ...]) -> dict[str, SearchStrategy[Any]]:
    return {"group": st.sampled_from(groups)} if groups else {}


def criteria(rules: Tree, groups: list[str], names: dict[str, list[str]]) -> SearchStrategy[str]:
    """Comparisons over every quantity that an agreement with these rules, groups and names has."""
    counted = [name for name, rule in rules.items() if "on" in rule]
    numbers = ["engagement", "fit", *rules, *groups]
    operators = st.sampled_from((">=", ">", "<=", "<", "=", "<>"))
    equal = st.sampled_from(("=", "<>"))
    bounds = st.sampled_from(BOUNDS)
    atoms = [
        joined("{} >= {}", st.sampled_from(("engagement", "fit")), bounds),
        joined("{} {} {}", st.sampled_from(numbers), operators, bounds),
        joined("{1} {0} {2}", operators, bounds, st.sampled_from(numbers)),
        joined("{} {} {}", st.sampled_from(numbers), operators, st.sampled_from(numbers)),
        st.one_of(
            [joined("{} {} '{}'", st.just(name), equal, st.sampled_from(known)) for name, known in names.items()]
        ),
    ]
    if counted:
        of = st.sampled_from(counted)
        ages = st.sampled_from((1, 7, 0, 2, 0.5, 30))
        atoms.insert(1, joined("{}.count {} {}", of, operators, st.sampled_from((1, 2, 0, 3, 60))))
        atoms.insert(2, joined("{}.age_days {} {}", of, operators, ages))
    return st.recursive(
        st.one_of(atoms),
        lambda inner: st.one_of(
            joined("({} OR {})", inner, inner),
            joined("({} AND {})", inner, inner),
            joined("NOT ({})", inner),
        ),
        max_leaves=3,
    )


def _numbered(draw: DrawFn, prefix: str, of: SearchStrategy[Any], least: int, most: int) -> Tree:
    drawn = draw(st.lists(of, min_size=least, max_size=most))
    return {f"{prefix}{number}": item for number, item in enumerate(drawn)}


@st.composite
def _fits(draw: DrawFn) -> Tree:
    rule = st.fixed_dictionaries(
        {"when": conditions(LEAD_CONDITIONS), "points": st.sampled_from((20, 10, -10, 40, 0.1))}
    )
    rules = st.lists(rule, min_size=1, max_size=3).map(lambda found: {f"f{n}": r for n, r in enumerate(found)})
    fit: Tree = {"max": draw(st.sampled_from((100, 30)))}
    fit["grades"] = draw(st.sampled_from(({"A": 30, "B": 20, "C": 10}, {"A": 20}, {"B": 0.1, "A": 10})))
    fit["knockouts"] = _numbered(draw, "k", conditions(LEAD_CONDITIONS), 0, 1)
    fit["personas"] = _numbered(draw, "p", st.fixed_dictionaries({"rules": rules}), 1, 3)
    return fit


@st.composite
def _engagements(draw: DrawFn) -> Tree:
    groups = _numbered(draw, "g", st.sampled_from(({"max": 10}, {"max": 25}, {}, {"max": 0})), 0, 2)
    names = tuple(groups)
    points = _points_rules(names)
    kinds = st.one_of(points, points, _threshold_rules(names), _state_rules(names))
    return {
        "max": draw(st.sampled_from((100, 30, 12.5))),
        "half_life": draw(st.sampled_from(("never", *DURATIONS))),
        "levels": draw(st.sampled_from(({"hot": 10, "warm": 5}, {"hot": 12.5}, {"warm": 0, "hot": 7.5}))),
        "groups": groups,
        "rules": _numbered(draw, "r", kinds, 1, 6),
    }


@st.composite
def agreement_texts(draw: DrawFn) -> str:
    """Files that the reader accepts, with every kind of rule and criterion."""
    fit, engagement = draw(_fits()), draw(_engagements())
    names = {
        "persona": list(fit["personas"]),
        "grade": [*fit["grades"], "D"],
        "level": [*engagement["levels"], "cold"],
    }
    ways = criteria(engagement["rules"], list(engagement["groups"]), names)
    recycle = st.fixed_dictionaries(
        {},
        optional={
            "cooldown": st.sampled_from(DURATIONS),
            "reset": st.just("engagement"),
            "lost": st.sampled_from(DURATIONS),
        },
    )
    tree = {
        "leadline": 1,
        "name": "drawn",
        "timezone": draw(st.sampled_from(TIMEZONES)),
        "fields": FIELDS,
        "lists": {"targets": {"values": ["acme.example", "umbrella.example"]}},
        "fit": fit,
        "engagement": engagement,
        "mql": {"when": _numbered(draw, "c", ways, 1, 3), "recycle": draw(recycle)},
        "two_way": draw(st.sampled_from(([], ["Webinar Joined"]))),
    }
    return yaml_of(tree)


def yaml_of(tree: Tree, indent: str = "") -> str:
    """A mapping of mappings as YAML, its leaves in JSON's spelling."""
    return "".join(
        f"{indent}{key}:\n{yaml_of(inner, indent + '  ')}"
        if isinstance(inner, dict) and inner
        else f"{indent}{key}: {json.dumps(inner, ensure_ascii=False)}\n"
        for key, inner in tree.items()
    )


@st.composite
def agreements(draw: DrawFn) -> Agreement:
    """Agreements that the reader made from ``agreement_texts()``."""
    text = draw(agreement_texts())
    note(text)
    return _parsed(text)


@lru_cache(maxsize=1000)
def _parsed(text: str) -> Agreement:
    return parse_agreement(text)  # once a text: shrinking comes back to the same ones
