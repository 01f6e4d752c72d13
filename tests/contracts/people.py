"""Readers and issues to test with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from pipeline.model import Issue, IssueStatus, Slot, TransportKind, Variant
from pipeline.store import drafts
from pipeline.store.database import Database
from pipeline.store.letters import Letters
from subscribers import store
from subscribers.addresses import parse_address
from subscribers.life import Status

NOW = datetime(2022, 2, 22, 6, 5, tzinfo=UTC)
SLOT = Slot(wall="2022-02-22T06:00", instant=datetime(2022, 2, 21, 22, 0, tzinfo=UTC))
HOUR = timedelta(hours=1)
KEY = b"suppression key of the tests"
Work = Callable[[sa.Connection], object]


def sign_up(
    email: str,
    *,
    newsletter: str = "daily",
    language: str = "en",
    timezone: str = "Asia/Shanghai",
    send_at: str | None = None,
    tags: tuple[str, ...] = (),
) -> store.SignUp:
    """Return a person to add."""
    return store.SignUp(
        address=parse_address(email),
        newsletter=newsletter,
        language=language,
        timezone=timezone,
        send_at=send_at,
        tags=tags,
    )


def add(
    connection: sa.Connection, person: store.SignUp, *, claim: str | None = "agreed at the desk"
) -> Status:
    """Add a person, active unless there is no claim."""
    return store.add(connection, person, claim=claim, suppression_key=KEY, mailer=Letters(), now=NOW)


def meanwhile(database: Database, first: Work, second: Work) -> None:
    """Do the second in a transaction of its own, which begins while that of the first is under way."""

    def do_second() -> None:
        with database.write() as connection:
            second(connection)

    thread = threading.Thread(target=do_second)
    with database.write() as connection:
        first(connection)
        thread.start()
        thread.join(0.3)  # it waits for us, and only then looks
    thread.join()


def issue(
    *,
    slot: Slot = SLOT,
    status: IssueStatus = IssueStatus.APPROVED,
    transport: TransportKind = TransportKind.SMTP,
) -> Issue:
    """Return a composed issue without items."""
    return Issue(
        newsletter="daily",
        slot=slot,
        status=status,
        transport=transport,
        funnel={"items": 0},
        variants=(Variant(language="en", subject="s", preview="p", html="<p></p>", text="t"),),
    )


def keep(connection: sa.Connection, one: Issue) -> int:
    """Write an issue down and return its id."""
    issue_id = drafts.keep(connection, one, release_at=None, now=NOW)
    assert issue_id is not None
    return issue_id
