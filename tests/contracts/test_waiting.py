"""What of an issue waits is found in time, and without reading the whole issue, on every database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.model import DeliveryState as State
from pipeline.store import deliveries, waiting
from pipeline.store.database import Database
from pipeline.store.schema import deliveries as rows
from tests.contracts.people import HOUR, NOW
from tests.contracts.planning import LEASE, READERS, counts, leave, planned


def test_the_sweep_leaves_rows_whose_hour_is_to_come_to_their_hour(database: Database) -> None:
    issue_id = planned(database, "a@x.example", "b@x.example")
    for email in ("a@x.example", "b@x.example"):
        leave(database, email)
    with database.write() as connection:
        connection.execute(rows.update().where(rows.c.subscriber_id == 1).values(due_at=NOW + HOUR))
        deliveries.sweep(connection, issue_id, READERS, now=NOW, ignore_hours=False)
        assert deliveries.counts(connection, issue_id) == {State.PLANNED: 1, State.SUPPRESSED: 1}
        deliveries.sweep(connection, issue_id, READERS, now=NOW, ignore_hours=True)
    assert counts(database, issue_id) == {State.SUPPRESSED: 2}


@pytest.mark.parametrize(
    ("row", "is_due"),
    [
        pytest.param({"state": State.PLANNED}, True, id="planned and due"),
        pytest.param({"state": State.PLANNED, "due_at": NOW + HOUR}, False, id="its hour is to come"),
        pytest.param({"state": State.DEFERRED, "next_try": NOW}, True, id="its next try has come"),
        pytest.param({"state": State.DEFERRED, "next_try": NOW + HOUR}, False, id="its next try is to come"),
        pytest.param({"state": State.CLAIMED, "lease_until": NOW}, True, id="its sender stopped"),
        pytest.param({"state": State.DATA_STARTED, "lease_until": NOW}, True, id="stopped at the dot"),
        pytest.param({"state": State.CLAIMED, "lease_until": NOW + HOUR}, False, id="in another's hands"),
        pytest.param({"state": State.ACCEPTED}, True, id="nothing is left but to say so"),
    ],
)
def test_a_round_is_due_when_it_finds_something_to_do(
    database: Database, row: dict[str, object], *, is_due: bool
) -> None:
    issue_id = planned(database, "a@x.example")
    with database.write() as connection:
        connection.execute(rows.update().values(row))
        found = waiting.is_round_due(connection, issue_id, now=NOW, ignore_hours=False)
    assert found is is_due


def test_who_ignores_hours_finds_a_round_due_before_them(database: Database) -> None:
    issue_id = planned(database, "a@x.example")
    with database.write() as connection:
        connection.execute(rows.update().values(due_at=NOW + HOUR))
        assert waiting.is_round_due(connection, issue_id, now=NOW, ignore_hours=True)


Looks = Callable[[sa.Connection], object]


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(
            lambda at: deliveries.claim(
                at, 1, owner="me", lease_until=NOW + LEASE, now=NOW, limit=9, ignore_hours=False
            ),
            id="claim",
        ),
        pytest.param(lambda at: deliveries.sweep(at, 1, READERS, now=NOW, ignore_hours=False), id="sweep"),
        pytest.param(lambda at: waiting.next_due(at, 1, after=NOW), id="next due"),
    ],
)
def test_what_waits_is_found_without_reading_the_whole_issue(tmp_path: Path, look: Looks) -> None:
    """SQLite uses an index of some rows only for a query in the index's very words; PostgreSQL thinks further."""
    database = Database(f"sqlite:///{tmp_path / 'newsroom.db'}")
    database.migrate()
    asked: list[tuple[str, tuple[object, ...]]] = []
    with database.write() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
        look(connection)
        for statement, values in tuple(asked):
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            assert "ix_deliveries_waiting" in str(plan)
    database.close()
    assert asked
