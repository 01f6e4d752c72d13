"""What a sentence tells of, in words that both languages share: which act or thing, denied or not, planned or done."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from pipeline.summarise.stance import TOKEN, Mode, han_turn, stance, stem

_FILE = Path(__file__).with_name("acts.toml")
_HAN_CLAUSE = re.compile(r"[^，。；！？：、,;:!?\n]+")


@dataclass(frozen=True, kw_only=True)
class Act:
    """An act, or a thing, that a text tells of."""

    family: str
    side: int
    """1 when the text says it, -1 when it denies it or tells its opposite."""
    mode: Mode
    is_thing: bool
    start: int
    end: int
    phrase: str
    """The word with what turns it, as it stands."""


@dataclass(frozen=True, kw_only=True)
class _Meaning:
    family: str
    side: int
    is_thing: bool


@dataclass(frozen=True, kw_only=True)
class _Vocabulary:
    english: Mapping[tuple[str, ...], tuple[_Meaning, ...]]
    """By stems, one or two of them."""
    chinese: Mapping[str, tuple[_Meaning, ...]]
    pattern: re.Pattern[str]
    """Any Chinese word of it, the longest first."""


@cache
def _vocabulary() -> _Vocabulary:
    english: dict[tuple[str, ...], tuple[_Meaning, ...]] = {}
    chinese: dict[str, tuple[_Meaning, ...]] = {}
    for kind, families in tomllib.loads(_FILE.read_text(encoding="utf-8")).items():
        for family, entry in families.items():
            for side, prefix in ((1, ""), (-1, "un_")):
                meaning = _Meaning(family=family, side=side, is_thing=kind == "thing")
                for word in entry.get(f"{prefix}en", "").split():
                    key = tuple(map(stem, word.split("_")))
                    english[key] = tuple(dict.fromkeys((*english.get(key, ()), meaning)))
                for word in entry.get(f"{prefix}zh", "").split():
                    chinese[word] = (*chinese.get(word, ()), meaning)
    longest_first = sorted(chinese, key=len, reverse=True)
    return _Vocabulary(english=english, chinese=chinese, pattern=re.compile("|".join(longest_first)))


@lru_cache(maxsize=20_000)
def families_of(word: str) -> frozenset[str]:
    """Return the families of an English word, on whichever side."""
    return frozenset(meaning.family for meaning in _vocabulary().english.get((stem(word),), ()))


def families(text: str, *, is_han: bool) -> frozenset[str]:
    """Return the families of all that a sentence tells of."""
    vocabulary = _vocabulary()
    if is_han:
        found = (vocabulary.chinese[word] for word in vocabulary.pattern.findall(text))
        return frozenset(meaning.family for meanings in found for meaning in meanings)
    stems = list(map(stem, TOKEN.findall(text)))
    known = [
        *vocabulary.english.keys() & {(word,) for word in stems},
        *vocabulary.english.keys() & set(pairwise(stems)),
    ]
    return frozenset(meaning.family for key in known for meaning in vocabulary.english[key])


def acts(text: str, *, is_han: bool) -> tuple[Act, ...]:
    """Return what a sentence tells of, in order; one word may stand for several."""
    return tuple(_han_acts(text) if is_han else _latin_acts(text))


def _latin_acts(text: str) -> Iterator[Act]:
    known = _vocabulary().english
    found = list(TOKEN.finditer(text))
    tokens = [match.group() for match in found]
    stems = [stem(token) for token in tokens]
    for place, word in enumerate(stems):
        both = known.get((word, stems[place + 1])) if place + 1 < len(stems) else None
        meanings = both or known.get((word,), ())
        told = stance(tokens, place) if meanings else None
        for meaning in meanings:
            yield Act(
                family=meaning.family,
                side=-meaning.side if told and told.denied else meaning.side,
                mode=told.mode if told else Mode.UNTOLD,
                is_thing=meaning.is_thing,
                start=found[place].start(),
                end=found[place + bool(both)].end(),
                phrase=told.phrase if told else word,
            )


def _han_acts(text: str) -> Iterator[Act]:
    vocabulary = _vocabulary()
    for clause in _HAN_CLAUSE.finditer(text):
        since = 0
        for match in vocabulary.pattern.finditer(clause.group()):
            denied, mode = han_turn(clause.group(), match.start(), since=since)
            meanings = vocabulary.chinese[match.group()]
            since = since if all(meaning.is_thing for meaning in meanings) else match.start()
            for meaning in meanings:
                yield Act(
                    family=meaning.family,
                    side=-meaning.side if denied else meaning.side,
                    mode=mode,
                    is_thing=meaning.is_thing,
                    start=clause.start() + match.start(),
                    end=clause.start() + match.end(),
                    phrase=clause.group(),
                )
