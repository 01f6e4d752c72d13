"""What the newsroom keeps of a reader beside the list: deliveries, letters, and mails as files."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.errors import MetabriefError
from pipeline.jobs.intake import intake_folder, kept_folder, written_anew
from pipeline.jobs.mailboxes import LARGEST, maildir_files
from pipeline.store.database import shred
from pipeline.store.schema import deliveries, issue_variants, issues, letters
from subscribers.schema import bounces, subscribers

_HEAD_BYTES = 1024
"""The return path is the first line of an outbox file."""


class Elsewhere:
    """Shows, and forgets, what a newsroom keeps of a reader outside the list."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom

    def personal_data(self, connection: sa.Connection, subscriber_id: int) -> Mapping[str, Any]:
        """Return the deliveries and letters of a reader, oldest first, ready for JSON."""
        return {
            "deliveries": _records(connection, _deliveries(subscriber_id)),
            "letters": _records(connection, _letters(subscriber_id)),
        }

    def forget(self, connection: sa.Connection, subscriber_id: int) -> None:
        """Remove a reader's mails, sent and come back, their letters, and what relays and imports said of them; twice is fine.

        Raises ``MetabriefError`` when a file cannot be removed.
        """
        marks = _marks(connection, subscriber_id)
        digests = connection.scalars(
            sa.select(bounces.c.mail).where(bounces.c.subscriber_id == subscriber_id)
        )
        try:
            self._forget_sent(marks)
            self._forget_returned(marks, frozenset(digests))
            self._forget_reported(marks)
        except OSError as error:
            raise MetabriefError(
                f"{error.filename} cannot be removed: {error.strerror}; see its rights, then erase again"
            ) from error
        shred(connection)
        connection.execute(letters.delete().where(letters.c.subscriber_id == subscriber_id))
        # named issue by issue, for the ledger is sorted so; a relay's words may quote the address
        theirs = sa.and_(
            deliveries.c.issue_id.in_(sa.select(issues.c.id)), deliveries.c.subscriber_id == subscriber_id
        )
        connection.execute(
            deliveries.update().where(theirs, deliveries.c.reason.is_not(None)).values(reason=None)
        )

    def _forget_sent(self, marks: re.Pattern[bytes]) -> None:
        outbox = self._newsroom.home / self._newsroom.settings.delivery.outbox
        for path in maildir_files(outbox, "new", "cur"):
            if marks.search(os.fsencode(path.name)):
                path.unlink(missing_ok=True)
        for path in maildir_files(outbox, "tmp"):
            _remove_if(path, marks, look_at=_HEAD_BYTES)

    def _forget_returned(self, marks: re.Pattern[bytes], digests: Collection[str]) -> None:
        for digest in digests:
            (kept_folder(self._newsroom) / f"{digest}.eml").unlink(missing_ok=True)
        for path in maildir_files(intake_folder(self._newsroom), "tmp", "new", "cur"):
            _remove_if(path, marks, look_at=LARGEST, digests=digests)

    def _forget_reported(self, marks: re.Pattern[bytes]) -> None:
        for path in imports_folder(self._newsroom).glob("*.csv"):
            _blot_out(path, marks)


def imports_folder(newsroom: Newsroom) -> Path:
    """Return where an import lists the rows that it refused."""
    return newsroom.home / "data" / "imports"


def _blot_out(path: Path, marks: re.Pattern[bytes]) -> None:
    """Put a word in the place of what names a reader, line by line, for a report may be long."""
    with path.open("rb") as report:
        if not any(marks.search(line) for line in report):
            return
        report.seek(0)
        with written_anew(path) as blotted:
            blotted.writelines(marks.sub(b"(erased)", line) for line in report)


def _remove_if(path: Path, marks: re.Pattern[bytes], *, look_at: int, digests: Collection[str] = ()) -> None:
    """Remove a file in whose beginning a reader is named, or that is known as theirs, however it is encoded."""
    try:
        with path.open("rb") as file:
            content = file.read(look_at)
    except FileNotFoundError:
        return
    if marks.search(content) or (digests and hashlib.sha256(content).hexdigest() in digests):
        path.unlink(missing_ok=True)


def _marks(connection: sa.Connection, subscriber_id: int) -> re.Pattern[bytes]:
    """Return what in a mail names a reader: the tokens of their deliveries and letters, their leave token, their address.

    Looked for in the bytes as they are: reading every mail as a mail would hold up who sends meanwhile.
    """
    row = connection.execute(sa.select(subscribers).where(subscribers.c.id == subscriber_id)).one_or_none()
    tokens = connection.scalars(sa.select(letters.c.token).where(letters.c.subscriber_id == subscriber_id))
    named = "|".join([rf"\d\.{subscriber_id}", *(rf"letter\.{re.escape(token)}" for token in tokens)])
    found = [rf"(?:{named})\.[0-9a-f]{{16}}(?!\w)"]
    if row is not None and row.token:
        found.append(rf"leave[+/]{re.escape(row.token)}(?![\w-])")
    if row is not None and row.email:
        found.append(rf"(?<![\w.+-]){re.escape(row.email)}(?![\w-]|\.\w)")
    return re.compile("|".join(found).encode(), re.IGNORECASE)


def _deliveries(subscriber_id: int) -> sa.Select[Any]:
    said = sa.and_(
        issue_variants.c.issue_id == deliveries.c.issue_id, issue_variants.c.language == deliveries.c.language
    )
    return (
        sa.select(
            issues.c.newsletter,
            issues.c.slot,
            issue_variants.c.subject,
            deliveries.c.state,
            deliveries.c.changed_at.label("at"),
        )
        .select_from(issues)
        .join(deliveries, deliveries.c.issue_id == issues.c.id)
        .outerjoin(issue_variants, said)
        .where(deliveries.c.subscriber_id == subscriber_id)
        .order_by(issues.c.slot_at, issues.c.id)
    )


def _letters(subscriber_id: int) -> sa.Select[Any]:
    chosen = sa.select(letters.c.kind, letters.c.queued_at, letters.c.state)
    return chosen.where(letters.c.subscriber_id == subscriber_id).order_by(letters.c.queued_at)


def _records(connection: sa.Connection, rows: sa.Select[Any]) -> list[dict[str, Any]]:
    return [
        {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}
        for row in connection.execute(rows).mappings()
    ]
