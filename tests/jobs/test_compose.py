"""An issue goes on from the days before: what no issue took counts for the story that comes today."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.model import Issue, Item
from pipeline.select.stories import GATE
from tests.jobs.composing import article, composed
from tests.jobs.newsroom import Clock
from tests.jobs.rooms import DAILY, DUE, furnish, room

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FUND = "Zhengzhou plans 10 billion yuan metaverse fund"
FUND_TEXT = (
    "Zhengzhou plans to set up a metaverse fund of 10 billion yuan, the city government said. "
    "The fund is to back firms that build virtual reality gear and digital humans in the province of Henan."
)
RETOLD = "Metaverse fund of 10 billion yuan planned by Zhengzhou"
RETOLD_TEXT = (
    "A metaverse fund of 10 billion yuan is planned by Zhengzhou, its city government said. "
    "Firms that build digital humans and virtual reality gear in Henan province can hope for money."
)
HALL = "Baidu opens a virtual reality hall in Wuhan"
HALL_TEXT = (
    "Baidu opened a virtual reality hall of 900 square metres in Wuhan, the second of its kind in China."
)
FERRY = article(
    "Ferry timetable changes", "The ferry leaves ten minutes earlier from now on.", seen=DUE - HOUR
)
YESTERDAY = article(FUND, FUND_TEXT, seen=DUE - HOUR, published=DUE - 9 * HOUR, source="mole")
FRONT = article(HALL, HALL_TEXT, seen=DUE - HOUR, published=DUE - HOUR)
TODAY = article(RETOLD, RETOLD_TEXT, seen=DUE + 20 * HOUR, published=DUE + 15 * HOUR)
TWO = DAILY + "max_items = 1\n" + DAILY.replace('"daily"', '"other"')


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Newsroom, Clock]]:
    """Yield a newsroom whose daily takes one item, and another newsletter that takes more."""
    with room(furnish(tmp_path / "room", newsletters=TWO, sources="https://one.example")) as newsroom:
        yield newsroom


def names(item: Item) -> list[str]:
    return [source.name for source in item.sources]


def left_out(issue: Issue) -> dict[str, str]:
    return {out.url: out.why for out in issue.left_out}


def test_a_story_that_was_ranked_out_yesterday_counts_for_who_tells_it_today(
    opened: tuple[Newsroom, Clock],
) -> None:
    newsroom, clock = opened
    before = composed(newsroom, YESTERDAY, FRONT)
    assert (before.status, [item.headline for item in before.items]) == ("approved", [HALL])
    assert left_out(before)[YESTERDAY.url].startswith("ranked 2 of 2")
    clock.forward(DAY)
    issue = composed(newsroom, TODAY)
    (item,) = issue.items
    assert (item.headline, names(item)) == (RETOLD, ["One", "mole"])
    assert "2 outlets" in item.why
    assert "told before this issue's time, and not sent: mole" in item.why
    assert issue.left_out == ()
    assert issue.funnel["collected"] == 1


def test_what_another_newsletter_took_counts_too(opened: tuple[Newsroom, Clock]) -> None:
    newsroom, clock = opened
    other = composed(newsroom, YESTERDAY, FRONT, newsletter="other")
    assert {item.headline for item in other.items} == {FUND, HALL}
    composed(newsroom)
    clock.forward(DAY)
    (item,) = composed(newsroom, TODAY).items
    assert names(item) == ["One", "mole"]


def test_earlier_articles_make_no_story_by_themselves(opened: tuple[Newsroom, Clock]) -> None:
    newsroom, clock = opened
    composed(newsroom, YESTERDAY, FRONT)
    clock.forward(DAY)
    issue = composed(newsroom, article(FERRY.title, FERRY.text, seen=DUE + HOUR))
    assert issue.items == ()
    assert len(issue.left_out) == 1


def test_what_was_sent_yesterday_does_not_come_again_with_another_outlet(
    opened: tuple[Newsroom, Clock],
) -> None:
    newsroom, clock = opened
    assert [item.headline for item in composed(newsroom, YESTERDAY).items] == [FUND]
    clock.forward(DAY)
    issue = composed(newsroom, TODAY)
    assert issue.items == ()
    assert left_out(issue)[TODAY.url].startswith(f"nothing new since “{FUND}”")


def test_a_copy_of_what_no_issue_took_is_an_item_and_its_outlets_count_once(
    opened: tuple[Newsroom, Clock],
) -> None:
    newsroom, clock = opened
    composed(newsroom, YESTERDAY, FRONT)
    clock.forward(DAY)
    copy = article(FUND, FUND_TEXT, seen=DUE + HOUR, published=DUE + HOUR)
    (item,) = composed(newsroom, copy).items
    assert names(item) == ["One", "mole"]
    assert "1 outlet, and 1 with a copy" in item.why


def test_of_an_outlet_that_told_it_often_one_article_is_named(opened: tuple[Newsroom, Clock]) -> None:
    newsroom, clock = opened
    again = [
        article(FUND, f"{FUND_TEXT} Part {part}.", seen=DUE - HOUR, published=DUE - 9 * HOUR, source="mole")
        for part in range(3)
    ]
    composed(newsroom, *again, FRONT)
    clock.forward(DAY)
    (item,) = composed(newsroom, TODAY).items
    assert len(item.articles) == 2


def test_what_an_outlet_told_three_days_ago_is_another_story(opened: tuple[Newsroom, Clock]) -> None:
    newsroom, clock = opened
    composed(newsroom, YESTERDAY, FRONT)
    clock.forward(GATE + DAY)
    late = article(RETOLD, RETOLD_TEXT, seen=clock() - HOUR, published=clock() - HOUR)
    (item,) = composed(newsroom, late).items
    assert names(item) == ["One"]


def test_what_was_seen_before_its_own_date_comes_in_the_next_issue(opened: tuple[Newsroom, Clock]) -> None:
    newsroom, clock = opened
    early = article(FUND, FUND_TEXT, seen=DUE - HOUR, published=DUE + HOUR)
    assert left_out(composed(newsroom, early)) == {
        early.url: "published after this slot: it is for the next issue"
    }
    clock.forward(DAY)
    assert [item.headline for item in composed(newsroom).items] == [FUND]


@contextmanager
def questions() -> Iterator[list[str]]:
    """Collect what the store is asked."""
    asked: list[str] = []

    def hear(*seen: Any) -> None:
        asked.extend([seen[2]] if seen[2].startswith("SELECT") else [])

    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)


def test_the_store_is_not_asked_more_often_for_more_articles(opened: tuple[Newsroom, Clock]) -> None:
    newsroom, clock = opened
    composed(newsroom, YESTERDAY, FRONT)
    numbers = []
    for many in (1, 9):
        clock.forward(DAY)
        told = [article(f"{RETOLD} {n} of {many}", RETOLD_TEXT, seen=clock() - HOUR) for n in range(many)]
        with questions() as asked:
            composed(newsroom, *told)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]
