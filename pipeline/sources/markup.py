"""Texts in feeds: plain, escaped or marked up, and nobody says which."""

from __future__ import annotations

import html
import re

from pipeline.text import clean_line

_TAG = re.compile(r"<(?:[a-zA-Z/][^<>]{0,2000}|!\[CDATA\[|\?[^<>]{0,200})>|\]\]>")
_SILENT = (
    (re.compile(r"<script\b", re.IGNORECASE), re.compile(r"</script\s{0,9}>", re.IGNORECASE)),
    (re.compile(r"<style\b", re.IGNORECASE), re.compile(r"</style\s{0,9}>", re.IGNORECASE)),
    (re.compile(r"<!--"), re.compile(r"-->")),
)
"""What shows nothing of its content: how it begins, how it ends."""
_MOST = 20_000
"""Characters of a text that are looked at: more than any title or summary needs."""


def plain(text: str) -> str:
    """Return a feed's text as one clean line: markup stripped, entities decoded, even when escaped twice."""
    text = text[:_MOST]
    for _ in range(2):
        text = html.unescape(_stripped(text))
    return clean_line(_TAG.sub(" ", text))


def _stripped(text: str) -> str:
    for begin, end in _SILENT:
        text = _cut(text, begin, end)
    return _TAG.sub(" ", text)


def _cut(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> str:
    """Leave out each stretch from a beginning to its end; nothing is looked at twice, and what never ends stays."""
    kept, at = [], 0
    while (first := begin.search(text, at)) and (last := end.search(text, first.end())):
        kept.append(text[at : first.start()])
        at = last.end()
    return " ".join((*kept, text[at:]))
