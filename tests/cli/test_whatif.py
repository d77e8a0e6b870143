"""`leadline whatif` as a process: it says where the page is, serves it, and ends quietly; what cannot be is said."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from cli.running import _environment, leadline, small_company

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("--leads", "leads.csv", "--events", "events.csv")


@pytest.fixture
def company(tmp_path: Path) -> Path:
    small_company(tmp_path)
    return tmp_path


def test_it_serves_the_page_until_it_is_interrupted(company: Path) -> None:
    (company / "outcomes.csv").write_text(
        "lead_id,won_at\nann,2026-01-09T10:00:00Z\nzoe,2026-01-09T10:00:00Z\n", "utf-8"
    )
    command = [sys.executable, "-m", "leadline", "whatif", "agreement.yaml", *FILES, "--outcomes", "outcomes.csv"]
    options = ["--horizon", "30d", "--capacity", "5", "--port", "0", "--no-browser"]
    with subprocess.Popen(
        [*command, *options], cwd=company, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment()
    ) as running:
        assert running.stderr is not None
        said, address = "", None
        while address is None:
            line = next(running.stderr)
            said += line
            address = re.search(r"http://127\.0\.0\.1:\S+", line)
        with httpx.Client(follow_redirects=True, timeout=30) as client:
            page = client.get(address[0]).text
        assert "outcomes.csv: 1 rows of unknown leads, left out" in said
        assert "1 lead qualified between" in page
        assert "3 leads, 5 events" in page
        running.send_signal(signal.SIGINT)
        _, rest = running.communicate(timeout=20)
    assert running.returncode == 0
    assert rest.endswith("The page has ended. Nothing was half-written.\n")
    assert "Traceback" not in rest


def test_a_taken_port_has_a_way_out(company: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = leadline("whatif", "agreement.yaml", *FILES, "--no-browser", "--port", str(port), folder=company)
    assert ran.code == 4
    assert ran.err.strip() == (
        f"port {port} cannot be used: Address already in use. Name another with --port, or --port 0 for any free one."
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nothing.yaml", *FILES), "the agreement cannot be read"),
        (("agreement.yaml", "--leads", "nothing.csv"), "nothing.csv"),
        (("agreement.yaml", *FILES, "--outcomes", "nothing.csv"), "nothing.csv"),
        (("agreement.yaml", *FILES, "--horizon", "0"), "--horizon"),
    ],
)
def test_what_cannot_be_read_is_said(company: Path, arguments: tuple[str, ...], says: str) -> None:
    ran = leadline("whatif", *arguments, "--port", "0", "--no-browser", folder=company)
    assert ran.code in (2, 4)
    assert says in ran.err
    assert "Traceback" not in ran.err
