"""One simulated company with enough customers to learn from, read and matched once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leadline.agreement.template import template_text
from leadline.log.reading import Sources
from leadline.operations.learning.inputs import Material, Original, read_material
from leadline.simulation import Company, simulate

if TYPE_CHECKING:
    from pathlib import Path

LEADS = 15_000


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a company of fifteen thousand leads."""
    folder = tmp_path_factory.mktemp("learning") / "demo"
    simulate(Company(seed=21, leads=LEADS), folder)
    return folder


def sources(folder: Path) -> Sources:
    """The files of a simulated company."""
    return Sources(
        leads=str(folder / "leads.parquet"),
        events=str(folder / "events"),
        profiles=str(folder / "profiles.parquet"),
    )


@pytest.fixture(scope="session")
def material(demo: Path) -> Material:
    """What is learned from, with the shipped agreement."""
    return read_material(Original(template_text()), sources(demo))
