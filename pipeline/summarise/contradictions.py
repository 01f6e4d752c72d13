"""Does a source deny, or only plan, what a summary tells as done, wherever it has the very word?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import islice

from pipeline.summarise.evidence import Claim, Evidence
from pipeline.summarise.opposites import OVERALL
from pipeline.summarise.stance import (
    HanStance,
    Mode,
    Stance,
    han_stance,
    stance,
    stem,
    stem_places,
    tokens_of,
)
from pipeline.text import HAN

FEWEST_SHARED = 3
AROUND, FEWEST_AROUND = 15, 2
"""Words to either side of one, and how many of them a sentence must have as well to tell of the same."""
LONGEST = 2_000
"""Characters of a clause."""
MOST_PLACES = 50
"""As many places of a word are looked at."""
MOST_CLAIMS = 60
"""As many clauses of a summary are compared."""
_AHEAD = {Mode.POSSIBLE, Mode.PLANNED}
_HAN_END = re.compile(r"[，。！？；：,;:!?\s]+")
_HAN_RUN = re.compile(HAN.pattern + "+")

Clause = tuple[frozenset[str], HanStance, str]
"""A Chinese clause's pairs of characters, what it takes for true, and its text."""


class Stances:
    """What a source takes for true of its words, each thing prepared when first needed."""

    def __init__(self, source: Evidence) -> None:
        self.source = source
        self._found: dict[str, list[Stance]] = {}

    @cached_property
    def tokens(self) -> list[str]:
        return tokens_of(self.source.text)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        return stem_places(self.tokens)

    def of(self, word: str) -> list[Stance]:
        """Return what an English source takes for true of a stem, wherever it has it."""
        if word not in self._found:
            self._found[word] = [
                stance(self.tokens, place) for place in self.places.get(word, ())[:MOST_PLACES]
            ]
        return self._found[word]

    def is_told_with(self, word: str, words: Collection[str]) -> bool:
        """Say whether a stem stands near enough others of a sentence somewhere."""
        around = (
            self.tokens[max(place - AROUND, 0) : place + AROUND] for place in self.places[word][:MOST_PLACES]
        )
        return any(len({stem(token) for token in each} & set(words)) > FEWEST_AROUND for each in around)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        return tuple(_clauses(self.source.text))


def _clauses(text: str) -> Iterator[Clause]:
    for clause in _HAN_END.split(text):
        pairs = frozenset(run[at : at + 2] for run in _HAN_RUN.findall(clause) for at in range(len(run) - 1))
        if pairs and len(clause) <= LONGEST:
            yield pairs, han_stance(clause), clause


def contradictions(claim: Claim, sources: Stances) -> Iterator[str]:
    """Name each word that a source in the same language denies, or only plans, wherever it has it."""
    yield from _turned_han(claim, sources.clauses) if claim.is_han else _turned(claim, sources)


def _turned(claim: Claim, sources: Stances) -> Iterator[str]:
    tokens = tokens_of(claim.text)
    known = {word: places for word, places in stem_places(tokens).items() if word in sources.places}
    for mine in (stance(tokens, place) for places in known.values() for place in places[:MOST_PLACES]):
        others = () if mine.denied or not sources.is_told_with(mine.word, known) else sources.of(mine.word)
        if others and all(other.denied for other in others):
            yield f"negation “{mine.phrase}”"
        elif mine.mode > Mode.POSSIBLE and {other.mode for other in others} == {Mode(mine.mode - 1)}:
            yield f"plan or fact “{mine.phrase}”"


def _turned_han(claim: Claim, told: Sequence[Clause]) -> Iterator[str]:
    denied = {word for _, stance, _ in told for word in stance.denied_first}
    for pairs, mine, text in islice(_clauses(claim.text), MOST_CLAIMS):
        for word in () if mine.may_deny else denied & pairs:
            others = _of_same(word, pairs, told)
            if others and all(word in other.denied_first for other in others):
                yield f"negation “{text}”"
        for word in mine.denied_first:
            if (others := _of_same(word, pairs, told)) and not any(other.may_deny for other in others):
                yield f"negation “{text}”"
        for word in mine.done:
            if (others := _of_same(word, pairs, told)) and {other.mode for other in others} <= _AHEAD:
                yield f"plan or fact “{text}”"


def _of_same(word: str, pairs: frozenset[str], told: Sequence[Clause]) -> list[HanStance]:
    """Return the stances of all clauses with a word; none unless one of them shares more with this one."""
    found = list(islice((each for each in told if word in each[0]), MOST_PLACES))
    enough = (len(theirs & pairs) >= min(FEWEST_SHARED, len(theirs) // 2) for theirs, _, _ in found)
    return [stance for _, stance, _ in found] if any(enough) else []


def overall_opposites(claim: Claim, evidence: Evidence) -> Iterator[str]:
    """Name each word that a source has nowhere, but its opposite, whatever the languages of both."""
    for opposites in OVERALL:
        for mine, theirs in ((opposites.one, opposites.other), (opposites.other, opposites.one)):
            said = mine.search(claim.text)
            is_lacking = said and not theirs.search(claim.text) and not mine.search(evidence.text)
            if said and is_lacking and theirs.search(evidence.text):
                yield f"{opposites.kind} “{said.group()}”"
