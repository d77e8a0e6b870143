"""A small simulated company, one sitting at the what-if page over it, and that page served on a free port."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from leadline.agreement.template import template_text
from leadline.log.reading import Sources
from leadline.operations.whatif.session import Session, Terms, open_session
from leadline.simulation import Company, simulate
from leadline.web.serving import HOST, listening, server_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "a-token-that-nobody-guesses"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Served:
    """A running page: where it is, and the sitting behind it."""

    origin: str
    session: Session

    @property
    def entrance(self) -> str:
        """The address with the token, as the command prints it."""
        return f"{self.origin}/what-if?token={TOKEN}"

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """A client that came through the entrance."""
        with httpx.Client(base_url=self.origin, follow_redirects=True, timeout=30) as client:
            client.get(self.entrance).raise_for_status()
            yield client


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of a company of 1,500 leads and its agreement."""
    folder = tmp_path_factory.mktemp("whatif")
    simulate(Company(seed=3, leads=1_500, months=12), folder / "company")
    (folder / "agreement.yaml").write_text(template_text(), encoding="utf-8")
    return folder


def sources_in(folder: Path) -> Sources:
    """The company's files."""
    files = folder / "company"
    return Sources(
        leads=files / "leads.parquet", profiles=files / "profiles.parquet", events=str(files / "events/*.parquet")
    )


@pytest.fixture(scope="session")
def session(company: Path) -> Session:
    """A sitting over the company; sales can work two leads a week."""
    return open_session(company / "agreement.yaml", sources_in(company), Terms(capacity=2))


@pytest.fixture(scope="session")
def served(session: Session) -> Iterator[Served]:
    """The page, served as the command does."""
    yield from serving(session)


def serving(session: Session) -> Iterator[Served]:
    """Serves a sitting until the generator is closed."""
    with listening(0) as bound:
        port = bound.getsockname()[1]
        server = server_of(session, port, TOKEN)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        try:
            yield Served(f"http://{HOST}:{port}", session)
        finally:
            server.should_exit = True
            thread.join(10)
        assert not thread.is_alive()
