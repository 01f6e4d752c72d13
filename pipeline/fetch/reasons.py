"""Say in a few words why an exchange failed."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

import httpcore
import httpx

from pipeline.errors import FetchError
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


def reason_for(error: BaseException, *, connect_seconds: float, read_seconds: float) -> str:
    """Return a short reason without the address."""
    if isinstance(error, FetchError):
        return error.reason
    if isinstance(error, httpx.ConnectTimeout | httpcore.ConnectTimeout):
        return f"no connection within {connect_seconds:g} s"
    if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException):
        return f"no answer within {read_seconds:g} s"
    for cause in _causes(error):
        known = _known(cause)
        if known:
            return known
    return clean_line(str(error))[:120] or type(error).__name__


def _known(cause: BaseException) -> str | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"TLS certificate refused: {clean_line(cause.verify_message)[:80]}"
    if isinstance(cause, ssl.SSLError):
        return f"TLS failed: {clean_line(cause.reason or 'no common ground')[:80]}"
    if isinstance(cause, socket.gaierror):
        return "name does not resolve"
    if isinstance(cause, ConnectionRefusedError):
        return "connection refused"
    if isinstance(cause, ConnectionResetError | BrokenPipeError | httpcore.ReadError | httpcore.WriteError):
        return "connection lost"
    if isinstance(cause, OSError) and cause.errno in {errno.ENETUNREACH, errno.EHOSTUNREACH}:
        return "host unreachable"
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
