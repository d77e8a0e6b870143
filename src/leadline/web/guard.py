"""Keeps a page on this machine to the person who started it: host, token, origin, and the headers of every answer."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, urlencode

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


class Headers:
    """Adds the headers that every answer carries."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class LocalOnly:
    """Lets a request in that names this host, comes from this page or from nowhere, and knows the token.

    The token comes once in the address (``?token=…``) and stays in a cookie; a page of another site that sends
    requests here has neither: browsers say where a request comes from, and do not let a site forge the host's name.
    """

    def __init__(self, app: ASGIApp, port: int, token: str) -> None:
        self.app = app
        self.token = token
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.cookie = f"leadline-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        stated = next((value for name, value in asked if name == "token"), None)
        if headers.get("host") not in self.hosts or not self._from_here(scope["method"], headers):
            await _refuse(send, 403, "This page answers only to itself, on the machine that it runs on.")
        elif stated is not None and secrets.compare_digest(stated.encode(), self.token.encode()):
            rest = urlencode([(name, value) for name, value in asked if name != "token"])
            place = "/" + quote(scope["path"].lstrip("/")) + (f"?{rest}" if rest else "")
            cookie = f"{self.cookie}={self.token}; HttpOnly; SameSite=Lax; Path=/"
            await _send(send, 303, [(b"location", place.encode()), (b"set-cookie", cookie.encode())], b"")
        elif self._knows(headers.get("cookie", "")):
            await self.app(scope, receive, send)
        else:
            await _refuse(
                send, 403, "Open the address that `leadline whatif` printed; it carries the key to this page."
            )

    def _from_here(self, method: str, headers: dict[str, str]) -> bool:
        site = headers.get("sec-fetch-site", "none")
        opens_page = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
        origin = headers.get("origin")
        same = origin is None or origin in {f"http://{host}" for host in self.hosts}
        return same and (site in ("none", "same-origin") or opens_page)

    def _knows(self, cookies: str) -> bool:
        # Other programs on this machine put theirs beside it, in any form: ports share cookies.
        found = [
            value.strip()
            for name, _, value in (one.partition("=") for one in cookies.split(";"))
            if name.strip() == self.cookie
        ]
        return any(secrets.compare_digest(value.encode(), self.token.encode()) for value in found)


async def _refuse(send: Send, status: int, sentence: str) -> None:
    await _send(send, status, [(b"content-type", b"text/plain; charset=utf-8")], sentence.encode() + b"\n")


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
