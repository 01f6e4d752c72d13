"""Articles in memory: weighed by how rare their features are, and found again by the rarest they share."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import nlargest
from math import log, sqrt

from pipeline.select.features import Features, Key

IMAGINED_ARTICLES = 1000
"""As if so many more articles had been read, so that two of a kind among three are not taken for common."""
MOST_POSTINGS = 60
"""So many articles of one feature are read, the latest ones: what more have is common."""
MOST_READ = 600
"""So many postings are read for one article, those of its rarest features first."""
FOUND_BY = 80
"""An article is found by so many of its features, the rarest."""
NEAREST = 20
"""So many articles of each language are worth a closer look."""
_CELLS = 1 << 20
"""Features are counted and found in so many cells: two that share one only make each other seem a little less rare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """An article's features weighted by rarity, of length 1, packed for keeping: the lexicon's entries, numbers, words."""

    language: str
    headline: str
    has_lead: bool
    keys: array[int]
    weights: array[float]
    entries: int
    """So many of the keys, the first ones, are entries of the lexicon."""
    names: int
    """So many of the keys, the first ones, are entries or numbers."""
    names_length: float
    """The length of the part that names make up."""
    general: tuple[Key, ...]
    """The names that do not tell one event from another."""
    title: array[int]
    actors: tuple[Key, ...]
    amounts: tuple[tuple[Key, str], ...]

    def spread(self) -> dict[Key, float]:
        """Return the weight of each feature."""
        return dict(zip(self.keys, self.weights, strict=True))


class Index:
    """Vectors by number; those added later have greater numbers."""

    def __init__(self) -> None:
        self._frequency = array("I", bytes(4 * _CELLS))
        self._total = IMAGINED_ARTICLES
        self._vectors: dict[int, Vector] = {}
        self._dropped = 0
        self._clear()

    def _clear(self) -> None:
        self._last = array("I", bytes(4 * _CELLS))
        """Of each cell the place of its latest posting; 0 is none."""
        self._before = array("I", [0])
        """Of each posting the place of the one before it in its cell."""
        self._numbers = array("I", [0])

    def __getitem__(self, number: int) -> Vector:
        return self._vectors[number]

    def __contains__(self, number: int) -> bool:
        return number in self._vectors

    def count(self, read: Features) -> None:
        """Let an article tell how rare its features are."""
        for key in read.counts:
            self._frequency[key % _CELLS] += 1
        self._total += 1

    def weigh(self, read: Features) -> Vector:
        """Weigh an article's features; those never seen weigh most."""
        keys = sorted(read.counts, key=lambda key: (key not in read.entries, key not in read.names))
        weights = [read.counts[key] * self._rarity(key, read.elsewhere) for key in keys]
        length = _length(weights) or 1.0
        return Vector(
            language=read.language,
            headline=read.headline,
            has_lead=read.has_lead,
            keys=array("I", keys),
            weights=array("f", (weight / length for weight in weights)),
            entries=len(read.entries),
            names=len(read.names),
            names_length=_length(weights[: len(read.names)]) / length,
            general=tuple(read.names - read.telling),
            title=array("I", read.title),
            actors=tuple(read.actors),
            amounts=tuple(read.amounts.items()),
        )

    def _rarity(self, key: Key, elsewhere: Mapping[Key, int]) -> float:
        return log(self._total / (1 + self._frequency[key % _CELLS] + elsewhere.get(key, 0)))

    def add(self, number: int, vector: Vector) -> None:
        """Keep a vector under a number."""
        self._vectors[number] = vector
        for _, key in nlargest(FOUND_BY, zip(vector.weights, vector.keys, strict=True)):
            self._before.append(self._last[key % _CELLS])
            self._last[key % _CELLS] = len(self._numbers)
            self._numbers.append(number)

    def drop(self, numbers: Iterable[int]) -> None:
        """Forget the vectors of some numbers."""
        for number in numbers:
            if self._vectors.pop(number, None):
                self._dropped += 1
        if self._dropped > len(self._vectors) + IMAGINED_ARTICLES:
            self._sweep()

    def _sweep(self) -> None:
        """Clear away the postings of what was dropped."""
        self._dropped = 0
        self._clear()
        for number, vector in self._vectors.items():
            self.add(number, vector)

    def near(self, vector: Vector) -> list[int]:
        """Return the numbers of what shares the rarest features, the nearest of each language; of few articles all."""
        if len(self._vectors) <= NEAREST:
            return list(self._vectors)
        alike: dict[int, float] = {}
        read = 0
        for weight, key in nlargest(FOUND_BY, zip(vector.weights, vector.keys, strict=True)):
            for number in self._holders(key):
                alike[number] = alike.get(number, 0.0) + weight * weight
                read += 1
            if read >= MOST_READ:
                break
        by_language: dict[str, list[int]] = {}
        for number in alike:
            if number in self._vectors:
                by_language.setdefault(self._vectors[number].language, []).append(number)
        return [n for row in by_language.values() for n in nlargest(NEAREST, row, key=alike.__getitem__)]

    def _holders(self, key: Key) -> Iterator[int]:
        """Yield the numbers of the latest articles that have a feature."""
        place = self._last[key % _CELLS]
        for _ in range(MOST_POSTINGS):
            if not place:
                return
            yield self._numbers[place]
            place = self._before[place]


def _length(weights: Iterable[float]) -> float:
    return sqrt(sum(weight * weight for weight in weights))
