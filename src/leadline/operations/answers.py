"""The answers that a question could get: those of the leads who are known to have one, or those that rules speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from sqlglot import exp

from leadline.fields.catalogue import CONTACT_FIELDS, DERIVED_FROM
from leadline.qualification.candidates import candidates
from leadline.qualification.layout import BITS_PER_WORD
from leadline.qualification.planning import truths
from leadline.qualification.questions import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from leadline.engines.duckdb import Matcher

    Row = npt.NDArray[np.int64]

KNOWN_MIN: Final = 20
"""With fewer known answers, each kind of answer is taken to be as likely as any other."""
_SAMPLE: Final = 100
_SEEN_MAX: Final = 10_000
_BEFORE_ALL_TIME: Final = -(2**62)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Values of one field with their shares; ``bits`` (values, words) of the conditions that ask for it, which
    ``mask`` marks, where they ask for nothing else; ``partners`` are the fields that they ask for besides, whose values
    of each lead count then.
    """

    values: tuple[object, ...]
    shares: tuple[float, ...]
    bits: Row
    reachable: npt.NDArray[np.uint8]
    mask: Row
    partners: tuple[str, ...]
    known_of: int


class Answers:
    """The possible answers under one agreement, worked out once for any number of leads."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        agreement = matcher.agreement
        silent = {field.name for field in agreement.fields if not field.ask}
        declared = {field.name for field in agreement.fields}
        self.conditions = [
            frozenset(DERIVED_FROM.get(name, name) for name in condition.columns) for condition in truths(agreement)
        ]
        self.schema = matcher.connection.sql("SELECT * FROM versions LIMIT 0").to_arrow_table().schema
        tried = candidates(agreement)
        askable = [
            name
            for name in tried
            if name in self.schema.names and (name in CONTACT_FIELDS or (name in declared and name not in silent))
        ]
        self.seen: dict[tuple[object, ...], Row] = {}
        self.sheets = {name: self._sheet(name, tried[name]) for name in askable}

    def choices(
        self, lead: Mapping[str, object], now: Row, unknown: frozenset[str], *, reachable: bool
    ) -> dict[str, tuple[Sequence[Choice], int]]:
        """Answers by unknown field, with the number of leads that their shares come from.

        ``lead`` is the latest profile, ``now`` the bits of its conditions. Contact fields are asked of those whom
        nobody can reach.
        """
        asked = {
            name: sheet
            for name, sheet in self.sheets.items()
            if name in unknown and (name not in CONTACT_FIELDS or not reachable)
        }
        bits = self._bits(asked, lead)
        return {
            name: (_merged(name, sheet, (now & ~sheet.mask) | bits[name]), sheet.known_of)
            for name, sheet in asked.items()
        }

    def _sheet(self, name: str, tried: tuple[object, ...]) -> _Sheet:
        known, known_of = self._known(name)
        if known_of < KNOWN_MIN:
            known, known_of = [], 0
        values = [*known, *tried]
        judged = self.matcher.judge(self._table([{name: value} for value in values]))
        mask = np.zeros(judged.truths.shape[1], np.int64)
        partners: frozenset[str] = frozenset()
        for place, asked in enumerate(self.conditions):
            if name in asked:
                partners |= asked - {name}
                mask[place // BITS_PER_WORD] |= np.int64(1 << (place % BITS_PER_WORD))
        bits = judged.truths & mask
        if known:
            shares = [1 / len(known)] * len(known) + [0.0] * len(tried)
        else:
            kinds = [row.tobytes() for row in bits]
            shares = [1 / len(set(kinds)) / kinds.count(kind) for kind in kinds]
        return _Sheet(tuple(values), tuple(shares), bits, judged.reachable, mask, tuple(sorted(partners)), known_of)

    def _known(self, name: str) -> tuple[list[object], int]:
        """Latest known values of leads, evenly sampled, and how many leads have one."""
        column, at = exp.column(name, quoted=True), exp.column("at", quoted=True)
        since = exp.Coalesce(this=at, expressions=[exp.Literal.number(_BEFORE_ALL_TIME)])
        latest = exp.alias_(exp.ArgMax(this=column, expression=since), "latest")
        query = (
            exp.select(latest)
            .from_("versions")
            .where(column.is_(exp.null()).not_())
            .group_by(exp.column("lead", quoted=True))
            .order_by(exp.column("lead", quoted=True))
        )
        values = self.matcher.connection.sql(query.sql(dialect="duckdb")).to_arrow_table()["latest"]
        places = np.unique(np.linspace(0, max(0, len(values) - 1), min(_SAMPLE, len(values))).astype(np.int64))
        return values.take(pa.array(places)).to_pylist(), len(values)

    def _bits(self, sheets: Mapping[str, _Sheet], lead: Mapping[str, object]) -> dict[str, Row]:
        """By field, the bits of the conditions that ask for it, with each of its values and the lead's own others."""
        found = {name: sheet.bits for name, sheet in sheets.items() if not sheet.partners}
        keys = {
            name: (name, *(lead.get(partner) for partner in sheet.partners))
            for name, sheet in sheets.items()
            if sheet.partners
        }
        new = [name for name, key in keys.items() if key not in self.seen]
        if new:
            rows = [{**lead, name: value} for name in new for value in sheets[name].values]
            ends = np.cumsum([len(sheets[name].values) for name in new])
            pieces = np.split(self.matcher.judge(self._table(rows)).truths, ends[:-1])
            if len(self.seen) > _SEEN_MAX:
                self.seen.clear()
            self.seen |= {keys[name]: piece & sheets[name].mask for name, piece in zip(new, pieces, strict=True)}
        return found | {name: self.seen[key] for name, key in keys.items()}

    def _table(self, rows: list[dict[str, Any]]) -> pa.Table:
        return pa.Table.from_pylist(rows, schema=self.schema)


def _merged(name: str, sheet: _Sheet, rows: Row) -> list[Choice]:
    """One choice for each set of truths, the most likely first; other leads' addresses are not shown."""
    kinds: dict[bytes, list[int]] = {}
    for place, row in enumerate(rows):
        kinds.setdefault(row.tobytes() + bytes([sheet.reachable[place]]), []).append(place)
    found = [
        Choice(
            None if name in CONTACT_FIELDS else sheet.values[places[0]],
            round(sum(sheet.shares[place] for place in places), 9),
            rows[places[0]],
            int(sheet.reachable[places[0]]),
        )
        for places in kinds.values()
    ]
    return sorted(found, key=lambda choice: -choice.share)
