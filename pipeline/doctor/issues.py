"""Slots and issues: whether each newsletter comes out, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.doctor.finding import Finding, ok, problem, warning
from pipeline.jobs.plan import audience_size
from pipeline.jobs.recovering import number_in_doubt
from pipeline.model import Issue, IssueStatus, Slot
from pipeline.schedule import newest_slot, next_slot
from pipeline.store import issues, standing
from pipeline.store.standing import Standing

_GRACE = timedelta(hours=1)
"""An issue takes minutes; after that long nobody is making or sending it."""
_MEMORY = timedelta(days=3)
"""An issue that is over is spoken of for so long: over a weekend, and not every day of a month."""
_GOING = "see that `metabrief serve` runs, or cron does its work"


def schedule(newsroom: Newsroom) -> Iterator[Finding]:
    """Say for each newsletter whether its newest slot has an issue."""
    for newsletter in newsroom.settings.newsletter:
        slot = newest_slot(newsletter.schedule, newsletter.zone, now=newsroom.clock())
        with newsroom.database.read() as connection:
            issue = issues.find(connection, newsletter.key, slot.wall)
            has_come_out = issues.previous_slot_at(connection, newsletter.key, slot) is not None
        if issue is not None:
            following = next_slot(newsletter.schedule, newsletter.zone, after=newsroom.clock())
            yield _made(newsletter, slot, issue, following=following)
        else:
            yield _not_made(newsroom, newsletter, slot, has_come_out=has_come_out)


def _made(newsletter: Newsletter, slot: Slot, issue: Issue, *, following: Slot) -> Finding:
    message = f"{newsletter.key}: slot {slot.wall} has issue {issue.id}, {issue.status}"
    if issue.status is IssueStatus.MISSED:
        remedy = f"make it after all: metabrief run {newsletter.key} --slot {slot.wall}"
        return problem(message, remedy=remedy)
    return ok(f"{message}; the next slot is {following.wall}")


def _not_made(newsroom: Newsroom, newsletter: Newsletter, slot: Slot, *, has_come_out: bool) -> Finding:
    message = f"{newsletter.key}: slot {slot.wall} has no issue"
    remedy = f"metabrief run {newsletter.key}; and {_GOING}"
    if has_come_out and newsroom.clock() - slot.instant > _GRACE:
        return problem(message, remedy=remedy)
    if has_come_out:
        return ok(f"{newsletter.key}: slot {slot.wall} is being made")
    if audience_size(newsroom, newsletter):
        return warning(f"{newsletter.key}: it has readers, but no issue so far", remedy=remedy)
    return ok(f"{newsletter.key}: no reader and no issue so far")


def waiting(newsroom: Newsroom) -> Iterator[Finding]:
    """Name the issues that wait for a person, and those that do not get on."""
    now = newsroom.clock()
    with newsroom.database.read() as connection:
        standings = standing.standings(connection, since=now - _MEMORY, late_before=now - _GRACE)
    found = [finding for each in standings for finding in _judge(newsroom, each)]
    yield from found or [ok("none is held, and none is late")]


def _judge(newsroom: Newsroom, each: Standing) -> Iterator[Finding]:
    issue, now = each.issue, newsroom.clock()
    name = f"issue {issue.id} ({issue.newsletter} {issue.slot.wall})"
    if issue.status is IssueStatus.HELD:
        yield _held(newsroom, each, name)
    if issue.status is IssueStatus.APPROVED and now - (each.released_at or each.made_at) > _GRACE:
        yield warning(
            f"{name} may go out, but nobody sends it", remedy=f"metabrief send {issue.id}; and {_GOING}"
        )
    if issue.status is IssueStatus.SENDING:
        yield from _sending(each, name)
    doubtful = each.tally.uncertain + number_in_doubt(newsroom, issue)
    if doubtful:
        yield warning(
            f"{name}: {doubtful} uncertain: no reply came, so nobody knows whether they arrived",
            remedy=f"metabrief issues resolve {issue.id} list, and look for them in the relay's log; "
            "they are not sent again by themselves, for nobody shall get a mail twice",
        )


def _sending(each: Standing, name: str) -> Iterator[Finding]:
    send = f"metabrief send {each.issue.id}"
    if each.late:
        yield warning(
            f"{name}: {each.late} readers wait for longer than an hour", remedy=f"{send}; and {_GOING}"
        )
    if each.tally.deferred:
        again = f", next try {each.next_try:%Y-%m-%d %H:%M} UTC" if each.next_try else ""
        yield warning(
            f"{name}: {each.tally.deferred} deferred by the relay{again}",
            remedy=f"{send} --wait; the relay's log says why",
        )


def _held(newsroom: Newsroom, each: Standing, name: str) -> Finding:
    reason = f"{each.issue.hold_reason}: {each.issue.hold_detail}"
    message = f"{name} of {each.made_at:%Y-%m-%d %H:%M} UTC is held for {reason}"
    if each.release_at is None:
        return problem(message, remedy=f"metabrief issues show {each.issue.id} says what releases it")
    message += f"; it lets itself go at {each.release_at:%Y-%m-%d %H:%M} UTC"
    if each.release_at + _GRACE > newsroom.clock():
        return ok(message)
    return warning(message, remedy=f"nothing let it go: metabrief send; and {_GOING}")
