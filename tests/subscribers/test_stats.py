"""The list in numbers: every person is counted once, in the month that was theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from subscribers import stats
from subscribers.filters import parse_filter
from subscribers.schema import consents, metadata, subscriber_tags, subscribers, subscriptions
from subscribers.stats import Group, Month

NOW = datetime(2022, 2, 22, 6, 5, tzinfo=UTC)
TABLES = [subscribers, subscriptions, subscriber_tags, consents]


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    """Yield a connection to an empty list in memory."""
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine, TABLES)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def put(
    connection: sa.Connection,
    email: str,
    *,
    came: datetime = NOW,
    left: datetime | None = None,
    status: str = "",
) -> None:
    """Put a person on the list, gone again if they ``left``."""
    row = {
        "email": email,
        "email_key": email,
        "status": status or ("unsubscribed" if left else "active"),
        "language": "en",
        "timezone": "UTC",
        "created_at": came,
        "changed_at": left or came,
    }
    connection.execute(subscribers.insert(), row)


def months(connection: sa.Connection) -> dict[str, tuple[int, int, int]]:
    counted = stats.count_all(connection, now=NOW)
    return {month.month: (month.came, month.left, month.stood) for month in counted.months}


def test_an_empty_list_has_nobody_in_any_month(connection: sa.Connection) -> None:
    counted = stats.count_all(connection, now=NOW)
    assert (counted.people, counted.statuses, counted.sources, counted.domains) == (0, (), (), ())
    assert [month.month for month in counted.months] == [
        "2021-03", "2021-04", "2021-05", "2021-06", "2021-07", "2021-08",
        "2021-09", "2021-10", "2021-11", "2021-12", "2022-01", "2022-02",
    ]  # fmt: skip
    assert counted.months[-1] == Month(month="2022-02", came=0, left=0, stood=0)


def test_a_month_begins_and_ends_in_utc(connection: sa.Connection) -> None:
    shanghai = timezone(timedelta(hours=8))
    put(connection, "a@x.example.com", came=datetime(2022, 2, 1, 7, 59, tzinfo=shanghai))
    put(connection, "b@x.example.com", came=datetime(2022, 2, 1, 8, 0, tzinfo=shanghai))
    put(connection, "c@x.example.com", came=datetime(2021, 12, 31, 23, 59, 59, 999999, tzinfo=UTC))
    assert {name: came for name, (came, _, _) in months(connection).items() if came} == {
        "2021-12": 1,
        "2022-01": 1,
        "2022-02": 1,
    }


def test_the_present_month_is_that_of_utc(connection: sa.Connection) -> None:
    early = datetime(2022, 3, 1, 7, 59, tzinfo=timezone(timedelta(hours=8)))
    assert stats.count_all(connection, now=early).months[-1].month == "2022-02"


def test_how_many_stood_adds_up_from_before_the_first_month_shown(connection: sa.Connection) -> None:
    put(connection, "old@x.example.com", came=datetime(2019, 5, 1, tzinfo=UTC))
    put(
        connection,
        "gone@x.example.com",
        came=datetime(2019, 5, 1, tzinfo=UTC),
        left=datetime(2020, 1, 1, tzinfo=UTC),
    )
    put(
        connection,
        "left@x.example.com",
        came=datetime(2021, 12, 3, tzinfo=UTC),
        left=datetime(2022, 1, 5, tzinfo=UTC),
    )
    put(connection, "new@x.example.com", came=datetime(2022, 1, 6, tzinfo=UTC))
    counted = months(connection)
    assert counted["2021-03"] == (0, 0, 1)
    assert [counted[name] for name in ("2021-11", "2021-12", "2022-01", "2022-02")] == [
        (0, 0, 1),
        (1, 0, 2),
        (1, 1, 2),
        (0, 0, 2),
    ]


def test_groups_are_the_largest_first_and_domains_the_ten_largest(connection: sa.Connection) -> None:
    for number in range(12):
        for person in range(1 + (number == 7)):
            put(connection, f"r{person}@d{number:02}.example.com")
    put(connection, "gone@d07.example.com", left=NOW)
    domains = stats.count_all(connection, now=NOW).domains
    assert domains[0] == Group(name="d07.example.com", people=3, active=2)
    assert [domain.name[:3] for domain in domains] == [
        "d07", "d00", "d01", "d02", "d03", "d04", "d05", "d06", "d08", "d09"
    ]  # fmt: skip


def test_a_filter_counts_those_alone_whom_it_finds(connection: sa.Connection) -> None:
    put(connection, "a@qq.com", came=datetime(2022, 1, 6, tzinfo=UTC))
    put(connection, "b@qq.com", left=NOW)
    put(connection, "c@163.com")
    counted = stats.count_all(connection, parse_filter("domain:qq.com"), now=NOW)
    assert counted.people == 2
    assert counted.domains == (Group(name="qq.com", people=2, active=1),)
    assert counted.sources == (Group(name="import", people=2, active=1),)
    assert [(month.came, month.left, month.stood) for month in counted.months[-2:]] == [(1, 0, 1), (1, 1, 1)]
