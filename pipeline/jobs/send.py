"""Send one issue: every due delivery tried once, each reply written down before the next message leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.deliver.ledger import Tally, tally
from pipeline.jobs import senders
from pipeline.jobs.dispatch import Dispatch, Hearers
from pipeline.jobs.plan import plan
from pipeline.jobs.site import site_trouble
from pipeline.jobs.stopping import unless_stopped, wait_for
from pipeline.jobs.transports import transports
from pipeline.model import HoldReason, Issue, IssueStatus, TransportKind
from pipeline.store import deliveries, issues, waiting

SENDABLE = (IssueStatus.APPROVED, IssueStatus.SENDING)
_LOOK_AGAIN_SECONDS, _LEAST_SECONDS = 30.0, 0.2
_LOOK_AT_OTHERS_SECONDS = 2.0
"""While other senders have rows in hand: one may die, or give back what the next can take."""


@dataclass(frozen=True, kw_only=True)
class SendReport:
    """How sending an issue ended, for the one who asked."""

    issue: Issue
    tally: Tally
    next_try: datetime | None
    leased: int = 0
    """Rows in the hands of another sender, which may be dead."""
    leased_until: datetime | None = None
    trouble: str = ""
    """Why rows were left that could have been tried: the relay is away."""


async def send(
    newsroom: Newsroom,
    newsletter: Newsletter,
    issue: Issue,
    *,
    wait: bool = False,
    keeps_hours: bool = False,
    stop: asyncio.Event | None = None,
    hearers: Hearers = Hearers(),  # noqa: B008  it is frozen
    on_round: Callable[[SendReport], None] = lambda _: None,
) -> SendReport:
    """Send an approved or sending issue to whoever is still planned: at once, or with ``keeps_hours`` at their hour.

    With ``wait`` stay until the issue is final, held or too late; ``stop`` ends it after what is on the wire.
    """
    stop = stop or asyncio.Event()
    trouble = await unless_stopped(_trouble_with_site(newsroom, issue), stop)
    if trouble:
        _hold(newsroom, issue.id, HoldReason.SITE, trouble)
    if trouble or stop.is_set():
        return report(newsroom, issue.id)
    plan(newsroom, newsletter, issue)
    with senders.living(newsroom.home) as owner:
        dispatch = Dispatch(
            newsroom, newsletter, issue, owner=owner, keeps_hours=keeps_hours, stop=stop, hearers=hearers
        )
        try:
            return await _rounds(dispatch, newsroom, issue, wait=wait, stop=stop, on_round=on_round)
        finally:
            dispatch.close()


async def _rounds(
    dispatch: Dispatch,
    newsroom: Newsroom,
    issue: Issue,
    *,
    wait: bool,
    stop: asyncio.Event,
    on_round: Callable[[SendReport], None],
) -> SendReport:
    """Send in one round, or with ``wait`` in as many as it takes."""
    troubles = 0
    while True:
        trouble = await dispatch.once(lambda: transports(newsroom, issue.transport))
        await _conclude(newsroom, issue.id, dispatch)
        ended = report(newsroom, issue.id, trouble=trouble)
        on_round(ended)
        troubles = troubles + 1 if trouble else 0
        if not wait or ended.issue.status is not IssueStatus.SENDING:
            return ended
        pause = min(_LOOK_AGAIN_SECONDS, 2.0 ** (troubles - 1)) if trouble else _LEAST_SECONDS
        if not await _waited_for_round(newsroom, ended, dispatch, pause=pause, stop=stop):
            return ended


def report(newsroom: Newsroom, issue_id: int, *, trouble: str = "") -> SendReport:
    """Return how an issue stands, without its items."""
    with newsroom.database.read() as connection:
        issue = issues.load_bare(connection, issue_id)
        counted = tally(deliveries.counts(connection, issue_id))
        next_try = waiting.next_moment(connection, issue_id)
        leased = waiting.leased(connection, issue_id)
    if issue is None:
        raise LookupError(f"issue {issue_id} is gone")
    return SendReport(
        issue=issue,
        tally=counted,
        next_try=next_try,
        leased=leased.number,
        leased_until=leased.until,
        trouble=trouble,
    )


async def _conclude(newsroom: Newsroom, issue_id: int, dispatch: Dispatch) -> None:
    """Give back what was not tried; hold the issue if something asks for a person, else see whether it is sent."""

    def conclude(connection: sa.Connection) -> None:
        issues.lock(connection, issue_id)
        deliveries.give_back(connection, issue_id, owner=dispatch.owner, now=newsroom.clock())
        sending = (IssueStatus.SENDING,)
        if dispatch.hold is not None:
            reason, detail = dispatch.hold
            issues.set_status(
                connection,
                issue_id,
                status=IssueStatus.HELD,
                hold_reason=reason,
                hold_detail=detail,
                among=sending,
            )
        elif tally(deliveries.counts(connection, issue_id)).is_final:
            issues.set_status(connection, issue_id, status=IssueStatus.SENT, among=sending)

    await dispatch.ask(conclude)


def _hold(newsroom: Newsroom, issue_id: int, reason: HoldReason, detail: str) -> None:
    """Hold an issue that may go out; one that a person has held or called off meanwhile stays as it is."""
    with newsroom.database.write() as connection:
        issues.set_status(
            connection,
            issue_id,
            status=IssueStatus.HELD,
            hold_reason=reason,
            hold_detail=detail,
            among=SENDABLE,
        )


async def _waited_for_round(
    newsroom: Newsroom, ended: SendReport, dispatch: Dispatch, *, pause: float, stop: asyncio.Event
) -> bool:
    """Wait until another round finds something to do, or may after a trouble; False when all must stop."""
    seconds = pause
    while not await wait_for(stop, seconds=seconds):
        if _is_round_due(newsroom, ended.issue.id, ignore_hours=not dispatch.keeps_hours):
            return True
        seconds = _seconds_to_look(newsroom, ended)
    return False


def _is_round_due(newsroom: Newsroom, issue_id: int, *, ignore_hours: bool) -> bool:
    """Say whether a round finds something to do, were it only that a person has held the issue or called it off."""
    with newsroom.database.read() as connection:
        issue = issues.load_bare(connection, issue_id)
        if issue is None or issue.status is not IssueStatus.SENDING:
            return True
        if senders.look_at(newsroom.home, deliveries.owners(connection, issue_id)).dead:
            return True
        return waiting.is_round_due(connection, issue_id, now=newsroom.clock(), ignore_hours=ignore_hours)


def _seconds_to_look(newsroom: Newsroom, ended: SendReport) -> float:
    """Return how long nothing can be due; not longer than what others do to the issue may go unseen."""
    now = newsroom.clock()
    with newsroom.database.read() as connection:
        next_due = waiting.next_due(connection, ended.issue.id, after=now)
        is_shared = bool(deliveries.owners(connection, ended.issue.id))
    moments = [moment for moment in (ended.next_try, next_due) if moment is not None and moment > now]
    longest = _LOOK_AT_OTHERS_SECONDS if is_shared else _LOOK_AGAIN_SECONDS
    soonest = min(((moment - now).total_seconds() for moment in moments), default=longest)
    return min(longest, max(_LEAST_SECONDS, soonest))


async def _trouble_with_site(newsroom: Newsroom, issue: Issue) -> str:
    """Return why the leave page cannot be relied on, or an empty string; the outbox needs none."""
    settings = newsroom.settings
    if issue.transport is TransportKind.OUTBOX or not settings.delivery.check_site:
        return ""
    return await site_trouble(str(settings.site_url))
