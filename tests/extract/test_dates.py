from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.extract.dates import Published, address_date, published, read, shown_date
from pipeline.extract.tree import parse, stated
from tests.extract.pages import FETCHED


def found(
    html: str, *, said: str | None = None, url: str = "https://river.example/a", language: str = "en"
) -> Published | None:
    tree = parse(f"<html><body>{html}</body></html>")
    return published(tree, stated(tree), said=said, url=url, language=language, fetched_at=FETCHED)


@pytest.mark.parametrize(
    ("html", "said", "url", "language", "text", "moment"),
    [
        pytest.param(
            "",
            "2022-02-21T10:00:00+08:00",
            "",
            "en",
            "2022-02-21T10:00:00+08:00",
            (21, 2, 0),
            id="json-ld keeps its offset",
        ),
        pytest.param(
            "", "2022-02-21T10:00:00.000Z", "", "en", "2022-02-21T10:00:00+00:00", (21, 10, 0), id="zulu"
        ),
        pytest.param(
            "",
            "2022-02-21T10:00:00+0800",
            "",
            "en",
            "2022-02-21T10:00:00+08:00",
            (21, 2, 0),
            id="offset without colon",
        ),
        pytest.param(
            "",
            "Mon, 21 Feb 2022 10:00:00 GMT",
            "",
            "en",
            "2022-02-21T10:00:00+00:00",
            (21, 10, 0),
            id="as in mail",
        ),
        pytest.param(
            "", "2022-02-21", "", "zh", "2022-02-21", (20, 16, 0), id="a day alone is midnight in China"
        ),
        pytest.param(
            "", "2022-02-21", "", "en", "2022-02-21", (21, 0, 0), id="a day alone is midnight in UTC"
        ),
        pytest.param(
            "", "2022-02-21 10:00:00", "", "zh", "2022-02-21T10:00:00", (21, 2, 0), id="no zone in China"
        ),
        pytest.param(
            '<meta property="article:published_time" content="2022-02-21T10:00:00Z">',
            None,
            "",
            "en",
            "2022-02-21T10:00:00+00:00",
            (21, 10, 0),
            id="meta",
        ),
        pytest.param(
            '<meta name="PubDate" content="2022-02-21">',
            "soon",
            "",
            "en",
            "2022-02-21",
            (21, 0, 0),
            id="meta when json-ld is useless",
        ),
        pytest.param(
            '<time datetime="2022-02-21T10:00-05:00">today</time>',
            None,
            "",
            "en",
            "2022-02-21T10:00:00-05:00",
            (21, 15, 0),
            id="time element",
        ),
        pytest.param(
            "<p>hello</p>",
            None,
            "https://river.example/2022/02/21/a",
            "en",
            "2022-02-21",
            (21, 0, 0),
            id="address",
        ),
        pytest.param(
            "<h1>题</h1><span>2022年2月21日 10:23</span>",
            None,
            "https://river.example/t20220221_1.htm",
            "zh",
            "2022-02-21T10:23:00",
            (21, 2, 23),
            id="text on the address's day",
        ),
        pytest.param(
            "<h1>标题</h1><span>2022年2月21日 10:23 来源：新华社</span>",
            None,
            "",
            "zh",
            "2022-02-21T10:23:00",
            (21, 2, 23),
            id="Chinese text",
        ),
        pytest.param(
            "<span>1999-01-01</span><h1>Headline</h1><span>2022/2/21</span>",
            None,
            "",
            "en",
            "2022-02-21",
            (21, 0, 0),
            id="text from the heading on",
        ),
        pytest.param(
            "<p>Posted on February 21, 2022 by us</p>",
            None,
            "",
            "en",
            "2022-02-21",
            (21, 0, 0),
            id="in words",
        ),
    ],
)
def test_a_date_keeps_what_the_page_says(
    html: str, said: str | None, url: str, language: str, text: str, moment: tuple[int, int, int]
) -> None:
    day, hour, minute = moment
    assert found(html, said=said, url=url or "https://river.example/a", language=language) == Published(
        text=text, moment=datetime(2022, 2, day, hour, minute, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "said",
    [
        "2099-01-01",
        "0000-00-00",
        "0000-00-00T00:00:00",
        "1970-01-01T00:00:00Z",
        "2022-13-45",
        "9999-12-31T23:59:59-23:59",
        "x" * 500,
        "",
    ],
)
def test_an_impossible_date_is_none(said: str) -> None:
    assert found("<p>nothing here</p>", said=said) is None


def test_the_next_place_is_asked_when_a_date_is_impossible() -> None:
    answer = found('<meta name="pubdate" content="2022-02-20">', said="2099-01-01")
    assert answer is not None
    assert answer.text == "2022-02-20"


@pytest.mark.parametrize(
    "day",
    ["2022-02-31", "2022/2/31", "2022年2月31日", "二〇二二年二月三十一日", "9999-99-99", "February 31, 2022"],
)
@pytest.mark.parametrize(
    "place",
    [
        "<meta property='article:published_time' content='{}'>",
        "<time datetime='{}'>today</time>",
        "<h1>Headline</h1><p class='date'>{}</p><p>It had begun on 2021-03-04, and on March 2, 2022 it was over.</p>",
    ],
    ids=["stated", "in a time element", "shown"],
)
def test_for_a_day_that_never_was_no_other_is_taken(day: str, place: str) -> None:
    assert found(place.format(day)) is None


def test_a_date_in_a_script_is_not_the_article_s() -> None:
    assert found("<h1>Headline</h1><script>built = '2021-12-01 08:00'</script><p>no date</p>") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022年02月21日08:05", datetime(2022, 2, 21, 8, 5)),  # noqa: DTZ001 — the text names no zone
        ("2022-2-1", date(2022, 2, 1)),
        ("2022.02.21", date(2022, 2, 21)),
        ("2022-02-31, and 2022-02-21", None),
        ("version 12022-02-21", None),
        ("二〇二二年二月二十一日", date(2022, 2, 21)),
        ("二零二二年十二月三十日", date(2022, 12, 30)),
        ("二〇二二年十月十日", date(2022, 10, 10)),
        ("Posted Feb. 21st, 2022", date(2022, 2, 21)),
        ("Monday, 21 February 2022", date(2022, 2, 21)),
        ("2022-02-21 25:99", date(2022, 2, 21)),
        ("none", None),
    ],
)
def test_shown_dates_are_found(text: str, expected: date | None) -> None:
    assert shown_date(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/2022/02/21/story", date(2022, 2, 21)),
        ("https://a.example/202202/t20220221_1.htm", date(2022, 2, 21)),
        ("https://a.example/news-2022-02-21", date(2022, 2, 21)),
        ("https://a.example/20229999/1", None),
        ("https://a.example/id/2022022199", None),
    ],
)
def test_a_day_in_an_address_is_found(url: str, expected: date | None) -> None:
    assert address_date(url) == expected


@pytest.mark.parametrize("text", ["20220221", "2022-02-21"])
def test_a_day_stays_a_day(text: str) -> None:
    assert read(text) == date(2022, 2, 21)
