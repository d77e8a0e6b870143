"""Finds columns that know the outcome: filled in afterwards, only for the won, or too good to be true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from leadline.analytics.features import UNKNOWN
from leadline.analytics.names import AFTERWARDS, LAST_WORDS, Meaning, says
from leadline.analytics.predictors import Predictor, together
from leadline.estimates.ranking import auc

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from leadline.analytics.joining import Export
    from leadline.analytics.outcome import Ends

TOO_GOOD: Final = 0.95
TELLS_SOMETHING: Final = 0.55
FILL_RATIO: Final = 3.0
FILL_AUC: Final = 0.7
RANKED_MOST: Final = 12
CONTRAST_LEAST: Final = 30
_FOLDS: Final = 2
Degree = Literal["leak", "doubtful"]


@dataclass(frozen=True, slots=True)
class Leak:
    """A column that should not decide: ``reasons`` in sentence parts. ``loss`` is what the AUC of all columns together
    loses without it; NaN where that was not measured."""

    predictor: Predictor
    degree: Degree
    reasons: tuple[str, ...]
    loss: float = float("nan")

    @property
    def name(self) -> str:
        return self.predictor.name


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What can be trusted. ``clean`` are the columns left; AUCs are of all columns, without leaks, and of the clean."""

    leaks: tuple[Leak, ...]
    clean: tuple[Predictor, ...]
    auc_of_all: float
    auc_without_leaks: float


def leaks_of(export: Export, ends: Ends, predictors: Sequence[Predictor], won: npt.NDArray[np.bool_]) -> Verdicts:
    """Every leak and doubtful column, the worst first. Predictors and ``won`` are of the same leads."""
    late = {link.table.name for link in export.links if link.way == "some leads have one"}
    found: dict[str, Leak] = {}
    for one in predictors:
        leak = _suspicion(one, ends, late, won)
        if leak is not None:
            found[one.name] = leak
    found |= _filled_alike(found, predictors)
    whole = together(predictors, won, _FOLDS).auc
    found = _with_losses(found, predictors, won, whole)
    found |= _too_good_together(found, predictors, won)
    order = {"leak": 0, "doubtful": 1}
    leaks = sorted(
        found.values(), key=lambda leak: (order[leak.degree], -np.nan_to_num(leak.loss), -leak.predictor.auc)
    )
    honest = [one for one in predictors if one.name not in found or found[one.name].degree == "doubtful"]
    clean = tuple(one for one in predictors if one.name not in found)
    return Verdicts(tuple(leaks), clean, whole, together(honest, won, _FOLDS).auc)


def _suspicion(one: Predictor, ends: Ends, late: set[str], won: npt.NDArray[np.bool_]) -> Leak | None:
    field = one.feature.field
    if one.feature.event:
        # What counts lies before sales took over: no name makes it a leak.
        return None
    reasons: list[str] = []
    if field.name in ends.sources:
        reasons.append("it says the outcome itself, or when and for how much")
    if field.joined and field.table in late:
        reasons.append(f"only leads in {field.table} have it")
    filled = _filled_for_the_won(one, won)
    if filled:
        reasons.append(filled)
    if one.auc > TOO_GOOD:
        reasons.append(f"alone it ranks leads with an AUC of {one.auc:.2f}, which nothing known beforehand does")
    if reasons:
        return Leak(one, "leak", tuple(reasons))
    if one.auc < TELLS_SOMETHING:
        return None
    if says(field.name, LAST_WORDS):
        return Leak(one, "doubtful", ("it holds the latest state, perhaps from after the decision",))
    if says(field.name, AFTERWARDS) and not one.feature.derived:
        reason = (
            f"its name is that of something filled in afterwards, by sales or by another scoring (AUC {one.auc:.2f})"
        )
        return Leak(one, "leak", (reason, *_contrast(one)))
    if field.kind == "time" and field.meaning is not Meaning.CREATED:
        return Leak(one, "doubtful", ("whether a date is there depends on what happened later",))
    if field.meaning is Meaning.OWNER:
        return Leak(one, "doubtful", ("it says who worked on the lead, not who the lead is",))
    return None


def _contrast(one: Predictor) -> tuple[str, ...]:
    """What its words are worth, for people to judge: the best and the worst of some size."""
    large = [rated for rated in one.levels if rated.share.trials >= CONTRAST_LEAST and rated.level.label != UNKNOWN]
    if len(large) < 2 or one.feature.field.kind != "text":
        return ()
    best, worst = large[0], large[-1]
    return (
        f"'{best.level.label}' is won {best.share.rate:.0%} of the time, '{worst.level.label}' {worst.share.rate:.0%}",
    )


def _filled_for_the_won(one: Predictor, won: npt.NDArray[np.bool_]) -> str:
    """Whether being filled tells the outcome: empty for most others, or the other way round."""
    feature = one.feature
    if feature.levels[-1].label != UNKNOWN:
        return ""
    known = feature.codes != len(feature.levels) - 1
    among_won, among_others = float(known[won].mean()), float(known[~won].mean()) if (~won).any() else 0.0
    area = auc(known.astype(float), won)
    if area >= FILL_AUC and among_won >= FILL_RATIO * among_others:
        return f"filled for {among_won:.0%} of the won leads and {among_others:.0%} of the others"
    if 1 - area >= FILL_AUC and among_others >= FILL_RATIO * among_won:
        return f"filled for {among_others:.0%} of the leads that were not won and {among_won:.0%} of the won"
    return ""


def _filled_alike(found: dict[str, Leak], predictors: Sequence[Predictor]) -> dict[str, Leak]:
    """Columns filled in exactly the rows in which a leak is: the same hand, or the same program, wrote them."""
    masks = {leak.name: _mask(leak.predictor) for leak in found.values() if leak.degree == "leak"}
    masks = {name: mask for name, mask in masks.items() if mask is not None and not mask.all()}
    more: dict[str, Leak] = {}
    for one in predictors:
        mask = _mask(one)
        same = next((name for name, other in masks.items() if _equal(mask, other)), None)
        if same is not None and one.name not in found:
            more[one.name] = Leak(one, "leak", (f"filled in exactly the rows in which {same} is",))
    return more


def _equal(one: npt.NDArray[np.bool_] | None, two: npt.NDArray[np.bool_] | None) -> bool:
    return one is not None and two is not None and np.array_equal(one, two)


def _mask(one: Predictor) -> npt.NDArray[np.bool_] | None:
    """In which rows it is filled (n)."""
    feature = one.feature
    return feature.codes != len(feature.levels) - 1 if feature.levels[-1].label == UNKNOWN else None


def _with_losses(
    found: dict[str, Leak], predictors: Sequence[Predictor], won: npt.NDArray[np.bool_], whole: float
) -> dict[str, Leak]:
    """What the model of all columns loses without each suspect."""
    ranked = sorted(found.values(), key=lambda leak: -leak.predictor.auc)[:RANKED_MOST]
    losses = {
        leak.name: whole - together([one for one in predictors if one.name != leak.name], won, _FOLDS).auc
        for leak in ranked
    }
    return {
        name: Leak(leak.predictor, leak.degree, leak.reasons, losses.get(name, float("nan")))
        for name, leak in found.items()
    }


def _too_good_together(
    found: dict[str, Leak], predictors: Sequence[Predictor], won: npt.NDArray[np.bool_]
) -> dict[str, Leak]:
    """Where the columns left are too good together, the ones that make them so, one after another."""
    more: dict[str, Leak] = {}
    left = [one for one in predictors if one.name not in found]
    while len(left) > 1:
        whole = together(left, won, _FOLDS).auc
        if not whole > TOO_GOOD:
            break
        without = [
            (whole - together([one for one in left if one is not dropped], won, _FOLDS).auc, dropped)
            for dropped in left[:RANKED_MOST]
        ]
        loss, worst = max(without, key=lambda one: one[0])
        reason = f"all columns together rank with an AUC of {whole:.2f}, without it {whole - loss:.2f}"
        more[worst.name] = Leak(worst, "leak", (reason,), loss)
        left = [one for one in left if one is not worst]
    return more
