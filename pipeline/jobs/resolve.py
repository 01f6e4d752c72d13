"""Settle what is uncertain by a person's word: it arrived, or it is to be sent again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.deliver.ledger import tally
from pipeline.deliver.mailing import message_id
from pipeline.deliver.message import Sender, delivery_name
from pipeline.errors import MetabriefError
from pipeline.jobs.letterhead import sender
from pipeline.jobs.recovering import recover
from pipeline.model import DeliveryState, HoldReason, Issue, IssueStatus, TransportKind
from pipeline.store import deliveries, issues
from pipeline.store.uncertain import Uncertain, resolve, states_of, uncertain


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An uncertain delivery, and what it is called in the relay's log."""

    row: Uncertain
    message_id: str | None
    """None where the newsletter is gone from the configuration."""


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """What became of uncertain deliveries, and of their issue."""

    issue: Issue
    """As it stands afterwards, without its items."""
    number: int
    late: int
    """How many of them are past their time: planned again they expire."""
    left: int
    """How many are uncertain still."""


def list_uncertain(newsroom: Newsroom, issue: Issue) -> tuple[Seen, ...]:
    """Return what is uncertain of an issue, what dead senders left among it. Raises ``MetabriefError`` for one of the outbox."""
    _refuse_outbox(issue)
    recover(newsroom, issue)
    with newsroom.database.read() as connection:
        found = uncertain(connection, issue.id)
    known = {newsletter.key: newsletter for newsletter in newsroom.settings.newsletter}
    newsletter = known.get(issue.newsletter)
    if newsletter is None:
        return tuple(Seen(row=row, message_id=None) for row in found)
    origin = sender(newsroom, newsletter)
    return tuple(Seen(row=row, message_id=_message_id(origin, issue, row)) for row in found)


def _message_id(origin: Sender, issue: Issue, row: Uncertain) -> str:
    return message_id(origin, kind=origin.newsletter, named=delivery_name(issue.id, row.subscriber_id))


def accept(newsroom: Newsroom, issue: Issue, *, ids: Collection[int] = ()) -> Resolved:
    """Take it that uncertain deliveries arrived: those of ``ids``, or all; the issue is sent if they were the last.

    Raises ``MetabriefError`` when one of them is not uncertain, and then moves none.
    """
    return _settle(newsroom, issue, DeliveryState.ACCEPTED, ids=ids)


def resend(newsroom: Newsroom, issue: Issue, *, ids: Collection[int] = ()) -> Resolved:
    """Plan uncertain deliveries again, those of ``ids``, or all; an issue that was sent goes on being sent.

    Raises ``MetabriefError`` as ``accept`` does, and for an issue that was called off.
    """
    if issue.status is IssueStatus.CANCELLED:
        raise MetabriefError(
            f"issue {issue.id} is cancelled, so nothing of it is sent again; "
            f"settle it with: metabrief issues resolve {issue.id} accept"
        )
    return _settle(newsroom, issue, DeliveryState.PLANNED, ids=ids)


def _settle(newsroom: Newsroom, issue: Issue, state: DeliveryState, *, ids: Collection[int]) -> Resolved:
    _refuse_outbox(issue)
    recover(newsroom, issue)
    now = newsroom.clock()
    with newsroom.database.write() as connection:
        issues.lock(connection, issue.id)
        found = uncertain(connection, issue.id)
        chosen = tuple(each for each in found if not ids or each.subscriber_id in ids)
        _refuse_others(connection, issue, ids, found=chosen)
        number = resolve(connection, issue.id, state, ids=ids or None, now=now)
        _move(connection, issue)
        after = issues.load_bare(connection, issue.id) or issue
    late = sum(each.not_after <= now for each in chosen)
    return Resolved(issue=after, number=number, late=late, left=len(found) - number)


def _move(connection: sa.Connection, issue: Issue) -> None:
    """Let the issue follow its deliveries: sent on while some are planned, sent when nothing is left to try or to ask."""
    counted = tally(deliveries.counts(connection, issue.id))
    now = issues.load_bare(connection, issue.id) or issue
    if not counted.is_final:
        issues.set_status(connection, issue.id, status=IssueStatus.SENDING, among=(IssueStatus.SENT,))
    elif now.status is IssueStatus.SENDING or (
        now.hold_reason is HoldReason.UNCERTAIN and not counted.uncertain
    ):
        issues.set_status(connection, issue.id, status=IssueStatus.SENT, among=(now.status,))


def _refuse_outbox(issue: Issue) -> None:
    if issue.transport is TransportKind.OUTBOX:
        raise MetabriefError(
            f"issue {issue.id} was made for the outbox, where nothing is ever uncertain; nothing to resolve"
        )


def _refuse_others(
    connection: sa.Connection, issue: Issue, ids: Collection[int], *, found: tuple[Uncertain, ...]
) -> None:
    """Name the first of ``ids`` that is not uncertain."""
    if not ids and not found:
        raise MetabriefError(f"nothing of issue {issue.id} is uncertain; nothing to resolve")
    others = set(ids) - {each.subscriber_id for each in found}
    if not others:
        return
    first = min(others)
    state = states_of(connection, issue.id, [first]).get(first)
    why = f"is {state}, not uncertain" if state else "does not exist"
    raise MetabriefError(
        f"delivery {first} of issue {issue.id} {why}; see: metabrief issues resolve {issue.id} list"
    )
