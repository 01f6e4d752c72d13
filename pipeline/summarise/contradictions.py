"""Does a summary's sentence turn round what the source's sentences nearest in wording say?"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from itertools import islice

from pipeline.summarise.evidence import Claim, Evidence
from pipeline.summarise.measures import Kind, classifier
from pipeline.summarise.naming import EMPTY_WORDS
from pipeline.summarise.opposites import OPPOSITES
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
from pipeline.text import HAN, Quantity, quantities

NEAR, NEAR_HAN = 0.6, 0.5
"""The share of a passage's content words that another must have to tell of the same; of pairs of characters fewer."""
NEARLY = 0.2
"""How much less than the nearest another may have and still be asked."""
ALIKE = 0.7
"""The share from which on two passages are almost alike."""
FEWEST_SHARED, FEWEST_WORDS = 3, 6
LONGEST = 2_000
"""Characters of a passage."""
MOST_NEAR = 10
MOST_PLACES = 50
"""As many places of a word are looked at."""
MOST_CLAIMS = 60
"""As many passages of a summary are compared."""
_AHEAD = {Mode.POSSIBLE, Mode.PLANNED}
_LATIN_END = re.compile(r"(?<=[.!?;])[\s”\"]+|\n|\s[—–-]\s")
_HAN_END = re.compile(r"[，。！？；：,;!?\s]+")

_HAN_RUN = re.compile(HAN.pattern + "+")
_LATIN = re.compile(r"[a-z\u00c0-\u024f0-9]+(?:['’.,-][a-z\u00c0-\u024f0-9]+)*")
_UNTIL = re.compile(r"\b(?:until|till|unless)\b", re.IGNORECASE)
"""What is not before a day is from that day on."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A sentence, in Chinese a clause, and the words by which it is compared."""

    text: str
    words: frozenset[str]

    def stances(self, stems: Container[str]) -> list[Stance]:
        """Return what an English passage takes for true of the words with given stems."""
        tokens = tokens_of(self.text)
        wanted = (places for word, places in stem_places(tokens).items() if word in stems)
        return [stance(tokens, place) for places in wanted for place in places[:MOST_PLACES]]


class Passages:
    """What a source is compared by, each thing prepared when first needed."""

    def __init__(self, source: Evidence) -> None:
        self.source = source

    @cached_property
    def all(self) -> tuple[Passage, ...]:
        return passages(self.source.text, is_han=self.source.is_han)

    @cached_property
    def tokens(self) -> list[str]:
        return tokens_of(self.source.text)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        return stem_places(self.tokens)

    def stances(self, word: str) -> list[Stance]:
        """Return what an English source takes for true of a stem, wherever it has it."""
        return [stance(self.tokens, place) for place in self.places.get(word, ())[:MOST_PLACES]]

    @cached_property
    def han_stances(self) -> tuple[tuple[Passage, HanStance], ...]:
        return tuple((passage, han_stance(passage.text)) for passage in self.all)


def passages(text: str, *, is_han: bool) -> tuple[Passage, ...]:
    """Split a text into what is compared; left out are pieces without content words, and longer than a sentence is."""
    pieces = (_HAN_END if is_han else _LATIN_END).split(text)
    found = (Passage(text=piece, words=_content(piece)) for piece in pieces if len(piece) <= LONGEST)
    return tuple(passage for passage in found if passage.words)


def _content(text: str) -> frozenset[str]:
    han = {run[at : at + 2] for run in _HAN_RUN.findall(text) for at in range(max(len(run) - 1, 1))}
    return frozenset(han | {stem(word) for word in _LATIN.findall(text.lower()) if word not in EMPTY_WORDS})


def contradictions(claim: Claim, evidence: Evidence, sources: Passages) -> Iterator[str]:
    """Name each word that the source's nearest passages deny, only plan, or have the opposite of."""
    if evidence.is_han:
        yield from _always_turned_han(claim, sources.han_stances)
    for passage in passages(claim.text, is_han=claim.is_han)[:MOST_CLAIMS]:
        if not evidence.is_han:
            yield from _always_turned(passage, sources)
        near = _nearest(passage, sources.all)
        if near:
            yield from _opposite(passage, near)
            yield from _other_number(passage, near)
            yield from _turned_han(passage, near) if evidence.is_han else _turned(passage, near)


def _nearest(passage: Passage, sources: Sequence[Passage]) -> list[Passage]:
    """Return the passages that tell of the same; empty when none does, or one says just this."""
    shared = [len(passage.words & source.words) for source in sources]
    most = max(shared, default=0)
    share = NEAR_HAN if HAN.search(passage.text) else NEAR
    shortest = min(
        (len(each.words) for each, count in zip(sources, shared, strict=True) if count == most), default=0
    )
    if most < max(FEWEST_SHARED, share * min(len(passage.words), max(shortest, FEWEST_WORDS))):
        return []
    least = max(FEWEST_SHARED, most - NEARLY * len(passage.words))
    near = (pair for pair in zip(shared, sources, strict=True) if pair[0] >= least)
    return [source for _, source in nlargest(MOST_NEAR, near, key=lambda pair: pair[0])]


def _opposite(passage: Passage, near: Sequence[Passage]) -> Iterator[str]:
    for opposites in OPPOSITES:
        for mine, theirs in ((opposites.one, opposites.other), (opposites.other, opposites.one)):
            said = mine.search(passage.text)
            if said and not theirs.search(passage.text) and _is_denied(near, mine, theirs):
                yield f"{opposites.kind} “{said.group()}”"


def _other_number(passage: Passage, near: Sequence[Passage]) -> Iterator[str]:
    """Yield the numbers in whose place passages that are almost alike have another of the same kind, and not these."""
    alike = [each for each in near if len(passage.words & each.words) >= ALIKE * len(passage.words)]
    theirs = [(number, each.text) for each in alike for number in quantities(each.text)]
    keys = {number.key for number, _ in theirs}
    kinds = {_number_kind(number, text) for number, text in theirs}
    for number in quantities(passage.text) if theirs else ():
        kind = _number_kind(number, passage.text)
        if any(kind) and number.key not in keys and kind in kinds:
            yield f"number “{number.text}”"


def _number_kind(number: Quantity, text: str) -> Kind:
    return number.unit, classifier(text, number)


def _always_turned(passage: Passage, sources: Passages) -> Iterator[str]:
    """Yield what a sentence affirms, or tells as done, that the source denies or only plans wherever it names it."""
    for mine in passage.stances(sources.places):
        others = () if mine.denied else sources.stances(mine.word)
        if others and all(other.denied for other in others):
            yield f"negation “{mine.phrase}”"
        elif mine.mode > Mode.POSSIBLE and {other.mode for other in others} == {Mode(mine.mode - 1)}:
            yield f"plan or fact “{mine.phrase}”"


def _always_turned_han(claim: Claim, told: Sequence[tuple[Passage, HanStance]]) -> Iterator[str]:
    """Yield the clauses of which the source denies, affirms or only plans the very word wherever it names it."""
    denied = {word for _, stance in told for word in stance.denied_first}
    for passage in passages(claim.text, is_han=True)[:MOST_CLAIMS]:
        mine = han_stance(passage.text)
        for word in () if mine.may_deny else denied & passage.words:
            others = _of_same(word, passage, told)
            if others and all(word in other.denied_first for other in others):
                yield f"negation “{passage.text}”"
        for word in mine.denied_first:
            if (others := _of_same(word, passage, told)) and not any(other.may_deny for other in others):
                yield f"negation “{passage.text}”"
        for word in mine.done:
            if (others := _of_same(word, passage, told)) and {other.mode for other in others} <= _AHEAD:
                yield f"plan or fact “{passage.text}”"


def _of_same(word: str, passage: Passage, told: Sequence[tuple[Passage, HanStance]]) -> list[HanStance]:
    """Return the stances of all passages with a word; none unless one of them shares more with this one."""
    named = (each for each in told if word in each[0].words)
    found = list(islice(named, MOST_PLACES))
    enough = (
        len(source.words & passage.words) >= min(FEWEST_SHARED, len(source.words) // 2) for source, _ in found
    )
    return [stance for _, stance in found] if any(enough) else []


def overall_opposites(claim: Claim, evidence: Evidence) -> Iterator[str]:
    """Name each word that a source has nowhere, but its opposite; across languages any pair of opposites counts."""
    is_across = claim.is_han != evidence.is_han
    for opposites in (each for each in OPPOSITES if each.is_overall or is_across):
        for mine, theirs in ((opposites.one, opposites.other), (opposites.other, opposites.one)):
            said = mine.search(claim.text)
            if (
                said
                and not theirs.search(claim.text)
                and not mine.search(evidence.text)
                and theirs.search(evidence.text)
            ):
                yield f"{opposites.kind} “{said.group()}”"


def _is_denied(near: Sequence[Passage], mine: re.Pattern[str], theirs: re.Pattern[str]) -> bool:
    return not any(mine.search(source.text) for source in near) and any(
        theirs.search(source.text) for source in near
    )


def _turned(passage: Passage, near: Sequence[Passage]) -> Iterator[str]:
    is_until = any(_UNTIL.search(each.text) for each in (passage, *near))
    told: dict[str, list[Stance]] = {}
    for source in near:
        for found in source.stances(passage.words):
            told.setdefault(found.word, []).append(found)
    for mine in passage.stances(told):
        others = told[mine.word]
        if not is_until and all(other.denied != mine.denied for other in others):
            yield f"negation “{(mine if mine.denied else others[0]).phrase}”"
        elif _is_further(mine.mode, [other.mode for other in others]):
            yield f"plan or fact “{mine.phrase}”"


def _is_further(mine: Mode, theirs: Sequence[Mode]) -> bool:
    """Say whether a thing has come further than any passage tells, or is only planned where all tell it as done."""
    if mine is Mode.UNTOLD or Mode.UNTOLD in theirs:
        return False
    return mine > max(theirs) or (mine < Mode.DONE and min(theirs) is Mode.DONE)


def _turned_han(passage: Passage, near: Sequence[Passage]) -> Iterator[str]:
    mine, theirs = han_stance(passage.text), [han_stance(source.text) for source in near]
    if mine.denied and not any(other.may_deny for other in theirs):
        if any(mine.denied & source.words for source in near):
            yield f"negation “{passage.text}”"
    elif not mine.may_deny and all(other.denied & passage.words for other in theirs):
        yield f"negation “{passage.text}”"
    if _is_further(mine.mode, [other.mode for other in theirs]):
        yield f"plan or fact “{passage.text}”"
