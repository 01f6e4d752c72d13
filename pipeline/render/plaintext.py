"""The text part: columns as a terminal counts them, lines that break where a Chinese reader expects it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

WIDTH = 78
"""Columns of a line (RFC 5322, 2.1.1); an East Asian wide character takes two."""

_WIDE = r"\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd"
_NOT_FIRST = "，。、；：？！）》〉」』】〕…—·”’％,.;:?!)]}%"
_NOT_LAST = "（《〈「『【〔“‘([{"
_LINK = re.compile(r"https?://|mailto:|\ue000")
_BREAKABLE = re.compile(
    rf"[{re.escape(_NOT_LAST)}]*(?:[{_WIDE}]|[^\s{_WIDE}{re.escape(_NOT_LAST)}]+)[{re.escape(_NOT_FIRST)}]*|[{re.escape(_NOT_LAST)}]+"
)


def columns(text: str) -> int:
    """Count the columns of one line: wide and full-width characters take two, combining ones none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def wrap(text: str, indent: str = "", *, first: str | None = None, width: int = WIDTH) -> str:
    """Break text into lines of at most ``width`` columns led by ``indent``; its own line breaks stay.

    ``first`` leads the first line instead and is as wide as ``indent``. A link or a field is never cut;
    another word that fills more than a line is.
    """
    room = width - columns(indent)
    lines = [line for paragraph in text.split("\n") for line in _lines(paragraph, room)]
    leads = [indent if first is None else first] + [indent] * (len(lines) - 1)
    return "\n".join(lead + line for lead, line in zip(leads, lines, strict=True))


def underlined(text: str) -> str:
    """Return a heading with a rule beneath it."""
    return f"{text}\n{'-' * columns(text)}"


def tidy(text: str) -> str:
    """Return a set text part with no trailing spaces, at most one blank line in a row, one newline at the end."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _lines(paragraph: str, room: int) -> Iterator[str]:
    line, taken = "", 0
    for piece in _pieces(paragraph, room):
        wide = columns(piece)
        if line and taken + wide - piece.endswith(" ") > room:
            yield line.rstrip()
            line, taken = "", 0
        line, taken = line + piece, taken + wide
    yield line.rstrip()


def _pieces(paragraph: str, room: int) -> Iterator[str]:
    """Yield what must stay together, the space after it included."""
    for word in paragraph.split():
        is_whole = (word.isascii() and len(word) <= room) or _LINK.search(word)
        units = [word] if is_whole else [cut for unit in _units(word) for cut in _cut(unit, room)]
        yield from units[:-1]
        yield units[-1] + " "


def _units(word: str) -> list[str]:
    """Part a word before and after each wide character, but never before closing or after opening marks."""
    return _BREAKABLE.findall(word) or [word]


def _cut(unit: str, room: int) -> Iterator[str]:
    piece, taken = "", 0
    for character in unit:
        if taken + _columns(character) > room:
            yield piece
            piece, taken = "", 0
        piece, taken = piece + character, taken + _columns(character)
    yield piece
