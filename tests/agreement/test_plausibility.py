"""A warning is never wrong: what is said never to happen does not happen in any random history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreement.examples import example_text
from leadline.agreement.checking.condition_sense import Sense
from leadline.agreement.checking.criterion_sense import CriterionSense
from leadline.agreement.checking.domains import Domain
from leadline.agreement.checking.score_ranges import Ranges
from leadline.agreement.conditions import Scope, parse_condition
from leadline.agreement.criteria import Quantity
from leadline.agreement.document import StateRule
from leadline.agreement.reading import read_text
from leadline.agreement.template import template_text
from leadline.fields.catalogue import BOOLEAN, NUMBER, TEXT, Type
from reference.criteria import Scores, quantity, truth
from reference.qualification import _Lead
from reference.values import value_of
from strategies import Case, cases

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement

COLUMNS: dict[str, Type] = {"a": TEXT, "n": NUMBER, "b": BOOLEAN, "d": TEXT}
SCOPE = Scope("column", COLUMNS, {}, frozenset(["few", "none"]))
LISTS = {"few": frozenset(["X", "y"]), "none": frozenset[str]()}
SENSE = Sense({"d": Domain(only=frozenset(["in", "out"]))}, LISTS)


@pytest.mark.parametrize(
    ("condition", "possible", "always"),
    [
        ("a = 'x' AND a = 'y'", False, False),
        ("a = 'x' OR a = 'y'", True, False),
        ("a IN ('x', 'y') AND a NOT IN ('y', 'x')", False, False),
        ("n > 3 AND n <= 3", False, False),
        ("n >= 3 AND n <= 3", True, False),
        ("NOT (n < 5 OR n > 4)", False, False),
        ("a IS NULL AND a = 'x'", False, False),
        ("n + 1 > 3 AND n IS NULL", False, False),
        ("a IS NULL OR a IS NOT NULL", True, True),
        ("b OR NOT b", True, False),
        ("b OR NOT b OR b IS NULL", True, True),
        ("a = 'x' OR a <> 'x' OR a IS NULL", True, True),
        ("1 = 1", True, True),
        ("1 = 2", False, False),
        ("a LIKE 'x%' AND a = 'yes'", False, False),
        ("a LIKE 'y%' AND a = 'yes'", True, False),
        ("contains(a, 'z') AND a IN ('x', 'y')", False, False),
        ("lower(a) = 'X'", False, False),
        ("d <> 'in' AND d <> 'out'", False, False),
        ("in_list(a, 'none')", False, False),
        ("in_list(a, 'few') AND a = 'x'", False, False),
        ("length(a) < 0", False, False),
        ("n <> n", False, False),
        ("coalesce(n, 0) = 0 AND n IS NULL", True, False),
    ],
)
def test_what_conditions_can_be(condition: str, *, possible: bool, always: bool) -> None:
    tree = parse_condition(condition, SCOPE).tree
    assert (SENSE.can_be_true(tree), SENSE.always_true(tree)) == (possible, always)


SIMPLE = [
    "a = 'x'", "a <> 'x'", "a = 'y'", "a IN ('x', 'X')", "a IS NULL", "a LIKE 'x%'", "lower(a) = 'x'",
    "upper(a) = 'x'", "in_list(a, 'few')", "in_list(a, 'none')", "n > 1", "n <= 1", "n = 2", "n IS NULL",
    "n BETWEEN 1 AND 2", "n + 1 > 2", "b", "b = false", "b IS NULL", "d = 'in'", "d <> 'in'",
    "coalesce(n, 5) > 4", "abs(n) < 0", "length(a) = 0", "true", "2 < 1", "a > 'x'",
    "starts_with(a, 'X')", "n = n", "n / 0 > 1",
]  # fmt: skip
ATOMS = st.sampled_from(SIMPLE)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map(lambda one: f"NOT ({one})"),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda three: "({}) {} ({})".format(*three)),
    ),
    max_leaves=7,
)
ROWS = st.fixed_dictionaries(
    {
        "a": st.sampled_from([None, "x", "X", "y", "xy", "z"]),
        "n": st.sampled_from([None, -1.0, 1.0, 1.5, 2.0, 9.0]),
        "b": st.sampled_from([None, True, False]),
        "d": st.sampled_from([None, "in", "out"]),
    }
)


@settings(max_examples=400, deadline=None)
@given(CONDITIONS, ROWS)
def test_conditions_keep_to_what_was_said(condition: str, row: dict[str, Any]) -> None:
    tree = parse_condition(condition, SCOPE).tree
    truth_value = value_of(tree, row, LISTS)
    assert SENSE.can_be_true(tree) or truth_value is not True
    assert not SENSE.always_true(tree) or truth_value is True


class _Watched(_Lead):
    """A lead whose every score is looked at."""

    def __init__(self, seen: list[Scores], case: Case, lead_id: str) -> None:
        self.seen = seen
        super().__init__(case.agreement, lead_id, *case.history, case.as_of)

    def scores(self, t: int, profile: dict[str, Any]) -> Scores:
        found = super().scores(t, profile)
        self.seen.append(found)
        return found


def quantities_of(agreement: Agreement) -> list[Quantity]:
    interest = agreement.engagement
    named = [Quantity("contribution", thing.name) for thing in (*interest.rules, *interest.groups)]
    hits = [rule.name for rule in interest.rules if not isinstance(rule, StateRule)]
    counted = [Quantity(measure, name) for name in hits for measure in ("count", "age_days")]
    return [Quantity("fit"), Quantity("engagement"), *named, *counted]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_scores_stay_within_their_ranges(case: Case) -> None:
    ranges = Ranges(case.agreement)
    sense = CriterionSense(ranges)
    domains = {asked: ranges.of(asked) for asked in quantities_of(case.agreement)}
    hopeless = {c.name for c in case.agreement.mql.criteria if not sense.can_be_met(c.when)}
    certain = {c.name for c in case.agreement.mql.criteria if sense.always_met(c.when)}
    seen: list[Scores] = []
    for row in (*case.history.leads, *case.history.profiles):
        _Watched(seen, case, row["lead_id"])
    for scores in seen:
        for asked, domain in domains.items():
            value = quantity(asked, scores)
            assert value is None or domain.holds(value), (asked, value, domain)
        for criterion in case.agreement.mql.criteria:
            met = truth(criterion.when, scores)
            assert met is not True or criterion.name not in hopeless, criterion.text
            assert met is True or criterion.name not in certain, criterion.text


@pytest.mark.parametrize("text", [template_text(), example_text()], ids=["template", "example"])
def test_good_agreements_have_no_warnings(text: str) -> None:
    from agreement.examples import HERE

    assert read_text(text, folder=HERE).problems == ()
