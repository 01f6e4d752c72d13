"""What a relay says of a reader's address while we send: counted as a bounce, once a delivery, never enough by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from pipeline.store.database import Database
from subscribers.bounces.rejections import Rejection, write_down_rejection
from subscribers.life import Status
from subscribers.schema import bounces, subscribers
from tests.contracts.people import KEY, NOW, add, sign_up

NO_USER = "550 5.1.1 no such user here"


def rejected(database: Database, *, delivery: str = "1.1", reply: str = NO_USER, days: int = 0) -> str:
    """Write a rejection down and return how the reader stands."""
    one = Rejection(subscriber_id=1, delivery=delivery, reply=reply)
    with database.write() as connection:
        write_down_rejection(connection, one, suppression_key=KEY, now=NOW + timedelta(days=days))
        return str(connection.scalar(sa.select(subscribers.c.status).where(subscribers.c.id == 1)))


def kinds(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(sa.select(bounces.c.kind).order_by(bounces.c.id)))


@pytest.fixture
def reader(database: Database) -> Database:
    """Return a database with one active reader."""
    with database.write() as connection:
        add(connection, sign_up("ann@a.example"))
    return database


def test_an_address_that_is_refused_issue_after_issue_is_given_up(reader: Database) -> None:
    stood = [rejected(reader, delivery=f"{n}.1", days=n) for n in range(1, 6)]
    assert stood == [Status.ACTIVE] * 4 + [Status.BOUNCED]


def test_a_rejection_counts_once_a_delivery(reader: Database) -> None:
    assert [rejected(reader) for _ in range(12)] == [Status.ACTIVE] * 12
    assert kinds(reader) == ["hard"]


@pytest.mark.parametrize(
    ("reply", "counted"),
    [
        pytest.param(NO_USER, ["hard"], id="no such user"),
        pytest.param("550 no such user", ["hard"], id="without an enhanced code"),
        pytest.param("552 5.2.2 mailbox full", ["soft"], id="a full mailbox"),
        pytest.param("550 5.7.1 blocked by our policy", [], id="our fault"),
        pytest.param("552 5.3.4 message too big", [], id="the message's fault"),
    ],
)
def test_a_rejection_counts_as_what_it_is(reader: Database, reply: str, counted: list[str]) -> None:
    rejected(reader, reply=reply)
    assert kinds(reader) == counted
