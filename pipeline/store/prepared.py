"""Statements that run for every message: compiled once, then handed to the driver, many rows in one step.

SQLAlchemy's own execution takes three to four times as long for a group of forty rows as the database itself does, and
a step a row would let the interpreter change threads at each (``python -m bench.delivery ledger``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPICursor

from subscribers.schema import Instant

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


def numbers(dialect: str, values: Iterable[int]) -> object:
    """Return numbers as ``among`` takes them."""
    return json.dumps(list(values)) if dialect == "sqlite" else list(values)
