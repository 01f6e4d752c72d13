"""Texts as they are compared: without what one and the same words may be written with or without."""

from __future__ import annotations

import re

_BROKEN = re.compile(r"(?<![\d,.])\d{1,3}(?:, \d{3})+(?!\d)")
"""A number that came apart behind its commas: 3, 700."""
_SPAN = re.compile(r"\b((?:19|20)\d\d) ?(?:-|–|—|/)+ ?(\d\d)\b")
"""Years as in 2007–11."""
_GENITIVE = re.compile(r"['’]s\b")
_NOT_LATIN = re.compile(r"[^a-z0-9\u00e0-\u024f]+")
_QUOTES = re.compile(r"[“”「」『』\"`]|''")
_SPACE = re.compile(r"\s+")
_WITHIN = re.compile(r"(?<=[a-z])['’](?=[a-z])")
"""The apostrophe of Xi'an."""


def read_out(text: str) -> str:
    """Return a text with its broken numbers joined, and years written out in full."""
    joined = _BROKEN.sub(lambda broken: broken[0].replace(" ", ""), text)
    return _SPAN.sub(lambda span: f"{span[1]}–{span[1][:2]}{span[2]}", joined)


def fold(text: str) -> str:
    """Return a text in lower case without quotation marks and spaces."""
    return _SPACE.sub("", _QUOTES.sub("", text).replace("’", "'")).lower()


def bare(word: str) -> str:
    """Return a Latin word in lower case without its genitive and the signs behind it."""
    return word.lower().replace("’", "'").removesuffix("'s").rstrip(".,'-&")


def spaced_out(text: str) -> str:
    """Return a text in lower case with a space around each Latin word."""
    return f" {_NOT_LATIN.sub(' ', _WITHIN.sub('', _GENITIVE.sub('', text.lower())))} "
