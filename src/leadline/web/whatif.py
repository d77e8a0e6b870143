"""The what-if page: `Who would qualify under another agreement?` asked with the mouse, answered from the whole past."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import time
from threading import Event
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from leadline.errors import LeadlineError
from leadline.operations.whatif.past import SupersededError
from leadline.reporting.figures import exact
from leadline.web.pages import page
from leadline.web.whatif_view import View, receipt_view, volume_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request

    from leadline.operations.whatif.session import Session
    from leadline.operations.whatif.trying import Trial

PATH: Final = "/what-if"
BODY_MAX: Final = 256 * 1024
HEARTBEAT_S: Final = 0.05
PROGRESS_EVERY: Final = 4
"""Heartbeats between two lines of progress."""


def routes(session_of: Callable[[Request], Session]) -> list[BaseRoute]:
    """The page's routes; ``session_of`` says whose sitting a request belongs to."""
    pages = _Pages(session_of)
    return [
        Route(PATH, pages.show),
        Route(f"{PATH}/answers", pages.answers),
        Route(f"{PATH}/movers.csv", pages.movers),
        Route(f"{PATH}/agreements", pages.save, methods=["POST"]),
        Route(f"{PATH}/leads/{{lead_id:path}}", pages.receipt),
    ]


class _Pages:
    def __init__(self, session_of: Callable[[Request], Session]) -> None:
        self.session_of = session_of

    async def show(self, request: Request) -> Response:
        """The whole page; a form sent without scripts is led to its short address."""
        session, asked = self.session_of(request), dict(request.query_params)
        trial = session.attempt(asked)
        if "plain" in asked:
            return RedirectResponse(_address(trial), 303)
        html = await run_in_threadpool(_page, session, trial, saved=asked.get("saved"))
        return HTMLResponse(html, headers={"cache-control": "no-store"})

    async def answers(self, request: Request) -> Response:
        """Progress, then the answer, a JSON object a line; ends early when the browser hangs up for a newer move."""
        session = self.session_of(request)
        trial = session.attempt(dict(request.query_params))
        lines = _lines(request, session, trial)
        return StreamingResponse(lines, media_type="application/x-ndjson", headers={"cache-control": "no-store"})

    async def movers(self, request: Request) -> Response:
        """Everybody who enters or leaves, for a spreadsheet."""
        session = self.session_of(request)
        entering = request.query_params.get("who") != "leaving"
        trial = session.attempt(dict(request.query_params))
        if trial.agreement is None:
            return RedirectResponse(_address(trial), 303)
        found = await run_in_threadpool(session.movers, trial.agreement, entering=entering)
        file = io.StringIO()
        rows = csv.writer(file)
        rows.writerow(["lead_id", "name", "qualifies_at", "because", "persona", "became"])
        for mover in found:
            said = (mover.lead_id, mover.name, exact(mover.at), " ".join(mover.because), mover.persona, mover.became)
            rows.writerow([_harmless(text) for text in said])
        name = "entering.csv" if entering else "leaving.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        return Response(file.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)

    async def receipt(self, request: Request) -> Response:
        """A lead's receipt before and after."""
        session, asked = self.session_of(request), dict(request.query_params)
        trial = session.attempt(asked)
        agreement = trial.agreement or session.basis.agreement
        moment = _whole(asked.get("at")) or session.past.as_of
        found = await run_in_threadpool(session.receipts, agreement, request.path_params["lead_id"], moment)
        template = "whatif_receipt.html" if "part" in asked else "whatif_lead.html"
        values: dict[str, Any] = {
            "view": receipt_view(found, session.basis.agreement, agreement),
            "back": _address(trial),
        }
        return HTMLResponse(page(template, **values), headers={"cache-control": "no-store"})

    async def save(self, request: Request) -> Response:
        """Writes the new agreement, then shows the page with what was saved."""
        session = self.session_of(request)
        asked = dict(parse_qsl((await _body(request)).decode("utf-8", "replace"), keep_blank_values=True))
        trial = session.attempt(asked)
        try:
            target = await run_in_threadpool(session.save, trial, asked.get("name", "").strip())
        except LeadlineError as error:
            html = await run_in_threadpool(_page, session, trial, refused=str(error), name=asked.get("name"))
            return HTMLResponse(html, error.status)
        return RedirectResponse(_address(trial, saved=target.name), 303)


def _page(
    session: Session, trial: Trial, *, saved: str | None = None, refused: str | None = None, name: str | None = None
) -> str:
    begun = time.perf_counter()
    answer = session.answer(trial.agreement or session.basis.agreement)
    took = time.perf_counter() - begun
    view = View(session, trial, answer, took)
    values: dict[str, Any] = {
        "view": view,
        "saved": view.saved(saved),
        "refused": refused,
        "name": name or session.suggested_name(),
    }
    return page("whatif.html", **values)


async def _lines(request: Request, session: Session, trial: Trial) -> AsyncIterator[str]:
    if trial.agreement is None:
        yield _line(problems=dict(trial.problems))
        return
    hung_up, steps = Event(), [0, 1]

    def heard(step: str, done: int, total: int | None) -> None:  # noqa: ARG001 - a Progress
        steps[:] = [done, total or 1]

    begun = time.perf_counter()
    work = asyncio.create_task(asyncio.to_thread(session.answer, trial.agreement, hung_up.is_set, heard))
    work.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to hear it
    try:
        beats = 0
        while not (await asyncio.wait({work}, timeout=HEARTBEAT_S))[0]:
            beats += 1
            if await request.is_disconnected():
                hung_up.set()
            elif beats % PROGRESS_EVERY == 0:
                yield _line(progress=steps[0] / steps[1])
        view = View(session, trial, work.result(), time.perf_counter() - begun)
        html = {part: page(f"whatif_{part}.html", view=view) for part in ("summary", "details")}
        yield _line(**html, volume=volume_of(view.answer), took=view.took)
    except SupersededError:
        return
    finally:
        hung_up.set()


def _line(**values: object) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


def _address(trial: Trial, **more: str) -> str:
    query = urlencode([*trial.asked, *more.items()])
    return PATH + (f"?{query}" if query else "")


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.removeprefix("-").isdecimal() and len(text) < 18 else None


def _harmless(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX:
            raise LeadlineError("the form is too large.")
    return body
