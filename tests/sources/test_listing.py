from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from pipeline.errors import ExtractionError
from pipeline.model import Entry, Page
from pipeline.sources.listing import parse_listing
from tests.sources import pages
from tests.sources.pages import paper

ENGLISH = """<!doctype html><html><body>
<nav><ul><li><a href="/section/business-news">All our business news stories</a></li></ul></nav>
<div class="top"><a href="/2022/02/21/advert-1">Buy a ticket for our summit today</a></div>
<ul class="stories">
 <li><h3><a href="/2022/02/21/pico-headset">Pico shows a new headset</a></h3><time datetime="2022-02-21T09:30:00+08:00">today</time></li>
 <li><h3><a href="/2022/02/20/wuhan-plan">Wuhan writes a metaverse plan</a></h3><span>2022-02-20</span></li>
 <li><a href="/2022/02/20/wuhan-plan"><img src="a.png"></a><h3><a href="/2022/02/19/digital-art">Digital art on a private chain</a></h3></li>
 <li><h3><a href="https://elsewhere.example/2022/02/19/away">A story on another site entirely</a></h3></li>
</ul>
<footer><ul class="stories"><li><h3><a href="/about/terms-2022">Terms and conditions of use</a></h3></li></ul></footer>
</body></html>"""
CHINESE = """<html><head><meta charset="gb2312"></head><body><div class="list"><ul>
<li><span>2022-02-21</span><a href="./202202/t20220221_11.htm">关于印发元宇宙产业行动计划的通知</a></li>
<li><span>2022年2月18日</span><a href="./202202/t20220218_12.htm" title="关于征集虚拟现实典型应用案例的通知">关于征集虚拟现实典型…</a></li>
<li><a href="./202202/t20220217_13.htm">数字藏品行业自律倡议书正式发布</a></li>
</ul></div><div class="footer"><a href="/about.html">网站地图与版权声明联系我们</a></div></body></html>"""


def page(text: str | bytes, url: str = "https://www.morning.example/china/") -> Page:
    return pages.page(text, url=url, content_type="text/html")


def test_the_largest_list_of_headlines_is_taken() -> None:
    base = "https://www.morning.example/2022/02"
    assert parse_listing(page(ENGLISH), paper()) == (
        Entry(
            source="morning",
            url=f"{base}/21/pico-headset",
            title="Pico shows a new headset",
            published=datetime(2022, 2, 21, 1, 30, tzinfo=UTC),
        ),
        Entry(
            source="morning",
            url=f"{base}/20/wuhan-plan",
            title="Wuhan writes a metaverse plan",
            published=datetime(2022, 2, 20, tzinfo=UTC),
        ),
        Entry(
            source="morning",
            url=f"{base}/19/digital-art",
            title="Digital art on a private chain",
            published=datetime(2022, 2, 19, tzinfo=UTC),
        ),
    )


def test_a_chinese_list_in_gbk_gives_whole_titles_and_dates_of_china() -> None:
    entries = parse_listing(page(CHINESE.encode("gbk"), "https://gov.example/tzgg/"), paper("zh"))
    assert [(entry.title, entry.url.rpartition("/")[2], entry.published) for entry in entries] == [
        ("关于印发元宇宙产业行动计划的通知", "t20220221_11.htm", datetime(2022, 2, 20, 16, tzinfo=UTC)),
        ("关于征集虚拟现实典型应用案例的通知", "t20220218_12.htm", datetime(2022, 2, 17, 16, tzinfo=UTC)),
        ("数字藏品行业自律倡议书正式发布", "t20220217_13.htm", datetime(2022, 2, 17, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("item", "link", "titles"),
    [
        (".top", None, ["Buy a ticket for our summit today"]),
        (None, "li h3 a[href*='/21/']", ["Pico shows a new headset"]),
        ("ul.stories > li", "time ~ a, h3 a[href*=wuhan]", ["Wuhan writes a metaverse plan"]),
    ],
)
def test_selectors_decide_when_given(item: str | None, link: str | None, titles: list[str]) -> None:
    entries = parse_listing(page(ENGLISH), paper(item_selector=item, link_selector=link))
    assert [entry.title for entry in entries] == titles


def test_a_base_element_is_honoured() -> None:
    text = ENGLISH.replace(
        "<html>", '<html><head><base href="https://www.morning.example/zh/"></head>'
    ).replace('href="/2022', 'href="2022')
    assert (
        parse_listing(page(text), paper())[0].url == "https://www.morning.example/zh/2022/02/21/pico-headset"
    )


@pytest.mark.parametrize(
    "body", ["", "<p>nothing here</p>", "\0\0\0", "<a href='/1'>short</a>", "<?xml version='1.0'?><rss/>"]
)
def test_a_page_without_headlines_says_what_to_set(body: str) -> None:
    with pytest.raises(ExtractionError, match="item_selector and link_selector for source 'morning'"):
        parse_listing(page(body), paper())


def test_deep_nesting_does_not_crash() -> None:
    deep = "<div>" * 10_000 + "<a href='/2022/1'>Four words of headline</a>"
    assert parse_listing(page(deep), paper())[0].title == "Four words of headline"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<p>" * 20_000 + "</p>{links}", id="behind a mass of markup"),
        pytest.param("<div>{links}</div>" + "<br>" * 20_000, id="before one"),
        pytest.param("<base href='/x'>{links}".replace("{links}", "{same}"), id="one link again and again"),
    ],
)
def test_links_times_markup_do_not_multiply(text: str) -> None:
    link = "<a href='/2022/{}'>Four words of headline</a>"
    links = "".join(link.format(number) for number in range(300))
    began = time.process_time()
    parse_listing(page(text.format(links=links, same=link.format(1) * 600)), paper())
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("<span>2022-02-20</span>", "", id="before"),
        pytest.param("", "<p>Read on</p><span>2022-02-20</span>", id="after"),
        pytest.param(
            "<!-- 2001-01-01 --><script>2001-01-01</script>", "<time datetime='2022-02-20'>", id="a time"
        ),
    ],
)
def test_a_date_beside_a_headline_is_its_own(before: str, after: str) -> None:
    items = "".join(
        f"<li>{before}<h3><a href='/story-{number}'>Four words of headline</a></h3>{after}</li>"
        for number in range(3)
    )
    assert {entry.published for entry in parse_listing(page(items), paper())} == {
        datetime(2022, 2, 20, tzinfo=UTC)
    }


def test_an_impossible_date_is_none() -> None:
    text = ENGLISH.replace("2022-02-21T09:30:00+08:00", "2099-02-21T09:30:00+08:00")
    assert parse_listing(page(text), paper())[0].published is None
