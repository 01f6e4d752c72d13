"""The letters command, and who sends letters: serve and this command, nobody else."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Metabrief, add_settings
from tests.cli.test_serve import free_port, serving, until_said
from tests.deliver.relay import CONNECT, CUT, RCPT, Relay
from tests.jobs.rooms import DAILY, furnish


@pytest.fixture
def room(metabrief: Metabrief, tmp_path: Path) -> Path:
    """Return a newsroom of the outbox, without sources, that has asked somebody to confirm."""
    home = furnish(tmp_path / "room", newsletters=DAILY)
    assert metabrief("--home", home, "subscribers", "add", "ann@x.example", "--newsletter", "daily").code == 0
    return home


def mail_by(home: Path, port: int) -> None:
    """Let a newsroom mail over the relay at a port."""
    path = home / "metabrief.toml"
    head = path.read_text(encoding="utf-8").replace(
        "[publisher]", '[publisher]\nsite_url = "https://news.lantern.example"'
    )
    path.write_text(head, encoding="utf-8")
    add_settings(
        home,
        f'\n[delivery]\ntransport = "smtp"\ncheck_site = false\n[smtp]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n'
        'from_address = "brief@lantern.example"\nreturn_path_domain = "lantern.example"\n',
    )


def listed(metabrief: Metabrief, home: Path) -> list[str]:
    rows = metabrief("--home", home, "subscribers", "letters", "--json").json
    return [f"{row['email']} {row['kind']} {row['state']}" for row in rows]


def test_a_letter_that_waits_is_listed_and_sent_on_order(metabrief: Metabrief, room: Path) -> None:
    shown = metabrief("--home", room, "subscribers", "letters")
    assert re.search(r"ann@x\.example +opt-in +queued", shown.out)
    [row] = metabrief("--home", room, "subscribers", "letters", "--json").json
    assert set(row) == {"email", "kind", "state", "queued_at", "attempts", "next_try", "reason"}
    sent = metabrief("--home", room, "subscribers", "letters", "--send")
    assert (sent.code, sent.out) == (0, "letters: 1 sent; into the outbox: nobody was mailed\n")
    again = metabrief("--home", room, "subscribers", "letters", "--send")
    assert (again.code, again.out) == (0, "letters: none waits\n")
    assert metabrief("--home", room, "subscribers", "letters").out == "no letter waits, and none failed\n"


@pytest.mark.parametrize(
    ("step", "reply", "told", "state", "tries"),
    [
        pytest.param(RCPT, "550 5.1.1 no such user", "letters: 1 failed", "failed", 1, id="refused"),
        pytest.param(CONNECT, CUT, "cannot be reached", "queued", 0, id="away"),
    ],
)
def test_what_did_not_leave_is_told_and_listed_with_its_reason(
    metabrief: Metabrief, room: Path, step: str, reply: str, told: str, state: str, tries: int
) -> None:
    async def scene() -> None:
        async with Relay() as relay:
            relay.always(step, reply)
            mail_by(room, relay.port)
            ended = await asyncio.to_thread(in_a_process, room)
            assert (ended.returncode, told in ended.stdout, ended.stderr) == (1, True, "")

    asyncio.run(scene())
    [row] = metabrief("--home", room, "subscribers", "letters", "--json").json
    assert row["state"] == state
    assert row["reason"]
    assert row["attempts"] == tries


def in_a_process(home: Path) -> subprocess.CompletedProcess[str]:
    """Order letters to be sent, while the relay runs in the loop of the test."""
    command = [str(Path(sys.executable).with_name("metabrief")), "--home", str(home)]
    words = [*command, "subscribers", "letters", "--send"]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize("words", [("run", "daily"), ("collect",), ("send",)], ids=lambda words: words[0])
def test_no_other_command_sends_letters(metabrief: Metabrief, room: Path, words: tuple[str, ...]) -> None:
    metabrief("--home", room, *words)
    assert listed(metabrief, room) == ["ann@x.example opt-in queued"]


def test_serve_sends_a_letter_within_seconds_and_names_nobody(metabrief: Metabrief, room: Path) -> None:
    async def scene() -> None:
        async with Relay() as relay:
            mail_by(room, relay.port)
            add_settings(room, f"\n[web]\nport = {free_port()}\n")
            async with serving(room) as process:
                await until_said("letters: 1 sent", process)
                metabrief("--home", room, "subscribers", "add", "bob@x.example", "--newsletter", "daily")
                async with asyncio.timeout(5):
                    while process.said.count("letters: 1 sent") < 2:  # noqa: ASYNC110  it does not tell us
                        await asyncio.sleep(0.02)
                assert "@" not in process.said
            assert relay.recipients == ["ann@x.example", "bob@x.example"]

    asyncio.run(scene())
