"""Draws the README's picture: what `leadline demo` prints, as it printed it."""

from __future__ import annotations

import io
import re
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from leadline.cli import scoring
from leadline.operations.demo import build_demo
from leadline.simulation import Company

PICTURE = Path(__file__).parent.parent / "docs" / "score.svg"


def main() -> int:
    """Simulates the demo company and draws the summary of its scores."""
    console = Console(
        record=True,
        width=96,
        file=io.StringIO(),
        force_terminal=True,
        highlight=False,
    )
    scoring.results = lambda: console  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        built = build_demo(Path(folder), Company())
    scoring.print_summary(built.scored.summary, built.scored.agreement)
    drawn = console.export_svg(title="leadline demo", theme=MONOKAI, unique_id="leadline")
    # The picture shows in the reader's own monospaced font: no outside host is asked for one.
    PICTURE.write_text(re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
