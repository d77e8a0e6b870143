"""One agreement on the past: its hand-offs, measured, and who they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.clock import DAY
from leadline.learning.backtest.findings import Division, Figures, SegmentRow
from leadline.learning.backtest.measures import by_segment, first_qualifications, measure
from leadline.qualification.layout import BITS_PER_WORD, NEVER

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.learning.backtest.measures import SegmentMeasures, Yardstick
    from leadline.operations.replay import History
    from leadline.operations.whatif.answers import Segments
    from leadline.qualification.replaying import Replayed


@dataclass(frozen=True, slots=True)
class Side:
    """One agreement's part of a back-test; ``leads``, ``firsts`` (m): every lead that became MQL by the end of the
    window, and when (µs)."""

    figures: Figures
    agreement: Agreement
    history: History
    replayed: Replayed
    leads: npt.NDArray[np.integer]
    firsts: npt.NDArray[np.int64]

    def because(self, row: int) -> tuple[str, ...]:
        """The criteria of a hand-off."""
        words = self.replayed.because[row]
        return tuple(
            criterion.name
            for place, criterion in enumerate(self.agreement.mql.criteria)
            if int(words[place // BITS_PER_WORD]) >> (place % BITS_PER_WORD) & 1
        )


def side_of(
    label: str,
    agreement: Agreement,
    history: History,
    yardstick: Yardstick,
    replayed: Replayed,
    divisions: tuple[Segments, ...],
) -> Side:
    """Measures an agreement's hand-offs."""
    leads, firsts = first_qualifications(replayed.lead, replayed.at)
    figures = Figures(
        label=label,
        name=agreement.name,
        version=agreement.version,
        measures=measure(yardstick, replayed.lead, replayed.at),
        divisions=_divisions(agreement, history, yardstick, (leads, firsts), divisions),
        before_sales=_before_sales(history, yardstick, leads, firsts),
        criteria=_criteria(agreement, replayed, yardstick),
    )
    return Side(figures, agreement, history, replayed, leads, firsts)


def _divisions(
    agreement: Agreement,
    history: History,
    yardstick: Yardstick,
    found: tuple[npt.NDArray[np.integer], npt.NDArray[np.int64]],
    divisions: tuple[Segments, ...],
) -> tuple[Division, ...]:
    personas = np.full(len(history.lead_ids), -1)
    personas[found[0]] = history.scores(agreement, *found)["persona"]
    names = tuple(persona.label for persona in agreement.fit.personas)
    every = [("Persona", names, personas), *((one.title, one.names, one.codes) for one in divisions)]
    return tuple(
        Division(title, _rows(names, by_segment(yardstick, *found, codes, len(names)))) for title, names, codes in every
    )


def _rows(names: tuple[str, ...], found: tuple[SegmentMeasures, ...]) -> tuple[SegmentRow, ...]:
    rows = [SegmentRow(name, measures) for name, measures in zip(names, found, strict=True) if measures.mqls]
    return tuple(sorted(rows, key=lambda row: (-row.measures.mqls, row.name)))


def _before_sales(
    history: History, yardstick: Yardstick, leads: npt.NDArray[np.integer], firsts: npt.NDArray[np.int64]
) -> tuple[float, int] | None:
    inside = (firsts >= yardstick.weeks.since) & (firsts < yardstick.weeks.until)
    accepted = history.accepted_at[leads]
    known = inside & (accepted != NEVER)
    if not known.any():
        return None
    return float(np.median(accepted[known] - firsts[known])) / DAY, int(known.sum())


def _criteria(agreement: Agreement, replayed: Replayed, yardstick: Yardstick) -> tuple[tuple[str, int], ...]:
    """How many hand-offs of the window each criterion was among the reasons of."""
    inside = (replayed.at >= yardstick.weeks.since) & (replayed.at < yardstick.weeks.until)
    words = replayed.because[inside]
    return tuple(
        (criterion.name, int((words[:, place // BITS_PER_WORD] >> (place % BITS_PER_WORD) & 1).sum()))
        for place, criterion in enumerate(agreement.mql.criteria)
    )
