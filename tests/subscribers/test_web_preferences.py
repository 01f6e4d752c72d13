"""The preferences page: what a reader sets, and what a wrong form leaves as it was."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from subscribers.life import Status
from subscribers.links import Purpose
from tests.contracts.people import add, sign_up
from tests.subscribers.house import ANN, MEI, PENG, House, furnished, house, porch

__all__ = ["furnished", "house", "porch"]


def test_preferences_are_saved(house: House) -> None:
    answer = house.saved(
        {"language": "both", "timezone": "Europe/Berlin", "hour": "21:30", "name": " Ann  B "}
    )
    assert answer.status_code == 200
    assert "Saved" in answer.text
    person = house.person()
    assert (person.language, person.timezone, person.send_at) == ("both", "Europe/Berlin", "21:30")
    assert person.name == "Ann B"
    assert house.person(MEI).language == "zh"
    assert house.counted("reader_pages", "preferences") == 1


def test_what_is_saved_is_what_the_page_shows_then(house: House) -> None:
    chosen = {"hour": "21:30", "timezone": "Europe/Berlin", "name": "Ann", "pause": "2022-03-05"}
    house.saved({**chosen, "newsletter": ["weekly"]})
    shown = house.client.get(f"/preferences/{house.token()}").text
    for part in (
        'value="21:30"',
        '<option value="Europe/Berlin" selected>Berlin',
        'value="Ann"',
        'value="2022-03-05"',
        'value="daily">',
        'value="weekly" checked>',
    ):
        assert part in shown


def test_an_empty_hour_means_with_the_issue(house: House) -> None:
    for hour in ("07:00", ""):
        house.saved({"hour": hour})
    assert house.person().send_at is None


def test_a_form_of_fewer_fields_leaves_the_other_settings(house: House) -> None:
    house.saved({"name": "Ann", "pause": "2022-03-05", "newsletter": ["daily", "weekly"]})
    path = f"/preferences/{house.token()}"
    assert house.client.post(path, data={"language": "zh", "timezone": "UTC"}).status_code == 200
    person = house.person()
    assert (person.name, person.newsletters) == ("Ann", ("daily", "weekly"))
    assert person.status is Status.PAUSED


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"language": "de"}, "English, Chinese or both"),
        ({"language": ""}, "English, Chinese or both"),
        ({"timezone": "Beijing"}, "choose a time zone"),
        ({"timezone": "../../etc/passwd"}, "choose a time zone"),
        ({"timezone": "a\x00b"}, "choose a time zone"),
        ({"hour": "25:00"}, "an hour, such as 07:30"),
        ({"hour": "<b>"}, "an hour, such as 07:30"),
        ({"pause": "soon"}, "a day of the coming year"),
        ({"pause": "2022-02-22"}, "from tomorrow on"),
        ({"pause": "2024-01-01"}, "a day of the coming year"),
        ({"pause": "9999-12-31"}, "a day of the coming year"),
        ({"pause": "0001-01-01"}, "a day of the coming year"),
    ],
)
def test_a_wrong_preference_is_refused_with_the_reason_and_nothing_saved(
    house: House, change: dict[str, str], problem: str
) -> None:
    before = house.rows()
    answer = house.saved({"language": "zh", "name": "<Kept>"} | change)
    assert answer.status_code == 422
    assert problem in answer.text
    assert "&lt;Kept&gt;" in answer.text
    assert house.rows() == before


@pytest.mark.parametrize("left_out", ["name", "language", "timezone", "hour", "pause"])
def test_a_field_that_is_not_sent_leaves_its_setting(house: House, left_out: str) -> None:
    kept = {
        "name": "Ann",
        "language": "both",
        "timezone": "Europe/Berlin",
        "hour": "21:30",
        "pause": "2022-03-05",
    }
    house.saved(kept)
    before = house.person()
    sent = {name: value for name, value in kept.items() if name != left_out}
    assert house.client.post(f"/preferences/{house.token()}", data=sent).status_code == 200
    assert house.person() == before
    wrong = sent | ({"hour": "25:00"} if left_out != "hour" else {"pause": "soon"})
    shown = house.client.post(f"/preferences/{house.token()}", data=wrong)
    assert shown.status_code == 422
    assert kept[left_out] in shown.text


def test_the_first_day_to_choose_for_a_pause_is_one_that_can_be_saved(house: House) -> None:
    first = re.search(r'type="date" min="([0-9-]+)"', house.client.get(f"/preferences/{house.token()}").text)
    assert first
    assert house.saved({"pause": first[1]}).status_code == 200


def test_a_newsletter_that_a_stranger_asked_for_is_not_shown_as_chosen(house: House) -> None:
    for newsletter in ("daily", "weekly"):
        house.client.post("/subscribe", data={"email": PENG, "newsletter": newsletter})
        house.clock.go_on(timedelta(minutes=1))
    assert house.person(PENG).newsletters == ("daily", "weekly")  # as asked, for nobody has confirmed yet
    first = house.consents("asked")[0].id
    house.client.post(f"/confirm/{house.links.sign(Purpose.CONFIRM, first)}")
    assert house.person(PENG).newsletters == ("daily",)
    page = house.client.get(f"/preferences/{house.token(PENG)}").text
    ticked = re.findall(r'name="newsletter" value="(\w+)" checked', page)
    assert ticked == ["daily"]
    house.saved({"newsletter": ticked}, PENG)
    assert house.consents("preferences") == []
    assert house.readers("weekly") == 0


def test_what_a_stranger_asked_for_keeps_nobody_who_unticks_the_rest(house: House) -> None:
    with house.database.write() as connection:
        add(connection, sign_up(ANN, newsletter="weekly"), claim=None)
    house.saved({"newsletter": [], "offered": ["daily"]})  # as on a page that has no box for it
    assert house.person().status is Status.UNSUBSCRIBED


def test_a_chinese_reader_is_told_in_chinese(house: House) -> None:
    answer = house.saved({"hour": "25:00"}, MEI)
    assert "请填写时间" in answer.text
    assert 'aria-describedby="problem" aria-invalid="true"' in answer.text


def test_a_pause_ends_at_the_start_of_the_readers_own_day(house: House) -> None:
    answer = house.saved({"pause": "2022-03-14", "timezone": "America/New_York"})
    assert "mail begins again on 2022-03-14" in answer.text
    person = house.person()
    assert person.status is Status.PAUSED
    assert person.paused_until == datetime(2022, 3, 14, 4, tzinfo=UTC)
    assert house.readers() == 1


def test_an_empty_pause_ends_one(house: House) -> None:
    house.saved({"pause": "2022-03-05"})
    house.saved({"pause": ""})
    assert house.person().status is Status.ACTIVE
    assert house.readers() == 2


def test_a_newsletter_ticked_is_one_that_the_reader_agreed_to_in_these_words(house: House) -> None:
    house.saved({"newsletter": ["daily", "weekly"]})
    assert house.readers("weekly") == 1
    (chosen,) = house.consents("preferences")
    assert chosen.terms == {"newsletters": ["weekly"]}
    assert "not investment advice" in chosen.claim
    assert chosen.network == "127.0.0.0/24"
    assert chosen.claim in unescape(house.client.get(f"/preferences/{house.token()}").text)


def test_a_newsletter_no_more_ticked_comes_no_more(house: House) -> None:
    house.saved({"newsletter": ["daily", "weekly"]})
    house.saved({"newsletter": ["weekly"]})
    assert (house.readers("daily"), house.readers("weekly")) == (1, 1)


def test_a_pause_that_is_over_stands_in_no_form(house: House) -> None:
    house.saved({"pause": "2022-03-05"})
    house.clock.go_on(timedelta(days=20))
    page = house.client.get(f"/preferences/{house.token()}").text
    assert "2022-03-05" not in page
    assert "Paused" not in page


def test_a_form_that_names_newsletters_chooses_among_all(house: House) -> None:
    path = f"/preferences/{house.token()}"
    form = {"newsletter": ["weekly"], "language": "en", "timezone": "UTC"}
    assert house.client.post(path, data=form).status_code == 200
    assert house.person().newsletters == ("weekly",)


def test_no_box_ticked_is_leaving_and_the_page_said_so(house: House) -> None:
    assert "With no box ticked you leave" in house.client.get(f"/preferences/{house.token()}").text
    answer = house.saved({"newsletter": []})
    assert "You have left" in answer.text
    assert house.person().status is Status.UNSUBSCRIBED
    assert house.counted("reader_pages", "left") == 1


def test_a_newsletter_that_there_is_not_is_refused_and_ends_nothing(house: House) -> None:
    before = house.rows()
    answer = house.client.post(f"/preferences/{house.token()}", data={"newsletter": "nope"})
    assert answer.status_code == 422
    assert "no such newsletter" in answer.text
    assert house.rows() == before


def test_a_newsletter_that_is_not_offered_is_not_taken_up(house: House) -> None:
    house.saved({"offered": ["daily"], "newsletter": ["daily", "weekly"]})
    assert house.person().newsletters == ("daily",)


def test_one_who_left_can_change_no_preference(house: House) -> None:
    house.client.post(f"/leave/{house.token()}")
    before = house.rows()
    assert house.saved({"language": "zh"}).status_code == 404
    assert house.rows() == before


def test_one_who_has_not_confirmed_is_told_so_and_changes_nothing(house: House) -> None:
    with house.database.write() as connection:
        add(connection, sign_up(PENG), claim=None)
    page = house.client.get(f"/preferences/{house.token(PENG)}").text
    assert "Not confirmed yet" in page
    assert 'name="language"' not in page
    before = house.rows()
    assert house.saved({"language": "zh"}, PENG).status_code == 404
    assert house.rows() == before


def test_preferences_lead_to_the_leave_page_also_below_a_path(house: House) -> None:
    assert f'href="../leave/{house.token()}"' in house.client.get(f"/preferences/{house.token()}").text


def test_a_form_of_another_site_changes_nothing(house: House) -> None:
    before = house.rows()
    answer = house.client.post(
        f"/preferences/{house.token()}",
        data={"language": "zh", "timezone": "UTC"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert "another site" in answer.text
    assert house.rows() == before


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"content": b"language=zh&x=" + b"x" * 1_000_000}, id="no type"),
        pytest.param({"data": {"name": "x" * 1_000_000}}, id="urlencoded"),
        pytest.param({"files": {"name": (None, "x" * 1_000_000)}}, id="multipart"),
        pytest.param({"content": (b"x" * 1000 for _ in range(1000))}, id="in pieces, of unknown length"),
    ],
)
def test_an_endless_form_is_refused_and_nothing_saved(house: House, sent: dict[str, Any]) -> None:
    before = house.rows()
    answer = house.client.post(f"/preferences/{house.token()}", **sent)
    assert answer.status_code == 413
    assert "larger than any we have" in answer.text
    assert house.rows() == before


def test_a_line_break_in_a_name_makes_no_second_line(house: House) -> None:
    house.saved({"name": "Ann\r\nBcc: all@x.example.com\x00"})
    assert house.person(ANN).name == "Ann Bcc: all@x.example.com"
