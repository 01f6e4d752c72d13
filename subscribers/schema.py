"""The tables of people and consent, and the one MetaData that both packages share."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive ``datetime`` is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the moment in UTC, naive where the database knows no zones (SQLite)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone cannot be stored: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Return an aware UTC moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def insert_new(connection: sa.Connection, table: sa.Table) -> Any:
    """Return an INSERT for ``table`` that passes over rows whose key is there already.

    Typed ``Any``: the two dialects' inserts share ``on_conflict_do_nothing`` but no class.
    """
    return _insert_new(connection.dialect.name, table)


@cache
def _insert_new(dialect: str, table: sa.Table) -> Any:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing()


def rows_at_once(connection: sa.Connection, rows: sa.Select[Any]) -> list[list[Any]]:
    """Return the rows of a SELECT, moments in ISO 8601, as one value of the database's.

    A driver lets other threads go first at each row, and each of them may keep the next one waiting.
    """
    found = rows.subquery()
    if connection.dialect.name == "sqlite":
        text = connection.execute(sa.select(sa.func.json_group_array(sa.func.json_array(*found.c))))
        return list(json.loads(text.scalar_one()))
    value = connection.execute(sa.select(sa.func.json_agg(sa.func.json_build_array(*found.c))))
    return value.scalar_one() or []


_PAUSED = sa.column("status") == sa.literal_column("'paused'")
STATUSES = ("pending", "active", "paused", "unsubscribed", "bounced", "complained", "erased")

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # one of consent.Kind
    sa.Column("claim", sa.Text, nullable=False),  # what was shown or claimed, word for word
    sa.Column("version", sa.Text),  # of the form that was shown
    sa.Column("origin", sa.Text, nullable=False),  # the file, command, page or mail it came by
    sa.Column("network", sa.Text),  # /24 or /56 it came from; after erasure null
    sa.Column("terms", sa.JSON),  # what it covers: newsletters, language; of an erasure: what each rested on
    sa.Column("confirms", sa.Integer),  # the asking it answers, which is answered once
    sa.Column("subscriber_id", sa.Integer, index=True),  # null for an import, which stands for many
    sa.Column("address_hash", sa.Text),  # after erasure, in the person's place
    sa.Column("at", Instant, nullable=False),
    sa.Index("uq_consents_confirms", "confirms", unique=True),
)

subscribers = sa.Table(
    "subscribers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.Text),
    sa.Column("email_key", sa.Text, unique=True),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("timezone", sa.Text, nullable=False),
    sa.Column("send_at", sa.Text),  # HH:MM; null: the newsletter's own
    sa.Column("paused_until", Instant),
    sa.Column("token", sa.Text),  # only sending reads it
    sa.Column("token_hash", sa.Text, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.CheckConstraint(sa.column("status").in_(STATUSES), name="status"),
    sa.CheckConstraint(sa.column("language").in_(("en", "zh", "both")), name="language"),
    sa.Index("ix_subscribers_paused", "paused_until", sqlite_where=_PAUSED, postgresql_where=_PAUSED),
)

subscriber_tags = sa.Table(
    "subscriber_tags",
    metadata,
    sa.Column("subscriber_id", sa.ForeignKey("subscribers.id"), primary_key=True),
    sa.Column("tag", sa.Text, primary_key=True),
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("subscriber_id", sa.ForeignKey("subscribers.id"), primary_key=True),
    sa.Column("newsletter", sa.Text, primary_key=True),
    sa.Column("consent_id", sa.ForeignKey("consents.id")),  # null while unconfirmed
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("dropped_at", Instant),  # the reader wants this one no more; only they take it up again
    sqlite_with_rowid=False,
)
IS_AGREED = sa.and_(subscriptions.c.consent_id.is_not(None), subscriptions.c.dropped_at.is_(None))
"""Whether a person agreed to a newsletter and has not dropped it since: only then it is sent to them."""

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("address_hash", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

imports = sa.Table(
    "imports",
    metadata,
    sa.Column("consent_id", sa.ForeignKey("consents.id"), primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),  # SHA-256 of the file
    sa.Column("newsletter", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),  # how many are done; a stopped import goes on after them
    sa.Column("finished_at", Instant),
)

bounces = sa.Table(
    "bounces",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("subscriber_id", sa.ForeignKey("subscribers.id"), nullable=False, index=True),
    sa.Column("delivery", sa.Text, nullable=False),  # what names the mail that came back
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("is_sure", sa.Boolean, nullable=False),
    sa.Column("status", sa.Text, nullable=False),  # RFC 3463
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("mail", sa.Text, nullable=False),  # SHA-256 of the mail that says so
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("mail", "subscriber_id"),
)
