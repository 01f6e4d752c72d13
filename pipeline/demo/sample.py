"""The sample press as data: invented sites and their articles, each with the labels a judge of it should find.

``sites.toml`` says who publishes and in which form, ``articles/<site>/<slug>.md`` holds one article with its
labels above it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.errors import MetabriefError


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How sites of one form list their articles: the template, its media type, the key it has as a source."""

    template: str
    media_type: str
    source_key: str


HTML = "text/html; charset=utf-8"
KINDS: Mapping[str, Kind] = {
    "rss": Kind(template="feed.xml.j2", media_type="application/rss+xml; charset=utf-8", source_key="feed"),
    "atom": Kind(template="feed.xml.j2", media_type="application/atom+xml; charset=utf-8", source_key="feed"),
    "listing": Kind(template="listing.html.j2", media_type=HTML, source_key="listing"),
    "failing": Kind(template="", media_type=HTML, source_key="feed"),
}


@dataclass(frozen=True, kw_only=True)
class SampleArticle:
    """An article of the press and the labels that a judge of it should find."""

    site: str
    slug: str
    title: str
    day: int
    """The first day of the press, from 1, on which the article is out."""
    published: datetime
    """As printed: aware, with the site's own offset."""
    author: str
    language: str
    on_beat: bool
    event: str
    """The same key means the same event, whatever the site, language or day."""
    note: str
    section: str | None = None
    """None off the beat."""
    update: bool = False
    """Whether it tells something new of an event that an earlier day has told."""
    paragraphs: tuple[str, ...]

    @property
    def lead(self) -> str:
        """Return the first paragraph."""
        return self.paragraphs[0]


@dataclass(frozen=True, kw_only=True)
class Site:
    """An invented news site; ``article`` is a pattern over a ``SampleArticle``'s ``slug`` and ``published``."""

    key: str
    name: str
    tagline: str
    address: str
    kind: str
    language: str
    standing: float
    index: str
    article: str
    templates: Path
    item_selector: str | None = None
    link_selector: str | None = None
    status: int = 200
    """What every page answers; other than 200, the site has no pages and needs no templates."""

    def path(self, article: SampleArticle) -> str:
        """Return where on this site ``article`` stands."""
        return self.article.format(slug=article.slug, published=article.published)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A press as loaded: sites in the order of ``sites.toml``, articles by time."""

    sites: tuple[Site, ...]
    articles: tuple[SampleArticle, ...]


def newsroom_folder() -> Path:
    """Return the folder of the sample press: the checkout's when there is one, else the packaged one."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package.parent / "samples" / "newsroom", package / "_samples" / "newsroom"):
        if (folder / "sites.toml").is_file():
            return folder
    raise MetabriefError(f"the sample press is missing beside {package}: install metabrief anew")


def load_press(folder: Path) -> Sample:
    """Read the sites and articles kept in ``folder``; a file that does not fit is a ``MetabriefError``."""
    sites = _sites(folder)
    files = (path for site in sites for path in sorted((folder / "articles" / site.key).glob("*.md")))
    articles = sorted(map(_article, files), key=lambda article: article.published)
    return Sample(sites=sites, articles=tuple(articles))


def _sites(folder: Path) -> tuple[Site, ...]:
    path = folder / "sites.toml"
    with _fitting(path):
        return tuple(_site(folder, table) for table in tomllib.loads(_read(path)).get("site", []))


def _site(folder: Path, table: Mapping[str, Any]) -> Site:
    site = Site(templates=folder / "sites" / str(table.get("key")), **table)
    if site.kind not in KINDS:
        raise ValueError(f"{site.key}: kind {site.kind!r} is none of {', '.join(KINDS)}")
    return site


def _article(path: Path) -> SampleArticle:
    before, fence, rest = _read(path).partition("+++\n")
    front, closing, body = rest.partition("+++\n")
    with _fitting(path):
        paragraphs = tuple(text for part in body.split("\n\n") if (text := part.strip()))
        if before or not fence or not closing or not paragraphs:
            raise ValueError("not a front part between two lines of +++ with a body below")
        labels = tomllib.loads(front)
        return SampleArticle(site=path.parent.name, slug=path.stem, paragraphs=paragraphs, **labels)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MetabriefError(f"{path}: cannot be read ({error}); check the sample press") from error


@contextmanager
def _fitting(path: Path) -> Iterator[None]:
    """Turn whatever a file's keys or values do not fit into one line that names the file."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise MetabriefError(f"{path}: {error}; mend this file of the sample press") from error
