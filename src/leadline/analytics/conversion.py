"""How often leads are won: by source, by owner, by any column, each share with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from leadline.analytics.tables import MISSING
from leadline.estimates.shares import Share, intervals, share
from leadline.log.columns import key_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.analytics.columns import Field
    from leadline.analytics.outcome import Ends

Verdict = Literal["above", "below", ""]
NOTHING: Final = "(empty)"
SPELLINGS_MOST: Final = 20_000
FEW: Final = 10
"""Groups of fewer leads than this say nothing by themselves."""


@dataclass(frozen=True, slots=True)
class Group:
    """Leads with one value. ``share`` is of those that can be judged; ``others`` of the judged without it.

    ``verdict`` says where the interval lies against the share of the others. ``value`` is that of its deals won;
    ``worth`` and ``squares`` are the sums of values and of their squares, of the judged.
    """

    name: str
    spellings: tuple[str, ...]
    leads: int
    share: Share
    others: Share
    verdict: Verdict
    value: float
    worth: float
    squares: float
    open: int

    @property
    def won(self) -> int:
        """How many of the judged were won."""
        return int(self.share.hits)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Leads by the values of a column, the largest group first, and all of them together."""

    column: str
    groups: tuple[Group, ...]
    whole: Share


def breakdown(field: Field, ends: Ends, judged: npt.NDArray[np.bool_]) -> Breakdown:
    """The groups of a column; ``judged`` (n) are the leads that count. Placeholders are groups as they are written."""
    names, codes = _groups(field)
    leads = np.bincount(codes, minlength=len(names))
    trials = np.bincount(codes[judged], minlength=len(names))
    won = judged & ends.won
    hits = np.bincount(codes[won], minlength=len(names))
    worth = np.nan_to_num(ends.value)
    value, judged_worth, squares = (
        np.bincount(codes, weights=weights, minlength=len(names))
        for weights in (worth, np.where(judged, worth, 0.0), np.where(judged, worth**2, 0.0))
    )
    still_open = np.bincount(codes[ends.open], minlength=len(names))
    low, high = intervals(hits, trials)
    whole = share(float(won.sum()), float(judged.sum()))
    groups = []
    for place in np.lexsort((np.arange(len(names)), -leads)):
        if not leads[place]:
            continue
        name, spellings = names[place]
        others = share(float(hits.sum() - hits[place]), float(trials.sum() - trials[place]))
        one = Share(float(hits[place]), float(trials[place]), float(low[place]), float(high[place]))
        verdict = _verdict(one, others)
        groups.append(
            Group(
                name,
                spellings,
                int(leads[place]),
                one,
                others,
                verdict,
                float(value[place]),
                float(judged_worth[place]),
                float(squares[place]),
                int(still_open[place]),
            )
        )
    return Breakdown(field.name, tuple(groups), whole)


def _verdict(one: Share, others: Share) -> Verdict:
    if one.trials < FEW or not others.trials:
        return ""
    return "above" if one.low > others.rate else "below" if one.high < others.rate else ""


def _groups(field: Field) -> tuple[list[tuple[str, tuple[str, ...]]], npt.NDArray[np.int64]]:
    """Names with their spellings, and the group of each row (n); what is empty is a group of its own, the last."""
    spelt = spellings_of(field)
    names: list[tuple[str, tuple[str, ...]]] = [(texts[0], texts) for texts, _ in spelt]
    group_of = np.full(len(field.column.values) + 1, len(names), np.int64)
    for place, (_, places) in enumerate(spelt):
        group_of[list(places)] = place
    codes = group_of[np.where(field.column.codes == MISSING, len(field.column.values), field.column.codes)]
    return [*names, (NOTHING, (NOTHING,))], codes


def spellings_of(field: Field) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    """Values that differ only in case, spaces and signs: their texts, the most frequent first, and their places."""
    texts = field.column.texts()
    if len(texts) > SPELLINGS_MOST:
        return [((text,), (place,)) for place, text in enumerate(texts)]
    together: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        # A number keeps its signs: 1.5 and 15 are two values.
        key = text if field.kind in ("number", "time") else key_of(text) or text
        together.setdefault(key, []).append(place)
    counts = field.column.counts
    found = []
    for places in together.values():
        ordered = sorted(places, key=lambda place: (-int(counts[place]), texts[place]))
        found.append((tuple(texts[place] for place in ordered), tuple(ordered)))
    return found
