"""A lease is held as long as the work takes, however short it is given."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from pipeline.jobs.lease import leased
from pipeline.store.schema import leases
from tests.jobs.rooms import DUE, furnish, room
from tests.jobs.waiting import until

SHORT = timedelta(seconds=0.2)


def test_a_live_holder_lengthens_its_lease_and_frees_it_at_the_end(tmp_path: Path) -> None:
    with room(furnish(tmp_path / "room")) as (newsroom, clock):

        def is_longer() -> bool:
            with newsroom.database.read() as connection:
                return bool(connection.scalars(sa.select(leases.c.until)).one() > DUE + SHORT)

        async def scene() -> None:
            async with leased(newsroom, "work", lasting=SHORT) as is_ours:
                assert is_ours
                clock.forward(SHORT / 2)
                await until(is_longer)
                clock.forward(SHORT / 2)
                async with leased(newsroom, "work") as is_anothers:
                    assert not is_anothers
            async with leased(newsroom, "work") as is_free:
                assert is_free

        asyncio.run(scene())
