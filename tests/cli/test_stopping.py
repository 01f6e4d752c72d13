"""SIGTERM and Ctrl-C while sources are read: a line, no traceback, and nothing made of the half that was read."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from tests.cli.conftest import Metabrief
from tests.jobs.rooms import DAILY, furnish


@pytest.fixture(autouse=True)
def _outlive() -> Iterator[None]:
    """Let a signal that a command is deaf to end the command, not the tests."""

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, was in before.items():
        signal.signal(number, was)


@contextmanager
def silent_site(number: signal.Signals) -> Iterator[str]:
    """Serve nothing to who connects, and send this process a signal then."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def keep() -> None:
            connection, _ = server.accept()
            os.kill(os.getpid(), number)
            with connection:
                ended.wait()

        server.settimeout(10)
        ended, thread = threading.Event(), threading.Thread(target=keep)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        pytest.param(("run", "daily"), 0, "no issue was made", id="run"),
        pytest.param(("run", "daily", "--dry-run"), 0, "not all sources were read", id="a dry run"),
        pytest.param(("collect",), 1, "not all sources were read", id="collect"),
    ],
)
def test_a_command_that_reads_ends_as_asked(
    metabrief: Metabrief, tmp_path: Path, number: signal.Signals, words: tuple[str, ...], code: int, told: str
) -> None:
    with silent_site(number) as address:
        home = furnish(tmp_path / "room", sources=address)
        ended = metabrief("--home", home, *words)
    assert (ended.code, ended.err) == (code, "")
    assert ended.out.splitlines()[-1].startswith(f"stopped as asked; {told}")
    assert metabrief("--home", home, "issues", "list", "--json").json == []


def test_a_thin_issue_stays_as_it_was_and_needs_a_person(metabrief: Metabrief, tmp_path: Path) -> None:
    newsletters = DAILY.replace('on_thin = "send"', 'on_thin = "hold"')
    home = furnish(tmp_path / "room", newsletters=newsletters)
    assert metabrief("--home", home, "compose", "daily").code == 3
    before = metabrief("--home", home, "issues", "show", "latest", "--json").json
    with silent_site(signal.SIGTERM) as address:
        furnish(home, newsletters=newsletters, sources=address)
        ended = metabrief("--home", home, "run", "daily", "--slot", before["slot"])
    assert ended.code == 3
    assert "stopped as asked" in ended.out
    assert metabrief("--home", home, "issues", "show", "latest", "--json").json == before


def test_a_recording_that_was_stopped_leaves_no_file(metabrief: Metabrief, tmp_path: Path) -> None:
    with silent_site(signal.SIGTERM) as address:
        home = furnish(tmp_path / "room", sources=address)
        metabrief("--home", home, "collect", "--record", tmp_path / "day.warc.gz")
    assert list(tmp_path.iterdir()) == [home]
