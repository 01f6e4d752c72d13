"""The ledger's rows keep the ledger's rules, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from pipeline.deliver.ledger import UNFINISHED, tally
from pipeline.model import DeliveryState as State
from pipeline.model import IssueStatus
from pipeline.store import deliveries, issues, waiting
from pipeline.store.database import Database
from pipeline.store.deliveries import Hour, Outcome
from pipeline.store.schema import deliveries as rows
from subscribers import leaving
from subscribers.addresses import parse_address
from subscribers.audience import audience, recipients
from tests.contracts.people import HOUR, KEY, NOW, SLOT, add, issue, keep, sign_up

READERS = audience("daily")
LEASE = timedelta(minutes=5)


def planned(database: Database, *emails: str) -> int:
    """Plan an issue for these readers, all due now, and return its id."""
    with database.write() as connection:
        for email in emails:
            add(connection, sign_up(email))
        issue_id = keep(connection, issue())
        assert issues.begin_sending(connection, issue_id, now=NOW)
        plan_again(connection, issue_id)
    return issue_id


def plan_again(connection: sa.Connection, issue_id: int) -> None:
    hours = [
        Hour(timezone=zone, send_at=send_at, due_at=SLOT.instant, not_after=NOW + 12 * HOUR)
        for zone, send_at in deliveries.hours_wanted(connection, READERS)
    ]
    deliveries.plan(connection, issue_id, READERS, hours=hours, languages=("en", "zh", "both"), now=NOW)


def claimed(
    database: Database, issue_id: int, *, owner: str = "me", limit: int = 10, ignore_hours: bool = True
) -> list[int]:
    with database.write() as connection:
        claims = deliveries.claim(
            connection,
            issue_id,
            owner=owner,
            lease_until=NOW + LEASE,
            now=NOW,
            limit=limit,
            ignore_hours=ignore_hours,
        )
    return sorted(claim.subscriber_id for claim in claims)


def started(
    database: Database, issue_id: int, ids: list[int], *, owner: str = "me", later: timedelta = timedelta()
) -> set[int]:
    with database.write() as connection:
        return set(deliveries.start(connection, issue_id, ids, READERS, owner=owner, now=NOW + later))


def finished(database: Database, issue_id: int, outcome: Outcome, *, owner: str = "me") -> int:
    with database.write() as connection:
        return deliveries.finish(connection, issue_id, [outcome], owner=owner, now=NOW)


def counts(database: Database, issue_id: int) -> dict[str, int]:
    with database.read() as connection:
        return deliveries.counts(connection, issue_id)


def leave(database: Database, email: str) -> None:
    with database.write() as connection:
        leaving.end_by_address(
            connection, parse_address(email), leaving.left(origin="test"), suppression_key=KEY, now=NOW
        )


def test_planning_gives_each_reader_one_row_and_again_none(database: Database) -> None:
    issue_id = planned(database, "a@x.example", "b@x.example")
    with database.write() as connection:
        plan_again(connection, issue_id)
    assert counts(database, issue_id) == {State.PLANNED: 2}


def test_planning_leaves_out_the_unconfirmed_and_those_who_left(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up("pending@x.example"), claim=None)
        add(connection, sign_up("left@x.example"))
        add(connection, sign_up("other@x.example", newsletter="weekly"))
    leave(database, "left@x.example")
    issue_id = planned(database, "a@x.example")
    assert counts(database, issue_id) == {State.PLANNED: 1}


def test_each_zone_and_hour_is_due_at_its_own_moment(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up("early@x.example", send_at="07:00"))
        add(connection, sign_up("late@x.example", timezone="Europe/Berlin", send_at="21:30"))
        add(connection, sign_up("plain@x.example", timezone="Europe/Berlin"))
        issue_id = keep(connection, issue())
        assert sorted(deliveries.hours_wanted(connection, READERS)) == [
            ("Asia/Shanghai", "07:00"),
            ("Europe/Berlin", ""),
            ("Europe/Berlin", "21:30"),
        ]
        due = {"07:00": NOW, "": NOW + HOUR, "21:30": NOW + 2 * HOUR}
        hours = [
            Hour(timezone=zone, send_at=hour, due_at=due[hour], not_after=NOW + 9 * HOUR)
            for zone, hour in deliveries.hours_wanted(connection, READERS)
        ]
        deliveries.plan(connection, issue_id, READERS, hours=hours, languages=("en",), now=NOW)
        found = connection.execute(sa.select(rows.c.due_at).order_by(rows.c.due_at)).scalars().all()
    assert found == [NOW, NOW + HOUR, NOW + 2 * HOUR]


def test_a_language_the_issue_is_not_set_in_becomes_its_first(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up("a@x.example", language="both"))
        issue_id = keep(connection, issue())
        hours = [Hour(timezone="Asia/Shanghai", send_at="", due_at=NOW, not_after=NOW + HOUR)]
        deliveries.plan(connection, issue_id, READERS, hours=hours, languages=("zh",), now=NOW)
        assert connection.scalar(sa.select(rows.c.language)) == "zh"


def test_what_one_sender_claims_another_does_not_get(database: Database) -> None:
    issue_id = planned(database, "a@x.example", "b@x.example", "c@x.example")
    first = claimed(database, issue_id, owner="one", limit=2)
    second = claimed(database, issue_id, owner="two")
    assert len(first) == 2
    assert len(second) == 1
    assert not set(first) & set(second)


def test_readers_hours_are_waited_for_unless_ignored(database: Database) -> None:
    issue_id = planned(database, "a@x.example")
    with database.write() as connection:
        connection.execute(rows.update().values(due_at=NOW + HOUR))
        waiting = deliveries.claim(
            connection, issue_id, owner="me", lease_until=NOW + LEASE, now=NOW, limit=9, ignore_hours=False
        )
    assert waiting == ()
    assert len(claimed(database, issue_id)) == 1


def test_a_started_row_may_be_accepted_once(database: Database) -> None:
    issue_id = planned(database, "a@x.example")
    [reader] = claimed(database, issue_id)
    assert started(database, issue_id, [reader]) == {reader}
    accepted = Outcome(subscriber_id=reader, state=State.ACCEPTED, code=250)
    assert finished(database, issue_id, accepted) == 1
    assert finished(database, issue_id, accepted) == 0
    assert claimed(database, issue_id) == []
    assert counts(database, issue_id) == {State.ACCEPTED: 1}


def test_the_fence_refuses_a_lease_that_is_over(database: Database) -> None:
    issue_id = planned(database, "a@x.example")
    ids = claimed(database, issue_id)
    assert started(database, issue_id, ids, later=LEASE) == set()


def test_the_fence_refuses_another_owner(database: Database) -> None:
    issue_id = planned(database, "a@x.example")
    ids = claimed(database, issue_id)
    assert started(database, issue_id, ids, owner="somebody else") == set()


def test_the_fence_refuses_a_reader_who_left_a_second_ago(database: Database) -> None:
    issue_id = planned(database, "a@x.example", "b@x.example")
    ids = claimed(database, issue_id)
    leave(database, "a@x.example")
    assert len(started(database, issue_id, ids)) == 1
    assert counts(database, issue_id) == {State.SUPPRESSED: 1, State.DATA_STARTED: 1}


def test_the_fence_refuses_an_issue_that_was_paused(database: Database) -> None:
    issue_id = planned(database, "a@x.example")
    ids = claimed(database, issue_id)
    with database.write() as connection:
        issues.set_status(connection, issue_id, status=IssueStatus.HELD)
    assert started(database, issue_id, ids) == set()
    assert counts(database, issue_id) == {State.CLAIMED: 1}


def test_a_dead_sender_leaves_planned_before_the_dot_and_uncertain_after(database: Database) -> None:
    issue_id = planned(database, "a@x.example", "b@x.example")
    first, _ = claimed(database, issue_id)
    started(database, issue_id, [first])
    with database.write() as connection:
        deliveries.recover(connection, issue_id, repeatable=False, now=NOW + LEASE)
    assert counts(database, issue_id) == {State.PLANNED: 1, State.UNCERTAIN: 1}


def test_a_live_lease_is_left_alone(database: Database) -> None:
    issue_id = planned(database, "a@x.example")
    claimed(database, issue_id)
    with database.write() as connection:
        deliveries.recover(connection, issue_id, repeatable=False, now=NOW + LEASE / 2)
    assert counts(database, issue_id) == {State.CLAIMED: 1}


def test_a_repeatable_transport_leaves_nothing_uncertain(database: Database) -> None:
    issue_id = planned(database, "a@x.example")
    started(database, issue_id, claimed(database, issue_id))
    with database.write() as connection:
        deliveries.recover(connection, issue_id, repeatable=True, now=NOW + LEASE)
    assert counts(database, issue_id) == {State.DEFERRED: 1}
    assert len(claimed(database, issue_id)) == 1


def test_a_deferred_row_waits_for_its_next_try(database: Database) -> None:
    issue_id = planned(database, "a@x.example")
    [reader] = claimed(database, issue_id)
    started(database, issue_id, [reader])
    later = Outcome(subscriber_id=reader, state=State.DEFERRED, code=451, next_try=NOW + HOUR)
    assert finished(database, issue_id, later) == 1
    assert claimed(database, issue_id) == []
    with database.read() as connection:
        assert waiting.next_moment(connection, issue_id) == NOW + HOUR
        again = connection.scalar(sa.select(rows.c.attempts))
    assert again == 1


def test_rows_whose_hour_is_to_come_are_claimed_only_by_who_ignores_hours(database: Database) -> None:
    issue_id = planned(database, "a@x.example", "b@x.example")
    with database.write() as connection:
        connection.execute(rows.update().where(rows.c.subscriber_id == 1).values(due_at=NOW + HOUR))
        assert waiting.next_due(connection, issue_id, after=NOW) == NOW + HOUR
        assert waiting.next_due(connection, issue_id, after=NOW + HOUR) is None
    assert claimed(database, issue_id, ignore_hours=False) == [2]
    assert claimed(database, issue_id) == [1]


@pytest.mark.parametrize("state", [State.SUPPRESSED, State.EXPIRED])
def test_the_sweep_settles_what_may_not_go_any_more(database: Database, state: State) -> None:
    issue_id = planned(database, "a@x.example")
    late = 12 * HOUR if state is State.EXPIRED else timedelta()
    if state is State.SUPPRESSED:
        leave(database, "a@x.example")
    with database.write() as connection:
        deliveries.sweep(connection, issue_id, READERS, now=NOW + late)
    assert counts(database, issue_id) == {state: 1}


def test_given_back_rows_are_planned_again_and_only_ours(database: Database) -> None:
    issue_id = planned(database, "a@x.example", "b@x.example")
    claimed(database, issue_id, owner="one", limit=1)
    claimed(database, issue_id, owner="two", limit=1)
    with database.write() as connection:
        deliveries.give_back(connection, issue_id, owner="one", now=NOW)
    assert counts(database, issue_id) == {State.PLANNED: 1, State.CLAIMED: 1}


def test_the_total_counts_every_row_in_every_state(database: Database) -> None:
    issue_id = planned(database, *(f"r{number}@x.example" for number in range(len(State))))
    with database.write() as connection:
        ids = connection.scalars(sa.select(rows.c.subscriber_id).order_by(rows.c.subscriber_id)).all()
        for subscriber_id, state in zip(ids, State, strict=True):
            connection.execute(rows.update().where(rows.c.subscriber_id == subscriber_id).values(state=state))
    counted = tally(counts(database, issue_id))
    assert counted.total == len(State)
    assert counted.planned == 3
    assert not counted.is_final
    assert State.DEFERRED in UNFINISHED


def test_recipients_are_read_for_a_whole_batch(database: Database) -> None:
    issue_id = planned(database, "a@x.example", "b@x.example")
    ids = claimed(database, issue_id)
    with database.read() as connection:
        people = recipients(connection, ids)
    assert sorted(person.email for person in people.values()) == ["a@x.example", "b@x.example"]
    assert len({person.token for person in people.values()}) == 2
    assert all(len(person.token) >= 22 for person in people.values())


def test_no_address_stands_in_the_ledger(database: Database) -> None:
    planned(database, "secret-address@x.example")
    with database.read() as connection:
        everything = repr(connection.execute(sa.select(rows)).all())
    assert "secret-address" not in everything
