"""Sentences of a back-test's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.reporting.figures import counted, points, share, whole
from leadline.reporting.texts import shortened

if TYPE_CHECKING:
    from leadline.estimates.shares import Share
    from leadline.learning.backtest.findings import Movers, Shift
    from leadline.reporting.backtest.page import Page


def answer(page: Page) -> str:
    """The page in two or three sentences."""
    measures = page.side.measures
    if not measures.mqls:
        return f"{shortened(page.side.label)} would have qualified nobody in this time."
    said = (
        f"{shortened(page.side.label)} would have made {counted(measures.mqls, 'lead')} MQL, "
        f"{points(measures.load.mean)} in a full week."
    )
    if page.judging and measures.judged:
        said += f" Of the {whole(measures.judged)} old enough to judge, {rate(measures.precision)} became customers"
        if measures.lift is not None:
            said += f", {points(measures.lift)} times the share among all leads"
        said += "."
    if page.moved is not None and page.against is not None:
        entering, leaving = page.moved.entering.count, page.moved.leaving.count
        said += f" Against {shortened(page.against.label)}, {whole(entering)} enter and {whole(leaving)} leave."
    return said


def rate(found: Share) -> str:
    """``15%``, or a dash where there is nobody to judge."""
    return share(found.hits, found.trials) if found.trials else "–"


def interval(found: Share) -> str:
    """``8.0% to 28%``: where the true share lies with a certainty of 95 %."""
    return f"{share(found.low, 1)} to {share(found.high, 1)}" if found.trials else "nobody to judge"


def judged_how(page: Page) -> str:
    """By what an MQL is judged."""
    if not page.judging:
        return "No outcome is known, so volume and movement are all that can be said."
    if not page.dated:
        return "Outcomes have no dates: they are taken as final, whenever they came."
    return (
        f"An MQL counts as a success if it became a customer within {points(page.horizon_days)} days. "
        f"{counted(page.side.measures.young, 'MQL is', 'MQLs are')} younger than that and count neither way."
    )


def movers_title(movers: Movers) -> str:
    """How those who move turned out."""
    if not movers.count:
        return "Nobody."
    said = counted(movers.count, "lead")
    if movers.rate.trials:
        said += (
            f". Of the {whole(movers.rate.trials)} old enough to judge, {rate(movers.rate)} became customers "
            f"({interval(movers.rate)})"
        )
    return f"{said}."


def shifted(shift: Shift) -> str:
    """What becomes of the leads that stay."""
    if not shift.leads:
        return "No lead is MQL under both."
    said = f"{counted(shift.leads, 'lead')} stay: {whole(shift.earlier)} earlier, {whole(shift.later)} later"
    if shift.median is not None:
        way = "earlier" if shift.median > 0 else "later"
        said += f"; those that move, by a median of {points(abs(shift.median))} days {way}"
    return f"{said}."


def days(found: float | None) -> str:
    """A number of days, or a dash."""
    return "–" if found is None else points(found)
