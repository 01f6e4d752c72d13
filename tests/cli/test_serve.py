"""serve as a real process, or several: one issue a slot, one mail a reader, whatever dies, and a clean end."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import httpx
import pytest
from prometheus_client import CollectorRegistry

from pipeline.app import open_newsroom
from pipeline.cli.serve import Told
from pipeline.metrics import DeliveryCounters
from pipeline.store.complaints import Complaints
from tests.cli.conftest import Metabrief, add_settings, change_settings
from tests.cli.sites import site
from tests.deliver.relay import DOT, SILENT, Relay
from tests.jobs.newsroom import Clock

READERS = [f"r{number}@test.example" for number in range(8)]


def passed_schedule() -> str:
    """Return an hourly schedule whose last slot was five minutes ago, so that no other comes while a test runs."""
    return f"{(datetime.now(UTC) - timedelta(minutes=5)).minute} * * * *"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def settle(metabrief: Metabrief, home: Path, *, relay_port: int, web_port: int) -> None:
    """Make the newsroom one whose slot has just passed, with readers and a relay."""
    change_settings(home, "0 6 * * *", passed_schedule())
    change_settings(home, 'key = "daily"', 'key = "daily"\non_thin = "send"\nmin_items = 0')
    change_settings(home, "[publisher]", f'[publisher]\nsite_url = "http://127.0.0.1:{web_port}"')
    add_settings(
        home,
        f'\n[web]\nport = {web_port}\n[delivery]\ntransport = "smtp"\nconnections = 1\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {relay_port}\ntls = "none"\n'
        'from_address = "brief@test.example"\nreturn_path_domain = "test.example"\n',
    )
    (home / "list.csv").write_text("\n".join(["email", *READERS]), encoding="utf-8")
    metabrief(
        "--home", home, "subscribers", "import", home / "list.csv", "--newsletter", "daily", "--consent", "x"
    )


class Serving:
    """A process that serves, and what it has said."""

    def __init__(self, process: asyncio.subprocess.Process, log: IO[bytes]) -> None:
        self._process = process
        self._log = log

    @property
    def said(self) -> str:
        return Path(self._log.name).read_text(encoding="utf-8")

    async def end(self, number: signal.Signals) -> int:
        """Send a signal and return the exit status."""
        self._process.send_signal(number)
        return await asyncio.wait_for(self._process.wait(), 15)


async def until_said(words: str, *processes: Serving) -> None:
    """Wait until one of the processes has said something."""
    async with asyncio.timeout(30):
        while not any(words in each.said for each in processes):  # noqa: ASYNC110  they do not tell us
            await asyncio.sleep(0.02)


@asynccontextmanager
async def serving(home: Path, *flags: str) -> AsyncIterator[Serving]:
    """Start the command; kill it at the end if it still runs."""
    command = (str(Path(sys.executable).with_name("metabrief")), "--home", str(home), "serve", *flags)
    with tempfile.NamedTemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log, env=os.environ)
        try:
            yield Serving(process, log)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def test_two_at_once_make_one_issue_and_one_takes_the_others_place(metabrief: Metabrief, home: Path) -> None:
    web_port = free_port()

    async def scene() -> None:
        async with Relay() as relay:
            settle(metabrief, home, relay_port=relay.port, web_port=web_port)
            async with serving(home) as first, serving(home) as second:
                for each in (first, second):
                    await until_said("next slot", each)
                with_pages, without = sorted((first, second), key=lambda each: "goes on without" in each.said)
                assert "another process of this newsroom shows the pages" in without.said
                await until_said(": sent; total 8 =", first, second)
                assert await with_pages.end(signal.SIGKILL) == -signal.SIGKILL
                async with serving(home) as third:
                    await until_said("serving /leave", without, third)
                    async with httpx.AsyncClient(trust_env=False) as client:
                        assert (await client.get(f"http://127.0.0.1:{web_port}/healthz")).text == "ok"
                    for each in (without, third):
                        assert await each.end(signal.SIGTERM) == 0
                        assert each.said.endswith("ended as asked\n")
                said = first.said + second.said
            assert relay.recipients == READERS
            assert said.count("published") == 1
            assert "null-tribune: failed: HTTP 500" in said
            assert not re.search(r"r\d@", said)

    asyncio.run(scene())
    assert [row["status"] for row in metabrief("--home", home, "issues", "list", "--json").json] == ["sent"]


def test_one_killed_while_it_sends_is_followed_by_one_that_doubles_nothing(
    metabrief: Metabrief, home: Path
) -> None:
    async def scene() -> None:
        async with Relay() as relay:
            settle(metabrief, home, relay_port=relay.port, web_port=free_port())
            reached = asyncio.Event()
            relay.once(DOT, SILENT)
            relay.on[DOT] = reached.set
            async with serving(home) as first:
                await asyncio.wait_for(reached.wait(), 30)
                await first.end(signal.SIGKILL)
            async with serving(home) as second:
                await until_said("metabrief issues resolve 1 list", second)
                assert ": sent; total 8 =" in second.said
                assert await second.end(signal.SIGTERM) == 0
            assert relay.recipients == READERS

    asyncio.run(scene())
    [row] = metabrief("--home", home, "issues", "list", "--json").json
    assert (row["deliveries"]["accepted"], row["deliveries"]["uncertain"]) == (7, 1)


def test_what_was_sent_is_counted_for_prometheus(metabrief: Metabrief, home: Path) -> None:
    async def scene() -> None:
        async with Relay() as relay:
            settle(metabrief, home, relay_port=relay.port, web_port=free_port())
            add_settings(home, "\n[metrics]\nport = 0\n")
            async with serving(home) as process:
                await until_said(": sent; total 8 =", process)
                [address] = re.findall(r"http://\S+/metrics", process.said)
                async with httpx.AsyncClient(trust_env=False) as client:
                    shown = (await client.get(address)).text.splitlines()
                assert '"event": "batch"' in process.said
                assert await process.end(signal.SIGTERM) == 0
            assert 'metabrief_deliveries_total{newsletter="daily",state="accepted"} 8.0' in shown
            assert 'metabrief_replies_total{code="250"} 8.0' in shown
            assert 'metabrief_issues{status="sending"} 0.0' in shown
            assert "metabrief_complaints_alarm 0.0" in shown

    asyncio.run(scene())


def test_pages_only_publishes_nothing(metabrief: Metabrief, home: Path) -> None:
    settle(metabrief, home, relay_port=9, web_port=free_port())
    metabrief("--home", home, "subscribers", "add", "ann@test.example", "--newsletter", "daily")

    async def scene() -> None:
        async with serving(home, "--pages-only") as process:
            await until_said("serving /leave", process)
            address = re.findall(r"http://\S+", process.said)[-1]
            async with httpx.AsyncClient(trust_env=False) as client:
                assert (await client.get(f"{address}/leave")).status_code == 200
            assert await process.end(signal.SIGTERM) == 0
            assert "next slot" not in process.said

    asyncio.run(scene())
    assert metabrief("--home", home, "issues", "list", "--json").json == []
    [letter] = metabrief("--home", home, "subscribers", "letters", "--json").json
    assert (letter["state"], letter["attempts"]) == ("queued", 0)


def test_a_stranger_at_the_port_is_told_and_nothing_begins(metabrief: Metabrief, home: Path) -> None:
    with site("text/html", b"something else") as address:
        settle(metabrief, home, relay_port=9, web_port=int(address.rpartition(":")[2]))
        ended = metabrief("--home", home, "serve")
    assert ended.code == 1
    assert "[web] port" in ended.err
    assert ended.out == ""
    assert metabrief("--home", home, "issues", "list", "--json").json == []


def test_a_schedule_that_is_never_due_is_told_at_the_start(metabrief: Metabrief, home: Path) -> None:
    change_settings(home, "0 6 * * *", "0 6 31 2 *")
    ended = metabrief("--home", home, "serve")
    assert ended.code == 2
    assert "'0 6 31 2 *'" in ended.err


def test_an_alarm_is_said_once_a_day(
    metabrief: Metabrief, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    too_many, some = Complaints(number=40, accepted=10_000), Complaints(number=2, accepted=10_000)
    clock = Clock()
    with open_newsroom(home, clock=clock) as newsroom:
        told = Told(newsroom, DeliveryCounters(CollectorRegistry()))
        for complaints, hours in ((some, 1), (too_many, 1), (too_many, 22), (too_many, 2), (too_many, 1)):
            told.complaints_counted(complaints)
            clock.forward(timedelta(hours=hours))
    said = capsys.readouterr().out.splitlines()
    assert [line[:16] for line in said if "ALARM: 40 complaints" in line] == [
        "2022-02-22 07:05",
        "2022-02-23 08:05",
    ]
    assert len(said) == 2
