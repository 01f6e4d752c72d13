"""Deliveries in a sender's hands, and a database that goes away and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import cast

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.errors import StoreError
from pipeline.jobs.plan import plan
from pipeline.store import deliveries
from pipeline.store.database import Database
from pipeline.store.deliveries import Claim
from tests.jobs.newsroom import Desk

OWNER = "here/1/abc"
LEASE = timedelta(minutes=5)


def claimed(at: Desk, *, owner: str = OWNER, limit: int = 1000) -> tuple[Claim, ...]:
    """Plan the issue's deliveries, if they are not, and claim those that are due."""
    plan(at.newsroom, at.newsletter, at.issue)
    with at.newsroom.database.write() as connection:
        claims = deliveries.claim(
            connection,
            at.issue.id,
            owner=owner,
            lease_until=at.clock() + LEASE,
            now=at.clock(),
            limit=limit,
            ignore_hours=True,
        )
    return tuple(sorted(claims, key=lambda claim: claim.subscriber_id))


class Flighty:
    """A database whose next transactions fail: before anything is done, or after the commit, without a word."""

    def __init__(self, real: Database) -> None:
        self.failures = 0
        self.is_committing = False
        """What fails was committed all the same."""
        self.tried = 0
        self._real = real

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        self.tried += 1
        if self.failures == 0:
            with self._real.write() as connection:
                yield connection
            return
        self.failures -= 1
        with self._real.write() as connection:
            yield connection
            if not self.is_committing:
                connection.rollback()
        raise StoreError("database away")

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        with self._real.read() as connection:
            yield connection


def with_flighty(newsroom: Newsroom) -> tuple[Newsroom, Flighty]:
    """Return a newsroom over the same database, which may fail."""
    flighty = Flighty(newsroom.database)
    return replace(newsroom, database=cast(Database, flighty)), flighty
