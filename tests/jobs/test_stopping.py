"""What is ended before its time ends whole: once, in peace, and with its errors told."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.jobs.stopping import CANCEL_AGAIN_SECONDS, unless_stopped


class Job:
    """Works for ever, and takes its time to clean up."""

    def __init__(self, *, cleaning_seconds: float = 0.0, error: Exception | None = None) -> None:
        self.began = asyncio.Event()
        self.is_clean = False
        self._cleaning_seconds = cleaning_seconds
        self._error = error

    async def work(self) -> str:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(self._cleaning_seconds)
            self.is_clean = True
            if self._error is not None:
                raise self._error
        return "done"


async def stopped(job: Job) -> str | None:
    """Run a job that is stopped once it has begun."""
    stop = asyncio.Event()
    running = asyncio.create_task(unless_stopped(job.work(), stop))
    await job.began.wait()
    stop.set()
    return await running


def test_a_job_that_ends_by_itself_gives_its_result() -> None:
    async def short() -> str:
        return "done"

    assert asyncio.run(unless_stopped(short(), asyncio.Event())) == "done"


def test_a_stopped_job_cleans_up_in_peace() -> None:
    async def scene() -> None:
        job = Job(cleaning_seconds=CANCEL_AGAIN_SECONDS + 0.1)
        assert await stopped(job) is None
        assert job.is_clean

    asyncio.run(scene())


def test_an_error_while_it_is_stopped_is_told() -> None:
    async def scene() -> None:
        with pytest.raises(OSError, match="disk full"):
            await stopped(Job(error=OSError("disk full")))

    asyncio.run(scene())


@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_cancelled_caller_waits_for_its_job_and_stays_cancelled(*, is_stopped: bool) -> None:
    async def scene() -> None:
        job, stop = Job(cleaning_seconds=0.02), asyncio.Event()
        running = asyncio.create_task(unless_stopped(job.work(), stop))
        await job.began.wait()
        running.cancel()
        if is_stopped:
            stop.set()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert job.is_clean

    asyncio.run(scene())
