"""What is uncertain moves by a person's word alone, and only where it may, on every database."""

from __future__ import annotations

import pytest

from pipeline.model import DeliveryState as State
from pipeline.store.database import Database
from pipeline.store.schema import deliveries as rows
from pipeline.store.uncertain import resolve, states_of, uncertain
from subscribers.schema import subscribers
from tests.contracts.people import HOUR, NOW
from tests.contracts.planning import counts, planned
from tests.contracts.test_breakdown import set_rows

READERS = ("a@x.example", "b@y.example", "c@x.example")


def two_uncertain(database: Database) -> int:
    """Plan for three readers, of whom the first two are uncertain, and return the issue's id."""
    issue_id = planned(database, *READERS)
    set_rows(database, [1, 2], state=State.UNCERTAIN, reason="no reply", next_try=NOW + HOUR, attempts=1)
    set_rows(database, [3], state=State.ACCEPTED)
    return issue_id


def test_it_is_told_by_domain_and_never_by_address(database: Database) -> None:
    issue_id = two_uncertain(database)
    with database.write() as connection:
        gone = subscribers.update().where(subscribers.c.id == 2)
        connection.execute(gone.values(email=None, email_key=None, status="erased"))
        found = uncertain(connection, issue_id)
    assert [(each.subscriber_id, each.domain, each.since, each.reason) for each in found] == [
        (1, "x.example", NOW, "no reply"),
        (2, "erased", NOW, "no reply"),
    ]
    assert "@" not in repr(found)


@pytest.mark.parametrize("state", [State.ACCEPTED, State.PLANNED])
def test_all_that_is_uncertain_moves_and_nothing_else(database: Database, state: State) -> None:
    issue_id = two_uncertain(database)
    with database.write() as connection:
        assert resolve(connection, issue_id, state, now=NOW) == 2
        assert resolve(connection, issue_id, state, now=NOW) == 0
        assert states_of(connection, issue_id, [1, 2, 3, 4]) == {1: state, 2: state, 3: State.ACCEPTED}


def test_one_alone_moves_and_may_be_tried_at_once(database: Database) -> None:
    issue_id = two_uncertain(database)
    with database.write() as connection:
        assert resolve(connection, issue_id, State.PLANNED, ids=[2, 3], now=NOW + HOUR) == 1
        row = connection.execute(rows.select().where(rows.c.subscriber_id == 2)).one()
    assert (row.next_try, row.owner, row.lease_until, row.attempts) == (None, None, None, 1)
    assert row.changed_at == NOW + HOUR
    assert counts(database, issue_id) == {State.UNCERTAIN: 1, State.PLANNED: 1, State.ACCEPTED: 1}


@pytest.mark.parametrize("state", sorted(set(State) - {State.ACCEPTED, State.PLANNED}))
def test_the_ledgers_rule_is_kept(database: Database, state: State) -> None:
    issue_id = two_uncertain(database)
    with database.write() as connection, pytest.raises(ValueError, match=f"never becomes {state}"):
        resolve(connection, issue_id, state, now=NOW)


def test_another_issue_is_left_alone(database: Database) -> None:
    issue_id = two_uncertain(database)
    with database.write() as connection:
        assert resolve(connection, issue_id + 1, State.ACCEPTED, now=NOW) == 0
