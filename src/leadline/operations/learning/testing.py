"""Tests a proposed agreement on later leads that it was not learned from, beside the given one and the baselines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from leadline.clock import DAY
from leadline.estimates.ranking import among_top, auc
from leadline.learning.backtest.measures import Measures, Yardstick, first_qualifications, measure
from leadline.learning.backtest.weeks import weeks_between
from leadline.operations.learning.changes import qualifications
from leadline.qualification.layout import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from leadline.agreement.document import Agreement
    from leadline.learning.examples import Examples
    from leadline.operations.learning.inputs import Material

    Reals = npt.NDArray[np.float64]

_DRAWS: Final = 400
_LEVEL: Final = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well scores put customers first: the area under the curve, customers among the top, what share of the top
    (``precision``) and of all customers (``recall``) they are, how many times more than among all (``lift``), and how
    many more than by the given agreement, with the middle 95 % when leads are drawn again."""

    name: str
    area: float
    customers: float
    precision: float
    recall: float
    lift: float
    more: float
    more_low: float
    more_high: float


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The test on ``leads`` with ``customers`` decided from ``since`` (µs) on; the ``top`` is as many as were MQLs of
    the given agreement among them, or as sales can take. ``given`` and ``proposed`` measure qualifications themselves.
    """

    since: int
    leads: int
    customers: int
    top: int
    rankings: tuple[Ranking, ...]
    given: Measures
    proposed: Measures


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tested: later ``examples`` with the ``scores`` (examples) of each contestant, ``given`` first, and the
    agreements as they were matched; ``horizon`` (µs) and ``capacity`` (MQLs a week) as in learning."""

    examples: Examples
    scores: Mapping[str, Reals]
    agreements: tuple[Agreement, Agreement]
    horizon: int
    capacity: float | None
    seed: int


def tested(material: Material, trial: Trial) -> HeldOut | None:
    """The test; None where there is no later lead."""
    examples = trial.examples
    if not len(examples):
        return None
    since, until = int(examples.moments.at.min()), int(examples.moments.at.max()) + 1
    weeks = weeks_between(since, until, material.agreement.timezone)
    yardstick = Yardstick(material.outcomes, _entered(material), weeks, trial.horizon, trial.capacity)
    found = [qualifications(material, watching, material.outcomes.until) for watching in trial.agreements]
    leads, _ = first_qualifications(*found[0])
    top = int(np.isin(examples.moments.lead, leads).sum())
    if trial.capacity is not None:
        top = round(trial.capacity * (until - since) / (7 * DAY))
    top = max(1, min(top, len(examples)))
    given, proposed = (measure(yardstick, *pair) for pair in found)
    return HeldOut(since, len(examples), int(examples.won.sum()), top, _rankings(trial, top), given, proposed)


def _entered(material: Material) -> npt.NDArray[np.int64]:
    profiles = material.matched.profiles
    entered = np.full(len(material.outcomes), NEVER)
    has = profiles.begins[:-1] < profiles.begins[1:]
    entered[has] = profiles.known_at[profiles.begins[:-1][has]]
    return entered


def _rankings(trial: Trial, top: int) -> tuple[Ranking, ...]:
    won = trial.examples.won.astype(float)
    draws = _draws(trial, top)
    base = float(won.mean())
    found = []
    given = among_top(trial.scores["given"], won, top)
    for name, scores in trial.scores.items():
        customers = among_top(scores, won, top)
        low, high = np.quantile(draws[name] - draws["given"], _LEVEL)
        found.append(
            Ranking(
                name, auc(scores, won > 0), customers, customers / top, customers / max(1.0, float(won.sum())),
                customers / top / base if base else float("nan"), customers - given, float(low), float(high),
            )
        )  # fmt: skip
    return tuple(found)


def _draws(trial: Trial, top: int) -> dict[str, Reals]:
    """Customers among the top when leads are drawn again with replacement, the same leads for each contestant."""
    random = np.random.default_rng([trial.seed, 3])
    won, count = trial.examples.won.astype(float), len(trial.examples)
    found = {name: np.zeros(_DRAWS) for name in trial.scores}
    for draw in range(_DRAWS):
        rows = random.integers(0, count, count)
        for name, scores in trial.scores.items():
            found[name][draw] = among_top(scores[rows], won[rows], top)
    return found
