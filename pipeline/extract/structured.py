"""What a page says of itself in JSON-LD (schema.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from pipeline.extract.tree import Element
from pipeline.text import clean_line

_MOST_BLOCKS = 20
_MOST_CHARACTERS = 1_000_000
_DEPTH = 6
_MOST_NAMES = 30
_LONGEST_VALUE, _LONGEST_LINE = 2_000, 500
_LINE_BREAKS = re.compile(r"[\r\n\t]+")
_TAG = re.compile(r"<[a-zA-Z/][^<>]{0,500}>")


@dataclass(frozen=True, kw_only=True)
class Structured:
    """The article as the page's JSON-LD describes it; what it leaves out is None or empty."""

    headline: str | None = None
    published: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    body: str | None = None


def structured(tree: Element) -> Structured:
    """Read the first article in the page's JSON-LD; broken or absent data gives an empty answer."""
    best: dict[str, Any] = {}
    for thing in _things(tree):
        if _is_article(thing) and len(thing) > len(best):
            best = thing
    return Structured(
        headline=_line(best.get("headline") or best.get("name")),
        published=_line(best.get("datePublished") or best.get("dateCreated")),
        authors=tuple(dict.fromkeys(_names(best.get("author") or best.get("creator")))),
        publisher=next(_names(best.get("publisher")), None),
        body=_body(best.get("articleBody")),
    )


def _things(tree: Element) -> Iterator[dict[str, Any]]:
    scripts = tree.xpath('//script[contains(translate(@type, "LDJSON", "ldjson"), "ld+json")]')
    for script in scripts[:_MOST_BLOCKS]:
        yield from _walk(_loaded(script.text or ""), _DEPTH)


def _loaded(text: str) -> Any:
    """Parse one block; raw line breaks inside strings, common in hand-made pages, are forgiven."""
    text = _LINE_BREAKS.sub(" ", text[:_MOST_CHARACTERS]).strip().rstrip(";")
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _walk(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Yield every object, outer before inner, down to a depth no honest page exceeds."""
    if depth == 0:
        return
    if isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart"):
            yield from _walk(value.get(key), depth - 1)
    elif isinstance(value, list):
        for inner in value[:100]:
            yield from _walk(inner, depth - 1)


def _is_article(thing: dict[str, Any]) -> bool:
    kinds = thing.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return any(
        isinstance(kind, str) and kind.endswith(("Article", "BlogPosting", "Report")) for kind in named
    )


def _names(value: Any) -> Iterator[str]:
    for one in value[:_MOST_NAMES] if isinstance(value, list) else [value]:
        name = _line(one.get("name") if isinstance(one, dict) else one)
        if name:
            yield name


def _line(value: Any) -> str | None:
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, str):
        return None
    return clean_line(_TAG.sub("", unescape(value[:_LONGEST_VALUE])))[:_LONGEST_LINE] or None


def _body(value: Any) -> str | None:
    return _TAG.sub("\n", unescape(value)) if isinstance(value, str) else None
