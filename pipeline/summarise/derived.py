"""Can a reader work a number out from the source's: as a difference, sum, part, half or double, or by counting a list?

What is worked out must come from numbers of one kind that stand close together, so that few numbers come out by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.summarise.measures import Kind, classifier
from pipeline.text import Quantity

NEAR = 90
"""Characters between two numbers that are reckoned together; in Chinese a good sentence."""
NEXT, MOST = 3, 200
"""With how many that follow a number is reckoned, and of how many numbers of a source."""
WHOLE = 100
_DATED = ("date", "year", "half-year", "quarter")
_HALF = re.compile(r"\bhalf\b|一半|半数|减半|對半|对半", re.IGNORECASE)
_DOUBLE = re.compile(
    r"\b(?:twice|double[sd]?|doubling)\b|翻(?:了)?(?:一)?[番倍]|[两兩二]倍|倍增", re.IGNORECASE
)


def derived(text: str, numbers: Sequence[Quantity]) -> Iterator[tuple[float, Kind]]:
    """Yield what can be worked out from a text's numbers, each with what it counts."""
    numbers = sorted(numbers[:MOST], key=lambda number: number.start)
    for place, number in enumerate(numbers):
        if number.unit in _DATED or not number.value:
            continue
        kind = number.unit, classifier(text, number)
        around = text[max(number.start - NEAR, 0) : number.end + NEAR]
        yield from ((value, kind) for value in _alone(number, around))
        following = numbers[place + 1 : place + 1 + NEXT]
        yield from _together(number, kind, following, text)
    yield from ((part, ("%", "")) for part in _parts(numbers))


def _alone(number: Quantity, around: str) -> Iterator[float]:
    if number.unit == "%" and number.value < WHOLE:
        yield WHOLE - number.value
    if _HALF.search(around):
        yield number.value / 2
    if _DOUBLE.search(around):
        yield number.value * 2


def _together(
    number: Quantity, kind: Kind, following: Iterable[Quantity], text: str
) -> Iterator[tuple[float, Kind]]:
    total = number.value
    for other in following:
        if other.start - number.end > NEAR or other.unit in _DATED:
            return
        theirs = other.unit, classifier(text, other)
        if other.value and all(
            mine == its or not mine or not its for mine, its in zip(kind, theirs, strict=True)
        ):
            total += other.value
            yield abs(number.value - other.value), kind
            yield total, kind
            yield number.value + other.value, kind


def _parts(numbers: Sequence[Quantity]) -> Iterator[float]:
    """Yield what per cent of one another two numbers are that stand close together, and by how much they differ."""
    counts = [n for n in numbers[:MOST] if n.unit not in (*_DATED, "%") and n.value > 0]
    for place, one in enumerate(counts):
        for other in counts[place + 1 : place + NEXT]:
            if one.unit == other.unit:
                low, high = sorted((one.value, other.value))
                yield from (WHOLE * low / high, WHOLE * (high - low) / high, WHOLE * (high - low) / low)
