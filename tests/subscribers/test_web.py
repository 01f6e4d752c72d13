"""The reader's own door, over real HTTP."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from subscribers.life import Status
from subscribers.links import Purpose
from subscribers.schema import subscribers
from subscribers.web import HEADERS, masked
from tests.contracts.people import add, sign_up
from tests.subscribers.house import ANN, MEI, House, Porch, furnished, house, porch

__all__ = ["furnished", "house", "porch"]

PAGES = (
    "/subscribe",
    "/subscribe?lang=zh",
    "/leave",
    "/leave/{token}",
    "/preferences/{token}",
    "/download/{download}",
    "/erase/{erase}",
    "/confirm/{confirm}",
)


def at(house: House, path: str) -> str:
    """Return a path with the links of Ann in it, who came first."""
    signed = {purpose.value: house.links.sign(purpose, 1) for purpose in Purpose}
    return path.format(token=house.token(), **signed)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(house: House, method: str) -> None:
    before = house.rows()
    for path in (*PAGES, "/leave/nobody"):
        answer = house.client.request(method, at(house, path))
        assert answer.status_code in (200, 404), path
    assert house.rows() == before


def test_a_letters_page_changes_nothing_when_a_scanner_opens_it(house: House) -> None:
    house.client.post("/subscribe", data={"email": "new@x.example.com"})
    before, path = house.rows(), house.confirmation()
    assert house.client.get(path).status_code == 200
    assert house.client.head(path).status_code == 200
    assert house.rows() == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_no_other_method_changes_anything(house: House, method: str) -> None:
    before = house.rows()
    for path in PAGES:
        assert house.client.request(method, at(house, path)).status_code == 405, path
    assert "Nothing was changed" in house.client.request(method, "/leave").text
    assert house.rows() == before


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"data": {"List-Unsubscribe": "One-Click"}}, id="a form, as mail programs post it"),
        pytest.param({"files": {"List-Unsubscribe": (None, "One-Click")}}, id="multipart"),
        pytest.param({}, id="an empty body, as the page's button posts it"),
        pytest.param({"content": b"\xff\x00" * 10}, id="a body of anything"),
    ],
)
def test_a_post_leaves_at_once_without_cookie_or_redirect(house: House, body: dict[str, object]) -> None:
    answer = house.client.request("POST", f"/leave/{house.token()}", **body)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "You have left" in answer.text
    assert house.person().status is Status.UNSUBSCRIBED
    assert house.readers() == 1


def test_a_leave_is_in_the_ledger_with_the_network_it_came_from(house: House) -> None:
    house.client.post(f"/leave/{house.token()}")
    (left,) = house.consents("left")
    assert (left.network, left.origin) == ("127.0.0.0/24", "link in a mail")
    assert house.counted("reader_pages", "left") == 1


def test_a_leave_link_is_good_for_ever(house: House) -> None:
    house.clock.go_on(timedelta(days=4000))
    assert "You have left" in house.client.post(f"/leave/{house.token()}").text


def test_an_endless_body_leaves_all_the_same(house: House) -> None:
    assert house.client.post(f"/leave/{house.token()}", content=b"x" * 1_000_000).status_code == 200
    assert house.person().status is Status.UNSUBSCRIBED


def test_leaves_by_the_hundred_at_once_are_all_taken_down(house: House) -> None:
    with house.database.write() as connection:
        for number in range(60):
            add(connection, sign_up(f"reader{number}@x.example.com"))
    tokens = [house.token(f"reader{number}@x.example.com") for number in range(60)]
    with ThreadPoolExecutor(20) as crowd:
        codes = list(crowd.map(lambda token: house.client.post(f"/leave/{token}").status_code, tokens))
    assert codes == [200] * 60
    assert house.readers() == 2


def test_leaving_twice_says_the_same(house: House) -> None:
    path = f"/leave/{house.token()}"
    first, second = house.client.post(path), house.client.post(path)
    assert (second.status_code, second.text) == (first.status_code, first.text)


def test_the_page_of_one_who_left_offers_no_button(house: House) -> None:
    path = f"/leave/{house.token()}"
    assert '<form method="post">' in house.client.get(path).text
    house.client.post(path)
    assert "<form" not in house.client.get(path).text


@pytest.mark.parametrize("token", ["nobody", "%00", "%ff", "x" * 2000, "%3Cscript%3E"])
def test_an_unknown_link_is_not_found(house: House, token: str) -> None:
    before = house.rows()
    for method, page in product(("GET", "POST"), ("leave/{}", "preferences/{}")):
        answer = house.client.request(method, f"/{page.format(token)}")
        assert answer.status_code == 404
        assert "This link is not known" in answer.text
        assert "<script" not in answer.text
    for kind in ("download", "erase"):
        assert house.client.post(f"/preferences/{token}/{kind}").status_code == 404
    assert house.rows() == before


def test_the_leave_page_without_a_link_says_where_to_find_one(house: House) -> None:
    answer = house.client.get("/leave")
    assert answer.status_code == 200
    assert "link of your own" in answer.text


def test_every_answer_keeps_the_link_to_itself_and_sends_nobody_on(house: House) -> None:
    others = ("/leave/nobody", "/leave/{token}/", "/nowhere/{token}", "/preferences/{token}/erase")
    paths = [at(house, path) for path in (*PAGES, *others)]
    for method, path in product(("GET", "POST", "DELETE"), paths):
        answer = house.client.request(method, path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, (method, path)
        assert not answer.has_redirect_location
        assert "set-cookie" not in answer.headers
    assert HEADERS["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("page", ["leave", "preferences"])
def test_no_page_shows_the_full_address(house: House, page: str) -> None:
    text = house.client.get(f"/{page}/{house.token()}").text
    assert ANN not in text
    assert "a…@x….com" in text


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("ann@x.example.com", "a…@x….com"),
        ("王@例子.公司", "王…@例….公司"),
        ("a@localhost", "a…@l…t"),
    ],
)
def test_an_address_is_masked_to_its_ends(email: str, shown: str) -> None:
    assert masked(email) == shown


@pytest.mark.parametrize(
    ("path", "words"), [("/leave/{token}", "要退订吗？"), ("/preferences/{token}", "偏好设置")]
)
def test_a_reader_of_chinese_gets_chinese_pages(house: House, path: str, words: str) -> None:
    text = house.client.get(path.format(token=house.token(MEI))).text
    assert '<html lang="zh-CN">' in text
    assert words in text


def test_a_page_is_in_the_language_asked_for(house: House) -> None:
    for query, header, shown in (
        ("", "", "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "de;q=0.9, zh;q=0.4, en;q=0.5", "en"),
        ("", "zh;q=0, en;q=0.1", "en"),
        ("", "zh;q=x,;;,q=,*", "en"),
        ("?lang=zh", "en", "zh-CN"),
        ("?lang=<b>", "zh", "zh-CN"),
    ):
        text = house.client.get(f"/subscribe{query}", headers={"Accept-Language": header}).text
        assert f'<html lang="{shown}">' in text, header


@pytest.mark.parametrize(("lang", "other"), [("en", "中文"), ("zh", "English")])
def test_each_page_leads_to_itself_in_the_other_language(house: House, lang: str, other: str) -> None:
    for path in ("/subscribe", "/preferences/{token}", "/leave/{token}", "/leave", "/erase/{erase}"):
        assert f">{other}</a>" in house.client.get(f"{at(house, path)}?lang={lang}").text, path


def test_the_publishers_name_is_text_not_markup(house: House) -> None:
    assert "Lantern &lt;Street&gt; Press" in house.client.get("/leave").text


def test_an_endless_form_is_refused_and_nothing_saved(house: House) -> None:
    before = house.rows()
    answer = house.client.post(f"/preferences/{house.token()}", content=b"language=zh&x=" + b"x" * 1_000_000)
    assert answer.status_code == 413
    assert house.rows() == before


def test_a_fault_of_ours_is_an_answer_too_and_one_line_for_the_operator(
    house: House, porch: Porch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(name: str, **_context: object) -> str:
        raise RuntimeError(f"{ANN} has no {name}")

    porch.show(replace(house.door, render=broken))
    for path in ("/subscribe", "/leave/nobody", "/nowhere"):
        answer = house.client.get(path)
        assert answer.status_code == 500
        assert "Please try again" in answer.text
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert len(caplog.records) == 3
    assert all("a page failed: RuntimeError at " in each.getMessage() for each in caplog.records)
    assert not any(each.exc_info for each in caplog.records)
    assert ANN not in caplog.text


def test_a_form_that_waits_to_be_saved_keeps_nobody_else_waiting(house: House) -> None:
    form = {"language": "zh", "timezone": "UTC"}
    path = f"/preferences/{house.token()}"
    post = threading.Thread(target=lambda: house.client.post(path, data=form, timeout=30))
    with house.database.write() as connection:
        connection.execute(sa.select(subscribers.c.id))  # the write lock is ours
        post.start()
        post.join(0.2)
        assert post.is_alive()
        assert house.client.get("/leave", timeout=3).status_code == 200
    post.join()
    assert house.person().language == "zh"
