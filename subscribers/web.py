"""The reader's own door: leave with one click, see and change one's settings. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qs

import sqlalchemy as sa
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from starlette.middleware.base import RequestResponseEndpoint

from subscribers import leaving, people, preferences, settings
from subscribers.errors import AddressError
from subscribers.life import GONE
from subscribers.people import Subscriber

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
MOST_FORM_BYTES = 10_000

Opens = Callable[[], AbstractContextManager[sa.Connection]]


class Render(Protocol):
    """Sets a page of ``templates/web``."""

    def __call__(self, name: str, **context: object) -> str:
        """Return the page's HTML."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """What the pages work with."""

    read: Opens
    write: Opens
    render: Render
    clock: Callable[[], datetime]
    suppression_key: bytes
    publisher: str


def reader_app(door: Door) -> FastAPI:
    """Return the pages behind the links of each mail: /leave and /preferences."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)

    @app.middleware("http")
    async def guard(request: Request, answer: RequestResponseEndpoint) -> Response:
        response = await answer(request)
        response.headers.update(HEADERS)
        return response

    @app.get("/leave")
    def leave_without_link() -> Response:
        return _page(door, "web/leave.html.j2", reader=None, state="no link")

    @app.get("/leave/{token}")
    def show_leave(token: str) -> Response:
        reader = _find(door, token)
        if reader is None:
            return _page(door, "web/leave.html.j2", reader=None, state="unknown", status=404)
        return _page(
            door, "web/leave.html.j2", reader=reader, state="gone" if reader.status in GONE else "asked"
        )

    @app.post("/leave/{token}")
    def leave(token: str) -> Response:
        with door.write() as connection:
            known = leaving.end_by_token(
                connection,
                token,
                leaving.left(origin="link in a mail"),
                suppression_key=door.suppression_key,
                now=door.clock(),
            )
        state, status = ("gone", 200) if known else ("unknown", 404)
        return _page(door, "web/leave.html.j2", reader=_find(door, token), state=state, status=status)

    @app.get("/preferences/{token}")
    def show_preferences(token: str) -> Response:
        return _preferences(door, token)

    @app.post("/preferences/{token}")
    async def change_preferences(token: str, request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST_FORM_BYTES:
                return HTMLResponse("too large", status_code=413)
        form = {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
        return await run_in_threadpool(
            _change, door, token, form
        )  # others are served while it waits to write

    return app


def _change(door: Door, token: str, form: dict[str, str]) -> Response:
    reader = _find(door, token)
    if reader is None or reader.status in GONE:
        return _preferences(door, token)
    try:
        language = preferences.parse_language(form.get("language", ""))
        timezone = preferences.parse_timezone(form.get("timezone", ""))
        send_at = preferences.parse_hour(form["hour"]) if form.get("hour") else None
    except AddressError as error:
        return _preferences(door, token, problem=str(error), status=422)
    with door.write() as connection:
        choice = settings.Choice(
            newsletters=reader.newsletters,
            name=reader.name,
            language=language,
            timezone=timezone,
            send_at=send_at,
            paused_until=None,
        )
        page = settings.Page(offered=reader.newsletters, claim="", version="", network="")
        settings.choose(
            connection, token, choice, page=page, suppression_key=door.suppression_key, now=door.clock()
        )
    return _preferences(door, token, is_saved=True)


def _preferences(
    door: Door, token: str, *, problem: str = "", is_saved: bool = False, status: int = 200
) -> Response:
    reader = _find(door, token)
    if reader is None or reader.status in GONE:
        return _page(
            door, "web/leave.html.j2", reader=reader, state="gone" if reader else "unknown", status=404
        )
    context: dict[str, Any] = {"reader": reader, "token": token, "problem": problem, "is_saved": is_saved}
    return _page(door, "web/preferences.html.j2", status=status, **context)


def _find(door: Door, token: str) -> Subscriber | None:
    with door.read() as connection:
        return people.find_by_token(connection, token)


def _page(door: Door, name: str, *, reader: Subscriber | None, status: int = 200, **context: Any) -> Response:
    html = door.render(
        name,
        reader=reader,
        address=masked(reader.email) if reader else "",
        publisher=door.publisher,
        language="zh" if reader and reader.language == "zh" else "en",
        **context,
    )
    return HTMLResponse(html, status_code=status)


def masked(email: str) -> str:
    """Return an address that its owner knows again and nobody else learns."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain[:1]}…{domain[domain.rfind('.') :]}"
