from __future__ import annotations

import errno
import socket
import ssl

import httpcore
import httpx
import pytest

from pipeline.errors import FetchKind
from pipeline.fetch.reasons import explained


def because(cause: BaseException) -> httpcore.ConnectError:
    error = httpcore.ConnectError("")
    error.__cause__ = cause
    return error


def expired() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError()
    error.verify_message = "certificate has expired"
    return error


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        pytest.param(
            httpcore.ConnectTimeout(), FetchKind.NO_ANSWER, "no connection within 10 s", id="connect"
        ),
        pytest.param(httpx.ReadTimeout("slow"), FetchKind.NO_ANSWER, "no answer within 20 s", id="read"),
        pytest.param(
            because(expired()),
            FetchKind.UNTRUSTED,
            "TLS certificate refused: certificate has expired",
            id="certificate",
        ),
        pytest.param(because(socket.gaierror()), FetchKind.NO_NAME, "name does not resolve", id="name"),
        pytest.param(
            because(ConnectionRefusedError()), FetchKind.NO_ANSWER, "connection refused", id="refused"
        ),
        pytest.param(
            because(OSError(errno.EHOSTUNREACH, "")), FetchKind.NO_ROUTE, "host unreachable", id="unreachable"
        ),
        pytest.param(
            because(ExceptionGroup("all", [ConnectionRefusedError()])),
            FetchKind.NO_ANSWER,
            "connection refused",
            id="in a group",
        ),
        pytest.param(because(OSError("odd")), FetchKind.NO_ANSWER, "ConnectError", id="no connection"),
        pytest.param(httpcore.ReadError(), FetchKind.NO_ANSWER, "connection lost", id="lost"),
        pytest.param(httpcore.RemoteProtocolError("bad\nline"), FetchKind.OTHER, "bad line", id="protocol"),
        pytest.param(
            httpcore.RemoteProtocolError(), FetchKind.OTHER, "RemoteProtocolError", id="without words"
        ),
    ],
)
def test_a_reason_is_short_and_plain_and_has_its_kind(
    error: BaseException, kind: FetchKind, reason: str
) -> None:
    told = explained(error, "http://example.com/", connect_seconds=10, read_seconds=20)
    assert (told.url, told.kind, told.reason) == ("http://example.com/", kind, reason)
