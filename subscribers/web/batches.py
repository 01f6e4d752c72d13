"""Many requests, one transaction: what comes in while the disk keeps one goes into the next, together.

A commit that the disk is told to keep takes about as long as everything else that a request needs; and a thread for
each request would spend most of its time waiting for the interpreter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import sqlalchemy as sa
from fastapi.concurrency import run_in_threadpool

Opens = Callable[[], AbstractContextManager[sa.Connection]]
Result = TypeVar("Result")
_Job = Callable[[sa.Connection], Any]
_MOST = 100  # about a tenth of a second; a sender waits that long to write down what it does


class Batches:
    """Runs jobs in transactions of ``opens``, in a thread beside the pages; each job must be fit to be run again."""

    def __init__(self, opens: Opens) -> None:
        self._opens = opens
        self._waiting: list[tuple[_Job, asyncio.Future[Any]]] = []
        self._task: asyncio.Task[None] | None = None

    async def run(self, job: Callable[[sa.Connection], Result]) -> Result:
        """Run one job and return its result once the transaction is over; raises what the job or the database raised."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return await done

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            outcomes = await run_in_threadpool(_outcomes, self._opens, [job for job, _ in batch])
            for (_, done), outcome in zip(batch, outcomes, strict=True):
                _tell(done, outcome)


def _tell(done: asyncio.Future[Any], outcome: Any) -> None:
    if done.done():  # whoever asked has gone
        return
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)


def _outcomes(opens: Opens, jobs: Sequence[_Job]) -> list[Any]:
    """Return each job's result, or what it raised; one that fails takes none of the others with it."""
    begun = False
    try:
        with opens() as connection:
            begun = True
            return [job(connection) for job in jobs]
    except Exception as error:  # it is raised where the job was asked for
        if not begun or len(jobs) == 1:
            return [error] * len(jobs)
    return [outcome for job in jobs for outcome in _outcomes(opens, [job])]
