"""Two processes that simulate into one folder: one does, the other says so."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import sys
from pathlib import Path
from leadline.errors import LeadlineError
from leadline.simulation import Company, simulate
try:
    simulate(Company(leads=400, months=3), Path(sys.argv[1]))
except LeadlineError as error:
    sys.exit(str(error))
"""


def test_two_at_once_leave_one_whole_company(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "company")]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[1] for process in running]
    codes = sorted(process.returncode for process in running)
    assert codes in ([0, 0], [0, 1]), said
    assert all("another process" in text for text in said if text)
    assert pq.read_table(tmp_path / "company" / "leads.parquet").num_rows == 400
    assert {path.name for path in tmp_path.iterdir()} == {"company"}
