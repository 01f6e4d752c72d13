"""What two headlines may have in common though they share no word: senses, and families of names."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import ahocorasick

from pipeline.text import HAN

SHIPPED = Path(__file__).with_name("links.toml")
_VOWELS = "aeiou"


@dataclass(frozen=True, kw_only=True)
class Sense:
    """One meaning, with the words for it in both languages."""

    id: str
    is_act: bool
    en: tuple[str, ...]
    zh: tuple[str, ...]
    is_general: bool = False
    """Whether many events are told with it."""
    goes_with: frozenset[str] = frozenset()
    """Acts as which one event may be told besides."""


@dataclass(frozen=True, kw_only=True)
class Links:
    """All senses, and the families of names."""

    senses: Mapping[str, Sense]
    families: Mapping[str, frozenset[str]]
    weights: Mapping[str, Mapping[str, float]]
    """By whether two headlines are ``within`` one language or ``across``: how much each kind of evidence weighs."""
    words: Any
    """An automaton that knows every form of every word, and its sense."""

    def senses_in(self, text: str) -> tuple[Sense, ...]:
        """Return the senses a simplified text has words for, in order; of overlapping words the longest counts."""
        found: list[Sense] = []
        end = 0
        for start, stop, id in sorted(self._hits(text.lower()), key=lambda hit: (hit[0], -hit[1])):
            if start >= end:
                found.append(self.senses[id])
                end = stop
        return tuple(found)

    def _hits(self, text: str) -> Iterator[tuple[int, int, str]]:
        for last, (word, id) in self.words.iter_long(text):
            start, stop = last + 1 - len(word), last + 1
            if not word[0].isascii() or not (
                _is_latin(text[start - 1 : start]) or _is_latin(text[stop : stop + 1])
            ):
                yield start, stop, id

    def kin(self, ids: Iterable[str]) -> frozenset[str]:
        """Return the ids of the lexicon with those that may stand for them."""
        return frozenset(each for id in ids for each in self.families.get(id, (id,)))


@cache
def links() -> Links:
    """Return what comes with the program, read once."""
    document = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    senses = {
        id: Sense(
            id=id,
            is_act=table == "act",
            en=tuple(row["en"]),
            zh=tuple(row["zh"]),
            is_general=row.get("general", False),
            goes_with=frozenset(row.get("with", ())),
        )
        for table in ("act", "thing")
        for id, row in document[table].items()
    }
    families = _families([*document["kin"]["firms"], *document["kin"]["places"]])
    return Links(
        senses=senses, families=families, weights=document["weights"], words=_automaton(senses.values())
    )


def _families(kin: Iterable[list[str]]) -> dict[str, frozenset[str]]:
    """Link the whole with each of its parts; parts are strangers to one another."""
    found: dict[str, set[str]] = {}
    for whole, *parts in kin:
        found.setdefault(whole, {whole}).update(parts)
        for part in parts:
            found.setdefault(part, {part}).add(whole)
    return {id: frozenset(ids) for id, ids in found.items()}


def _automaton(senses: Iterable[Sense]) -> Any:
    automaton = ahocorasick.Automaton()
    for sense in reversed(list(senses)):  # of two senses of a word the first of the file counts
        for word in (*sense.en, *sense.zh):
            for form in _forms_of(word):
                automaton.add_word(form, (form, sense.id))
    automaton.make_automaton()
    return automaton


def _forms_of(phrase: str) -> Iterator[str]:
    if HAN.search(phrase):
        yield phrase
        return
    for forms in product(*map(_forms, phrase.split())):
        yield " ".join(forms)


def _forms(word: str) -> tuple[str, ...]:
    """Return an English word's regular forms."""
    if not word.isalpha() or len(word) < 3:
        return (word,)
    if word.endswith("e"):
        return word, f"{word}s", f"{word}d", f"{word[:-1]}ing"
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word, f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word}ing"
    stem = word + word[-1] if _doubles(word) else word
    plural = "es" if word.endswith(("s", "x", "ch", "sh")) else "s"
    return word, f"{word}{plural}", f"{stem}ed", f"{stem}ing"


def _doubles(word: str) -> bool:
    """Say whether the last letter is doubled, as in planned; short words with one vowel before it are."""
    return len(word) <= 5 and word[-1] not in "aeiouwxys" and word[-2] in _VOWELS and word[-3] not in _VOWELS


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
