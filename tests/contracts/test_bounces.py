"""What mails that come back do to readers: counted once, judged together, traced to the mail, never past who came back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from pipeline.store.database import Database
from subscribers import consent, leaving, optin
from subscribers.bounces.reading import Kind, Reading
from subscribers.bounces.register import Report, Written, write_down
from subscribers.errors import RefusedError
from subscribers.schema import bounces, consents, subscribers, suppressions
from tests.contracts.people import KEY, NOW, add, sign_up

DAY = timedelta(days=1)
SURE = Reading(kind=Kind.HARD, status="5.1.1", reason="no such user", is_sure=True)
HARD = Reading(kind=Kind.HARD, status="5.0.0", reason="refused")
SOFT = Reading(kind=Kind.SOFT, status="4.2.2", reason="full")
COMPLAINT = Reading(kind=Kind.COMPLAINT, reason="feedback report: abuse")
LEAVE = Reading(kind=Kind.LEAVE, reason="asks to leave")


def report(
    reading: Reading,
    *,
    mail: str = "m1",
    delivery: str = "1.1.x",
    after: timedelta = DAY,
    is_by_message_id: bool = False,
) -> Report:
    return Report(
        subscriber_id=1,
        delivery=delivery,
        reading=reading,
        mail=mail,
        at=NOW + after,
        is_by_message_id=is_by_message_id,
    )


def written(database: Database, one: Report) -> Written:
    with database.write() as connection:
        return write_down(connection, one, suppression_key=KEY, now=max(one.at, NOW + DAY))


def status(database: Database) -> str:
    with database.read() as connection:
        return str(connection.scalar(sa.select(subscribers.c.status).where(subscribers.c.id == 1)))


def number(database: Database, table: sa.Table) -> int:
    with database.read() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


@pytest.fixture
def reader(database: Database) -> Database:
    """Return a database with one active reader."""
    with database.write() as connection:
        add(connection, sign_up("ann@a.example"))
    return database


@pytest.mark.parametrize(
    ("reading", "ends"),
    [
        (SURE, "bounced"),
        (COMPLAINT, "complained"),
        (LEAVE, "unsubscribed"),
        (HARD, "active"),
        (SOFT, "active"),
    ],
    ids=lambda value: value.kind if isinstance(value, Reading) else value,
)
def test_one_mail_ends_what_it_may_end_alone(reader: Database, reading: Reading, ends: str) -> None:
    done = written(reader, report(reading))
    assert status(reader) == ends
    assert done == Written(is_new=True, status=None if ends == "active" else done.status, why=done.why)
    assert (done.status or "active") == ends


@pytest.mark.parametrize(
    ("reading", "kind", "times"),
    [(SURE, "soft", 1), (COMPLAINT, "complaint", 12), (LEAVE, "leave", 12)],
    ids=["hard", "complaint", "leave"],
)
def test_by_a_message_id_alone_a_bounce_is_soft_and_all_else_ends_nothing(
    reader: Database, reading: Reading, kind: str, times: int
) -> None:
    is_doubted = reading is not SURE
    for n in range(1, times + 1):
        one = report(reading, mail=f"m{n}", delivery=f"{n}.1", is_by_message_id=True)
        assert written(reader, one) == Written(is_new=True, is_doubted=is_doubted)
    assert (status(reader), number(reader, consents), number(reader, suppressions)) == ("active", 1, 0)
    with reader.read() as connection:
        kept = connection.execute(sa.select(bounces.c.kind, bounces.c.is_sure)).all()
    assert kept == [(kind, False)] * times


def test_a_complaint_that_proves_ends_it_after_one_that_did_not(reader: Database) -> None:
    written(reader, report(COMPLAINT, is_by_message_id=True))
    assert written(reader, report(COMPLAINT, mail="m2")).status == "complained"


def test_the_record_says_that_a_complaint_ended_nothing(reader: Database) -> None:
    written(reader, report(COMPLAINT, is_by_message_id=True))
    with reader.read() as connection:
        [reason] = connection.scalars(sa.select(bounces.c.reason))
    assert reason == "feedback report: abuse; by a Message-ID alone, so it ends nothing"


def test_the_same_mail_counts_once(reader: Database) -> None:
    for _ in range(12):
        written(reader, report(HARD))
    assert number(reader, bounces) == 1
    assert status(reader) == "active"


def test_the_same_mail_may_count_for_two_readers(reader: Database) -> None:
    with reader.write() as connection:
        add(connection, sign_up("bob@b.example"))
        other = Report(subscriber_id=2, delivery="1.2.x", reading=HARD, mail="m1", at=NOW)
        assert write_down(connection, other, suppression_key=KEY, now=NOW).is_new
    assert written(reader, report(HARD)).is_new


def test_many_hard_bounces_of_different_deliveries_give_a_reader_up(reader: Database) -> None:
    done = [
        written(reader, report(HARD, mail=f"m{n}", delivery=f"{n}.1.x", after=n * DAY)) for n in range(1, 6)
    ]
    assert [each.status for each in done] == [None, None, None, None, "bounced"]
    assert done[-1].why.startswith("5 points: 5 hard")


def test_a_heap_read_late_spares_and_ends_nobody_but_whom_it_would_have_in_time(reader: Database) -> None:
    for n in range(1, 12):  # each a week and more after the last: forgiven before the next came
        written(reader, report(HARD, mail=f"q{n}", delivery=f"{n}.1.x", after=-n * 8 * DAY))
    assert status(reader) == "active"
    written(reader, report(SURE, mail="old", after=-100 * DAY))
    assert status(reader) == "active"  # later mails say that they were reached after it
    with reader.write() as connection:
        connection.execute(bounces.delete())
    late = report(SURE, mail="late", after=-30 * DAY)
    with reader.write() as connection:
        write_down(connection, late, suppression_key=KEY, now=NOW)
    assert status(reader) == "bounced"


def test_the_change_can_be_traced_to_its_mail(reader: Database) -> None:
    for mail, reading in (("a" * 64, SURE), ("b" * 64, COMPLAINT)):
        written(reader, report(reading, mail=mail))
    with reader.read() as connection:
        records = consent.history(connection, 1)
        kept = connection.execute(sa.select(bounces).order_by(bounces.c.id)).all()
    assert [(row.kind, row.origin) for row in records[1:]] == [
        ("bounced", f"mail {'a' * 64}"),
        ("complained", f"mail {'b' * 64}"),
    ]
    assert [(row.mail, row.kind, row.status, row.is_sure) for row in kept] == [
        ("a" * 64, "hard", "5.1.1", True),
        ("b" * 64, "complaint", "", False),
    ]


def test_who_came_back_is_not_sent_away_by_what_was_before(reader: Database) -> None:
    written(reader, report(SURE))
    written(reader, report(LEAVE, mail="m2"))
    came_back(reader)
    assert not written(reader, report(LEAVE, mail="m2")).is_new
    assert not written(reader, report(SURE)).is_new
    assert written(reader, report(SOFT, mail="m3", delivery="3.1.x", after=3 * DAY)).status is None
    assert status(reader) == "active"
    assert written(reader, report(SURE, mail="m4", after=4 * DAY)).status == "bounced"


def came_back(database: Database) -> None:
    """Let the reader confirm anew, a day after their mailbox was given up."""
    with database.write() as connection:
        later = NOW + 2 * DAY
        asked = consent.record(
            connection,
            kind=consent.Kind.ASKED,
            claim="",
            origin="form",
            now=later,
            subscriber_id=1,
            terms={"newsletters": ["daily"], "language": "en"},
        )
        optin.confirm(connection, asked, claim="", version="", network="", suppression_key=KEY, now=later)
    assert status(database) == "active"


def test_one_who_left_stays_gone_whatever_comes_back(reader: Database) -> None:
    written(reader, report(LEAVE))
    assert written(reader, report(SURE, mail="m2")) == Written(
        is_new=True, why="no such user, said so on 23 February"
    )
    assert status(reader) == "unsubscribed"
    assert number(reader, consents) == 2


def test_nothing_is_written_down_of_the_erased_or_of_strangers(reader: Database) -> None:
    with reader.write() as connection:
        is_reader = subscribers.c.id == 1
        leaving.end(connection, is_reader, leaving.erased(origin="test"), suppression_key=KEY, now=NOW)
        stranger = Report(subscriber_id=99, delivery="1.99.x", reading=SURE, mail="m", at=NOW)
        assert not write_down(connection, stranger, suppression_key=KEY, now=NOW).is_new
    assert not written(reader, report(SURE)).is_new
    assert number(reader, bounces) == 0


def test_one_who_leaves_by_mail_is_suppressed(reader: Database) -> None:
    written(reader, report(LEAVE))
    with reader.write() as connection, pytest.raises(RefusedError):
        add(connection, sign_up("ann@a.example"))
