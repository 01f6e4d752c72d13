"""Ask again only for what has changed: an answer with an ETag or a Last-Modified is kept and revalidated (RFC 9110, 13).

Nothing is taken from the file without asking its origin; docs/decisions/0008 says why. The file can be thrown away at
any time, so one that cannot be used ends no run: it is passed over with a line in the log, and pages are read whole.
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from hishel import AsyncSqliteStorage, Entry, Request, Response
from hishel.httpx import AsyncCacheTransport

from pipeline.fetch.http import ONCE, Limits
from pipeline.text import clean_line

MOST_BYTES = 128_000_000
"""What the file may hold, a thousand feeds; beyond it goes what was not asked for longest."""
UNUSED_SECONDS = 30 * 24 * 3600.0
"""An answer not asked for in that time is removed."""

_LOG = logging.getLogger(__name__)
_STORAGE_LOG = logging.getLogger(AsyncSqliteStorage.__module__)


class Revalidating(httpx.AsyncBaseTransport):
    """Take from the file at ``path`` what its origin says is unchanged; all requests go down to ``over``."""

    def __init__(self, path: Path, over: httpx.AsyncBaseTransport) -> None:
        self._path = path
        self._over = over
        self._storage: _OneEach | None = None
        self._cache: AsyncCacheTransport | None = None

    async def __aenter__(self) -> Self:
        await self._over.__aenter__()
        _STORAGE_LOG.addFilter(self._passed_over)
        await self._open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        if self._storage is not None:
            await self._storage.close()
        _STORAGE_LOG.removeFilter(self._passed_over)
        await self._over.__aexit__(kind, error, trace)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request with what is known of the last answer; errors are those of the transport below."""
        if self._cache is not None and not request.extensions.get(ONCE):
            try:
                return await _whole_if_kept(await self._cache.handle_async_request(request))
            except (sqlite3.Error, RuntimeError) as error:  # the file is damaged within
                self._pass_over(error)
        return await self._over.handle_async_request(request)

    async def _open(self) -> None:
        """Make the file, readable by its owner alone, and try it once."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch(mode=0o600)
            self._storage = _OneEach(
                database_path=self._path,
                max_size=MOST_BYTES,
                max_stream_size=Limits.page_bytes,
                default_tti=UNUSED_SECONDS,
            )
            self._cache = AsyncCacheTransport(_AskedEachTime(self._over), storage=self._storage, rfc=True)
            await self._storage.get_entries("")
        except (OSError, sqlite3.Error, RuntimeError) as error:
            self._pass_over(error)

    def _passed_over(self, record: logging.LogRecord) -> bool:
        """Take our storage's complaint, a traceback a page, as the end of the cache; print nothing of it."""
        if self._storage is None or _complainer(record) is not self._storage:
            return True
        self._pass_over(record.exc_info[1] if record.exc_info else None)
        return False

    def _pass_over(self, error: BaseException | None) -> None:
        if self._cache is not None or self._storage is None:
            why = clean_line(getattr(error, "strerror", None) or str(error))[:120]
            _LOG.warning(
                "HTTP cache %s cannot be used (%s): pages are read whole; delete it", self._path, why
            )
        self._cache = None


def _complainer(record: logging.LogRecord) -> object:
    """Return the storage that complains: all share one log, and each writes to it where it caught the error."""
    trace = record.exc_info[2] if record.exc_info else None
    return trace.tb_frame.f_locals.get("self") if trace else None


class _OneEach(AsyncSqliteStorage):
    """Keep one answer an address: of two that fit one Last-Modified, hishel would give the older."""

    async def create_entry(
        self,
        request: Request,
        response: Response,
        key: str,
        *,
        ttl: float | None = None,
        tti: float | None = None,
    ) -> Entry:
        for entry in await self.get_entries(key):
            await self.remove_entry(entry.id)
        return await super().create_entry(request, response, key, ttl=ttl, tti=tti)


class _AskedEachTime(httpx.AsyncBaseTransport):
    """Say of each answer that it may be kept if it can be revalidated, and must be before it is used."""

    def __init__(self, over: httpx.AsyncBaseTransport) -> None:
        self._over = over

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._over.handle_async_request(request)
        response.headers["Cache-Control"] = "no-cache" if _may_be_kept(response) else "no-store"
        return response


def _may_be_kept(response: httpx.Response) -> bool:
    if response.status_code == httpx.codes.NOT_MODIFIED:
        return True  # it speaks of what is kept already
    headers = response.headers
    has_validator = "etag" in headers or "last-modified" in headers
    return response.status_code == httpx.codes.OK and has_validator and not _forbids(headers)


def _forbids(headers: httpx.Headers) -> bool:
    return "no-store" in headers.get("cache-control", "").lower()


async def _whole_if_kept(response: httpx.Response) -> httpx.Response:
    """Return an answer from the file with its body read, so that a damaged one shows before anything is used of it."""
    if not response.extensions["caching"]["from_cache"]:
        return response
    body = b"".join([part async for part in response.aiter_raw()])
    return httpx.Response(
        response.status_code,
        headers=response.headers,
        stream=httpx.ByteStream(body),
        extensions=response.extensions,
    )
