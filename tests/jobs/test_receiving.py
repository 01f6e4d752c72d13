"""The door for mails that come back, by real SMTP and LMTP: kept before it says so, and whatever comes, it stays open."""

from __future__ import annotations

import asyncio
import smtplib
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import pytest

from pipeline.config.sections import Intake
from pipeline.errors import MetabriefError
from pipeline.jobs.mailboxes import LARGEST
from pipeline.jobs.receiving import receiving

Talk = Callable[[smtplib.SMTP], None]


def talked(folder: Path, *talks: Talk, protocol: Literal["smtp", "lmtp"] = "smtp") -> tuple[list[bytes], int]:
    """Talk to the door, each talk over a connection of its own; return what lies in the Maildir, and how often it rang."""
    rung: list[None] = []

    def talk_all(port: int) -> None:
        kind = smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP
        for talk in talks:
            with kind("127.0.0.1", port, local_hostname="client.example", timeout=10) as client:
                talk(client)

    async def scene() -> None:
        async with receiving(
            Intake(port=0, protocol=protocol), folder, on_mail=lambda: rung.append(None)
        ) as address:
            await asyncio.to_thread(talk_all, int(address.rpartition(":")[2]))

    asyncio.run(scene())
    return sorted(path.read_bytes() for path in (folder / "new").iterdir()), len(rung)


def sending(content: bytes, *to: str, sender: str = "") -> Talk:
    def talk(client: smtplib.SMTP) -> None:
        client.sendmail(sender, list(to), content)

    return talk


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_a_mail_lies_in_the_maildir_with_its_envelope(
    tmp_path: Path, protocol: Literal["smtp", "lmtp"]
) -> None:
    content = b"Subject: hi\r\n\r\n.dot\r\n" + "é".encode() + b"\r\n"
    mails, rung = talked(tmp_path, sending(content, "bounces+1.2.x@a.example"), protocol=protocol)
    assert mails == [b"Return-Path: <>\r\nX-Envelope-To: <bounces+1.2.x@a.example>\r\n" + content]
    assert rung == 1


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_each_recipient_has_a_mail_of_its_own(tmp_path: Path, protocol: Literal["smtp", "lmtp"]) -> None:
    refused: list[Sequence[str]] = []

    def talk(client: smtplib.SMTP) -> None:
        refused.append(
            list(client.sendmail("s@x.example", ["a@a.example", "b@a.example"], b"Subject: hi\r\n\r\n"))
        )
        client.sendmail("s@x.example", ["b@a.example"], b"Subject: hi\r\n\r\n")

    mails, _ = talked(tmp_path, talk, protocol=protocol)
    assert refused == [["b@a.example"]]
    assert [mail.split(b"\r\n")[1] for mail in mails] == [
        f"X-Envelope-To: <{n}@a.example>".encode() for n in "ab"
    ]


def test_what_is_too_large_or_cut_off_is_not_kept_and_the_next_is(tmp_path: Path) -> None:
    def too_large(client: smtplib.SMTP) -> None:
        with pytest.raises(smtplib.SMTPResponseException) as caught:
            client.sendmail(
                "", ["a@a.example"], b"x" * 70 + b"\r\n" + (b"y" * 990 + b"\r\n") * (LARGEST // 990)
            )
        assert caught.value.smtp_code == 552

    def hangs_up(client: smtplib.SMTP) -> None:
        client.ehlo()
        client.mail("")
        client.rcpt("a@a.example")
        client.putcmd("DATA")
        client.getreply()
        client.send(b"Subject: half")
        client.close()

    mails, rung = talked(tmp_path, too_large, hangs_up, sending(b"Subject: hi\r\n\r\n", "a@a.example"))
    assert (len(mails), rung) == (1, 1)


def test_a_long_line_is_taken(tmp_path: Path) -> None:
    mails, _ = talked(tmp_path, sending(b"Subject: hi\r\n\r\n" + b"x" * 30_000 + b"\r\n", "a@a.example"))
    assert len(mails[0]) > 30_000


def test_what_cannot_be_kept_is_put_off_and_not_lost(tmp_path: Path) -> None:
    def talk(client: smtplib.SMTP) -> None:
        (tmp_path / "tmp").rmdir()
        (tmp_path / "tmp").write_text("in the way")
        with pytest.raises(smtplib.SMTPDataError) as caught:
            client.sendmail("", ["a@a.example"], b"Subject: hi\r\n\r\n")
        assert caught.value.smtp_code == 452

    assert talked(tmp_path, talk) == ([], 0)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    async def scene(port: int) -> None:
        async with receiving(Intake(port=port), tmp_path, on_mail=lambda: None):
            pass

    with (
        socket.create_server(("127.0.0.1", 0)) as stranger,
        pytest.raises(MetabriefError, match=r"takes no mail .*set another \[intake\] port"),
    ):
        asyncio.run(scene(stranger.getsockname()[1]))
