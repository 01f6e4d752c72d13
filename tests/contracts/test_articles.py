"""What was read is kept once, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pipeline.model import Article, Entry
from pipeline.store.articles import (
    FailedPage,
    Failure,
    SourceState,
    failed_urls,
    keep_article,
    keep_failure,
    known_urls,
    newest_by_source,
    note_read,
    seen_before,
    seen_since,
    source_states_of,
)
from pipeline.store.database import Database
from tests.contracts.people import HOUR, NOW

URL = "https://news.example.org/a?b=c#d"
ARTICLE = Article(
    url=URL,
    source="example",
    title="元宇宙 “A” <b>",
    text="One.\nTwo. 🙂",
    language="zh",
    published=NOW - HOUR,
    first_seen=NOW,
    fetched_at=NOW,
    digest="d1",
    authors=("王小明", "Ann"),
    site="Example",
)


def failure(url: str = URL, reason: str = "timeout") -> Failure:
    return Failure(entry=Entry(source="example", url=url, title="From the feed"), reason=reason)


def seen(connection: sa.Connection) -> tuple[Article, ...]:
    return tuple(replace(article, id=None) for article in seen_since(connection, None)[0])


def test_an_article_comes_back_as_it_was_kept(database: Database) -> None:
    with database.write() as connection:
        keep_article(connection, ARTICLE)
        assert seen(connection) == (ARTICLE,)
        assert seen_since(connection, None)[0][0].id == 1


def test_an_article_without_date_authors_or_site_comes_back_so(database: Database) -> None:
    bare = replace(ARTICLE, published=None, authors=(), site=None)
    with database.write() as connection:
        keep_article(connection, bare)
        assert seen(connection) == (bare,)


def test_an_address_is_kept_once_as_it_was_first_read(database: Database) -> None:
    later = replace(ARTICLE, title="Changed", first_seen=NOW + HOUR, fetched_at=NOW + HOUR)
    with database.write() as connection:
        keep_article(connection, ARTICLE)
        keep_article(connection, later)
        assert seen(connection) == (ARTICLE,)


def test_a_page_that_failed_is_remembered_with_its_last_reason(database: Database) -> None:
    with database.write() as connection:
        keep_failure(connection, failure(), now=NOW)
        keep_failure(connection, failure(reason="404"), now=NOW + HOUR)
        assert seen_since(connection, None) == (
            (),
            (FailedPage(article_id=1, url=URL, title="From the feed", reason="404"),),
        )


def test_a_failed_page_is_filled_in_and_counts_as_seen_then(database: Database) -> None:
    with database.write() as connection:
        keep_failure(connection, failure(), now=NOW - 24 * HOUR)
        keep_article(connection, ARTICLE)
        assert seen(connection) == (ARTICLE,)
        assert seen_since(connection, NOW - HOUR)[0] != ()
        assert seen_since(connection, None)[1] == ()


def test_an_article_we_have_never_becomes_a_failure(database: Database) -> None:
    with database.write() as connection:
        keep_article(connection, ARTICLE)
        keep_failure(connection, failure(), now=NOW + HOUR)
        assert seen(connection) == (ARTICLE,)


def test_known_are_those_read_not_those_that_failed(database: Database) -> None:
    with database.write() as connection:
        keep_article(connection, ARTICLE)
        keep_failure(connection, failure("https://f.example.org/"), now=NOW)
        asked = [URL, "https://f.example.org/", "https://new.example.org/"]
        assert known_urls(connection, asked) == {URL}
        assert known_urls(connection, []) == frozenset()
        assert failed_urls(connection, asked) == {"https://f.example.org/"}
        assert failed_urls(connection, []) == frozenset()


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        pytest.param(None, ["0", "1", "2"], id="all"),
        pytest.param(NOW - HOUR, ["0", "1", "2"], id="before the first"),
        pytest.param(NOW, ["1", "2"], id="at the first: it belonged to the slot before"),
        pytest.param(NOW + HOUR, ["2"], id="later"),
        pytest.param(NOW + 9 * HOUR, [], id="after the last"),
    ],
)
def test_what_was_seen_since_a_moment_comes_oldest_first(
    database: Database, since: object, expected: list[str]
) -> None:
    with database.write() as connection:
        for i in (2, 0, 1):
            moment = NOW + i * HOUR
            keep_article(connection, replace(ARTICLE, url=f"https://n.example.org/{i}", first_seen=moment))
        good, _ = seen_since(connection, since)  # type: ignore[arg-type]
        assert [article.url[-1] for article in good] == expected


@pytest.mark.parametrize(
    ("seen", "published", "is_drawn_on"),
    [
        pytest.param(-HOUR, HOUR, True, id="dated after the moment"),
        pytest.param(-HOUR, timedelta(0), False, id="dated at the moment"),
        pytest.param(-HOUR, -HOUR, False, id="dated before it"),
        pytest.param(-HOUR, None, False, id="no date"),
        pytest.param(-HOUR, timedelta(days=365), False, id="a date that cannot be"),
        pytest.param(-30 * HOUR, HOUR, False, id="seen long before"),
    ],
)
def test_what_was_seen_too_early_for_its_date_is_drawn_on_after_it(
    database: Database, seen: timedelta, published: timedelta | None, is_drawn_on: bool
) -> None:
    dated = None if published is None else NOW + published
    with database.write() as connection:
        keep_article(connection, replace(ARTICLE, first_seen=NOW + seen, published=dated))
        assert bool(seen_since(connection, NOW)[0]) is is_drawn_on


def test_what_was_seen_before_a_moment_comes_oldest_first_with_the_start_of_its_text(
    database: Database,
) -> None:
    with database.write() as connection:
        for i in (2, 0, 1, 3):
            moment = NOW + i * HOUR
            keep_article(connection, replace(ARTICLE, url=f"https://n.example.org/{i}", first_seen=moment))
        keep_failure(connection, failure("https://f.example.org/"), now=NOW + HOUR)
        found = seen_before(connection, NOW + 2 * HOUR, since=NOW, characters=4)
        assert [(article.url[-1], article.text) for article in found] == [("1", "One."), ("2", "One.")]
        assert replace(found[0], id=None) == replace(
            ARTICLE, url="https://n.example.org/1", text="One.", first_seen=NOW + HOUR
        )


def test_a_source_remembers_its_last_success_through_failures(database: Database) -> None:
    day = timedelta(days=1)
    with database.write() as connection:
        note_read(connection, "good", error=None, now=NOW)
        note_read(connection, "failing", error=None, now=NOW)
        note_read(connection, "failing", error="timeout", now=NOW + day)
        note_read(connection, "never good", error="robots", now=NOW)
        note_read(connection, "mended", error="timeout", now=NOW)
        note_read(connection, "mended", error=None, now=NOW + day)
        states = source_states_of(connection, ["good", "failing", "never good", "mended", "never tried"])
    assert states == {
        "good": SourceState(last_attempt=NOW, last_success=NOW, last_error=None),
        "failing": SourceState(last_attempt=NOW + day, last_success=NOW, last_error="timeout"),
        "never good": SourceState(last_attempt=NOW, last_success=None, last_error="robots"),
        "mended": SourceState(last_attempt=NOW + day, last_success=NOW + day, last_error=None),
    }


def test_a_source_is_as_new_as_its_newest_article_read_or_not(database: Database) -> None:
    day = timedelta(days=1)
    with database.write() as connection:
        assert newest_by_source(connection) == {}
        for number, published in enumerate((NOW - 9 * day, NOW - 2 * day, None)):
            article = replace(ARTICLE, url=f"{URL}{number}", source=f"s{number // 2}", published=published)
            keep_article(connection, article)
        keep_failure(connection, failure("https://f.example.org/"), now=NOW + day)
        assert newest_by_source(connection) == {"s0": NOW - 2 * day, "s1": NOW, "example": NOW + day}
