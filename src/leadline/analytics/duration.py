"""How long it takes from lead to customer, with leads that are still young counted for as long as they were watched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline import clock
from leadline.analytics.moments import NEVER

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.analytics.outcome import Ends

WINS_LEAST: Final = 10
MARKS: Final = (7, 14, 30, 60, 90, 180, 365)
CURVE_POINTS: Final = 160
MATURE: Final = 0.8
"""A lead has been watched long enough when this share of those who ever buy would have bought."""
MISSED_LEAST: Final = 10.0
AT_RISK_LEAST: Final = 10
AT_RISK_SHARE: Final = 0.05
"""The curve ends where fewer leads than this are still watched: a single win would make it leap."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Cumulative share of leads won within ``days`` (k), with an interval of 95 %."""

    days: npt.NDArray[np.float64]
    share: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    leads: int

    def at(self, day: float) -> tuple[float, float, float]:
        """The share won within a number of days, with its interval."""
        place = int(np.searchsorted(self.days, day, side="right")) - 1
        if place < 0:
            return 0.0, 0.0, 0.0
        return float(self.share[place]), float(self.low[place]), float(self.high[place])

    def quantile(self, part: float) -> float:
        """The days within which a part of all who ever were won had been won."""
        if not len(self.share) or self.share[-1] <= 0:
            return float("nan")
        return float(self.days[int(np.searchsorted(self.share, part * self.share[-1] - 1e-12))])


@dataclass(frozen=True, slots=True)
class Duration:
    """How long winning takes. ``recorded`` are days of all won leads with both times; ``curve`` respects censoring.

    ``truncated_before`` (µs) is when winning began to be recorded, where leads came long before that; ``missed`` are
    the wins that one would expect before it. ``mature_days``: watched so long, a lead can be judged.
    """

    recorded: npt.NDArray[np.float64]
    curve: Curve | None
    truncated_before: int
    missed: float
    mature_days: float
    backwards: int

    @property
    def is_truncated(self) -> bool:
        """Whether the wins of early leads are missing."""
        return self.truncated_before != NEVER

    def recorded_quantile(self, part: float) -> float:
        """A quantile of the recorded days."""
        return float(np.quantile(self.recorded, part)) if len(self.recorded) else float("nan")


def duration_of(ends: Ends) -> Duration | None:
    """How long winning takes; ``None`` where creations or wins have no times."""
    dated = (ends.created_at != NEVER) & (ends.won_at != NEVER)
    if dated.sum() < 1:
        return None
    days = (ends.won_at[dated] - ends.created_at[dated]) / clock.DAY
    backwards = int((days < 0).sum())
    recorded = np.sort(days[days >= 0])
    before, missed = _truncation(ends)
    kept = (ends.created_at != NEVER) & (ends.created_at >= before) & ~(ends.won & (ends.won_at < ends.created_at))
    kept &= ~(ends.won & (ends.won_at == NEVER))
    curve = _curve(ends, kept)
    mature = curve.quantile(MATURE) if curve is not None else float("nan")
    return Duration(recorded, curve, before, missed, mature, backwards)


def is_recorded(duration: Duration | None, ends: Ends) -> npt.NDArray[np.bool_]:
    """Leads whose wins would be in the export: not those from before winning was recorded (n)."""
    if duration is None or not duration.is_truncated:
        return np.ones(len(ends.won), bool)
    return np.asarray(ends.created_at >= duration.truncated_before)


def is_mature(duration: Duration | None, ends: Ends) -> npt.NDArray[np.bool_]:
    """Leads that were watched long enough to be judged, or were decided (n)."""
    if ends.lost_is_said:
        return ends.decided
    if duration is None or np.isnan(duration.mature_days):
        return np.ones(len(ends.won), bool)
    watched = (ends.until - ends.created_at) / clock.DAY
    return np.asarray((ends.created_at != NEVER) & (watched >= duration.mature_days))


def _truncation(ends: Ends) -> tuple[int, float]:
    """When winning began to be recorded, and the wins missed before; ``NEVER`` where none are missed.

    From leads that came later one learns how soon leads are won; that gives the wins to be expected among earlier
    leads before the first one recorded. Poisson: 10 expected and none seen has a chance of 1 in 22,000.
    """
    known = ends.created_at != NEVER
    first = int(ends.won_at[ends.won_at != NEVER].min())
    early = known & (ends.created_at < first)
    late = known & (ends.created_at >= first)
    if (late & ends.won).sum() < WINS_LEAST or not early.any():
        return int(NEVER), 0.0
    curve = _curve(ends, late)
    if curve is None:
        return int(NEVER), 0.0
    waited = (first - ends.created_at[early]) / clock.DAY
    places = np.searchsorted(curve.days, waited, side="right") - 1
    missed = float(np.where(places >= 0, curve.share[np.maximum(places, 0)], 0.0).sum())
    return (first, missed) if missed >= MISSED_LEAST else (int(NEVER), 0.0)


def _curve(ends: Ends, kept: npt.NDArray[np.bool_]) -> Curve | None:
    """Kaplan and Meier's estimate (1958) with Greenwood's variance on the log-log scale.

    A lost lead stays at risk until the end of the export: that is the cumulative incidence when the time of censoring
    is known of everybody (Fine and Gray 1999).
    """
    watched = np.maximum(0.0, (ends.until - ends.created_at[kept]) / clock.DAY)
    won = ends.won[kept]
    days = np.where(won, (ends.won_at[kept] - ends.created_at[kept]) / clock.DAY, watched)
    if won.sum() < WINS_LEAST:
        return None
    times, events = np.unique(days[won], return_counts=True)
    at_risk = len(days) - np.searchsorted(np.sort(days), times, side="left")
    watched_enough = at_risk >= max(AT_RISK_LEAST, AT_RISK_SHARE * len(days))
    watched_enough[0] = True
    times, events, at_risk = times[watched_enough], events[watched_enough], at_risk[watched_enough]
    survival = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / np.maximum(1e-9, at_risk * (at_risk - events)))
        spread = 1.96 * np.sqrt(greenwood) / np.abs(np.log(survival))
        low, high = 1 - survival ** np.exp(-spread), 1 - survival ** np.exp(spread)
    bounds = np.nan_to_num(low), np.nan_to_num(high, nan=1.0)
    return Curve(times.astype(np.float64), np.asarray(1 - survival, np.float64), *bounds, leads=int(kept.sum()))


def thinned(curve: Curve, most_days: float) -> Curve:
    """The curve with few enough points to draw, up to a number of days."""
    inside = np.flatnonzero(curve.days <= most_days)
    if not len(inside):
        inside = np.arange(min(1, len(curve.days)))
    places = inside[np.unique(np.linspace(0, len(inside) - 1, min(CURVE_POINTS, len(inside))).astype(int))]
    return Curve(curve.days[places], curve.share[places], curve.low[places], curve.high[places], curve.leads)
