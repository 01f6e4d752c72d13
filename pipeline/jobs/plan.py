"""Plan an issue's deliveries: one row a reader, due at the reader's own hour."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.errors import MetabriefError
from pipeline.model import Issue
from pipeline.schedule import at_or_after
from pipeline.store import issues, planning
from subscribers.audience import audience
from subscribers.store import resume_due


def plan(newsroom: Newsroom, newsletter: Newsletter, issue: Issue) -> None:
    """Move an approved issue to sending and plan its deliveries, in one transaction; again, it does nothing.

    Readers whose pause is over are among them.
    """
    now = newsroom.clock()
    readers = audience(newsletter.key)
    with newsroom.database.write() as connection:
        if not issues.begin_sending(connection, issue.id, now=now):
            return
        resume_due(connection, now=now)
        released = issues.released_at(connection, issue.id) or now
        hours = [
            _hour(newsroom, newsletter, zone, send_at, slot=issue.slot.instant, released=released)
            for zone, send_at in planning.hours_wanted(connection, readers)
        ]
        languages = _languages(connection, newsletter, issue)
        planning.plan(connection, issue.id, readers, hours=hours, languages=languages, now=now)


def _languages(connection: sa.Connection, newsletter: Newsletter, issue: Issue) -> tuple[str, ...]:
    """Return what the issue is set in, the newsletter's own order first: the configuration may have changed since."""
    there = {variant.language for variant in issues.variants(connection, issue.id)}
    if not there:
        raise MetabriefError(f"issue {issue.id} is set in no language; cancel it, and compose its slot anew")
    ordered = [language for language in newsletter.variants if language in there]
    return (*ordered, *sorted(there - set(ordered)))


def audience_size(newsroom: Newsroom, newsletter: Newsletter) -> int:
    """Return how many readers the newsletter has now."""
    readers = audience(newsletter.key).subquery()
    with newsroom.database.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(readers)) or 0


def _hour(
    newsroom: Newsroom, newsletter: Newsletter, zone: str, send_at: str, *, slot: datetime, released: datetime
) -> planning.Hour:
    wanted = send_at or newsletter.send_at
    due_at = slot if wanted == "now" else at_or_after(slot, wanted, ZoneInfo(zone))
    not_after = max(due_at, released) + newsroom.settings.delivery.not_after
    return planning.Hour(timezone=zone, send_at=send_at, due_at=due_at, not_after=not_after)
