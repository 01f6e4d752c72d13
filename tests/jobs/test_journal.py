"""What happens to deliveries is written down in groups, durably, and told again until the database takes it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.errors import StoreError
from pipeline.jobs import journal as journals
from pipeline.jobs.journal import Journal
from pipeline.model import DeliveryState
from pipeline.store.deliveries import Outcome
from subscribers.audience import audience
from subscribers.schema import subscribers
from tests.jobs.hands import OWNER, claimed, with_flighty
from tests.jobs.newsroom import Desk, desk
from tests.jobs.scenes import crowd

Scene = Callable[[Desk, Journal], Coroutine[Any, Any, None]]


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "_PAUSE_SECONDS", 0.01)


def open_journal(newsroom: Newsroom, at: Desk, *, patience: timedelta = timedelta(seconds=20)) -> Journal:
    return Journal(newsroom, at.issue.id, audience("daily"), owner=OWNER, patience=patience)


def play(home: Path, scene: Scene, *, number: int = 3) -> None:
    """Run a scene with so many deliveries claimed."""

    async def played() -> None:
        with desk(home, *crowd(number)) as at:
            claimed(at)
            journal = open_journal(at.newsroom, at)
            try:
                async with asyncio.timeout(30):
                    await scene(at, journal)
            finally:
                journal.close()

    asyncio.run(played())


def outcome(subscriber_id: int, state: DeliveryState = DeliveryState.ACCEPTED) -> Outcome:
    return Outcome(subscriber_id=subscriber_id, state=state, code=250, reason="kept")


@contextmanager
def counted(at: Desk) -> Iterator[list[object]]:
    """Collect what is committed."""
    commits: list[object] = []
    hear, engine = commits.append, at.newsroom.database.engine
    sa.event.listen(engine, "commit", hear)
    yield commits
    sa.event.remove(engine, "commit", hear)


class Busy:
    """Makes the writer wait within a transaction until a test lets it go on."""

    def __init__(self) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __call__(self, *_: object) -> None:
        self.reached.set()
        self.go_on.wait(10)


class HeldClock(Busy):
    """A clock at which the writer has to wait."""

    def __init__(self, at: Desk) -> None:
        super().__init__()
        self._at = at

    def __call__(self, *_: object) -> Any:
        super().__call__()
        return self._at.clock()


def test_what_was_asked_during_a_transaction_goes_into_one(tmp_path: Path) -> None:
    async def played() -> None:
        with desk(tmp_path, *crowd(20)) as at:
            ids = [claim.subscriber_id for claim in claimed(at)]
            clock = HeldClock(at)
            journal = open_journal(replace(at.newsroom, clock=clock), at)
            with counted(at) as commits:
                first = asyncio.create_task(journal.start(ids[0]))
                await asyncio.to_thread(clock.reached.wait, 10)
                others = [asyncio.create_task(journal.start(each)) for each in ids[1:]]
                await asyncio.sleep(0)
                journal.finish(outcome(ids[0]))
                clock.go_on.set()
                assert await asyncio.gather(first, *others) == [True] * 20
                assert len(commits) == 2
            journal.close()
            assert at.rows("state") == ["accepted", *["data_started"] * 19]

    asyncio.run(played())


def test_a_start_is_durable_when_it_is_answered(tmp_path: Path) -> None:
    async def scene(at: Desk, journal: Journal) -> None:
        assert await journal.start(1)
        with closing(sqlite3.connect(at.newsroom.home / "data" / "metabrief.db")) as other:
            found = other.execute("SELECT state FROM deliveries WHERE subscriber_id = 1").fetchone()
        assert found == ("data_started",)

    play(tmp_path, scene)


def test_who_may_not_leave_is_told_so_beside_others_who_may(tmp_path: Path) -> None:
    async def scene(at: Desk, journal: Journal) -> None:
        at.leave("reader001@d1.example")
        assert await asyncio.gather(*map(journal.start, (1, 2, 3))) == [True, False, True]
        assert at.rows("state") == ["data_started", "suppressed", "data_started"]

    play(tmp_path, scene)


def test_who_is_ended_just_as_the_answer_comes_leaves_nothing_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(at: Desk, journal: Journal) -> None:
        answers = journal._answer

        def answer_and_end(*words: Any) -> None:
            answers(*words)
            starting.cancel()

        monkeypatch.setattr(journal, "_answer", answer_and_end)
        starting = asyncio.create_task(journal.start(1))
        with pytest.raises(asyncio.CancelledError):
            await starting
        await journal.drain()
        assert at.rows("state")[0] == "deferred"

    play(tmp_path, scene)


def test_a_delivery_asked_for_twice_at_once_passes_once(tmp_path: Path) -> None:
    async def scene(at: Desk, journal: Journal) -> None:
        asked = await asyncio.gather(journal.start(1), journal.start(1), journal.start(2))
        assert sorted(asked[:2]) == [False, True]
        assert asked[2]

    play(tmp_path, scene)


def test_an_ending_and_what_follows_from_it_are_written_together(tmp_path: Path) -> None:
    async def scene(at: Desk, journal: Journal) -> None:
        def rename(connection: sa.Connection) -> None:
            connection.execute(subscribers.update().where(subscribers.c.id == 1).values(name="Ann"))

        await journal.start(1)
        with counted(at) as commits:
            journal.finish(outcome(1), also=rename)
            await journal.drain()
            assert len(commits) <= 2  # the second is the drain's own
        with at.newsroom.database.read() as connection:
            assert connection.scalar(sa.select(subscribers.c.name).where(subscribers.c.id == 1)) == "Ann"
        assert at.rows("state")[0] == "accepted"

    play(tmp_path, scene)


def away(home: Path, *, failures: int, is_committing: bool = False, patience: float = 20) -> list[object]:
    """Start 1, finish 2 while the database is away for so many transactions; return the rows, and what was raised."""

    async def played() -> list[object]:
        with desk(home, *crowd(2)) as at:
            claimed(at)
            newsroom, flighty = with_flighty(at.newsroom)
            journal = open_journal(newsroom, at, patience=timedelta(seconds=patience))
            await journal.start(2)
            busy = Busy()
            working = asyncio.create_task(journal.ask(busy))
            await asyncio.to_thread(busy.reached.wait, 10)
            flighty.failures, flighty.is_committing = failures, is_committing
            journal.finish(outcome(2))
            asking = asyncio.create_task(journal.start(1))
            await asyncio.sleep(0)
            busy.go_on.set()
            await working
            [asked] = await asyncio.gather(asking, return_exceptions=True)
            [drained] = await asyncio.gather(journal.drain(), return_exceptions=True)
            journal.close()
            return [*at.rows("state"), type(asked).__name__, type(drained).__name__]

    return asyncio.run(played())


@pytest.mark.parametrize("failures", [1, 3])
@pytest.mark.parametrize("is_committing", [False, True], ids=["rolled back", "committed without a word"])
def test_a_database_that_comes_back_gets_what_it_missed_and_no_dot_goes_out_meanwhile(
    tmp_path: Path, failures: int, is_committing: bool
) -> None:
    rows = away(tmp_path, failures=failures, is_committing=is_committing)
    assert rows == ["deferred", "accepted", "StoreError", "NoneType"]


def test_a_database_that_stays_away_ends_the_run(tmp_path: Path) -> None:
    rows = away(tmp_path, failures=1000, patience=0.05)
    assert rows == ["claimed", "data_started", "StoreError", "StoreError"]


def test_who_asks_after_the_end_of_patience_gets_no_dot(tmp_path: Path) -> None:
    async def played() -> None:
        with desk(tmp_path, *crowd(1)) as at:
            claimed(at)
            newsroom, flighty = with_flighty(at.newsroom)
            journal = open_journal(newsroom, at, patience=timedelta(seconds=0.02))
            flighty.failures = 1000
            with pytest.raises(StoreError):
                await journal.ask(lambda _: None)
            for _ in range(2):
                with pytest.raises(StoreError):
                    await journal.start(1)
            journal.close()
            assert at.rows("state") != ["data_started"]

    asyncio.run(played())


def test_a_refused_start_can_be_tried_again_at_once(tmp_path: Path) -> None:
    async def played() -> None:
        with desk(tmp_path, *crowd(1)) as at:
            claimed(at)
            newsroom, flighty = with_flighty(at.newsroom)
            journal = open_journal(newsroom, at)
            flighty.failures, flighty.is_committing = 1, True
            with pytest.raises(StoreError):
                await journal.start(1)
            await journal.drain()
            assert (at.rows("attempts"), at.rows("owner")) == ([0], [None])
            [claim] = claimed(at)
            assert await journal.start(claim.subscriber_id)
            journal.close()

    asyncio.run(played())


def test_what_follows_from_an_ending_is_counted_once_however_often_it_is_told(tmp_path: Path) -> None:
    async def played() -> None:
        with desk(tmp_path, *crowd(1)) as at:
            claimed(at)
            newsroom, flighty = with_flighty(at.newsroom)
            journal = open_journal(newsroom, at)
            await journal.start(1)
            flighty.failures = 2

            def longer(connection: sa.Connection) -> None:
                connection.execute(subscribers.update().values(name=subscribers.c.name + "x"))

            journal.finish(outcome(1), also=longer)
            await journal.drain()
            journal.close()
            with at.newsroom.database.read() as connection:
                assert connection.scalar(sa.select(subscribers.c.name)) == "x"

    asyncio.run(played())


def test_a_locked_database_is_waited_for(tmp_path: Path) -> None:
    async def scene(at: Desk, journal: Journal) -> None:
        def hasty(connection: sqlite3.Connection, *_: object) -> None:
            connection.execute("PRAGMA busy_timeout=20")

        sa.event.listen(at.newsroom.database.engine, "checkout", hasty)
        await journal.start(1)
        with closing(
            sqlite3.connect(at.newsroom.home / "data" / "metabrief.db", isolation_level=None)
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            journal.finish(outcome(1))
            with pytest.raises(StoreError, match="locked"):
                await journal.start(2)
            other.execute("ROLLBACK")
            await journal.drain()
        assert at.rows("state") == ["accepted", "deferred", "claimed"]

    play(tmp_path, scene)


def test_a_start_whose_asker_was_ended_is_taken_back(tmp_path: Path) -> None:
    async def played() -> None:
        with desk(tmp_path, *crowd(2)) as at:
            claimed(at)
            clock = HeldClock(at)
            journal = open_journal(replace(at.newsroom, clock=clock), at)
            asking = asyncio.create_task(journal.start(1))
            await asyncio.to_thread(clock.reached.wait, 10)
            asking.cancel()
            clock.go_on.set()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await journal.drain()
            await journal.drain()
            journal.close()
            assert (at.rows("state"), at.rows("attempts")) == (["deferred", "claimed"], [0, 0])

    asyncio.run(played())


def test_an_unforeseen_error_ends_the_run_instead_of_being_told_for_ever(tmp_path: Path) -> None:
    async def scene(at: Desk, journal: Journal) -> None:
        def broken(_: sa.Connection) -> None:
            raise LookupError("a mistake of ours")

        journal.finish(outcome(1), also=broken)
        with pytest.raises(LookupError):
            await journal.drain()
        with pytest.raises(LookupError):
            await journal.start(2)
        assert at.rows("state") == ["claimed"] * 3

    play(tmp_path, scene)


def test_other_jobs_see_what_was_put_down_before_them(tmp_path: Path) -> None:
    async def scene(at: Desk, journal: Journal) -> None:
        await journal.start(1)
        journal.finish(outcome(1))
        rows = sa.text("SELECT state FROM deliveries WHERE subscriber_id = 1")
        assert await journal.ask(lambda connection: connection.scalar(rows)) == "accepted"

    play(tmp_path, scene)


def test_a_mistake_in_another_job_is_told_to_who_asked_alone(tmp_path: Path) -> None:
    async def scene(at: Desk, journal: Journal) -> None:
        def broken(_: sa.Connection) -> None:
            raise LookupError("a mistake of ours")

        with pytest.raises(LookupError):
            await journal.ask(broken)
        assert await journal.start(1)

    play(tmp_path, scene)


def test_what_was_put_down_before_the_end_is_written_at_the_end(tmp_path: Path) -> None:
    async def played() -> None:
        with desk(tmp_path, *crowd(1)) as at:
            claimed(at)
            before = set(threading.enumerate())
            journal = open_journal(at.newsroom, at)
            [thread] = set(threading.enumerate()) - before
            await journal.start(1)
            journal.finish(outcome(1))
            journal.close()
            await asyncio.to_thread(thread.join, 10)
            assert at.rows("state") == ["accepted"]

    asyncio.run(played())
