"""Can a reader work a number out from the source's: as a difference, sum, part, whole, half or double, so much each?

What is worked out must come from numbers of one kind that stand close together, so that few numbers come out by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.quantities import Quantity
from pipeline.summarise.measures import Kind, classifier

NEAR = 90
"""Characters between two numbers that are reckoned together; in Chinese a good sentence."""
NEXT, MOST = 3, 200
"""With how many that follow a number is reckoned, and of how many numbers of a source."""
FAR = 200
"""Characters around a number in which half of it, or twice as much, may be told."""
WHOLE = 100
DAYS_OF_MONTH, MOST_DATES = 30.4, 12
_DATED = ("date", "year", "half-year", "quarter")
_SENTENCE_END = re.compile(r"[。！？!?\n]|\.(?=\s)")
_HALF = re.compile(r"\bhalf\b|一半|半[数价價]|减半|對半|对半", re.IGNORECASE)
_DOUBLE = re.compile(
    r"\b(?:twice|double[sd]?|doubling)\b|翻(?:了)?(?:一)?[番倍]|[两兩二]倍|倍增", re.IGNORECASE
)


def derived(text: str, numbers: Sequence[Quantity]) -> Iterator[tuple[float, Kind]]:
    """Yield what can be worked out from a text's numbers, each with what it counts."""
    yield from _years_between(numbers)
    yield from _days_between(numbers)
    numbers = sorted(
        (n for n in numbers[:MOST] if n.unit not in _DATED and n.value), key=lambda number: number.start
    )
    for place, number in enumerate(numbers):
        kind = number.unit, classifier(text, number)
        around = text[max(number.start - FAR, 0) : number.end + FAR]
        yield from ((value, kind) for value in _alone(number, around))
        following = numbers[place + 1 : place + 1 + NEXT]
        yield from _together(number, kind, following, text)
        yield from _of_two(number, following, text)
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
        if other.start - number.end > NEAR:
            return
        theirs = other.unit, classifier(text, other)
        if all(mine == its or not mine or not its for mine, its in zip(kind, theirs, strict=True)):
            total += other.value
            if number.unit == "%" and total < WHOLE:
                yield WHOLE - total, kind
            yield abs(number.value - other.value), kind
            yield total, kind
            yield number.value + other.value, kind


def _of_two(number: Quantity, following: Iterable[Quantity], text: str) -> Iterator[tuple[float, Kind]]:
    """Yield what a percentage leaves of a number, and makes it of, and how much of one comes to each of another."""
    for other in following:
        if other.start - number.end > NEAR or _SENTENCE_END.search(text, number.end, other.start):
            return
        if (number.unit == "%") != (other.unit == "%"):
            share, whole = (number, other) if number.unit == "%" else (other, number)
            kind = whole.unit, classifier(text, whole)
            yield from ((value, kind) for value in _shares(share.value / WHOLE, whole.value))
        elif number.unit == other.unit:
            low, high = sorted((number, other), key=lambda each: each.value)
            yield high.value / low.value, ("", "倍")
            yield high.value / low.value, (high.unit, classifier(text, high))
        else:
            money, count = (number, other) if number.unit else (other, number)
            if money.unit and not count.unit:
                yield money.value / count.value, (money.unit, "")
                yield money.value * count.value, (money.unit, "")


def _shares(share: float, whole: float) -> Iterator[float]:
    """Yield a share of a whole and the rest, of what it is the share, and what it was before it rose or fell by so much."""
    yield from (whole * share, whole * (1 - share), whole / share, whole / (1 + share))
    if share < 1:
        yield whole / (1 - share)


def _years_between(numbers: Sequence[Quantity]) -> Iterator[tuple[float, Kind]]:
    years = sorted({number.value for number in numbers if number.unit == "year"})
    yield from ((later - earlier, ("", "年")) for earlier in years for later in years if later > earlier)


def _days_between(numbers: Sequence[Quantity]) -> Iterator[tuple[float, Kind]]:
    """Yield how many days, weeks and months lie between a text's dates."""
    dates = sorted({divmod(int(number.value), 100) for number in numbers if number.unit == "date"})[
        :MOST_DATES
    ]
    for place, (month, day) in enumerate(dates):
        for later_month, later_day in dates[place + 1 :]:
            days = DAYS_OF_MONTH * (later_month - month) + later_day - day
            yield from (
                (float(days), ("", "天")),
                (float(days + 1), ("", "天")),
                (float(round(days / 7)), ("", "周")),
            )
            yield float(round(days / DAYS_OF_MONTH)), ("", "个月")


def _parts(numbers: Sequence[Quantity]) -> Iterator[float]:
    """Yield what per cent of one another two numbers are that stand close together, and by how much they differ."""
    counts = [n for n in numbers if n.unit != "%" and n.value > 0]
    for unit in {n.unit for n in counts}:
        alike = [n.value for n in counts if n.unit == unit]
        for place, one in enumerate(alike):
            for other in alike[place + 1 : place + NEXT]:
                low, high = sorted((one, other))
                yield from (WHOLE * low / high, WHOLE * (high - low) / high, WHOLE * (high - low) / low)
