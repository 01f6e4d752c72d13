"""What a site of the sample press answers to a request: list, page, redirect, robots.txt or failure.

    answer(site, articles, path=…, base=…) → Reply

``sites/<site>/*.j2`` are that site's pages. A new form of list is a line in ``sample.KINDS``, a new quirk a field of
``sample.Site``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.demo.sample import HTML, KINDS, SampleArticle, Site

RELATED = 4


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a site answers to one request."""

    body: bytes
    content_type: str = HTML
    status: int = 200
    location: str | None = None
    """Where a redirect leads."""

    @property
    def etag(self) -> str:
        """Return a strong entity tag of the body (RFC 9110, 8.8.3)."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


def answer(site: Site, articles: Sequence[SampleArticle], *, path: str, base: str) -> Reply:
    """Return what ``site`` answers for ``path``; ``articles`` are those it has published, newest first."""
    if site.status != 200:
        return _failure(404 if path == "/robots.txt" else site.status)
    if path == "/robots.txt":
        robots = f"User-agent: *\n{site.robots}\n"
        return Reply(body=robots.encode(), content_type="text/plain; charset=utf-8")
    return _redirect(site, articles, path) or _page(site, articles, path=path, base=base)


def _failure(status: int) -> Reply:
    return Reply(status=status, body=f"<!doctype html><title>{status}</title><h1>{status}</h1>\n".encode())


def _redirect(site: Site, articles: Sequence[SampleArticle], path: str) -> Reply | None:
    """Lead on from an address that others know to where the page stands now."""
    if site.index_at and path == site.index:
        return Reply(status=301, location=site.index_at, body=b"")
    moved = next((article for article in articles if site.article_at and site.path(article) == path), None)
    return Reply(status=302, location=site.final_path(moved), body=b"") if moved else None


def _page(site: Site, articles: Sequence[SampleArticle], *, path: str, base: str) -> Reply:
    kind = KINDS[site.kind]
    render = partial(_render, site, articles, base=base)
    if path == (site.index_at or site.index):
        return Reply(body=render(kind.template), content_type=kind.media_type)
    if path == "/":
        return Reply(body=render("listing.html.j2"), content_type=site.page_type)
    found = next((article for article in articles if site.final_path(article) == path), None)
    if found is None:
        return _failure(404)
    return Reply(body=render("article.html.j2", article=found), content_type=site.page_type)


def _render(
    site: Site,
    articles: Sequence[SampleArticle],
    name: str,
    *,
    base: str,
    article: SampleArticle | None = None,
) -> bytes:
    template = _environment(site.templates).get_template(name)
    page = template.render(
        site=site,
        base=base,
        articles=articles,
        article=article,
        paragraphs=site.shown(article) if article else (),
        related=[other for other in articles if other is not article][:RELATED],
        path=site.path,
        url=lambda target: base + site.path(target),
    )
    return page.encode(site.charset, "xmlcharrefreplace")


@cache
def _environment(folder: Path) -> Environment:
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
