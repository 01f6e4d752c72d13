"""Put the readers' pages together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import cast

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from subscribers.errors import LinkError
from subscribers.links import Purpose
from subscribers.web import confirming, leave, own_data, settling, signing_up
from subscribers.web.door import Door
from subscribers.web.guard import Guard
from subscribers.web.pages import answer

Page = Callable[[Door, Request], Awaitable[Response]]

_PAGES: tuple[tuple[str, str, Page], ...] = (
    ("POST", "/leave/{token}", leave.send),  # first: after an issue mail programs post these by the thousand
    ("GET", "/leave/{token}", leave.show),
    ("GET", "/leave", leave.show_without_link),
    ("GET", "/preferences/{token}", settling.show),
    ("POST", "/preferences/{token}", settling.send),
    ("POST", "/preferences/{token}/download", own_data.ask_download),
    ("POST", "/preferences/{token}/erase", own_data.ask_erase),
    ("GET", "/subscribe", signing_up.show),
    ("POST", "/subscribe", signing_up.send),
    ("GET", "/confirm/{signed}", confirming.show),
    ("POST", "/confirm/{signed}", confirming.press),
    ("GET", "/download/{signed}", own_data.show_download),
    ("POST", "/download/{signed}", own_data.download),
    ("GET", "/erase/{signed}", own_data.show_erase),
    ("POST", "/erase/{signed}", own_data.erase),
)
_WORDS = {400: "garbled", 403: "other site", 404: "nowhere", 405: "method", 413: "too large"}


def reader_app(door: Door) -> FastAPI:
    """Return the pages for readers and for those who want to be; each mail's links lead here."""
    routes = [Route(path, partial(page, door), methods=[method]) for method, path, page in _PAGES]
    app = FastAPI(
        routes=list(routes), openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    app.add_middleware(Guard)
    app.add_exception_handler(HTTPException, partial(_refused, door))
    app.add_exception_handler(LinkError, partial(_ended, door))
    return app


async def _refused(door: Door, request: Request, error: Exception) -> Response:
    refusal = cast("HTTPException", error)  # it is registered for no other
    state = _WORDS.get(refusal.status_code, "garbled")
    response = answer(door, request, state, status=refusal.status_code)
    response.headers.update(refusal.headers or {})
    return response


async def _ended(door: Door, request: Request, error: Exception) -> Response:
    """Say that a letter's link leads nowhere, or no more."""
    link = cast("LinkError", error)
    if not link.is_expired:
        return answer(door, request, "unknown", status=404)
    state = "confirm too old" if link.purpose == Purpose.CONFIRM else "letter too old"
    return answer(door, request, state, status=410)
