"""Databases that wait for no disk, where what is asked is what becomes of rows and not whether they outlive a power cut."""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa

from pipeline.store.database import Database


def hurried(database: Database) -> Database:
    """Let an SQLite database sync nothing."""
    sa.event.listen(database.engine, "connect", _hurry)
    return database


def _hurry(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
