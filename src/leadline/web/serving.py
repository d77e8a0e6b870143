"""Serves the local page until Ctrl-C: a port of its own on this machine only, and the browser opened on it."""

from __future__ import annotations

import secrets
import socket
from typing import TYPE_CHECKING, Final

from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    import uvicorn

    from leadline.operations.whatif.session import Session

HOST: Final = "127.0.0.1"
PATIENCE_S: Final = 1
"""How long answers under way may take after Ctrl-C."""


def listening(port: int) -> socket.socket:
    """A socket on this machine only; port 0 is any free one. Raises ``InputError`` where the port is taken."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port))
        found.listen(64)
    except OSError as error:
        found.close()
        raise InputError(
            f"port {port} cannot be used: {error.strerror}. Name another with --port, or --port 0 for any free one."
        ) from None
    return found


def server_of(session: Session, port: int, token: str) -> uvicorn.Server:
    """The server of one sitting; it runs with ``server.run(sockets=[…])``."""
    import uvicorn

    from leadline.web.application import local_application

    config = uvicorn.Config(
        local_application(session, port, token),
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=PATIENCE_S,
    )
    return uvicorn.Server(config)


def serve(session: Session, bound: socket.socket, ready: Callable[[str], None]) -> None:
    """Serves until the process is asked to stop; ``ready`` hears the address as soon as it may be asked."""
    port, token = bound.getsockname()[1], secrets.token_urlsafe(24)
    ready(f"http://{HOST}:{port}/what-if?token={token}")
    server_of(session, port, token).run(sockets=[bound])
