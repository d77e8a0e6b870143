"""What a page says in full sentences: the answer at its head, and where a lead's points come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leadline.agreement.wording.phrasing import listed
from leadline.reporting.charts.columns import mean_of_full
from leadline.reporting.figures import counted, day, points, share, whole
from leadline.reporting.texts import shortened, spoken

if TYPE_CHECKING:
    from leadline.reporting.scored.page import Latest, Page, Share

_SHARES_NAMED: Final = 3
_WORTH_NAMING: Final = 0.05

_STAGES: Final = {
    "visitor": ("Visitor", "anonymous: nobody can reach them yet"),
    "lead": ("Lead", "can be reached"),
    "engaged": ("Engaged", "has talked with us"),
    "mql": ("MQL", "qualified, waiting for sales"),
    "sal": ("SAL", "accepted by sales"),
    "sql": ("SQL", "qualified by sales"),
    "opportunity": ("Opportunity", "a deal is open"),
    "customer": ("Customer", "a deal was won"),
    "lost": ("Lost", "a deal was lost"),
    "nurture": ("Nurture", "given back by sales, or lost for long"),
    "disqualified": ("Disqualified", "ruled out by sales"),
}


def stage_title(stage: str) -> str:
    """What a stage is called."""
    return _STAGES[stage][0]


def stage_meaning(stage: str) -> str:
    """What a stage says of a lead."""
    return _STAGES[stage][1]


def answer(page: Page) -> str:
    """The page's question answered in two or three sentences."""
    totals = page.totals
    if not totals.leads and not totals.visitors:
        return "Nobody yet: the input has no leads up to this moment."
    if not totals.leads:
        return "No lead can be reached yet: none has an email, a phone or a handle."
    if not totals.qualified_leads:
        return f"None of {counted(totals.leads, 'lead')} has qualified yet." + _waiting(page)
    have = "has" if totals.qualified_leads == 1 else "have"
    of_all = f"{counted(totals.leads, 'lead')} ({share(totals.qualified_leads, totals.leads)})"
    return f"{whole(totals.qualified_leads)} of {of_all} {have} qualified at least once." + _waiting(page)


def _waiting(page: Page) -> str:
    """The MQLs that wait for sales, and how many of them are below the highest level."""
    waiting, cooled = page.totals.waiting, page.totals.cooled
    if not waiting:
        return ""
    level = shortened(page.grid.levels[0], 24)
    if waiting == 1:
        return f" 1 MQL waits for sales now; it is {'not ' if cooled else ''}{level}."
    some = f"{whole(cooled)} of them are not"
    those = {0: "they are all", 1: "1 of them is not", waiting: "none of them is"}.get(cooled, some)
    return f" {whole(waiting)} MQLs wait for sales now; {those} {level}."


def pace(page: Page) -> str:
    """How many qualify: the week that goes on, the last full one, the mean."""
    if len(page.weeks) < 2:
        return ""
    (last_full, full), (_, so_far) = page.weeks[-2], page.weeks[-1]
    return (
        f"{whole(so_far)} so far this week, {whole(full)} in the week of {day(last_full)}, "
        f"{points(mean_of_full(page.weeks))} a week on average."
    )


def where_from(row: Latest) -> str:
    """Where a lead's engagement comes from now: ``Meeting gives 25 of its 64 points and guide 8.``"""
    gives = [part for part in row.shares if part.points >= _WORTH_NAMING]
    takes = [part for part in row.shares if part.points <= -_WORTH_NAMING]
    said = [part for part in (_gives(gives, 0 if takes else row.engagement), _takes(takes)) if part]
    sentence = "; ".join(said) or "nothing counts now: it has faded, or was reset when the lead came back"
    return sentence[:1].upper() + sentence[1:] + "."


def _gives(parts: list[Share], engagement: float) -> str:
    if not parts:
        return ""
    (first, *rest), more = parts[:_SHARES_NAMED], len(parts) - _SHARES_NAMED
    of = f" of its {points(engagement)}" if rest and engagement > 0 else ""
    all_of = "all of its " if not rest and engagement > 0 else ""
    said = [f"{_lowered(first)} gives {all_of}{points(first.points)}{of} points"]
    said += [f"{_lowered(part)} {points(part.points)}" for part in rest]
    if more > 0:
        said.append(counted(more, "other rule") + f" {points(sum(part.points for part in parts[_SHARES_NAMED:]))}")
    return listed(said)


def _takes(parts: list[Share]) -> str:
    if not parts:
        return ""
    named = listed([_lowered(part) for part in parts[:_SHARES_NAMED]])
    return f"{named} {'takes' if len(parts) == 1 else 'take'} {points(-sum(part.points for part in parts))} away"


def _lowered(part: Share) -> str:
    name = shortened(spoken(part.rule), 40)
    return name[:1].lower() + name[1:]
