"""Write the list as CSV that can be imported here again: nothing of it is lost, and nobody who left comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from subscribers.life import Status
from subscribers.people import grouped
from subscribers.schema import IS_AGREED, subscriber_tags, subscribers, subscriptions
from subscribers.transfer.writing import Write

COLUMNS = (
    "email",
    "name",
    "status",
    "language",
    "timezone",
    "hour",
    "newsletters",
    "tags",
    "paused_until",
    "created_at",
)
_AT_ONCE = 900
"""People held at once, and values in one IN; older builds of SQLite bind at most 999."""


def export_csv(
    connection: sa.Connection, write: Write, *, where: sa.ColumnElement[bool] | None = None
) -> int:
    """Write the header and everyone but the erased, or those ``where`` finds, in the order they came; return how many.

    ``newsletters`` are those that the person agreed to and has not dropped.
    """
    write(COLUMNS)
    number = 0
    for cells in _people(connection, sa.true() if where is None else where):
        write(cells)
        number += 1
    return number


def _people(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Iterator[tuple[str, ...]]:
    everyone = (
        sa.select(subscribers)
        .where(where, subscribers.c.status != Status.ERASED)
        .order_by(subscribers.c.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    for rows in connection.execute(everyone).partitions():
        ids = [row.id for row in rows]
        agreed = sa.select(subscriptions.c.subscriber_id, subscriptions.c.newsletter).where(
            subscriptions.c.subscriber_id.in_(ids), IS_AGREED
        )
        tagged = sa.select(subscriber_tags).where(subscriber_tags.c.subscriber_id.in_(ids))
        newsletters, tags = grouped(connection, agreed), grouped(connection, tagged)
        for row in rows:
            yield _cells(row, newsletters=newsletters.get(row.id, ()), tags=tags.get(row.id, ()))


def _cells(row: sa.Row[Any], *, newsletters: Sequence[str], tags: Sequence[str]) -> tuple[str, ...]:
    return (
        row.email,
        row.name,
        row.status,
        row.language,
        row.timezone,
        row.send_at or "",
        ",".join(newsletters),
        ",".join(tags),
        row.paused_until.isoformat() if row.paused_until else "",
        row.created_at.isoformat(),
    )
