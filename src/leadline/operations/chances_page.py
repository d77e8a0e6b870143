"""Writes what a calibration found as one HTML page."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from leadline.agreement.durations import duration_in_words
from leadline.agreement.wording.odds import chance_in_words, odds
from leadline.operations.writing import write_whole
from leadline.reporting.calibration.page import Page, Tested
from leadline.reporting.calibration.rendering import page_html
from leadline.reporting.charts.reliability import CurvePoint, Dot

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.learning.reliability import Bin
    from leadline.operations.calibrate import Calibrated


def page_of(calibrated: Calibrated) -> Page:
    """What the page about a proposed curve says."""
    chance, learned = calibrated.chance, calibrated.chance.learned_from
    if learned is None:
        raise ValueError("a learned curve states what it was learned from")
    test = calibrated.test
    return Page(
        name=calibrated.agreement.name,
        version=calibrated.proposed.version,
        timezone=calibrated.agreement.timezone,
        horizon=duration_in_words(chance.horizon),
        until=learned.until,
        leads=learned.leads,
        wins=learned.wins,
        young=calibrated.young,
        method=learned.method,
        curve=tuple(CurvePoint(point.score, point.chance, point.low, point.high) for point in chance.curve),
        best=odds(chance.curve[-1].chance),
        worst=odds(chance.curve[0].chance),
        odds=tuple(chance_in_words(point.chance, point.low, point.high) for point in chance.curve),
        tested=None if test is None else Tested(
            test.cut, test.leads, test.found.leads, test.found.wins, test.found.error,
            tuple(_dot(one) for one in test.found.bins),
        ),
        difference=calibrated.difference,
    )  # fmt: skip


def _dot(found: Bin) -> Dot:
    observed = found.observed
    return Dot(found.expected, observed.rate, observed.low, observed.high, int(observed.trials))


def write_page(calibrated: Calibrated, path: Path) -> None:
    """Writes the page, whole or not at all. Raises ``InputError`` where the file cannot be written."""
    page = page_html(page_of(calibrated)).encode()

    def write(file: BinaryIO) -> None:
        file.write(page)

    write_whole(path, write)
