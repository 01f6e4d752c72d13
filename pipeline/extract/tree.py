"""The parsed page: what the other modules of this stage ask of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from pipeline.errors import ExtractionError
from pipeline.text import clean, clean_line

Element = Any
"""An lxml element; lxml brings no types."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_SPACES = re.compile(r"\s+")
_HIDDEN = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "form", "button", "select"})
_LONGEST_META = 2_000
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)


def printable(text: str) -> str:
    """Return HTML without the control characters that parsers refuse."""
    return _CONTROL.sub("", text)


def parse(text: str) -> Element:
    """Parse HTML; raise ExtractionError when nothing comes of it. Nesting beyond libxml2's depth is cut by it."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise ExtractionError(f"no HTML ({clean_line(str(error))[:80]})") from error


def meta(tree: Element, *names: str) -> str | None:
    """Return the content of the first named ``<meta>`` (by property, name or itemprop), in the order of the names."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = clean_line((element.get("content") or "")[:_LONGEST_META])
        if content:
            found.setdefault(key.lower(), content)
    return next((found[name] for name in names if name in found), None)


def texts(element: Element, path: str) -> Iterator[str]:
    """Yield the text of every element at an XPath, each as one clean line."""
    for found in element.xpath(path):
        yield clean_line(found if isinstance(found, str) else found.text_content())


def sample(element: Element) -> str:
    """Return most of an element's visible text, unordered and untidy: enough to tell its script, at a tenth of the cost."""
    return "".join(
        f"{node.text or ''}{node.tail or ''}" for node in element.iter() if node.tag not in _HIDDEN
    )


def paragraphs(element: Element) -> str:
    """Return an element's text, one line a block, without scripts, forms and the like."""
    parts: list[str] = []
    hidden = 0
    for event, node in etree.iterwalk(element, events=("start", "end")):
        starts = event == "start"
        if node.tag in _HIDDEN:
            hidden += 1 if starts else -1
        parts.append("\n" if node.tag in _BLOCKS else "")
        piece = node.text if starts else node.tail if node is not element else None
        if piece and not hidden:
            parts.append(_SPACES.sub(" ", piece))
    return clean("".join(parts))
