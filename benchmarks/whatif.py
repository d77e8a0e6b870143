"""The what-if page: seconds from a moved control to the answer, over HTTP and as drawn in Chromium."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import measuring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.operations.whatif.session import Session

SIZES = ((1_000_000, 300), (20_000_000, 1_500))
"""Events, and the milliseconds that a move may take."""
MOVES = 12
TOKEN = "benchmark"  # noqa: S105


def main() -> None:
    """Prints the median and the slowest of some moves at each size."""
    rows = []
    for events, allowed in SIZES:
        found = measuring.in_new_process("whatif.py", str(measuring.company(events)))
        rows.append(
            (
                f"{found['events']:,} events, {found['leads']:,} leads",
                f"{allowed:,}",
                *(f"{number:,.0f}" for number in (*found["server"], found["processor"])),
                f"{found['drawn']:,.0f}" if found["drawn"] is not None else "no chromium",
                f"{found['open']:.1f}",
            )
        )
    header = ("log", "allowed ms", "answer ms", "slowest", "processor ms", "redraw in browser ms", "seconds to open")
    measuring.table(f"A move on the what-if page ({measuring.machine()})", header, rows)


def moves() -> Iterator[dict[str, str]]:
    """Changes of points, half-lives, caps and thresholds, none of them twice."""
    for step in range(MOVES // 4):
        yield {"engagement.rules.pricing_page.points": str(11 + step)}
        yield {"engagement.half_life": f"{25 + step}d"}
        yield {"engagement.groups.content.max": str(30 + step)}
        yield {"mql.when.fit_and_engaged": f"fit >= {45 + step} AND engagement >= 55"}


def once(folder: Path) -> dict[str, Any]:
    """Opens a sitting over a company and moves its controls, first by HTTP, then in the browser."""
    from leadline.web.serving import listening, server_of

    seconds, session = measuring.timed(lambda: opened(folder))
    with listening(0) as bound:
        port = bound.getsockname()[1]
        server = server_of(session, port, TOKEN)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        answers, processor = asked(port)
        drawn = drawn_in_browser(port)
        server.should_exit = True
        thread.join()
    return {
        "events": session.past.events,
        "leads": session.past.leads,
        "open": seconds,
        "server": [1000 * statistics.median(answers), 1000 * max(answers)],
        "processor": 1000 * processor / len(answers),
        "drawn": None if not drawn else statistics.median(drawn),
    }


def opened(folder: Path) -> Session:
    """The sitting: the template agreement over a company's files."""
    from leadline.agreement.template import template_text
    from leadline.log.reading import Sources
    from leadline.operations.whatif.session import Terms, open_session

    agreement = Path(tempfile.mkdtemp()) / "agreement.yaml"
    agreement.write_text(template_text(), encoding="utf-8")
    sources = Sources(
        leads=folder / "leads.parquet", profiles=folder / "profiles.parquet", events=str(folder / "events")
    )
    return open_session(agreement, sources, Terms(capacity=50))


def asked(port: int) -> tuple[list[float], float]:
    """Seconds of each answer from the first byte sent to the last received, and processor seconds of all."""
    import time

    import httpx

    with httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=120) as client:
        client.get("/what-if", params={"token": TOKEN}).raise_for_status()
        begun = time.process_time()
        answers = [
            measuring.timed(lambda: client.get("/what-if/answers", params=changes).raise_for_status())[0]  # noqa: B023
            for changes in moves()
        ]
        return answers, time.process_time() - begun


def drawn_in_browser(port: int) -> list[float]:
    """Milliseconds from the answer's arrival to the next frame, for each press of an arrow on a slider."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/what-if?token={TOKEN}")
        page.get_by_role("slider", name="Hand raiser: fit >=").focus()
        found = []
        for _ in range(MOVES // 2):
            page.evaluate("delete document.documentElement.dataset.drawn")
            page.keyboard.press("ArrowLeft")
            while page.evaluate("document.documentElement.dataset.drawn") is None:
                page.wait_for_timeout(20)
            found.append(float(page.evaluate("document.documentElement.dataset.drawn")))
        browser.close()
    return found


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(once(Path(sys.argv[1]))))
    else:
        main()
