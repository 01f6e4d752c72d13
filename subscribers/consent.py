"""Who agreed to what, when and how: rows are added, never changed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from subscribers.schema import consents


def record(
    connection: sa.Connection,
    *,
    kind: str,
    claim: str,
    origin: str,
    now: datetime,
    subscriber_id: int | None = None,
) -> int:
    """Write one consent record and return its id; an import's stands for all its rows."""
    row = {"kind": kind, "claim": claim, "origin": origin, "subscriber_id": subscriber_id, "at": now}
    result = connection.execute(consents.insert().returning(consents.c.id), row)
    return int(result.scalar_one())
