"""Who wrote an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.extract.credits import credited
from pipeline.extract.dates import MONTHS
from pipeline.extract.tree import Element, Meta, letters_of, line_of, visible_text
from pipeline.imprint import after_printed_date
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
_MONTH = "|".join(map(str.capitalize, MONTHS))
_CAPITAL = rf"(?!(?:{_MONTH})[a-z]{{0,6}}\.? \d)[A-Z]"
_NAME = rf"(?:{_CAPITAL}[\w.'’-]{{0,20}} ){{1,3}}{_CAPITAL}[\w'’-]{{1,20}}"
_NAMES = rf"{_NAME}(?:(?:,|,? and| &) {_NAME}){{0,5}}"
_SIGNED = re.compile(
    rf"(?:[Pp]osted by|[Ww]ritten by|[Ww]ords|[Tt]ext|[Bb]y|BY):? ({_NAMES})(?:,? (?:on|in|at)\b.*|\s?[|·•,].*|\s(?:\d|{_MONTH}).*)?"
    rf"|({_NAMES})\s?[|·•]\s?(?:\d{{1,2}}\s)?(?:{_MONTH}|\d{{4}}-).*"
)
_DATED_BY = re.compile(rf"[^\w]{{0,3}}(?:[a-z]{{3,12}} )?by ({_NAMES})\W?")
"""What follows the date in a line such as ``21 February 2022, filed by …``."""
_DATE = re.compile(rf"(?:\b\d{{1,2}} )?\b(?:{_MONTH})[a-z]{{0,6}}\.? \d.*|(?:^|\s)\d{{1,4}}[-:/.年].*")
_PLACE = "//*[@class='name' or @class='who' or @class='writer' or @class='reporter' or @class='nickname' or @class='username']"
_HEADINGS = ("h1", "h2")
_NO_NAME = re.compile(
    r"https?:|www\.|@|[<>{}]|\d{3}|^(?:admin|editor|staff|newsroom|none|null|责任编辑|来源)$", re.IGNORECASE
)
_ROLE = re.compile(
    r"\b(?:reporter|correspondent|editor|writer|journalist|columnist|producer|contributor)s?$", re.I
)


def authors_of(tree: Element, meta: Meta, *, said: Iterable[str], site: str | None) -> tuple[str, ...]:
    """Return the authors in the page's order, each once; ``said`` are the JSON-LD's, which win over metadata and byline.

    The site itself counts only when its JSON-LD or byline says so and nobody else is named.
    """
    said = tuple(said)
    named = (_names(lines, site) for lines in _told(tree, meta, said))
    return next(filter(None, named), ()) or _names(said, None) or _names(_from_byline(tree), None)


def _told(tree: Element, meta: Meta, said: tuple[str, ...]) -> Iterator[Iterable[str]]:
    """Yield what may name the authors, the most trustworthy first; later ones are only looked for when needed."""
    yield said
    for name in _META:
        yield filter(None, (meta.first(name),))
    yield _from_byline(tree)
    yield _under_heading(tree)
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


def _under_heading(tree: Element) -> Iterator[str]:
    """Yield what stands in a place for names, next to a date, in what follows a heading; others are of comments."""
    for element in tree.xpath(_PLACE)[:_MOST_BYLINES]:
        around, beside = element.getparent(), element.getnext()
        above = around.getprevious() if around is not None else None
        if above is not None and above.tag in _HEADINGS and beside is not None and _is_dated(beside):
            yield line_of(element)
            return


def _is_dated(element: Element) -> bool:
    named = element.get("class", "")
    return element.tag == "time" or "time" in named or "date" in named


def _from_line(tree: Element) -> Iterator[str]:
    """Yield the names in a line such as ``作者：…``, ``Posted by … on …``, ``… · 21 Feb 2022`` or ``（记者 …）``."""
    text = visible_text(tree)
    lines = [line for line in text.split("\n") if len(line) <= _LONGEST_LINE]
    for found in (_CHINESE.search(text), next(filter(None, map(_signed, lines)), None)):
        yield from (name for name in (found.groups() if found else ()) if name)
    yield from credited(text)


def _signed(line: str) -> re.Match[str] | None:
    rest = after_printed_date(line)
    return _SIGNED.fullmatch(line) or (_DATED_BY.fullmatch(rest) if rest != line else None)


def _names(lines: Iterable[str], site: str | None) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for line in lines:
        for place, part in enumerate(_PARTING.split(_LEADING.sub("", line))):
            name = _DATE.sub("", part).strip(" .:：·-")
            if _is_name(name) and not (place and _ROLE.search(name)) and name.lower() != (site or "").lower():
                found.setdefault(letters_of(name), name)
    return tuple(found.values())[:_MOST]


def _is_name(text: str) -> bool:
    least = 2 if han_count(text) else 3
    return least <= len(text) <= _LONGEST and not _NO_NAME.search(text)
