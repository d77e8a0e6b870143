"""Learns what a score says about becoming a customer, and proposes it as a part of the agreement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from leadline import clock
from leadline.agreement.difference import difference_in_words
from leadline.agreement.document import Chance, ChancePoint, LearnedFrom
from leadline.agreement.durations import format_duration
from leadline.agreement.fingerprint import scores_version_of
from leadline.agreement.format.yaml_spans import written
from leadline.agreement.format.yaml_tree import parse_yaml
from leadline.agreement.reading import load_agreement
from leadline.agreement.writing import amend, plain
from leadline.errors import AgreementError
from leadline.learning.backtest.measures import default_horizon
from leadline.learning.calibration import WINS_MIN, check_evidence, fit
from leadline.learning.reliability import reliability
from leadline.operations.moments import best_moments, judged, last_instant
from leadline.operations.outcomes import outcomes_of
from leadline.operations.progress import Progress, silent
from leadline.operations.score import as_instant, match
from leadline.operations.writing import write_agreement_text
from leadline.qualification.layout import NEVER

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.agreement.document import Agreement
    from leadline.learning.reliability import Reliability
    from leadline.log.loading import Source
    from leadline.log.reading import Sources
    from leadline.operations.moments import Judged
    from leadline.operations.score import Matched, Moment
    from leadline.qualification.outcomes import Outcomes

EARLIER_SHARE: Final = 0.6
"""The part of the leads, by decision moment, that a curve is fitted on when it is tested on the later rest."""


@dataclass(frozen=True, slots=True)
class Test:
    """A curve fitted on the earlier leads, tried on those decided from ``cut`` (µs) on."""

    cut: int
    leads: int
    wins: int
    found: Reliability


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A proposed curve with its evidence. ``test`` is absent where the earlier or later leads won too seldom.

    ``young`` leads were left out because their horizon is not over; ``losses`` are (method, mean log loss); ``notes``
    say how the files were understood.
    """

    agreement: Agreement
    proposed: Agreement
    chance: Chance
    losses: tuple[tuple[str, float], ...]
    young: int
    test: Test | None
    notes: tuple[str, ...] = ()

    @property
    def difference(self) -> str:
        """What changes in the agreement, in words."""
        return difference_in_words(self.agreement, self.proposed)


def calibrate_files(
    agreement: Path,
    sources: Sources,
    outcomes: Source | None = None,
    *,
    horizon: int | None = None,
    as_of: Moment = None,
    progress: Progress = silent,
) -> Calibrated:
    """Learns the curve from files. Outcomes are known until ``as_of``, by default the latest instant in the log;
    ``horizon`` (µs) is by default that in which nine of ten wins came.

    Raises ``AgreementError`` or ``InputError``.
    """
    signed = load_agreement(agreement)
    now = clock.now()
    matched = match(signed, sources, now=now, progress=progress)
    until = last_instant(matched, now) if as_of is None else as_instant(as_of, now)
    known, notes = outcomes_of(matched, outcomes, until, sources.mapping, sources.timezone)
    return replace(calibrate(matched, signed, known, horizon), notes=(*matched.inputs.notes, *notes))


def calibrate(matched: Matched, agreement: Agreement, outcomes: Outcomes, horizon: int | None = None) -> Calibrated:
    """Learns the curve of an agreement from matched leads and their outcomes; ``horizon`` in µs.

    Each lead counts once, at the moment of its highest score before sales took it and before its outcome. Raises
    ``InputError`` where there is too little evidence.
    """
    moments = best_moments(matched, agreement, outcomes)
    if horizon is None:
        some = np.flatnonzero(moments.at != NEVER)
        horizon = default_horizon(outcomes, some, moments.at[some])
    known = judged(moments, outcomes, horizon)
    check_evidence(known.won)
    top = agreement.fit.max + agreement.engagement.max
    found = fit(known.score, known.won, known.at, top)
    points = zip(found.score, found.chance, found.low, found.high, strict=True)
    chance = Chance(
        horizon,
        tuple(ChancePoint(*(float(value) for value in point)) for point in points),
        LearnedFrom(
            len(known.won), int(known.won.sum()), _whole_second(outcomes.until), found.method,
            scores_version_of(agreement),
        ),
    )  # fmt: skip
    proposed = replace(agreement, chance=chance)
    return Calibrated(agreement, proposed, chance, found.losses, known.young, _tested(known, top))


def _whole_second(instant: int) -> int:
    return instant - instant % clock.MICROSECONDS


def _tested(known: Judged, top: float) -> Test | None:
    """The curve of the earlier leads beside the outcomes of the later ones."""
    cut = int(np.quantile(known.at, EARLIER_SHARE, method="lower"))
    earlier = known.at <= cut
    for side in (earlier, ~earlier):
        wins = int(known.won[side].sum())
        if min(wins, int(side.sum()) - wins) < WINS_MIN:
            return None
    curve = fit(known.score[earlier], known.won[earlier], known.at[earlier], top)
    found = reliability(curve.at(known.score[~earlier]), known.won[~earlier])
    return Test(cut, int(earlier.sum()), int(known.won[earlier].sum()), found)


def section_of(chance: Chance) -> dict[str, Any]:
    """The section as plain values, as the file spells them."""
    section: dict[str, Any] = {"horizon": format_duration(chance.horizon)}
    learned = chance.learned_from
    if learned is not None:
        until = clock.to_datetime(learned.until).isoformat().replace("+00:00", "Z")
        section["learned_from"] = {
            "leads": learned.leads, "wins": learned.wins, "until": until, "method": learned.method,
        } | ({} if learned.scores is None else {"scores": learned.scores})  # fmt: skip
    section["curve"] = [
        {"score": point.score, "chance": point.chance, "low": point.low, "high": point.high} for point in chance.curve
    ]
    return section


def amended(text: str, chance: Chance) -> str:
    """The text of an agreement with the section put in or replaced; comments and everything else stay.

    Raises ``AgreementError``.
    """
    section = section_of(chance)
    wanted = amend(text, {"chance": section})
    spread = _spread(text, section)
    return spread if _same_document(spread, wanted) else wanted


def write_amended(agreement: Path, chance: Chance, out: Path, *, replace: bool = False) -> None:
    """Writes the agreement with the section to a file, to the byte as it was elsewhere. Raises ``InputError``."""
    write_agreement_text(out, amended(agreement.read_bytes().decode("utf-8"), chance), replace=replace)


def _spread(text: str, section: dict[str, Any]) -> str:
    """The text with the section below it, a line a point: easier to read than what one line of it would be."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = [
        "",
        "# What a score (fit + engagement) promises: learned by `leadline calibrate` from what became of leads.",
        "chance:",
        f"  horizon: {section['horizon']}",
        f"  learned_from: {written(section['learned_from'])}",
        "  curve:",
        *(f"    - {written(point)}" for point in section["curve"]),
        "",
    ]
    return text.rstrip() + end + end.join(lines)


def _same_document(left: str, right: str) -> bool:
    """Whether two texts hold the same values, read without problems."""
    try:
        (one, problems), (other, more) = (
            parse_yaml(text.removeprefix("\ufeff"), "agreement") for text in (left, right)
        )
    except AgreementError:
        return False
    return not problems and not more and plain(one) == plain(other)
