"""The readers of a newsletter, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from pipeline.store.database import Database
from pipeline.store.readers import PAGE, find_reader, find_readers
from subscribers import leaving
from subscribers.addresses import parse_address
from tests.contracts.people import KEY, NOW, add, sign_up

CROWD = [f"reader{number:03}@crowd.example" for number in range(PAGE + 3)]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Connection]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('list') / 'list.db'}")
    database.migrate()
    with database.write() as writing:
        for email in reversed(CROWD):
            add(writing, sign_up(email))
        add(writing, replace(sign_up("zoe_100%@other.example"), name="Zoë Ångström"))
        add(writing, sign_up("weekly@other.example", newsletter="weekly"))
        add(writing, sign_up("pending@other.example"), claim=None)
        add(writing, sign_up("gone@other.example"))
        gone = parse_address("gone@other.example")
        leaving.end_by_address(writing, gone, leaving.left(origin="test"), suppression_key=KEY, now=NOW)
    with database.read() as reading:
        yield reading
    database.close()


def found(connection: sa.Connection, search: str) -> list[str]:
    return [reader.email for reader in find_readers(connection, "daily", search=search).readers]


def test_pages_follow_one_another_by_address_and_hold_everyone_once(connection: sa.Connection) -> None:
    first = find_readers(connection, "daily")
    assert first.next_after is not None
    second = find_readers(connection, "daily", after=first.next_after)
    assert len(first.readers) == PAGE
    assert [reader.email for reader in (*first.readers, *second.readers)] == [
        *CROWD,
        "zoe_100%@other.example",
    ]
    assert second.next_after is None


@pytest.mark.parametrize(
    ("search", "emails"),
    [
        pytest.param("READER007", ["reader007@crowd.example"], id="part of an address, whatever the case"),
        pytest.param("zoë", ["zoe_100%@other.example"], id="part of a name"),
        pytest.param("_1", ["zoe_100%@other.example"], id="an underline means itself"),
        pytest.param("%@", ["zoe_100%@other.example"], id="a percent sign means itself"),
        pytest.param("'; DROP TABLE subscribers", [], id="nobody"),
    ],
)
def test_a_search_finds_part_of_an_address_or_name(
    connection: sa.Connection, search: str, emails: list[str]
) -> None:
    assert found(connection, search) == emails


@pytest.mark.parametrize("email", ["weekly@other.example", "pending@other.example", "gone@other.example"])
def test_who_does_not_get_the_newsletter_is_not_shown(connection: sa.Connection, email: str) -> None:
    assert found(connection, email) == []


def test_one_reader_is_found_by_number_and_only_among_those_who_get_it(connection: sa.Connection) -> None:
    some = find_readers(connection, "daily", search="zoe").readers[0]
    assert find_reader(connection, "daily", some.id) == some
    assert find_reader(connection, "weekly", some.id) is None
