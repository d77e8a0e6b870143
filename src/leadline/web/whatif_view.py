"""What the what-if page says: figures with their change, sentences, bars, and each control as it stands."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlencode

from leadline.clock import DAY
from leadline.operations.whatif.controls import LITERAL
from leadline.reporting.figures import MINUS, counted, day, day_in_utc, moment, points, whole
from leadline.reporting.texts import shortened, spoken

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement
    from leadline.estimates.shares import Share
    from leadline.learning.backtest.measures import Measures, SegmentMeasures
    from leadline.operations.explain import Explanation
    from leadline.operations.whatif.answers import Answer, Mover, Movers
    from leadline.operations.whatif.controls import Constant, Control
    from leadline.operations.whatif.receipts import Receipts
    from leadline.operations.whatif.session import Session
    from leadline.operations.whatif.trying import Trial

Way = Literal["better", "worse", "same"]


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: what it is now, how it changed, and what it means."""

    name: str
    now: str
    change: str
    way: Way
    note: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A control as it stands: its text now, whether that differs from the file, and what is wrong with it."""

    control: Control
    id: str
    now: str
    changed: bool
    problem: str | None
    constants: tuple[tuple[Constant, float], ...] = ()

    @property
    def label(self) -> str:
        """Its name as people say it."""
        return spoken(self.control.label)

    @property
    def slider(self) -> str:
        """Where its slider stands, in days for a duration; the far end for never."""
        span = self.control.range
        if span is None:
            return ""
        text = self.now or self.control.otherwise
        if self.control.shown == "duration":
            found = re.fullmatch(r"([0-9]+)\s*([mhdw])", text.strip())
            value = int(found[1]) * {"m": 1 / 1440, "h": 1 / 24, "d": 1, "w": 7}[found[2]] if found else span.high
        else:
            value = _number(text, span.high)
        return f"{min(max(value, span.low), span.high):g}"


def _number(text: str, otherwise: float) -> float:
    try:
        value = float(text)
    except ValueError:
        return otherwise
    return value if math.isfinite(value) else otherwise


class View:
    """Everything that the templates of the page ask for."""

    def __init__(self, session: Session, trial: Trial, answer: Answer, took: float) -> None:
        self.session = session
        self.trial = trial
        self.answer = answer
        self.took = took
        self.agreement = session.basis.agreement
        self.file = session.path.name
        self.panels = session.basis.panels
        self.problems = dict(trial.problems)
        self._asked = dict(trial.asked)
        self._ids = {place: f"c{number}" for number, place in enumerate(session.basis.controls)}

    def shown(self, control: Control) -> Shown:
        """A control as it stands."""
        now = self._asked.get(control.place, control.written)
        numbers = [float(found[0]) for found in LITERAL.finditer(now) if not found[0].startswith("'")]
        constants: tuple[tuple[Constant, float], ...] = ()
        if control.constants and len(numbers) == len(control.constants):
            constants = tuple(zip(control.constants, numbers, strict=True))
        return Shown(
            control,
            self._ids[control.place],
            now,
            control.place in self._asked,
            self.problems.get(control.place),
            constants,
        )

    def changes_in(self, panel_name: str) -> int:
        """How many controls of a panel are changed."""
        panel = next(panel for panel in self.panels if panel.name == panel_name)
        return sum(control.place in self._asked for control in panel.controls())

    @property
    def changed(self) -> bool:
        """Whether anything differs from the file."""
        return bool(self._asked)

    @property
    def query(self) -> str:
        """The changes as they stand in an address."""
        return urlencode(self.trial.asked)

    @property
    def volume(self) -> str:
        """What the chart draws, as JSON."""
        return json.dumps(volume_of(self.answer))

    @property
    def capacity(self) -> float | None:
        """MQLs that sales can work a week."""
        return self.session.yardstick.capacity

    @property
    def horizon(self) -> str:
        """How long an MQL has to become a customer."""
        return counted(round(self.session.yardstick.horizon / DAY), "day")

    @property
    def span(self) -> str:
        """The time that is looked at."""
        past = self.session.past
        return f"{day(day_in_utc(past.since))} to {day(day_in_utc(past.as_of))}"

    @property
    def speed(self) -> str:
        """How long the answer took."""
        took = self.took * 1000
        return f"{whole(self.session.past.events)} events refolded in {took:,.0f} ms"

    def sentence(self) -> str:
        """The answer in two sentences."""
        return " ".join(_sentences(self))

    def tiles(self) -> list[Tile]:
        """The figures, before and after."""
        return [_volume_tile(self.answer), *_judged_tiles(self), _load_tile(self)]

    def address_of(self, mover: Mover) -> str:
        """Where a lead's receipt is: as of the moment at which it qualifies."""
        query = urlencode([("at", str(mover.at)), *self.trial.asked])
        return f"/what-if/leads/{quote(mover.lead_id, safe='')}?{query}"

    def when(self, instant: int) -> str:
        """An instant in the agreement's zone."""
        return moment(instant, self.agreement.timezone)

    @staticmethod
    def meaning(words: str) -> str:
        """A rule in words without its points, which stand beside it and change."""
        return re.sub(r"^(minus )?\S+ points? ", "", words)

    def day_of(self, instant: int) -> str:
        """The day of an instant in the agreement's zone."""
        return self.when(instant).rpartition(",")[0]

    def percent(self, segment: SegmentMeasures) -> str:
        """A segment's share of customers."""
        return f"{100 * segment.precision.rate:.0f}%" if segment.judged else "–"

    def judged(self, segment: SegmentMeasures) -> str:
        """What that share rests on."""
        if not segment.judged:
            return "nobody is old enough to judge"
        return f"{segment.won} of {segment.judged} judged; {_interval(segment.precision)}"

    def saved(self, name: str | None) -> dict[str, Any] | None:
        """What the file that was just saved says, read from where it lies."""
        from leadline.agreement.difference import difference
        from leadline.agreement.reading import load_agreement
        from leadline.errors import LeadlineError
        from leadline.operations.whatif.saving import NAME

        if not name or not NAME.fullmatch(name):
            return None
        path = self.session.path.parent / name
        try:
            written = load_agreement(path)
        except LeadlineError:
            return None
        return {"name": name, "version": written.version, "changes": difference(self.agreement, written)}


def volume_of(answer: Answer) -> dict[str, Any]:
    """The weekly chart's columns."""
    return {
        "weeks": [day(monday) for monday in answer.mondays],
        "full": answer.full,
        "before": answer.before.weekly.tolist(),
        "after": answer.after.weekly.tolist(),
        "capacity": answer.after.load.capacity,
        "spots": [_spot(answer.before), _spot(answer.after)],
    }


def _spot(measures: Measures) -> list[float] | None:
    """Where an agreement stands between much and good: MQLs a week, and the share of them that became customers."""
    if not measures.judged:
        return None
    return [round(measures.load.mean, 2), round(100 * measures.precision.rate, 2)]


def _sentences(view: View) -> list[str]:
    answer = view.answer
    said = []
    if not answer.changes:
        said.append(f"As the agreement stands, {counted(answer.before.mqls, 'lead')} qualified between {view.span}.")
        if answer.judging and answer.before.judged:
            said.append(f"{_ratio(answer.before.precision)} became a customer within {view.horizon}.")
        said.append("Move something to see who else would have.")
        return said
    if not answer.entering.count and not answer.leaving.count:
        return ["The same leads would have qualified.", _shifted(answer)]
    enter, leave = answer.entering, answer.leaving
    entered = f"{counted(enter.count, 'lead')} would have entered" if enter.count else "Nobody would have entered"
    left = f"{whole(leave.count)} would have left" if leave.count else "nobody would have left"
    said.append(f"{entered}{_bought(enter, view)} and {left}{_bought(leave, view)}.")
    return [*said, _shifted(answer)]


def _bought(movers: Movers, view: View) -> str:
    if not view.answer.judging or not movers.count:
        return ""
    if movers.customers == 1:
        return " (1 of them became a customer)"
    return f" ({whole(movers.customers) if movers.customers else 'none'} of them became customers)"


def _shifted(answer: Answer) -> str:
    if not answer.staying:
        return ""
    if answer.shift is None:
        return f"The {whole(answer.staying)} who stay would have qualified at the same moment."
    moved = [f"{whole(answer.sooner)} would be sooner"] if answer.sooner else []
    moved += [f"{whole(answer.later)} {'' if moved else 'would be '}later"] if answer.later else []
    days = points(abs(answer.shift))
    of_them = f"Of the {whole(answer.staying)} who stay, {' and '.join(moved)}"
    return f"{of_them} (median {days} {'day' if days == '1' else 'days'})."


def _ratio(share: Share) -> str:
    """A share as people say it: 1 in 6 of those old enough to judge."""
    return (
        f"1 in {points(1 / share.rate)} of those old enough to judge"
        if share.hits
        else "None of those old enough to judge"
    )


def _volume_tile(answer: Answer) -> Tile:
    before, after = answer.before.load.mean, answer.after.load.mean
    note = f"{whole(answer.after.mqls)} leads in all, {whole(answer.before.mqls)} before"
    return Tile("MQLs a week", points(after), _signed(after - before), "same", note)


def _judged_tiles(view: View) -> list[Tile]:
    answer = view.answer
    if not answer.judging:
        missing = "needs outcomes"
        return [Tile(name, "–", "", "same", missing) for name in ("Precision", "Recall", "Lift")]
    before, after = answer.before, answer.after
    young = f", {whole(after.young)} too young" if after.young else ""
    lift = [measures.lift or 0.0 for measures in (before, after)]
    return [
        Tile(
            "Precision", _percent(after.precision), *_points_change(before.precision, after.precision),
            f"{_interval(after.precision)} became customers; {whole(after.judged)} judged{young}",
        ),
        Tile(
            "Recall", _percent(after.recall), *_points_change(before.recall, after.recall),
            f"of {whole(after.recall.trials)} customers were MQL before",
        ),
        Tile(
            "Lift", f"{lift[1]:.1f}×" if after.lift else "–", _signed(lift[1] - lift[0]), _way(lift[1] - lift[0]),
            "as likely to buy as any lead",
        ),
    ]  # fmt: skip


def _load_tile(view: View) -> Tile:
    before, after = view.answer.before.load, view.answer.after.load
    if after.capacity is None:
        change = after.most - before.most
        return Tile(
            "Busiest week", whole(after.most), _signed(change), "same", "MQLs; --capacity says what is too many"
        )
    change = after.over - before.over
    note = f"of {after.weeks} weeks above {points(after.capacity)}; busiest {whole(after.most)}"
    return Tile("Overload", whole(after.over), _signed(change), _way(-change), note)


def _percent(share: Share) -> str:
    return f"{100 * share.rate:.1f}%" if share.trials else "–"


def _interval(share: Share) -> str:
    return f"{100 * share.low:.0f}–{100 * share.high:.0f}%"


def _points_change(before: Share, after: Share) -> tuple[str, Way]:
    if not before.trials or not after.trials:
        return "", "same"
    change = 100 * (after.rate - before.rate)
    said = _signed(change)
    return (f"{said} pp" if said else ""), _way(change)


def _signed(change: float) -> str:
    if abs(change) < 0.05:
        return ""
    return f"{'+' if change > 0 else MINUS}{points(abs(change))}"


def _way(change: float) -> Way:
    if abs(change) < 0.05:
        return "same"
    return "better" if change > 0 else "worse"


def receipt_view(found: Receipts, before: Agreement, after: Agreement) -> dict[str, Any]:
    """Both receipts side by side."""
    sides = [_side("As it stands", found.before, before)]
    if before.version != after.version:
        sides.append(_side("As tried", found.after, after))
    lines = [
        (spoken(then.rule), then, now)
        for then, now in zip(found.before.receipt.rules, found.after.receipt.rules, strict=True)
        if then.hits or then.raw or now.raw
    ]
    fits = [
        (spoken(then.rule), then, now)
        for then, now in zip(found.before.receipt.fits, found.after.receipt.fits, strict=True)
        if then.persona == found.before.receipt.persona
    ]
    return {
        "lead_id": shortened(found.lead_id),
        "at": moment(found.at, after.timezone),
        "timezone": after.timezone,
        "sides": sides,
        "lines": lines,
        "fits": fits,
        "two": len(sides) > 1,
        "unknown": [after.title_of.get(name, name) for name in found.after.receipt.unknown_fields],
    }


def _side(title: str, explanation: Explanation, agreement: Agreement) -> dict[str, Any]:
    receipt = explanation.receipt
    persona = next(one.label for one in agreement.fit.personas if one.name == receipt.persona)
    return {
        "title": title,
        "receipt": receipt,
        "persona": persona,
        "qualified": [(moment(at, agreement.timezone), because) for at, because in receipt.qualifications],
    }
