"""Do a piece of work while no other process does it."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from pipeline.app import Newsroom
from pipeline.errors import StoreError
from pipeline.store import leases

LEASE = timedelta(minutes=2)
"""How long others wait for one that died; a live one lengthens its lease four times meanwhile."""


def process_name() -> str:
    """Return a name for this process that no other has, nor this one a second time."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"


@asynccontextmanager
async def leased(newsroom: Newsroom, name: str) -> AsyncIterator[bool]:
    """Hold a lease within the block and yield True; False when another has it, and the work is not ours."""
    owner = process_name()
    if not _take(newsroom, name, owner=owner):
        yield False
        return
    keeping = asyncio.create_task(_keep(newsroom, name, owner=owner))
    try:
        yield True
    finally:
        keeping.cancel()
        with suppress(StoreError), newsroom.database.write() as connection:  # else it ends by itself
            leases.free(connection, name, owner=owner)


def _take(newsroom: Newsroom, name: str, *, owner: str) -> bool:
    now = newsroom.clock()
    with newsroom.database.write() as connection:
        return leases.take(connection, name, owner=owner, until=now + LEASE, now=now)


async def _keep(newsroom: Newsroom, name: str, *, owner: str) -> None:
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 4)
        with suppress(StoreError):  # the next time may go better, and what is made twice is kept once
            _take(newsroom, name, owner=owner)
