"""Pages that mean harm, or are none: an article or one line, within seconds."""

from __future__ import annotations

import json
import random
import zlib
from time import monotonic

import pytest

from pipeline.errors import ExtractionError
from pipeline.extract.body import extract
from tests.extract.pages import ENGLISH_TEXT, english, page

ARTICLE = "".join(f"<p>{paragraph}</p>" for paragraph in ENGLISH_TEXT).encode()
NOISE = random.Random(1).randbytes(50_000)  # noqa: S311 — the same noise each time
LONG = b"lorem ipsum dolor sit " * 110_000
ACCENTS = "\u0301\u0316" * 200_000
BOMB = b'<!DOCTYPE html [<!ENTITY a "ha">' + b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">' * 9 + b"]>"
SECONDS = 5


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b" \n\t ", "empty", id="blanks"),
        pytest.param(b"<html><body></body></html>", "no article", id="an empty page"),
        pytest.param(bytes(5_000), "no text", id="zeroes"),
        pytest.param(NOISE, "no text", id="noise"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + zlib.compress(NOISE), "no text", id="picture"),
        pytest.param(b"%PDF-1.7\n" + bytes(range(256)) * 20, "no text", id="pdf"),
        pytest.param(b"%PDF-1.7\n" + b"1 0 obj << /Type /Catalog >> endobj\n" * 99, "no text", id="pdf in letters"),
        pytest.param(b"<html><body><p>Not found</p></body></html>", "no article", id="a few words"),
        pytest.param(b"<!-- -->", "no", id="a comment"),
        pytest.param(b"<" * 5_000_000, "no article", id="5 MB of signs"),
        pytest.param(b"<div>" * 10_000 + b"deep" + b"</div>" * 10_000, "no article", id="10,000 deep"),
        pytest.param(b"<p>x</p>" * 70_000, "elements", id="endless"),
        pytest.param(b"<p>" + b"." * 1_000_000, "no article", id="points"),
        pytest.param(b"<div><a href=/x>more</a></div>" * 29_000, "no article", id="29,000 bare links"),
        pytest.param(b"<div>" * 200 + b"<p><a href=/x>more</a>" * 4_500, "no article", id="links, 200 deep"),
        pytest.param(b"<p>" + b"more " * 29_000, "no article", id="words without a sentence"),
        pytest.param(b"<time class=date>" * 200 + LONG, "no article", id="a long text in 200 dates"),
        pytest.param(f"<p>a{ACCENTS}".encode(), "no article", id="400,000 accents on a letter"),
        pytest.param(
            b"<script type=application/ld+json>" + json.dumps({"@type": "Article", "articleBody": "a" + ACCENTS}).encode() + b"</script>",
            "no article", id="accents in JSON-LD",
        ),
    ],
)  # fmt: skip
def test_a_page_without_an_article_is_one_line_and_quick(body: bytes, reason: str) -> None:
    started = monotonic()
    with pytest.raises(ExtractionError, match=reason) as caught:
        extract(page(body))
    assert monotonic() - started < SECONDS
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 150
    assert "https://river.example/news/story" in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(english().replace("<footer>", "<div>" * 10_000).encode(), id="deep nesting beside"),
        pytest.param(
            english(after="".join(f"<a href='/{i}'>link {i}</a> " for i in range(50_000))).encode(),
            id="50,000 links",
        ),
        pytest.param(
            b"<div>" * 200 + ARTICLE + b"<h3><a href=/>Another</a></h3>" * 20_000, id="linked headings, deep"
        ),
        pytest.param(BOMB + ARTICLE, id="entities of entities"),
        pytest.param(
            b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><i>&x;</i>' + ARTICLE,
            id="a file as entity",
        ),
        pytest.param(
            b"<div " + b" ".join(b"a%d=x" % i for i in range(100_000)) + b">" + ARTICLE,
            id="100,000 attributes",
        ),
        pytest.param(b"<div class='" + b"ad-" * 500_000 + b"'>" + ARTICLE, id="an endless name"),
        pytest.param(
            b"<p>Subscribe to read on</p>" * 20_000 + b"<h1>Plans</h1>" + ARTICLE, id="a barrier a line"
        ),
    ],
)
def test_an_article_among_hostile_things_is_read_and_quickly(body: bytes) -> None:
    started = monotonic()
    found = extract(page(body))
    assert monotonic() - started < SECONDS
    assert found.text.endswith("\n".join(ENGLISH_TEXT))
    assert len(found.text) < len("\n".join(ENGLISH_TEXT)) + 100
    assert "]>" not in found.text
    assert "root:" not in found.text


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        pytest.param(b"<time>", b"</time>", id="time"),
        pytest.param(b"<b itemprop=datePublished>", b"</b>", id="date by itemprop"),
        pytest.param(b"<div class=byline>", b"</div>", id="byline"),
        pytest.param(b"<a rel=author><div>", b"</div></a>", id="author link"),
        pytest.param(b"<div id=author>", b"</div>", id="author"),
        pytest.param(b"<h1><div>", b"</div></h1>", id="h1"),
        pytest.param(b"<h2>", b"</h2>", id="h2"),
    ],
)
def test_a_long_text_within_many_elements_is_read_once(opening: bytes, closing: bytes) -> None:
    nested = opening * 120 + LONG + closing * 120
    read_quickly(b"<title>River news</title>" + ARTICLE + nested)


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param(b"<h1>" + ACCENTS.encode() + b"</h1>", id="accents in a heading"),
        pytest.param(
            b"<script type=application/ld+json>"
            + json.dumps({"@type": "NewsArticle", "headline": "a" + ACCENTS[:150_000]}).encode()
            + b"</script>",
            id="accents in a JSON-LD headline",
        ),
        pytest.param(
            b"<div class=byline>" * 200 + b"<a>x</a>" * 55_000 + b"</div>" * 200,
            id="55,000 links in 200 bylines",
        ),
    ],
)
def test_what_stands_there_by_the_thousand_takes_no_longer(beside: bytes) -> None:
    read_quickly(ARTICLE + beside)


def read_quickly(body: bytes) -> None:
    started = monotonic()
    assert ENGLISH_TEXT[0] in extract(page(body)).text
    assert monotonic() - started < SECONDS


def test_one_line_of_three_megabytes_is_cut() -> None:
    started = monotonic()
    line = "Officials said the park would open before the end of the year, and more of it later. " * 35_000
    assert len(extract(page(f"<html><body><p>{line}</p></body></html>")).text) <= 200_000
    assert monotonic() - started < SECONDS
