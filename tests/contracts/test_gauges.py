"""How sending stands is read alike on every database."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pipeline.model import DeliveryState as State
from pipeline.model import HoldReason, IssueStatus
from pipeline.store import issues
from pipeline.store.database import Database
from pipeline.store.gauges import read_gauges
from pipeline.store.schema import issues as issue_rows
from tests.contracts.people import HOUR, NOW, SLOT
from tests.contracts.planning import planned
from tests.contracts.test_breakdown import set_rows


def overdue(database: Database) -> timedelta:
    with database.read() as connection:
        return read_gauges(connection, now=NOW).overdue


def release(database: Database, *, at: datetime | None) -> None:
    with database.write() as connection:
        connection.execute(issue_rows.update().values(released_at=at))


def test_issues_are_counted_by_status_and_zeros_are_told(database: Database) -> None:
    issue_id = planned(database, "a@x.example")
    with database.read() as connection:
        assert read_gauges(connection, now=NOW).issues == {"approved": 0, "sending": 1, "held": 0}
    with database.write() as connection:
        issues.set_status(
            connection, issue_id, status=IssueStatus.HELD, hold_reason=HoldReason.OPERATOR, hold_detail=""
        )
        gauges = read_gauges(connection, now=NOW)
    assert gauges.issues == {"approved": 0, "sending": 0, "held": 1}
    assert gauges.overdue == timedelta()


@pytest.mark.parametrize(
    ("row", "waited"),
    [
        pytest.param({"state": State.PLANNED}, NOW - SLOT.instant, id="due since its hour"),
        pytest.param({"state": State.DEFERRED, "next_try": NOW - HOUR}, HOUR, id="due since its next try"),
        pytest.param({"state": State.DEFERRED, "next_try": NOW + HOUR}, timedelta(), id="its next try comes"),
        pytest.param({"due_at": NOW + HOUR}, timedelta(), id="its hour comes"),
        pytest.param({"state": State.CLAIMED, "lease_until": NOW + HOUR}, NOW - SLOT.instant, id="in hand"),
        pytest.param({"state": State.ACCEPTED}, timedelta(), id="done"),
    ],
)
def test_it_is_told_how_long_the_first_has_waited(
    database: Database, row: dict[str, object], waited: timedelta
) -> None:
    planned(database, "a@x.example")
    release(database, at=SLOT.instant)
    set_rows(database, [1], **row)
    assert overdue(database) == waited


@pytest.mark.parametrize(
    ("released_at", "waited"),
    [
        pytest.param(NOW - HOUR / 2, HOUR / 2, id="after its hour"),
        pytest.param(NOW - 2 * HOUR, HOUR, id="before its hour"),
        pytest.param(None, HOUR, id="not known"),
    ],
)
def test_nobody_waits_before_the_issue_is_released(
    database: Database, released_at: datetime | None, waited: timedelta
) -> None:
    planned(database, "a@x.example")
    release(database, at=released_at)
    set_rows(database, [1], due_at=NOW - HOUR)
    assert overdue(database) == waited


def test_the_one_that_was_due_first_counts(database: Database) -> None:
    planned(database, "a@x.example", "b@x.example")
    release(database, at=SLOT.instant)
    set_rows(database, [2], due_at=NOW - 3 * HOUR)
    set_rows(database, [1], due_at=NOW - HOUR)
    assert overdue(database) == 3 * HOUR
