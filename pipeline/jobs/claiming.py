"""An issue's deliveries that are ours to try: claimed a batch at a time, each with a lease."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.jobs import senders
from pipeline.jobs.journal import LEASE, Journal
from pipeline.jobs.recovering import take_back
from pipeline.model import DeliveryState, Issue, IssueStatus, TransportKind
from pipeline.store import deliveries, issues, waiting
from pipeline.store.deliveries import Claim, Outcome
from subscribers.audience import Recipient, audience, recipients

CLAIMED_PER_CONNECTION, FEWEST_CLAIMED = 5, 50
CLAIMED_AHEAD = timedelta(minutes=1)
"""A rate limit must not keep a row waiting until its lease is over."""

Place = tuple[Claim, Recipient]


class Claims:
    """The deliveries of one issue that are due; ``keeps_hours`` leaves readers whose hour is to come."""

    def __init__(
        self, newsroom: Newsroom, issue: Issue, journal: Journal, *, owner: str, keeps_hours: bool
    ) -> None:
        self.is_paused = False
        """The issue was held or called off meanwhile."""
        self._newsroom = newsroom
        self._issue = issue
        self._journal = journal
        self._owner = owner
        self._keeps_hours = keeps_hours

    async def begin_round(self) -> int:
        """Take back what dead senders left, close what is too late or no longer wanted; return how many are due."""
        await self._recover()
        return await self._journal.ask(self._swept)

    async def take(self) -> tuple[Place, ...]:
        """Claim a batch; empty when nothing is due any more, or the issue must not go on."""
        while True:
            claimed, places = await self._journal.ask(self._claimed)
            if places:
                return places
            if not claimed and not await self._recover():
                return ()

    async def see_whether_paused(self) -> None:
        """Look whether the issue is still being sent."""
        self.is_paused = not await self._journal.ask(self._is_sending)

    async def _recover(self) -> int:
        """Take back what senders left that ended."""
        number, dead = await self._journal.ask(self._taken_back)
        senders.forget(self._newsroom.home, dead)
        return number

    def _taken_back(self, connection: sa.Connection) -> tuple[int, tuple[str, ...]]:
        return take_back(self._newsroom, self._issue, connection=connection, owner=self._owner)

    def _swept(self, connection: sa.Connection) -> int:
        self.is_paused = not self._is_sending(connection)  # held, it may have been approved again
        now, readers, ignore_hours = (
            self._newsroom.clock(),
            audience(self._issue.newsletter),
            not self._keeps_hours,
        )
        deliveries.sweep(connection, self._issue.id, readers, now=now, ignore_hours=ignore_hours)
        return waiting.number_due(connection, self._issue.id, now=now, ignore_hours=ignore_hours)

    def _claimed(self, connection: sa.Connection) -> tuple[int, tuple[Place, ...]]:
        """Claim rows; return how many, and those whose readers are still known."""
        self.is_paused = not self._is_sending(connection)
        if self.is_paused:
            return 0, ()
        now = self._newsroom.clock()
        claims = deliveries.claim(
            connection,
            self._issue.id,
            owner=self._owner,
            lease_until=now + LEASE,
            now=now,
            limit=self._batch_size(),
            ignore_hours=not self._keeps_hours,
        )
        people = recipients(connection, [claim.subscriber_id for claim in claims])
        erased = [_erased(claim) for claim in claims if claim.subscriber_id not in people]
        deliveries.finish(connection, self._issue.id, erased, owner=self._owner, now=now)
        known = (claim for claim in claims if claim.subscriber_id in people)
        return len(claims), tuple((claim, people[claim.subscriber_id]) for claim in known)

    def _batch_size(self) -> int:
        delivery = self._newsroom.settings.delivery
        ways = 1 if self._issue.transport is TransportKind.OUTBOX else delivery.connections
        most = max(FEWEST_CLAIMED, ways * CLAIMED_PER_CONNECTION)
        if delivery.rate_per_second is None:
            return most
        return max(1, min(most, int(delivery.rate_per_second * CLAIMED_AHEAD.total_seconds())))

    def _is_sending(self, connection: sa.Connection) -> bool:
        issue = issues.load_bare(connection, self._issue.id)
        return issue is not None and issue.status is IssueStatus.SENDING


def _erased(claim: Claim) -> Outcome:
    return Outcome(
        subscriber_id=claim.subscriber_id,
        state=DeliveryState.SUPPRESSED,
        reason="no longer subscribed",
        is_try=False,
    )
