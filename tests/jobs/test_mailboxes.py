"""Mails out of Maildirs, mboxes and streams: whole, each once, in the memory of one."""

from __future__ import annotations

import io
import os
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import MetabriefError
from pipeline.jobs.mailboxes import (
    LARGEST,
    Unread,
    maildir_mails,
    mails_at,
    make_maildir,
    remove_old,
    stream_mails,
)

ONE, TWO = b"Subject: one\n\nFirst.\nFrom here on it goes.\n", b"Subject: two\n\nSecond.\n"
FROM = b"From MAILER-DAEMON Tue Feb 22 06:05:00 2022\n"


def maildir(folder: Path, **mails: bytes) -> Path:
    make_maildir(folder)
    for name, content in mails.items():
        (folder / "new" / name).write_bytes(content)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(f"{path.parent.name}/{path.name}" for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("content", "mails"),
    [
        (ONE, [ONE]),
        (FROM + ONE + b"\n" + FROM + TWO + b"\n", [ONE, TWO]),
        (FROM + ONE + b"\n" + FROM + TWO, [ONE, TWO]),
        ((FROM + ONE + b"\n").replace(b"\n", b"\r\n") * 2, [ONE.replace(b"\n", b"\r\n")] * 2),
        (b"", []),
        (FROM, []),
        (ONE + b"\n" + FROM + TWO, [ONE + b"\n" + FROM + TWO]),
    ],
    ids=[
        "one mail",
        "mbox",
        "no last blank line",
        "CRLF",
        "nothing",
        "no mail in it",
        "one mail quoting another",
    ],
)
def test_a_stream_is_an_mbox_when_it_begins_like_one(content: bytes, mails: list[bytes]) -> None:
    assert list(stream_mails(io.BytesIO(content))) == mails


def test_an_mbox_is_read_in_the_memory_of_one_mail(tmp_path: Path) -> None:
    large = FROM + b"Subject: x\n\n" + b"x" * 2 * LARGEST + b"\n\n"
    (tmp_path / "box").write_bytes(large + (FROM + ONE + b"\n") * 20_000)
    tracemalloc.start()
    sizes = [len(mail) for mail in mails_at(tmp_path / "box") if isinstance(mail, bytes)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(sizes), sizes[0], sizes[-1]) == (20_001, LARGEST, len(ONE))
    assert peak < 4 * LARGEST


def test_an_mbox_is_not_altered_and_what_is_written_meanwhile_waits(tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.write_bytes(FROM + ONE + b"\n")
    os.utime(box, (1, 1))
    mails = mails_at(box)
    assert next(mails) == ONE
    with box.open("ab") as file:
        file.write(FROM + b"Subject: half")
    assert list(mails) == []
    assert list(tmp_path.iterdir()) == [box]


def test_what_was_read_is_marked_when_the_next_is_asked_for(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "m", a=ONE, b=TWO)
    mails = maildir_mails(folder)
    assert next(mails) == ONE
    assert names(folder) == ["new/a", "new/b"]  # a reader that dies now reads it again
    assert list(mails) == [TWO]
    assert names(folder) == ["cur/a:2,S", "cur/b:2,S"]


def test_all_of_a_maildir_is_read_again_but_only_the_unread_of_our_own(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "m", b=TWO)
    (folder / "cur" / "a:2,FS").write_bytes(ONE)
    (folder / "cur" / "c:2,F").write_bytes(ONE)
    assert list(maildir_mails(folder, unread_only=True)) == [ONE, TWO]
    assert list(maildir_mails(folder)) == [ONE, TWO, ONE]
    assert names(folder) == ["cur/a:2,FS", "cur/b:2,S", "cur/c:2,FS"]


def test_what_is_no_mail_in_a_maildir_is_passed_over(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "m", a=ONE)
    os.mkfifo(folder / "new" / "pipe")
    (folder / "new" / "folder").mkdir()
    (folder / "new" / ".hidden").write_bytes(TWO)
    (folder / "new" / "link").symlink_to(tmp_path / "m" / "new" / ".hidden")
    assert list(maildir_mails(folder)) == [ONE]


def test_one_mail_that_cannot_be_marked_does_not_stop_the_others(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "m", a=ONE, b=TWO)
    (folder / "cur" / "a:2,S").mkdir()
    first, trouble, second = maildir_mails(folder)
    assert (first, second) == (ONE, TWO)
    assert trouble == Unread(name="a", why="Is a directory")


def test_two_who_read_one_maildir_do_not_disturb_each_other(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "m", a=ONE, b=TWO)
    first, second = maildir_mails(folder), maildir_mails(folder)
    assert [next(first), next(second)] == [ONE, ONE]
    assert [*first, *second] == [TWO]


@pytest.mark.parametrize("name", ["nothing", "folder", "nul\0"])
def test_what_cannot_be_read_is_told_in_a_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(MetabriefError, match="name") as caught:
        mails_at(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_only_what_is_old_is_removed(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "m", a=ONE, b=TWO)
    os.utime(folder / "new" / "a", (0, 1_600_000_000))
    remove_old(folder / "new", before=datetime(2022, 2, 22, tzinfo=UTC))
    remove_old(folder / "none", before=datetime(2022, 2, 22, tzinfo=UTC))
    assert names(folder) == ["new/b"]
