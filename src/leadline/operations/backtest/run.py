"""Back-tests an agreement, alone or against another: replays the past as it was known, and measures what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from leadline import clock
from leadline.agreement.difference import difference
from leadline.agreement.reading import agreement_of, read_file
from leadline.errors import InputError
from leadline.learning.backtest.measures import Yardstick, default_horizon
from leadline.learning.backtest.weeks import weeks_between
from leadline.operations.backtest.margin import margin_of
from leadline.operations.backtest.moving import moved_between
from leadline.operations.backtest.origins import read_origins
from leadline.operations.backtest.sides import Side, side_of
from leadline.operations.moments import first_instant
from leadline.operations.outcomes import outcomes_of
from leadline.operations.progress import Progress, silent
from leadline.operations.replay import History, read_history
from leadline.qualification.layout import NEVER
from leadline.qualification.matching import hits_fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from leadline.agreement.document import Agreement
    from leadline.learning.backtest.findings import Figures, Margin, Moved
    from leadline.log.reading import Sources
    from leadline.operations.backtest.terms import Terms
    from leadline.qualification.outcomes import Outcomes


@dataclass(frozen=True, slots=True)
class Backtest:
    """What came of it. ``side`` is the agreement asked about, ``against`` the other one; ``moved`` says what changes
    when the first takes the place of the second. ``margin`` has the threshold curve. ``value`` of a win and ``cost`` of
    a lead are those that the curve was drawn with; ``arrivals``: whether anything says when it became known;
    ``changes`` are sentences on how the agreements differ."""

    side: Figures
    against: Figures | None
    moved: Moved | None
    margin: Margin | None
    yardstick: Yardstick
    timezone: str
    currency: str
    changes: tuple[str, ...]
    value: float | None
    cost: float
    arrivals: bool
    notes: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def judging(self) -> bool:
        """Whether any outcome is known, good or bad."""
        outcomes = self.yardstick.outcomes
        return bool(outcomes.won.any() or outcomes.sql.any() or outcomes.lost.any())


def backtest(
    path: Path, sources: Sources, terms: Terms, other: Path | None = None, progress: Progress = silent
) -> Backtest:
    """Replays and measures. Raises ``AgreementError`` or ``InputError``."""
    signed, warnings = _signed(path)
    rival, more = _signed(other) if other is not None else (None, [])
    now = clock.now()
    history = read_history(signed, sources, now, progress)
    outcomes, notes = outcomes_of(history.matched, terms.outcomes, now, sources.mapping, sources.timezone)
    outcomes = replace(outcomes, until=_last_known(history, outcomes))
    since, until = _window(history, terms)
    replayed = history.hand_offs(signed, until - 1, progress)
    horizon = terms.horizon or (signed.chance.horizon if signed.chance else None)
    yardstick = Yardstick(
        outcomes=outcomes,
        entered=history.entered,
        weeks=weeks_between(since, until, signed.timezone),
        horizon=horizon or default_horizon(outcomes, replayed.lead, replayed.at),
        capacity=terms.capacity,
    )
    origins = read_origins(sources, len(history.lead_ids), now)
    side = side_of(path.stem, signed, history, yardstick, replayed, origins.divisions)
    against: Side | None = None
    moved = None
    if rival is not None and other is not None:
        past = history
        if hits_fingerprint(rival) != history.matched.fingerprint:
            past = read_history(rival, sources, now, progress)
        theirs = past.hand_offs(rival, until - 1, progress)
        against = side_of(_other_name(path, other), rival, past, yardstick, theirs, origins.divisions)
        moved = moved_between(against, side, yardstick, origins)
    value = terms.deal_value if terms.deal_value is not None else _mean_value(outcomes)
    money = (value, terms.cost_per_lead or 0.0)
    margin = margin_of(side, yardstick, terms.curve, money, origins, progress) if terms.draw_curve else None
    return Backtest(
        side.figures,
        against.figures if against is not None else None,
        moved,
        margin,
        yardstick,
        signed.timezone,
        signed.currency,
        () if rival is None else tuple(change.sentence for change in difference(rival, signed)),
        *money,
        history.knows_arrivals,
        (*history.matched.inputs.notes, *notes),
        tuple(warnings + more),
    )


def _signed(path: Path) -> tuple[Agreement, list[str]]:
    reading = read_file(path)
    return agreement_of(reading), [f"{reading.source}, {problem}" for problem in reading.problems]


def _other_name(path: Path, other: Path) -> str:
    return other.stem if other.stem != path.stem else f"{other.parent.name}/{other.stem}"


def _last_known(history: History, outcomes: Outcomes) -> int:
    """Until when outcomes are known: the last instant that the log or the outcomes mention."""
    dates = [column[column != NEVER] for column in (outcomes.won_at, outcomes.sql_at, outcomes.lost_at)]
    return max([history.bounds[1], *(int(found.max()) for found in dates if len(found))])


def _window(history: History, terms: Terms) -> tuple[int, int]:
    first, last = history.bounds
    # Weeks before or after the log would count as weeks without MQLs.
    since = max(first, first_instant(history.matched) or first if terms.since is None else terms.since)
    until = last + 1 if terms.until is None else min(last + 1, terms.until)
    if since >= until:
        raise InputError(
            "nothing in the input happened in that time. The log goes from "
            f"{clock.to_datetime(first):%Y-%m-%d} to {clock.to_datetime(last):%Y-%m-%d}."
        )
    return since, until


def _mean_value(outcomes: Outcomes) -> float | None:
    known = outcomes.value[outcomes.won & np.isfinite(outcomes.value)]
    return float(known.mean()) if len(known) else None
