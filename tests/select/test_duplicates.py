"""The same page under several addresses, and wire copies."""

from __future__ import annotations

import pytest

from pipeline.select.duplicates import (
    canonical_url,
    cut_tracking_parameters,
    find_duplicates,
    likeness,
    shingles,
)
from tests.select.builders import article

WIRE = (
    "The port city of Ningbo opened a hall on Monday where residents can renew papers while wearing a headset. "
    "Officials said the hall cost 12 million yuan and would serve six districts by the end of the year. "
    "A second hall is to follow next spring, once the first has been tested by pensioners and students alike."
)
WIRE_ZH = (
    "宁波市周一启用一座虚拟办事大厅，市民戴上头显即可办理证件。市政府介绍，大厅耗资一千二百万元，年底前将覆盖六个区。"
    "第二座大厅计划明年春天建成，届时将邀请老年人和学生参加测试。"
)


@pytest.mark.parametrize(
    ("url", "cut"),
    [
        pytest.param("https://a.example/x?utm_source=feed&id=3", "https://a.example/x?id=3", id="utm"),
        pytest.param("https://a.example/x?fbclid=1", "https://a.example/x", id="nothing-left"),
        pytest.param(
            "https://a.example/x?id=%E5%85%83&b=1", "https://a.example/x?id=%E5%85%83&b=1", id="untouched"
        ),
        pytest.param(
            "https://a.example/x?spm=1.2&aid=7#top", "https://a.example/x?aid=7#top", id="fragment-kept"
        ),
        pytest.param("http://[bad", "http://[bad", id="no-address"),
    ],
)
def test_tracking_parameters_are_cut(url: str, cut: str) -> None:
    assert cut_tracking_parameters(url) == cut


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://news.example/a/1.html", id="http"),
        pytest.param("https://www.news.example/a/1.html", id="www"),
        pytest.param("https://m.news.example/a/1.html", id="mobile"),
        pytest.param("https://news.example/a/1.html?utm_campaign=x&gclid=2", id="tracking"),
        pytest.param("https://NEWS.example:443/a/1.html#comments", id="port-case-fragment"),
        pytest.param("https://news.example/amp/a/1.html", id="amp-folder"),
        pytest.param("https://news.example/a/1.amp.html", id="amp-ending"),
        pytest.param("https://news-example.cdn.ampproject.org/c/s/news.example/a/1.html", id="amp-cache"),
        pytest.param("https://www.google.com/amp/s/news.example/a/1.html", id="amp-viewer"),
        pytest.param("https://news.example//a/1.html", id="two-slashes"),
        pytest.param("https://news.example/%61/1.html", id="needless-escape"),
        pytest.param("https://news.example/a/1.html?source=rss&ocid=x", id="sent-from"),
        pytest.param("https://news.example/a/1.html/amp/", id="amp-ending"),
        pytest.param("https://news.example/a/1.html?amp=1", id="amp-parameter"),
        pytest.param(" https://news.example/a/1.html/ ", id="slash-and-spaces"),
        pytest.param("https://mip.news.example/a/1.html", id="mobile-by-a-search-engine"),
        pytest.param("https://amp.news.example/a/1.html?outputType=amp", id="amp-host"),
        pytest.param("https://news.example/a/1.html?page=2", id="second-page"),
        pytest.param("https://news.example/a/1.html?page=all", id="all-pages"),
        pytest.param("https://news.example/a/1.html?print=1", id="for-printing"),
        pytest.param("https://news.example/a/1.html?from=timeline", id="shared-among-friends"),
    ],
)
def test_the_addresses_of_one_page_have_one_key(url: str) -> None:
    assert canonical_url(url) == "https://news.example/a/1.html"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("https://a.example/x?id=1", "https://a.example/x?id=2", id="parameter"),
        pytest.param("https://a.example/amplify", "https://a.example/lify", id="amp-in-a-word"),
        pytest.param("https://m.cn/x", "https://cn/x", id="a-short-name-is-no-prefix"),
        pytest.param("https://a.example:8080/x", "https://a.example/x", id="port"),
        pytest.param("javascript:alert(1)", "javascript:alert(2)", id="no-host"),
        pytest.param("https://a.example:99999/", "https://a.example/", id="impossible-port"),
        pytest.param(
            "https://a.example/?page=1234", "https://a.example/?page=1235", id="a-page-by-its-number"
        ),
        pytest.param("https://a.example/?from=paris", "https://a.example/?from=rome", id="from-somewhere"),
    ],
)
def test_different_pages_keep_different_keys(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


def test_parameters_in_another_order_make_no_other_page() -> None:
    assert canonical_url("https://a.example/x?b=2&a=1") == canonical_url("https://a.example/x?a=1&b=2")


@pytest.mark.parametrize("text", [pytest.param(WIRE, id="en"), pytest.param(WIRE_ZH, id="zh")])
def test_a_copy_with_another_head_and_tail_is_the_same_text(text: str) -> None:
    copy = article(
        "Copy", f"（综合消息） {text} Reporting by the evening desk.", source="evening", standing=0.2
    )
    original = article("Original", text, standing=0.8)
    (duplicate,) = find_duplicates([copy, original])
    assert (duplicate.article, duplicate.original) == (copy, original)
    assert original.url in duplicate.why


def test_the_same_page_is_told_by_its_address() -> None:
    first = article("One", WIRE, url="https://a.example/x", standing=0.9)
    again = article("One", WIRE_ZH, url="http://www.a.example/x?utm_source=feed")
    (duplicate,) = find_duplicates([first, again])
    assert duplicate.why == "the same page as https://a.example/x"


def test_two_tellings_of_one_event_are_no_duplicates() -> None:
    other = "Residents of Ningbo can now renew papers in a virtual hall. The hall, opened on Monday, cost 12 million yuan."
    assert find_duplicates([article("A", WIRE), article("B", other)]) == ()


def test_articles_without_text_are_no_duplicates_of_each_other() -> None:
    assert find_duplicates([article("A"), article("B")]) == ()


def test_a_duplicate_never_stands_for_another() -> None:
    copies = [article(f"Copy {n}", WIRE, source=f"s{n}", standing=n / 10) for n in range(5)]
    assert {duplicate.original.title for duplicate in find_duplicates(copies)} == {"Copy 4"}


def test_an_earlier_article_repeats_one_of_today_and_never_the_other_way_round() -> None:
    today, before = article("Today", WIRE, standing=0.2), article("Before", WIRE, standing=0.9)
    (duplicate,) = find_duplicates([today], earlier=[before])
    assert (duplicate.article, duplicate.original) == (before, today)


def test_the_result_does_not_hang_on_the_order() -> None:
    pair = [article("A", WIRE), article("B", WIRE)]
    assert find_duplicates(pair)[0].original == find_duplicates(pair[::-1])[0].original


def test_likeness_is_the_share_of_the_shorter_text() -> None:
    assert likeness(shingles(WIRE), shingles(f"{WIRE} {WIRE_ZH}")) > 0.9
    assert likeness(shingles(WIRE), shingles(WIRE_ZH)) == 0


def test_the_second_page_of_an_article_is_that_article() -> None:
    first, second = (
        "https://a.example/2022/content_20220221.htm",
        "https://a.example/2022/content_20220221_2.htm",
    )
    assert canonical_url(first) == canonical_url(second)


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        pytest.param("The hall opened on Monday in Ningbo.", " Read more", id="read-more"),
        pytest.param(
            "The hall opened on Monday in Ningbo.", "\nRead the full story on our site", id="full-story"
        ),
        pytest.param("The hall opened on Monday in Ningbo.", " Edited by the evening desk", id="editor"),
        pytest.param("宁波周一启用虚拟办事大厅。", "（责任编辑：某某）", id="editor-zh"),
        pytest.param("宁波周一启用虚拟办事大厅。", "\n来源：晚报\n责编：某某", id="source-and-editor-zh"),
        pytest.param("宁波周一启用虚拟办事大厅。", "点击阅读全文", id="read-on-zh"),
    ],
)
def test_a_short_text_with_a_trailing_line_is_the_same_text(text: str, tail: str) -> None:
    assert len(find_duplicates([article("A", text), article("B", text + tail)])) == 1


def test_a_headline_alone_is_the_same_with_a_site_s_name_after_it() -> None:
    title = "Ningbo opens a virtual hall for papers"
    assert len(find_duplicates([article(title), article(f"{title} - Harbour Daily", source="harbour")])) == 1


def test_columns_of_one_name_are_no_duplicates() -> None:
    assert (
        find_duplicates(
            [article("早报", url="https://a.example/1"), article("早报", url="https://b.example/2")]
        )
        == ()
    )


def test_an_endless_page_is_read_to_a_certain_length() -> None:
    endless = "hall " * 200_000
    assert len(shingles(endless)) == 1
    assert len(find_duplicates([article("A", endless), article("B", endless)])) == 1
