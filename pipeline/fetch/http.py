"""Fetch a page: permitted by robots.txt, in its turn, within limits; every expected failure is a FetchError."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Self

import httpx

from pipeline.errors import FetchError, FetchKind
from pipeline.fetch.content import read_content, require_text
from pipeline.fetch.guard import AllowedPrivate, GuardedTransport
from pipeline.fetch.pace import Pace
from pipeline.fetch.reasons import EXPECTED, explained, kind_of_status
from pipeline.fetch.robots import MOST_BYTES, TOKEN, Robots
from pipeline.model import Page
from pipeline.text import clean_line

ONCE = "once"
"""The extension of a request that tells a transport whether it need not keep the answer."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long, how far and how large: ``total_seconds`` holds for a page with all its redirects, waiting apart."""

    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    total_seconds: float = 45.0
    redirects: int = 5
    page_bytes: int = 5_000_000


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """One HTTP answer; ``onward`` is the request it redirects to."""

    url: str
    status: int
    content_type: str
    body: bytes = b""
    onward: httpx.Request | None = None


def user_agent(contact: str) -> str:
    """Return the name we go by, with where to reach us."""
    try:
        number = version("metabrief")
    except PackageNotFoundError:  # run from a bare checkout
        number = "0"
    return f"{TOKEN}/{number} (+{clean_line(contact)})".encode("ascii", "replace").decode("ascii")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Fetcher:
    """Fetch pages over one client; use it as an async context manager.

    ``transport`` stands in for the guarded network: ``archive.Recorder`` around a ``GuardedTransport``, or ``archive.Replay``.
    """

    def __init__(
        self,
        *,
        contact: str,
        pace: Pace,
        allow_private: AllowedPrivate | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], datetime] = _utc_now,
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._pace = pace
        self._clock = clock
        self._robots = Robots(self._read_robots)
        self._client = httpx.AsyncClient(
            transport=transport or GuardedTransport(allow_private or AllowedPrivate()),
            trust_env=False,
            headers={
                "User-Agent": user_agent(contact),
                "Accept": "text/html, application/xml;q=0.9, */*;q=0.5",
                "Accept-Encoding": "gzip, deflate",
            },
            timeout=httpx.Timeout(self._limits.read_seconds, connect=self._limits.connect_seconds, pool=None),
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def fetch(self, url: str, *, once: bool = False) -> Page:
        """Return the page at ``url``; raise FetchError with a short reason for whatever the network or the site does.

        ``once`` says that the page will hardly be asked for again, so that no transport keeps it for then.
        """
        try:
            answer = await self._reach(url, once=once)
        except FetchError as error:
            raise FetchError(url, error.reason, kind=error.kind) from error
        if not 200 <= answer.status < 300:
            raise FetchError(url, f"HTTP {answer.status}", kind=kind_of_status(answer.status))
        return Page(
            url=url,
            final_url=answer.url,
            body=answer.body,
            content_type=answer.content_type,
            fetched_at=self._clock(),
        )

    async def _reach(self, url: str, *, for_robots: bool = False, once: bool = False) -> _Answer:
        """Follow redirects to an answer; each hop asks robots.txt, waits its turn and shares the time that is left."""
        request = self._request(url, once=once)
        seconds = self._limits.total_seconds
        for _ in range(self._limits.redirects + 1):
            delay = 0.0 if for_robots else await self._permitted(str(request.url))
            async with self._pace.turn(request.url.netloc.decode("ascii"), at_least=delay):
                started = asyncio.get_running_loop().time()
                answer = await self._exchange(request, seconds=seconds, for_robots=for_robots)
                seconds -= asyncio.get_running_loop().time() - started
            if answer.onward is None:
                return answer
            request = self._request(str(answer.onward.url), once=once)
        raise FetchError(url, "too many redirects")

    def _request(self, url: str, *, once: bool) -> httpx.Request:
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, ValueError) as error:
            raise FetchError(url, "not a valid address") from error
        if parsed.scheme not in {"http", "https"} or not parsed.host:
            raise FetchError(url, "not an http or https address")
        if parsed.userinfo:
            raise FetchError(url, "an address with a user name in it")
        return self._client.build_request("GET", parsed, extensions={ONCE: once})

    async def _permitted(self, url: str) -> float:
        """Return the pause the site asks for, once its robots.txt permits ``url``."""
        rules = await self._robots.rules(url)
        rules.permit(url)
        return rules.delay_seconds

    async def _read_robots(self, url: str) -> tuple[int, bytes]:
        answer = await self._reach(url, for_robots=True)
        return answer.status, answer.body

    async def _exchange(self, request: httpx.Request, *, seconds: float, for_robots: bool) -> _Answer:
        url = str(request.url)
        try:
            async with asyncio.timeout(seconds):
                response = await self._client.send(request, stream=True)
                try:
                    return await self._answer(response, url=url, for_robots=for_robots)
                finally:
                    await response.aclose()
        except TimeoutError as error:
            reason = f"not complete within {self._limits.total_seconds:g} s"
            raise FetchError(url, reason, kind=FetchKind.SLOW) from error
        except EXPECTED as error:
            limits = self._limits
            raise explained(
                error, url, connect_seconds=limits.connect_seconds, read_seconds=limits.read_seconds
            ) from error

    async def _answer(self, response: httpx.Response, *, url: str, for_robots: bool) -> _Answer:
        content_type = clean_line(response.headers.get("content-type", ""))[:200]
        onward = response.next_request
        if onward is not None or not response.is_success:
            return _Answer(url=url, status=response.status_code, content_type=content_type, onward=onward)
        if not for_robots:
            require_text(url, content_type)
        limit = MOST_BYTES if for_robots else self._limits.page_bytes
        body = await read_content(response, url=url, limit=limit, cut=for_robots)
        return _Answer(url=url, status=response.status_code, content_type=content_type, body=body)
