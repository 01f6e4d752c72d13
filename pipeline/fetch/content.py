"""Read the content of an answer: bounded in size after decompression, text only."""

from __future__ import annotations

import zlib

import httpx

from pipeline.errors import FetchError
from pipeline.text import clean_line

_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_MEMBER = b"\x1f\x8b"
_NO_TEXT = ("image/", "audio/", "video/", "font/", "model/")
_ARCHIVES = frozenset(
    {
        "application/epub+zip",
        "application/gzip",
        "application/java-archive",
        "application/msword",
        "application/pdf",
        "application/vnd.android.package-archive",
        "application/vnd.rar",
        "application/wasm",
        "application/x-7z-compressed",
        "application/x-bzip2",
        "application/x-gzip",
        "application/x-msdownload",
        "application/x-tar",
        "application/zip",
    }
)


def require_text(url: str, content_type: str) -> None:
    """Raise FetchError for a content type that can hold no article, feed or list; an unknown one is let through."""
    kind = content_type.partition(";")[0].strip().lower()
    office = kind.startswith(("application/vnd.ms-", "application/vnd.openxmlformats-"))
    if kind.startswith(_NO_TEXT) or kind in _ARCHIVES or office:
        raise FetchError(url, f"no text but {clean_line(kind)[:60]}")


class _TooLargeError(Exception):
    """The content has more bytes than are taken."""


class _Verbatim:
    """Collect bytes as they come."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.body = bytearray()

    def take(self, chunk: bytes) -> None:
        """Add bytes; raise when there are more than the limit."""
        self.body += chunk
        if len(self.body) > self._limit:
            raise _TooLargeError


class _Inflater(_Verbatim):
    """Undo gzip or deflate, never making more than one byte beyond the limit."""

    def __init__(self, window: int, limit: int) -> None:
        super().__init__(limit)
        self._window = window
        self._engine = zlib.decompressobj(window)
        self._taken = 0

    def take(self, chunk: bytes) -> None:
        """Add bytes as they came; the limit holds for them too, for a member may expand to nothing."""
        if not self._taken and self._window == _WINDOWS["deflate"] and not _is_zlib(chunk):
            self._engine = zlib.decompressobj(-self._window)  # bare deflate, which many servers send
        self._taken += len(chunk)
        while chunk and len(self.body) <= self._limit:
            if self._engine.eof and not self._begin_member(chunk):
                break
            self.body += self._engine.decompress(chunk, self._limit + 1 - len(self.body))
            chunk = self._engine.unused_data
        if max(self._taken, len(self.body)) > self._limit:
            raise _TooLargeError

    def _begin_member(self, chunk: bytes) -> bool:
        """Tell whether another gzip member follows rather than padding."""
        follows = chunk.startswith(_MEMBER)
        if follows:
            self._engine = zlib.decompressobj(self._window)
        return follows


def _is_zlib(chunk: bytes) -> bool:
    return len(chunk) < 2 or (chunk[0] & 0x0F == 8 and int.from_bytes(chunk[:2], "big") % 31 == 0)


async def read_content(response: httpx.Response, *, url: str, limit: int, cut: bool = False) -> bytes:
    """Read an answer to its end, decompressed; past ``limit`` bytes cut it there or raise FetchError."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in {*_WINDOWS, "identity", ""}:
        raise FetchError(url, f"content coding {clean_line(coding)[:40]!r}, which was not asked for")
    content = _Inflater(_WINDOWS[coding], limit) if coding in _WINDOWS else _Verbatim(limit)
    try:
        async for chunk in response.aiter_raw():
            content.take(chunk)
    except _TooLargeError:
        if not cut:
            raise FetchError(url, f"larger than {limit / 1_000_000:g} MB") from None
    except zlib.error as error:
        raise FetchError(url, f"broken {coding} content") from error
    return bytes(content.body[:limit])
