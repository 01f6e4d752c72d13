"""The feeds and lists of the sample press: each is of the form it claims, or broken as it is meant to be."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import urljoin

import feedparser
import httpx
import pytest
from bs4 import BeautifulSoup
from lxml import etree

from pipeline.demo.press import Press
from tests.demo.reading import DAYS, FEEDS, SITE, WITHOUT_DATES, entries, readable, written

CROOKED = "crooked-mast"
"""Its feed is no well-formed XML."""
RDF, RSS1 = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}", "{http://purl.org/rss/1.0/}"


def linked(press: Press, html: str) -> list[str]:
    selected = BeautifulSoup(html, "lxml").select("ol.river li.river-item h2 a")
    return [urljoin(press.url("gantry-post", "/latest"), str(link["href"])) for link in selected]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("key", FEEDS)
def test_a_feed_lists_the_articles_out_by_that_day(
    press: Press, client: httpx.Client, key: str, day: int
) -> None:
    press.day = day
    expected = {
        (
            article.title,
            press.article_url(article),
            None if key == WITHOUT_DATES or article.printed_date else article.published,
        )
        for article in written(key, day)
    }
    assert {(e.title, e.url, e.published) for e in entries(press, client, key)} == expected
    assert day < DAYS[-1] or expected


@pytest.mark.parametrize("key", FEEDS)
def test_a_feed_has_the_newest_first(press: Press, client: httpx.Client, key: str) -> None:
    press.day = DAYS[-1]
    times = {press.article_url(article): article.published for article in written(key, press.day)}
    told = [times[entry.url] for entry in entries(press, client, key)]
    assert len(told) > 1
    assert all(newer >= older for newer, older in pairwise(told))


@pytest.mark.parametrize("key", FEEDS)
def test_a_feed_is_of_the_form_it_claims(press: Press, client: httpx.Client, key: str) -> None:
    feed = feedparser.parse(client.get(press.url(key, SITE[key].index)).content)
    assert feed.version == FEEDS[key]


@pytest.mark.parametrize("key", [key for key in FEEDS if key != CROOKED])
def test_a_feed_is_well_formed(press: Press, client: httpx.Client, key: str) -> None:
    etree.fromstring(client.get(press.url(key, SITE[key].index)).content)


def test_the_crooked_feed_is_refused_by_a_strict_parser(press: Press, client: httpx.Client) -> None:
    body = client.get(press.url(CROOKED, SITE[CROOKED].index)).content
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(body)
    assert re.search(rb"&(?!\w+;)", body), "an ampersand that is not escaped"
    assert b"<generator>" in body, "an element that is opened"
    assert b"</generator>" not in body, "and never closed"
    assert b"\x0b" in body, "a control byte, which XML has no place for"


def test_the_rdf_feed_names_its_items_in_its_channel(press: Press, client: httpx.Client) -> None:
    root = etree.fromstring(client.get(press.url("salt-gazette", "/index.rdf")).content)
    named = [
        line.get(f"{RDF}resource") for line in root.iterfind(f"{RSS1}channel/{RSS1}items/{RDF}Seq/{RDF}li")
    ]
    items = [item.get(f"{RDF}about") for item in root.iterfind(f"{RSS1}item")]
    assert root.tag == f"{RDF}RDF"
    assert items
    assert named == items


def test_the_full_text_feed_holds_every_paragraph(press: Press, client: httpx.Client) -> None:
    press.day = DAYS[-1]
    feed = feedparser.parse(client.get(press.url("quanwen", "/feed/")).content)
    texts = {entry.link: readable(entry.content[0].value) for entry in feed.entries}
    for article in written("quanwen", press.day):
        told = texts[press.article_url(article)]
        assert [paragraph for paragraph in article.paragraphs if paragraph not in told] == []


@pytest.mark.parametrize("day", DAYS)
def test_the_list_without_a_feed_links_the_articles_out_by_that_day(
    press: Press, client: httpx.Client, day: int
) -> None:
    press.day = day
    page = client.get(press.url("gantry-post", "/latest")).text
    expected = sorted(press.article_url(article) for article in written("gantry-post", day))
    assert sorted(linked(press, page)) == expected
    assert "alternate" not in page
