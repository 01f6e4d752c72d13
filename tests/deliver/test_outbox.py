"""The outbox: one durable file a delivery, never two, never half a one."""

from __future__ import annotations

import asyncio
import errno
import os
from dataclasses import replace
from email import message_from_bytes
from mailbox import Maildir
from pathlib import Path

import pytest

from pipeline.deliver.message import Message
from pipeline.deliver.outbox import Outbox
from pipeline.deliver.replies import Attempt
from pipeline.errors import TransportError
from tests.deliver.letters import message


def put(folder: Path, one: Message | None = None, *, may_start: bool = True) -> Attempt | None:
    return asyncio.run(Outbox(folder).deliver(one or message(), lambda: may_start))


def files(folder: Path) -> list[str]:
    return sorted(f"{path.parent.name}/{path.name}" for path in folder.rglob("*") if path.is_file())


def no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


NAME = message().id.strip("<>")


def test_a_message_is_a_file_named_by_its_delivery(tmp_path: Path) -> None:
    attempt = put(tmp_path)
    assert attempt is not None
    assert attempt.state == "accepted"
    assert files(tmp_path) == [f"new/{NAME}"]


def test_the_file_is_the_message_with_its_return_path_and_a_mail_program_reads_it(tmp_path: Path) -> None:
    put(tmp_path)
    content = (tmp_path / "new" / NAME).read_bytes()
    assert content == f"Return-Path: <{message().envelope_from}>\r\n".encode() + message().content
    assert [mail["To"] for mail in Maildir(tmp_path)] == [message_from_bytes(message().content)["To"]]


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    put(tmp_path)
    assert (tmp_path / "new" / NAME).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("place", ["new/{}", "cur/{}:2,S", "cur/{}"], ids=["unread", "read", "moved"])
def test_a_repeat_finds_its_file_and_writes_nothing(tmp_path: Path, place: str) -> None:
    put(tmp_path)
    moved = tmp_path / place.format(NAME)
    (tmp_path / "new" / NAME).rename(moved)
    attempt = put(tmp_path, replace(message(), content=b"another\r\n"))
    assert attempt is not None
    assert attempt.state == "accepted"
    assert files(tmp_path) == [place.format(NAME)]
    assert b"another" not in moved.read_bytes()


def test_a_delivery_whose_name_begins_like_anothers_is_another(tmp_path: Path) -> None:
    put(tmp_path, replace(message(), id="<daily.3.70.0@x.example>"))
    put(tmp_path, replace(message(), id="<daily.3.7.0@x.example>"))
    assert len(files(tmp_path)) == 2


def test_a_refused_start_leaves_no_file(tmp_path: Path) -> None:
    assert put(tmp_path, may_start=False) is None
    assert files(tmp_path) == []


def test_a_full_disk_is_found_before_the_start_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def start() -> bool:
        asked.append("start")
        return True

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", no_room)
        with pytest.raises(TransportError, match="No space left"):
            asyncio.run(Outbox(tmp_path).deliver(message(), start))
    assert (asked, files(tmp_path)) == ([], [])


def test_a_disk_that_is_full_after_the_start_defers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as full:
        full.setattr(Path, "rename", no_room)
        attempt = put(tmp_path)
    assert attempt is not None
    assert attempt.state == "deferred"
    assert files(tmp_path) == []


def test_two_who_write_the_same_delivery_do_not_disturb_each_other(tmp_path: Path) -> None:
    def gives_up() -> bool:
        return False

    def other_gives_up_meanwhile() -> bool:
        other = Outbox(tmp_path).deliver(message(), gives_up)
        for _ in other.__await__():  # it waits for nothing but its turn
            pass
        return True

    attempt = asyncio.run(Outbox(tmp_path).deliver(message(), other_gives_up_meanwhile))
    assert attempt is not None
    assert attempt.state == "accepted"
    assert files(tmp_path) == [f"new/{NAME}"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TransportError, match=str(tmp_path / "file")):
        put(tmp_path / "file")
