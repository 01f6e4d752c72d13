"""The parsed page: what the other modules of this stage ask of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from pipeline.errors import ExtractionError
from pipeline.text import clean_line

Element = Any
"""An lxml element; lxml brings no types."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{20000,}>")
"""Tags with a picture inside, or with ten thousand attributes, on which parsers spend minutes."""
_ENTITIES = re.compile(r"<!doctype[^<>\[]{0,500}\[[^\[\]]{0,100000}\]\s*>", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
SILENT = frozenset((
    "audio", "button", "canvas", "dialog", "head", "iframe", "input", "map", "math", "noscript", "object", "option", "picture",
    "script", "select", "style", "svg", "template", "textarea", "video",
))  # fmt: skip
"""Elements whose text is no text of the page."""
INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr",
))  # fmt: skip
"""Elements that stand within a line."""
_WITHIN = INLINE - {"br"}
_LONGEST_META, _LONGEST_LINE = 1_000, 2_000
_MOST_FOUND = 30


def printable(text: str) -> str:
    """Return HTML without what no parser should be given: control characters, giant tags, entities of a page's own."""
    return _CONTROL.sub("", _LONG_TAG.sub("", _ENTITIES.sub("", text)))


def parse(text: str) -> Element:
    """Parse HTML; raise ExtractionError when nothing comes of it. Nesting beyond libxml2's depth is cut by it."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise ExtractionError(f"no HTML ({clean_line(str(error))[:80]})") from error


@dataclass(frozen=True, kw_only=True)
class Meta:
    """What a page's ``<meta>`` elements state, by property, name or itemprop in lower case; the first of a name counts."""

    content: Mapping[str, str]

    def first(self, *names: str) -> str | None:
        """Return the content of the first of these names that the page states."""
        return next((self.content[name] for name in names if name in self.content), None)


def stated(tree: Element) -> Meta:
    """Read the page's ``<meta>`` elements, the empty ones left out."""
    content: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        line = clean_line((element.get("content") or "")[:_LONGEST_META])
        if name and line:
            content.setdefault(name, line)
    return Meta(content=content)


def texts(element: Element, path: str) -> Iterator[str]:
    """Yield the texts of the first elements at an XPath, as ``line_of`` gives them.

    Nested elements each hold the whole text again, so that neither their number nor their length may be the page's.
    A ``|`` or a ``//`` after a predicate in the path would take libxml2 the square of what it finds.
    """
    return map(line_of, element.xpath(path)[:_MOST_FOUND])


def line_of(element: Element) -> str:
    """Return the beginning of an element's text as one clean line."""
    return clean_line(element.text_content()[:_LONGEST_LINE])


def visible_text(tree: Element) -> str:
    """Return all text of a page's body, one line a block, without scripts and the like."""
    pieces: list[str] = []
    walker = etree.iterwalk(body_of(tree), events=("start", "end"))
    for event, element in walker:
        is_silent = element.tag in SILENT
        if event == "start" and is_silent:
            walker.skip_subtree()
        edge = "" if is_silent or element.tag in _WITHIN else "\n"
        text = element.tail if event == "end" else "" if is_silent else element.text
        pieces.append(edge + _SPACES.sub(" ", text or ""))
    return "\n".join(line for piece in "".join(pieces).split("\n") if (line := piece.strip()))


def body_of(tree: Element) -> Element:
    """Return the page's body, the whole when it has none."""
    body = tree.find("body")
    return tree if body is None else body


def letters_of(text: str) -> str:
    """Return the letters and digits alone, in lower case, for comparing lines whatever their quotes and spaces."""
    return "".join(filter(str.isalnum, text.lower()))
