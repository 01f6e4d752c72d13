"""Bring a list in from CSV: each row is added, left alone or refused with its reason; none is lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from subscribers import consent, life, sheet
from subscribers.errors import AddressError
from subscribers.life import Event, Status
from subscribers.preferences import parse_address, parse_hour, parse_language, parse_name, parse_timezone
from subscribers.schema import insert_new, subscriber_tags, subscribers, subscriptions
from subscribers.store import SignUp, new_row
from subscribers.suppression import address_hash, suppressed_among

BATCH = 500
"""Rows a transaction: SQLite binds at most 999 values in one IN of older builds."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a list may subscribe to, and what empty cells take from it."""

    newsletter: str
    period: str
    language: str
    timezone: str


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A row that was not taken: where it stands and why."""

    row: int
    column: str
    value: str
    why: str


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What became of a file's rows; ``added + left_alone + len(refused)`` is their number."""

    rows: int
    added: int
    left_alone: int
    refused: tuple[Refusal, ...]


def import_csv(
    path: Path,
    *,
    offers: Sequence[Offer],
    newsletter: str,
    claim: str,
    suppression_key: bytes,
    write: Callable[[], AbstractContextManager[sa.Connection]],
    now: datetime,
) -> ImportReport:
    """Import a file's rows as active, under one consent record; people who left stay away.

    A batch is one transaction, so a stopped import can simply be run again. Raises ``ImportFileError``, and
    then takes nothing: the file is read to its end before its first row is written.
    """
    deque(sheet.rows(path), maxlen=0)
    rows = sheet.rows(path)
    added = left_alone = count = 0
    refused: list[Refusal] = []
    consent_id: int | None = None
    while batch := list(islice(rows, BATCH)):
        count += len(batch)
        sign_ups, bad = _checked(batch, offers=offers, newsletter=newsletter)
        refused += bad
        if not sign_ups:
            continue
        with write() as connection:
            consent_id = consent_id or consent.record(
                connection, kind=consent.Kind.IMPORT, claim=claim, origin=_shown(path), now=now
            )
            taken = _take(
                connection, sign_ups, consent_id=consent_id, suppression_key=suppression_key, now=now
            )
        added += taken
        left_alone += len(sign_ups) - taken
    return ImportReport(rows=count, added=added, left_alone=left_alone, refused=tuple(refused))


def _shown(path: Path) -> str:
    """Return a file's name as text; bytes that are none become question marks."""
    return path.name.encode("utf-8", "replace").decode("utf-8")


def _checked(
    batch: Sequence[tuple[int, dict[str, str]]], *, offers: Sequence[Offer], newsletter: str
) -> tuple[list[SignUp], list[Refusal]]:
    sign_ups: list[SignUp] = []
    refused: list[Refusal] = []
    for number, cells in batch:
        try:
            sign_ups.append(_sign_up(cells, offers=offers, newsletter=newsletter))
        except AddressError as error:
            value = cells.get(error.column, "")[:100]
            refused.append(Refusal(row=number, column=error.column, value=value, why=str(error)))
    return sign_ups, refused


def _sign_up(cells: Mapping[str, str], *, offers: Sequence[Offer], newsletter: str) -> SignUp:
    cell = {name: value.strip() for name, value in cells.items() if value.strip()}
    offer = _offer(cell.get("frequency", "").lower(), offers=offers, newsletter=newsletter)
    tags = cell.get("tags", "").replace(";", ",").replace("|", ",").split(",")
    return SignUp(
        address=parse_address(cell.get("email", "")),
        newsletter=offer.newsletter,
        language=parse_language(cell["language"]) if "language" in cell else offer.language,
        timezone=parse_timezone(cell["timezone"]) if "timezone" in cell else offer.timezone,
        name=parse_name(cell.get("name", "")),
        send_at=parse_hour(cell["hour"]) if "hour" in cell else None,
        tags=tuple(dict.fromkeys(parse_name(tag) for tag in tags if tag.strip())),
    )


def _offer(frequency: str, *, offers: Sequence[Offer], newsletter: str) -> Offer:
    if not frequency:
        return next(offer for offer in offers if offer.newsletter == newsletter)
    period = {"daily": "day", "weekly": "week"}.get(frequency)
    if period is None:
        raise AddressError(f"frequency {frequency[:40]!r} is neither daily nor weekly", column="frequency")
    fitting = [offer for offer in offers if offer.period == period]
    if len(fitting) != 1:
        raise AddressError(
            f"{len(fitting)} newsletters are {frequency}, so it is unclear which is meant", column="frequency"
        )
    return fitting[0]


def _take(
    connection: sa.Connection,
    sign_ups: Sequence[SignUp],
    *,
    consent_id: int,
    suppression_key: bytes,
    now: datetime,
) -> int:
    """Add what may be added and return how many rows that is; a row that changes nothing is left alone."""
    wanted = _admitted(connection, sign_ups, suppression_key=suppression_key)
    by_key = {sign_up.address.key: sign_up for sign_up in reversed(wanted)}
    rows = [new_row(sign_up, status=Status.ACTIVE, now=now) for sign_up in by_key.values()]
    if not rows:
        return 0
    connection.execute(insert_new(connection, subscribers), rows)
    connection.execute(
        subscribers.update()
        .where(subscribers.c.email_key.in_(list(by_key)), subscribers.c.status == Status.PENDING)
        .values(status=Status.ACTIVE, changed_at=now)
    )
    found = sa.select(subscribers.c.email_key, subscribers.c.id).where(
        subscribers.c.email_key.in_(list(by_key))
    )
    ids = {row.email_key: row.id for row in connection.execute(found)}
    taken = _subscribe(
        connection, [(ids[s.address.key], s.newsletter) for s in wanted], consent_id=consent_id, now=now
    )
    tags = [{"subscriber_id": ids[s.address.key], "tag": tag} for s in wanted for tag in s.tags]
    if tags:
        connection.execute(insert_new(connection, subscriber_tags), tags)
    return taken


def _admitted(
    connection: sa.Connection, sign_ups: Sequence[SignUp], *, suppression_key: bytes
) -> list[SignUp]:
    keys = [sign_up.address.key for sign_up in sign_ups]
    found = sa.select(subscribers.c.email_key, subscribers.c.status).where(subscribers.c.email_key.in_(keys))
    status = {row.email_key: Status(row.status) for row in connection.execute(found)}
    hashes = {key: address_hash(key, key=suppression_key) for key in keys}
    gone = suppressed_among(connection, list(hashes.values()))

    def is_admitted(key: str) -> bool:
        if key in status:
            return life.after(status[key], Event.VOUCH) is not None
        return hashes[key] not in gone

    return [sign_up for sign_up in sign_ups if is_admitted(sign_up.address.key)]


def _subscribe(
    connection: sa.Connection, wanted: Sequence[tuple[int, str]], *, consent_id: int, now: datetime
) -> int:
    """Subscribe and return how many subscriptions are new or newly consented to."""
    taken = 0
    for newsletter in dict.fromkeys(key for _, key in wanted):
        ids = list(dict.fromkeys(subscriber_id for subscriber_id, key in wanted if key == newsletter))
        mine = sa.and_(subscriptions.c.newsletter == newsletter, subscriptions.c.subscriber_id.in_(ids))
        consented = connection.execute(
            subscriptions.update()
            .where(mine, subscriptions.c.consent_id.is_(None))
            .values(consent_id=consent_id)
        ).rowcount
        before = connection.scalar(sa.select(sa.func.count()).where(mine)) or 0
        rows = [
            {
                "subscriber_id": subscriber_id,
                "newsletter": newsletter,
                "consent_id": consent_id,
                "created_at": now,
            }
            for subscriber_id in ids
        ]
        connection.execute(insert_new(connection, subscriptions), rows)
        taken += consented + len(ids) - before
    return taken
