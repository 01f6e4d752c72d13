"""Our own letters to readers: queued in the transaction that calls for them, and sent once at most."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from pipeline.model import LetterState as State
from pipeline.store.schema import letters
from subscribers import consent, optin, store
from subscribers.life import Status
from subscribers.limits import mailbox_of
from subscribers.schema import subscribers
from subscribers.store import Letter

ONE_OF_A_KIND = timedelta(hours=1)
_PAUSES = (ONE_OF_A_KIND, timedelta(days=1), timedelta(days=7))
"""After the first letter without an answer, the second, and each that follows."""
_BY_A_FORM = frozenset({Letter.OPT_IN, Letter.ALREADY})
"""Anybody can call for these, in anybody's name."""
_TOKEN_BYTES = 12
"""Enough that none comes twice; in lower-case hex, for the capitals of a return path may get lost on its way."""
_QUEUED = letters.c.state == sa.literal_column("'queued'")
"""In the very words of the index, so that SQLite uses it."""
_ANSWERED = {
    Letter.ALREADY: frozenset({Status.ACTIVE, Status.PAUSED}),
    Letter.DOWNLOAD: frozenset(Status) - {Status.ERASED},
    Letter.ERASE: frozenset(Status) - {Status.ERASED},
}
"""Where its reader must stand for a letter to say anything to them; whoever is asked to opt in may stand anywhere."""


class Letters:
    """The queue that ``subscribers`` is given as its ``Mailer``."""

    def queue(
        self,
        connection: sa.Connection,
        *,
        subscriber_id: int,
        kind: Letter,
        now: datetime,
        consent_id: int | None = None,
    ) -> bool:
        """Queue a letter, unless one of its kind was queued for this reader, or their mailbox, too short a time ago.

        One that still waits to ask them takes up the newest asking instead.
        """
        mine = sa.and_(letters.c.subscriber_id == subscriber_id, letters.c.kind == kind)
        if consent_id is not None:
            waits = letters.update().where(mine, _QUEUED).values(consent_id=consent_id)
            if connection.execute(waits).rowcount:
                return False
        mailbox = _mailbox(connection, subscriber_id)
        counted = _to_mailbox(mine, mailbox, kind=kind) if kind in _BY_A_FORM else mine
        if _is_too_soon(connection, counted, subscriber_id, kind=kind, now=now):
            return False
        row = {
            "token": secrets.token_hex(_TOKEN_BYTES),
            "subscriber_id": subscriber_id,
            "kind": kind,
            "consent_id": consent_id,
            "state": State.QUEUED,
            "queued_at": now,
            "mailbox": mailbox,
        }
        connection.execute(letters.insert(), row)
        return True


def _mailbox(connection: sa.Connection, subscriber_id: int) -> str | None:
    key = connection.scalar(sa.select(subscribers.c.email_key).where(subscribers.c.id == subscriber_id))
    return key and mailbox_of(key)


def _to_mailbox(mine: sa.ColumnElement[bool], mailbox: str | None, *, kind: Letter) -> sa.ColumnElement[bool]:
    """Add the letters of a kind to other spellings of a mailbox: ``+tags`` must not get around the pauses."""
    return sa.or_(mine, sa.and_(letters.c.mailbox == mailbox, letters.c.kind == kind))


def pause_after(unanswered: int) -> timedelta:
    """Return how long no letter of a kind follows the last, of which so many have been left without an answer."""
    return _PAUSES[min(max(unanswered, 1), len(_PAUSES)) - 1]


def _is_too_soon(
    connection: sa.Connection,
    mine: sa.ColumnElement[bool],
    subscriber_id: int,
    *,
    kind: Letter,
    now: datetime,
) -> bool:
    """Say whether a letter of this kind would come too soon after the last; one that answers none is let be longer."""
    last = connection.scalar(sa.select(sa.func.max(letters.c.queued_at)).where(mine))
    if last is None or kind not in _BY_A_FORM:
        return last is not None and last > now - ONE_OF_A_KIND
    spoke = consent.latest(connection, subscriber_id, consent.OWN_WORD)
    since = mine if spoke is None else sa.and_(mine, letters.c.queued_at > spoke)
    unanswered = connection.scalar(sa.select(sa.func.count()).select_from(letters).where(since)) or 0
    return bool(last > now - pause_after(unanswered))


@dataclass(frozen=True, kw_only=True)
class Queued:
    """A letter that waits."""

    token: str
    subscriber_id: int
    kind: Letter
    consent_id: int | None
    queued_at: datetime
    attempts: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a try ended: ``state`` is where the letter stands now."""

    state: State
    reason: str | None = None
    next_try: datetime | None = None


def due(connection: sa.Connection, *, now: datetime, ignore_pauses: bool = False) -> tuple[str, ...]:
    """Return the tokens of letters whose time has come, the oldest first."""
    chosen = sa.select(letters.c.token).where(_QUEUED).order_by(letters.c.queued_at)
    if not ignore_pauses:
        chosen = chosen.where(sa.or_(letters.c.next_try.is_(None), letters.c.next_try <= now))
    return tuple(connection.scalars(chosen))


def take(connection: sa.Connection, token: str) -> Queued | None:
    """Return a letter that still waits and is still wanted, None for another; one not wanted any more is dropped."""
    columns = [letters.c[name] for name in Queued.__dataclass_fields__]
    chosen = sa.select(*columns).where(letters.c.token == token, _QUEUED)
    row = connection.execute(chosen).mappings().one_or_none()
    if row is None:
        return None
    letter = Queued(**{**row, "kind": Letter(row["kind"])})
    why_not = _unwanted(connection, letter)
    if why_not:
        drop(connection, token, reason=why_not)
        return None
    return letter


def start(connection: sa.Connection, token: str, *, about: int | None) -> bool:
    """Mark a letter as about to leave, and say whether it may: the fence before the final dot.

    It passes while it waits, its reader still wants it, and it is still ``about`` that asking. Commit before anything
    goes out: it never passes again.
    """
    if take(connection, token) is None:
        return False
    mine = sa.and_(letters.c.token == token, letters.c.consent_id.is_not_distinct_from(about), _QUEUED)
    started = letters.update().where(mine).values(state=State.STARTED)
    return connection.execute(started).rowcount == 1


def finish(
    connection: sa.Connection, token: str, outcome: Outcome, *, is_started: bool, now: datetime
) -> bool:
    """Write down how a try ended; False when the letter is no longer where the try had it."""
    before = State.STARTED if is_started else State.QUEUED
    values = {
        "state": outcome.state,
        "reason": outcome.reason,
        "next_try": outcome.next_try,
        "attempts": letters.c.attempts + 1,
        "sent_at": now if outcome.state is State.SENT else None,
    }
    mine = sa.and_(letters.c.token == token, letters.c.state == before)
    return connection.execute(letters.update().where(mine).values(values)).rowcount == 1


def drop(connection: sa.Connection, token: str, *, reason: str) -> None:
    """Let a letter that waits be, for good."""
    mine = sa.and_(letters.c.token == token, _QUEUED)
    connection.execute(letters.update().where(mine).values(state=State.DROPPED, reason=reason))


def put_off(connection: sa.Connection, *, until: datetime, reason: str, now: datetime) -> int:
    """Let all letters that are due wait, for there is no way out, and return how many; that is no try of theirs."""
    is_due = sa.and_(_QUEUED, sa.or_(letters.c.next_try.is_(None), letters.c.next_try <= now))
    values = {"next_try": until, "reason": reason}
    return connection.execute(letters.update().where(is_due).values(values)).rowcount


def give_up(connection: sa.Connection, *, queued_before: datetime) -> int:
    """End letters that were tried and wait since before then, and return how many."""
    tried = sa.and_(_QUEUED, letters.c.attempts > 0, letters.c.queued_at <= queued_before)
    return connection.execute(letters.update().where(tried).values(state=State.FAILED)).rowcount


def number_waiting(connection: sa.Connection, *, queued_before: datetime) -> int:
    """Return how many letters wait since before then."""
    waiting = sa.select(sa.func.count()).where(_QUEUED, letters.c.queued_at < queued_before)
    return connection.scalar(waiting) or 0


def number_ended(connection: sa.Connection, state: State, *, since: datetime) -> int:
    """Return how many letters queued since then stand in a state that is no waiting."""
    ended = sa.select(sa.func.count()).where(letters.c.state == state, letters.c.queued_at >= since)
    return connection.scalar(ended) or 0


@dataclass(frozen=True, kw_only=True)
class Unsent:
    """A letter that waits, failed, or was started without an end that anybody knows."""

    email: str | None
    """None once its reader is erased."""
    kind: str
    state: str
    queued_at: datetime
    attempts: int
    next_try: datetime | None
    reason: str | None


def unsent(connection: sa.Connection, *, since: datetime) -> tuple[Unsent, ...]:
    """Return all letters that wait, and those queued since then that failed or were started, the oldest first."""
    ended = letters.c.state.in_((State.STARTED, State.FAILED))
    columns = {**letters.c, "email": subscribers.c.email}
    rows = (
        sa.select(*(columns[name] for name in Unsent.__dataclass_fields__))
        .join(subscribers, subscribers.c.id == letters.c.subscriber_id)
        .where(sa.or_(_QUEUED, sa.and_(ended, letters.c.queued_at >= since)))
        .order_by(letters.c.queued_at, letters.c.token)
    )
    return tuple(Unsent(**row) for row in connection.execute(rows).mappings())


def _unwanted(connection: sa.Connection, letter: Queued) -> str:
    """Return why a letter would say nothing to its reader any more, or an empty string; whoever leaves now waits for us."""
    row = store.find_row(connection, subscribers.c.id == letter.subscriber_id)
    if row is None or row.email_key is None:
        return "its reader was erased"
    if letter.kind is not Letter.OPT_IN:
        return "" if row.status in _ANSWERED[letter.kind] else f"its reader is {row.status}"
    asked = consent.find(connection, letter.consent_id) if letter.consent_id is not None else None
    answer = optin.look(connection, asked)
    return "" if answer is optin.Answer.CONFIRMED else f"what it asks is answered: {answer}"
