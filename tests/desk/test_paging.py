"""Lists that are longer than a page: what is on each, and how one leads to the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape

import httpx
import pytest

from pipeline.app import Newsroom, open_newsroom
from pipeline.desk.studio import ISSUES_A_PAGE, studio_app
from pipeline.doorway import bound_socket, serving
from pipeline.model import Slot, Variant
from pipeline.store import drafts
from pipeline.store.readers import PAGE
from tests.cli.conftest import SETTINGS
from tests.contracts.people import NOW, SLOT, add, issue, sign_up

LOOK = {"language": "zh", "form": "text", "light": "dark"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Yield a client of the pages of a newsroom with one issue and one reader more than a page holds."""
    home = tmp_path_factory.mktemp("newsroom")
    (home / "metabrief.toml").write_text(SETTINGS, encoding="utf-8")
    bound = bound_socket()
    base = f"http://127.0.0.1:{bound.getsockname()[1]}"
    with open_newsroom(home, clock=lambda: NOW) as newsroom:
        _fill(newsroom)
        with (
            serving(studio_app(newsroom), bound),
            httpx.Client(base_url=base, trust_env=False) as client,
        ):
            yield client


def _fill(newsroom: Newsroom) -> None:
    with newsroom.database.write() as connection:
        for number in range(PAGE + 1):
            add(connection, sign_up(f"reader{number:03}@crowd.example"))
        for number in range(ISSUES_A_PAGE + 1):
            instant = SLOT.instant + timedelta(days=number)
            slot = Slot(wall=f"{instant + timedelta(hours=8):%Y-%m-%dT%H:%M}", instant=instant)
            subject = Variant(language="en", subject=f"No. {number:03}", preview="p", html="h", text="t")
            drafts.keep(connection, replace(issue(slot=slot), variants=(subject,)), release_at=None, now=NOW)


def subjects(page: str) -> list[str]:
    return re.findall(r"No\. \d{3}", page)


def test_issues_follow_one_another_from_page_to_page_with_their_subjects(client: httpx.Client) -> None:
    first, second, third = (client.get("/", params={"page": page}).text for page in (1, 2, 3))
    assert subjects(first) == [f"No. {number:03}" for number in range(ISSUES_A_PAGE, 0, -1)]
    assert subjects(second) == ["No. 000"]
    assert subjects(third) == []
    assert ["Older issues" in page for page in (first, second, third)] == [True, False, False]


def test_the_next_readers_are_looked_at_as_the_first_were(client: httpx.Client) -> None:
    first = client.get("/issues/1/readers", params={"search": "crowd", **LOOK}).text
    (following,) = re.findall(r'href="([^"]+)">The next', first)
    address = httpx.URL(unescape(following))
    assert dict(address.params) == {**LOOK, "search": "crowd", "after": str(PAGE)}
    second = client.get(address).text
    assert re.findall(r"reader\d+@", second) == [f"reader{PAGE:03}@"]
    assert 'href="/issues/1?language=zh&amp;form=text&amp;light=dark&amp;reader=51"' in second


def test_a_search_for_readers_keeps_the_look(client: httpx.Client) -> None:
    page = client.get("/issues/1/readers", params=LOOK).text
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', page)
    assert dict(hidden) == LOOK
