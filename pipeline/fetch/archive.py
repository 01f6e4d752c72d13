"""Keep every exchange in a WARC file (ISO 28500), and answer from such a file with the network untouched.

Both are transports: ``Recorder`` wraps the one that reaches the network, ``Replay`` takes its place. Bodies are kept as
they came, before decompression.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import httpx
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.errors import FetchError, UsageError
from pipeline.text import clean_line

_BLOCK = 65_536


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _Copied(httpx.AsyncByteStream):
    """Pass a body on and, when it is closed, hand over what was read of it."""

    def __init__(self, stream: httpx.AsyncByteStream, keep: Callable[[bytes], None]) -> None:
        self._stream = stream
        self._keep: Callable[[bytes], None] | None = keep
        self._read = bytearray()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            self._read += part
            yield part

    async def aclose(self) -> None:
        keep, self._keep = self._keep, None
        if keep is not None:
            keep(bytes(self._read))
        await self._stream.aclose()


class Recorder(httpx.AsyncBaseTransport):
    """Write every answer of the transport below to ``path``; the file appears whole at the end, or not at all."""

    def __init__(
        self, path: Path, over: httpx.AsyncBaseTransport, *, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._path = path
        self._part = path.with_name(f"{path.name}.part")
        self._over = over
        self._clock = clock
        self._file: IO[bytes] | None = None

    async def __aenter__(self) -> Self:
        self._open()
        await self._over.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        await self._over.__aexit__(kind, error, trace)
        self._close(whole=error is None)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request down and record what comes back."""
        response = await self._over.handle_async_request(request)
        stream = response.stream
        if not isinstance(stream, httpx.AsyncByteStream):
            raise TypeError("a transport for AsyncClient answers with an AsyncByteStream")

        def keep(body: bytes) -> None:
            self._write(str(request.url), response, body)

        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Copied(stream, keep),
            extensions=response.extensions,
        )

    def _open(self) -> None:
        try:
            self._file = self._part.open("wb")
        except OSError as error:
            raise UsageError(
                f"{self._path}: cannot record there ({error.strerror}); name a file in a folder you can write"
            ) from error
        self._writer = WARCWriter(self._file, gzip=True)

    def _write(self, url: str, response: httpx.Response, body: bytes) -> None:
        headers = [
            (n.decode("latin-1"), v.decode("latin-1"))
            for n, v in response.headers.raw
            if n.lower() != b"transfer-encoding"
        ]
        record = self._writer.create_warc_record(
            url,
            "response",
            payload=BytesIO(body),
            length=len(body),
            http_headers=StatusAndHeaders(
                f"{response.status_code} {response.reason_phrase}", headers, protocol="HTTP/1.1"
            ),
            warc_headers_dict={"WARC-Date": self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")},
        )
        self._writer.write_record(record)

    def _close(self, *, whole: bool) -> None:
        if self._file is None:
            return
        self._file.close()
        self._file = None
        if whole:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)


class _Stored(httpx.AsyncByteStream):
    """Read a recorded body in blocks."""

    def __init__(self, file: IO[bytes], body: Any) -> None:
        self._file = file
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while block := self._body.read(_BLOCK):
            yield block

    async def aclose(self) -> None:
        self._file.close()


class Replay(httpx.AsyncBaseTransport):
    """Answer from a recording; of an address recorded several times, with the last answer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offsets = _index(path)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the recorded answer; raise FetchError when there is none."""
        url = str(request.url)
        if url not in self._offsets:
            raise FetchError(url, f"not in the recording {self._path.name}")
        return self._answer(self._offsets[url])

    def _answer(self, offset: int) -> httpx.Response:
        file = self._path.open("rb")
        file.seek(offset)
        record = next(ArchiveIterator(file))
        head = record.http_headers
        coded = (head.get_header("transfer-encoding") or "").lower() == "chunked"
        body = ChunkedDataReader(record.raw_stream) if coded else record.raw_stream
        kept = [
            (name, value)
            for name, value in head.headers
            if name.lower() not in {"transfer-encoding", "content-length"}
        ]
        return httpx.Response(int(head.get_statuscode()), headers=kept, stream=_Stored(file, body))


def _index(path: Path) -> dict[str, int]:
    """Map every recorded address to the place of its last answer."""
    try:
        found = dict(_offsets(path))
    except Exception as error:  # warcio answers a damaged file with whatever trips first
        raise _unusable(path, str(error)) from error
    if not found:
        raise _unusable(path, "it holds no answers")
    return found


def _offsets(path: Path) -> Iterator[tuple[str, int]]:
    with path.open("rb") as file:
        records = ArchiveIterator(file)
        for record in records:
            if record.rec_type == "response" and record.http_headers is not None:
                yield record.rec_headers.get_header("WARC-Target-URI"), records.get_record_offset()


def _unusable(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{path}: cannot be replayed ({clean_line(why)[:120]}); give a file made by collect --record"
    )
