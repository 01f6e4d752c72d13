"""What stands in the ledger's rows, and what many senders at once make of them, on every database."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pipeline.deliver.ledger import tally
from pipeline.errors import StoreError
from pipeline.model import DeliveryState as State
from pipeline.store import planning, waiting
from pipeline.store.database import Database
from pipeline.store.deliveries import Outcome
from pipeline.store.planning import Hour
from pipeline.store.schema import deliveries as rows
from subscribers.audience import recipients
from tests.contracts.ledgers import StoredLedger
from tests.contracts.people import HOUR, NOW, add, issue, keep, sign_up
from tests.contracts.planning import LEASE, READERS, counts, leave, planned

SENDERS = 4


def claimed(ledger: StoredLedger, *, owner: str = "me", limit: int = 10) -> frozenset[int]:
    return ledger.claim(owner=owner, lease_until=NOW + LEASE, now=NOW, limit=limit, ignore_hours=True)


def started(ledger: StoredLedger, number: int) -> list[int]:
    """Plan for so many readers, start their rows and return their ids."""
    ids = [ledger.join() for _ in range(number)]
    ledger.plan()
    claimed(ledger)
    assert ledger.start(ids, owner="me", lease_until=NOW + LEASE, now=NOW) == set(ids)
    return ids


def test_planning_leaves_out_the_unconfirmed_and_those_of_another_newsletter(database: Database) -> None:
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
        assert sorted(planning.hours_wanted(connection, READERS)) == [
            ("Asia/Shanghai", "07:00"),
            ("Europe/Berlin", ""),
            ("Europe/Berlin", "21:30"),
        ]
        due = {"07:00": NOW, "": NOW + HOUR, "21:30": NOW + 2 * HOUR}
        hours = [
            Hour(timezone=zone, send_at=hour, due_at=due[hour], not_after=NOW + 9 * HOUR)
            for zone, hour in planning.hours_wanted(connection, READERS)
        ]
        planning.plan(connection, issue_id, READERS, hours=hours, languages=("en",), now=NOW)
        found = connection.execute(sa.select(rows.c.due_at).order_by(rows.c.due_at)).scalars().all()
    assert found == [NOW, NOW + HOUR, NOW + 2 * HOUR]


def test_a_language_the_issue_is_not_set_in_becomes_its_first(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up("a@x.example", language="both"))
        issue_id = keep(connection, issue())
        hours = [Hour(timezone="Asia/Shanghai", send_at="", due_at=NOW, not_after=NOW + HOUR)]
        planning.plan(connection, issue_id, READERS, hours=hours, languages=("zh",), now=NOW)
        assert connection.scalar(sa.select(rows.c.language)) == "zh"


def test_a_reader_has_one_row_of_an_issue_whatever_is_written(database: Database) -> None:
    planned(database, "a@x.example")
    with database.read() as connection:
        again = dict(connection.execute(sa.select(rows)).mappings().one())
    with pytest.raises(StoreError, match=r"(?i)unique"), database.write() as connection:
        connection.execute(rows.insert().values(again))


def test_each_reply_keeps_its_own_words(database: Database) -> None:
    ledger = StoredLedger(database)
    told = [
        Outcome(subscriber_id=each, state=State.ACCEPTED, code=250, reason=f"2.0.0 queued as {each}")
        for each in started(ledger, 3)
    ]
    assert ledger.finish(told, owner="me", now=NOW + HOUR) == 3
    with database.read() as connection:
        found = connection.execute(sa.select(rows.c.subscriber_id, rows.c.reason, rows.c.changed_at)).all()
    assert sorted(found) == [(each.subscriber_id, each.reason, NOW + HOUR) for each in told]


def test_what_a_sender_left_says_so(database: Database) -> None:
    ledger = StoredLedger(database)
    started(ledger, 1)
    ledger.recover(repeatable=False, now=NOW + LEASE)
    with database.read() as connection:
        assert connection.scalar(sa.select(rows.c.reason)) == "its sender stopped"


def test_the_next_try_is_known_beforehand(database: Database) -> None:
    ledger = StoredLedger(database)
    [reader] = started(ledger, 1)
    later = Outcome(subscriber_id=reader, state=State.DEFERRED, code=451, next_try=NOW + HOUR)
    ledger.finish([later], owner="me", now=NOW)
    with database.read() as connection:
        assert waiting.next_moment(connection, ledger.issue_id) == NOW + HOUR


def test_the_next_hour_is_known_beforehand(database: Database) -> None:
    ledger = StoredLedger(database)
    for due_at in (NOW, NOW + HOUR):
        ledger.join(due_at=due_at)
    ledger.plan()
    with database.read() as connection:
        assert waiting.next_due(connection, ledger.issue_id, after=NOW) == NOW + HOUR
        assert waiting.next_due(connection, ledger.issue_id, after=NOW + HOUR) is None


def test_many_senders_at_once_share_the_rows_out(database: Database) -> None:
    ledger = StoredLedger(database)
    readers = {ledger.join() for _ in range(20)}
    ledger.plan()
    ready = threading.Barrier(SENDERS)
    batches: list[frozenset[int]] = []

    def claim_all(owner: str) -> None:
        ready.wait()
        while batch := claimed(ledger, owner=owner, limit=2):
            batches.append(batch)

    threads = [threading.Thread(target=claim_all, args=(f"sender {each}",)) for each in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(len(batch) <= 2 for batch in batches)
    assert sorted(each for batch in batches for each in batch) == sorted(readers)


def test_of_two_who_end_a_row_at_once_one_does(database: Database) -> None:
    """The reply and the taking back of what seems dead meet on one row."""
    ledger = StoredLedger(database)
    ids = started(ledger, 10)
    ready = threading.Barrier(2)
    taken: dict[str, int] = {}

    def finish() -> None:
        ready.wait()
        told = [Outcome(subscriber_id=each, state=State.ACCEPTED, code=250) for each in ids]
        taken["finished"] = sum(ledger.finish([each], owner="me", now=NOW + LEASE) for each in told)

    def recover() -> None:
        ready.wait()
        taken["recovered"] = ledger.recover(repeatable=False, now=NOW + LEASE)

    threads = [threading.Thread(target=work) for work in (finish, recover)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken["finished"] + taken["recovered"] == len(ids)
    found = ledger.counts()
    assert found.get(State.ACCEPTED, 0) == taken["finished"]
    assert found.get(State.UNCERTAIN, 0) == taken["recovered"]


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


def test_recipients_are_read_for_a_whole_batch(database: Database) -> None:
    ledger = StoredLedger(database)
    ids = started(ledger, 2)
    with database.read() as connection:
        people = recipients(connection, ids)
    assert sorted(person.email for person in people.values()) == ["r1@x.example", "r2@x.example"]
    assert len({person.token for person in people.values()}) == 2
    assert all(len(person.token) >= 22 for person in people.values())


def test_no_address_stands_in_the_ledger(database: Database) -> None:
    planned(database, "secret-address@x.example")
    with database.read() as connection:
        everything = repr(connection.execute(sa.select(rows)).all())
    assert "secret-address" not in everything


def test_each_ending_keeps_its_own_words_however_many_are_written_together(database: Database) -> None:
    ledger = StoredLedger(database)
    ids = started(ledger, 4)
    later = NOW + timedelta(minutes=7, microseconds=5)
    endings = [
        Outcome(subscriber_id=ids[0], state=State.ACCEPTED, code=250, reason='Ok: queued as "4bX"'),
        Outcome(subscriber_id=ids[1], state=State.ACCEPTED, code=251, reason="好的 \\ ' 4bY"),
        Outcome(subscriber_id=ids[2], state=State.DEFERRED, code=451, reason="later", next_try=later),
        Outcome(subscriber_id=ids[3], state=State.DEFERRED, next_try=NOW, is_try=False),
    ]
    assert ledger.finish(endings, owner="me", now=NOW) == 4
    columns = (rows.c.state, rows.c.code, rows.c.reason, rows.c.next_try, rows.c.attempts)
    with database.read() as connection:
        found = connection.execute(sa.select(*columns).order_by(rows.c.subscriber_id)).all()
    assert [tuple(row) for row in found] == [
        ("accepted", 250, 'Ok: queued as "4bX"', None, 1),
        ("accepted", 251, "好的 \\ ' 4bY", None, 1),
        ("deferred", 451, "later", later, 1),
        ("deferred", None, None, NOW, 0),
    ]


def test_of_two_endings_of_one_row_the_first_is_written(database: Database) -> None:
    ledger = StoredLedger(database)
    [reader] = started(ledger, 1)
    words = [Outcome(subscriber_id=reader, state=State.ACCEPTED, reason=word) for word in ("first", "second")]
    assert ledger.finish(words, owner="me", now=NOW) == 1
    with database.read() as connection:
        assert connection.scalar(sa.select(rows.c.reason)) == "first"
