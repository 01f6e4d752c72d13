"""Lists come in whole, once, and bring back nobody, on every database."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from subscribers import leaving, people
from subscribers.addresses import parse_address
from subscribers.errors import ImportFileError
from subscribers.life import Status
from subscribers.schema import consents, subscribers, subscriptions
from subscribers.suppression import address_hash, suppress
from subscribers.transfer import imports
from subscribers.transfer.applicants import Offer
from subscribers.transfer.imports import import_csv
from subscribers.transfer.report import Remark
from tests.contracts.lists import (
    DAILY,
    EVENING,
    WEEKLY,
    Desk,
    counts,
    desk,
    wanted,
)
from tests.contracts.people import KEY, NOW, add, sign_up

__all__ = ["desk"]


def test_a_full_row_is_taken_with_all_its_settings(desk: Desk) -> None:
    desk.imports(
        "email,name,language,timezone,hour,frequency,tags\n"
        "A@X.example.com,王小明,both,Europe/Berlin,7,weekly,press; vip|press\n"
    )
    assert desk.people() == {
        "A@x.example.com": people.Subscriber(
            id=1,
            paused_until=None,
            email="A@x.example.com",
            status=Status.ACTIVE,
            name="王小明",
            language="both",
            timezone="Europe/Berlin",
            send_at="07:00",
            tags=("press", "vip"),
            newsletters=("weekly",),
        )
    }


@pytest.mark.parametrize(
    ("frequency", "newsletter", "language", "timezone"),
    [
        pytest.param("", "daily", "en", "Asia/Shanghai", id="the newsletter named"),
        pytest.param("daily", "daily", "en", "Asia/Shanghai", id="the day's one"),
        pytest.param("Weekly", "weekly", "zh", "Europe/Berlin", id="the week's one"),
    ],
)
def test_empty_cells_take_the_newsletters_own_value(
    desk: Desk, frequency: str, newsletter: str, language: str, timezone: str
) -> None:
    desk.imports(f"email,language,timezone,hour,frequency\na@x.example.com,,,,{frequency}\n")
    person = desk.people()["a@x.example.com"]
    assert person.newsletters == (newsletter,)
    assert (person.language, person.timezone, person.send_at) == (language, timezone, None)


@pytest.mark.parametrize(
    ("frequency", "offers", "why"),
    [
        pytest.param("weekly", (DAILY,), "0 newsletters are weekly", id="none such"),
        pytest.param("daily", (DAILY, WEEKLY, EVENING), "2 newsletters are daily", id="several such"),
        pytest.param("monthly", (DAILY, WEEKLY), "neither daily nor weekly", id="neither"),
    ],
)
def test_a_frequency_that_names_no_one_newsletter_is_refused(
    desk: Desk, frequency: str, offers: tuple[Offer, ...], why: str
) -> None:
    report = desk.imports(f"email,frequency\na@x.example.com,{frequency}\nb@x.example.com,\n", offers=offers)
    [refusal] = report.first_refused
    assert (refusal.row, refusal.column, refusal.value) == (2, "frequency", frequency)
    assert why in refusal.why
    assert set(desk.people()) == {"b@x.example.com"}


def test_a_refused_row_is_named_with_row_column_and_reason_and_the_others_are_taken(desk: Desk) -> None:
    report = desk.imports(
        "email,language,timezone,hour\n"
        "nobody,,,\n"
        "a@x.example.com,de,,\n"
        "b@x.example.com,,Beijing,\n"
        "c@x.example.com,,,25\n"
        "d@x.example.com,,,\n"
        ",en,,\n"
    )
    assert [(refusal.row, refusal.column, refusal.value) for refusal in report.first_refused] == [
        (2, "email", "nobody"),
        (3, "language", "de"),
        (4, "timezone", "Beijing"),
        (5, "hour", "25"),
        (7, "email", ""),
    ]
    assert counts(report) == (6, 1, 0, 5)
    assert set(desk.people()) == {"d@x.example.com"}


def test_people_who_left_stay_away(desk: Desk) -> None:
    with desk.database.write() as connection:
        add(connection, sign_up("left@x.example.com"))
        leaving.end_by_address(
            connection,
            parse_address("left@x.example.com"),
            leaving.left(origin="test"),
            suppression_key=KEY,
            now=NOW,
        )
    report = desk.imports("email\nLEFT@x.example.com\nnew@x.example.com\n")
    assert counts(report) == (2, 1, 1, 0)
    assert desk.people()["left@x.example.com"].status is Status.UNSUBSCRIBED
    assert desk.readers() == 1


@pytest.mark.parametrize("status", [Status.BOUNCED, Status.COMPLAINED])
def test_people_whose_mail_came_back_or_who_complained_stay_away(desk: Desk, status: Status) -> None:
    with desk.database.write() as connection:
        add(connection, sign_up("gone@x.example.com"))
        connection.execute(subscribers.update().values(status=status))
    assert counts(desk.imports("email\ngone@x.example.com\n")) == (1, 0, 1, 0)
    assert desk.people()["gone@x.example.com"].status is status


def test_a_suppressed_stranger_stays_away(desk: Desk) -> None:
    with desk.database.write() as connection:
        suppress(connection, address_hash("erased@x.example.com", key=KEY), reason="erased", now=NOW)
    assert counts(desk.imports("email\nErased@X.example.com\n")) == (1, 0, 1, 0)
    assert desk.people() == {}


def test_a_second_import_of_the_same_file_changes_nothing(desk: Desk) -> None:
    text = "email,name,tags\na@x.example.com,Ann,vip\nb@x.example.com,Bo,\n"
    desk.imports(text)
    before = desk.people()
    assert counts(desk.imports(text)) == (2, 0, 2, 0)
    assert desk.people() == before
    assert desk.readers() == 2


def test_of_doubles_in_one_file_the_first_counts(desk: Desk) -> None:
    report = desk.imports("email,name\na@x.example.com,Ann\nA@X.EXAMPLE.COM,Another\n")
    assert counts(report) == (2, 1, 1, 0)
    assert desk.people()["a@x.example.com"].name == "Ann"


def test_one_person_may_take_both_newsletters_from_one_file(desk: Desk) -> None:
    report = desk.imports("email,frequency\na@x.example.com,daily\na@x.example.com,weekly\n")
    assert counts(report) == (2, 2, 0, 0)
    assert desk.people()["a@x.example.com"].newsletters == ("daily", "weekly")


def test_the_pending_become_active_for_what_the_list_vouches_for_alone(desk: Desk) -> None:
    with desk.database.write() as connection:
        add(connection, sign_up("a@x.example.com"), claim=None)
        add(connection, sign_up("a@x.example.com", newsletter="weekly"), claim=None)
    assert counts(desk.imports("email\na@x.example.com\n")) == (1, 1, 0, 0)
    assert desk.people()["a@x.example.com"].status is Status.ACTIVE
    assert (desk.readers("daily"), desk.readers("weekly")) == (1, 0)


def test_a_list_changes_no_setting_of_one_who_is_known(desk: Desk) -> None:
    with desk.database.write() as connection:
        add(connection, sign_up("a@x.example.com", language="zh", send_at="21:00"))
    desk.imports("email,language,hour\na@x.example.com,en,7\n")
    person = desk.people()["a@x.example.com"]
    assert (person.language, person.send_at) == ("zh", "21:00")


def test_an_import_leaves_one_consent_that_all_its_rows_refer_to(desk: Desk) -> None:
    desk.imports("email\n" + "".join(f"r{i}@x.example.com\n" for i in range(imports.BATCH + 1)))
    assert desk.consents() == ["agreed at the fair"]
    with desk.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count(subscriptions.c.consent_id.distinct()))) == 1
        assert connection.scalar(sa.select(consents.c.origin)) == "list.csv"


def test_a_list_longer_than_a_batch_comes_in_whole(desk: Desk) -> None:
    number = 2 * imports.BATCH + 1
    text = "email\n" + "".join(f"r{i}@x.example.com\n" for i in range(number)) + "r0@x.example.com\nnobody\n"
    report = desk.imports(text)
    assert counts(report) == (number + 2, number, 1, 1)
    assert report.first_refused[0].row == number + 3
    assert desk.readers() == number


def test_a_file_that_cannot_be_read_to_its_end_leaves_nothing_behind(desk: Desk) -> None:
    good = "".join(f"r{i}@x.example.com,x\n" for i in range(2 * imports.BATCH))
    with pytest.raises(ImportFileError):
        desk.imports(f"email,name\n{good}" + 'a@x.example.com,"never closed\n')
    assert desk.people() == {}
    assert desk.consents() == []


def test_formulas_newlines_and_nul_bytes_come_in_as_harmless_text(desk: Desk) -> None:
    desk.imports('email,name,tags\na@x.example.com,=1+1,"@SUM(A1)"\nb@x.example.com,"Ann\nLee\0","v\0ip"\n')
    people = desk.people()
    assert people["a@x.example.com"].name == "=1+1"
    assert people["a@x.example.com"].tags == ("@SUM(A1)",)
    assert people["b@x.example.com"].name == "Ann Lee"
    assert people["b@x.example.com"].tags == ("v ip",)


def test_a_file_name_that_is_no_text_is_no_obstacle(desk: Desk) -> None:
    path = desk.folder / "li\udcffst.csv"
    path.write_text("email\na@x.example.com\n")
    import_csv(wanted(path), write=desk.database.write, now=NOW)
    assert desk.readers() == 1


def test_bad_rows_of_every_kind_harm_no_other(desk: Desk) -> None:
    big = "x" * 1_000_000
    report = desk.imports(
        "email,name,language,timezone,hour,tags\n"
        f"{big},,,,,\n"
        f"a@x.example.com,{big},,,,\n"
        f"t@x.example.com,,,,,{big}\n"
        f"b@x.example.com,,{big},,,\n"
        f"{'c' * 306}@example.com.cn,,,,,\n"
        '"d@x.example.com\r\nBcc: e@x.example.com",,,,,\n'
        '"f\0@x.example.com",,,,,\n'
        "email,name,language,timezone,hour,tags\n"
        "E-Mail,,,,,\n"
        "g@x.example.com,Lee, Ann,en,,,vip\n"
        '"h@x.example.com","He\nb@x.example.com,Bo",,,,\n'
        "аnn@x.example.com,look-alike,,,,\n"
        "ann@x.example.com,Ann,,,,\n"
    )
    assert counts(report) == (13, 3, 0, 10)
    assert [(refusal.row, refusal.column) for refusal in report.first_refused] == [
        (2, "email"), (4, "tags"), (5, "language"), (6, "email"), (7, "email"), (8, "email"), (9, "email"),
        (10, "email"), (11, "surplus"), (12, "name"),
    ]  # fmt: skip
    assert all(len(refusal.value) <= 100 and len(refusal.why) < 400 for refusal in report.first_refused)
    assert set(desk.people()) == {"a@x.example.com", "аnn@x.example.com", "ann@x.example.com"}


def test_each_refusal_is_told_and_few_are_kept(desk: Desk) -> None:
    path = desk.folder / "list.csv"
    path.write_text("email\n" + "nobody\n" * (imports.SHOWN + 5), encoding="utf-8")
    told: list[int] = []
    report = import_csv(
        wanted(path), write=desk.database.write, now=NOW, refuse=lambda refusal: told.append(refusal.row)
    )
    assert told == list(range(2, imports.SHOWN + 7))
    assert (report.refused, len(report.first_refused)) == (imports.SHOWN + 5, imports.SHOWN)


def test_tasks_and_disposable_addresses_are_taken_and_counted(desk: Desk) -> None:
    report = desk.imports("email\ninfo@x.example.com\na@mailinator.com\nb@x.example.com\ninfo@nobody\n")
    assert (report.added, report.roles, report.disposable) == (3, 1, 1)


def test_each_address_to_look_at_again_is_told_once_it_is_added(desk: Desk) -> None:
    desk.imports("email\nsales@x.example.com\n")
    path = desk.folder / "list.csv"
    path.write_text(
        "email,newsletters\ninfo@mailinator.com,daily;weekly\nann@x.example.com,\nsales@x.example.com,\n"
    )
    told: list[Remark] = []
    import_csv(wanted(path), write=desk.database.write, now=NOW, flag=told.append)
    what = "an address of a task, not of a person; a disposable address"
    assert told == [Remark(row=2, address="info@mailinator.com", what=what)]


def test_a_tag_is_one_in_whatever_case_and_stays_as_it_was_first_written(desk: Desk) -> None:
    with desk.database.write() as connection:
        add(connection, sign_up("known@x.example.com", newsletter="weekly", tags=("VIP",)))
    desk.imports(
        "email,newsletters,tags\n"
        'known@x.example.com,daily,"vip,Press"\n'
        'new@x.example.com,daily,"Vip,vip,press"\n'
        'new@x.example.com,weekly,"VIP,École,école"\n'
    )
    found = desk.people()
    assert found["known@x.example.com"].tags == ("Press", "VIP")
    assert found["new@x.example.com"].tags == ("Vip", "press", "École")


def test_tags_of_a_row_that_is_left_alone_keep_no_other_rows_tags_away(desk: Desk) -> None:
    with desk.database.write() as connection:
        add(connection, sign_up("a@x.example.com"))
    desk.imports("email,newsletters,tags\na@x.example.com,daily,VIP\na@x.example.com,weekly,vip\n")
    assert desk.people()["a@x.example.com"].tags == ("vip",)


def test_a_moment_at_the_end_of_time_is_refused_and_the_others_are_taken(desk: Desk) -> None:
    report = desk.imports("email,paused_until\na@x.example.com,9999-12-31T23:59:59-12:00\nb@x.example.com,\n")
    assert counts(report) == (2, 1, 0, 1)
    assert report.first_refused[0].column == "paused_until"


def test_what_nobody_foresaw_in_one_row_harms_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(text: str) -> str:
        return str(int(text))

    monkeypatch.setattr("subscribers.transfer.applicants.parse_hour", parse)
    report = desk.imports("email,hour\na@x.example.com,seven\nb@x.example.com,\n")
    assert counts(report) == (2, 1, 0, 1)
    assert report.first_refused[0].row == 2
    assert "seven" in report.first_refused[0].why
