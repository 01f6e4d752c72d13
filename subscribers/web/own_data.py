"""Get one's data, or have it erased: by a letter to one's own address, whose link opens these pages for an hour."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response

from subscribers import erasure, people
from subscribers.links import Purpose
from subscribers.schema import subscribers
from subscribers.store import Letter
from subscribers.web.door import Door
from subscribers.web.guard import form_of
from subscribers.web.pages import answer, page
from subscribers.web.readers import Reader, find_reader

_FILE = 'attachment; filename="my-data.json"'


async def ask_download(door: Door, request: Request) -> Response:
    """Have a letter sent whose link gives the data."""
    return await _ask(door, request, Letter.DOWNLOAD)


async def ask_erase(door: Door, request: Request) -> Response:
    """Have a letter sent whose link erases."""
    return await _ask(door, request, Letter.ERASE)


async def _ask(door: Door, request: Request, kind: Letter) -> Response:
    await form_of(request)
    token = request.path_params["token"]
    reader = await door.writing.run(lambda connection: _queue(door, connection, token, kind=kind))
    if reader is None:
        return answer(door, request, "unknown", status=404)
    return answer(door, request, f"{kind} asked", email=reader.email, language=reader.language, token=token)


def _queue(door: Door, connection: sa.Connection, token: str, *, kind: Letter) -> Reader | None:
    reader = find_reader(connection, token)
    if reader:
        door.mailer.queue(connection, subscriber_id=reader.id, kind=kind, now=door.clock())
    return reader


async def show_download(door: Door, request: Request) -> Response:
    """Show the button that gives the data."""
    return await _show(door, request, Purpose.DOWNLOAD)


async def show_erase(door: Door, request: Request) -> Response:
    """Show the button that erases."""
    return await _show(door, request, Purpose.ERASE)


async def _show(door: Door, request: Request, purpose: Purpose) -> Response:
    subscriber_id = _read(door, request, purpose)
    language = await door.reading.run(lambda connection: _language(connection, subscriber_id))
    if language is None:
        return answer(door, request, "erased")
    return page(door, request, "own", language=language, purpose=purpose)


async def download(door: Door, request: Request) -> Response:
    """Give the data as a file."""
    await form_of(request)
    subscriber_id = _read(door, request, Purpose.DOWNLOAD)
    kept = await door.reading.run(lambda connection: _kept(door, connection, subscriber_id))
    if kept is None:
        return answer(door, request, "erased")
    door.counters.use("downloaded")
    return Response(kept, media_type="application/json", headers={"Content-Disposition": _FILE})


def _kept(door: Door, connection: sa.Connection, subscriber_id: int) -> str | None:
    """Return everything that is kept about a person, as JSON; None when they are erased."""
    if _language(connection, subscriber_id) is None:
        return None
    kept = {
        **people.personal_data(connection, subscriber_id),
        **door.elsewhere.personal_data(connection, subscriber_id),
    }
    return json.dumps(kept, ensure_ascii=False, indent=2, default=str)


async def erase(door: Door, request: Request) -> Response:
    """Erase; pressed twice it says the same."""
    await form_of(request)
    subscriber_id = _read(door, request, Purpose.ERASE)
    language = await door.writing.run(lambda connection: _erase(door, connection, subscriber_id))
    if language is not None:
        door.counters.use("erased")
    return answer(door, request, "erased", language=language or "")


def _erase(door: Door, connection: sa.Connection, subscriber_id: int) -> str | None:
    """Return the language of whom it erased; None when they were erased before."""
    language = _language(connection, subscriber_id)
    if language is not None:
        erasure.erase(
            connection,
            subscribers.c.id == subscriber_id,
            elsewhere=door.elsewhere,
            origin="link of a letter",
            suppression_key=door.suppression_key,
            now=door.clock(),
        )
    return language


def _read(door: Door, request: Request, purpose: Purpose) -> int:
    """Return the subscriber's number. Raises ``LinkError``."""
    return door.links.read(purpose, request.path_params["signed"])


def _language(connection: sa.Connection, subscriber_id: int) -> str | None:
    """Return a person's language; None when they are erased."""
    known = sa.select(subscribers.c.language).where(
        subscribers.c.id == subscriber_id, subscribers.c.email_key.is_not(None)
    )
    found: Any = connection.scalar(known)
    return found and str(found)
