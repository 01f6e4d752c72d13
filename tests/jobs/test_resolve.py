"""A person settles what is uncertain, and the issue follows: sent when it was the last, sent on when some go again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import MetabriefError
from pipeline.jobs import oversee
from pipeline.jobs.resolve import Resolved, accept, list_uncertain, resend
from pipeline.model import Issue, IssueStatus, TransportKind
from tests.deliver.relay import CUT, DOT, RCPT, Relay
from tests.jobs.newsroom import Desk, desk, found
from tests.jobs.scenes import READERS, go, play

ONE = ["connections = 1"]


def issue_of(at: Desk) -> Issue:
    """Return the issue as it stands by now."""
    return found(at.newsroom).issue


def test_what_did_not_arrive_is_sent_again_and_nothing_else(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(DOT, CUT)
        await go(at)
        assert (at.status, at.tally) == ("sent", {"accepted": 2, "uncertain": 1})
        settled = resend(at.newsroom, issue_of(at))
        assert (settled.number, settled.late, settled.left) == (1, 0, 0)
        assert (at.status, at.tally) == ("sending", {"planned": 1, "accepted": 2})
        await go(at)
        assert (at.status, at.tally) == ("sent", {"accepted": 3})
        assert relay.recipients == sorted([relay.mails[0].recipient, *READERS])

    play(tmp_path, scene, delivery=ONE)


def test_what_arrived_is_never_sent_again(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(DOT, CUT)
        await go(at)
        settled = accept(at.newsroom, issue_of(at))
        assert (settled.number, settled.issue.status) == (1, IssueStatus.SENT)
        await go(at)
        assert (at.status, at.tally, len(relay.mails)) == ("sent", {"accepted": 3}, 3)

    play(tmp_path, scene, delivery=ONE)


def test_each_is_listed_by_domain_and_named_as_in_the_relays_log(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(DOT, CUT)
        await go(at)
        [seen] = list_uncertain(at.newsroom, issue_of(at))
        assert seen.message_id
        assert f"Message-ID: {seen.message_id}".encode() in relay.mails[0].content
        assert seen.row.domain == relay.mails[0].recipient.partition("@")[2]
        assert relay.mails[0].recipient not in repr(seen)

    play(tmp_path, scene, delivery=ONE)


def test_an_issue_held_for_it_is_sent_once_the_last_is_settled(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(DOT, CUT)
        await go(at)
        assert (at.status, at.tally) == ("held uncertain", {"uncertain": 3})
        assert accept(at.newsroom, issue_of(at), ids=[1, 2]).left == 1
        assert at.status == "held uncertain"
        assert accept(at.newsroom, issue_of(at)).left == 0
        assert (at.status, at.tally) == ("sent", {"accepted": 3})

    play(tmp_path, scene, delivery=["connections = 2"])


def test_a_held_issue_stays_held_whatever_goes_again(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(DOT, CUT)
        await go(at)
        assert resend(at.newsroom, issue_of(at)).issue.status is IssueStatus.HELD
        assert (at.status, at.tally) == ("held uncertain", {"planned": 3})
        relay.always(DOT, "250 kept")
        oversee.approve(at.newsroom, issue_of(at))
        await go(at)
        assert (at.status, at.tally) == ("sent", {"accepted": 3})

    play(tmp_path, scene, delivery=["connections = 2"])


def test_an_issue_held_by_a_person_stays_held_though_nothing_is_left(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(DOT, CUT)
        relay.always(RCPT, "451 4.3.0 later", to=READERS[2])
        await go(at)
        oversee.hold(at.newsroom, issue_of(at))
        accept(at.newsroom, issue_of(at))
        assert at.status == "held operator"

    play(tmp_path, scene, delivery=ONE)


def test_what_is_too_late_is_told_and_expires(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(DOT, CUT)
        await go(at)
        at.clock.forward(timedelta(days=2))
        assert resend(at.newsroom, issue_of(at)).late == 1
        await go(at)
        assert (at.status, at.tally, len(relay.mails)) == ("sent", {"accepted": 2, "expired": 1}, 3)

    play(tmp_path, scene, delivery=ONE)


def test_who_left_meanwhile_is_not_written_to_again(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(DOT, CUT)
        await go(at)
        at.leave(relay.mails[0].recipient)
        resend(at.newsroom, issue_of(at))
        await go(at)
        assert (at.status, at.tally, len(relay.mails)) == ("sent", {"accepted": 2, "suppressed": 1}, 3)

    play(tmp_path, scene, delivery=ONE)


Settle = Callable[..., Resolved]


@pytest.mark.parametrize("settle", [accept, resend])
def test_one_that_is_not_uncertain_is_refused_and_none_moves(tmp_path: Path, settle: Settle) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(DOT, CUT)
        await go(at)
        [seen] = list_uncertain(at.newsroom, issue_of(at))
        mine = seen.row.subscriber_id
        other = next(number for number in (1, 2, 3) if number != mine)
        for wrong, why in (
            (other, f"delivery {other} of issue 1 is accepted"),
            (99, "99 of issue 1 does not exist"),
        ):
            with pytest.raises(MetabriefError, match=why):
                settle(at.newsroom, issue_of(at), ids=[mine, wrong])
        assert at.tally == {"accepted": 2, "uncertain": 1}

    play(tmp_path, scene, delivery=ONE)


@pytest.mark.parametrize("settle", [accept, resend])
def test_nothing_uncertain_is_said(tmp_path: Path, settle: Settle) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        await go(at)
        with pytest.raises(MetabriefError, match="nothing of issue 1 is uncertain"):
            settle(at.newsroom, issue_of(at))

    play(tmp_path, scene)


def test_a_cancelled_issue_sends_nothing_again(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(DOT, CUT)
        await go(at)
        oversee.cancel(at.newsroom, issue_of(at))
        with pytest.raises(MetabriefError, match="is cancelled"):
            resend(at.newsroom, issue_of(at))
        accept(at.newsroom, issue_of(at))
        assert (at.status, at.tally) == ("cancelled", {"accepted": 3})

    play(tmp_path, scene, delivery=["connections = 2"])


def test_the_outbox_has_nothing_to_resolve(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS) as at:
        assert at.issue.transport is TransportKind.OUTBOX
        for ask in (list_uncertain, accept, resend):
            with pytest.raises(MetabriefError, match="made for the outbox"):
                ask(at.newsroom, at.issue)
