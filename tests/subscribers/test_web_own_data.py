"""Get one's data or have it erased: only by a letter to one's own address, only for an hour."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from subscribers.links import Purpose
from tests.subscribers.house import ANN, MEI, House, furnished, house, json_of, porch

__all__ = ["furnished", "house", "porch"]


@pytest.mark.parametrize("kind", ["download", "erase"])
def test_the_preferences_page_only_has_a_letter_sent(house: House, kind: str) -> None:
    answer = house.client.post(f"/preferences/{house.token()}/{kind}")
    assert answer.status_code == 200
    assert "a…@x….com" in answer.text
    assert ANN not in answer.text
    assert house.letters() == [kind]
    assert house.person().email == ANN


def test_who_asks_twice_within_the_hour_gets_one_letter(house: House) -> None:
    first, second = (house.client.post(f"/preferences/{house.token()}/download") for _ in range(2))
    assert first.text == second.text
    assert house.letters() == ["download"]


def test_one_who_left_can_still_have_their_data_and_have_it_erased(house: House) -> None:
    token = house.token()
    assert f'href="../preferences/{token}"' in house.client.post(f"/leave/{token}").text
    assert f'action="{token}/erase"' in house.client.get(f"/preferences/{token}").text
    house.client.post(f"/preferences/{token}/erase")
    assert house.letters() == ["erase"]


def test_the_letters_link_gives_everything_that_is_kept(house: House) -> None:
    path = house.link(Purpose.DOWNLOAD)
    assert "Download" in house.client.get(path).text
    answer = house.client.post(path)
    assert answer.headers["Content-Type"] == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    kept = json_of(answer)
    assert kept["email"] == ANN
    assert kept["deliveries"] == [{"newsletter": "daily", "to": house.person().id}]
    assert house.token() not in answer.text
    assert MEI not in answer.text
    assert house.counted("reader_pages", "downloaded") == 1


def test_the_letters_link_erases_on_its_button_alone(house: House) -> None:
    path, token, person = house.link(Purpose.ERASE), house.token(), house.person().id
    page = house.client.get(path).text
    assert '<form method="post"><button>' in page
    assert ANN not in page
    assert house.person().email == ANN
    answer = house.client.post(path)
    assert "It is erased" in answer.text
    assert house.shelf.forgotten == [person]
    assert all(ANN not in str(row) for row in house.rows())
    assert house.client.get(f"/preferences/{token}").status_code == 404
    assert house.counted("reader_pages", "erased") == 1


def test_erased_twice_says_the_same(house: House) -> None:
    path = house.link(Purpose.ERASE)
    first, second = house.client.post(path), house.client.post(path)
    assert (first.status_code, first.text) == (second.status_code, second.text)
    assert house.counted("reader_pages", "erased") == 1


def test_after_erasing_there_is_nothing_to_download(house: House) -> None:
    erase, download = house.link(Purpose.ERASE), house.link(Purpose.DOWNLOAD)
    house.client.post(erase)
    for answer in (house.client.get(download), house.client.post(download), house.client.get(erase)):
        assert "It is erased" in answer.text
        assert "<form" not in answer.text


@pytest.mark.parametrize("purpose", [Purpose.DOWNLOAD, Purpose.ERASE])
def test_after_an_hour_the_link_says_so_kindly(house: House, purpose: Purpose) -> None:
    path, before = house.link(purpose), house.rows()
    house.clock.go_on(timedelta(hours=1, seconds=1))
    for answer in (house.client.get(path), house.client.post(path)):
        assert answer.status_code == 410
        assert "too old" in answer.text
    assert house.rows() == before


@pytest.mark.parametrize("kind", ["download", "erase"])
def test_another_sites_form_has_no_letter_sent(house: House, kind: str) -> None:
    path = f"/preferences/{house.token()}/{kind}"
    assert house.client.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert house.client.post(path, content=b"x" * 20_000).status_code == 413
    assert house.letters() == []


@pytest.mark.parametrize("kind", ["download", "erase"])
def test_a_page_looked_at_in_another_language_leads_on_in_it(house: House, kind: str) -> None:
    shown = house.client.get(f"/preferences/{house.token()}?lang=zh").text
    [action] = re.findall(f'action="([^"]+/{kind}[^"]*)"', shown)
    told = house.client.post(f"/preferences/{action}")
    assert "信已在路上" in told.text
    [back] = re.findall(r'href="\.\./([^"]+)"', told.text)
    assert "偏好设置" in house.client.get(f"/preferences/{back}").text


@pytest.mark.parametrize("purpose", list(Purpose))
def test_another_sites_form_presses_no_button(house: House, purpose: Purpose) -> None:
    before = house.rows()
    answer = house.client.post(house.link(purpose), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert house.rows() == before
