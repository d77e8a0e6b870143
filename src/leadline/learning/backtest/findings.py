"""What a back-test found, as plain values: figures of an agreement, who enters and leaves, the margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadline.estimates.shares import Share
    from leadline.learning.backtest.curve import Curve
    from leadline.learning.backtest.measures import Measures, SegmentMeasures


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A persona, channel or source with its figures."""

    name: str
    measures: SegmentMeasures


@dataclass(frozen=True, slots=True)
class Division:
    """Rows of a way to divide leads that have any MQL, the largest first."""

    title: str
    rows: tuple[SegmentRow, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """One agreement on the past. ``label`` is the name of its file.

    ``before_sales``: median days from MQL to sales' own acceptance of leads that sales accepted, negative where sales
    was earlier, and of how many leads. ``criteria``: how many hand-offs each was among the reasons of.
    """

    label: str
    name: str
    version: str
    measures: Measures
    divisions: tuple[Division, ...]
    before_sales: tuple[float, int] | None
    criteria: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Mover:
    """A lead that enters or leaves: ``at`` µs when it becomes MQL under the agreement that wants it; ``reason`` why;
    ``instead``: what the other agreement said of it at that moment."""

    lead_id: str
    name: str
    at: int
    because: tuple[str, ...]
    fit: float
    engagement: float
    reason: str
    instead: str
    became: str


@dataclass(frozen=True, slots=True)
class Movers:
    """All who enter or leave: how many, how those old enough turned out, and the latest of them."""

    count: int
    rate: Share
    rate_sql: Share
    customers: int
    shown: tuple[Mover, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """Leads that stay MQL: how many become one earlier, later, at the same instant, and the median shift in days
    (positive: earlier) of those that move."""

    leads: int
    earlier: int
    later: int
    median: float | None


@dataclass(frozen=True, slots=True)
class Moved:
    """The difference between two agreements on the same past."""

    entering: Movers
    leaving: Movers
    staying: Shift


@dataclass(frozen=True, slots=True)
class Margin:
    """``lead`` is the MQL nearest the threshold among those that the next stricter value would lose."""

    curve: Curve
    lead: Mover | None
