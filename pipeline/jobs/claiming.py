"""An issue's deliveries that are ours to try: claimed a batch at a time, each with a lease."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.model import DeliveryState, Issue, IssueStatus, TransportKind
from pipeline.store import deliveries, issues
from pipeline.store.deliveries import Claim, Outcome
from subscribers.audience import Recipient, audience, recipients

LEASE = timedelta(minutes=5)
"""Longer than a batch takes on a slow relay; a sender that dies leaves its rows to others after it."""

CLAIMED_PER_CONNECTION = 5
CLAIMED_AHEAD = timedelta(minutes=1)
"""A rate limit must not keep a row waiting until its lease is over."""

Place = tuple[Claim, Recipient]


class Claims:
    """The deliveries of one issue that wait for a way out; ``keeps_hours`` leaves readers whose hour is to come."""

    def __init__(self, newsroom: Newsroom, issue: Issue, *, owner: str, keeps_hours: bool) -> None:
        self.is_paused = False
        """The issue was held or called off meanwhile."""
        self._newsroom = newsroom
        self._issue = issue
        self._owner = owner
        self._keeps_hours = keeps_hours
        self._waiting: deque[Place] = deque()
        self._lost: set[int] = set()
        self._is_incomplete = False

    @property
    def are_left(self) -> bool:
        """Say whether some could not be tried in this round."""
        return bool(self._waiting) or self._is_incomplete

    def begin_round(self) -> None:
        """Take back what dead senders left, and close what is too late or no longer wanted."""
        now = self._newsroom.clock()
        with self._newsroom.database.write() as connection:
            repeatable = self._issue.transport is TransportKind.OUTBOX
            deliveries.recover(connection, self._issue.id, repeatable=repeatable, now=now)
            deliveries.sweep(
                connection,
                self._issue.id,
                audience(self._issue.newsletter),
                now=now,
                ignore_hours=not self._keeps_hours,
            )
        self._waiting.clear()
        self._lost.clear()
        self._is_incomplete = False

    def find(self) -> bool:
        """Say whether a delivery waits, claiming more if need be; False too when the issue must not go on."""
        while not self._waiting and self._claim_batch():
            pass  # all of a batch may have been erased
        return bool(self._waiting)

    def take(self) -> Place:
        """Return the delivery that waits longest, once ``find`` said there is one."""
        return self._waiting.popleft()

    def put_back(self, place: Place) -> None:
        """Let a delivery wait behind the others; one that lost the connection twice is left for another round."""
        subscriber_id = place[0].subscriber_id
        if subscriber_id in self._lost:
            self._is_incomplete = True
            return
        self._lost.add(subscriber_id)
        self._waiting.append(place)

    def see_whether_paused(self) -> None:
        """Look whether the issue is still being sent."""
        with self._newsroom.database.read() as connection:
            self.is_paused = not _is_sending(connection, self._issue.id)

    def _batch_size(self) -> int:
        delivery = self._newsroom.settings.delivery
        ways = 1 if self._issue.transport is TransportKind.OUTBOX else delivery.connections
        most = ways * CLAIMED_PER_CONNECTION
        if delivery.rate_per_second is None:
            return most
        return max(1, min(most, int(delivery.rate_per_second * CLAIMED_AHEAD.total_seconds())))

    def _claim_batch(self) -> bool:
        now = self._newsroom.clock()
        with self._newsroom.database.write() as connection:
            self.is_paused = not _is_sending(connection, self._issue.id)
            if self.is_paused:
                return False
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
        self._waiting.extend(
            (claim, people[claim.subscriber_id]) for claim in claims if claim.subscriber_id in people
        )
        return bool(claims)


def _erased(claim: Claim) -> Outcome:
    return Outcome(
        subscriber_id=claim.subscriber_id, state=DeliveryState.SUPPRESSED, reason="no longer subscribed"
    )


def _is_sending(connection: sa.Connection, issue_id: int) -> bool:
    issue = issues.load_bare(connection, issue_id)
    return issue is not None and issue.status is IssueStatus.SENDING
