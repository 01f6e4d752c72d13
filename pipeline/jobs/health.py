"""How each source fares, by its last read and its newest article; nothing is fetched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pipeline.app import Newsroom
from pipeline.model import Source
from pipeline.store import articles
from pipeline.store.articles import SourceState

SILENT_AFTER = timedelta(days=14)
"""A source without a new article for longer is silent: those of the catalogue publish at least once a week."""


class Status(StrEnum):
    """How a source fares."""

    OK = "ok"
    FAILING = "failing"
    SILENT = "silent"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Health:
    """How one source fares; ``last_error`` is None only when it is ok."""

    source: Source
    status: Status
    last_success: datetime | None
    last_error: str | None


def health_of_all(newsroom: Newsroom) -> tuple[Health, ...]:
    """Return how every source fares, the switched-off ones too, in the catalogue's order."""
    with newsroom.database.read() as connection:
        states = articles.source_states_of(connection, [source.key for source in newsroom.sources])
        newest = articles.newest_by_source(connection)
    now = newsroom.clock()
    return tuple(
        judge_health(source, states.get(source.key), newest=newest.get(source.key), now=now)
        for source in newsroom.sources
    )


def judge_health(
    source: Source, state: SourceState | None, *, newest: datetime | None, now: datetime
) -> Health:
    """Judge a source by its last read, then by how long ago its ``newest`` article came out."""
    if state is None:
        return Health(source=source, status=Status.NEVER, last_success=None, last_error="not tried yet")
    status, error = Status.OK, state.last_error
    if error is not None:
        status = Status.FAILING
    elif newest is None or now - newest > SILENT_AFTER:
        status, error = Status.SILENT, _silence(newest, now)
    return Health(source=source, status=status, last_success=state.last_success, last_error=error)


def _silence(newest: datetime | None, now: datetime) -> str:
    if newest is None:
        return (
            "read well, but it has named no article that no other source had named before; "
            "see whether its address is still the right one, and whether another source reads the same site"
        )
    return f"read well, but nothing new for {(now - newest).days} days (since {newest:%Y-%m-%d}); see whether it has moved"


def health_record(health: Health) -> dict[str, Any]:
    """Return how a source fares as the JSON of the command line shows it."""
    source, success = health.source, health.last_success
    return {
        "key": source.key,
        "name": source.name,
        "language": source.language,
        "enabled": source.enabled,
        "status": health.status,
        "last_success": success.isoformat() if success else None,
        "last_error": health.last_error,
    }
