"""The public pages, as mail programs and readers reach them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx

from pipeline.app import Newsroom
from pipeline.doctor.finding import Finding, ok, problem, warning
from pipeline.doctor.looking import PATIENCE_SECONDS
from pipeline.jobs.site import site_trouble
from pipeline.model import TransportKind

_SERVE = "see that `metabrief serve` runs behind it"


def site(newsroom: Newsroom, *, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[Finding]:
    """Look at the leave page and at /healthz; with the outbox nobody needs them."""
    if newsroom.settings.delivery.transport is not TransportKind.SMTP:
        return
    url = newsroom.settings.site_url
    parts = urlsplit(url)
    try:  # first, here: a look-up that hangs in an event loop's own thread would keep the program from ending
        socket.getaddrinfo(parts.hostname, parts.port or parts.scheme)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        yield problem(
            f"{parts.hostname} is not found ({reason})", remedy="see [publisher] site_url, and the DNS"
        )
        return
    trouble = asyncio.run(_trouble(url, seconds=patience_seconds))
    if trouble:
        is_checked = newsroom.settings.delivery.check_site
        until_then = (
            "issues are held" if is_checked else "issues go out all the same, for check_site is false"
        )
        yield problem(trouble, remedy=f"{_SERVE}; until then {until_then}")
        return
    yield ok(f"{url}/leave answers")
    yield _health(url, seconds=patience_seconds)


async def _trouble(url: str, *, seconds: float) -> str:
    try:
        return await asyncio.wait_for(site_trouble(url), seconds)
    except TimeoutError:
        return f"{url}/leave does not answer within {seconds:g} seconds, so readers could not leave"


def _health(url: str, *, seconds: float) -> Finding:
    try:
        answer = httpx.get(f"{url}/healthz", timeout=seconds, trust_env=False)
    except httpx.HTTPError as error:
        said = str(error) or type(error).__name__
    else:
        if answer.is_success:
            return ok(f"{url}/healthz answers")
        said = f"{answer.status_code}"
    return warning(f"{url}/healthz does not say that all is well ({said})", remedy=_SERVE)
