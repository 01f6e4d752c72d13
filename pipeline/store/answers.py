"""What a language model has answered, so that an issue composed again asks and costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pipeline.store.schema import model_answers
from subscribers.schema import insert_new

KEPT = timedelta(days=30)
"""Longer than any issue waits to be composed anew."""


def find(connection: sa.Connection, digest: str) -> dict[str, Any] | None:
    """Return what came of the question of that digest, if it was ever asked."""
    reply = connection.scalar(sa.select(model_answers.c.reply).where(model_answers.c.digest == digest))
    return None if reply is None else dict(reply)


def keep(connection: sa.Connection, replies: Mapping[str, Mapping[str, Any]], *, now: datetime) -> None:
    """Write replies down by their digests, and forget those that are too old."""
    connection.execute(model_answers.delete().where(model_answers.c.asked_at < now - KEPT))
    for digest, reply in replies.items():
        row = {"digest": digest, "reply": dict(reply), "asked_at": now}
        connection.execute(insert_new(connection, model_answers).values(row))
