"""An HTML mail taken apart for the lint: what a reader sees, and every address a client would follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree, html

_INVISIBLE_TAGS = {"head", "script", "style", "template", "noscript", "title"}
_READ_TAGS = {"a", "style", "title"}
_BLOCK_TAGS = {
    "p",
    "div",
    "td",
    "th",
    "tr",
    "table",
    "li",
    "ul",
    "ol",
    "br",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "footer",
    "header",
    "article",
    "address",
    "center",
    "blockquote",
    "hr",
}
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_FADING = re.compile(r"opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Element:
    """An element by its lower-case tag, with its attributes and the text in it."""

    tag: str
    attributes: dict[str, str]
    text: str
    line: int
    is_hidden: bool

    def get(self, name: str) -> str:
        """Return an attribute's trimmed value, ``""`` when there is none."""
        return self.attributes.get(name, "").strip()


@dataclass(frozen=True, kw_only=True)
class Anatomy:
    """The parts of a mail, in the order of the document."""

    elements: tuple[Element, ...]
    visible: str
    """What a reader sees, one block a line."""

    def named(self, *tags: str) -> Iterator[Element]:
        """Yield the elements with one of these tags."""
        return (element for element in self.elements if element.tag in tags)

    @property
    def styles(self) -> Iterator[tuple[str, int]]:
        """Yield every piece of CSS with its line: style elements and style attributes."""
        for element in self.elements:
            if element.tag == "style":
                yield element.text, element.line
            if element.get("style"):
                yield element.get("style"), element.line


def take_apart(source: str) -> Anatomy | None:
    """Read HTML as forgivingly as a mail client does; ``None`` when there is nothing in it to read."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(source.replace("\x00", "").encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    nodes = [node for node in root.iter() if isinstance(node.tag, str)]
    hidden = _hidden(nodes)
    return Anatomy(
        elements=tuple(_element(node, is_hidden=node in hidden) for node in nodes),
        visible="\n".join(
            " ".join(line.split()) for line in _visible(root, hidden).splitlines() if line.strip()
        ),
    )


def _hidden(nodes: list[etree._Element]) -> set[etree._Element]:
    """Find what no reader sees; parents come before their children."""
    hidden: set[etree._Element] = set()
    for node in nodes:
        if node.tag in _INVISIBLE_TAGS or node.getparent() in hidden or _hides(node):
            hidden.add(node)
    return hidden


def _hides(node: etree._Element) -> bool:
    style = node.get("style", "")
    return "hidden" in node.attrib or bool(style and (_HIDING.search(style) or _FADING.search(style)))


def _element(node: etree._Element, *, is_hidden: bool) -> Element:
    return Element(
        tag=node.tag,
        attributes=dict(node.attrib),
        text=_words(node) if node.tag in _READ_TAGS else "",
        line=node.sourceline or 0,
        is_hidden=is_hidden,
    )


def _words(node: etree._Element) -> str:
    """Return the text in an element, images standing for what they say instead."""
    described = (image.get("alt", "") for image in node.iter("img"))
    return " ".join("".join((*map(str, node.itertext()), *described)).split())


def _visible(root: etree._Element, hidden: set[etree._Element]) -> str:
    pieces: list[str] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if node.tag in _BLOCK_TAGS:
            pieces.append("\n")
        if event == "start" and node not in hidden:
            pieces.append(node.text or "")
        if event == "end" and node.getparent() is not None and node.getparent() not in hidden:
            pieces.append(node.tail or "")
    return "".join(pieces)
