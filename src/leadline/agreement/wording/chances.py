"""What changed in the chances that scores promise, in sentences that name both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from leadline.agreement.durations import duration_in_words
from leadline.agreement.wording.odds import odds
from leadline.agreement.wording.phrasing import listed, number_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.agreement.document import Chance, LearnedFrom

Kind = Literal["added", "removed", "changed"]


def chance_changes(old: Chance | None, new: Chance | None) -> Iterator[tuple[str, Kind, str]]:
    """Each changed part of the section: its place, what happened to it, and the sentence."""
    if old is None or new is None:
        if new is not None:
            yield "chance", "added", f"new: the chance to become a customer: {_in_short(new)}"
        elif old is not None:
            yield "chance", "removed", f"removed: the chance to become a customer: {_in_short(old)}"
        return
    if old.horizon != new.horizon:
        times = [duration_in_words(chance.horizon) for chance in (new, old)]
        yield "chance.horizon", "changed", f"the chance is to become a customer within {times[0]} instead of {times[1]}"
    if old.curve != new.curve:
        sentence = f"the chance to become a customer is now: {_curve(new)}; before: {_curve(old)}"
        yield "chance.curve", "changed", sentence
    if old.learned_from != new.learned_from:
        now, then = (_evidence(chance.learned_from) for chance in (new, old))
        same = "; other outcomes, another moment or another method" if now == then else f"; before: {then}"
        yield "chance.learned_from", "changed", f"the chance is learned from {now}{same}"


def _in_short(chance: Chance) -> str:
    return (
        f"within {duration_in_words(chance.horizon)}, {_curve(chance)}, learned from {_evidence(chance.learned_from)}"
    )


def _curve(chance: Chance) -> str:
    """The ends of a curve and its middle: enough to see whether it moved."""
    points = chance.curve
    shown = points if len(points) <= 3 else (points[0], points[len(points) // 2], points[-1])
    return listed([f"{odds(point.chance)} at {number_in_words(point.score)}" for point in shown])


def _evidence(learned: LearnedFrom | None) -> str:
    return "nothing that is stated" if learned is None else f"{learned.leads:,} leads and {learned.wins:,} wins"
