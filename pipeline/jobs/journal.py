"""The ledger's writer: one thread, and one durable transaction for all that was asked while the last one ran.

That is group commit: fifty connections share what each would pay alone. Nothing
that is lost here leaves a message in doubt: a start that could not be committed gets no dot, and is taken back in case
it was committed after all; an ending is told again until the database takes it, or ``PATIENCE`` is over.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.errors import StoreError
from pipeline.model import DeliveryState
from pipeline.store import deliveries
from pipeline.store.deliveries import Outcome
from pipeline.store.moves import Audience

T = TypeVar("T")
Note = Callable[[sa.Connection], object]

LEASE = timedelta(minutes=5)
"""Longer than a batch takes on a slow relay and than the reply to a dot is waited for; after it a dead sender's rows
are others'."""
PATIENCE = timedelta(seconds=30)
"""How long a database may be away before the run gives up; a locked one has had its own half minute before."""
_PAUSE_SECONDS = 0.5
_GATHER_SECONDS = 0.005
"""How long a transaction waits for more, unless there is one connection or ``_ENOUGH`` waits already."""
_ENOUGH = 20
"""Starts and endings: a commit costs about as much as ten of them."""


@dataclass(frozen=True, slots=True)
class _Start:
    subscriber_id: int
    answer: asyncio.Future[bool]


@dataclass(frozen=True, slots=True)
class _Job:
    """Something else to be done in a transaction of its own."""

    do: Callable[[sa.Connection], Any]
    answer: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _End:
    """An outcome, with what else is written in its transaction."""

    outcome: Outcome
    also: Note | None


_Asked = _Start | _End | _Job


@dataclass(kw_only=True, slots=True)
class _Group:
    """What was asked while the last transaction ran: starts and ends go into the next together."""

    starts: list[_Start] = field(default_factory=list)
    ends: list[_End] = field(default_factory=list)
    jobs: list[_Job] = field(default_factory=list)

    def add(self, asked: _Asked) -> None:
        if isinstance(asked, _Start):
            self.starts.append(asked)
        elif isinstance(asked, _End):
            self.ends.append(asked)
        else:
            self.jobs.append(asked)


class Journal:
    """Writes down what happens to one issue's deliveries in the hands of ``owner``; ``close`` lets its thread go."""

    def __init__(
        self,
        newsroom: Newsroom,
        issue_id: int,
        audience: Audience,
        *,
        owner: str,
        ways: int = 1,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._newsroom = newsroom
        self._issue_id = issue_id
        self._audience = audience
        self._owner = owner
        self._ways = ways
        self._patience = patience.total_seconds()
        self._loop = asyncio.get_running_loop()
        self._asked: SimpleQueue[_Asked | None] = SimpleQueue()
        self._is_closed = False
        self._trouble: Exception | None = None
        threading.Thread(target=self._write, name="ledger", daemon=True).start()

    async def start(self, subscriber_id: int) -> bool:
        """Ask the fence; True once ``data_started`` is durable. Raises ``StoreError``; no dot may go out then."""
        answer: asyncio.Future[bool] = self._loop.create_future()
        self._asked.put(_Start(subscriber_id, answer))
        try:
            return await answer
        except asyncio.CancelledError:
            if not answer.cancelled() and answer.exception() is None and answer.result():
                self._asked.put(self._taken_back(subscriber_id))  # it came just before we were ended
            raise

    def finish(self, outcome: Outcome, *, also: Note | None = None) -> None:
        """Put an ending down for the next transaction, which is at the latest the one of the next start.

        What is to be written ``also`` is in its transaction, even where the row was no longer ours.
        """
        self._asked.put(_End(outcome, also))

    async def ask(self, job: Callable[[sa.Connection], T]) -> T:
        """Do something else in a transaction, after all that was put down before, again while the database is away.

        Raises ``StoreError``.
        """
        until = self._loop.time() + self._patience
        while True:
            answer: asyncio.Future[T] = self._loop.create_future()
            self._asked.put(_Job(job, answer))
            try:
                return await answer
            except StoreError:
                if self._trouble is not None or self._loop.time() > until:
                    raise
            await asyncio.sleep(_PAUSE_SECONDS)

    async def drain(self) -> None:
        """See everything written. Raises ``StoreError`` when the database would not take it."""
        await self.ask(lambda _: None)

    def close(self) -> None:
        """Let the thread go, once it has nothing more to write."""
        self._asked.put(None)

    def _write(self) -> None:
        """Write group after group, in the thread."""
        kept: list[_End] = []
        until: float | None = None
        while not self._is_closed:
            group = self._next_group(kept)
            kept = []
            try:
                passed = self._written(group)
            except Exception as error:
                until = until or time.monotonic() + self._patience
                if not isinstance(error, StoreError) or time.monotonic() > until:
                    self._trouble = error
                else:
                    kept = [*group.ends, *(self._taken_back(each.subscriber_id) for each in group.starts)]
                self._tell(_refuse, [*group.starts, *group.jobs], error)
            else:
                until = None
                if group.starts:
                    self._tell(self._answer, group.starts, passed)
                for job in group.jobs:
                    self._do(job)

    def _next_group(self, kept: list[_End]) -> _Group:
        """Wait for something to write; with endings ``kept`` from a transaction that failed, not for long."""
        group = _Group(ends=kept)
        if kept:
            time.sleep(_PAUSE_SECONDS)
        else:
            self._take(group, self._asked.get())
            if self._asked.qsize() + 1 < min(self._ways, _ENOUGH):
                time.sleep(_GATHER_SECONDS)
        with suppress(Empty):
            while True:
                self._take(group, self._asked.get_nowait())
        return group

    def _take(self, group: _Group, asked: _Asked | None) -> None:
        if asked is None:
            self._is_closed = True
        else:
            group.add(asked)

    def _written(self, group: _Group) -> Collection[int]:
        """Write endings and starts down, and return who may leave. Raises ``StoreError``."""
        if self._trouble is not None:
            raise self._trouble
        if not (group.ends or group.starts):
            return ()
        with self._newsroom.database.write() as connection:
            now = self._newsroom.clock()
            outcomes = [each.outcome for each in group.ends]
            deliveries.finish(connection, self._issue_id, outcomes, owner=self._owner, now=now)
            for each in group.ends:
                if each.also is not None:
                    each.also(connection)
            if not group.starts:
                return ()
            return deliveries.start(
                connection,
                self._issue_id,
                [each.subscriber_id for each in group.starts],
                self._audience,
                owner=self._owner,
                lease_until=now + LEASE,
                now=now,
            )

    def _do(self, job: _Job) -> None:
        try:
            with self._newsroom.database.write() as connection:
                done = job.do(connection)
        except Exception as error:
            self._tell(_refuse, [job], error)
        else:
            self._tell(_give, job.answer, done)

    def _tell(self, hear: Callable[..., None], *what: object) -> None:
        with suppress(RuntimeError):  # the loop is over, and nobody listens any more
            self._loop.call_soon_threadsafe(hear, *what)

    def _answer(self, starts: Iterable[_Start], passed: Collection[int]) -> None:
        left = set(passed)
        for each in starts:
            is_passed = each.subscriber_id in left
            left.discard(each.subscriber_id)  # asked for twice, it leaves once
            if not each.answer.done():
                each.answer.set_result(is_passed)
            elif is_passed:  # who asked was ended meanwhile: no dot goes out
                self._asked.put(self._taken_back(each.subscriber_id))

    def _taken_back(self, subscriber_id: int) -> _End:
        """Return the end of a row that was perhaps started, for a commit of which no word came back may have gone through."""
        outcome = Outcome(
            subscriber_id=subscriber_id,
            state=DeliveryState.DEFERRED,
            reason="no dot went out",
            is_try=False,
        )
        return _End(outcome, None)


def _refuse(asked: Iterable[_Start | _Job], error: Exception) -> None:
    for each in asked:
        if not each.answer.done():
            each.answer.set_exception(error)


def _give(answer: asyncio.Future[Any], value: object) -> None:
    if not answer.done():
        answer.set_result(value)
