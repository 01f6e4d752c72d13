"""A text's sentences with who, what, how much and which act each of them has, so that both languages can be compared."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import attrgetter

from pipeline.quantities import Quantity
from pipeline.summarise.acts import Act, acts, families
from pipeline.summarise.doers import han_doers, latin_doers
from pipeline.summarise.naming import EMPTY_WORDS, Named, is_same, named
from pipeline.summarise.stance import stem
from pipeline.text import HAN

FEWEST_SHARED = 3
"""Words that two sentences must have in common to tell of the same."""
SHORT = 4
"""Words of a sentence that is so short that one in common is enough."""
NAME_WEIGHT, NUMBER_WEIGHT = 2, 2
"""How many words a name, or a number, counts for that two sentences share."""
LONGEST = 1_500
"""Characters of a sentence."""
_start = attrgetter("start")
_ENDS = {True: re.compile(r"[。！？；!?\n]+"), False: re.compile(r"(?<=[.!?;])[\s”\"]+|\n+")}
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{3,}")
_RUN = re.compile(HAN.pattern + "+")


@dataclass(frozen=True, eq=False)
class Statement:
    """A sentence; ``start`` is its place in the text."""

    text: str
    start: int
    is_han: bool
    names: Sequence[Named]
    quantities: Sequence[Quantity]

    @cached_property
    def numbers(self) -> frozenset[float]:
        return frozenset(number.value for number in self.quantities)

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        return acts(self.text, is_han=self.is_han)

    @cached_property
    def families(self) -> frozenset[str]:
        return families(self.text, is_han=self.is_han)

    @cached_property
    def words(self) -> frozenset[str]:
        """The content words, in Chinese pairs of characters."""
        return content(self.text)

    def doers(self, act: Act) -> tuple[str, ...]:
        """Return the names of who may do an act, the nearest last; none when it is not plain."""
        find = han_doers if self.is_han else latin_doers
        return tuple(
            each.name for each in find(self.text, act, [each for each in self.names if each.can_act])
        )

    def date(self, act: Act) -> float:
        """Return the date of an act: in English the first behind it, in Chinese the last before it; 0 without one."""
        dates = [(n.start - self.start, n.value) for n in self.quantities if n.unit == "date"]
        others = [other.start for other in self.acts if not other.is_thing and other.start != act.start]
        if self.is_han:
            at, value = max(((at, value) for at, value in dates if at < act.start), default=(0, 0.0))
            between = (at, act.start)
        else:
            at, value = min(((at, value) for at, value in dates if at > act.start), default=(0, 0.0))
            between = (act.start, at)
        return value if value and not any(between[0] < other < between[1] for other in others) else 0.0


@lru_cache(maxsize=512)
def content(text: str) -> frozenset[str]:
    """Return the stems of English content words, and the pairs of Chinese characters."""
    han = {run[at : at + 2] for run in _RUN.findall(text) for at in range(len(run) - 1)}
    return frozenset(
        han | {stem(word) for word in set(_LATIN_WORD.findall(text)) if word.lower() not in EMPTY_WORDS}
    )


def statements(
    text: str, numbers: Sequence[Quantity], *, is_han: bool, names: Mapping[str, bool]
) -> tuple[Statement, ...]:
    """Split a text into sentences, each with its names and numbers; longer pieces than sentences are left out."""
    found: list[Statement] = []
    ordered = sorted(numbers, key=_start)
    for start, piece in _pieces(text, _ENDS[is_han]):
        if len(piece) > LONGEST:
            continue
        first = bisect_left(ordered, start, key=_start)
        held = ordered[first : bisect_left(ordered, start + len(piece), key=_start)]
        found.append(Statement(piece, start, is_han, tuple(named(piece, names)), held))
    return tuple(found)


def _pieces(text: str, end: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    start = 0
    for match in (*end.finditer(text), None):
        stop = match.start() if match else len(text)
        if text[start:stop].strip():
            yield start, text[start:stop]
        start = match.end() if match else stop


def nearest(
    statement: Statement,
    sources: Sequence[Statement],
    names: Mapping[str, Collection[str]],
    *,
    but: str = "",
    fewest: int = FEWEST_SHARED,
) -> list[Statement]:
    """Return those sentences that share most with one, besides one family; none when that is little."""
    shared = [_shared(statement, each, names, but=but) for each in sources]
    most = max(shared, default=0)
    fewest = 1 if len(statement.words) <= SHORT else fewest
    return [each for count, each in zip(shared, sources, strict=True) if count == most >= fewest]


def _shared(one: Statement, other: Statement, names: Mapping[str, Collection[str]], *, but: str) -> int:
    found = {
        mine.name for mine in one.names if any(is_same(mine.name, its.name, names) for its in other.names)
    }
    alike = one.words & other.words if one.is_han == other.is_han else (one.families & other.families) - {but}
    return NAME_WEIGHT * len(found) + NUMBER_WEIGHT * len(one.numbers & other.numbers) + len(alike)
