"""Complaints are counted against what a relay accepted, of the last seven days, on every database."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.model import DeliveryState as State
from pipeline.model import Slot, TransportKind
from pipeline.store import complaints
from pipeline.store.complaints import Complaints, complaint_rate, is_alarming
from pipeline.store.database import Database
from pipeline.store.schema import deliveries, issues
from subscribers import consent
from tests.contracts.people import NOW, add, issue, keep, sign_up

WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


@pytest.fixture
def readers(database: Database) -> Database:
    """Return a database with three readers."""
    with database.write() as connection:
        for name in "abc":
            add(connection, sign_up(f"{name}@x.example"))
    return database


def complained(connection: sa.Connection, reader_id: int, *, at: datetime) -> None:
    consent.record(
        connection,
        kind=consent.Kind.COMPLAINED,
        claim="",
        origin="mail",
        subscriber_id=reader_id,
        now=at,
    )


def sent(
    connection: sa.Connection,
    states: tuple[State, ...],
    *,
    at: datetime = NOW,
    wall: str = "2022-02-22T06:00",
    transport: TransportKind = TransportKind.SMTP,
) -> None:
    """Write an issue down whose deliveries ended so."""
    slot = Slot(wall=wall, instant=at)
    issue_id = keep(connection, issue(slot=slot, transport=transport))
    connection.execute(issues.update().where(issues.c.id == issue_id).values(planned_at=at))
    for reader_id, state in enumerate(states, 1):
        row = {"issue_id": issue_id, "subscriber_id": reader_id, "state": state, "language": "en"}
        moments = {"due_at": at, "not_after": at, "changed_at": at}
        connection.execute(deliveries.insert().values(**row, **moments))


def rate(database: Database) -> Complaints:
    with database.read() as connection:
        return complaint_rate(connection, now=NOW)


def test_an_empty_newsroom_has_no_complaints(database: Database) -> None:
    assert rate(database) == Complaints(number=0, accepted=0)
    assert not rate(database).is_alarming


def test_only_the_last_seven_days_count(readers: Database) -> None:
    with readers.write() as connection:
        for reader_id, at in enumerate((NOW, NOW - WEEK + SECOND, NOW - WEEK), 1):
            complained(connection, reader_id, at=at)
            sent(connection, (State.ACCEPTED,), at=at, wall=f"2022-02-2{reader_id}T06:00")
    assert rate(readers) == Complaints(number=2, accepted=2)


def test_only_what_a_relay_accepted_counts(readers: Database) -> None:
    with readers.write() as connection:
        sent(connection, (State.ACCEPTED, State.UNCERTAIN, State.REJECTED))
        sent(connection, (State.ACCEPTED,) * 3, wall="2022-02-22T07:00", transport=TransportKind.OUTBOX)
    assert rate(readers).accepted == 1


def test_only_complaints_count(readers: Database) -> None:
    with readers.write() as connection:
        complained(connection, 1, at=NOW)
        consent.record(connection, kind=consent.Kind.LEFT, claim="", origin="page", subscriber_id=2, now=NOW)
    assert rate(readers).number == 1


def test_complaints_alarm(readers: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complaints, "LEAST_COMPLAINTS", 1)
    with readers.write() as connection:
        complained(connection, 1, at=NOW)
        sent(connection, (State.ACCEPTED,) * 3)
    assert rate(readers).is_alarming


@pytest.mark.parametrize(
    ("number", "accepted", "alarms"),
    [
        pytest.param(19, 19, False, id="too few to tell"),
        pytest.param(20, 19_999, True, id="more than one in a thousand"),
        pytest.param(20, 20_000, False, id="one in a thousand"),
        pytest.param(21, 20_000, True, id="just over it"),
        pytest.param(20, 0, True, id="on mails of weeks before"),
        pytest.param(0, 0, False, id="none"),
    ],
)
def test_complaints_alarm_by_share_and_number(number: int, accepted: int, *, alarms: bool) -> None:
    assert is_alarming(number, accepted) is alarms


def test_the_ledger_of_years_is_not_read(tmp_path: Path) -> None:
    """The deliveries are found by their issue, for they have no index by time."""
    database = Database(f"sqlite:///{tmp_path / 'newsroom.db'}")
    database.migrate()
    looked_at: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *told: looked_at.append(told[2]))
    rate(database)
    [query] = [one for one in looked_at if "deliveries" in one]
    with database.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", ("",) * query.count("?")).all()
    database.close()
    assert "SEARCH deliveries USING PRIMARY KEY (issue_id=?)" in [row.detail for row in plan]
