"""Puts pages together: the routes of what there is, static files, errors; and the local page of `leadline whatif`."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from leadline.errors import LeadlineError
from leadline.web import whatif
from leadline.web.guard import Headers, LocalOnly
from leadline.web.pages import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from leadline.operations.whatif.session import Session


def application(routes: Sequence[BaseRoute], middleware: Sequence[Middleware]) -> Starlette:
    """Pages with what all of them need."""
    static = StaticFiles(directory=str(files("leadline.web") / "static"))
    return Starlette(
        routes=[
            Route("/", lambda _: RedirectResponse(whatif.PATH, 303)),
            Route("/favicon.ico", _favicon),
            Mount("/static", static),
            *routes,
        ],
        middleware=[Middleware(Headers), *middleware],
        exception_handlers={LeadlineError: _named, HTTPException: _not_found, Exception: _broken},
    )


def local_application(session: Session, port: int, token: str) -> Starlette:
    """The page of one sitting, for the person who started it."""
    return application(whatif.routes(lambda _: session), [Middleware(LocalOnly, port=port, token=token)])


def _favicon(_: Request) -> Response:
    return Response((files("leadline.web") / "static" / "favicon.svg").read_bytes(), media_type="image/svg+xml")


def _named(_: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, LeadlineError) else 500
    return HTMLResponse(page("problem.html", title="That did not work", message=str(error)), status)


def _not_found(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = (
        "There is no such page. What there is, is in the navigation." if status == 404 else "That is not possible here."
    )
    return HTMLResponse(page("problem.html", title="Nothing here", message=message), status)


def _broken(_: Request, __: Exception) -> Response:
    message = (
        "This is a mistake in Leadline, not yours. Nothing was lost: the address of the page before carries your "
        "changes. The terminal says what happened; please report it."
    )
    return HTMLResponse(page("problem.html", title="Something broke", message=message), 500)
