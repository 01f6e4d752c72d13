"""Databases that wait for no disk, where what is asked is what becomes of rows and not whether they outlive a power cut."""

from __future__ import annotations

import sqlite3
import tempfile
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from pipeline.store.database import Database


def hurried(path: Path) -> Database:
    """Return a new, empty SQLite database at ``path`` that syncs nothing."""
    path.write_bytes(_empty())
    database = Database(f"sqlite:///{path}")
    sa.event.listen(database.engine, "connect", _hurry)
    return database


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@cache
def _empty() -> bytes:
    """Return an empty newsroom's database, made once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "newsroom.db"
        database = Database(f"sqlite:///{path}")
        database.migrate()
        database.close()
        return path.read_bytes()
