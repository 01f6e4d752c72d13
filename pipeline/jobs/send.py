"""Send one issue: every due delivery tried once, each reply written down before the next message leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import httpx

from pipeline.app import Newsroom
from pipeline.config import Newsletter, read_secret
from pipeline.deliver.ledger import Tally, tally
from pipeline.deliver.outbox import Outbox
from pipeline.deliver.smtp import Relay, SmtpConnection
from pipeline.errors import TransportError
from pipeline.jobs.dispatch import Dispatch, Transport
from pipeline.jobs.plan import plan
from pipeline.model import HoldReason, Issue, IssueStatus, TransportKind
from pipeline.store import deliveries, issues

SENDABLE = (IssueStatus.APPROVED, IssueStatus.SENDING)
_LOOK_AGAIN_SECONDS = 30


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
    stop: asyncio.Event | None = None,
    on_delivered: Callable[[], None] = lambda: None,
) -> SendReport:
    """Send an approved or sending issue to whoever is still planned, whatever their hour.

    With ``wait`` stay until the issue is final, held or too late; ``stop`` ends it after what is on the wire.
    """
    stop = stop or asyncio.Event()
    site_trouble = await _site_trouble(newsroom, issue)
    if site_trouble:
        _hold(newsroom, issue.id, HoldReason.SITE, site_trouble)
        return report(newsroom, issue.id)
    plan(newsroom, newsletter, issue)
    dispatch = Dispatch(newsroom, newsletter, issue, stop=stop, on_delivered=on_delivered)
    while True:
        trouble = await dispatch.once(lambda: _transports(newsroom, issue.transport))
        _conclude(newsroom, issue.id, dispatch)
        ended = report(newsroom, issue.id, trouble=trouble)
        if not wait or stop.is_set() or ended.issue.status is not IssueStatus.SENDING:
            return ended
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _seconds_to_wait(newsroom, ended))


def report(newsroom: Newsroom, issue_id: int, *, trouble: str = "") -> SendReport:
    """Return how an issue stands, without its items."""
    with newsroom.database.read() as connection:
        issue = issues.load_bare(connection, issue_id)
        counted = tally(deliveries.counts(connection, issue_id))
        next_try = deliveries.next_moment(connection, issue_id)
        leased = deliveries.leased(connection, issue_id)
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


def _conclude(newsroom: Newsroom, issue_id: int, dispatch: Dispatch) -> None:
    """Give back what was not tried; hold the issue if something asks for a person, else see whether it is sent."""
    now = newsroom.clock()
    with newsroom.database.write() as connection:
        deliveries.give_back(connection, issue_id, owner=dispatch.owner, now=now)
        if dispatch.hold is not None:
            reason, detail = dispatch.hold
            issues.set_status(
                connection,
                issue_id,
                status=IssueStatus.HELD,
                hold_reason=reason,
                hold_detail=detail,
                among=(IssueStatus.SENDING,),
            )
        elif tally(deliveries.counts(connection, issue_id)).is_final:
            issues.set_status(connection, issue_id, status=IssueStatus.SENT, among=(IssueStatus.SENDING,))


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


def _seconds_to_wait(newsroom: Newsroom, ended: SendReport) -> float:
    if ended.next_try is None or ended.trouble:
        return _LOOK_AGAIN_SECONDS
    return min(_LOOK_AGAIN_SECONDS, max(0.2, (ended.next_try - newsroom.clock()).total_seconds()))


async def _site_trouble(newsroom: Newsroom, issue: Issue) -> str:
    """Return why the leave page cannot be relied on, or an empty string; the outbox needs none."""
    settings = newsroom.settings
    if issue.transport is TransportKind.OUTBOX or not settings.delivery.check_site:
        return ""
    page = f"{settings.site_url}/leave"
    try:
        async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
            response = await client.get(page)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{page} does not answer ({error or type(error).__name__}), so readers could not leave"
    if not response.is_success:  # a redirect too: the one-click POST would be lost on it (RFC 8058, 3.1)
        return f"{page} answers {response.status_code}, so readers could not leave"
    return ""


def _transports(newsroom: Newsroom, kind: TransportKind) -> Iterator[Transport]:
    """Yield the ways out that may be used at once: one outbox, or the relay's connections."""
    settings = newsroom.settings
    if kind is TransportKind.OUTBOX:
        yield Outbox(newsroom.home / settings.delivery.outbox)
        return
    smtp = settings.smtp
    if smtp.host is None or smtp.port is None:
        raise TransportError(
            "this issue was made for SMTP, but the configuration names no relay; set [smtp] host and port"
        )
    password = read_secret(smtp.password, smtp.password_file, home=newsroom.home, key="[smtp] password")
    relay = Relay(host=smtp.host, port=smtp.port, tls=smtp.tls, username=smtp.username, password=password)
    for _ in range(settings.delivery.connections):
        yield SmtpConnection(relay)
