"""Who wrote an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.extract.tree import Element, Meta, letters_of, line_of, visible_text
from pipeline.text import han_count

_MOST = 10
_LONGEST, _LONGEST_LINE = 60, 200
_META = ("author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator")
_NAMED = "@rel='author' or @itemprop='author'"
_HOLDS = "contains(@class, 'byline') or contains(@class, 'author-name') or contains(@class, 'article-author')"
_BYLINE = f"//*[@id='author' or {_HOLDS} or (({_NAMED}) and not(ancestor::aside))]"
_IN_BYLINE = (
    f"self::*[@id='author' or (({_NAMED}) and not(ancestor::aside))]"
    f" | self::*[{_HOLDS}]/descendant::a[position() <= 20] | self::*[contains(@class, 'byline')][not(.//a)]"
)
_MOST_BYLINES = 30
_LEADING = re.compile(
    r"^(?:by|von|par|por|written by|作者|记者|文|撰文|編輯|编辑)\s*[:：/丨|]?\s+|^(?:作者|记者|撰文|文)\s*[:：/丨|]\s*",
    re.IGNORECASE,
)
_PARTING = re.compile(r"\s*(?:[,、，;；|]|\band\b|&|\bund\b)\s*")
_CHINESE = re.compile(r"(?:作者|撰文|文)\s?[:：丨|/]\s?([\u4e00-\u9fff·A-Za-z]{2,12})")
_NAME = r"(?:[A-Z][\w.'’-]{0,20} ){1,3}[A-Z][\w'’-]{1,20}"
_SIGNED = re.compile(
    rf"(?:[Pp]osted by|[Ww]ritten by|[Ww]ords|[Tt]ext|[Bb]y):? ({_NAME})(?:,? (?:on|in|at)\b.*|\s?[|·•,].*)?"
    rf"|({_NAME})\s?[|·•]\s?(?:\d{{1,2}}\s)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|\d{{4}}-).*"
)
_NO_NAME = re.compile(
    r"https?:|www\.|@|[<>{}]|\d{3}|^(?:admin|editor|staff|newsroom|none|null|责任编辑|来源)$", re.IGNORECASE
)
_ROLE = re.compile(
    r"\b(?:reporter|correspondent|editor|writer|journalist|columnist|producer|contributor)s?$", re.I
)


def authors_of(tree: Element, meta: Meta, *, said: Iterable[str], site: str | None) -> tuple[str, ...]:
    """Return the authors in the page's order, each once; ``said`` are the JSON-LD's, which win over metadata and byline.

    The site itself counts only when its JSON-LD says so and nobody else is named.
    """
    said = tuple(said)
    named = (_names(lines, site) for lines in _told(tree, meta, said))
    return next(filter(None, named), ()) or _names(said, None)


def _told(tree: Element, meta: Meta, said: tuple[str, ...]) -> Iterator[Iterable[str]]:
    """Yield what may name the authors, the most trustworthy first; later ones are only looked for when needed."""
    yield said
    for name in _META:
        yield filter(None, (meta.first(name),))
    yield _from_byline(tree)
    yield _from_line(tree)


def _from_byline(tree: Element) -> tuple[str, ...]:
    """Return the lines of the first byline; those further down a page are of other articles."""
    bylines = tree.xpath(_BYLINE)[:_MOST_BYLINES]
    named = (element for byline in bylines for element in byline.xpath(_IN_BYLINE))
    found = [(element, line) for element in named if (line := line_of(element))]
    around = found[0][0].getparent() if found else None
    return tuple(
        line for element, line in found if around in element.iterancestors() and len(line) <= _LONGEST_LINE
    )


def _from_line(tree: Element) -> Iterator[str]:
    """Yield the name in a line such as ``作者：…``, ``Posted by … on …`` or ``… · 21 Feb 2022``."""
    text = visible_text(tree)
    signed = (_SIGNED.fullmatch(line) for line in text.split("\n") if len(line) <= _LONGEST_LINE)
    for found in (_CHINESE.search(text), next(filter(None, signed), None)):
        yield from (name for name in (found.groups() if found else ()) if name)


def _names(lines: Iterable[str], site: str | None) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for line in lines:
        for place, part in enumerate(_PARTING.split(_LEADING.sub("", line))):
            name = part.strip(" .:：·-")
            if _is_name(name) and not (place and _ROLE.search(name)) and name.lower() != (site or "").lower():
                found.setdefault(letters_of(name), name)
    return tuple(found.values())[:_MOST]


def _is_name(text: str) -> bool:
    least = 2 if han_count(text) else 3
    return least <= len(text) <= _LONGEST and not _NO_NAME.search(text)
