"""Open a newsroom to look at it: nothing in it is made, migrated or changed, and no wait is long."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from pipeline import config
from pipeline.app import Clock, Newsroom, database_url, utc_now
from pipeline.store.database import Database

PATIENCE_SECONDS, WHOLE_SECONDS = 4, 15
"""For each answer of a database, a relay or a site; and for the whole examination."""


@contextmanager
def open_to_look(home: Path, *, clock: Clock = utc_now) -> Iterator[Newsroom]:
    """Open a newsroom as it is. Raises ``ConfigurationError``, for sources.toml and lexicon.toml too."""
    home = home.resolve()
    settings = config.load(home)
    database = look_into(database_url(settings.database.url, home))
    newsroom = Newsroom(home=home, settings=settings, database=database, clock=clock)
    try:
        _ = newsroom.sources, newsroom.lexicon
        yield newsroom
    finally:
        database.close()


def look_into(url: str | sa.URL) -> Database:
    """Return a database that is neither made nor changed, and not waited for long. Raises ``ConfigurationError``."""
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        return Database(url)  # says what is wrong with it
    if parsed.get_backend_name() != "sqlite":
        return Database(parsed.update_query_dict({"connect_timeout": str(PATIENCE_SECONDS)}))
    return _OnlySeen(parsed)


def sqlite_file(newsroom: Newsroom) -> Path | None:
    """Return the database's file, None when it is no file."""
    url = newsroom.database.url
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


class _OnlySeen(Database):
    """SQLite's file as it is: ``Database`` would make it, and put it into WAL mode."""

    def __init__(self, url: sa.URL) -> None:
        self.url = url
        self.engine = sa.create_engine(
            "sqlite://", creator=self._connect, poolclass=sa.NullPool, hide_parameters=True
        )

    def _connect(self) -> sqlite3.Connection:
        address = f"{Path(self.url.database or '').resolve().as_uri()}?mode=rw"  # no c: it is not made
        connection = sqlite3.connect(address, uri=True, timeout=PATIENCE_SECONDS, check_same_thread=False)
        connection.execute("PRAGMA query_only=ON")
        return connection
