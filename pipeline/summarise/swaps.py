"""Is a true number or name of the source given to another of its matters, or another of its firms?

Only where the source itself tells plainly whose it is: what stands around a number in its clause, and which name is nearest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.quantities import Quantity
from pipeline.summarise.evidence import Claim, Evidence
from pipeline.summarise.measures import classifier
from pipeline.summarise.naming import Named, named
from pipeline.summarise.statements import content

MOST_NUMBERS, MOST_PLACES = 20, 60
"""Numbers of a sentence, and of a source, that are looked at."""
FEWEST_SHARED = 2
"""Content words around another number of the source that a clause must share, where around its own it shares none."""
FEWEST_SHARED_HAN, OUTWEIGH = 3, 2
CLAUSE = 90
"""Characters to either side of a number that may be its clause."""
_CLAUSE_END = re.compile(r"[，。；！？：、,;:!?()（）\n]|\.(?=\s)|\b(?:and|but|while|whereas)\b")
_SENTENCE_END = re.compile(r"[。！？!?\n]|\.(?=\s)")


def swapped(claim: Claim, evidence: Evidence) -> Iterator[str]:
    """Name each number that a sentence gives to another matter, or another name, than the source does."""
    if claim.is_han != evidence.is_han:
        return
    numbers = [number for number in claim.numbers[:MOST_NUMBERS] if evidence.places_of(number)]
    for number in numbers:
        if _is_elsewhere(number, claim, evidence):
            yield f"number “{number.text}”"
        elif owner := _other_owner(number, claim, evidence):
            yield f"name “{owner}”"


def _is_elsewhere(number: Quantity, claim: Claim, evidence: Evidence) -> bool:
    """Say whether the words beside a number stand beside another one of its kind, and none of them beside it."""
    mine = _beside(claim.text, number)
    places = evidence.places_of(number)[:MOST_PLACES]
    own = max(len(mine & _beside(evidence.text, place)) for place in places)
    least = own * OUTWEIGH + (FEWEST_SHARED_HAN if claim.is_han else FEWEST_SHARED)
    if len(mine) < least:
        return False
    kind = number.unit, classifier(claim.text, number)
    others = (
        other
        for other in evidence.numbers[:MOST_PLACES]
        if other.key != number.key and (other.unit, classifier(evidence.text, other)) == kind
    )
    return any(len(mine & _beside(evidence.text, other)) >= least for other in others)


def _beside(text: str, number: Quantity) -> frozenset[str]:
    """Return the content words of a number's clause."""
    start, end = _bounds(text, number, _CLAUSE_END)
    return content(text[start : number.start] + " " + text[number.end : end])


def _bounds(text: str, number: Quantity, end: re.Pattern[str]) -> tuple[int, int]:
    floor = max(number.start - CLAUSE, 0)
    pauses = [pause.end() for pause in end.finditer(text, floor, number.start)]
    stop = end.search(text, number.end, number.end + CLAUSE)
    return pauses[-1] if pauses else floor, stop.start() if stop else min(number.end + CLAUSE, len(text))


def _other_owner(number: Quantity, claim: Claim, evidence: Evidence) -> str:
    """Return the name before a number where the source has another, which the sentence leaves out, and this one behind."""
    mine = _nearest(named(claim.text, evidence.known), number.start)
    if not mine:
        return ""
    for place in evidence.places_of(number)[:MOST_PLACES]:
        start, end = _bounds_of_sentence(evidence.text, place)
        sentence = evidence.text[start:end]
        names = named(sentence, evidence.known)
        owner = _nearest(names, place.start - start)
        behind = any(each.name == mine and each.start > place.start - start for each in names)
        if not owner or owner in claim.text or not behind:
            return ""
    return mine


def _bounds_of_sentence(text: str, number: Quantity) -> tuple[int, int]:
    start = max(
        (m.end() for m in _SENTENCE_END.finditer(text, max(number.start - 300, 0), number.start)),
        default=max(number.start - 300, 0),
    )
    stop = _SENTENCE_END.search(text, number.end, number.end + 300)
    return start, stop.start() if stop else min(number.end + 300, len(text))


def _nearest(names: Sequence[Named], place: int) -> str:
    return next((each.name for each in reversed(names) if each.start < place), "")
