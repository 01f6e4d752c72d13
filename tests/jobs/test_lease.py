"""A lease is held as long as the work takes, however long that is."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from pipeline.jobs.lease import LEASE, leased
from pipeline.store.schema import leases
from tests.jobs.rooms import DUE, furnish, room
from tests.jobs.waiting import hurry, until

A_SECOND = timedelta(seconds=1)


def test_a_live_holder_lengthens_its_lease_and_frees_it_at_the_end(tmp_path: Path) -> None:
    with room(furnish(tmp_path / "room")) as (newsroom, clock):

        def is_longer() -> bool:
            with newsroom.database.read() as connection:
                return bool(connection.scalars(sa.select(leases.c.until)).one() > DUE + LEASE)

        async def scene() -> None:
            async with leased(newsroom, "work") as is_ours:
                assert is_ours
                clock.forward(LEASE / 4)
                await asyncio.sleep(0)  # its keeper falls asleep
                hurry(LEASE.total_seconds() / 4)
                await until(is_longer)
                clock.forward(LEASE * 3 / 4 + A_SECOND)
                async with leased(newsroom, "work") as is_anothers:
                    assert not is_anothers
            async with leased(newsroom, "work") as is_free:
                assert is_free

        asyncio.run(scene())
