"""``bounces read``: whatever the mails lie in, the same is said of them, and never an address."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import re
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.app import open_newsroom
from pipeline.cli.bounces import tally_lines
from pipeline.jobs.intake import read_mails
from pipeline.jobs.mailboxes import make_maildir
from subscribers.schema import subscribers
from tests.cli.conftest import Metabrief, add_settings
from tests.jobs import returned
from tests.jobs.newsroom import Desk, desk
from tests.jobs.scenes import go

READERS = ("ann@a.example", "bob@b.example", "cem@c.example", "dan@d.example", "eve@e.example")
SAID = """\
6 mails: 2 hard, 1 soft, 1 ours, 1 complaint, 1 leave; 4 counted, 0 known already, 1 without a valid token
subscriber 1 is bounced: no such user, said so on DAY; see data/bounces/DIGEST.eml
subscriber 2 is complained: complained to their provider; see data/bounces/DIGEST.eml
subscriber 3 is unsubscribed: left all newsletters; see data/bounces/DIGEST.eml
1 of our own faults, which count against nobody; most often: REASON
"""


@dataclass(frozen=True, kw_only=True)
class Post:
    """A newsroom whose issue went out, and what came back."""

    home: Path
    mails: tuple[bytes, ...]

    def mbox(self) -> bytes:
        return b"".join(
            b"From MAILER-DAEMON Tue Feb 22 06:05:00 2022\n" + mail + b"\r\n" for mail in self.mails
        )

    def maildir(self, folder: Path) -> Path:
        make_maildir(folder)
        for number, mail in enumerate(self.mails):
            (folder / "new" / str(number)).write_bytes(mail)
        return folder


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    home = tmp_path / "newsroom"
    home.mkdir()
    with desk(home, *READERS) as at:
        asyncio.run(go(at))
        yield Post(home=home, mails=_mails(at))


def _mails(at: Desk) -> tuple[bytes, ...]:
    sent = sorted((at.newsroom.home / "outbox" / "new").iterdir())
    paths = [f"bounces+{returned.token(path.read_bytes())}@bounces.lantern.example" for path in sent]
    with at.newsroom.database.read() as connection:
        [leaving] = connection.scalars(sa.select(subscribers.c.token).where(subscribers.c.id == 3))
    return (
        returned.dsn(paths[0], READERS[0]),
        returned.complaint([f"Return-Path: <{paths[1]}>", "Subject: VR in Shanghai"]),
        returned.letter(f"leave+{leaving}@bounces.lantern.example", reader=READERS[2], subject="unsubscribe"),
        returned.dsn(paths[3], READERS[3], reply=returned.FULL),
        returned.dsn(paths[4], READERS[4], reply=returned.BLOCKED),
        returned.dsn("bounces+1.4.0123456789abcdef@bounces.lantern.example", READERS[3]),
    )


def told(out: str) -> str:
    """Return what was said without what differs from day to day, and without the words of a refusal."""
    out = re.sub(r"[0-9a-f]{64}", "DIGEST", out)
    return re.sub(r"often: .*", "often: REASON", re.sub(r"so on [^;]*", "so on DAY", out))


def statuses(metabrief: Metabrief, home: Path) -> list[str]:
    return [row["status"] for row in metabrief("--home", home, "subscribers", "list", "--json").json]


@pytest.mark.parametrize("source", ["maildir", "mbox", "standard input", "mailbox"])
def test_the_same_is_said_whatever_the_mails_lie_in(
    metabrief: Metabrief, post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    words: list[str | Path] = []
    if source == "maildir":
        words = [post.maildir(tmp_path / "mails")]
    elif source == "mbox":
        words = [tmp_path / "box"]
        (tmp_path / "box").write_bytes(post.mbox())
    elif source == "standard input":
        words = ["-"]
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(post.mbox())))
    else:
        add_settings(post.home, '\n[intake]\nmailbox = "letterbox"\n')
        post.maildir(post.home / "letterbox")
    ended = metabrief("--home", post.home, "bounces", "read", *words)
    assert (ended.code, ended.err) == (0, "")
    assert told(ended.out) == SAID
    assert "@" not in ended.out
    assert statuses(metabrief, post.home) == ["bounced", "complained", "unsubscribed", "active", "active"]


def test_one_mail_is_read_from_a_file_or_standard_input_and_counts_once(
    metabrief: Metabrief, post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one.eml").write_bytes(post.mails[0])
    assert (
        "1 mail: 1 hard; 1 counted"
        in metabrief("--home", post.home, "bounces", "read", tmp_path / "one.eml").out
    )
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(post.mails[0])))
    ended = metabrief("--home", post.home, "bounces", "read", "-")
    assert ended.out == "1 mail: 1 hard; 0 counted, 1 known already, 0 without a valid token\n"


def test_what_was_read_is_marked_in_a_maildir(metabrief: Metabrief, post: Post, tmp_path: Path) -> None:
    folder = post.maildir(tmp_path / "mails")
    metabrief("--home", post.home, "bounces", "read", folder)
    assert sorted(path.name for path in folder.rglob("*:2,S")) == [f"{n}:2,S" for n in range(6)]
    assert "0 counted, 4 known already" in metabrief("--home", post.home, "bounces", "read", folder).out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nothing"], 1, "nothing cannot be read"),
        (["."], 1, "is no Maildir"),
        ([], 2, "has no [intake]; add it, or name a Maildir"),
        (["-", "--listen", "127.0.0.1:0"], 2, "not both"),
        (["--listen", "8025"], 2, "write HOST:PORT"),
        (["--listen", "127.0.0.1:99999"], 2, "write HOST:PORT"),
        (["--listen", "192.0.2.1:8025"], 1, "takes no mail"),
    ],
    ids=["nothing there", "no Maildir", "no intake", "both", "no host", "no port", "not ours"],
)
def test_what_cannot_be_done_is_told_in_a_line(
    metabrief: Metabrief, post: Post, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(post.home)
    ended = metabrief("bounces", "read", *words)
    assert (ended.code, ended.err.count("\n"), ended.out) == (code, 1, "")
    assert said in ended.err


def test_a_mail_that_cannot_be_marked_needs_a_person(
    metabrief: Metabrief, post: Post, tmp_path: Path
) -> None:
    folder = post.maildir(tmp_path / "mails")
    (folder / "cur" / "0:2,S").mkdir()
    ended = metabrief("--home", post.home, "bounces", "read", folder)
    assert ended.code == 3
    assert ended.out.endswith("mail 0: Is a directory\n")
    assert "6 mails" in ended.out


WISH = returned.letter(
    "brief@lantern.example",
    reader=READERS[0],
    subject="unsubscribe",
    headers=["Message-ID: <1.Coremail.ann@a.example>"],
)
TO_LEAVE = (
    "asks to leave without a token of ours; if it is genuine: metabrief subscribers unsubscribe ADDRESS"
)


def test_a_wish_to_leave_without_a_token_needs_a_person(
    metabrief: Metabrief, post: Post, tmp_path: Path
) -> None:
    (tmp_path / "wish.eml").write_bytes(WISH)
    ended = metabrief("--home", post.home, "bounces", "read", tmp_path / "wish.eml")
    assert (ended.code, ended.err) == (3, "")
    assert ended.out.splitlines() == [
        "1 mail: 1 leave; 0 counted, 0 known already, 1 without a valid token",
        f"mail <1.Coremail.ann@a.example>: {TO_LEAVE}",
    ]
    assert statuses(metabrief, post.home)[0] == "active"


def test_a_log_names_mails_by_digest_for_a_message_id_may_hold_an_address(post: Post) -> None:
    with open_newsroom(post.home) as newsroom:
        tally = read_mails(newsroom, [WISH])
    assert list(tally_lines(tally))[1:] == [f"mail {hashlib.sha256(WISH).hexdigest()}: {TO_LEAVE}"]


def test_of_many_the_first_are_shown_and_the_others_counted(
    metabrief: Metabrief, post: Post, tmp_path: Path
) -> None:
    (tmp_path / "box").write_bytes(b"".join(b"From x\n" + WISH + b"\r\n" for _ in range(25)))
    lines = metabrief("--home", post.home, "bounces", "read", tmp_path / "box").out.splitlines()
    assert (len(lines), lines[-1]) == (22, "… and 5 more")


def test_listening_takes_a_mail_and_reads_it_at_once_until_told_to_end(
    metabrief: Metabrief, post: Post
) -> None:
    program = str(Path(sys.executable).with_name("metabrief"))
    command = (program, "--home", str(post.home), "bounces", "read", "--listen", "127.0.0.1:0")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        port = int(first.rpartition(":")[2])
        assert first == f"taking mail by smtp at 127.0.0.1:{port}\n"
        with smtplib.SMTP("127.0.0.1", port, local_hostname="mx.example", timeout=10) as client:
            client.sendmail("", ["fbl@bounces.lantern.example"], post.mails[1])
            said = [process.stdout.readline(), process.stdout.readline()]
            process.send_signal(signal.SIGTERM)  # while somebody is still connected
            assert process.wait(10) == 0
        assert "subscriber 2 is complained" in said[1]
        assert process.stdout.read() == "ended as asked\n"
    assert statuses(metabrief, post.home)[1] == "complained"
    assert list((post.home / "data" / "intake" / "cur").iterdir())
