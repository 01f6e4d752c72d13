"""What a dead sender had in hand is found by whoever settles an issue or calls it off, not by the next sender alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.app import Newsroom
from pipeline.doctor.finding import Level
from pipeline.doctor.issues import waiting
from pipeline.jobs.oversee import cancel, hold
from pipeline.jobs.recovering import number_in_doubt
from pipeline.jobs.resolve import accept, list_uncertain, resend
from pipeline.jobs.senders import living
from pipeline.model import Issue
from tests.jobs.hands import LEASE, claimed
from tests.jobs.newsroom import Desk, desk, found
from tests.jobs.scenes import READERS
from tests.jobs.test_senders import files, start

Act = Callable[[Newsroom, Issue], object]
ELSEWHERE = "there/1/0a1b"


def died(at: Desk) -> None:
    """Claim all, put the first delivery on the wire, and end as no sender should."""
    with suppress(LookupError), living(at.newsroom.home) as name:
        taken(at, owner=name)
        raise LookupError


def taken(at: Desk, *, owner: str) -> None:
    """Claim all, and put the first delivery on the wire."""
    claimed(at, owner=owner)
    start(at, owner=owner)


def issue_of(at: Desk) -> Issue:
    """Return the issue as it stands by now."""
    return found(at.newsroom).issue


@pytest.mark.parametrize(
    ("act", "first"),
    [(list_uncertain, "uncertain"), (accept, "accepted"), (resend, "planned"), (cancel, "uncertain")],
)
def test_each_finds_what_a_dead_sender_left(tmp_path: Path, act: Act, first: str) -> None:
    with desk(tmp_path, *READERS, port=25) as at:
        died(at)
        act(at.newsroom, issue_of(at))
        assert at.rows("state") == [first, "planned", "planned"]
        assert set(at.rows("owner")) == {None}
        assert files(tmp_path) == []


@pytest.mark.parametrize("stop", [hold, cancel])
def test_what_was_on_the_wire_of_an_issue_stopped_before_is_listed_and_settled(
    tmp_path: Path, stop: Act
) -> None:
    with desk(tmp_path, *READERS, port=25) as at:
        with suppress(LookupError), living(at.newsroom.home) as name:
            taken(at, owner=name)
            stop(at.newsroom, issue_of(at))
            assert at.rows("state") == ["data_started", "claimed", "claimed"]
            raise LookupError
        status = at.status
        [seen] = list_uncertain(at.newsroom, issue_of(at))
        settled = accept(at.newsroom, issue_of(at), ids=[seen.row.subscriber_id])
        assert (settled.number, settled.left) == (1, 0)
        assert (at.status, at.tally) == (status, {"accepted": 1, "planned": 2})


@pytest.mark.parametrize("act", [list_uncertain, cancel])
@pytest.mark.parametrize("jump", [timedelta(0), timedelta(minutes=4)])
def test_what_a_living_sender_has_in_hand_is_its_own(tmp_path: Path, act: Act, jump: timedelta) -> None:
    with desk(tmp_path, *READERS, port=25) as at, living(tmp_path) as name:
        taken(at, owner=name)
        at.clock.forward(jump)
        act(at.newsroom, issue_of(at))
        assert number_in_doubt(at.newsroom, at.issue) == 0
        assert at.rows("state") == ["data_started", "claimed", "claimed"]
        assert set(at.rows("owner")) == {name}
        assert len(files(tmp_path)) == 1


def test_what_a_living_sender_has_on_the_wire_is_its_own_though_its_lease_is_over(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS, port=25) as at, living(tmp_path) as name:
        taken(at, owner=name)
        at.clock.forward(LEASE * 2)
        assert list_uncertain(at.newsroom, issue_of(at)) == ()
        assert number_in_doubt(at.newsroom, at.issue) == 0
        assert at.rows("state")[0] == "data_started"


@pytest.mark.parametrize("act", [list_uncertain, cancel])
def test_what_another_machines_sender_has_is_its_own_until_the_lease_is_over(
    tmp_path: Path, act: Act
) -> None:
    with desk(tmp_path, *READERS, port=25) as at:
        taken(at, owner=ELSEWHERE)
        at.clock.forward(LEASE - timedelta(seconds=1))
        act(at.newsroom, issue_of(at))
        assert at.rows("state") == ["data_started", "claimed", "claimed"]
        at.clock.forward(timedelta(seconds=1))
        assert len(list_uncertain(at.newsroom, issue_of(at))) == 1
        assert at.rows("state") == ["uncertain", "planned", "planned"]


def test_what_was_on_its_way_into_the_outbox_is_never_in_doubt(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS) as at:
        died(at)
        assert number_in_doubt(at.newsroom, at.issue) == 0
        cancel(at.newsroom, issue_of(at))
        assert at.rows("state") == ["deferred", "planned", "planned"]


def test_to_look_moves_nothing(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS, port=25) as at:
        died(at)
        assert number_in_doubt(at.newsroom, at.issue) == 1
        assert at.rows("state") == ["data_started", "claimed", "claimed"]
        list_uncertain(at.newsroom, issue_of(at))
        assert number_in_doubt(at.newsroom, at.issue) == 0


def test_of_another_machine_doubt_begins_when_its_lease_is_over(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS, port=25) as at:
        taken(at, owner=ELSEWHERE)
        assert number_in_doubt(at.newsroom, at.issue) == 0
        at.clock.forward(LEASE)
        assert number_in_doubt(at.newsroom, at.issue) == 1


def test_doctor_warns_of_the_doubt_before_anybody_sends_again(tmp_path: Path) -> None:
    with desk(tmp_path, *READERS, port=25) as at:
        died(at)
        said = [finding for finding in waiting(at.newsroom) if "1 uncertain" in finding.message]
        assert [finding.level for finding in said] == [Level.WARNING]
        assert "metabrief issues resolve 1 list" in said[0].remedy
        assert at.rows("state") == ["data_started", "claimed", "claimed"]
