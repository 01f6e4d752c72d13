"""Statements that run for every message: compiled once, then handed to the driver, many rows in one step.

SQLAlchemy's own execution takes three to four times as long for a group of forty rows as the database itself does, and
a step a row would let the interpreter change threads at each (``python -m bench.delivery ledger``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPICursor

from subscribers.schema import Instant

T = TypeVar("T")

_DIALECTS: dict[str, sa.Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="named"),
    "postgresql": postgresql.psycopg.dialect(),  # type: ignore[no-untyped-call]
}
_WRITE_MOMENT = {name: Instant().dialect_impl(each).bind_processor(each) for name, each in _DIALECTS.items()}


class Prepared:
    """A statement for one kind of database; its values are numbers, texts and, by ``native``, moments."""

    def __init__(self, statement: sa.Update, dialect: str) -> None:
        compiled = statement.compile(dialect=_DIALECTS[dialect])
        self._sql = compiled.string
        self._constants = {
            name: _plain(value) for name, value in compiled.params.items() if value is not None
        }

    def execute(self, connection: sa.Connection, values: Mapping[str, object]) -> DBAPICursor:
        """Execute once. Raises the driver's errors as they are."""
        return hand(connection, self._sql, {**self._constants, **values})


def hand(connection: sa.Connection, sql: str, values: Mapping[str, object] | None = None) -> DBAPICursor:
    """Hand a statement to the driver. Raises the driver's errors as they are."""
    cursor = connection.connection.cursor()
    cursor.execute(sql, values or {})
    return cursor


def _plain(value: object) -> object:
    """Return a state as the text it is, for drivers look at a type of their own again each time."""
    return str(value) if isinstance(value, str) else value


def native(dialect: str, moment: datetime | None) -> object:
    """Return a moment as the driver takes it."""
    write = _WRITE_MOMENT[dialect]
    return write(moment) if write is not None else moment


def among(column: sa.ColumnElement[int], dialect: str, *, name: str) -> sa.ColumnElement[bool]:
    """Return whether a column is one of the numbers that the value ``name`` holds, however many they are."""
    if dialect == "sqlite":
        held = sa.func.json_each(sa.bindparam(name, type_=sa.Text)).table_valued("value")
        return column.in_(sa.select(held.c.value))
    return column == sa.any_(sa.bindparam(name, type_=postgresql.ARRAY(sa.Integer)))


def said_of(
    column: sa.ColumnElement[int], at: int, type: sa.types.TypeEngine[T], dialect: str, *, name: str
) -> sa.ColumnElement[T]:
    """Return what stands ``at`` a place of the list that the value ``name``, a JSON object, holds for a number.

    Joined with a table of such rows SQLite goes through all deliveries of an issue for each of them.
    """
    held, key = sa.bindparam(name, type_=sa.Text), sa.cast(column, sa.Text)
    if dialect == "sqlite":
        path = sa.literal_column("'$.\"'").concat(key).concat(sa.literal_column(f"'\"[{at}]'"))
        return sa.func.json_extract(held, path, type_=type)
    of_row = sa.cast(held, postgresql.JSONB).op("->")(key)
    return sa.cast(of_row.op("->>")(sa.literal_column(str(at))), type)


def numbers(dialect: str, values: Iterable[int]) -> object:
    """Return numbers as ``among`` takes them."""
    return json.dumps(list(values)) if dialect == "sqlite" else list(values)
