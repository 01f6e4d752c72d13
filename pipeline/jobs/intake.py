"""Read the mails that come back – bounces, complaints, wishes to leave – into the list. None is ever answered (RFC 3834).

    mails → what each says → whose it is, by a token of ours → written down → the reader stays or goes

An address alone proves nothing, for anyone can write one into a mail: without a valid token nothing changes.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.config.sections import Intake
from pipeline.errors import MetabriefError
from pipeline.jobs.mailboxes import Found, Unread, maildir_mails, make_maildir, remove_old
from pipeline.jobs.whose import Whose, whose
from subscribers.bounces.kind import Kind
from subscribers.bounces.policy import QUIET, quiet_for
from subscribers.bounces.reading import Reading, read_mail
from subscribers.bounces.register import Report, write_down
from subscribers.life import Status
from subscribers.store import agreed_newsletters

KEPT = timedelta(days=30)
"""How long a mail that came back is kept; what it said of a reader stays as long as they do."""
_SAYS_NOTHING = (Kind.AUTO_REPLY, Kind.NONE)
MOST_LISTED = 1000
"""So many troubles and doubts are listed, each; the others are counted."""
_HEAD_BYTES = 64 * 1024
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,200}>")
_IF_GENUINE = "metabrief subscribers unsubscribe ADDRESS"
_ADDRESS = re.compile(r"[^\s<>@:;,\"']{1,64}@[^\s<>@:;,\"']{1,255}")


@dataclass(frozen=True, kw_only=True)
class Change:
    """A reader who stands otherwise since a mail was read, and which mail it was."""

    subscriber_id: int
    status: Status
    why: str
    mail: str


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A mail that may be genuine, and ends nothing all the same; only a person can tell."""

    mail: str
    """Its SHA-256, in hex."""
    message_id: str
    """As it stands there; empty when there is none. It may hold its writer's address."""
    why: str


@dataclass(kw_only=True)
class Tally:
    """What was read, counted up while it is read."""

    kinds: Counter[Kind] = field(default_factory=Counter)
    counted: int = 0
    """Mails written down for a reader."""
    known: int = 0
    """Mails that were written down before, or of somebody who is erased."""
    without_token: int = 0
    """Mails that would have counted with a valid token."""
    faults: Counter[str] = field(default_factory=Counter)
    """Why our mail was refused through a fault of our own, without addresses."""
    changes: list[Change] = field(default_factory=list)
    troubles: list[Unread] = field(default_factory=list)
    """The first of them; how many there were is ``troubled``."""
    troubled: int = 0
    doubts: list[Doubt] = field(default_factory=list)
    """The first of them; how many there were is ``doubted``."""
    doubted: int = 0

    def add_trouble(self, trouble: Unread) -> None:
        """Count a trouble, and list it unless there are too many."""
        self.troubled += 1
        if self.troubled <= MOST_LISTED:
            self.troubles.append(trouble)

    def add_doubt(self, doubt: Doubt) -> None:
        """Count a doubt, and list it unless there are too many."""
        self.doubted += 1
        if self.doubted <= MOST_LISTED:
            self.doubts.append(doubt)


def intake_folder(newsroom: Newsroom) -> Path:
    """Return the Maildir in which mails that come back arrive."""
    return newsroom.home / (newsroom.settings.intake or Intake()).mailbox


def kept_folder(newsroom: Newsroom) -> Path:
    """Return the folder of the mails that counted, each called by its SHA-256."""
    return newsroom.home / "data" / "bounces"


def read_intake(newsroom: Newsroom, *, must_stop: Callable[[], bool] = lambda: False) -> Tally:
    """Read what is unread in the newsroom's own mailbox, until told to stop. Raises ``MetabriefError``."""
    return read_mails(newsroom, takewhile(lambda _: not must_stop(), unread_mails(newsroom)))


def unread_mails(newsroom: Newsroom) -> Iterator[Found]:
    """Return what is unread in the newsroom's own mailbox, made if it is not there. Raises ``MetabriefError``."""
    folder = intake_folder(newsroom)
    make_maildir(folder)
    return maildir_mails(folder, unread_only=True)


def remove_old_mails(newsroom: Newsroom) -> None:
    """Remove the mails that have been kept long enough. Raises ``MetabriefError``."""
    mailbox = intake_folder(newsroom)
    for folder in (mailbox / "tmp", mailbox / "cur", kept_folder(newsroom)):
        try:
            remove_old(folder, before=newsroom.clock() - KEPT)
        except OSError as error:
            raise MetabriefError(
                f"old mails in {folder} cannot be removed: {error.strerror}; see its rights"
            ) from error


def quiet_of(newsroom: Newsroom, connection: sa.Connection, subscriber_id: int) -> timedelta:
    """Return how long no bounce must come from a reader for those before to be forgiven: by what they get most often."""
    keys = agreed_newsletters(connection, subscriber_id)
    periods = [each.period_length for each in newsroom.settings.newsletter if each.key in keys]
    return quiet_for(min(periods)) if periods else QUIET


def read_mails(
    newsroom: Newsroom, mails: Iterable[Found], *, on_mail: Callable[[], None] = lambda: None
) -> Tally:
    """Read mails, each in a transaction of its own, and return what they were."""
    reader = _Reader(newsroom)
    for mail in mails:
        reader.take(mail)
        on_mail()
    return reader.tally


class _Reader:
    def __init__(self, newsroom: Newsroom) -> None:
        self.tally = Tally()
        self._newsroom = newsroom
        self._token_key = newsroom.return_path_key
        self._suppression_key = newsroom.suppression_key

    def take(self, mail: Found) -> None:
        if isinstance(mail, Unread):
            self.tally.add_trouble(mail)
            return
        reading = read_mail(mail)
        self.tally.kinds[reading.kind] += 1
        if reading.kind in _SAYS_NOTHING or reading.is_delayed:  # who still tries may yet deliver
            return
        with self._newsroom.database.read() as connection:
            reader = whose(connection, reading, key=self._token_key)
        if reader is None:
            self.tally.without_token += 1
            if reading.kind is Kind.LEAVE:
                why = f"asks to leave without a token of ours; if it is genuine: {_IF_GENUINE}"
                self.tally.add_doubt(_doubt(mail, why=why))
        elif reading.kind is Kind.OURS:
            self.tally.faults[_without_addresses(reading.reason)] += 1
        else:
            self._write_down(mail, self._report(mail, reading, reader))

    def _report(self, mail: bytes, reading: Reading, reader: Whose) -> Report:
        return Report(
            subscriber_id=reader.subscriber_id,
            delivery=reader.delivery,
            reading=reading,
            mail=hashlib.sha256(mail).hexdigest(),
            at=_written_at(mail, since=reader.since, now=self._newsroom.clock()),
            sent_at=reader.since,
            is_by_message_id=reader.is_public,
        )

    def _write_down(self, mail: bytes, report: Report) -> None:
        with self._newsroom.database.write() as connection:
            written = write_down(
                connection,
                report,
                suppression_key=self._suppression_key,
                now=self._newsroom.clock(),
                quiet=quiet_of(self._newsroom, connection, report.subscriber_id),
            )
            if written.is_new:
                self._keep(mail, report.mail)  # before whoever erases this reader comes to look for it
        self.tally.counted += written.is_new
        self.tally.known += not written.is_new
        if written.is_doubted:
            self.tally.add_doubt(_doubt(mail, why=_unproven(report)))
        if written.status is not None:
            change = Change(
                subscriber_id=report.subscriber_id, status=written.status, why=written.why, mail=report.mail
            )
            self.tally.changes.append(change)

    def _keep(self, mail: bytes, digest: str) -> None:
        """Keep a mail that counted; where that fails it counts all the same, for readers who leave have left."""
        try:
            _write(mail, kept_folder(self._newsroom) / f"{digest}.eml")
        except OSError as error:
            why = f"it counts, but cannot be kept: {error.strerror}"
            self.tally.add_trouble(Unread(name=digest, why=why))


def _doubt(mail: bytes, *, why: str) -> Doubt:
    written = _MESSAGE_ID.fullmatch(str(_head(mail)["Message-ID"]).strip())
    return Doubt(mail=hashlib.sha256(mail).hexdigest(), message_id=written[0] if written else "", why=why)


def _unproven(report: Report) -> str:
    return (
        f"a {report.reading.kind} of subscriber {report.subscriber_id} that shows only a Message-ID of ours, which others "
        f"may have seen; see data/bounces/{report.mail}.eml; if it is genuine: {_IF_GENUINE}"
    )


def _head(mail: bytes) -> Message:
    return BytesHeaderParser().parsebytes(mail[:_HEAD_BYTES])


def _written_at(mail: bytes, *, since: datetime | None, now: datetime) -> datetime:
    """Return when a mail says it was written, so that a heap read late counts as it came; within what can be."""
    try:
        date = parsedate_to_datetime(str(_head(mail)["Date"]))
        written = date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return now
    return min(now, max(written, since or written))


def _without_addresses(reason: str) -> str:
    return _ADDRESS.sub("…", reason)


def _write(mail: bytes, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with written_anew(path) as file:
        file.write(mail)


@contextmanager
def written_anew(path: Path) -> Iterator[BinaryIO]:
    """Yield a draft, for its owner's eyes alone, that takes the file's place once it is whole."""
    draft = path.with_suffix(".part")
    draft.touch(mode=0o600)
    with draft.open("wb") as file:
        yield file
    draft.replace(path)
