"""Lay some applicants beside the list, in a table that lives as long as their transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable, DropTable

from subscribers.life import Status
from subscribers.schema import subscribers, subscriptions, suppressions
from subscribers.suppression import hasher
from subscribers.transfer.admission import Known, Verdict, judge
from subscribers.transfer.applicants import Applicant, Flag, unpacked
from subscribers.transfer.staging import Token

people = sa.Table(
    "import_people",
    sa.MetaData(),
    sa.Column("place", sa.Integer, primary_key=True),
    *(
        sa.Column(name, sa.Text)
        for name in (
            "key",
            "hash",
            "email",
            "name",
            "language",
            "timezone",
            "send_at",
            "newsletter",
            "token_hash",
            "token",
        )
    ),
    prefixes=["TEMPORARY"],
)
AT_MOST = 900
"""Values in one IN; older builds of SQLite bind at most 999."""
_LEFT = int(Flag.LEFT)
_STRANGER = judge(has_left=False, known=None, is_suppressed=False, resumed=None)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Applicants as the rows of the table: all that can be done before anyone has to wait."""

    applicants: Sequence[Applicant]
    hashes: Sequence[str]
    rows: Sequence[tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Applicants beside the list: where those known stand, and who is suppressed, each by their place."""

    applicants: Sequence[Applicant]
    hashes: Sequence[str]
    known: Mapping[int, Known]
    suppressed: frozenset[int]

    def verdicts(self, *, resumed: int | None) -> tuple[Verdict, ...]:
        """Return what becomes of each applicant."""
        remarkable = self.known.keys() | self.suppressed
        return tuple(
            judge(
                has_left=bool(applicant.flags & _LEFT),
                known=self.known.get(place),
                is_suppressed=place in self.suppressed,
                resumed=resumed,
            )
            if place in remarkable or applicant.flags & _LEFT
            else _STRANGER
            for place, applicant in enumerate(self.applicants)
        )


def prepare(applicants: Sequence[Applicant], tokens: Iterable[Token], *, suppression_key: bytes) -> Prepared:
    """Deal each applicant a token, and write them as rows."""
    hashed_by_key = hasher(suppression_key)
    hashes = [hashed_by_key(one.key) for one in applicants]
    dealt = zip(applicants, hashes, tokens, strict=False)  # tokens are without end
    return Prepared(
        applicants=applicants,
        hashes=hashes,
        rows=[
            (place, one.key, hashed, one.email, one.name, *unpacked(one.settings)[:3], one.newsletter, *token)
            for place, (one, hashed, token) in enumerate(dealt)
        ],
    )


@contextmanager
def laid_out(connection: sa.Connection, prepared: Prepared) -> Iterator[Batch]:
    """Yield applicants, at least one, laid beside the list, in a table that is gone when the transaction is."""
    _prefer_indexes(connection)
    connection.execute(CreateTable(people))
    fill(connection, people, prepared.rows)
    suppressed = sa.select(people.c.place).join(suppressions, suppressions.c.address_hash == people.c.hash)
    yield Batch(
        applicants=prepared.applicants,
        hashes=prepared.hashes,
        known=_known(connection),
        suppressed=frozenset(connection.scalars(suppressed)),
    )
    connection.execute(DropTable(people))


def _prefer_indexes(connection: sa.Connection) -> None:
    """Keep PostgreSQL, which knows nothing of a table made now, from reading the whole list for each batch."""
    if connection.dialect.name == "postgresql":
        for way in ("hashjoin", "mergejoin", "seqscan"):
            connection.execute(sa.text(f"SET LOCAL enable_{way} = off"))


def fill(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows down past SQLAlchemy's parameters, which alone would take as long as all the rest."""
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(table.columns))
        connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({places})", list(rows))  # noqa: S608
        return
    driver: Any = connection.dialect.dbapi
    cursor: Any = connection.connection.cursor()
    try:
        with cursor, cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    except driver.Error as error:
        raise sa.exc.DBAPIError(f"COPY {table.name}", None, error) from error


def _known(connection: sa.Connection) -> dict[int, Known]:
    mine = sa.and_(
        subscriptions.c.subscriber_id == subscribers.c.id, subscriptions.c.newsletter == people.c.newsletter
    )
    rows = (
        sa.select(
            people.c.place,
            subscribers.c.id,
            subscribers.c.status,
            subscriptions.c.newsletter.is_not(None).label("is_subscribed"),
            subscriptions.c.consent_id,
            subscriptions.c.dropped_at.is_not(None).label("is_dropped"),
        )
        .select_from(people)
        .join(subscribers, subscribers.c.email_key == people.c.key)
        .outerjoin(subscriptions, mine)
        .with_for_update(of=subscribers)  # whoever is leaving at this moment has left before we look
    )
    return {
        row.place: Known(
            id=row.id,
            status=Status(row.status),
            is_subscribed=row.is_subscribed,
            consent_id=row.consent_id,
            is_dropped=row.is_dropped,
        )
        for row in connection.execute(rows)
    }
