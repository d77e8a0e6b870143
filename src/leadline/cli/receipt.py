"""A receipt on the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from leadline import clock
from leadline.agreement.document import ThresholdRule
from leadline.agreement.durations import duration_in_words
from leadline.agreement.fingerprint import scores_version_of
from leadline.agreement.wording.odds import chance_in_words, odds
from leadline.agreement.words import condition_in_words, rule_in_words, vocabulary_of
from leadline.cli.terminal import ACCENT, results, share_bar

if TYPE_CHECKING:
    from leadline.agreement.document import Agreement
    from leadline.operations.explain import Change, Explanation, Step
    from leadline.qualification.questions import NextQuestion
    from leadline.qualification.receipt import CompareLine, Receipt, RuleLine, Truth

MARKS: dict[Truth, str] = {"true": "[green]✓[/]", "false": "[red]✗[/]", "unknown": "[yellow]?[/]"}
CAPS = {"rule": "rule's max", "group": "group full", "total": "engagement limits"}


def print_receipt(explanation: Explanation, agreement: Agreement) -> None:
    """Everything about one lead, top down: the answer, why, the rules, who it is, what would change it."""
    receipt = explanation.receipt
    _print_answer(receipt, agreement)
    _print_criteria(receipt)
    _print_rules(receipt, agreement)
    _print_fit(receipt, agreement)
    _print_changes(explanation, agreement)
    if explanation.question is not None:
        _print_question(explanation.question, receipt)


def _print_question(question: NextQuestion, receipt: Receipt) -> None:
    """Between what the scores lie as long as something is unknown, and what to ask next."""
    lines = [*_range(question, receipt), *_ask(question), *_hope(question)]
    if lines:
        results().print("\n[bold]What to ask next[/]")
        for line in lines:
            results().print(f"  {line}", soft_wrap=True)


def _range(question: NextQuestion, receipt: Receipt) -> list[str]:
    fit, engagement, chance = question.range.fit, question.range.engagement, question.range.chance
    moving = [
        f"{name} between {round(low, 1):g} and {round(high, 1):g}"
        for name, (low, high) in (("fit", fit), ("engagement", engagement))
        if round(high, 1) > round(low, 1)
    ]
    if not moving:
        return []
    if chance is not None and receipt.chance is not None and chance[1] > chance[0]:
        moving.append(f"the chance between {odds(chance[0])} and {odds(chance[1])}")
    return [f"[dim]What is unknown leaves[/] {', '.join(moving)}."]


def _ask(question: NextQuestion) -> list[str]:
    ask = question.ask
    if ask is None:
        return []
    likely = "if each kind of answer is as likely as any other"
    whom = f"if it answers as the {ask.known_of:,} leads of whom it is known" if ask.known_of else likely
    if ask.decides > 0:
        after = f"{ask.qualifies:.0%} of such leads then qualify"
        said = f"[bold {ACCENT}]{escape(ask.label)}[/]: it would decide, {after} [dim]{whom}[/]"
    else:
        said = f"[bold {ACCENT}]{escape(ask.label)}[/]: it moves the score by {ask.moves:.3g} on average [dim]{whom}[/]"
    return [said]


def _hope(question: NextQuestion) -> list[str]:
    event = question.event
    if event is None:
        return []
    name = event.event or "an event of any kind"
    return [f"or wait for [bold {ACCENT}]{escape(name)}[/] [dim]({event.rule}): one of it, and the lead qualifies[/]"]


def _date(instant: int) -> str:
    return clock.to_datetime(instant).strftime("%-d %b %Y %H:%M")


def _print_answer(receipt: Receipt, agreement: Agreement) -> None:
    console = results()
    persona = next(p.label for p in agreement.fit.personas if p.name == receipt.persona)
    console.print(
        f"[bold]{escape(receipt.lead_id)}[/] is [bold {ACCENT}]{receipt.stage}[/] "
        f"[dim]as of {_date(receipt.as_of)} UTC, {escape(agreement.name)} version {receipt.version}[/]",
        soft_wrap=True,
    )
    console.print(
        f"  fit        [bold]{receipt.fit:>6.1f}[/]  {receipt.grade}  "
        f"[{ACCENT}]{share_bar(receipt.fit / agreement.fit.max)}[/] [dim]{escape(persona)}[/]"
    )
    console.print(
        f"  engagement [bold]{receipt.engagement:>6.1f}[/]  {receipt.level}  "
        f"[{ACCENT}]{share_bar(receipt.engagement / agreement.engagement.max)}[/]"
    )
    for line in _chance(receipt, agreement):
        console.print(f"  {line}", soft_wrap=True)
    for at, because in receipt.qualifications:
        console.print(f"  qualified on [bold]{_date(at)}[/] because of {', '.join(because)}")
    for reason in _obstacles(receipt):
        console.print(f"  [yellow]{escape(reason)}[/]", soft_wrap=True)
    console.print()


def _chance(receipt: Receipt, agreement: Agreement) -> list[str]:
    """The chance of becoming a customer, where the agreement speaks of it and the score decides."""
    if receipt.chance is None or agreement.chance is None:
        return []
    within = duration_in_words(agreement.chance.horizon)
    said = [f"chance of becoming a customer within {within}: [bold]{chance_in_words(*receipt.chance)}[/]"]
    learned = agreement.chance.learned_from
    if learned is not None and learned.scores not in (None, scores_version_of(agreement)):
        said.append("[yellow]The chance was learned for other rules than these; run `leadline calibrate` again.[/]")
    return said


def _obstacles(receipt: Receipt) -> list[str]:
    """What keeps the lead from qualifying, whatever its scores."""
    found = []
    if not receipt.reachable:
        found.append("Nobody can be reached: no e-mail, phone or handle is known.")
    if receipt.knocked_out:
        found.append(f"Knocked out: {', '.join(receipt.knocked_out)}.")
    if receipt.cool_until is not None and receipt.as_of <= receipt.cool_until:
        found.append(f"It came back from sales and cools down until {_date(receipt.cool_until)}.")
    if receipt.stage not in ("visitor", "lead", "engaged", "nurture"):
        found.append(f"As {receipt.stage} it does not qualify anew; only a lead that came back can.")
    return found


def _print_criteria(receipt: Receipt) -> None:
    results().print("[bold]Ways to qualify, as they stand now[/]")
    for criterion in receipt.criteria:
        results().print(
            f"  {MARKS[criterion.truth]} [bold]{criterion.name}[/] [dim]{escape(criterion.text)}[/]",
            soft_wrap=True,
        )
        for compare in criterion.compares:
            results().print(f"      {MARKS[compare.truth]} {escape(compare.text)}   {_margin(compare)}", soft_wrap=True)
    results().print()


def _margin(compare: CompareLine) -> str:
    if isinstance(compare.left, str):
        return f"[dim]it is {escape(compare.left)}[/]"
    if math.isnan(compare.left):
        return "[dim]unknown: it has not happened[/]"
    return f"[dim]it is {compare.left:,.2f}, {compare.margin:+,.2f}[/]"


def _print_rules(receipt: Receipt, agreement: Agreement) -> None:
    table = Table(title="What counts as interest", title_justify="left", title_style="bold", box=None, padding=(0, 1))
    for name, justify in (
        ("rule", "left"),
        ("hits", "right"),
        ("accepted", "right"),
        ("points", "right"),
        ("counted", "right"),
        ("last hit", "left"),
        ("", "left"),
    ):
        table.add_column(name, justify=justify, header_style="dim")  # type: ignore[arg-type]
    quiet = []
    for line, rule in zip(receipt.rules, agreement.engagement.rules, strict=True):
        if line.hits == 0 and line.raw == 0:
            quiet.append(line.rule)
            continue
        table.add_row(
            line.rule,
            f"{line.hits:,}" if line.hits else "",
            _accepted(line, rule),
            f"{line.raw:+.2f}",
            f"[bold]{line.counted:+.2f}[/]",
            _date(line.last_hit) if line.last_hit is not None else "",
            "[yellow]" + ", ".join(CAPS[cap] for cap in line.binds) + "[/]" if line.binds else "",
        )
    table.add_row("", "", "", "", f"[bold {ACCENT}]{receipt.engagement:.2f}[/]", "[dim]engagement[/]", "")
    results().print(table)
    if quiet:
        results().print(f"  [dim]No hit yet: {', '.join(quiet)}[/]", soft_wrap=True)
    results().print()


def _accepted(line: RuleLine, rule: object) -> str:
    if isinstance(rule, ThresholdRule):
        return f"{line.measure:,.6g} of {rule.at_least:g}"
    return f"{line.accepted:,}" if line.hits else ""


def _print_fit(receipt: Receipt, agreement: Agreement) -> None:
    vocabulary = vocabulary_of(agreement)
    conditions = {(p.name, rule.name): rule.when for p in agreement.fit.personas for rule in p.rules}
    persona = next(p for p in agreement.fit.personas if p.name == receipt.persona)
    results().print(f"[bold]Who it is[/] [dim]best persona: {escape(persona.label)}[/]")
    for line in receipt.fits:
        if line.persona != receipt.persona:
            continue
        words = condition_in_words(conditions[line.persona, line.rule], vocabulary)
        missing = f" [yellow]unknown: {', '.join(line.missing)}[/]" if line.truth == "unknown" else ""
        results().print(
            f"  {MARKS[line.truth]} {line.points:+4g}  {line.rule} [dim]{escape(words)}[/]{missing}",
            soft_wrap=True,
        )
    if receipt.unknown_fields:
        labels = [agreement.title_of.get(name, name) for name in receipt.unknown_fields]
        results().print(f"  [yellow]Unknown of this lead: {escape(', '.join(labels))}[/]", soft_wrap=True)
    results().print()


def _print_changes(explanation: Explanation, agreement: Agreement) -> None:
    receipt = explanation.receipt
    if not explanation.changes:
        if receipt.stage in ("visitor", "lead", "engaged", "nurture"):
            results().print(
                "[bold]Why not yet[/] [dim]No one or two further events or answers would qualify this lead now.[/]"
            )
        return
    results().print("[bold]Why not yet[/] [dim]each of these would qualify it now; tried by deciding again[/]")
    for change in explanation.changes:
        steps = " and ".join(_step(step, agreement) for step in change.steps)
        results().print(f"  • {escape(steps)} [dim]→ {_outcome(change)}[/]", soft_wrap=True)


def _outcome(change: Change) -> str:
    return f"{', '.join(change.because)} (fit {change.fit:g}, engagement {change.engagement:.1f})"


def _step(step: Step, agreement: Agreement) -> str:
    if step.field is not None:
        value = f"{step.value:,.0f}" if isinstance(step.value, float) else str(step.value)
        return f"{agreement.title_of.get(step.field, step.field)} were {value}"
    rule = next(rule for rule in agreement.engagement.rules if rule.name == step.rule)
    words = rule_in_words(rule, vocabulary_of(agreement))
    if step.amount:
        return f"{step.amount:,.6g} more for {step.rule} ({words})"
    times = {1: "one more", 2: "two more", 3: "three more"}.get(step.count, f"{step.count} more")
    return f"{times} for {step.rule} ({words})"
