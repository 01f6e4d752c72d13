"""What names the beat and yet is no news of it: tables of share prices, and columns told in the first person."""

from __future__ import annotations

import re

from pipeline.text import QUOTED, word_count

SHARE_MOVES = 6
"""Fewest price moves that make a table …"""
WORDS_A_MOVE = 40
"""… when there is one at least every so many words."""
SELF = 4
"""Fewest times a column says I, and once in its first words …"""
WORDS_A_SELF = 90
"""… and at least once in so many words; one whose title says I needs one more."""
FIRST_CHARACTERS = 200
_MOVE = re.compile(
    r"(?:[涨跌升降挫扬]|\b(?:up|down|gain(?:s|ed)?|los[et]s?|rose|fell|add(?:s|ed)|shed)\b)[^\d\n，,。;；]{0,12}\d+(?:\.\d+)?\s?(?:[%％]|percent\b|per cent\b)",
    re.IGNORECASE,
)
_SELF = re.compile(
    r"(?<![自忘唯])我(?![国國们們省市县縣区區校院司方军軍])|\b(?:I|I['’](?:m|ve|d|ll)|my|me)\b"
)


def other_genre(title: str, text: str) -> str:
    """Return what kind of text it is when it is no news, in words; empty for news. Quotations do not count."""
    told, title = QUOTED.sub(" ", text), QUOTED.sub(" ", title)
    words = word_count(told)
    moves = len(_MOVE.findall(told))
    if moves >= SHARE_MOVES and words <= moves * WORDS_A_MOVE:
        return f"a table of prices ({moves} moves)"
    selves = len(_SELF.findall(told))
    opens = _SELF.search(told[:FIRST_CHARACTERS]) and selves >= SELF and words <= selves * WORDS_A_SELF
    if selves and (opens or _SELF.search(title)):
        return f"a column in the first person ({selves} times)"
    return ""
