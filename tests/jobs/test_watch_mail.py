"""A newsroom that goes by itself reads what comes back: by its own door at once, from its mailbox at the next look."""

from __future__ import annotations

import asyncio
import smtplib
import socket
from pathlib import Path

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.jobs.intake import intake_folder
from pipeline.jobs.watch import Watch
from subscribers.schema import subscribers
from tests.jobs import returned
from tests.jobs.newsroom import Clock
from tests.jobs.rooms import Heard, furnish, invite, room
from tests.jobs.test_watch import several_looks, watched
from tests.jobs.waiting import until


def leaving(newsroom: Newsroom) -> tuple[str, bytes]:
    """Return the address by which the newsroom's one reader leaves, and their mail."""
    with newsroom.database.read() as connection:
        token = connection.scalar(sa.select(subscribers.c.token))
    to = f"leave+{token}@lantern.example"
    return to, returned.letter(to, reader="ann@x.example", subject="unsubscribe")


def test_a_mail_at_the_door_is_read_at_once(tmp_path: Path) -> None:
    async def scene(newsroom: Newsroom, heard: Heard) -> None:
        await until(lambda: heard.taken_at)
        to, mail = leaving(newsroom)
        port = int(heard.taken_at[0].rpartition(":")[2])

        def send() -> None:
            with smtplib.LMTP("127.0.0.1", port, local_hostname="mx.example", timeout=10) as client:
                client.sendmail("ann@x.example", [to], mail)

        await asyncio.to_thread(send)
        await until(lambda: heard.changes)

    async def played() -> Heard:
        heard, stop = Heard(), asyncio.Event()
        with room(furnish(tmp_path / "room", more='[intake]\nport = 0\nprotocol = "lmtp"\n')) as (
            newsroom,
            _,
        ):
            invite(newsroom, "ann@x.example")
            watch = Watch(
                newsroom, stop=stop, listener=heard, look_seconds=60
            )  # so that it is not the next look
            keeping = asyncio.create_task(watch.keep())
            await scene(newsroom, heard)
            stop.set()
            await asyncio.wait_for(keeping, 5)
        return heard

    heard = asyncio.run(played())
    assert (heard.changes, heard.troubles) == (["1 unsubscribed"], [])


def test_a_mailbox_is_read_though_a_stranger_has_the_port(tmp_path: Path) -> None:
    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await until(lambda: heard.troubles)
        (intake_folder(newsroom) / "new" / "mail").write_bytes(leaving(newsroom)[1])
        await until(lambda: heard.changes)

    with socket.create_server(("127.0.0.1", 0)) as stranger:
        more = f"[intake]\nport = {stranger.getsockname()[1]}\n"
        heard = watched(furnish(tmp_path / "room", more=more), scene)
    assert "takes no mail" in heard.troubles[0]
    assert len(heard.troubles) == 1


def test_one_mail_that_cannot_be_marked_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await until((intake_folder(newsroom) / "new").exists)
        (intake_folder(newsroom) / "cur" / "a:2,S").mkdir()
        for name, mail in (("a", b"Subject: hello\n\n"), ("b", leaving(newsroom)[1])):
            (intake_folder(newsroom) / "new" / name).write_bytes(mail)
        await until(lambda: heard.changes and heard.troubles)

    heard = watched(furnish(tmp_path / "room", more="[intake]\n"), scene)
    assert heard.changes == ["1 unsubscribed"]
    assert "mail a: Is a directory" in heard.troubles[0]


def test_without_an_intake_no_mailbox_is_made(tmp_path: Path) -> None:
    async def scene(newsroom: Newsroom, clock: Clock, heard: Heard) -> None:
        await several_looks(heard)
        assert not intake_folder(newsroom).exists()

    assert watched(furnish(tmp_path / "room"), scene).troubles == []
