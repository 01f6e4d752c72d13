"""Which way does a number go, and on which side of it does the truth lie: up or down, at least or at most?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.quantities import Quantity
from pipeline.summarise.evidence import Claim, Evidence
from pipeline.summarise.opposites import MEASURES, Opposites
from pipeline.text import is_mostly_han

BEFORE, AFTER = 32, 14
"""Characters around a number that tell; in Chinese half of it."""
MOST_NUMBERS, MOST_ALIKE = 100, 20
"""Numbers of a sentence that are looked at, and places of each."""
FURTHEST = 40
"""Characters between the two numbers of a move."""
_FROM = re.compile(
    r"(?:\bfrom(?: about| some| nearly)?\s?[$¥€£]?|[由从從自](?:原来的?|約|约)?)\s?$", re.IGNORECASE
)
_TO = re.compile(r"(?:\bto(?: about| some| nearly| just)?\s?[$¥€£]?|[至到为為](?:約|约)?)\s?$", re.IGNORECASE)
_PAUSE = re.compile(r"[，。；！？、：;:!?\n()（）]|[.,](?=\s)|\d+(?![\d年])")


def turned_numbers(claim: Claim, evidence: Evidence) -> Iterator[str]:
    """Name each number that the source has going the other way only, whatever the languages of both."""
    yield from _turned_moves(claim, evidence)
    for number in claim.numbers[:MOST_NUMBERS]:
        places = evidence.places_of(number)[:MOST_ALIKE]
        around = _around(claim.text, number)
        for measure in MEASURES if places else ():
            mine = _side(around, measure)
            if mine and all(_side(_around(evidence.text, place), measure) == -mine for place in places):
                yield f"{measure.kind} “{around.strip()}”"


def _turned_moves(claim: Claim, evidence: Evidence) -> Iterator[str]:
    """Yield the moves from one number to another that the source tells the other way round."""
    moves = list(_moves(claim.text, claim.numbers))
    told = set(_moves(evidence.text, evidence.numbers)) if moves else set()
    for start, end in moves:
        if (end, start) in told and (start, end) not in told:
            yield f"direction “from {start} to {end}”"


def _moves(text: str, numbers: Sequence[Quantity]) -> Iterator[tuple[str, str]]:
    """Yield from which number to which something goes, wherever two close together say so."""
    ordered = sorted(numbers, key=lambda number: number.start)
    for first, second in pairwise(ordered):
        between = text[first.end : second.start]
        before = text[max(first.start - 12, 0) : first.start]
        if len(between) > FURTHEST or first.value == second.value:
            continue
        if _FROM.search(before) and _TO.search(between):
            yield first.key.split()[0], second.key.split()[0]
        elif _TO.search(before) and _FROM.search(between):
            yield second.key.split()[0], first.key.split()[0]


def _around(text: str, number: Quantity) -> str:
    """Return a number with the words of its own clause beside it."""
    scale = 2 if is_mostly_han(text[max(number.start - BEFORE, 0) : number.end + AFTER]) else 1
    before = text[max(number.start - BEFORE // scale, 0) : number.start]
    after = text[number.end : number.end + AFTER // scale]
    pauses = [pause.end() for pause in _PAUSE.finditer(before)]
    pause = _PAUSE.search(after)
    return f"{before[pauses[-1] if pauses else 0 :]}{number.text}{after[: pause.start() if pause else None]}"


def _side(around: str, measure: Opposites) -> int:
    """Return 1 or -1 for the side that words around a number tell, 0 when they tell neither or both."""
    return bool(measure.one.search(around)) - bool(measure.other.search(around))
