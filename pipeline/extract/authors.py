"""Who wrote an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.extract.tree import Element, meta, texts
from pipeline.text import han_count

_MOST = 10
_LONGEST = 60
_BYLINE = (
    "//*[@rel='author' or @itemprop='author'][not(ancestor::aside)]"
    " | //*[contains(@class, 'byline') or contains(@class, 'author-name') or contains(@class, 'article-author')]//a"
)
_LEADING = re.compile(
    r"^(?:by|von|par|por|written by|作者|记者|文|撰文|編輯|编辑)\s*[:：/丨|]?\s+|^(?:作者|记者|撰文|文)\s*[:：/丨|]\s*",
    re.IGNORECASE,
)
_PARTING = re.compile(r"\s*(?:[,、，;；|]|\band\b|&|\bund\b)\s*")
_CHINESE = re.compile(r"(?:作者|撰文|文)\s?[:：丨|/]\s?([\u4e00-\u9fff·A-Za-z]{2,12})")
_NO_NAME = re.compile(
    r"https?:|www\.|@|[<>{}]|\d{3}|^(?:admin|editor|staff|newsroom|none|null|责任编辑|来源)$", re.IGNORECASE
)


def authors_of(tree: Element, *, said: Iterable[str], site: str | None) -> tuple[str, ...]:
    """Return the authors in the page's order, each once; ``said`` are the JSON-LD's, which win over metadata and byline."""
    for stated in (said, _from_meta(tree), texts(tree, _BYLINE), _from_line(tree)):
        names = tuple(dict.fromkeys(name for line in stated for name in _names(line, site)))[:_MOST]
        if names:
            return names
    return ()


def _from_meta(tree: Element) -> Iterator[str]:
    for names in (("author", "article:author", "byl"), ("parsely-author", "sailthru.author", "dc.creator")):
        stated = meta(tree, *names)
        if stated:
            yield stated


def _from_line(tree: Element) -> Iterator[str]:
    """Yield the name in a Chinese page's line ``作者：…``."""
    body = tree.find("body")
    found = _CHINESE.search((body if body is not None else tree).text_content())
    if found is not None:
        yield found[1]


def _names(line: str, site: str | None) -> Iterator[str]:
    for part in _PARTING.split(_LEADING.sub("", line)):
        name = part.strip(" .:：·-")
        is_site = site is not None and name.lower() == site.lower()
        if (
            2 <= len(name) <= _LONGEST
            and not is_site
            and not _NO_NAME.search(name)
            and (han_count(name) or len(name) > 2)
        ):
            yield name
