"""Read the entries of a feed: RSS, Atom or RDF, tolerant of slightly broken XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import feedparser

from pipeline.errors import ExtractionError
from pipeline.model import Entry, Page, Source
from pipeline.sources.address import LONGEST, web_address, without_fragment
from pipeline.sources.dates import plausible, read_moment
from pipeline.sources.markup import plain
from pipeline.text import clean_line

MOST_ENTRIES = 200
_SUMMARY_LENGTH = 1_000
_TITLE_LENGTH = 500
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_FEED = re.compile(rb"<(?:[a-z]{1,20}:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_ENTRY_END = re.compile(rb"</(?:[a-z]{1,20}:)?(?:item|entry)\s{0,9}>", re.IGNORECASE)
_LINK = re.compile(r"<link\b[^<>]{0,2000}>", re.IGNORECASE)
_FEED_TYPE = re.compile(r"application/(?:rss|atom|rdf)\+xml", re.IGNORECASE)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY\s", re.IGNORECASE)
_FILE = re.compile(r"\Afile:/+", re.IGNORECASE)  # feedparser drops the slashes before a path without host
_HEAD_BYTES = 200_000
"""How far into a page its <link> elements and its first tags are looked for."""


def parse_feed(page: Page, source: Source) -> tuple[Entry, ...]:
    """Return the feed's entries in its order, each address once, at most 200; raise ExtractionError when it is no feed.

    An address that is none of the web, such as ``javascript:``, stands as the feed gave it.
    """
    if _is_html(page):
        raise ExtractionError(_no_feed(page, source))
    if _ENTITY.search(page.body[:_HEAD_BYTES]):
        raise ExtractionError(
            f"{source.address} declares entities of its own, which no feed needs; it is not read"
        )
    parsed = _parsed(page)
    if not parsed.entries and not parsed.get("version"):
        raise ExtractionError(_no_feed(page, source))
    found: dict[str, Entry] = {}
    for entry in _entries(parsed, page, source):
        found.setdefault(without_fragment(entry.url), entry)
        if len(found) == MOST_ENTRIES:
            break
    return tuple(found.values())


def _is_html(page: Page) -> bool:
    head = page.body[:_HEAD_BYTES]
    return _HTML.search(head) is not None and _FEED.search(head) is None


def _parsed(page: Page) -> Any:
    """Parse the bytes; feedparser gets a stream, for it would open a plain text as an address or a file."""
    return feedparser.parse(
        BytesIO(_shortened(page.body)),
        response_headers={"content-type": page.content_type or "application/xml"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _shortened(body: bytes) -> bytes:
    """Leave out what follows twice the entries that are taken, for feedparser reads a megabyte a second."""
    ends = [found.end() for found in _ENTRY_END.finditer(body)]
    most = 2 * MOST_ENTRIES
    return body[: ends[most - 1]] + body[ends[-1] :] if len(ends) > most else body


def _entries(parsed: Any, page: Page, source: Source) -> Iterator[Entry]:
    base = web_address(parsed.feed.get("link", ""), base=page.final_url) or page.final_url
    for raw in parsed.entries:
        link = _link(raw)
        url = web_address(link, base=base) if link else None
        url = url or clean_line(link)[: LONGEST + 1]  # what is no web address fails by name when it is read
        if not url:
            continue
        summary = plain(raw.get("summary", ""))[:_SUMMARY_LENGTH]
        moment = read_moment(_date(raw), language=source.language)
        yield Entry(
            source=source.key,
            url=url,
            title=plain(raw.get("title", ""))[:_TITLE_LENGTH],
            published=plausible(moment, fetched_at=page.fetched_at),
            summary=summary,
        )


def _link(raw: Any) -> str:
    """Return the entry's address, or its identifier if that is an address; empty when neither is there."""
    if raw.get("link"):
        return _FILE.sub("file:///", str(raw["link"]))
    identifier = str(raw.get("id", ""))
    return identifier if identifier.startswith(("http://", "https://")) else ""


def _date(raw: Any) -> str:
    named = (raw.get(name) for name in ("published", "updated", "created") if name in raw)
    return next((str(date) for date in named if date), "")


def _no_feed(page: Page, source: Source) -> str:
    head = page.body[:_HEAD_BYTES]
    if not page.body.strip():
        return f"{page.url} is empty, not a feed; see whether {source.home} has moved it"
    if _is_html(page) or "html" in page.content_type.lower():
        alternate = _alternate(head.decode("utf-8", "replace"), page.final_url)
        return f"{page.url} is an HTML page, not a feed; look for {alternate or f'a feed link on {source.home}, or set listing'}"
    if _FEED.search(head):
        return f"{page.url} is a broken feed without entries; look whether it opens in a feed reader"
    return f"{page.url} is no RSS, Atom or RDF feed; look for a feed link on {source.home}"


def _alternate(html: str, base: str) -> str | None:
    """Return the address of the feed that a page names in its head."""
    for tag in _LINK.findall(html):
        href = _HREF.search(tag)
        if href is not None and _FEED_TYPE.search(tag):
            return web_address(next(filter(None, href.groups()), ""), base=base)
    return None
