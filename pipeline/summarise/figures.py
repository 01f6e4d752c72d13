"""Does a source have a summary's numbers: of the same value, counting the same, in the same company?"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from math import floor, inf, log10

from pipeline.summarise.evidence import MASK, MODEL, NUMBER, Claim, Evidence, Kind, classifier, fold
from pipeline.summarise.spelled import MONTHS, ORDINAL, SPAN_SECONDS, digit_count, ordinal
from pipeline.text import Quantity

ROUNDING = 0.05
"""How far a number after “about” may lie from the source's."""
COMPANY = 12
"""Characters on either side of a number that are looked at; in Chinese half of it."""
FEWEST_BESIDE = 18
"""Letters that must stand around a number before its company proves anything; in Chinese half of it."""
FEWEST_ALONE = 6
"""The same where they are the whole sentence."""
MOST_NUMBERS = 200
"""As many of a sentence are looked at so."""
_KINDS = {
    "": "number",
    "%": "percentage",
    "date": "date",
    "year": "year",
    "half-year": "period",
    "quarter": "period",
}
_PERIODS = {
    key: re.compile(pattern, re.IGNORECASE)
    for key, pattern in {
        "1 half-year": r"\bfirst[- ]half|six months|half[- ]year|january (?:to|through|[-–]) ?june|(?<!\d)1月?[-–—至到~]6月|前[六6]个?月|半年",
        "2 half-year": r"\bsecond[- ]half|half[- ]year|july (?:to|through|[-–]) ?december|(?<!\d)7月?[-–—至到~]12月|半年",
        "1 quarter": r"\bfirst[- ]quarter|three months|january (?:to|through|[-–]) ?march|(?<!\d)1月?[-–—至到~]3月|首季|前[三3]个?月",
        "2 quarter": r"\bsecond[- ]quarter|three months|april (?:to|through|[-–]) ?june|(?<!\d)4月?[-–—至到~]6月",
        "3 quarter": r"\bthird[- ]quarter|three months|july (?:to|through|[-–]) ?september|(?<!\d)7月?[-–—至到~]9月",
        "4 quarter": r"\bfourth[- ]quarter|last quarter|three months|october (?:to|through|[-–]) ?december|(?<!\d)10月?[-–—至到~]12月",
    }.items()
}
"""Other ways to tell them."""
_ABOUT = re.compile(
    r"(?:约|約|近|超|超过|超過|逾|大约|接近|about|around|nearly|almost|over|more than|some|roughly|approximately)\s?(?:RMB|[$¥€£])?\s?$",
    re.IGNORECASE,
)
_UNDER = re.compile(
    r"(?:近|将近|接近|不到|不足|nearly|almost|under|below|less than|fewer than|up to)\s?(?:RMB|[$¥€£])?\s?$",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"(?:超|超过|超過|逾|over|above|more than|upwards of|at least|exceed(?:s|ed|ing)?|north of)\s?(?:RMB|[$¥€£])?\s?$",
    re.IGNORECASE,
)
_MORE = re.compile(r"[余餘多]|\+$")
_PART = re.compile(r"分之|成|-|\b(?:third|quarter|fifth|sixth|tenth)", re.IGNORECASE)
_POINTS = re.compile(r"个百分点|個百分點|points", re.IGNORECASE)
_MONTH_NAME = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b(?! \d)")
_OPENING = re.compile(r"\s*(?:\d{1,2}月\d{1,2}日(?=[特专專]稿)|\d{1,2}[.)、](?=\s+\S))")
"""The date of a wire's slug, 2月21日特稿（…）, and the number of a list's line: neither says anything of the matter."""


def unsupported_numbers(claim: Claim, evidence: Evidence) -> Iterator[str]:
    """Name each number that the source lacks, or has with another company."""
    opening = _OPENING.match(claim.text)
    said = [number for number in claim.numbers if not opening or number.end > opening.end()]
    missing = [number for number in said if not _is_told(number, claim.text, evidence)]
    yield from (f"{_KINDS.get(number.unit, 'amount')} “{number.text}”" for number in missing)
    yield from _other_months(claim.text, evidence)
    yield from _other_ordinals(claim.text, evidence)
    yield from _changed_models(claim.text, evidence)
    if not missing:
        yield from (f"unit “{number.text}”" for number in said if _is_only_points(number, evidence))
        yield from (f"number “{number}”" for number in _out_of_company(claim.text, evidence))


def _is_told(quantity: Quantity, sentence: str, evidence: Evidence) -> bool:
    if quantity.unit == "date":
        return evidence.has_date(*divmod(int(quantity.value), 100))
    if quantity.key in _PERIODS:
        return quantity.key in evidence.alike or _PERIODS[quantity.key].search(evidence.text) is not None
    kind = classifier(sentence, quantity)
    if (kind == "日" and quantity.value in evidence.days) or (
        kind == "月" and quantity.value in evidence.months
    ):
        return True
    if kind in SPAN_SECONDS and not quantity.unit and quantity.value * SPAN_SECONDS[kind] in evidence.seconds:
        return True
    alike = evidence.counted.get(quantity.value, ()), *_rounded(quantity, sentence, evidence)
    if not any(alike):
        if quantity.unit == "%" and _PART.search(quantity.text):
            return _is_share(quantity.value / 100, evidence.numbers[:MOST_NUMBERS])
        return quantity.value in (evidence.spelled if quantity.unit else evidence.values)
    mine = quantity.unit, kind
    return any(_fits(mine, theirs) for kinds in alike for theirs in kinds)


def _rounded(quantity: Quantity, sentence: str, evidence: Evidence) -> list[Collection[Kind]]:
    """Return what the source counts with numbers that round to one which is said to be but about right."""
    before = sentence[max(quantity.start - 18, 0) : quantity.start]
    value, step = quantity.value, _step(quantity.value)
    ranges = [(value / (1 + ROUNDING), value / (1 - ROUNDING))] if _ABOUT.search(before) else []
    if _OVER.search(before) or _MORE.search(quantity.text + sentence[quantity.end : quantity.end + 1]):
        ranges.append((value, value + step))
    elif _UNDER.search(before):
        ranges.append((value - step, value))
    digits, ascending = digit_count(value), evidence.ascending
    return [
        evidence.counted[other]
        for low, high in ranges
        for other in ascending[bisect_left(ascending, low) : bisect_right(ascending, high)]
        if digits < digit_count(other)
    ]


def _step(value: float) -> float:
    """Return one of a number's last digit that is not zero: 100 for 1,500."""
    if not 0 < value < inf:
        return 0.0
    exponent = floor(log10(value))
    return float(10.0 ** (exponent - digit_count(value) + 1))


def _is_share(part: float, numbers: Sequence[Quantity]) -> bool:
    """Say whether of two numbers that stand close together one is such a part of the other, or less by it.

    16 of 64 are a quarter, from 50 to 40 it is a fifth less.
    """
    counts = [
        number.value for number in numbers if number.unit not in ("date", "year", "%") and number.value > 0
    ]
    return any(
        any(abs(told - part) <= ROUNDING * part for told in (share, 1 - share))
        for place, one in enumerate(counts)
        for other in counts[place + 1 : place + 3]
        for share in (min(one, other) / max(one, other),)
    )


def _is_only_points(number: Quantity, evidence: Evidence) -> bool:
    """Say whether a number told in per cent is one of percentage points."""
    if number.unit != "%" or _POINTS.search(number.text):
        return False
    alike = evidence.alike.get(number.key, ())
    return bool(alike) and all(_POINTS.search(other.text) for other in alike)


def _fits(mine: Kind, theirs: Kind) -> bool:
    """Say whether two equal numbers count the same thing, as far as units and Chinese measure words tell."""
    which = 0 if mine[0] and theirs[0] else 1
    return mine[which] == theirs[which] or not mine[which] or not theirs[which]


def _other_months(sentence: str, evidence: Evidence) -> Iterator[str]:
    """Yield the months that the source does not tell, where it tells others."""
    named = [name for name in _MONTH_NAME.findall(sentence) if MONTHS[name] not in evidence.months]
    yield from (f"date “{name}”" for name in named if evidence.months)


def _other_ordinals(sentence: str, evidence: Evidence) -> Iterator[str]:
    """Yield the ordinals that the source does not have, where it has others."""
    told = [match.group() for match in ORDINAL.finditer(sentence) if ordinal(match) not in evidence.ordinals]
    yield from (f"number “{place}”" for place in told if evidence.ordinals - {1})


def _changed_models(sentence: str, evidence: Evidence) -> Iterator[str]:
    """Yield names like PM2.5 whose letters the source has with another number only."""
    for match in MODEL.finditer(sentence):
        known = evidence.models.get(match[1].lower())
        if known and match[2] not in known:
            yield f"name “{match.group()}”"


def _out_of_company(sentence: str, evidence: Evidence) -> Iterator[str]:
    """Yield the numbers around which the source says word for word the same of another number, and never of these."""
    folded = fold(sentence)
    masked = NUMBER.sub(MASK, folded.rstrip(".。…"))
    scale = 2 if evidence.is_han else 1
    place = -1
    for number in islice(NUMBER.findall(folded), MOST_NUMBERS):
        place = masked.index(MASK, place + 1)
        start, end = _window(place, len(masked), wide=COMPANY // scale)
        company = masked[start:end]
        fewest = (FEWEST_ALONE if len(company) == len(masked) else FEWEST_BESIDE) // scale
        if len(company) - company.count(MASK) >= fewest:
            others = evidence.numbers_within(company, place - start)
            if others and _plain(number) not in map(_plain, others):
                yield number


def _window(place: int, length: int, *, wide: int) -> tuple[int, int]:
    """Return from where to where to look around a place; what one side is too short for the other gets."""
    before, after = min(place, wide), min(length - place - 1, wide)
    return max(place - wide - (wide - after), 0), min(place + 1 + wide + (wide - before), length)


def _plain(number: str) -> str:
    return number.replace(",", "").lstrip("0")
