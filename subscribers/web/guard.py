"""What stands before every page: headers that keep its link to itself, and forms of a sane size from our own pages."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
MOST_FORM_BYTES = 10_000
_MOST_FIELDS = 100


_AWAY = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Later</title>"
    "<p>This does not work just now. Please try again in some minutes."
    "<p lang=zh-CN>暂时无法处理，请几分钟后再试。"
)
"""Set without a template, which could be what is away."""


def away(status: int) -> Response:
    """Return the page that asks to come back later, in both languages."""
    return HTMLResponse(_AWAY, status_code=status, headers={"Retry-After": "60"})


class Guard:
    """Gives every answer the ``HEADERS``; a fault of ours ends in an answer too, and one line for the operator."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        is_begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                message["headers"] = [*message["headers"], *_RAW_HEADERS]
            await send(message)

        try:
            await self._app(scope, receive, send_guarded)
        except Exception as error:
            _tell_operator(error)
            if not is_begun:
                await away(500)(scope, receive, send_guarded)


def _tell_operator(error: Exception) -> None:
    """Say what failed and where in the code; not its message, which may hold a reader's address or link."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    logging.getLogger(__name__).error(
        "a page failed: %s at %s:%s", type(error).__name__, frame.filename, frame.lineno
    )


@dataclass(frozen=True, kw_only=True)
class Form:
    """The fields of a form that was sent, in order; a name may stand more than once."""

    fields: tuple[tuple[str, str], ...] = ()

    def has(self, name: str) -> bool:
        """Say whether the form has such a field."""
        return any(each == name for each, _ in self.fields)

    def one(self, name: str) -> str:
        """Return the first value of a field, empty when there is none."""
        return next((value for each, value in self.fields if each == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field."""
        return tuple(value for each, value in self.fields if each == name)


async def form_of(request: Request, *, from_anywhere: bool = False) -> Form:
    """Read a form, urlencoded or multipart. Raises ``HTTPException`` for one that is too large, garbled or another site's."""
    if not from_anywhere and request.headers.get("sec-fetch-site") == "cross-site":
        raise HTTPException(403)
    limited = Request(request.scope, _limited(request.receive))
    try:
        await limited.body()  # whatever it says it is, no more than that is read
        async with limited.form(max_files=0, max_fields=_MOST_FIELDS) as form:
            fields = tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))
    except (ClientDisconnect, ValueError, LookupError) as error:  # or it names a charset that is none
        raise HTTPException(400) from error
    if not all(_is_text(each) for pair in fields for each in pair):
        raise HTTPException(400)
    return Form(fields=fields)


def _limited(receive: Receive) -> Receive:
    size = 0

    async def limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MOST_FORM_BYTES:
            raise HTTPException(413)
        return message

    return limited


def _is_text(value: str) -> bool:
    """Say whether a value has no lone surrogates, which a form can smuggle in by naming an odd charset."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
