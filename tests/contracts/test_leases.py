"""A lease has one holder at a time, on every database, and outlives no dead one."""

from __future__ import annotations

import threading
from datetime import timedelta

from pipeline.store import leases
from pipeline.store.database import Database
from tests.contracts.people import NOW

LONG = timedelta(minutes=2)


def taken(database: Database, owner: str, *, later: timedelta = timedelta(), name: str = "publish") -> bool:
    with database.write() as connection:
        now = NOW + later
        return leases.take(connection, name, owner=owner, until=now + LONG, now=now)


def test_a_live_lease_is_nobody_elses(database: Database) -> None:
    assert taken(database, "one")
    assert not taken(database, "two")
    assert taken(database, "two", name="another")


def test_its_holder_lengthens_a_lease(database: Database) -> None:
    assert taken(database, "one")
    assert taken(database, "one", later=timedelta(minutes=1))
    assert not taken(database, "two", later=LONG)


def test_a_lease_that_ran_out_goes_to_the_next(database: Database) -> None:
    assert taken(database, "one")
    assert taken(database, "two", later=LONG)
    assert not taken(database, "one", later=LONG)


def test_only_its_holder_frees_a_lease(database: Database) -> None:
    assert taken(database, "one")
    for owner, is_free in (("two", False), ("one", True)):
        with database.write() as connection:
            leases.free(connection, "publish", owner=owner)
        assert taken(database, "three") is is_free


def test_of_many_at_once_one_gets_the_lease(database: Database) -> None:
    ready = threading.Barrier(6)
    won: list[str] = []

    def reach(owner: str) -> None:
        ready.wait()
        if taken(database, owner):
            won.append(owner)

    threads = [threading.Thread(target=reach, args=(f"process {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
