"""How a page is set: in the language of who looks at it, with no address in full."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from subscribers.limits import network_of
from subscribers.web.door import Door

PAGE_LANGUAGES = ("en", "zh")


def page(
    door: Door,
    request: Request,
    name: str,
    *,
    email: str = "",
    language: str = "",
    status: int = 200,
    can_switch: bool = True,
    **context: object,
) -> Response:
    """Set a page of ``templates/web``; ``email`` and ``language`` are the reader's, of whose settings ``both`` says nothing."""
    html = door.render(
        f"web/{name}.html.j2",
        address=masked(email) if email else "",
        publisher=door.publisher,
        language=page_language(door, request, language),
        can_switch=can_switch,
        as_chosen=_as_chosen(request),
        **context,
    )
    return HTMLResponse(html, status_code=status)


def answer(door: Door, request: Request, state: str, **context: Any) -> Response:
    """Set the page that says what became of a request, in the words that the template has for ``state``."""
    return page(door, request, "answer", can_switch=False, state=state, home=_home(request), **context)


def _home(request: Request) -> str:
    """Return the relative way from a page up to where /subscribe is, whatever path a proxy serves us under."""
    path: str = request.scope["path"]
    return "../" * (path.count("/") - 1)


def _as_chosen(request: Request) -> str:
    """Return what carries the chosen language on to the next page, if one was chosen by a link."""
    chosen = request.query_params.get("lang", "")
    return f"?lang={chosen}" if chosen in PAGE_LANGUAGES else ""


def page_language(door: Door, request: Request, chosen: str = "") -> str:
    """Return the language of a page: what the link says, else the reader's, the browser's, the publisher's."""
    wishes = (request.query_params.get("lang", ""), chosen)
    known = next((wish for wish in wishes if wish in PAGE_LANGUAGES), None)
    return known or _liked(request.headers.get("accept-language", ""), door.language)


def _liked(header: str, otherwise: str) -> str:
    """Return the page language that a browser likes best."""
    liked = (*_accepted(header), otherwise)
    return next((language for language in liked if language in PAGE_LANGUAGES), PAGE_LANGUAGES[0])


def _accepted(header: str) -> tuple[str, ...]:
    """Return the languages of an Accept-Language header, the one liked best first (RFC 9110, 12.5.4)."""
    liked: list[tuple[float, str]] = []
    for part in header[:200].split(","):
        tag, _, quality = part.partition(";q=")
        try:
            liked.append((float(quality or 1), tag.strip().lower().partition("-")[0]))
        except ValueError:
            continue
    return tuple(language for quality, language in sorted(liked, key=lambda each: -each[0]) if quality > 0)


def client_network(request: Request) -> str:
    """Return the network that a request came from."""
    return network_of(request.client.host if request.client else None)


def masked(email: str) -> str:
    """Return an address that its owner knows again and nobody else learns."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain[:1]}…{domain[domain.rfind('.') :]}"
