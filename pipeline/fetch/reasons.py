"""Say in a few words why an exchange failed, and of what kind that is."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

import httpcore
import httpx

from pipeline.errors import FetchError, FetchKind
from pipeline.text import clean_line

EXPECTED = (
    httpx.HTTPError,
    httpx.StreamError,
    httpx.InvalidURL,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    FetchError,
    OSError,
)
"""What the network does to a client: any of these ends one page, never the run."""


def kind_of_status(status: int) -> FetchKind:
    """Return what an HTTP status that brings no page means."""
    if status in {404, 410}:
        return FetchKind.GONE
    if status == 429:
        return FetchKind.BUSY
    if 400 <= status < 500:
        return FetchKind.REFUSED
    return FetchKind.TROUBLED if 500 <= status < 600 else FetchKind.OTHER


def explained(error: BaseException, url: str, *, connect_seconds: float, read_seconds: float) -> FetchError:
    """Return the error to raise for ``url``, its reason short and without the address."""
    if isinstance(error, FetchError):
        return FetchError(url, error.reason, kind=error.kind)
    if isinstance(error, httpx.ConnectTimeout | httpcore.ConnectTimeout):
        return FetchError(url, f"no connection within {connect_seconds:g} s", kind=FetchKind.NO_ANSWER)
    if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException):
        return FetchError(url, f"no answer within {read_seconds:g} s", kind=FetchKind.NO_ANSWER)
    for cause in _causes(error):
        known = _known(cause)
        if known:
            return FetchError(url, known[1], kind=known[0])
    unconnected = isinstance(error, httpx.ConnectError | httpcore.ConnectError)
    reason = clean_line(str(error))[:120] or type(error).__name__
    return FetchError(url, reason, kind=FetchKind.NO_ANSWER if unconnected else FetchKind.OTHER)


def _known(cause: BaseException) -> tuple[FetchKind, str] | None:
    """Return kind and reason of a cause that says enough."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return FetchKind.UNTRUSTED, f"TLS certificate refused: {clean_line(cause.verify_message)[:80]}"
    if isinstance(cause, ssl.SSLError):
        return FetchKind.UNTRUSTED, f"TLS failed: {clean_line(cause.reason or 'no common ground')[:80]}"
    if isinstance(cause, socket.gaierror):
        return FetchKind.NO_NAME, "name does not resolve"
    if isinstance(cause, ConnectionRefusedError):
        return FetchKind.NO_ANSWER, "connection refused"
    if isinstance(cause, ConnectionResetError | BrokenPipeError | httpcore.ReadError | httpcore.WriteError):
        return FetchKind.NO_ANSWER, "connection lost"
    if isinstance(cause, OSError) and cause.errno in {errno.ENETUNREACH, errno.EHOSTUNREACH}:
        return FetchKind.NO_ROUTE, "host unreachable"
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk an exception's causes and groups, the outermost first."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        here = waiting.pop(0)
        if id(here) in seen:
            continue
        seen.add(id(here))
        yield here
        waiting += [cause for cause in (here.__cause__, here.__context__) if cause is not None]
        waiting += here.exceptions if isinstance(here, BaseExceptionGroup) else ()
