"""One round over an issue's due deliveries: claim, fill, gate, fence, submit, write down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.deliver import gate
from pipeline.deliver.ledger import next_try
from pipeline.deliver.message import Message, UnwritableAddressError, build
from pipeline.deliver.replies import Attempt
from pipeline.deliver.smtp import RelayRefusedError
from pipeline.deliver.throttle import Throttle
from pipeline.errors import GateError, TransportError
from pipeline.jobs.claiming import Claims, Place
from pipeline.jobs.fill import Letterset, fill_for, letterset
from pipeline.jobs.lease import process_name
from pipeline.jobs.letterhead import sender
from pipeline.jobs.stopping import wait_for, work_until_stopped
from pipeline.jobs.transports import Transport
from pipeline.jobs.verdict import Hold, Verdict
from pipeline.model import DeliveryState, HoldReason, Issue
from pipeline.store import deliveries, issues
from pipeline.store.deliveries import Claim, Outcome
from subscribers.audience import Recipient, audience


class Dispatch:
    """Sends what is due of one issue, over several transports at once; one a run, for it counts over its rounds."""

    def __init__(
        self,
        newsroom: Newsroom,
        newsletter: Newsletter,
        issue: Issue,
        *,
        keeps_hours: bool,
        stop: asyncio.Event,
        on_delivered: Callable[[], None],
    ) -> None:
        self.owner = process_name()
        self.hold: Hold | None = None
        self._newsroom = newsroom
        self._newsletter = newsletter
        self._issue = issue
        self._stop = stop
        self._on_delivered = on_delivered
        self._audience = audience(newsletter.key)
        self._sender = sender(newsroom, newsletter)
        self._settings = self._ready_variants()
        self._claims = Claims(newsroom, issue, owner=self.owner, keeps_hours=keeps_hours)
        self._throttle = Throttle(newsroom.settings.delivery.rate_per_second)
        self._verdict = Verdict(connections=newsroom.settings.delivery.connections)
        self._on_the_wire: set[asyncio.Task[object] | None] = set()
        self._trouble = ""

    async def once(self, transports: Callable[[], Iterable[Transport]]) -> str:
        """Try each due row once; return why some could not be tried, or an empty string."""
        self._claims.begin_round()
        self._trouble = ""
        ways = tuple(transports())
        await work_until_stopped(map(self._work, ways), self._stop, spared=self._on_the_wire)
        return self._trouble if self._claims.are_left else ""

    async def _work(self, transport: Transport) -> None:
        """Send until nothing is left; one lost connection is opened again, a second in a row ends this worker."""
        losses = 0
        try:
            while losses < 2 and (place := await self._next()) is not None:
                losses = 0 if await self._tried(transport, place) else losses + 1
        finally:
            await transport.close()

    async def _tried(self, transport: Transport, place: Place) -> bool:
        """Try one delivery; False when the way out was lost, and the delivery waits again."""
        claim, reader = place
        try:
            await self._deliver(transport, claim, reader)
        except RelayRefusedError as error:
            self._hold((HoldReason.REPLIES, str(error)))
        except GateError as error:
            self._hold((HoldReason.GATE, str(error)))
        except UnwritableAddressError as error:
            self._write_down(claim, Attempt(state=DeliveryState.REJECTED, reason=str(error)))
        except TransportError as error:
            self._claims.put_back(place)
            self._trouble = str(error)
            return False
        return True

    def _hold(self, why: Hold | None) -> None:
        self.hold = self.hold or why

    async def _next(self) -> Place | None:
        """Return the next delivery when its place has come; None when nothing is left or all must stop."""
        if self._must_stop() or not self._claims.find():
            return None
        await self._wait_for_place()
        if self._must_stop() or not self._claims.find():
            return None
        return self._claims.take()

    async def _wait_for_place(self) -> None:
        seconds = self._throttle.wait_seconds(asyncio.get_running_loop().time())
        if seconds == 0:
            await asyncio.sleep(0)  # lets signals in, also where nothing else waits
            return
        await wait_for(self._stop, seconds=seconds)

    def _must_stop(self) -> bool:
        return self.hold is not None or self._claims.is_paused or self._stop.is_set()

    async def _deliver(self, transport: Transport, claim: Claim, reader: Recipient) -> None:
        message = self._message(claim, reader)
        try:
            attempt = await transport.deliver(message, lambda: self._start(claim.subscriber_id))
        finally:
            self._on_the_wire.discard(asyncio.current_task())
        if attempt is None:
            self._claims.see_whether_paused()
            return
        self._write_down(claim, attempt)
        self._hold(self._verdict.hear(attempt, domain=reader.email.rpartition("@")[2]))
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
        self._on_the_wire.add(asyncio.current_task())
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
            leave_address=filled.content.leave_address,
        )
        gate.check(message, rules)
        return message

    def _ready_variants(self) -> dict[str, Letterset]:
        with self._newsroom.database.read() as connection:
            variants = issues.variants(connection, self._issue.id)
        return {
            variant.language: letterset(self._newsroom, self._newsletter, variant) for variant in variants
        }
