"""Our own letters: each that waits is set, looked over at the gate and sent, once at most."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.app import Newsroom
from pipeline.deliver.ledger import next_try
from pipeline.deliver.message import Message, UnwritableAddressError
from pipeline.deliver.relay import RelayLostError
from pipeline.deliver.replies import Attempt
from pipeline.deliver.throttle import Throttle
from pipeline.errors import MetabriefError, TransportError
from pipeline.jobs.stopping import wait_for, work_until_stopped
from pipeline.jobs.transports import Transport, transports
from pipeline.jobs.writing import take, written
from pipeline.model import DeliveryState, LetterState
from pipeline.store import letters
from pipeline.store.letters import Outcome, Queued

GIVEN_UP_AFTER = timedelta(days=3)
_ENDS = {
    DeliveryState.ACCEPTED: LetterState.SENT,
    DeliveryState.REJECTED: LetterState.FAILED,
    DeliveryState.DEFERRED: LetterState.QUEUED,
    DeliveryState.UNCERTAIN: LetterState.STARTED,
}


@dataclass(frozen=True, kw_only=True)
class LetterReport:
    """What became of the letters that were due."""

    sent: int = 0
    failed: int = 0
    """Refused for good, or given up."""
    waiting: int = 0
    """Tried in vain; they are tried again."""
    uncertain: int = 0
    """No reply came after the dot: never sent again, their readers may ask for another."""
    trouble: str = ""
    """Why letters wait that are not at fault themselves."""


async def send_letters(
    newsroom: Newsroom, *, ignore_pauses: bool = False, stop: asyncio.Event | None = None
) -> LetterReport:
    """Try each letter that is due once, or with ``ignore_pauses`` each that waits; ``stop`` ends it after what is on the wire."""
    with newsroom.database.read() as connection:
        due = letters.due(connection, now=newsroom.clock(), ignore_pauses=ignore_pauses)
    if not due:
        return LetterReport()
    post = _Post(newsroom, stop or asyncio.Event())
    await post.send(due)
    with newsroom.database.write() as connection:
        given_up = letters.give_up(connection, queued_before=newsroom.clock() - GIVEN_UP_AFTER)
    return post.report(given_up=given_up)


class _Post:
    """Sends letters one after the other over one way out."""

    def __init__(self, newsroom: Newsroom, stop: asyncio.Event) -> None:
        self._newsroom = newsroom
        self._stop = stop
        self._throttle = Throttle(newsroom.settings.delivery.rate_per_second)
        self._on_the_wire: set[asyncio.Task[object] | None] = set()
        self._ended: Counter[LetterState] = Counter()
        self._trouble = ""

    def report(self, *, given_up: int) -> LetterReport:
        """Return what became of them; of those that wait, so many were given up since."""
        return LetterReport(
            sent=self._ended[LetterState.SENT],
            failed=self._ended[LetterState.FAILED] + given_up,
            waiting=max(0, self._ended[LetterState.QUEUED] - given_up),
            uncertain=self._ended[LetterState.STARTED],
            trouble=self._trouble,
        )

    async def send(self, tokens: Iterable[str]) -> None:
        """Try each letter once, until there is no way out or all must stop."""
        transport = next(transports(self._newsroom, self._newsroom.settings.delivery.transport))
        await work_until_stopped([self._work(transport, tokens)], self._stop, spared=self._on_the_wire)

    async def _work(self, transport: Transport, tokens: Iterable[str]) -> None:
        """Try one after the other; two in a row at which the connection is lost are taken for a relay that is away."""
        was_lost = False
        try:
            for token in tokens:
                seconds = self._throttle.wait_seconds(asyncio.get_running_loop().time())
                if await wait_for(self._stop, seconds=seconds):
                    return
                lost = await self._try(transport, token)
                if lost is not None and was_lost:
                    raise lost
                was_lost = lost is not None
        except TransportError as error:
            self._put_off_all(str(error))
        finally:
            await transport.close()

    async def _try(self, transport: Transport, token: str) -> RelayLostError | None:
        """Try one letter, and return how the connection was lost at it; it waits then, whatever becomes of others.

        Raises ``TransportError`` when there is no way out for any.
        """
        occasion = take(self._newsroom, token)
        if occasion is None:
            return None
        try:
            await self._deliver_anew(transport, occasion.letter, written(self._newsroom, occasion))
        except RelayLostError as error:
            later = Attempt(state=DeliveryState.DEFERRED, reason=str(error))
            self._write_down(occasion.letter, later, is_started=False)
            return error
        except TransportError:
            raise
        except UnwritableAddressError as error:
            refused = Attempt(state=DeliveryState.REJECTED, reason=str(error))
            self._write_down(occasion.letter, refused, is_started=False)
        except MetabriefError as error:  # a template, say, that the newsroom may mend
            self._trouble = str(error)
            faulty = Attempt(state=DeliveryState.DEFERRED, reason=str(error))
            self._write_down(occasion.letter, faulty, is_started=False)
        return None

    async def _deliver_anew(self, transport: Transport, letter: Queued, message: Message) -> None:
        """Deliver a letter; a connection that was lost, perhaps since the last one, is opened again, once."""
        try:
            await self._deliver(transport, letter, message)
        except RelayLostError:
            await self._deliver(transport, letter, message)

    async def _deliver(self, transport: Transport, letter: Queued, message: Message) -> None:
        is_started = False

        def start() -> bool:
            nonlocal is_started
            with self._newsroom.database.write() as connection:
                is_started = letters.start(connection, letter.token, about=letter.consent_id)
            self._on_the_wire.add(asyncio.current_task())
            return is_started

        try:
            attempt = await transport.deliver(message, start)
        except asyncio.CancelledError:
            if is_started:  # nothing is waited for between the start and the dot
                unheard = Attempt(
                    state=DeliveryState.UNCERTAIN, reason="told to end before the reply to the dot"
                )
                self._write_down(letter, unheard, is_started=True)
            raise
        finally:
            self._on_the_wire.discard(asyncio.current_task())
        if attempt is not None:
            self._write_down(letter, attempt, is_started=is_started)

    def _write_down(self, letter: Queued, attempt: Attempt, *, is_started: bool) -> None:
        now = self._newsroom.clock()
        state = _ENDS[attempt.state]
        again = self._next_try(letter) if state is LetterState.QUEUED else None
        outcome = Outcome(state=state, reason=attempt.reason, next_try=again)
        with self._newsroom.database.write() as connection:
            if letters.finish(connection, letter.token, outcome, is_started=is_started, now=now):
                self._ended[state] += 1

    def _next_try(self, letter: Queued) -> datetime:
        return next_try(
            letter.attempts + 1,
            pauses=self._newsroom.settings.delivery.retry_pauses,
            now=self._newsroom.clock(),
            not_after=letter.queued_at + GIVEN_UP_AFTER,
        )

    def _put_off_all(self, trouble: str) -> None:
        """Let all that are due wait for the first pause, for what is in the way is in the way of all."""
        self._trouble = trouble
        now = self._newsroom.clock()
        until = now + self._newsroom.settings.delivery.retry_pauses[0]
        with self._newsroom.database.write() as connection:
            self._ended[LetterState.QUEUED] += letters.put_off(
                connection, until=until, reason=trouble, now=now
            )
