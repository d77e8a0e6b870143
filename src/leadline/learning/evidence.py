"""The plain evidence for a rule: customers among the leads with it and without it, with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Bools = npt.NDArray[np.bool_]

WINS_TO_SAY: Final = 20
"""With fewer customers nothing is said about any rule."""

WINS_TO_PROPOSE: Final = 120
"""With fewer customers no change is proposed."""

_LEADS_TO_SAY: Final = 50
_DRAWS: Final = 2_000
_SMOOTHING: Final = 0.5
_LEVEL: Final = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class RuleEvidence:
    """Of ``leads_with`` a rule ``won_with`` became customers, of ``leads_without`` it ``won_without``.

    ``odds_ratio`` compares their odds, half a lead added to each count (Haldane, Anscombe); ``low`` and ``high`` are
    the middle 95 % of it when leads are drawn again with replacement.
    """

    name: str
    won_with: int
    leads_with: int
    won_without: int
    leads_without: int
    odds_ratio: float
    low: float
    high: float

    @property
    def says(self) -> str:
        """``for``, ``against``, or ``too little`` to tell: also where hardly a lead is with, or without, the rule."""
        if min(self.leads_with, self.leads_without) < _LEADS_TO_SAY:
            return "too little"
        if self.low > 1:
            return "for"
        return "against" if self.high < 1 else "too little"


def rule_evidence(names: Sequence[str], present: Bools, won: Bools, seed: int) -> tuple[RuleEvidence, ...]:
    """The evidence for rules that are ``present`` (n, rules) with leads or not. Every lead is one row, so that drawing
    rows is drawing leads."""
    random = np.random.default_rng([seed, 2])
    return tuple(_one(name, present[:, place], won, random) for place, name in enumerate(names))


def _one(name: str, present: Bools, won: Bools, random: np.random.Generator) -> RuleEvidence:
    table = np.array([(present & won).sum(), (present & ~won).sum(), (~present & won).sum(), (~present & ~won).sum()])
    total = int(table.sum())
    drawn = random.multinomial(total, table / total, _DRAWS) if total else np.zeros((1, 4))
    low, high = np.quantile(_odds_ratio(drawn), _LEVEL)
    counts = [int(count) for count in table]
    ratio = float(_odds_ratio(table[None, :])[0])
    return RuleEvidence(
        name, counts[0], counts[0] + counts[1], counts[2], counts[2] + counts[3], ratio, float(low), float(high)
    )


def _odds_ratio(tables: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    won_with, lost_with, won_without, lost_without = (np.asarray(tables, float) + _SMOOTHING).T
    return np.asarray(won_with * lost_without / (lost_with * won_without))
