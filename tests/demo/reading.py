"""What the tests of the sample press share: its sites, what they have out, and how it is read over HTTP."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime

import httpx
from bs4 import BeautifulSoup

from pipeline.demo.press import Press, sources_toml
from pipeline.demo.sample import SampleArticle, load_press, newsroom_folder
from pipeline.model import Entry, Page, Source
from pipeline.sources.feed import parse_feed

DAYS = (1, 2, 3)
FEEDS = {
    "harbour-ledger": "rss20",
    "jiangpan": "atom10",
    "salt-gazette": "rss10",
    "mingdeng": "rss20",
    "crooked-mast": "rss20",
    "wayside-wire": "rss20",
    "tortoise-daily": "rss092",
    "quanwen": "rss20",
    "gilded-gate": "rss20",
    "closed-shutter": "rss20",
    "xiaohe-xr": "rss20",
}
"""The form of each feed, as feedparser calls it."""
WITHOUT_DATES = "tortoise-daily"
"""Its feed prints none."""
WORKING = (*FEEDS, "gantry-post")
SAMPLE = load_press(newsroom_folder())
SITE = {site.key: site for site in SAMPLE.sites}
READ = tuple(article for article in SAMPLE.articles if "Disallow" not in SITE[article.site].robots)
"""What a polite reader gets to see."""
AT_ONCE = {site.key: replace(site, delay_seconds=0.0) for site in SAMPLE.sites}
"""The sites without their slowness."""
ARTICLE = SAMPLE.articles[0]


def written(key: str, day: int) -> list[SampleArticle]:
    """Return what a site has out by a day."""
    return [article for article in SAMPLE.articles if article.site == key and article.day <= day]


def entries(press: Press, client: httpx.Client, key: str) -> list[Entry]:
    """Return what we read in a site's feed."""
    (source,) = (Source(**t) for t in tomllib.loads(sources_toml(press))["source"] if t["key"] == key)
    reply = client.get(source.address)
    page = Page(
        url=source.address,
        final_url=str(reply.url),
        body=reply.content,
        content_type=reply.headers["content-type"],
        fetched_at=datetime(2022, 2, 24, tzinfo=UTC),
    )
    return list(parse_feed(page, source))


def html_of(press: Press, client: httpx.Client, article: SampleArticle) -> str:
    """Return an article's page in the charset it really has."""
    reply = client.get(press.article_url(article)).raise_for_status()
    return reply.content.decode(SITE[article.site].charset)


def one_of(press: Press, key: str) -> SampleArticle:
    """Return an article of a site, and let it be out."""
    press.day = DAYS[-1]
    return written(key, press.day)[0]


def readable(html: str) -> str:
    """Return the text that a page shows."""
    soup = BeautifulSoup(html, "lxml")
    for unread in soup(["script", "style", "title"]):
        unread.decompose()
    return soup.get_text()
