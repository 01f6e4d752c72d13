"""The reader's own door, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from pipeline.doorway import bound_socket, serving
from pipeline.render.templates import open_templates
from pipeline.store.database import Database
from subscribers import people, store
from subscribers.audience import audience
from subscribers.life import Status
from subscribers.preferences import parse_address
from subscribers.schema import consents, subscribers
from subscribers.web import HEADERS, Door, masked, reader_app
from tests.contracts.people import KEY, NOW, add, sign_up

ANN, MEI = "ann@x.example.com", "mei@y.example.org"


@dataclass(frozen=True, kw_only=True)
class House:
    """A newsroom's list behind a running door."""

    database: Database
    client: httpx.Client

    def token(self, email: str = ANN) -> str:
        with self.database.read() as connection:
            return store.tokens(connection, [parse_address(email).key])[0]

    def person(self, email: str = ANN) -> people.Subscriber:
        with self.database.read() as connection:
            found = people.find_by_token(connection, self.token(email))
        assert found is not None
        return found

    def rows(self) -> list[tuple[object, ...]]:
        with self.database.read() as connection:
            people = connection.execute(sa.select(subscribers).order_by(subscribers.c.id)).all()
            proof = connection.execute(sa.select(consents).order_by(consents.c.id)).all()
        return [tuple(row) for row in (*people, *proof)]

    def readers(self) -> int:
        with self.database.read() as connection:
            return len(connection.execute(audience("daily")).all())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    database = Database(f"sqlite:///{tmp_path / 'newsroom.db'}")
    database.migrate()
    with database.write() as connection:
        add(connection, sign_up(ANN))
        add(connection, sign_up(MEI, language="zh"))
    door = Door(
        read=database.read,
        write=database.write,
        render=open_templates().render,
        clock=lambda: NOW,
        suppression_key=KEY,
        publisher="Lantern <Street> Press",
    )
    bound = bound_socket()
    base = f"http://127.0.0.1:{bound.getsockname()[1]}"
    with serving(reader_app(door), bound), httpx.Client(base_url=base, trust_env=False) as client:
        yield House(database=database, client=client)
    database.close()


@pytest.mark.parametrize("path", ["/leave", "/leave/{token}", "/preferences/{token}", "/leave/nobody"])
def test_a_get_changes_nothing(house: House, path: str) -> None:
    before = house.rows()
    house.client.get(path.format(token=house.token()))
    assert house.rows() == before


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS"])
def test_no_other_method_changes_anything(house: House, method: str) -> None:
    before = house.rows()
    house.client.request(method, f"/leave/{house.token()}")
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


def test_leaving_twice_says_the_same(house: House) -> None:
    path = f"/leave/{house.token()}"
    first, second = house.client.post(path), house.client.post(path)
    assert (second.status_code, second.text) == (first.status_code, first.text)


def test_the_page_of_one_who_left_offers_no_button(house: House) -> None:
    path = f"/leave/{house.token()}"
    assert '<form method="post">' in house.client.get(path).text
    house.client.post(path)
    assert "<form" not in house.client.get(path).text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("page", ["leave", "preferences"])
@pytest.mark.parametrize("token", ["nobody", "%00", "%ff", "x" * 2000, "%3Cscript%3E"])
def test_an_unknown_link_is_not_found(house: House, method: str, page: str, token: str) -> None:
    before = house.rows()
    answer = house.client.request(method, f"/{page}/{token}")
    assert answer.status_code == 404
    assert "This link is not known" in answer.text
    assert "<script" not in answer.text
    assert house.rows() == before


def test_the_leave_page_without_a_link_says_where_to_find_one(house: House) -> None:
    answer = house.client.get("/leave")
    assert answer.status_code == 200
    assert "link of your own" in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/leave"),
        ("GET", "/leave/{token}"),
        ("POST", "/leave/{token}"),
        ("GET", "/leave/nobody"),
        ("GET", "/leave/{token}/"),
        ("GET", "/preferences/{token}"),
        ("POST", "/preferences/{token}"),
        ("GET", "/nowhere/{token}"),
        ("DELETE", "/leave/{token}"),
    ],
)
def test_every_answer_keeps_the_link_to_itself_and_sends_nobody_on(
    house: House, method: str, path: str
) -> None:
    answer = house.client.request(method, path.format(token=house.token()))
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert not answer.has_redirect_location
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


def test_the_publishers_name_is_text_not_markup(house: House) -> None:
    assert "Lantern &lt;Street&gt; Press" in house.client.get("/leave").text


def test_preferences_are_saved(house: House) -> None:
    form = {"language": "both", "timezone": "Europe/Berlin", "hour": "21:30"}
    answer = house.client.post(f"/preferences/{house.token()}", data=form)
    assert answer.status_code == 200
    assert "Saved" in answer.text
    person = house.person()
    assert (person.language, person.timezone, person.send_at) == ("both", "Europe/Berlin", "21:30")
    assert house.person(MEI).language == "zh"


def test_an_empty_hour_means_with_the_issue(house: House) -> None:
    for hour in ("07:00", ""):
        form = {"language": "en", "timezone": "UTC", "hour": hour}
        house.client.post(f"/preferences/{house.token()}", data=form)
    assert house.person().send_at is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"language": "de"}, "language &#39;de&#39;"),
        ({"language": ""}, "language &#39;&#39;"),
        ({"timezone": "Beijing"}, "timezone &#39;Beijing&#39;"),
        ({"hour": "25:00"}, "hour &#39;25:00&#39;"),
        ({"hour": "<b>"}, "hour &#39;&lt;b&gt;&#39;"),
    ],
)
def test_a_wrong_preference_is_refused_with_the_reason_and_nothing_saved(
    house: House, change: dict[str, str], problem: str
) -> None:
    before = house.rows()
    form = {"language": "zh", "timezone": "UTC", "hour": "07:00"} | change
    answer = house.client.post(f"/preferences/{house.token()}", data=form)
    assert answer.status_code == 422
    assert problem in answer.text
    assert house.rows() == before


def test_one_who_left_can_change_no_preference(house: House) -> None:
    house.client.post(f"/leave/{house.token()}")
    before = house.rows()
    form = {"language": "zh", "timezone": "UTC"}
    assert house.client.post(f"/preferences/{house.token()}", data=form).status_code == 404
    assert house.rows() == before


def test_preferences_lead_to_the_leave_page_also_below_a_path(house: House) -> None:
    assert f'href="../leave/{house.token()}"' in house.client.get(f"/preferences/{house.token()}").text


def test_an_endless_form_is_refused_and_nothing_saved(house: House) -> None:
    before = house.rows()
    answer = house.client.post(f"/preferences/{house.token()}", content=b"language=zh&x=" + b"x" * 1_000_000)
    assert answer.status_code == 413
    assert house.rows() == before


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
