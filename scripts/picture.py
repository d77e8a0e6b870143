"""Draws the README's pictures from the demo company: what `leadline demo` prints, and the what-if page after moves."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import MONOKAI

from leadline.cli import scoring
from leadline.operations.demo import Demo, build_demo
from leadline.simulation import Company

DOCS = Path(__file__).parent.parent / "docs"
MOVES = {"mql.when.fit_and_engaged": "fit >= 50 AND engagement >= 85", "engagement.rules.pricing_page.points": "20"}


def main() -> int:
    """Simulates the demo company and draws both pictures."""
    with tempfile.TemporaryDirectory() as folder:
        built = build_demo(Path(folder), Company())
        draw_summary(built)
        draw_what_if(built)
    return 0


def draw_summary(built: Demo) -> None:
    """The summary of scores, as the terminal shows it."""
    console = Console(
        record=True,
        width=96,
        file=io.StringIO(),
        force_terminal=True,
        highlight=False,
    )
    scoring.results = lambda: console  # type: ignore[assignment]
    scoring.print_summary(built.scored.summary, built.scored.agreement)
    drawn = console.export_svg(title="leadline demo", theme=MONOKAI, unique_id="leadline")
    # The picture shows in the reader's own monospaced font: no outside host is asked for one.
    plain = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    (DOCS / "score.svg").write_text(plain, encoding="utf-8")


def draw_what_if(built: Demo) -> None:
    """The page in Chromium, served as a user would."""
    company = built.folder / "company"
    files = f"--leads {company}/leads.parquet --profiles {company}/profiles.parquet --events {company}/events"
    command = f"leadline whatif {built.agreement} {files} --capacity 6 --port 0 --no-browser"
    with subprocess.Popen(command.split(), stderr=subprocess.PIPE, text=True) as serving:  # noqa: S603
        try:
            address = next(found[0] for line in serving.stderr or () if (found := re.search(r"http://\S+", line)))
            with sync_playwright() as running:
                chromium = running.chromium.launch(executable_path=shutil.which("chromium"))
                page = chromium.new_page(viewport={"width": 1280, "height": 800})
                page.goto(f"{address}&{urlencode(MOVES)}")
                page.wait_for_load_state("networkidle")
                page.screenshot(path=DOCS / "what-if.png")
        finally:
            serving.terminate()


if __name__ == "__main__":
    sys.exit(main())
