"""A copy to look at: marked, outside the ledger, with links of nobody, whatever the issue's status."""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from pipeline.errors import GateError, MetabriefError, TransportError, UsageError
from pipeline.jobs.copy import send_copy
from pipeline.model import DeliveryState, IssueStatus
from pipeline.store import issues
from tests.deliver.relay import DOT, MAIL, RCPT, Relay
from tests.jobs.newsroom import ADDRESS, Desk, desk
from tests.jobs.scenes import READERS, play

EDITOR = "editor@lantern.example"


def set_status(at: Desk, status: IssueStatus) -> None:
    with at.newsroom.database.write() as connection:
        issues.set_status(connection, at.issue.id, status=status)


@pytest.mark.parametrize(
    "status",
    [IssueStatus.DRAFT, IssueStatus.HELD, IssueStatus.APPROVED, IssueStatus.SENT, IssueStatus.CANCELLED],
)
def test_one_marked_mail_goes_out_and_no_row_is_written(tmp_path: Path, status: IssueStatus) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        set_status(at, status)
        attempt = await send_copy(at.newsroom, at.issue, address=EDITOR)
        assert (attempt.state, attempt.code) == (DeliveryState.ACCEPTED, 250)
        [mail] = relay.mails
        assert (mail.recipient, relay.connections) == (EDITOR, 1)
        told = message_from_bytes(mail.content, policy=policy.default)
        assert told["Subject"] == "[test] VR in Shanghai"
        assert (at.status, at.rows("state")) == (status, [])

    play(tmp_path, scene)


def test_its_links_are_nobodys(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        await send_copy(at.newsroom, at.issue, address=READERS[0])
        told = message_from_bytes(relay.mails[0].content, policy=policy.default)
        assert told["List-Unsubscribe"] == "<https://news.lantern.example/leave>"
        assert relay.mails[0].envelope_from.startswith("bounces+test.")

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("step", "reply", "state"),
    [
        (RCPT, "550 5.1.1 no such user", DeliveryState.REJECTED),
        (DOT, "451 4.3.0 later", DeliveryState.DEFERRED),
    ],
)
def test_what_the_relay_said_is_returned(tmp_path: Path, step: str, reply: str, state: DeliveryState) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(step, reply)
        attempt = await send_copy(at.newsroom, at.issue, address=EDITOR)
        assert (attempt.state, f"{attempt.code} {attempt.reason}") == (state, reply)

    play(tmp_path, scene)


def test_a_relay_that_refuses_us_is_told_and_the_issue_is_not_held(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(MAIL, "550 5.7.1 not from you")
        with pytest.raises(TransportError, match="not from you"):
            await send_copy(at.newsroom, at.issue, address=EDITOR)
        assert at.status == "approved"

    play(tmp_path, scene)


def test_an_issue_of_the_outbox_leaves_a_file(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS) as at:
        for _ in range(2):
            attempt = asyncio.run(send_copy(at.newsroom, at.issue, address=EDITOR))
            assert attempt.state is DeliveryState.ACCEPTED
        assert len(list((tmp_path / "outbox" / "new").iterdir())) == 2
        assert (at.status, at.rows("state")) == ("approved", [])


def test_wrong_words_are_wrong_use(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        for words in ({"address": "editor"}, {"address": EDITOR, "language": "fr"}):
            with pytest.raises(UsageError):
                asyncio.run(send_copy(at.newsroom, at.issue, **words))
        assert not (tmp_path / "outbox").exists()


def test_who_left_is_written_to_by_no_copy_either(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS) as at:
        at.leave(READERS[0])
        with pytest.raises(MetabriefError, match="suppressed since 2022-02-22"):
            asyncio.run(send_copy(at.newsroom, at.issue, address=READERS[0].upper()))
        assert not (tmp_path / "outbox").exists()


def test_the_gate_stands_before_a_copy_too(tmp_path: Path) -> None:
    with desk(tmp_path, spoil=ADDRESS) as at:
        with pytest.raises(GateError, match="postal address"):
            asyncio.run(send_copy(at.newsroom, at.issue, address=EDITOR))
        assert not (tmp_path / "outbox").exists()
