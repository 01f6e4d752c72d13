"""The pages of the sample press: each holds its article and is wrapped in what its site wraps around it."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx
import pytest
from bs4 import BeautifulSoup

from pipeline.demo.press import Press, serve
from pipeline.demo.sample import SampleArticle
from tests.demo.reading import (
    ARTICLE,
    AT_ONCE,
    SAMPLE,
    SITE,
    WITHOUT_DATES,
    WORKING,
    html_of,
    one_of,
    readable,
)


@pytest.mark.parametrize("article", SAMPLE.articles, ids=lambda article: f"{article.site}/{article.slug}")
def test_a_page_holds_each_paragraph_it_shows_once(
    press: Press, client: httpx.Client, article: SampleArticle
) -> None:
    press.day = article.day
    text, shown = readable(html_of(press, client, article)), SITE[article.site].shown(article)
    assert [text.count(paragraph) for paragraph in shown] == [1] * len(shown)


@pytest.mark.parametrize(
    ("key", "around"),
    [
        (
            "harbour-ledger",
            ("Cookie settings", "Sign in", "Related stories", "Subscribe", "All tides reserved"),
        ),
        ("jiangpan", ("登录", "当前位置", "责任编辑", "相关阅读", "订阅邮件", "版权所有")),
        (
            "gantry-post",
            ("Skip to the story", "2 min read", "More from the quay", "The evening letter", "cookies"),
        ),
        ("salt-gazette", ("Posted by", "TrackBack (0)", "Comments", "Recent Entries", "Weekly pinch")),
        ("mingdeng", ("您的位置", "打印本页", "相关新闻", "网友评论", "邮件订阅", "版权所有")),
        ("crooked-mast", ("Lately in the log", "logged by", "Run it up the flagpole", "Cookies are kept")),
        ("wayside-wire", ("Skip to content", "Share this:", "Related", "Leave a Reply", "Follow by post")),
        ("tortoise-daily", ("May we remember you?", "Words:", "When you are done", "The Slow Letter")),
        ("quanwen", ("点击上方蓝字", "阅读原文", "往期回顾", "精选留言")),
        ("gilded-gate", ("Sign in", "Subscribe to read on", "Follow the topics", "Manage cookies")),
        ("xiaohe-xr", ("登录", "分享至", "相关文章", "网友评论", "订阅周刊", "Cookie")),
    ],
)
def test_a_page_wraps_the_article_as_news_sites_do(
    press: Press, client: httpx.Client, key: str, around: tuple[str, ...]
) -> None:
    article = one_of(press, key)
    page = html_of(press, client, article)
    text = readable(page)
    assert [words for words in (*around, article.author) if words not in text] == []
    assert "<script" in page.lower()
    assert "<style" in page.lower()


@pytest.mark.parametrize(
    ("place", "habit"),
    [
        ("harbour-ledger/lakala-founder-proposals", '"datePublished": "2022-02-21T08:40:00+08:00"'),
        (
            "harbour-ledger/lakala-founder-proposals",
            '<meta property="article:published_time" content="2022-02-21T08:40:00+08:00">',
        ),
        ("jiangpan/lakala-two-proposals", "2022年2月21日 09:30</span> 来源：江畔观察"),
        ("jiangpan/lakala-two-proposals", '<meta name="keywords"'),
        ("gantry-post/ninefold-digital-anchor", '<time datetime="2022-02-21T17:30:00+08:00">'),
    ],
    ids=["json-ld", "meta", "date line", "keywords", "time"],
)
def test_each_site_gives_the_date_in_its_own_habit(
    press: Press, client: httpx.Client, place: str, habit: str
) -> None:
    (article,) = (article for article in SAMPLE.articles if article.place == place)
    assert habit in client.get(press.article_url(article)).text


@pytest.mark.parametrize(
    ("is_page", "claimed", "declared"),
    [(False, "utf-8", b'encoding="GBK"'), (True, "iso-8859-1", b"charset=gb2312")],
    ids=["feed", "page"],
)
def test_the_gbk_site_claims_another_charset_in_its_headers(
    press: Press, client: httpx.Client, is_page: bool, claimed: str, declared: bytes
) -> None:
    article = one_of(press, "mingdeng")
    reply = client.get(press.article_url(article) if is_page else press.url("mingdeng", "/rss/news.xml"))
    assert reply.headers["content-type"].endswith(f"charset={claimed}")
    assert declared in reply.content
    assert article.title in reply.content.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        reply.content.decode("utf-8")


def test_the_paywall_shows_the_first_paragraph_and_what_the_rest_costs(
    press: Press, client: httpx.Client
) -> None:
    article = one_of(press, "gilded-gate")
    html = html_of(press, client, article)
    said = BeautifulSoup(html, "lxml").find("script", type="application/ld+json")
    assert said is not None
    assert json.loads(said.get_text())["isAccessibleForFree"] is False
    assert article.lead in readable(html)
    assert "Subscribe to read on" in readable(html)
    assert [rest for rest in article.paragraphs[1:] if rest in html] == []


def test_the_heavy_site_has_script_style_and_links_amid_the_text(press: Press, client: httpx.Client) -> None:
    html = html_of(press, client, one_of(press, "xiaohe-xr"))
    (body,) = BeautifulSoup(html, "lxml").select(".article-content")
    assert body.find("script")
    assert body.find("style")
    assert body.select(".related-inline a")


def test_markup_in_an_article_is_escaped(client: httpx.Client) -> None:
    hostile = "</script><script>alert('&')</script>"
    articles = [replace(ARTICLE, site=key, title=hostile, paragraphs=(hostile,)) for key in WORKING]
    with serve([AT_ONCE[key] for key in WORKING], articles) as press:
        paths = [press.article_url(article) for article in articles] + [
            press.url(key, "/") for key in WORKING
        ]
        paths += [press.url(key, SITE[key].index) for key in WORKING]
        assert [path for path in paths if "<script>alert" in client.get(path).raise_for_status().text] == []


@pytest.mark.parametrize("key", WORKING)
def test_raw_html_stands_behind_the_first_paragraph(client: httpx.Client, key: str) -> None:
    planted = '<script>var planted = "<p>here</p>";</script>'
    article = replace(ARTICLE, site=key, paragraphs=("It began.", "It ended."), html=planted)
    with serve([AT_ONCE[key]], [article]) as press:
        html = html_of(press, client, article)
    assert html.count(planted) == 1
    assert html.index("It began.") < html.index(planted)
    assert "It ended." not in html or html.index(planted) < html.index("It ended.")


@pytest.mark.parametrize("key", WORKING)
def test_a_printed_date_takes_the_place_of_the_true_one(client: httpx.Client, key: str) -> None:
    article = replace(ARTICLE, site=key, slug="leap", printed_date="2022-02-31")
    with serve([AT_ONCE[key]], [article]) as press:
        html = html_of(press, client, article)
        front = client.get(press.url(key, SITE[key].index)).content
    assert "2022-02-31" in html
    assert (b"2022-02-31" in front) == (key != WITHOUT_DATES)
    for true in ("{:%Y-%m-%d}", "{:%B %d}", "{0.day} {0:%B}", "{0.month}月{0.day}日"):
        assert true.format(article.published) not in html
