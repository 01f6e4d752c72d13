"""Confirm by the letter's link: a page with one button, whose press is the owner's word."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response

from subscribers import consent, optin
from subscribers.errors import LinkError
from subscribers.links import Purpose
from subscribers.optin import Answer
from subscribers.web.door import Door, Offered
from subscribers.web.guard import form_of
from subscribers.web.pages import answer, client_network, page, page_language
from subscribers.web.readers import token_asked
from subscribers.web.wording import wording

_STATUS = {Answer.CONFIRMED: 200, Answer.BEFORE: 200, Answer.OVERTAKEN: 410, Answer.UNKNOWN: 404}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a letter asked, and what confirming it comes to."""

    came_to: Answer
    language: str = ""
    newsletters: tuple[str, ...] = ()
    token: str = ""
    """Of the reader's own link, once the button is pressed."""


async def show(door: Door, request: Request) -> Response:
    """Show the button, or why there is none."""
    asked_id = _read(door, request)
    asked = await door.reading.run(lambda connection: _look(connection, asked_id))
    if asked.came_to is not Answer.CONFIRMED:
        return _told(door, request, asked)
    return page(
        door,
        request,
        "confirm",
        language=asked.language,
        newsletters=_titles(door, asked),
        words=wording(door, page_language(door, request, asked.language)),
    )


async def press(door: Door, request: Request) -> Response:
    """Take the owner's word."""
    await form_of(request)
    try:
        asked_id = _read(door, request)
    except LinkError as error:
        door.counters.confirmation("expired" if error.is_expired else Answer.UNKNOWN)
        raise
    asked = await door.writing.run(lambda connection: _confirm(door, request, connection, asked_id))
    door.counters.confirmation(asked.came_to)
    return _told(door, request, asked)


def _look(connection: sa.Connection, asked_id: int) -> Asked:
    found = consent.find(connection, asked_id)
    came_to = optin.look(connection, found)
    if found is None or came_to is Answer.UNKNOWN:
        return Asked(came_to=came_to)
    return Asked(
        came_to=came_to, language=found.terms["language"], newsletters=tuple(found.terms["newsletters"])
    )


def _confirm(door: Door, request: Request, connection: sa.Connection, asked_id: int) -> Asked:
    asked = _look(connection, asked_id)
    words = wording(door, page_language(door, request, asked.language))
    came_to = optin.confirm(
        connection,
        asked_id,
        claim=words.text,
        version=words.version,
        network=client_network(request),
        suppression_key=door.suppression_key,
        now=door.clock(),
    )
    return replace(asked, came_to=came_to, token=token_asked(connection, asked_id))


def _read(door: Door, request: Request) -> int:
    """Return the number of the asking. Raises ``LinkError``."""
    return door.links.read(Purpose.CONFIRM, request.path_params["signed"])


def _titles(door: Door, asked: Asked) -> tuple[Offered, ...]:
    return tuple(each for each in door.newsletters if each.key in asked.newsletters)


def _told(door: Door, request: Request, asked: Asked) -> Response:
    return answer(
        door,
        request,
        asked.came_to,
        language=asked.language,
        status=_STATUS[asked.came_to],
        newsletters=_titles(door, asked),
        token=asked.token,
    )
