"""What stands before every page: headers that keep its link to itself, and forms of a sane size from our own pages."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
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


class Guard:
    """Gives every answer the ``HEADERS``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_RAW_HEADERS]
            await send(message)

        await self._app(scope, receive, send_guarded)


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
    except ClientDisconnect as error:
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
