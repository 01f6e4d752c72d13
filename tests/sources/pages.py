"""Pages and sources for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.model import Page, Source

FETCHED = datetime(2022, 2, 22, 6, 0, tzinfo=UTC)


def page(
    text: str | bytes, *, url: str = "https://morning.example/rss", content_type: str = "application/xml"
) -> Page:
    """Return a page of these bytes as fetched."""
    body = text if isinstance(text, bytes) else text.encode()
    return Page(url=url, final_url=url, body=body, content_type=content_type, fetched_at=FETCHED)


def paper(
    language: str = "en", *, item_selector: str | None = None, link_selector: str | None = None
) -> Source:
    """Return an invented source."""
    return Source(
        key="morning",
        name="Morning Paper",
        home="https://morning.example/",
        language=language,
        item_selector=item_selector,
        link_selector=link_selector,
    )
