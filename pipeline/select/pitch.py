"""How a text speaks to its reader as a buyer: the phrases of ``promotion.toml`` and ``advice.toml``, and where they are meant.

What a text quotes, denies or warns of, it does not say itself. A phrase may be put together from ``parts``, by {name}.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.text import QUOTED, simplified

_FILES = tuple(Path(__file__).with_name(name) for name in ("promotion.toml", "advice.toml"))
_ALSO = {"call": ("urge",), "gain": ("promise",), "advice": ("urge", "target", "promise")}
"""What is a kind, beside the phrases called so."""
_PART = re.compile(r"\{([a-z]+)\}")
_DENIAL_CHARACTERS = 40
"""Before a phrase, in which it may be denied."""
_SENTENCE = re.compile(r"[^。！？!?\n]+?(?:[。！？!?\n]|\.\s|$)")


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """All phrases of a kind; those in Latin letters stand for whole words, and Chinese ones for both scripts."""

    latin: re.Pattern[str]
    han: re.Pattern[str]

    def find(self, text: str) -> re.Match[str] | None:
        """Find the first of them; a script that a text does not have is not looked for."""
        latin = self.latin.search(text)
        han = self.han.search(simplified(text)) if not text.isascii() else None
        return min((each for each in (latin, han) if each), key=lambda each: each.start(), default=None)

    def match_whole(self, text: str) -> bool:
        """Say whether a text is one of them and nothing else."""
        return bool(self.latin.fullmatch(text) or self.han.fullmatch(simplified(text)))


@cache
def phrases(kind: str) -> Phrases:
    """Return the phrases of a kind."""
    tables = _tables()
    rows = [tables[name] for name in (kind, *_ALSO.get(kind, ())) if name in tables]
    latin, han = (_any_of(each for row in rows for each in row[language]) for language in ("en", "zh"))
    return Phrases(
        latin=re.compile(rf"(?<!\w)(?:{latin})(?!\w)", re.IGNORECASE), han=re.compile(han, re.IGNORECASE)
    )


def first_said(kind: str, text: str) -> str:
    """Return the first phrase of a kind that a text says itself: not in quotation marks, and not after a warning in its sentence."""
    told = QUOTED.sub(lambda match: " " * len(match.group()), text)
    wanted = phrases(kind)
    for sentence in _SENTENCE.finditer(told) if wanted.find(told) else ():
        found = wanted.find(sentence.group())
        if found and not _is_disowned(sentence.group()[: found.start()]):
            start = sentence.start()
            return text[start + found.start() : start + found.end()]
    return ""


def _is_disowned(before: str) -> bool:
    """Say whether what stands before a phrase in its sentence warns of it, or ends in telling not to."""
    last_words = before[-_DENIAL_CHARACTERS:]
    return bool(phrases("warning").find(before) or phrases("denial").find(last_words))


def _any_of(rows: Iterable[str]) -> str:
    return "|".join(f"(?:{each})" for each in rows)


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    tables = {k: v for file in _FILES for k, v in tomllib.loads(file.read_text(encoding="utf-8")).items()}
    parts = tables.pop("parts")
    return {
        kind: {language: [_whole(each, parts) for each in rows] for language, rows in table.items()}
        for kind, table in tables.items()
    }


def _whole(phrase: str, parts: dict[str, str]) -> str:
    """Put a phrase together; a part may be made of others."""
    while _PART.search(phrase):
        phrase = _PART.sub(lambda match: parts[match[1]], phrase)
    return phrase
