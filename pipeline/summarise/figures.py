"""Does a source have a summary's numbers: of the same value, counting the same, in the same company?"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from math import floor, inf, log10
from operator import itemgetter

from pipeline.quantities import Quantity
from pipeline.summarise.evidence import MASK, MODEL, NUMBER, Claim, Evidence
from pipeline.summarise.folding import fold
from pipeline.summarise.measures import Kind, classifier, measure
from pipeline.summarise.spelled import ORDINAL, digit_count, ordinal
from pipeline.text import HAN

ROUNDING = 0.05
"""How far a number after “about” may lie from the source's."""
MOST_DIGITS, MOST_EXACT = 2, 3
"""Of a number that is worked out from others, and of one of money: nobody does so more exactly."""
SMALL, LARGE = 10, 1_000
"""Up to which, and from which on, a number that counts nothing in particular may be worked out as well."""
_DAY_BEHIND = re.compile(r"st\b|nd\b|rd\b|th\b|[/.-]\d")
_LETTERS = {"k": 1e3, "m": 1e6, "b": 1e9}
"""What a letter right behind a number may stand for, where it is no unit."""
_DAYS = {"天", "日"}
LATEST = 4
"""Years by which the latest year that a text names may lie behind it."""
POINT, TINY = 0.5, 1e-6
"""How far from it what is reckoned may lie: of a percentage, and as a share of another."""
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
        "1 half-year": r"(?:to|ended?|ending|through) (?:\w+ )?(?:\d+ )?june|6月底|\bfirst[- ]half|six months|half[- ]year|january (?:to|through|[-–]) ?june|(?<!\d)1月?[-–—至到~]6月|前[六6]个?月|半年",
        "2 half-year": r"\bsecond[- ]half|half[- ]year|july (?:to|through|[-–]) ?december|(?<!\d)7月?[-–—至到~]12月|半年",
        "1 quarter": r"march quarter|(?:to|ended?|ending|through) (?:\w+ )?(?:\d+ )?march|3月底|\bfirst[- ]quarter|three months|january (?:to|through|[-–]) ?march|(?<!\d)1月?[-–—至到~]3月|首季|前[三3]个?月",
        "2 quarter": r"june quarter|(?:to|ended?|ending|through) (?:\w+ )?(?:\d+ )?june|6月底|\bsecond[- ]quarter|three months|april (?:to|through|[-–]) ?june|(?<!\d)4月?[-–—至到~]6月",
        "3 quarter": r"september quarter|(?:to|ended?|ending|through) (?:\w+ )?(?:\d+ )?september|9月底|\bthird[- ]quarter|three months|july (?:to|through|[-–]) ?september|(?<!\d)7月?[-–—至到~]9月",
        "4 quarter": r"december quarter|(?:to|ended?|ending|through) (?:\w+ )?(?:\d+ )?december|12月底|年底|year[- ]end|end of the year|\bfourth[- ]quarter|last quarter|three months|october (?:to|through|[-–]) ?december|(?<!\d)10月?[-–—至到~]12月",
    }.items()
}
"""Other ways to tell them."""
_CURRENCY = r"\s?(?:RMB|HK\$|US\$|[$¥€£])?\s?$"
_ABOUT = re.compile(
    r"(?:约|約|近|超|超过|超過|逾|大约|接近|大概|上|about|around|nearly|almost|over|more than|some|roughly|approximately|close to|approaching|under|below)"
    + _CURRENCY,
    re.IGNORECASE,
)
_OR_SO = re.compile(
    r"[\u4e00-\u9fff]{0,2}(?:左右|上下)|(?: [a-z]+)? or (?:so|thereabouts)\b|-?odd\b|-ish\b", re.IGNORECASE
)
_UNDER = re.compile(
    r"(?:近|将近|接近|不到|不足|逼近|直逼|nearly|almost|(?<!not )under|below|less than|fewer than|up to|close to|approaching|shy of)"
    + _CURRENCY,
    re.IGNORECASE,
)
_OVER = re.compile(
    r"(?:超|超过|超過|超出|逾|突破|破|over|above|more than|upwards of|at least|exceed(?:s|ed|ing)?|north of|topp(?:ed|ing)|pass(?:ed|ing))"
    + _CURRENCY,
    re.IGNORECASE,
)
_MORE = re.compile(r"[余餘多]|\+$")
_OR_MORE = re.compile(
    r"[\u4e00-\u9fff]{0,2}(?:以上|开外)|[余餘多]|(?: [a-z]+)? or more\b|-?plus\b|\+", re.IGNORECASE
)
_PART = re.compile(r"分之|成|-|\b(?:in|out|third|quarter|fifth|sixth|tenth)", re.IGNORECASE)
_POINTS = re.compile(r"个百分点|個百分點|points", re.IGNORECASE)
_OPENING = re.compile(r"\s*(?:\d{1,2}月\d{1,2}日(?=[特专專]稿)|\d{1,2}[.)、](?=\s+\S))")
"""The date of a wire's slug, 2月21日特稿（…）, and the number of a list's line: neither says anything of the matter."""


def unsupported_numbers(claim: Claim, evidence: Evidence) -> Iterator[str]:
    """Name each number that the source lacks, or has with another company."""
    opening = _OPENING.match(claim.text)
    said = [number for number in claim.numbers if not opening or number.end > opening.end()]
    missing = [number for number in said if not _is_told(number, claim.text, evidence)]
    yield from (f"{_KINDS.get(number.unit, 'amount')} “{number.text}”" for number in missing)
    yield from _other_ordinals(claim.text, evidence)
    yield from _changed_models(claim.text, evidence)
    if not missing:
        yield from (f"unit “{number.text}”" for number in said if _is_only_points(number, evidence))
        yield from (f"number “{number}”" for number in _out_of_company(claim.text, evidence))


def _is_told(quantity: Quantity, sentence: str, evidence: Evidence) -> bool:
    scale = _LETTERS.get(quantity.text[-1:].lower(), 0) if not quantity.unit else 0
    if scale and _is_told(
        replace(quantity, value=quantity.value * scale, text=quantity.text[:-1]), sentence, evidence
    ):
        return True
    if quantity.unit == "date":
        return evidence.has_date(*divmod(int(quantity.value), 100))
    if quantity.key in _PERIODS:
        return quantity.key in evidence.alike or _PERIODS[quantity.key].search(evidence.text) is not None
    kind = classifier(sentence, quantity)
    is_day = kind == "日" or _DAY_BEHIND.match(sentence, quantity.end)
    if (is_day and quantity.value in evidence.days) or (kind == "月" and quantity.value in evidence.months):
        return True
    mine = measure(sentence, quantity)
    if mine and any(map(mine.equals, evidence.measures)):
        return True
    alike = evidence.counted.get(quantity.value, ()), *_rounded(quantity, sentence, evidence)
    if any(_fits((quantity.unit, kind), theirs) for kinds in alike for theirs in kinds):
        return True
    bare = evidence.spelled if quantity.unit else evidence.values
    is_bare = not any(alike) and quantity.value in bare
    return is_bare or _is_worked_out(quantity, sentence, evidence)


def _rounded(quantity: Quantity, sentence: str, evidence: Evidence) -> list[Collection[Kind]]:
    """Return what the source counts with numbers that round to one which is said to be but about right."""
    digits, ascending = _digits(quantity), evidence.ascending
    return [
        evidence.counted[other]
        for low, high in _ranges(quantity, sentence)
        for other in ascending[bisect_left(ascending, low) : bisect_right(ascending, high)]
        if digits < digit_count(other)
    ]


def _digits(quantity: Quantity) -> int:
    return 1 if _is_part(quantity) else digit_count(quantity.value)


def _is_part(quantity: Quantity) -> bool:
    """Say whether it is told as a part, as a third and 三成, which is seldom meant to the last digit."""
    return quantity.unit == "%" and _PART.search(quantity.text) is not None


def _ranges(quantity: Quantity, sentence: str) -> Iterator[tuple[float, float]]:
    """Yield from where to where the source's number may lie, of one that is said to be but about right."""
    before, behind = (
        sentence[max(quantity.start - 18, 0) : quantity.start],
        sentence[quantity.end : quantity.end + 18],
    )
    value, step = quantity.value, _step(quantity)
    if _ABOUT.search(before) or _OR_SO.match(behind):
        yield value / (1 + ROUNDING), value / (1 - ROUNDING)
    if _OVER.search(before) or _OR_MORE.match(behind) or _MORE.search(quantity.text):
        yield value, value + step
    elif _UNDER.search(before):
        yield value - step, value
    if digit_count(value) > 1:
        yield value - step / 2, value + step / 2
    if _is_part(quantity):
        yield value - 1, value + 1


def _is_worked_out(quantity: Quantity, sentence: str, evidence: Evidence) -> bool:
    """Say whether it can be reckoned from the source's numbers, or counts one of its lists."""
    value, kind = quantity.value, (quantity.unit, classifier(sentence, quantity))
    if value in evidence.listed and not quantity.unit:
        return True
    is_counted = any(kind) or value >= LARGE or value <= SMALL
    if not is_counted and (HAN.search(sentence) or _digits(quantity) > MOST_DIGITS):
        return False
    if quantity.unit == "%" and not _is_round(quantity):
        return False
    if kind[1] == "年" and _is_since(value, evidence):
        return True
    leeway = POINT if quantity.unit == "%" else TINY * value
    ranges = [(value - leeway, value + leeway)]
    if _digits(quantity) <= MOST_EXACT:
        ranges += _ranges(quantity, sentence)
    return any(_is_kindred(kind, theirs) for each in ranges for _, theirs in _within(evidence.derived, each))


def _is_since(years: float, evidence: Evidence) -> bool:
    """Say whether it may be so many years from one of the source's to when that was written, of which its latest tells."""
    told = [number.value for number in evidence.numbers if number.unit == "year"]
    return any(max(told) <= year + years <= max(told) + LATEST for year in told)


def _within(found: Sequence[tuple[float, Kind]], bounds: tuple[float, float]) -> Sequence[tuple[float, Kind]]:
    low, high = (
        side(found, bound, key=itemgetter(0))
        for side, bound in zip((bisect_left, bisect_right), bounds, strict=True)
    )
    return found[low:high]


def _is_kindred(mine: Kind, theirs: Kind) -> bool:
    return (mine[0] == "%") == (theirs[0] == "%") and _fits(mine, theirs)


def _is_round(quantity: Quantity) -> bool:
    return float(quantity.value).is_integer() or _is_part(quantity)


def _step(quantity: Quantity) -> float:
    """Return one of a number's last digit that is not zero: 100 for 1,500; of a part a fifth of it."""
    if not 0 < quantity.value < inf:
        return 0.0
    if _is_part(quantity) and not float(quantity.value).is_integer():
        return quantity.value / 5
    exponent = floor(log10(quantity.value))
    return float(10.0 ** (exponent - digit_count(quantity.value) + 1))


def _is_only_points(number: Quantity, evidence: Evidence) -> bool:
    """Say whether a number told in per cent is one of percentage points."""
    if number.unit != "%" or _POINTS.search(number.text):
        return False
    alike = evidence.alike.get(number.key, ())
    return bool(alike) and all(_POINTS.search(other.text) for other in alike)


def _fits(mine: Kind, theirs: Kind) -> bool:
    """Say whether two equal numbers count the same thing, as far as units and Chinese measure words tell."""
    which = 0 if mine[0] and theirs[0] else 1
    return (
        mine[which] == theirs[which]
        or not mine[which]
        or not theirs[which]
        or {mine[which], theirs[which]} == _DAYS
    )


def _other_ordinals(sentence: str, evidence: Evidence) -> Iterator[str]:
    """Yield the ordinals that the source does not have, where it has others."""
    told = [match.group() for match in ORDINAL.finditer(sentence) if not _is_place(match, evidence)]
    yield from (f"number “{place}”" for place in told if evidence.ordinals - {1})


def _is_place(match: re.Match[str], evidence: Evidence) -> bool:
    """Say whether the source has an ordinal, or a day of the month that is written as one."""
    place = ordinal(match)
    return place in evidence.ordinals or (match["figure"] is not None and place in evidence.days)


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
