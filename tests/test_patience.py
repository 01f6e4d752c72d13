"""Who asks for nothing, or only half, keeps nobody else from being served."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from pipeline import patience
from pipeline.doorway import bound_socket, serving
from pipeline.patience import allow_many_files

SECONDS = 0.3
HALVES = {
    "nothing at all": b"",
    "half a head": b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ",
    "half a body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nemail=",
    "a second half": b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHo",
}
CROWD = """
import socket, sys
crowd = []
for _ in range(int(sys.argv[2])):
    crowd.append(socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5))
print("here", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def port() -> Iterator[int]:
    """Serve a page that reads what is sent to it."""
    app = FastAPI()

    @app.api_route("/", methods=["GET", "POST"])
    async def page(request: Request) -> Response:
        await request.body()
        return Response("well")

    bound = bound_socket()
    with serving(app, bound):
        yield bound.getsockname()[1]


@pytest.fixture
def hurried_port(port: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Serve it with little patience."""
    monkeypatch.setattr(patience, "REQUEST_SECONDS", SECONDS)
    return port


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_who_does_not_finish_asking_is_hung_up_on(hurried_port: int, half: bytes) -> None:
    with socket.create_connection(("127.0.0.1", hurried_port), timeout=10 * SECONDS) as caller:
        caller.sendall(half)
        while caller.recv(1000):  # until the end; else it times out
            pass


def test_who_asks_again_and_again_over_one_connection_is_answered(hurried_port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{hurried_port}", trust_env=False) as client:
        end = client.get("/").elapsed.total_seconds() + 3 * SECONDS
        spent = 0.0
        while spent < end:
            answer = client.post("/", content=b"x" * 1000)
            assert answer.text == "well"
            spent += max(answer.elapsed.total_seconds(), 0.01)


@pytest.fixture
def few_files() -> Iterator[int]:
    """Let this process open few files more than it has."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = 800
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, hard))
    yield few
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_crowd_that_asks_for_nothing_leaves_files_for_others(port: int, few_files: int) -> None:
    command = (sys.executable, "-c", CROWD, str(port), str(few_files * 3 // 4))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as crowd:
        assert crowd.stdout is not None
        assert crowd.stdout.readline() == b"here\n"
        with ExitStack() as held:
            for _ in range(few_files // 4):
                held.enter_context(Path("/dev/null").open("rb"))
        crowd.communicate()


def test_as_many_files_may_be_opened_as_the_system_lets_us(few_files: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allow_many_files()
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft == (65_536 if hard == resource.RLIM_INFINITY else max(few_files, min(hard, 65_536)))
