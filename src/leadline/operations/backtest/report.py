"""Writes a back-test as one HTML page to keep, to print and to show around."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from leadline.clock import DAY
from leadline.operations.writing import write_whole
from leadline.reporting.backtest.page import Money, Page
from leadline.reporting.backtest.rendering import page_html

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.operations.backtest.run import Backtest


def write_report(found: Backtest, path: Path) -> None:
    """Writes the page, whole or not at all. Raises ``InputError`` where the file cannot be written."""
    page = page_html(page_of(found)).encode()

    def write(file: BinaryIO) -> None:
        file.write(page)

    write_whole(path, write)


def page_of(found: Backtest) -> Page:
    """What the page of a back-test says."""
    weeks, outcomes = found.yardstick.weeks, found.yardstick.outcomes
    return Page(
        side=found.side,
        against=found.against,
        moved=found.moved,
        margin=found.margin,
        mondays=weeks.mondays,
        full=tuple(bool(full) for full in weeks.full),
        since=weeks.since,
        until=weeks.until - 1,
        known_until=outcomes.until,
        timezone=found.timezone,
        horizon_days=found.yardstick.horizon / DAY,
        capacity=found.yardstick.capacity,
        money=Money(found.currency, found.value, found.cost),
        judging=found.judging,
        dated=outcomes.dated,
        arrivals=found.arrivals,
        changes=found.changes,
        notes=found.notes,
        warnings=found.warnings,
    )
