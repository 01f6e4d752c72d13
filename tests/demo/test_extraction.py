"""What extraction and summary make of the pages of the sample press."""

from __future__ import annotations

import re
from datetime import UTC

import pytest

from pipeline.demo.sample import SampleArticle
from pipeline.demo.site import answer
from pipeline.extract.body import extract
from pipeline.model import Page
from pipeline.summarise.extractive import summarise
from tests.demo.reading import READ, SITE

FURNITURE = re.compile(
    r"China time|\b[A-Z]{4,}, Feb|Feb 2\d —|^By |min read|本报|（记者|来源：|作者：|Drawing:|\d\d:\d\d"
)

PAGES_FLOOR = 0.8
"""The share of pages whose text is exactly the article's. Reached: 0.83."""
UNCLEAN = {"quanwen", "tortoise-daily", "gilded-gate"}
"""Sites of which some text around the article is still taken for it."""


@pytest.mark.parametrize("sample", READ, ids=lambda sample: sample.place)
def test_a_summary_holds_no_dateline_or_byline(sample: SampleArticle) -> None:
    found = summarise(sample.title, "\n".join(SITE[sample.site].shown(sample)), language=sample.language)
    assert found.method == "extractive"
    assert not FURNITURE.search(found.text)
    assert sample.author not in found.text


def read(sample: SampleArticle) -> str:
    """Return what is read of an article's page on the day it is out."""
    site, out = SITE[sample.site], [other for other in READ if other.site == sample.site]
    reply = answer(site, out, path=site.final_path(sample), base=f"http://{sample.site}.example")
    page = Page(
        url=f"http://{sample.site}.example{site.path(sample)}",
        final_url=f"http://{sample.site}.example{site.final_path(sample)}",
        body=reply.body,
        content_type=reply.content_type,
        fetched_at=sample.published.astimezone(UTC),
    )
    return extract(page, site.language).text


def is_read_cleanly(sample: SampleArticle) -> bool:
    return read(sample).split("\n") == list(SITE[sample.site].shown(sample))


@pytest.mark.parametrize(
    "sample", [s for s in READ if s.site not in UNCLEAN], ids=lambda sample: sample.place
)
def test_the_text_of_a_page_is_the_article_and_nothing_around_it(sample: SampleArticle) -> None:
    assert read(sample).split("\n") == list(SITE[sample.site].shown(sample))


def test_most_pages_of_all_sites_are_read_cleanly() -> None:
    assert sum(map(is_read_cleanly, READ)) / len(READ) >= PAGES_FLOOR


@pytest.mark.parametrize(
    "sample", [s for s in READ if s.html or s.kind == "injection"], ids=lambda sample: sample.place
)
def test_script_and_style_in_a_page_are_not_its_text(sample: SampleArticle) -> None:
    assert not re.search(r"[{}<>]|function|@context", read(sample))
