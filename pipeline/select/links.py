"""What two headlines may have in common though they share no word: senses, families of names, and nicknames."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import ahocorasick

from pipeline.select.places import places
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
class Called:
    """Words that stand for a name: a nickname, a trade, a kind of place."""

    id: str
    kind: str
    """``firm`` or ``place``."""
    of: frozenset[str]
    """Ids of the lexicon it may stand for."""
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Links:
    """All senses, the families of names, and what names are called besides."""

    senses: Mapping[str, Sense]
    families: Mapping[str, frozenset[str]]
    seats: Mapping[str, str]
    """Where a firm or a body is at home."""
    called: Mapping[str, Called]
    weights: Mapping[str, Mapping[str, float]]
    """By whether two headlines are ``within`` one language or ``across``: how much each kind of evidence weighs."""
    words: Any
    """An automaton that knows every form of every word, and its sense."""
    nicknames: Any
    """The same for what names are called."""

    def senses_in(self, text: str) -> tuple[Sense, ...]:
        """Return the senses a simplified text has words for, in order; of overlapping words the longest counts."""
        return tuple(self.senses[id] for id in _found(self.words, text.lower()))

    def called_in(self, text: str) -> tuple[Called, ...]:
        """Return what a simplified text calls by another word, in order."""
        return tuple(self.called[id] for id in _found(self.nicknames, text.lower()))

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
    called = [
        Called(
            id=f"{kind}:{id}",
            kind=kind,
            of=frozenset(row.get("of", (id,))),
            en=tuple(row.get("en", ())),
            zh=tuple(row.get("zh", ())),
        )
        for kind in ("firm", "place")
        for id, row in document["called"][kind].items()
    ]
    return Links(
        senses=senses,
        called={each.id: each for each in called},
        families=_families(
            [*document["kin"]["firms"], *([whole, *parts] for whole, parts in places().parts.items())], called
        ),
        seats={firm: place for place, firms in document["kin"]["seats"].items() for firm in firms},
        weights=document["weights"],
        words=_automaton(senses.values()),
        nicknames=_automaton(called),
    )


def _families(kin: Iterable[list[str]], called: Iterable[Called]) -> dict[str, frozenset[str]]:
    """Link a whole with its parts and theirs, and a word with what it may stand for; parts are strangers to one another."""
    wholes: dict[str, set[str]] = {}
    for whole, *parts in kin:
        for part in parts:
            wholes.setdefault(part, set()).add(whole)
    found: dict[str, set[str]] = {}
    for part in wholes:
        for whole in _above(part, wholes):
            found.setdefault(part, {part}).add(whole)
            found.setdefault(whole, {whole}).add(part)
    for each in called:
        for id in each.of:
            kindred = {id, *found.get(id, ())}
            found.setdefault(each.id, {each.id}).update(kindred)
            for other in kindred:
                found.setdefault(other, {other}).add(each.id)
    return {id: frozenset(ids) for id, ids in found.items()}


def _above(part: str, wholes: Mapping[str, set[str]]) -> set[str]:
    direct = wholes.get(part, set())
    return direct.union(*(_above(whole, wholes) for whole in direct))


def _found(automaton: Any, text: str) -> Iterator[str]:
    """Yield the ids of the words in a text; of overlapping words the longest counts."""
    end = 0
    for start, stop, id in sorted(_hits(automaton, text), key=lambda hit: (hit[0], -hit[1])):
        if start >= end:
            yield id
            end = stop


def _hits(automaton: Any, text: str) -> Iterator[tuple[int, int, str]]:
    for last, (word, id) in automaton.iter_long(text):
        start, stop = last + 1 - len(word), last + 1
        if not word[0].isascii() or not (
            _is_latin(text[start - 1 : start]) or _is_latin(text[stop : stop + 1])
        ):
            yield start, stop, id


def _automaton(senses: Iterable[Sense | Called]) -> Any:
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
