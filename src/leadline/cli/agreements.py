"""`leadline init`, `check`, `diff`, `test`, `schema`: the agreement itself, before any lead is looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadline.cli.options import AgreementFile, Force
from leadline.cli.terminal import remarks, results

if TYPE_CHECKING:
    from leadline.errors import Problem


def register(application: typer.Typer) -> None:
    """Adds the commands."""
    application.command("init", help="Write an agreement to start from.")(init)
    application.command("check", help="Say in plain English what an agreement means, or list every problem.")(check)
    application.command("diff", help="Say in words what changes from one agreement to another.")(diff)
    application.command("test", help="Run the stories of an agreement: its own tests.")(test)
    application.command("schema", help="Print the JSON Schema of agreements, for editors.")(schema)


def init(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.")] = Path("agreement.yaml"),
    name: Annotated[
        str | None, typer.Option("--name", help="The name of the agreement, for example your company's.")
    ] = None,
    force: Force = False,
) -> None:
    """Writes a commented agreement that works as it is."""
    from leadline.operations.init import write_agreement

    write_agreement(path, name, replace=force)
    remarks().print(f"[bold]{path}[/] is a complete agreement. Read it together, change it, then:", soft_wrap=True)
    remarks().print(f"  leadline check {path}\n  leadline test {path}", soft_wrap=True)


def check(agreement: AgreementFile) -> None:
    """Says what an agreement means, or what is wrong with it."""
    from leadline.agreement.reading import read_file
    from leadline.agreement.words import in_words

    reading = read_file(agreement)
    if reading.agreement is not None:
        results().print(in_words(reading.agreement), markup=False, end="")
        results().print(f"\n[dim]Version {reading.agreement.version}.[/]")
    if reading.problems:
        _print_problems(reading.source, reading.problems)
        raise typer.Exit(3 if reading.agreement is None else 1)


def _print_problems(source: str, problems: tuple[Problem, ...]) -> None:
    from rich.markup import escape

    console = remarks()
    counts = {kind: sum(problem.severity == kind for problem in problems) for kind in ("error", "warning")}
    found = " and ".join(f"{count} {kind}{'s' if count != 1 else ''}" for kind, count in counts.items() if count)
    console.print(f"[bold]{escape(source)}[/]: {found}", soft_wrap=True)
    for problem in problems:
        colour = "red" if problem.severity == "error" else "yellow"
        console.print(f"  [{colour}]{problem.severity}[/] {escape(str(problem))}", soft_wrap=True)


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The agreement as it was.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The agreement as it shall be.")],
) -> None:
    """Says what changes."""
    from leadline.agreement.difference import difference_in_words
    from leadline.agreement.reading import load_agreement

    results().print(difference_in_words(load_agreement(old), load_agreement(new)), markup=False, end="")


def test(agreement: AgreementFile) -> None:
    """Runs the stories; a story that does not end as it says makes the exit code 1."""
    from rich.markup import escape

    from leadline.agreement.reading import load_agreement
    from leadline.errors import StoryError
    from leadline.operations.stories import tell_stories

    signed = load_agreement(agreement)
    told = tell_stories(signed)
    if not told:
        raise StoryError(f"{agreement}: there are no stories. Add some under `stories:`; `leadline init` shows how.")
    for story in told:
        mark = "[red]✗[/]" if story.failures else "[green]✓[/]"
        results().print(f"{mark} {escape(story.story.name.replace('_', ' '))} [dim]line {story.story.line}[/]")
        for failure in story.failures:
            results().print(f"    {escape(failure)}", soft_wrap=True)
    failed = sum(bool(story.failures) for story in told)
    results().print(f"{len(told) - failed} of {len(told)} stories end as they say.")
    if failed:
        raise typer.Exit(StoryError.exit_code)


def schema() -> None:
    """Prints the JSON Schema."""
    from leadline.agreement.format.json_schema import schema_text

    typer.echo(schema_text(), nl=False)
