"""What the report of an analysis says in full sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.agreement.wording.phrasing import listed
from leadline.reporting.figures import MONTHS, counted, day, day_in_utc, points, share, whole
from leadline.reporting.texts import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leadline.analytics.cohorts import Month
    from leadline.analytics.conversion import Group
    from leadline.analytics.lever import Lever
    from leadline.analytics.predictors import Predictor, Rated
    from leadline.estimates.shares import Share
    from leadline.learning.drafting import Trial
    from leadline.reporting.analysis.page import Page


def answer(page: Page) -> str:
    """The page's question answered in two or three sentences."""
    said = [_won(page)]
    if page.levers:
        said.append(f"The strongest lever: {_lowered(page.levers[0].title)} ({gain(page.levers[0])}).")
    elif page.how and page.ranking is not None and page.ranking.low <= 0.5:
        said.append("Nothing that the export knows of a lead tells the won from the others.")
    if page.drafted is not None:
        trial = page.drafted.trial
        sure = "" if trial.lift_interval[0] > 1 else ", which is not surely better than chance"
        said.append(
            f"A first draft of an agreement finds {share(trial.recall.hits, trial.recall.trials)} of later wins among "
            f"{share(trial.chosen.hits, trial.chosen.trials)} of the leads{sure}."
        )
    return " ".join(said)


def _won(page: Page) -> str:
    if not page.how:
        return f"{counted(page.leads, 'lead')}, and no column that says which of them were won."
    if page.lost_is_said:
        return (
            f"Of {counted(page.leads, 'lead')}, {whole(page.won)} were won and {whole(page.lost)} lost: "
            f"{rate(page.whole)} of those decided. {whole(page.open)} are still open."
        )
    return f"{whole(page.won)} of {counted(page.leads, 'lead')} were won: {rate(page.whole)}."


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def rate(one: Share) -> str:
    """A share: ``12.3%``."""
    if not one.trials:
        return "–"
    return f"{100 * one.rate:.1f}%"


def interval(one: Share) -> str:
    """The interval of a share: ``11.2 to 13.4%``."""
    return f"{100 * one.low:.1f} to {100 * one.high:.1f}%" if one.trials else "–"


def gain(lever: Lever) -> str:
    """What a lever brings: ``+12% wins from the same number of leads``."""
    return f"{percent(lever.gain)} {lever.unit}"


def percent(value: float) -> str:
    """A change: ``+12%``, ``+1.2%`` below ten."""
    size = 100 * value
    digits = 1 if abs(size) < 9.95 else 0
    return f"{size:+.{digits}f}%".replace("-", "\u2212")


def percent_interval(lever: Lever) -> str:
    """The interval of a lever's gain."""
    return f"{percent(lever.low)} and {percent(lever.high)}"


def group_title(group: Group) -> str:
    """What hovering over a group says."""
    one = group.share
    spelt = (
        f" (spelt {listed([f'‘{shortened(text)}’' for text in group.spellings[:4]])})"
        if len(group.spellings) > 1
        else ""
    )
    if not one.trials:
        return f"{shortened(group.name)}{spelt}: {counted(group.leads, 'lead')}, none of them can be judged yet"
    return (
        f"{shortened(group.name)}{spelt}: {whole(one.hits)} of {counted(int(one.trials), 'lead')} won, {rate(one)} "
        f"({interval(one)}); the others {rate(group.others)}"
    )


def verdict_title(verdict: str) -> str:
    """What the mark beside a share means."""
    return {"above": "above the others, beyond chance", "below": "below the others, beyond chance"}.get(verdict, "")


def judged(page: Page) -> str:
    """Why not all leads are judged, where that is so."""
    if page.fair.trials == page.whole.trials or not page.how:
        return ""
    why = []
    duration = page.duration
    if duration is not None and duration.is_truncated:
        why.append(
            f"no win was recorded before {day(day_in_utc(duration.truncated_before))}, although "
            f"{whole(duration.missed)} were "
            "to be expected from the leads of that time, so earlier leads are left out"
        )
    if duration is not None and not page.lost_is_said and duration.mature_days == duration.mature_days:
        why.append(
            f"leads younger than {counted(round(duration.mature_days), 'day')} are left out, because a fifth of the "
            "later "
            "customers needed longer"
        )
    said = f"{listed(why)}. " if why else ""
    return (
        f"{said[:1].upper()}{said[1:]}That leaves {counted(int(page.fair.trials), 'lead')}, of which "
        f"{rate(page.fair)} were "
        f"won ({interval(page.fair)}); counting all, as exported, it is {rate(page.whole)}."
    )


def pace(page: Page) -> str:
    """How long winning takes."""
    duration = page.duration
    if duration is None or not len(duration.recorded):
        return ""
    mean = float(duration.recorded.mean())
    said = (
        f"Half of the {whole(len(duration.recorded))} won leads were won within "
        f"{days(duration.recorded_quantile(0.5))}, a "
        f"quarter within {days(duration.recorded_quantile(0.25))}, nine of ten within "
        f"{days(duration.recorded_quantile(0.9))}; the mean is {days(mean)}."
    )
    if page.curve is not None and duration.curve is not None:
        within = duration.curve.at(90)
        said += (
            f" Counting leads that are still young for as long as they were watched, {share(within[0], 1)} of all "
            "leads are "
            f"won within 90 days ({share(within[1], 1)} to {share(within[2], 1)})."
        )
    return said


def days(value: float) -> str:
    """A number of days: ``14 days``."""
    if value < 1:
        return f"{round(value * 24)} hours" if value >= 1 / 24 else "an hour"
    return counted(int(value), "day")


def best(predictor: Predictor) -> Rated:
    """The level with the highest share among those of some size."""
    large = [rated for rated in predictor.levels if rated.share.trials >= 30]
    return (large or list(predictor.levels))[0]


def worst(predictor: Predictor) -> Rated:
    """The level with the lowest share among those of some size."""
    large = [rated for rated in predictor.levels if rated.share.trials >= 30]
    return (large or list(predictor.levels))[-1]


def lift(value: float) -> str:
    """A lift: ``2.3×``."""
    return f"{value:.2g}×" if value < 10 else f"{value:.0f}×"


def trial_sentence(trial: Trial) -> str:
    """How the draft was tested, and what came out."""
    low, high = trial.lift_interval
    when = "later," if trial.since < 0 else f"later, from {day(day_in_utc(trial.since))} on,"
    return (
        f"Learnt from the earlier {counted(trial.trained, 'lead')}, tested on the {whole(trial.tested)} that came "
        f"{when} "
        f"by the engine itself: {whole(trial.chosen.hits)} qualify "
        f"({share(trial.chosen.hits, trial.chosen.trials)}), and "
        f"{rate(trial.precision)} of those were won ({interval(trial.precision)}), against {rate(trial.base)} of "
        "all. They "
        f"hold {rate(trial.recall)} of all wins ({interval(trial.recall)}): a lift of {trial.lift:.2f} "
        f"({low:.2f} to {high:.2f})."
        + ("" if low > 1 else " That is not surely better than chance: wait for more outcomes before you use it.")
    )


def auc(value: float) -> str:
    """An AUC: ``0.86``; a dash where it is not known."""
    return f"{value:.2f}" if value == value else "–"


def loss(value: float) -> str:
    """What is lost: ``0.045``; a dash where it was not measured."""
    return "–" if value != value else f"{max(0.0, value):.3f}"


def kind_title(kind: str) -> str:
    """What a kind of flaw is called."""
    return {
        "impossible": "Impossible",
        "future": "In the future",
        "placeholder": "Placeholder",
        "spelling": "Spelling",
        "mixed": "Mixed types",
        "formatted": "Written with signs",
        "missing": "Missing",
        "constant": "Constant",
        "empty": "Empty",
    }[kind]


def money(value: float) -> str:
    """An amount without its currency."""
    return whole(value)


def each(value: float, leads: float) -> str:
    """An amount a lead."""
    return points(value / leads) if leads else "–"


def month_name(month: Month) -> str:
    """A month: ``Apr 2018``."""
    return f"{MONTHS[month.first_day.month - 1]} {month.first_day.year}"


def named_shares(groups: Iterable[Group]) -> dict[str, Share]:
    """Shares by the names of their groups."""
    return {group.name: group.share for group in groups}


def shares_of(groups: Iterable[Group]) -> list[Share]:
    """The shares of groups."""
    return [group.share for group in groups]


def share_top(shares: Iterable[Share]) -> float:
    """Where an axis ends that shows all shares and most of their intervals."""
    return max((1.35 * one.rate for one in shares if one.trials), default=1.0) or 1.0
