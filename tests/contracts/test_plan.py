"""Planning an issue asks who reads it at that moment, on every database."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline import config
from pipeline.app import Newsroom
from pipeline.jobs.plan import plan
from pipeline.store import deliveries, issues
from pipeline.store.database import Database
from subscribers.schema import subscribers
from tests.cli.conftest import SETTINGS
from tests.contracts.people import NOW, add, issue, keep, sign_up

MINUTE = timedelta(minutes=1)


def planned(database: Database, home: Path) -> int:
    """Plan a fresh issue and return how many readers it has."""
    settings = config.check(tomllib.loads(SETTINGS), where="test", with_environment=False)
    newsroom = Newsroom(home=home, settings=settings, database=database, clock=lambda: NOW)
    with database.write() as connection:
        issue_id = keep(connection, issue())
        made = issues.load(connection, issue_id)
    assert made is not None
    plan(newsroom, settings.newsletter[0], made)
    with database.read() as connection:
        return sum(deliveries.counts(connection, issue_id).values())


@pytest.mark.parametrize(
    ("until", "status"),
    [
        pytest.param(NOW - MINUTE, "active", id="over"),
        pytest.param(NOW, "active", id="just over"),
        pytest.param(NOW + MINUTE, "paused", id="not over"),
        pytest.param(None, "paused", id="without end"),
    ],
)
def test_a_reader_whose_pause_is_over_is_planned_for(
    database: Database, tmp_path: Path, until: datetime | None, status: str
) -> None:
    with database.write() as connection:
        add(connection, sign_up("ann@x.example"))
        add(connection, sign_up("bob@x.example"))
        first = subscribers.c.id == 1
        connection.execute(subscribers.update().where(first).values(status="paused", paused_until=until))
    assert planned(database, tmp_path) == (2 if status == "active" else 1)
    with database.read() as connection:
        assert connection.scalar(sa.select(subscribers.c.status).where(first)) == status
