"""One round over an issue's due deliveries: claim, write, and let every way out send what its connection bears."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.deliver.message import UnwritableAddressError
from pipeline.deliver.relay import RelayRefusedError
from pipeline.deliver.replies import Attempt
from pipeline.errors import GateError, StoreError, TransportError
from pipeline.jobs.batch import Batch
from pipeline.jobs.claiming import Claims, Place
from pipeline.jobs.journal import Journal
from pipeline.jobs.outcomes import Outcomes
from pipeline.jobs.pen import Pen, PenLostError, Sheet, open_pen
from pipeline.jobs.stopping import wait_for, work_until_stopped
from pipeline.jobs.supply import Parcel, Supply
from pipeline.jobs.transports import Transport
from pipeline.jobs.verdict import Hold
from pipeline.model import DeliveryState, HoldReason, Issue, TransportKind
from subscribers.audience import audience

T = TypeVar("T")

WRITTEN_TOGETHER = 20
"""Messages: some ten milliseconds of signing, after which others have their turn."""
ASKED_AHEAD = 2
"""So many times ``WRITTEN_TOGETHER``: whoever writes must not wait for the next ones to be claimed."""
_LONGEST_JITTER_SECONDS = 0.25
"""Fifty connections that were lost together must not come back together."""
_MOST_PASSES = 3


@dataclass(frozen=True, kw_only=True)
class Hearers:
    """Who hears how sending goes on."""

    delivered: Callable[[Attempt], None] = lambda _: None
    """Each try that ended."""
    round_begun: Callable[[int], None] = lambda _: None
    """How many deliveries are due now."""
    batch: Callable[[Batch], None] = lambda _: None


class Dispatch:
    """Sends what is due of one issue, over several ways out at once; one a run, for it counts over its rounds."""

    def __init__(
        self,
        newsroom: Newsroom,
        newsletter: Newsletter,
        issue: Issue,
        *,
        owner: str,
        keeps_hours: bool,
        stop: asyncio.Event,
        hearers: Hearers,
    ) -> None:
        self.owner = owner
        self.keeps_hours = keeps_hours
        self.hold: Hold | None = None
        self._newsroom = newsroom
        self._newsletter = newsletter
        self._issue = issue
        self._stop = stop
        self._hearers = hearers
        ways = newsroom.settings.delivery.connections if issue.transport is TransportKind.SMTP else 1
        self._journal = Journal(newsroom, issue.id, audience(newsletter.key), owner=owner, ways=ways)
        self._claims = Claims(newsroom, issue, self._journal, owner=owner, keeps_hours=keeps_hours)
        self._outcomes = Outcomes(newsroom, newsletter, issue, self._journal, tell=hearers.batch)
        self._supply = Supply(most=0)
        self._halt = asyncio.Event()
        """All must stop, though nobody outside has asked for it: the issue is held, or was paused."""
        self._on_the_wire: set[asyncio.Task[object] | None] = set()
        self._lost: set[int] = set()
        self._settled = self._left = 0
        self._must_look_again = False
        self._trouble = ""

    async def ask(self, job: Callable[[sa.Connection], T]) -> T:
        """Do something in a transaction, in turn with what is written for the deliveries. Raises ``StoreError``."""
        return await self._journal.ask(job)

    def close(self) -> None:
        """Let the thread go."""
        self._journal.close()

    async def once(self, transports: Callable[[], Iterable[Transport]]) -> str:
        """Try each due row once; return why some could not be tried, or an empty string.

        Rows that a clock or a database took from us on the way are looked for again, a few times.
        """
        self._lost.clear()
        self._halt.clear()
        self._trouble, self._left = "", 0
        for number in range(_MOST_PASSES):
            self._must_look_again = False
            due = await self._claims.begin_round()
            if number == 0:
                self._hearers.round_begun(due)
            if not due or self._must_stop():
                break
            with closing(open_pen(self._newsroom, self._newsletter, self._issue.id, number=due)) as pen:
                await self._pass(pen, tuple(transports()))
            if not self._must_look_again:
                break
        return self._trouble if self._left or not self._supply.is_over else ""

    async def _pass(self, pen: Pen, ways: Collection[Transport]) -> None:
        self._supply = Supply(most=2 * len(ways))
        writing = asyncio.create_task(self._write_ahead(pen))
        try:
            await work_until_stopped(map(self._work, ways), self._stop, spared=self._on_the_wire)
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            await self._journal.drain()
            self._outcomes.end_batch()
        if not writing.cancelled() and (failure := writing.exception()) is not None:
            raise failure

    async def _write_ahead(self, pen: Pen) -> None:
        """Claim, fill and sign what the ways out will send next."""
        asked: deque[tuple[Sequence[Place], asyncio.Future[Sequence[Sheet]]]] = deque()
        try:
            async for places in self._next_places():
                asked.append((places, asyncio.ensure_future(pen.write(places))))
                if len(asked) == ASKED_AHEAD:
                    await self._offer(*asked.popleft())
            while asked:
                await self._offer(*asked.popleft())
            if self._claims.is_paused:
                self._end_waiting()
            self._supply.complete()
        except GateError as error:
            self._hold((HoldReason.GATE, str(error)))
        except PenLostError as error:
            self._trouble = str(error)
        finally:
            for _, sheets in asked:
                sheets.cancel()
            self._supply.close_unless_complete()

    async def _next_places(self) -> AsyncIterator[Sequence[Place]]:
        """Claim, and yield what is written together."""
        while not self._must_stop() and (places := await self._claims.take()):
            kept = (place for place in places if not self._is_resting(place))
            while (some := tuple(islice(kept, WRITTEN_TOGETHER))) and not self._must_stop():
                yield some

    async def _offer(self, places: Sequence[Place], sheets: asyncio.Future[Sequence[Sheet]]) -> None:
        """Hand out what was written; whose address is none gets none."""
        parcels: list[Parcel] = []
        for (claim, reader), sheet in zip(places, await sheets, strict=True):
            if isinstance(sheet, UnwritableAddressError):
                self._outcomes.write_down(claim, Attempt(state=DeliveryState.REJECTED, reason=str(sheet)))
            else:
                parcels.append(Parcel(claim=claim, domain=_domain(reader.email), message=sheet))
        await self._supply.put(parcels)

    def _is_resting(self, place: Place) -> bool:
        claim, reader = place
        return self._outcomes.puts_off(claim, domain=_domain(reader.email))

    async def _work(self, transport: Transport) -> None:
        """Send until nothing is left; one lost connection is opened again, a second in a row ends this worker."""
        losses = 0
        try:
            while losses < 2:
                before = self._settled
                try:
                    await transport.run(self)
                except RelayRefusedError as error:
                    self._hold((HoldReason.REPLIES, str(error)))
                except TransportError as error:
                    self._trouble = str(error)
                    losses = 1 if self._settled > before else losses + 1
                    await wait_for(self._halt, seconds=random.uniform(0, _LONGEST_JITTER_SECONDS))  # noqa: S311
                    continue
                return
        finally:
            await transport.close()

    def _hold(self, why: Hold | None) -> None:
        self.hold = self.hold or why
        if self.hold is not None:
            self._end_waiting()

    def _end_waiting(self) -> None:
        self._halt.set()
        self._supply.close()

    def _must_stop(self) -> bool:
        return self.hold is not None or self._claims.is_paused or self._stop.is_set()

    def ready(self) -> Parcel | None:
        """Return a parcel that may leave at once."""
        if self._must_stop() or not self._outcomes.is_place_free():
            return None
        parcel = self._taken()
        if parcel is not None:
            self._outcomes.seconds_to_place()
        return parcel

    async def next(self) -> Parcel | None:
        """Wait for a parcel and for its place; None when nothing is left or all must stop."""
        while not self._must_stop() and await self._supply.wait():
            seconds = self._outcomes.seconds_to_place()
            if seconds:
                await wait_for(self._halt, seconds=seconds)
            if not self._must_stop() and (parcel := self._taken()) is not None:
                return parcel
        return None

    async def start(self, parcel: Parcel) -> bool:
        """Ask the fence; False also when all must stop or the database was away. Raises ``StoreError``."""
        task = asyncio.current_task()
        self._on_the_wire.add(task)
        try:
            is_started = await self._passes_fence(parcel)
        except BaseException:
            self._on_the_wire.discard(task)
            raise
        if not is_started:
            self._on_the_wire.discard(task)
            self._must_look_again = True
            self._outcomes.end(parcel)
            self._outcomes.give_back(parcel.claim)
            self._supply.end()
        return is_started

    async def _passes_fence(self, parcel: Parcel) -> bool:
        if self._must_stop():
            return False
        try:
            is_started = await self._journal.start(parcel.claim.subscriber_id)
        except StoreError:
            await self._journal.drain()
            is_started = False
        if not is_started:
            await self._claims.see_whether_paused()
            if self._claims.is_paused:
                self._end_waiting()
        return is_started

    def settle(self, parcel: Parcel, attempt: Attempt) -> None:
        """Take in how a try ended."""
        self._on_the_wire.discard(asyncio.current_task())
        self._settled += attempt.state is not DeliveryState.UNCERTAIN
        self._hold(self._outcomes.settle(parcel, attempt))
        self._hearers.delivered(attempt)
        self._supply.end()

    def put_back(self, parcel: Parcel, *, is_lost: bool) -> None:
        """Let a delivery wait behind the others; one that lost the connection twice is left for another round."""
        self._outcomes.end(parcel)
        subscriber_id = parcel.claim.subscriber_id
        if is_lost and subscriber_id in self._lost:
            self._left += 1
            self._supply.end()
            return
        if is_lost:
            self._lost.add(subscriber_id)
        self._supply.give_back(parcel)

    def _taken(self) -> Parcel | None:
        """Return the next parcel whose domain takes one now; others are put off."""
        while (parcel := self._supply.take()) is not None:
            if self._outcomes.begin(parcel):
                return parcel
            self._supply.end()
        return None


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()
