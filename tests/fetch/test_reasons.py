from __future__ import annotations

import errno
import socket
import ssl

import httpcore
import httpx
import pytest

from pipeline.fetch.reasons import reason_for


def because(cause: BaseException) -> httpcore.ConnectError:
    error = httpcore.ConnectError("")
    error.__cause__ = cause
    return error


def expired() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError()
    error.verify_message = "certificate has expired"
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param(httpcore.ConnectTimeout(), "no connection within 10 s", id="connect"),
        pytest.param(httpx.ReadTimeout("slow"), "no answer within 20 s", id="read"),
        pytest.param(
            because(expired()), "TLS certificate refused: certificate has expired", id="certificate"
        ),
        pytest.param(because(socket.gaierror()), "name does not resolve", id="name"),
        pytest.param(because(ConnectionRefusedError()), "connection refused", id="refused"),
        pytest.param(because(OSError(errno.EHOSTUNREACH, "")), "host unreachable", id="unreachable"),
        pytest.param(
            because(ExceptionGroup("all", [ConnectionRefusedError()])), "connection refused", id="in a group"
        ),
        pytest.param(httpcore.ReadError(), "connection lost", id="lost"),
        pytest.param(httpcore.RemoteProtocolError("bad\nline"), "bad line", id="protocol"),
        pytest.param(httpcore.RemoteProtocolError(), "RemoteProtocolError", id="without words"),
    ],
)
def test_a_reason_is_short_and_plain(error: BaseException, reason: str) -> None:
    assert reason_for(error, connect_seconds=10, read_seconds=20) == reason
