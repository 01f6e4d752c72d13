"""The sample press as data: invented sites and their articles, each with the labels a judge of it should find.

``sites.toml`` says who publishes, in which form and with which quirks; ``articles/<site>/<slug>.md`` holds one
article with its labels above it, or the label ``same_as`` and no text when it copies another's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
    "rdf": Kind(template="feed.xml.j2", media_type="application/rdf+xml; charset=utf-8", source_key="feed"),
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
    """When it came out: aware, with the site's own offset."""
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
    advertisement: bool = False
    """Whether it sells something while it looks like news."""
    kind: str | None = None
    """The hard case it stands for, in a word: ``near-miss``, ``injection``, ``wire-copy``."""
    printed_date: str | None = None
    """What list and page print in place of ``published``; it may be a day that never was."""
    html: str = ""
    """Raw HTML that the page has after the first paragraph; none of it is text of the article."""
    same_as: str | None = None
    """``site/slug`` of the article whose text this one has, word for word."""
    paragraphs: tuple[str, ...]

    @property
    def lead(self) -> str:
        """Return the first paragraph."""
        return self.paragraphs[0]

    @property
    def place(self) -> str:
        """Return ``site/slug``, by which others name it."""
        return f"{self.site}/{self.slug}"

    @property
    def stamp(self) -> str:
        """Return the printed date as machines write it: ISO 8601 unless the article prints something else."""
        return self.printed_date or self.published.isoformat()

    def dated(self, pattern: str) -> str:
        """Return the printed date as people write it; ``pattern`` says how ``published`` looks."""
        return self.printed_date or pattern.format(published=self.published)


@dataclass(frozen=True, kw_only=True)
class Site:
    """An invented news site; ``article`` and ``article_at`` are patterns over an article's ``slug`` and ``published``."""

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
    index_at: str | None = None
    """Where the list really stands, when ``index`` has moved for good."""
    article_at: str | None = None
    """Where an article really stands, when its listed address leads on there."""
    robots: str = "Allow: /"
    """What its robots.txt says to everyone."""
    charset: str = "utf-8"
    """What its bytes are in, whatever the headers say: a list claims UTF-8, a page ``page_type``."""
    page_type: str = HTML
    delay_seconds: float = 0.0
    """How long each answer takes."""
    shown_paragraphs: int | None = None
    """How much of an article a page shows to those who have not paid; None shows all."""

    def path(self, article: SampleArticle) -> str:
        """Return the address on this site under which ``article`` is listed."""
        return self.article.format(slug=article.slug, published=article.published)

    def final_path(self, article: SampleArticle) -> str:
        """Return where on this site ``article`` stands once redirects are followed."""
        return (self.article_at or self.article).format(slug=article.slug, published=article.published)

    def shown(self, article: SampleArticle) -> tuple[str, ...]:
        """Return the paragraphs of ``article`` that its page shows."""
        return article.paragraphs[: self.shown_paragraphs]


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
    articles = _with_copied_text(folder, tuple(map(_article, files)))
    return Sample(sites=sites, articles=tuple(sorted(articles, key=lambda article: article.published)))


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
        if before or not fence or not closing:
            raise ValueError("not a front part between two lines of +++ with a body below")
        labels = tomllib.loads(front)
        if bool(paragraphs) == ("same_as" in labels):
            raise ValueError("it needs either a body below the front part or same_as in it")
        return SampleArticle(site=path.parent.name, slug=path.stem, paragraphs=paragraphs, **labels)


def _with_copied_text(folder: Path, articles: Iterable[SampleArticle]) -> Iterator[SampleArticle]:
    """Give each copy the text of its original, which has to have one of its own."""
    written = {article.place: article.paragraphs for article in articles if article.same_as is None}
    for article in articles:
        if article.same_as is None:
            yield article
            continue
        with _fitting(folder / "articles" / f"{article.place}.md"):
            if article.same_as not in written:
                raise ValueError(f"same_as: no article {article.same_as!r} has a text of its own")
        yield replace(article, paragraphs=written[article.same_as])


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
