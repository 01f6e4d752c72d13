"""Lists of other products: taken without a flag, and nobody who left there is written to here."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from subscribers import optin
from subscribers.errors import ImportFileError
from subscribers.life import Status
from subscribers.schema import consents
from subscribers.suppression import address_hash
from subscribers.transfer.imports import import_csv, rehearse_csv
from tests.contracts.lists import (
    Desk,
    counts,
    desk,
    status_of,
    suppressed,
    wanted,
)
from tests.contracts.people import KEY, NOW, add, sign_up

__all__ = ["desk"]


def test_who_left_elsewhere_stays_away_here_too(desk: Desk) -> None:
    report = desk.imports("email,status\na@x.example.com,unsubscribed\nb@x.example.com,active\n")
    assert counts(report) == (2, 1, 1, 0)
    assert report.left_elsewhere == 1
    assert set(desk.people()) == {"b@x.example.com"}
    assert suppressed(desk) == {address_hash("a@x.example.com", key=KEY)}
    assert counts(desk.imports("email\na@x.example.com\n")) == (1, 0, 1, 0)


@pytest.mark.parametrize("column", ["unsubscribed", "Opted-Out", "已退订"])
def test_who_left_by_a_yes_stays_away_and_who_may_have_is_refused(desk: Desk, column: str) -> None:
    rows = "".join(f"{name}@x.example.com,{cell}\n" for name, cell in zip("abc", ("1", "", "?"), strict=True))
    report = desk.imports(f"email,{column}\n{rows}")
    assert (counts(report), report.left_elsewhere) == ((3, 1, 1, 1), 1)
    assert set(desk.people()) == {"b@x.example.com"}
    assert suppressed(desk) == {address_hash("a@x.example.com", key=KEY)}


def test_a_column_that_may_say_who_left_refuses_the_list_unless_it_says_nothing(desk: Desk) -> None:
    with pytest.raises(
        ImportFileError, match=r"row 3: the column 'unsub flag' holds 'X'; rename it"
    ) as caught:
        desk.imports("email,unsub_flag\na@x.example.com,\nb@x.example.com,X\n")
    assert "\n" not in str(caught.value)
    assert desk.people() == {}
    report = desk.imports("email,unsub_flag\na@x.example.com,\nb@x.example.com,0\n")
    assert (counts(report), report.heads, report.passed_over) == ((2, 2, 0, 0), ("email",), ("unsub_flag",))


def test_where_all_have_left_no_column_is_doubtful(desk: Desk) -> None:
    path = desk.folder / "left.csv"
    path.write_text("email,unsub_flag\na@x.example.com,X\n")
    report = import_csv(replace(wanted(path), have_all_left=True), write=desk.database.write, now=NOW)
    assert report.left_elsewhere == 1


def test_who_came_by_a_list_and_left_elsewhere_is_written_to_no_more(desk: Desk) -> None:
    desk.imports("email\na@x.example.com\nb@x.example.com\n")
    report = desk.imports("Email Address,UNSUB_TIME\na@x.example.com,2021-04-01 10:00:00\n")
    assert counts(report) == (1, 0, 1, 0)
    assert status_of(desk, "a@x.example.com") is Status.UNSUBSCRIBED
    assert desk.readers() == 1


def test_readers_who_leave_with_a_list_are_counted_beforehand_too_and_recorded_each(desk: Desk) -> None:
    desk.imports("email\n" + "".join(f"{name}@x.example.com\n" for name in "abc"))
    path = desk.folder / "left.csv"
    path.write_text(
        "email,status\na@x.example.com,unsubscribed\nb@x.example.com,bounced\nz@x.example.com,bounced\n"
    )
    rehearsed = rehearse_csv(wanted(path), read=desk.database.read, now=NOW)
    assert desk.readers() == 3
    report = import_csv(wanted(path), write=desk.database.write, now=NOW)
    assert (report.left_elsewhere, report.leaving, report.steadfast) == (3, 2, 0)
    assert rehearsed == report
    assert desk.readers() == 1
    assert suppressed(desk) == {address_hash(f"{name}@x.example.com", key=KEY) for name in "abz"}
    assert desk.consents() == ["agreed at the fair", "left elsewhere", "left elsewhere"]
    with desk.database.read() as connection:
        left = connection.execute(sa.select(consents).where(consents.c.kind == "left")).first()
    assert left is not None
    assert (left.origin, left.at, left.terms, left.subscriber_id) == ("import of left.csv", NOW, None, 1)


def test_readers_who_leave_with_a_list_keep_others_from_writing_for_tenths_of_a_second_at_most(
    desk: Desk,
) -> None:
    number = 2000
    desk.imports("email\n" + "".join(f"r{i}@x.example.com\n" for i in range(number)))
    statements: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    with desk.database.read() as connection:
        engine = connection.engine
    sa.event.listen(engine, "before_cursor_execute", heard)
    try:
        report = desk.imports(
            "email,status\n"
            + "".join(f"r{i}@x.example.com,left\n".replace("left", "unsubscribed") for i in range(number))
        )
    finally:
        sa.event.remove(engine, "before_cursor_execute", heard)
    assert report.leaving == number
    assert len(statements) < number / 20


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("newsletters", "gone"),
        ("frequency", "monthly"),
        ("language", "fr"),
        ("hour", "25"),
        ("paused_until", "soon"),
        ("email_disabled", "maybe"),
        ("name", '"A\n(was a@b.example.com)"'),
        ("name", "Lee, Ann"),
    ],
)
def test_who_left_is_remembered_whatever_else_their_row_holds(desk: Desk, column: str, cell: str) -> None:
    report = desk.imports(f"email,status,{column}\na@x.example.com,unsubscribed,{cell}\n")
    assert (counts(report), report.left_elsewhere) == ((1, 0, 1, 0), 1)
    assert suppressed(desk) == {address_hash("a@x.example.com", key=KEY)}


def test_a_list_of_which_the_operator_says_that_all_left_adds_nobody_and_ends_its_readers(desk: Desk) -> None:
    desk.imports("email\na@x.example.com\n")
    path = desk.folder / "left.csv"
    path.write_text(
        "email,status,attributes\na@x.example.com,enabled,{}\nb@x.example.com,enabled,{}\nnobody,enabled,{}\n"
    )
    report = import_csv(replace(wanted(path), have_all_left=True), write=desk.database.write, now=NOW)
    assert (counts(report), report.leaving, report.advice) == ((3, 0, 2, 1), 1, "")
    assert desk.readers() == 0
    assert counts(desk.imports("email\na@x.example.com\nb@x.example.com\n")) == (2, 0, 2, 0)


def test_listmonks_status_of_a_subscription_says_who_left(desk: Desk) -> None:
    report = desk.imports(
        "email,attributes,status,subscription_status\n"
        "a@x.example.com,{},enabled,confirmed\n"
        "b@x.example.com,{},enabled,unsubscribed\n"
        "c@x.example.com,{},enabled,unconfirmed\n"
    )
    assert counts(report) == (3, 1, 1, 1)
    assert set(desk.people()) == {"a@x.example.com"}
    assert report.advice == ""


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("email,attributes,status\na@x.example.com,{},enabled\n", "--left", id="listmonk"),
        pytest.param("Email,Stripe plan\na@x.example.com,\n", "email_disabled", id="Substack"),
        pytest.param("Email Address,LEID\na@x.example.com,1\n", "subscribed_", id="Mailchimp"),
    ],
)
def test_a_products_list_that_cannot_say_who_left_is_said_to_be_one(desk: Desk, text: str, what: str) -> None:
    advice = desk.imports(text).advice
    assert "does not say wh" in advice
    assert what in advice


def test_who_came_here_by_their_own_word_is_not_sent_away_by_a_list(desk: Desk) -> None:
    with desk.database.write() as connection:
        add(connection, sign_up("a@x.example.com"), claim=None)
        asked = connection.scalar(sa.select(consents.c.id))
        assert asked is not None
        optin.confirm(connection, asked, claim="yes", version="1", network="", suppression_key=KEY, now=NOW)
    report = desk.imports("Email Address,UNSUB_TIME\na@x.example.com,2021-04-01 10:00:00\n")
    assert (report.leaving, report.steadfast) == (0, 1)
    assert status_of(desk, "a@x.example.com") is Status.ACTIVE
    assert suppressed(desk) == set()


def test_one_who_asked_here_and_left_elsewhere_waits_for_their_own_word(desk: Desk) -> None:
    with desk.database.write() as connection:
        add(connection, sign_up("a@x.example.com"), claim=None)
    desk.imports("email,status\na@x.example.com,unsubscribed\n")
    desk.imports("email\na@x.example.com\n")
    assert status_of(desk, "a@x.example.com") is Status.PENDING


def test_one_address_that_left_by_one_row_and_stayed_by_another_stays_away(desk: Desk) -> None:
    report = desk.imports("email,status\na@x.example.com,active\nA@x.example.com,unsubscribed\n")
    assert counts(report) == (2, 0, 2, 0)
    assert desk.people() == {}


MAILCHIMP = (
    "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,"
    "GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n"
    'a@x.example.com,Ann,Lee,2,"2021-03-01 10:00:00",192.0.2.1,"2021-03-01 10:02:00",192.0.2.1,52.5,13.4,1,2,'
    'Europe/Berlin,DE,BE,"2021-03-01 10:02:00",123,abc,"said: ""hello""","""vip"",""press"""\n'
    'b@x.example.com,小明,王,2,,,"2021-03-01 10:02:00",192.0.2.1,,,,,Mars/Base,CN,,,124,abd,,\n'
)
SUBSTACK = (
    "Email,Name,Stripe plan,Cancel date,Start date,Paid upgrade date,Emails received (6mo),email_disabled,created_at\n"
    "a@x.example.com,Ann Lee,,,2021-03-01,,40,false,2021-03-01T10:00:00.000Z\n"
    "gone@x.example.com,Go Ne,,,2021-03-01,,40,true,2021-03-01T10:00:00.000Z\n"
)
LISTMONK = (
    "uuid,email,name,attributes,status,created_at,updated_at\n"
    '3f1,a@x.example.com,Ann Lee,"{""city"": ""Ulm, \\""old\\"" town""}",enabled,2021-03-01,2021-03-01\n'
    "3f2,gone@x.example.com,Go Ne,{},blocklisted,2021-03-01,2021-03-01\n"
    "3f3,off@x.example.com,Off,{},disabled,2021-03-01,2021-03-01\n"
)
GHOST = (
    "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers\n"
    'g1,a@x.example.com,Ann Lee,,true,false,,2021-03-01T10:00:00.000Z,,"vip,press",\n'
    "g2,gone@x.example.com,Go Ne,,false,false,,2021-03-01T10:00:00.000Z,,,\n"
)


@pytest.mark.parametrize(
    ("text", "product", "expected"),
    [
        pytest.param(MAILCHIMP, "Mailchimp", (2, 2, 0, 0), id="Mailchimp"),
        pytest.param(SUBSTACK, "Substack", (2, 1, 1, 0), id="Substack"),
        pytest.param(LISTMONK, "listmonk", (3, 1, 1, 1), id="listmonk"),
        pytest.param(GHOST, "Ghost", (2, 1, 1, 0), id="Ghost"),
    ],
)
def test_another_products_list_comes_in_without_a_flag(
    desk: Desk, text: str, product: str, expected: tuple[int, int, int, int]
) -> None:
    report = desk.imports(text)
    assert (report.product, counts(report)) == (product, expected)
    found = desk.people()
    assert found["a@x.example.com"].name == "Ann Lee"
    assert "gone@x.example.com" not in found


def test_mailchimps_settings_are_taken_where_they_are_ours(desk: Desk) -> None:
    desk.imports(MAILCHIMP)
    ann, ming = desk.people()["a@x.example.com"], desk.people()["b@x.example.com"]
    assert (ann.timezone, ann.tags) == ("Europe/Berlin", ("press", "vip"))
    assert (ming.name, ming.timezone) == ("王小明", "Asia/Shanghai")


@pytest.mark.parametrize(
    "name", ["nonsubscribed_members_export_123.csv", "Copy of NONSUBSCRIBED_members.csv"]
)
def test_mailchimps_list_of_people_who_never_subscribed_is_refused(desk: Desk, name: str) -> None:
    path = desk.folder / name
    path.write_text(MAILCHIMP, encoding="utf-8")
    report = import_csv(wanted(path), write=desk.database.write, now=NOW)
    assert counts(report) == (2, 0, 0, 2)
