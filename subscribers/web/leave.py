"""Leave: by a mail program's one click (RFC 8058) or a page's button; twice is fine, the link is good for ever."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from subscribers import leaving
from subscribers.life import GONE
from subscribers.web.door import Door
from subscribers.web.pages import client_network, page
from subscribers.web.readers import find_reader


async def show_without_link(door: Door, request: Request) -> Response:
    """Say where to find one's own link."""
    return page(door, request, "leave", state="no link")


async def show(door: Door, request: Request) -> Response:
    """Show the button."""
    token = request.path_params["token"]
    reader = await door.reading.run(lambda connection: find_reader(connection, token))
    if reader is None:
        return page(door, request, "leave", state="unknown", status=404)
    state = "gone" if reader.status in GONE else "asked"
    return _own(door, request, state, email=reader.email, language=reader.language)


async def send(door: Door, request: Request) -> Response:
    """End all newsletters of the link's owner, durably before the answer; what the body holds is not asked."""
    token = request.path_params["token"]
    ending = leaving.left(origin="link in a mail", network=client_network(request))
    row = await door.writing.run(
        lambda connection: leaving.end_by_token(
            connection, token, ending, suppression_key=door.suppression_key, now=door.clock()
        )
    )
    if row is None:
        return page(door, request, "leave", state="unknown", status=404)
    door.counters.use("left")
    return _own(door, request, "gone", email=row.email_key or "", language=row.language)


def _own(door: Door, request: Request, state: str, *, email: str, language: str) -> Response:
    token = request.path_params["token"]
    return page(door, request, "leave", state=state, token=token, email=email, language=language)
