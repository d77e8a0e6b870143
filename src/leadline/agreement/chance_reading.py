"""Reads `chance`: the learned curve from a score to the chance of becoming a customer."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from leadline.agreement.document import Chance, ChancePoint, LearnedFrom
from leadline.agreement.wording.phrasing import plain_number
from leadline.clock import to_instant

if TYPE_CHECKING:
    from leadline.agreement.format.structure import Structure, Written

_AGAIN = "Let `leadline calibrate` write the curve, or correct it."


def read_chance(structure: Structure, top: Written) -> Chance | None:
    """The section, where there is one; problems go to ``structure``."""
    section = top.at("chance")
    if section is None:
        return None
    curve = section.at("curve")
    points = [] if curve is None else [_point(structure, item) for item in curve.value]
    if curve is not None and not curve.value:
        structure.report(curve.line, "chance.curve", f"the curve has no point. {_AGAIN}")
    _check_order(structure, [point for point in points if point is not None])
    horizon = section.get("horizon")
    if horizon is None:
        return None
    found = tuple(point for _, point in filter(None, points))
    return Chance(horizon, found, _learned_from(structure, section.at("learned_from")))


def _point(structure: Structure, item: Written) -> tuple[Written, ChancePoint] | None:
    score, chance, low, high = (item.get(name) for name in ("score", "chance", "low", "high"))
    if score is None or chance is None or low is None or high is None:
        return None
    for name, value in (("chance", chance), ("low", low), ("high", high)):
        if not 0 <= value <= 1:
            hint = f" Did you mean {plain_number(value / 100)}?" if 1 < value <= 100 else ""
            message = f"{plain_number(value)} is not a chance. Write a number from 0 to 1.{hint}"
            structure.report(item.line_of(name), f"{item.place}.{name}", message)
            return None
    if not low <= chance <= high:
        message = (
            f"the chance {plain_number(chance)} does not lie between its low {plain_number(low)} "
            f"and its high {plain_number(high)}. {_AGAIN}"
        )
        structure.report(item.line, item.place, message)
        return None
    return item, ChancePoint(score, chance, low, high)


def _check_order(structure: Structure, points: list[tuple[Written, ChancePoint]]) -> None:
    for (_, before), (item, point) in pairwise(points):
        if point.score <= before.score:
            message = (
                f"the score {plain_number(point.score)} follows {plain_number(before.score)}. Write them ascending."
            )
            structure.report(item.line_of("score"), f"{item.place}.score", message)
        elif point.chance < before.chance:
            message = (
                f"the chance falls from {plain_number(before.chance)} to {plain_number(point.chance)} "
                f"although the score rises. {_AGAIN}"
            )
            structure.report(item.line_of("chance"), f"{item.place}.chance", message)


def _learned_from(structure: Structure, written: Written | None) -> LearnedFrom | None:
    if written is None:
        return None
    leads, wins, until, method = (written.get(name) for name in ("leads", "wins", "until", "method"))
    if leads is None or wins is None or until is None or method is None:
        return None
    if not 0 <= wins <= leads:
        message = f"{wins:,} wins among {leads:,} leads cannot be. {_AGAIN}"
        structure.report(written.line_of("wins"), f"{written.place}.wins", message)
    return LearnedFrom(leads, wins, to_instant(until), method, written.get("scores"))
