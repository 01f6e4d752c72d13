"""One round over an issue's due deliveries: claim, fill, gate, fence, submit, write down."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.deliver import gate
from pipeline.deliver.ledger import next_try
from pipeline.deliver.message import Message, UnwritableAddressError, build
from pipeline.deliver.replies import Attempt, Start
from pipeline.deliver.smtp import RelayRefusedError
from pipeline.deliver.throttle import Throttle
from pipeline.errors import GateError, TransportError
from pipeline.jobs.fill import Letterset, fill_for, letterset
from pipeline.jobs.letterhead import sender
from pipeline.model import DeliveryState, HoldReason, Issue, IssueStatus, TransportKind
from pipeline.store import deliveries, issues
from pipeline.store.deliveries import Claim, Outcome
from subscribers.audience import Recipient, audience, recipients

LEASE = timedelta(minutes=5)
"""Longer than a batch takes on a slow relay; a sender that dies leaves its rows to others after it."""

CLAIMED_PER_CONNECTION = 5
CLAIMED_AHEAD = timedelta(minutes=1)
"""A rate limit must not keep a row waiting until its lease is over."""

POLICY_DOMAINS, POLICY_SHARE, POLICY_ATTEMPTS = 3, 0.01, 200
"""Refusals by policy (5.7.x) of that many domains, or of that share of so many attempts, hold the issue."""


class Transport(Protocol):
    """A way out for one message at a time."""

    async def deliver(self, message: Message, start: Start) -> Attempt | None:
        """Try one message; None when ``start`` said no. Raises ``TransportError`` when it cannot have left."""

    async def close(self) -> None:
        """Let go."""


class Dispatch:
    """Sends what is due of one issue, over several transports at once; one a run, for it counts over its rounds."""

    def __init__(
        self,
        newsroom: Newsroom,
        newsletter: Newsletter,
        issue: Issue,
        *,
        stop: asyncio.Event,
        on_delivered: Callable[[], None],
    ) -> None:
        self.owner = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
        self.hold: tuple[HoldReason, str] | None = None
        self._newsroom = newsroom
        self._newsletter = newsletter
        self._issue = issue
        self._stop = stop
        self._on_delivered = on_delivered
        self._audience = audience(newsletter.key)
        self._sender = sender(newsroom, newsletter)
        self._settings = self._ready_variants()
        self._waiting: deque[tuple[Claim, Recipient]] = deque()
        self._throttle = Throttle(newsroom.settings.delivery.rate_per_second)
        self._unanswered = self._attempts = self._policy_refusals = 0
        self._policy_domains: set[str] = set()
        self._trouble = ""
        self._lost: set[int] = set()
        self._is_paused = self._is_incomplete = False

    async def once(self, transports: Callable[[], Iterable[Transport]]) -> str:
        """Try each due row once; return why some could not be tried, or an empty string."""
        now = self._newsroom.clock()
        with self._newsroom.database.write() as connection:
            repeatable = self._issue.transport is TransportKind.OUTBOX
            deliveries.recover(connection, self._issue.id, repeatable=repeatable, now=now)
            deliveries.sweep(connection, self._issue.id, self._audience, now=now)
        self._waiting.clear()
        self._lost.clear()
        self._trouble, self._is_incomplete = "", False
        ways = tuple(transports())
        try:
            async with asyncio.TaskGroup() as group:
                for way in ways:
                    group.create_task(self._work(way))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from failures
        return self._trouble if self._waiting or self._is_incomplete else ""

    async def _work(self, transport: Transport) -> None:
        """Send until nothing is left; one lost connection is opened again, a second in a row ends this worker."""
        losses = 0
        try:
            while losses < 2 and (next_one := await self._next()) is not None:
                losses = 0 if await self._tried(transport, *next_one) else losses + 1
        finally:
            await transport.close()

    async def _tried(self, transport: Transport, claim: Claim, reader: Recipient) -> bool:
        """Try one delivery; False when the way out was lost, and the delivery waits again."""
        try:
            await self._deliver(transport, claim, reader)
        except RelayRefusedError as error:
            self._hold(HoldReason.REPLIES, str(error))
        except GateError as error:
            self._hold(HoldReason.GATE, str(error))
        except UnwritableAddressError as error:
            self._write_down(claim, Attempt(state=DeliveryState.REJECTED, reason=str(error)))
        except TransportError as error:
            self._put_back(claim, reader)
            self._trouble = str(error)
            return False
        return True

    def _put_back(self, claim: Claim, reader: Recipient) -> None:
        """Let a delivery wait behind the others; one that lost the connection twice is left for another round."""
        if claim.subscriber_id in self._lost:
            self._is_incomplete = True
            return
        self._lost.add(claim.subscriber_id)
        self._waiting.append((claim, reader))

    def _hold(self, reason: HoldReason, detail: str) -> None:
        self.hold = self.hold or (reason, detail)

    async def _next(self) -> tuple[Claim, Recipient] | None:
        """Return the next delivery when its place has come; None when nothing is left or all must stop."""
        if self._must_stop() or not (self._waiting or self._claim()):
            return None
        await self._wait_for_place()
        if self._must_stop() or not (self._waiting or self._claim()):
            return None
        return self._waiting.popleft()

    async def _wait_for_place(self) -> None:
        seconds = self._throttle.wait_seconds(asyncio.get_running_loop().time())
        if seconds == 0:
            await asyncio.sleep(0)  # lets signals in, also where nothing else waits
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    def _must_stop(self) -> bool:
        return self.hold is not None or self._is_paused or self._stop.is_set()

    def _claimed_at_once(self) -> int:
        """Return how many deliveries to claim in one go."""
        delivery = self._newsroom.settings.delivery
        ways = 1 if self._issue.transport is TransportKind.OUTBOX else delivery.connections
        most = ways * CLAIMED_PER_CONNECTION
        if delivery.rate_per_second is None:
            return most
        return max(1, min(most, int(delivery.rate_per_second * CLAIMED_AHEAD.total_seconds())))

    def _claim(self) -> bool:
        """Claim more deliveries; False when there are none, or the issue was held or called off meanwhile."""
        while not self._waiting and self._claim_batch():
            pass  # all of a batch may have been erased
        return bool(self._waiting)

    def _claim_batch(self) -> bool:
        now = self._newsroom.clock()
        with self._newsroom.database.write() as connection:
            self._is_paused = not _is_sending(connection, self._issue.id)
            if self._is_paused:
                return False
            claims = deliveries.claim(
                connection,
                self._issue.id,
                owner=self.owner,
                lease_until=now + LEASE,
                now=now,
                limit=self._claimed_at_once(),
                ignore_hours=True,
            )
            people = recipients(connection, [claim.subscriber_id for claim in claims])
            erased = [
                Outcome(
                    subscriber_id=claim.subscriber_id,
                    state=DeliveryState.SUPPRESSED,
                    reason="no longer subscribed",
                )
                for claim in claims
                if claim.subscriber_id not in people
            ]
            deliveries.finish(connection, self._issue.id, erased, owner=self.owner, now=now)
        self._waiting.extend(
            (claim, people[claim.subscriber_id]) for claim in claims if claim.subscriber_id in people
        )
        return bool(claims)

    async def _deliver(self, transport: Transport, claim: Claim, reader: Recipient) -> None:
        message = self._message(claim, reader)
        attempt = await transport.deliver(message, lambda: self._start(claim.subscriber_id))
        if attempt is None:
            with self._newsroom.database.read() as connection:
                self._is_paused = not _is_sending(connection, self._issue.id)
            return
        self._write_down(claim, attempt)
        self._judge(attempt, domain=reader.email.rpartition("@")[2])
        self._on_delivered()

    def _start(self, subscriber_id: int) -> bool:
        with self._newsroom.database.write() as connection:
            started = deliveries.start(
                connection,
                self._issue.id,
                [subscriber_id],
                self._audience,
                owner=self.owner,
                now=self._newsroom.clock(),
            )
        return subscriber_id in started

    def _write_down(self, claim: Claim, attempt: Attempt) -> None:
        now = self._newsroom.clock()
        again = None
        if attempt.state is DeliveryState.DEFERRED:
            pauses = self._newsroom.settings.delivery.retry_pauses
            again = next_try(claim.attempts + 1, pauses=pauses, now=now, not_after=claim.not_after)
        outcome = Outcome(
            subscriber_id=claim.subscriber_id,
            state=attempt.state,
            code=attempt.code,
            reason=attempt.reason,
            next_try=again,
        )
        with self._newsroom.database.write() as connection:
            deliveries.finish(connection, self._issue.id, [outcome], owner=self.owner, now=now)

    def _judge(self, attempt: Attempt, *, domain: str) -> None:
        """Hold the issue when replies say that something is wrong with us or the relay, not with readers."""
        self._attempts += 1
        if attempt.state is DeliveryState.ACCEPTED:
            self._unanswered = 0
        elif attempt.state is DeliveryState.UNCERTAIN:
            self._unanswered += 1
            if self._unanswered > self._newsroom.settings.delivery.connections:
                self._hold(
                    HoldReason.UNCERTAIN, f"{self._unanswered} messages in a row got no reply after the dot"
                )
        elif attempt.is_ours:
            self._policy_refusals += 1
            self._policy_domains.add(domain)
            too_many = (
                self._attempts >= POLICY_ATTEMPTS and self._policy_refusals >= POLICY_SHARE * self._attempts
            )
            if too_many or len(self._policy_domains) >= POLICY_DOMAINS:
                self._hold(
                    HoldReason.REPLIES,
                    f"refused by policy at {len(self._policy_domains)} domains: {attempt.reason}",
                )

    def _message(self, claim: Claim, reader: Recipient) -> Message:
        """Fill the reader's variant and let it through the gate. Raises ``GateError``."""
        setting = self._settings[claim.language]
        filled = fill_for(setting, reader)
        message = build(
            self._sender,
            filled.content,
            email=reader.email,
            name=reader.name,
            issue_id=self._issue.id,
            subscriber_id=reader.id,
            now=self._newsroom.clock(),
        )
        rules = gate.Rules(
            disclaimers=setting.disclaimers,
            postal_address=self._newsroom.settings.publisher.postal_address,
            why=filled.why,
            leave_url=filled.content.leave_url,
        )
        gate.check(message, rules)
        return message

    def _ready_variants(self) -> dict[str, Letterset]:
        with self._newsroom.database.read() as connection:
            variants = issues.variants(connection, self._issue.id)
        return {
            variant.language: letterset(self._newsroom, self._newsletter, variant) for variant in variants
        }


def _is_sending(connection: sa.Connection, issue_id: int) -> bool:
    issue = issues.load_bare(connection, issue_id)
    return issue is not None and issue.status is IssueStatus.SENDING
