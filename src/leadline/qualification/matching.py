"""The one SELECT that finds all hits: for each event a bit mask of the rules it satisfies, and the values they need.

Built as a SQLGlot tree from an agreement; how a single condition is spelled is the engine's business (``translate``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from leadline.agreement.fingerprint import digest_of
from leadline.agreement.usage import lead_fields_used
from leadline.fields.catalogue import CONTACT_FIELDS, STAGE_RECORDS, TWO_WAY_EVENTS
from leadline.qualification.layout import BITS_PER_WORD, MACHINE, RECORD_SHIFT, TWO_WAY
from leadline.qualification.planning import event_rules, keys, sums, truths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.agreement.document import Agreement, PointsRule, ThresholdRule
    from leadline.agreement.expressions import Node

Translate = Callable[["Node"], exp.Expr]
Codes = dict[str, int]

EVENT: Final = "event"
EVENT_CODE: Final = "event_code"
"""The place of an event's name in ``event_names``, counted from 1; NULL or 0 for any other: an engine adds it."""

KNOWN_FROM: Final = "known from"
KNOWN_UNTIL: Final = "known until"
"""Columns of ``versions`` and ``events`` in µs, where a replay asks for them: when each row was believed."""

UTINYINT: Final = exp.DType.UTINYINT
BIGINT: Final = exp.DType.BIGINT
UBIGINT: Final = exp.DType.UBIGINT


def hits_fingerprint(agreement: Agreement) -> str:
    """Fingerprint of everything that matching depends on: hits of agreements that share it can be folded by either."""
    rules = tuple(
        (
            rule.name,
            rule.on,
            rule.when,
            rule.machines,
            getattr(rule, "sum", None),
            getattr(rule, "distinct", None),
        )
        for rule in event_rules(agreement)
    )
    columns = tuple(key if isinstance(key, str) else key.tree for key in keys(agreement))
    lists = tuple((named.name, named.values) for named in agreement.lists)
    wanted = (rules, columns, truths(agreement), lead_fields_used(agreement), lists, agreement.two_way)
    return digest_of(wanted)


def event_names(agreement: Agreement) -> tuple[str, ...]:
    """The names of events that mean something: those of rules, of stage records and of two-way communication."""
    ruled = (name for rule in event_rules(agreement) for name in rule.on or ())
    return tuple(dict.fromkeys((*STAGE_RECORDS, *TWO_WAY_EVENTS, *agreement.two_way, *ruled)))


def event_selection(agreement: Agreement, translate: Translate) -> list[exp.Expr]:
    """The selected columns of an event: ``flags``, ``hits0`` …, ``value0`` …, ``key0`` …; they read ``event_code``."""
    rules = event_rules(agreement)
    codes = {name: place + 1 for place, name in enumerate(event_names(agreement))}
    words = [rules[start : start + BITS_PER_WORD] for start in range(0, max(1, len(rules)), BITS_PER_WORD)]
    return [
        exp.alias_(_flags(agreement, codes), "flags"),
        *(exp.alias_(_word(word, codes, translate), f"hits{place}") for place, word in enumerate(words)),
        *(exp.alias_(_finite(translate(value.tree)), f"value{place}") for place, value in enumerate(sums(agreement))),
        *(
            exp.alias_(_key(column(key) if isinstance(key, str) else translate(key.tree)), f"key{place}")
            for place, key in enumerate(keys(agreement))
        ),
    ]


def profile_selection(agreement: Agreement, translate: Translate) -> list[exp.Expr]:
    """The selected columns of a profile version: ``reachable``, ``truths0`` … (conditions), ``known0`` … (fields)."""
    conditions = [translate(condition.tree) for condition in truths(agreement)]
    known = [column(name).is_(exp.null()).not_() for name in lead_fields_used(agreement)]
    reachable = exp.or_(*(column(name).is_(exp.null()).not_() for name in CONTACT_FIELDS))
    return [
        exp.alias_(exp.cast(reachable, UTINYINT), "reachable"),
        *(exp.alias_(word, f"truths{place}") for place, word in enumerate(_words(conditions))),
        *(exp.alias_(word, f"known{place}") for place, word in enumerate(_words(known))),
    ]


def unsure_selection(agreement: Agreement, translate: Translate) -> list[exp.Expr]:
    """The selected columns that say of each condition whether it is unknown: ``unsure0`` …."""
    unsure = [exp.Paren(this=translate(condition.tree)).is_(exp.null()) for condition in truths(agreement)]
    return [exp.alias_(word, f"unsure{place}") for place, word in enumerate(_words(unsure))]


def column(name: str) -> exp.Column:
    """A column by its exact name."""
    return exp.column(name, quoted=True)


def number(value: int, kind: exp.DType = BIGINT) -> exp.Expr:
    """A whole number of a stated width."""
    return exp.cast(exp.Literal.number(value), kind)


def _words(conditions: Sequence[exp.Expr]) -> list[exp.Expr]:
    starts = range(0, max(1, len(conditions)), BITS_PER_WORD)
    return [
        _sum([_bit(place, condition) for place, condition in enumerate(conditions[start : start + BITS_PER_WORD])])
        for start in starts
    ]


def _bit(place: int, condition: exp.Expr | None) -> exp.Expr:
    bit = number(1 << place)
    return bit if condition is None else exp.Case().when(condition, bit).else_(number(0))


def _sum(terms: list[exp.Expr]) -> exp.Expr:
    if not terms:
        return number(0)
    total = terms[0]
    for term in terms[1:]:
        total = exp.Add(this=total, expression=term)
    return total


def _flags(agreement: Agreement, codes: Codes) -> exp.Expr:
    two_way = dict.fromkeys((*TWO_WAY_EVENTS, *agreement.two_way), TWO_WAY)
    records = {name: (place + 1) << RECORD_SHIFT for place, name in enumerate(STAGE_RECORDS)}
    named = _by_event({name: number(flag, UTINYINT) for name, flag in (two_way | records).items()}, codes, UTINYINT)
    machine = exp.Case().when(column("is_machine"), number(MACHINE, UTINYINT)).else_(number(0, UTINYINT))
    return exp.cast(exp.Add(this=named, expression=machine), UTINYINT)


def _by_event(values: dict[str, exp.Expr], codes: Codes, kind: exp.DType = BIGINT) -> exp.Expr:
    """A value by the event's name: an event pays only for the rules about it."""
    if not values:
        return number(0, kind)
    case = exp.Case(this=column(EVENT_CODE))
    for name, value in values.items():
        case = case.when(exp.Literal.number(codes[name]), value)
    return case.else_(number(0, kind))


def _word(rules: tuple[PointsRule | ThresholdRule, ...], codes: Codes, translate: Translate) -> exp.Expr:
    bits = [_bit(place, None if rule.when is None else translate(rule.when.tree)) for place, rule in enumerate(rules)]
    by_people = _hits(rules, bits, codes)
    by_machines = _hits(rules, bits, codes, machines=True)
    return exp.Case().when(column("is_machine"), by_machines).else_(by_people)


def _hits(
    rules: tuple[PointsRule | ThresholdRule, ...],
    bits: list[exp.Expr],
    codes: Codes,
    *,
    machines: bool = False,
) -> exp.Expr:
    named: dict[str, list[exp.Expr]] = {}
    anything = []
    for rule, bit in zip(rules, bits, strict=True):
        if machines and not rule.machines:
            continue
        if rule.on is None:
            anything.append(bit.copy())
        for name in rule.on or ():
            named.setdefault(name, []).append(bit.copy())
    total = _by_event({name: _sum(terms) for name, terms in named.items()}, codes)
    if not anything:
        return total
    outbound = column("direction").eq(exp.Literal.string("outbound"))
    # Stage records have the first codes.
    is_record = column(EVENT_CODE).between(1, len(STAGE_RECORDS))
    return exp.Add(
        this=total, expression=exp.Case().when(exp.or_(outbound, is_record), number(0)).else_(_sum(anything))
    )


def _key(value: exp.Expr) -> exp.Expr:
    # 0 is for unknown, but also the hash of 0.0 and of FALSE.
    known = exp.func("greatest", exp.func("hash", value), number(1, UBIGINT))
    return exp.Case().when(value.copy().is_(exp.null()), number(0, UBIGINT)).else_(known)


def _finite(value: exp.Expr) -> exp.Expr:
    return exp.cast(value, exp.DType.DOUBLE)
