"""Erased is forgotten: no address, name, network or token stays, only the hash that keeps them away."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from pipeline.store.database import Database
from subscribers import leaving, people, store
from subscribers.audience import recipients
from subscribers.erasure import erase
from subscribers.errors import RefusedError
from subscribers.schema import bounces, consents, metadata, subscribers, suppressions
from subscribers.suppression import address_hash
from subscribers.web.readers import find_reader
from tests.contracts.people import KEY, NOW, add, sign_up
from tests.contracts.test_optin import ask, confirm

ANN = "ann@x.example.com"
TRACES = ("ann@x", "Ann Arbor", "192.0.2", "198.51.100", "vip")


class Files:
    """What else is kept: it notes who is to be forgotten, or fails."""

    def __init__(self, *, is_broken: bool = False) -> None:
        self.forgotten: list[int] = []
        self._is_broken = is_broken

    def personal_data(self, _connection: sa.Connection, _subscriber_id: int) -> Mapping[str, object]:
        return {}

    def forget(self, _connection: sa.Connection, subscriber_id: int) -> None:
        if self._is_broken:
            raise OSError("no room")
        self.forgotten.append(subscriber_id)


def erase_ann(connection: sa.Connection, files: Files) -> bool:
    where = subscribers.c.email_key == ANN
    return erase(connection, where, elsewhere=files, origin="page", suppression_key=KEY, now=NOW)


def fill(connection: sa.Connection) -> str:
    """Sign Ann up and give her everything one can have; return her token."""
    confirm(connection, ask(connection))
    add(connection, sign_up(ANN, tags=("vip",)))
    connection.execute(subscribers.update().values(name="Ann Arbor"))
    row = {"subscriber_id": 1, "delivery": "1.1.x", "kind": "soft", "is_sure": False, "status": "4.2.2"}
    connection.execute(bounces.insert(), {**row, "reason": f"{ANN}: full", "mail": "digest", "at": NOW})
    return store.tokens(connection, [ANN])[0]


def everything(connection: sa.Connection) -> str:
    tables = [table for table in metadata.sorted_tables if table.name != "letters"]  # elsewhere's
    return "\n".join(str(row) for table in tables for row in connection.execute(sa.select(table)))


def test_nothing_names_the_person_any_more(database: Database) -> None:
    with database.write() as connection:
        token = fill(connection)
        before = everything(connection)
        assert all(trace in before for trace in (*TRACES, token))
        assert erase_ann(connection, Files())
        after = everything(connection)
        assert [trace for trace in (*TRACES, token, store.token_hash(token)) if trace in after] == []
        assert people.listing(connection) == ()
        assert recipients(connection, [1]) == {}


def test_an_address_that_the_operator_wrote_into_their_record_goes_too(database: Database) -> None:
    with database.write() as connection:
        told = "Ann@X.Example.com told us at the fair, as did bo@x.example.com"
        add(connection, sign_up(ANN), claim=told)
        erase_ann(connection, Files())
        claims = connection.scalars(sa.select(consents.c.claim).order_by(consents.c.id)).all()
    assert claims[0] == "(erased) told us at the fair, as did bo@x.example.com"


def test_the_records_stay_under_the_suppression_hash(database: Database) -> None:
    with database.write() as connection:
        fill(connection)
        before = connection.scalars(sa.select(consents.c.kind).order_by(consents.c.id)).all()
        erase_ann(connection, Files())
        rows = connection.execute(sa.select(consents).order_by(consents.c.id)).all()
        hashed = address_hash(ANN, key=KEY)
        assert [row.kind for row in rows] == [*before, "erased"]
        assert {(row.subscriber_id, row.network, row.address_hash) for row in rows} == {(None, None, hashed)}
        assert connection.scalars(sa.select(suppressions.c.address_hash)).all() == [hashed]


def test_the_last_record_says_what_our_mail_rested_on(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        add(connection, sign_up(ANN, newsletter="weekly"), claim="told us by telephone")
        erase_ann(connection, Files())
        daily, weekly, erased = connection.execute(sa.select(consents).order_by(consents.c.id)).all()
    assert (daily.terms, weekly.terms) == ({"newsletters": ["daily"]}, {"newsletters": ["weekly"]})
    assert erased.terms == {"daily": daily.id, "weekly": weekly.id}


def test_an_operator_cannot_bring_the_erased_back(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
        erase_ann(connection, Files())
        with pytest.raises(RefusedError):
            add(connection, sign_up(ANN))


def test_the_rest_of_the_program_forgets_too(database: Database) -> None:
    files = Files()
    with database.write() as connection:
        add(connection, sign_up("bo@x.example.com"))
        add(connection, sign_up(ANN))
        erase_ann(connection, files)
        assert files.forgotten == [2]
        assert [person.email for person in people.listing(connection)] == ["bo@x.example.com"]


def test_if_the_rest_cannot_forget_the_row_stays_to_try_again(database: Database) -> None:
    with database.write() as connection:
        add(connection, sign_up(ANN))
    with pytest.raises(OSError, match="no room"), database.write() as connection:
        erase_ann(connection, Files(is_broken=True))
    with database.write() as connection:
        assert [person.email for person in people.listing(connection)] == [ANN]
        assert erase_ann(connection, Files())


def test_erasing_nobody_says_so(database: Database) -> None:
    with database.write() as connection:
        assert not erase_ann(connection, Files())


def test_a_link_of_before_leads_nowhere(database: Database) -> None:
    with database.write() as connection:
        token = fill(connection)
        erase_ann(connection, Files())
        assert find_reader(connection, token) is None
        assert not leaving.end_by_token(
            connection, token, leaving.left(origin="x"), suppression_key=KEY, now=NOW
        )
