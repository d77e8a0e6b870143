"""Turns what folding found out into decision rows: one row a lead, as an Arrow table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.agreement.usage import lead_fields_used
from leadline.fields.catalogue import STAGES
from leadline.qualification.chances import PROMISING, chances_of
from leadline.qualification.layout import BITS_PER_WORD, NEVER, PRE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.qualification.layout import Answers

INSTANT: Final = pa.timestamp("us", tz="UTC")
CONTRIBUTION: Final = pa.struct(
    [
        ("rule", pa.string()),
        ("hits", pa.int32()),
        ("accepted", pa.int32()),
        ("raw", pa.float64()),
        ("counted", pa.float64()),
        ("last_hit", INSTANT),
    ]
)
QUALIFICATION: Final = pa.struct([("at", INSTANT), ("because", pa.list_(pa.string()))])
DECISIONS: Final = pa.schema(
    [
        ("lead_id", pa.string()),
        ("as_of", INSTANT),
        ("version", pa.string()),
        ("stage", pa.string()),
        ("fit", pa.float64()),
        ("persona", pa.string()),
        ("grade", pa.string()),
        ("engagement", pa.float64()),
        ("level", pa.string()),
        ("mql_at", INSTANT),
        ("because", pa.list_(pa.string())),
        ("qualifications", pa.list_(QUALIFICATION)),
        ("unknown_fields", pa.list_(pa.string())),
        ("contributions", pa.list_(CONTRIBUTION)),
        ("chance", pa.float64()),
        ("chance_low", pa.float64()),
        ("chance_high", pa.float64()),
    ]
)
"""The columns of a decision; ``because`` is that of the latest qualification, ``mql_at`` the instant of the first.

``chance`` and its interval are unknown where the agreement says nothing of chances, of visitors, and from `sal` on.
"""


class Decisions:
    """Builds decision rows of one agreement; names are looked up once."""

    def __init__(self, agreement: Agreement, version: str) -> None:
        self.version = version
        self.personas = [persona.name for persona in agreement.fit.personas]
        self.grades = [*(name for name, _ in agreement.fit.grades), "D"]
        self.grade_bounds = np.array([bound for _, bound in agreement.fit.grades])
        self.levels = [*(name for name, _ in agreement.engagement.levels), "cold"]
        self.level_bounds = np.array([bound for _, bound in agreement.engagement.levels])
        self.rules = [rule.name for rule in agreement.engagement.rules]
        self.criteria = [criterion.name for criterion in agreement.mql.criteria]
        self.fields = list(lead_fields_used(agreement))
        self.chance = agreement.chance

    def table(
        self,
        answers: Answers,
        as_of: npt.NDArray[np.int64],
        known: npt.NDArray[np.int64],
        reachable: npt.NDArray[np.uint8],
        lead_ids: pa.Array,
    ) -> pa.Table:
        """One row a span that has a record by its moment; ``known``, ``reachable`` are those of the log's profiles."""
        seen = np.flatnonzero(answers.leads["seen"])
        count = len(answers.leads)
        first, latest, because, qualifications = self._qualifications(answers, count)
        profile = answers.leads["latest_known"]
        stages = self._stages(answers, profile, reachable)
        columns = [
            lead_ids,
            pa.array(as_of).cast(INSTANT),
            pa.repeat(self.version, count),
            stages,
            pa.array(answers.leads["fit"]),
            _named(answers.leads["persona"], self.personas),
            _named(tiers(answers.leads["fit"], self.grade_bounds), self.grades),
            pa.array(answers.leads["engagement"]),
            _named(tiers(answers.leads["engagement"], self.level_bounds), self.levels),
            pa.array(first, mask=first == NEVER).cast(INSTANT),
            because.take(pa.array(latest, mask=latest < 0)) if len(because) else _empty_lists(count),
            qualifications,
            self._unknown(known, profile),
            self._contributions(answers),
            *self._chances(answers, stages),
        ]
        columns[10] = _no_nulls(columns[10])
        table = pa.Table.from_arrays(columns, schema=DECISIONS)
        return table if len(seen) == count else table.take(pa.array(seen))

    def _chances(self, answers: Answers, stages: pa.Array) -> list[pa.Array]:
        """Chance, low and high; unknown where a score says nothing."""
        if self.chance is None:
            return [pa.nulls(len(stages), pa.float64())] * 3
        unknown = ~pc.is_in(stages, pa.array(PROMISING)).to_numpy(zero_copy_only=False)
        found = chances_of(self.chance, answers.leads["fit"] + answers.leads["engagement"])
        return [pa.array(column, mask=unknown) for column in found.T]

    def _stages(self, answers: Answers, profile: npt.NDArray[Any], reachable: npt.NDArray[np.uint8]) -> pa.Array:
        if len(reachable):
            can = (profile >= 0) & (reachable[np.maximum(profile, 0)] > 0)
        else:
            can = np.zeros(len(profile), bool)
        early = np.where(can, np.where(answers.leads["two_way"] > 0, 2, 1), 0)
        return _named(np.where(answers.leads["stage"] == PRE, early, answers.leads["stage"] + 2), list(STAGES))

    def _qualifications(
        self, answers: Answers, count: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], pa.Array, pa.Array]:
        total = int(answers.found[0])
        span, at = answers.qualifications["span"][:total], answers.qualifications["at"][:total]
        because = _bit_names(answers.because[:total], self.criteria)
        offsets = np.searchsorted(span, np.arange(count + 1)).astype(np.int32)
        first, latest = np.full(count, NEVER), np.full(count, -1)
        some = offsets[1:] > offsets[:-1]
        first[some] = at[offsets[:-1][some]]
        latest[some] = offsets[1:][some] - 1
        structs = pa.StructArray.from_arrays([pa.array(at).cast(INSTANT), because], fields=list(QUALIFICATION))
        return first, latest, because, pa.ListArray.from_arrays(pa.array(offsets), structs)

    def _unknown(self, known: npt.NDArray[np.int64], profile: npt.NDArray[np.int64]) -> pa.Array:
        words = -(-max(1, len(self.fields)) // BITS_PER_WORD)
        bits = np.zeros((len(profile), words), np.int64)
        if len(known):
            bits[profile >= 0] = known[profile[profile >= 0]]
        return _bit_names(~bits, self.fields)

    def _contributions(self, answers: Answers) -> pa.Array:
        shown = (answers.rules["hits"] > 0) | (answers.rules["raw"] != 0)
        span, rule = np.nonzero(shown)
        offsets = np.searchsorted(span, np.arange(len(shown) + 1)).astype(np.int32)
        last_hit = answers.rules["last_hit"][shown]
        structs = pa.StructArray.from_arrays(
            [
                _named(rule, self.rules),
                pa.array(answers.rules["hits"][shown].astype(np.int32)),
                pa.array(answers.rules["accepted"][shown].astype(np.int32)),
                pa.array(answers.rules["raw"][shown]),
                pa.array(answers.rules["counted"][shown]),
                pa.array(last_hit, mask=last_hit == NEVER).cast(INSTANT),
            ],
            fields=list(CONTRIBUTION),
        )
        return pa.ListArray.from_arrays(pa.array(offsets), structs)


def tiers(values: npt.NDArray[np.float64], bounds: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """For each value, the place of the first bound (highest first) that it reaches; below all, their number."""
    return np.asarray((values[:, None] < bounds[None, :]).sum(axis=1), np.int64)


def _named(places: npt.NDArray[Any], names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(names, pa.string())).cast(
        pa.string()
    )


def _bit_names(words: npt.NDArray[np.int64], names: Sequence[str]) -> pa.Array:
    """For each row of words, the list of names whose bits are set."""
    rows = np.zeros((len(words), len(names)), bool)
    for place in range(len(names)):
        rows[:, place] = (words[:, place // BITS_PER_WORD] >> (place % BITS_PER_WORD)) & 1 > 0
    row, name = np.nonzero(rows)
    offsets = np.searchsorted(row, np.arange(len(words) + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), _named(name, names))


def _empty_lists(count: int) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(np.zeros(count + 1, np.int32)), pa.array([], pa.string()))


def _no_nulls(lists: pa.Array) -> pa.Array:
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pc.list_flatten(lists))
