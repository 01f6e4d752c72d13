"""Extract the article of a page; whatever the bytes are, the answer is an article or a one-line ExtractionError."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import ExtractionError
from pipeline.extract.article import article_text
from pipeline.extract.authors import authors_of
from pipeline.extract.charset import decode
from pipeline.extract.dates import published
from pipeline.extract.foreign import attempt
from pipeline.extract.language import language_of
from pipeline.extract.lines import article_lines, length
from pipeline.extract.structured import Structured, structured
from pipeline.extract.title import title_of
from pipeline.extract.tree import Element, parse, printable, stated
from pipeline.model import Page
from pipeline.text import clean, clean_line

_MOST_CHARACTERS = 3_000_000
_MOST_ELEMENTS = 60_000
"""Elements of a page that are looked at; long real articles have under 10,000, and the extractors slow down beyond."""
_ENOUGH = 100
"""Letters of an article, counted as ``lines.length`` does; a shorter find is kept only if nothing finds more."""
_LEAST = 60
_LONGEST = 200_000
"""Characters kept of an article: a small book; what is longer is a page gone wrong."""
_LONGEST_TITLE = 500
_LETTER_SHARE = 0.4
_LEAST_SENTENCE = 20
_SENTENCE_END = re.compile(r"[.!?…。！？．｡؟۔।။።։។།]|(?<=[\u0e00-\u0eff])\s")
"""The marks of the world's scripts; in Thai and Lao a blank ends a sentence."""
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd]")


@dataclass(frozen=True, kw_only=True)
class Extracted:
    """What a page says."""

    title: str
    text: str
    """Paragraphs parted by newlines, no markup; never empty."""
    published: str | None
    """ISO 8601 with the page's own offset, without one if the page gives none, a date alone if that is all there is."""
    published_at: datetime | None
    """The same in UTC."""
    authors: tuple[str, ...]
    site: str | None
    language: str


def extract(page: Page, source_language: str | None = None) -> Extracted:
    """Return the page's article; raise ExtractionError when it holds none.

    ``source_language`` helps where the text itself does not tell.
    """
    try:
        return _extracted(page, source_language)
    except ExtractionError as error:
        raise ExtractionError(f"{page.url or 'page'}: {error}") from error


def _extracted(page: Page, source_language: str | None) -> Extracted:
    html = _readable(page)
    tree = parse(html)
    _require_size(tree)
    said = structured(tree)
    meta = stated(tree)
    site = meta.first("og:site_name", "application-name", "al:android:app_name") or said.publisher
    title = title_of(tree, meta, headline=said.headline, site=site)
    text = _text(tree, said, title=title)
    language = language_of(text, declared=tree.get("lang") or source_language)
    when = published(
        tree, meta, said=said.published, url=page.final_url, language=language, fetched_at=page.fetched_at
    )
    return Extracted(
        title=clean_line(title)[:_LONGEST_TITLE],
        text=text,
        published=when.text if when else None,
        published_at=when.moment if when else None,
        authors=authors_of(tree, meta, said=said.authors, site=site),
        site=site,
        language=language,
    )


def _readable(page: Page) -> str:
    html = decode(page.body, page.content_type)[:_MOST_CHARACTERS]
    if not html.strip():
        raise ExtractionError("the page is empty")
    beginning = html[:20_000]
    if beginning.startswith("%PDF-") or len(_NO_TEXT.findall(beginning)) > 0.05 * len(beginning):
        raise ExtractionError("the bytes are no text")
    return printable(html)


def _require_size(tree: Element) -> None:
    if tree.xpath("count(//*)") > _MOST_ELEMENTS:
        raise ExtractionError(f"the page has over {_MOST_ELEMENTS} elements, more than an article's")


def _text(tree: Element, said: Structured, *, title: str) -> str:
    """Return the first text long enough, else the longest; each way is only tried when those before found too little."""
    ways: tuple[Callable[[], str], ...] = (
        lambda: article_text(tree, title=title),
        lambda: _by_trafilatura(tree),
        lambda: said.body or "",
    )
    best = ""
    for find in ways:
        text = article_lines(clean(find()[:_LONGEST]), title=title)
        if length(text) >= _ENOUGH and _is_writing(text):
            return text
        best = max(best, text, key=length)
    if length(best) < _LEAST or not _is_writing(best):
        raise ExtractionError("no article text found")
    return best


def _is_writing(text: str) -> bool:
    """Tell whether a text holds a sentence, and letters (with the marks that many scripts write vowels by) more than signs."""
    beginning = text[:5_000]
    letters = sum(unicodedata.category(character)[0] in "LM" for character in beginning)
    return letters >= _LETTER_SHARE * len(beginning) and _holds_a_sentence(text)


def _holds_a_sentence(text: str) -> bool:
    ended = _SENTENCE_END.split(text)[:-1]
    return any(length(part.rpartition("\n")[2]) >= _LEAST_SENTENCE for part in ended)


def _by_trafilatura(tree: Element) -> str:
    import trafilatura  # slow to load, and few pages need it

    found = attempt(
        tree,
        lambda page: trafilatura.bare_extraction(page, include_comments=False, with_metadata=False),
        otherwise=None,
    )
    return getattr(found, "text", None) or ""
