"""The reference page of all commands, made from their own help texts."""

from __future__ import annotations

import typer
from typer.main import get_command

from leadline.cli.application import application


def commands_page() -> str:
    """Markdown with the help of `leadline` and of each command."""
    root = get_command(application)
    context = typer.Context(root, info_name="leadline", max_content_width=100, terminal_width=100)
    parts = ["# Commands", "", "<!-- Made from the code by `make docs`. -->", ""]
    parts += ["```text", root.get_help(context).rstrip(), "```"]
    for name in root.list_commands(context):  # type: ignore[attr-defined]
        command = root.get_command(context, name)  # type: ignore[attr-defined]
        inner = typer.Context(command, info_name=name, parent=context, max_content_width=100, terminal_width=100)
        parts += ["", f"## leadline {name}", "", "```text", command.get_help(inner).rstrip(), "```"]
    return "\n".join(parts) + "\n"
