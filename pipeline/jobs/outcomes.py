"""What follows from how a try ended: the ledger's row, the domain's rest, the reader's standing, the issue's hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.deliver.ledger import next_try
from pipeline.deliver.message import delivery_name
from pipeline.deliver.replies import Attempt
from pipeline.deliver.throttle import DomainThrottle, Throttle
from pipeline.jobs.batch import Batch, Batches
from pipeline.jobs.intake import quiet_of
from pipeline.jobs.journal import Journal
from pipeline.jobs.supply import Parcel
from pipeline.jobs.verdict import Hold, Verdict
from pipeline.model import DeliveryState, Issue
from pipeline.store.deliveries import Claim, Outcome
from subscribers.bounces.rejections import Rejection, write_down_rejection

FULL_PAUSE = timedelta(seconds=30)
"""Until a row is looked at again whose domain bears no more at once."""


class Outcomes:
    """Keeps, over all rounds of a run, what its replies have taught, and puts every ending into the journal."""

    def __init__(
        self,
        newsroom: Newsroom,
        newsletter: Newsletter,
        issue: Issue,
        journal: Journal,
        *,
        tell: Callable[[Batch], None],
    ) -> None:
        delivery = newsroom.settings.delivery
        self._newsroom = newsroom
        self._issue = issue
        self._journal = journal
        self._pauses = delivery.retry_pauses
        self._suppression_key = newsroom.suppression_key
        self._has_rate = delivery.rate_per_second is not None
        self._throttle = Throttle(delivery.rate_per_second)
        self._domains = DomainThrottle(delivery.connections)
        self._verdict = Verdict(connections=delivery.connections)
        self._batches = Batches(issue.id, newsletter.key, clock=_seconds, tell=tell)

    def is_place_free(self) -> bool:
        """Say whether the rate lets a message leave at once."""
        return not self._has_rate or self._throttle.is_free(_seconds())

    def seconds_to_place(self) -> float:
        """Take the next place that the rate allows, and return how long to wait for it."""
        return self._throttle.wait_seconds(_seconds()) if self._has_rate else 0.0

    def puts_off(self, claim: Claim, domain: str) -> bool:
        """Put a delivery off whose domain rests; False when it may go on."""
        rests_until = self._domains.rests_until(domain, now=self._newsroom.clock())
        if rests_until is None:
            return False
        self._put_off(claim, rests_until, reason="its domain wants fewer mails and rests")
        return True

    def begin(self, parcel: Parcel) -> bool:
        """Take a place at the parcel's domain; else put it off and return False."""
        if self.puts_off(parcel.claim, parcel.domain):
            return False
        if not self._domains.begin(parcel.domain):
            later = self._newsroom.clock() + FULL_PAUSE
            self._put_off(parcel.claim, later, reason="its domain takes few mails at once now")
            return False
        return True

    def end(self, parcel: Parcel) -> None:
        """Give a parcel's place at its domain back: nothing was heard."""
        self._domains.end(parcel.domain, None, now=self._newsroom.clock())

    def give_back(self, claim: Claim) -> None:
        """Let a row that may not leave wait again, if it is still ours: a clock that jumped has ended its lease."""
        planned = Outcome(subscriber_id=claim.subscriber_id, state=DeliveryState.PLANNED, is_try=False)
        self._journal.finish(planned)

    def settle(self, parcel: Parcel, attempt: Attempt) -> Hold | None:
        """Take in how a try ended; return why the issue must be held, or None."""
        now = self._newsroom.clock()
        self._domains.end(parcel.domain, attempt, now=now)
        self.write_down(parcel.claim, attempt, rests_until=self._domains.rests_until(parcel.domain, now=now))
        return self._verdict.hear(attempt, domain=parcel.domain)

    def write_down(self, claim: Claim, attempt: Attempt, *, rests_until: datetime | None = None) -> None:
        """Put an ending into the journal; a deferred row waits for its own pause behind its domain's rest."""
        now = self._newsroom.clock()
        again = None
        if attempt.state is DeliveryState.DEFERRED:
            begin = max(now, rests_until or now)
            again = next_try(claim.attempts + 1, pauses=self._pauses, now=begin, not_after=claim.not_after)
        outcome = Outcome(
            subscriber_id=claim.subscriber_id,
            state=attempt.state,
            code=attempt.code,
            reason=attempt.reason,
            next_try=again,
        )
        also = self._rejected(claim, attempt, now=now) if attempt.is_no_such_user else None
        self._journal.finish(outcome, also=also)
        self._batches.add(attempt)

    def end_batch(self) -> None:
        """Tell of what is not a whole batch."""
        self._batches.end()

    def _put_off(self, claim: Claim, until: datetime, *, reason: str) -> None:
        outcome = Outcome(
            subscriber_id=claim.subscriber_id,
            state=DeliveryState.DEFERRED,
            reason=reason,
            next_try=min(until, claim.not_after),
            is_try=False,
        )
        self._journal.finish(outcome)

    def _rejected(
        self, claim: Claim, attempt: Attempt, *, now: datetime
    ) -> Callable[[sa.Connection], object]:
        """Return what counts an address that does not exist against its reader."""
        rejection = Rejection(
            subscriber_id=claim.subscriber_id,
            delivery=delivery_name(self._issue.id, claim.subscriber_id),
            reply=f"{attempt.code} {attempt.reason}",
        )

        def count(connection: sa.Connection) -> None:
            quiet = quiet_of(self._newsroom, connection, claim.subscriber_id)
            write_down_rejection(
                connection, rejection, suppression_key=self._suppression_key, now=now, quiet=quiet
            )

        return count


def _seconds() -> float:
    return asyncio.get_running_loop().time()
