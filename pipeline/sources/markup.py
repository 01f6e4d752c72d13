"""Texts in feeds: plain, escaped or marked up, and nobody says which."""

from __future__ import annotations

import html
import re

from pipeline.text import clean_line

_TAG = re.compile(r"<(?:[a-zA-Z/][^<>]{0,2000}|!--.{0,2000}?--|!\[CDATA\[|\?[^<>]{0,200})>|\]\]>", re.DOTALL)
_SILENT = re.compile(r"<(script|style)\b.{0,20000}?</\1\s{0,9}>", re.DOTALL | re.IGNORECASE)
_MOST = 20_000
"""Characters of a text that are looked at: more than any title or summary needs."""


def plain(text: str) -> str:
    """Return a feed's text as one clean line: markup stripped, entities decoded, even when escaped twice."""
    text = text[:_MOST]
    for _ in range(2):
        text = html.unescape(_TAG.sub(" ", _SILENT.sub(" ", text)))
    return clean_line(_TAG.sub(" ", text))
