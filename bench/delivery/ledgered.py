"""The SMTP client with the durable ledger and nothing else: rows claimed, started before their dots, and finished."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path

import uvloop

from bench.delivery.sending import accepted, the_issue
from pipeline.app import Newsroom, open_newsroom
from pipeline.cli.signals import SWITCH_SECONDS
from pipeline.deliver.message import Message
from pipeline.deliver.replies import Attempt
from pipeline.jobs import senders
from pipeline.jobs.claiming import Claims
from pipeline.jobs.journal import Journal
from pipeline.jobs.plan import plan
from pipeline.jobs.transports import transports
from pipeline.model import Issue, TransportKind
from pipeline.store.deliveries import Outcome
from subscribers.audience import audience

_AHEAD = 2


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A parcel whose message needs nothing more."""

    subscriber_id: int
    message: Message


class Ledgered:
    """Work for all connections together: one message to every reader, with the ledger asked and told."""

    def __init__(self, claims: Claims, journal: Journal, message: Message, *, ahead: int) -> None:
        self._claims = claims
        self._journal = journal
        self._message = message
        self._ahead = ahead
        self._ready: deque[Ready] = deque()
        self._claiming: asyncio.Task[None] | None = None
        self._is_over = False

    def ready(self) -> Ready | None:
        """Return a parcel whose row is ours already."""
        if self._claiming is None and not self._is_over and len(self._ready) < self._ahead:
            self._claiming = asyncio.create_task(self._claim())
        return self._ready.popleft() if self._ready else None

    async def next(self) -> Ready | None:
        """Wait for a row of ours; None when all were tried."""
        while (parcel := self.ready()) is None and self._claiming is not None:
            await asyncio.shield(self._claiming)
        return parcel

    async def _claim(self) -> None:
        places = await self._claims.take()
        for claim, reader in places:
            message = replace(self._message, recipient=reader.email)
            self._ready.append(Ready(subscriber_id=claim.subscriber_id, message=message))
        self._is_over = not places
        self._claiming = None

    async def start(self, parcel: Ready) -> bool:
        """Ask the fence."""
        return await self._journal.start(parcel.subscriber_id)

    def settle(self, parcel: Ready, attempt: Attempt) -> None:
        """Write the ending down."""
        self._journal.finish(
            Outcome(
                subscriber_id=parcel.subscriber_id,
                state=attempt.state,
                code=attempt.code,
                reason=attempt.reason,
            )
        )

    def put_back(self, parcel: Ready, *, is_lost: bool) -> None:  # noqa: ARG002 — the name is the protocol's
        """Keep it for another connection."""
        self._ready.append(parcel)


def with_ledger(home: Path, message: Message) -> float:
    """Return the messages a second of the client with the ledger, the message being ready."""
    sys.setswitchinterval(SWITCH_SECONDS)
    with open_newsroom(home) as newsroom:
        issue = the_issue(newsroom)
        plan(newsroom, newsroom.settings.newsletter[0], issue)
        began = time.perf_counter()
        uvloop.run(_sent(newsroom, issue, message))
        seconds = time.perf_counter() - began
    return accepted(home) / seconds


async def _sent(newsroom: Newsroom, issue: Issue, message: Message) -> None:
    connections = newsroom.settings.delivery.connections
    with senders.living(newsroom.home) as owner:
        journal = Journal(newsroom, issue.id, audience(issue.newsletter), owner=owner, ways=connections)
        claims = Claims(newsroom, issue, journal, owner=owner, keeps_hours=False)
        work = Ledgered(claims, journal, message, ahead=_AHEAD * connections)
        ways = tuple(transports(newsroom, TransportKind.SMTP))
        await asyncio.gather(*(way.run(work) for way in ways))
        await journal.drain()
        for way in ways:
            await way.close()
        journal.close()
