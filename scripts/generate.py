"""Writes the pages that are made from code, or with `--check` says which of them are not current."""

from __future__ import annotations

import sys
from pathlib import Path

from leadline.agreement.format.json_schema import schema_text
from leadline.agreement.format.reference_page import reference_page
from leadline.cli.commands_page import commands_page

DOCS = Path(__file__).parent.parent / "docs"
PAGES = {
    "agreement.schema.json": schema_text,
    "agreement-reference.md": reference_page,
    "commands.md": commands_page,
}


def stale_pages() -> list[str]:
    """The names of pages whose file differs from what the code says."""
    return [
        name
        for name, page in PAGES.items()
        if not (DOCS / name).exists() or (DOCS / name).read_text(encoding="utf-8") != page()
    ]


def main() -> int:
    """Writes the stale pages; with `--check` it only names them."""
    stale = stale_pages()
    for name in stale:
        sys.stderr.write(f"docs/{name} is not current\n")
        if "--check" not in sys.argv:
            (DOCS / name).write_text(PAGES[name](), encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
