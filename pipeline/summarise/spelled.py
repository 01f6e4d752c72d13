"""Numbers as a text writes them: as words (``nine``, ``twenty-five thousand``, ``九家``), parts (``三分之一``) and periods (``H1``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.text import Quantity

FEWEST = 3
"""One is a pronoun as well, and two of a thing are told without the word."""
CLASSIFIERS = {character: kind for kind in ("名位人", "家", "台部", "件", "次", "天", "年", "月", "日号", "岁", "米", "吨", "届", "期", "项", "座", "倍") for character in kind}  # fmt: skip
"""The Chinese words between a number and what it counts; those of one value are alike."""
MONTHS = {
    name: month
    for month, name in enumerate(
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        start=1,
    )
}
_SPANS = {
    "年": "years?|个半?年头", "个月": "months?|个月|個月|个多月", "周": "weeks?|个?星期|周(?!边|围)", "天": "days?|天|晝夜", "小时": "hours?|个?小时|個?小時|个?钟头",
    "分钟": "minutes?|分钟|分鐘", "秒": "seconds?|秒",
}  # fmt: skip
"""Spans of time; of those a number counts one only."""
SPAN_SECONDS = {
    "年": 12 * 2_592_000,
    "个月": 2_592_000,
    "周": 604_800,
    "天": 86_400,
    "小时": 3_600,
    "分钟": 60,
    "秒": 1,
}
"""How long each lasts, a month taken for thirty days and a year for twelve of them."""
HALF_YEAR = re.compile(r"半年|half a year|half-year|six months|6个月|六个月", re.IGNORECASE)
_SPAN = re.compile("|".join(rf"(?P<k{n}>{forms})" for n, forms in enumerate(_SPANS.values())), re.IGNORECASE)
_BEHIND = re.compile(r"[余餘多]?[\s-]?")
_UNITS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_CARDINALS = {
    **{word: float(value) for value, word in enumerate(_UNITS, start=1)},
    **{word: 10.0 * value for value, word in enumerate(_TENS, start=2)},
}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_OTHERS = {
    1: "first 一", 2: "two-thirds second twice double pair 两 二 双", 3: "third triple 三", 4: "fourth quarter 四", 5: "fifth 五",
    6: "sixth 六", 7: "seventh 七", 8: "eighth 八", 9: "ninth 九", 10: "tenth decade 十", 12: "dozen", 50: "half", 100: "百",
}  # fmt: skip
NUMBER_WORDS = {
    **_CARDINALS,
    **_SCALES,
    **{word: float(value) for value, names in _OTHERS.items() for word in names.split()},
}
"""Every word that alone may stand for a number, fractions and ordinals with them."""
_CARDINAL = "|".join(_CARDINALS)
_SPELLED = re.compile(
    rf"\b(?=[efnost])(?P<number>(?:{_CARDINAL})(?:[ -](?:{_CARDINAL}))?)(?:[ -](?P<scale>{'|'.join(_SCALES)})(?: and (?P<rest>{_CARDINAL}))?)?\b"
    rf"|(?<![第零〇一二两三四五六七八九十百千万亿])(?P<han>[三四五六七八九十])(?=[{''.join(CLASSIFIERS)}]|个月|個月|个?小时|個?小時|分钟|分鐘|秒|周|个?星期)",
    re.IGNORECASE,
)


_DIGITS = {character: value for value, character in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_FRACTION = re.compile(
    r"(?P<whole>[一二三四五六七八九十]|\d{1,3})分之(?P<part>[一二两三四五六七八九]|\d{1,3})"
    r"|(?<![一二三四五六七八九十百千万\d])(?P<tenths>[一二两三四五六七八九]|\d(?:\.\d)?)成(?P<half>[一二三四五六七八九半])?(?![立为員员功都熟本绩果长效交就人])"
    rf"|\b(?P<count>one|a|two|three|four|five|seven|nine)[ -](?P<name>{'|'.join(name for name in _PARTS if name != 'half')})s?\b(?= of\b)",
    re.IGNORECASE,
)
_PART_WORDS = ("分之", "成", "third", "quarter", "fifth", "sixth", "tenth")
_PERIOD_WORDS = ("半年", "季", "half", "quarter", "h1", "h2", "q1", "q2", "q3", "q4")
ORDINAL = re.compile(
    r"第(?P<han>[一二三四五六七八九十]{1,3}|\d{1,4})(?!三?方|一?线|[季轮届期号])"
    r"|首(?=[个個次届屆家批款位轮輪座例])|(?<!a )(?<!one )(?<!one-)(?<!two )(?<!two-)\b(?P<word>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b(?!-| (?:half|quarter|hand|parties|party))"
    r"|\b(?P<figure>\d{1,3})(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_ORDINAL_WORDS = {
    word: place
    for place, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"],
        start=1,
    )
}
_PERIOD = re.compile(
    r"(?P<half>上半年|下半年|\b[Hh][12]\b|\b(?:first|second) half(?= of (?:the|this|last|next|\d{4}))|\b(?:first|second)-half\b)"
    r"|(?P<quarter>(?<![前\d])第?[一二三四1-4]季度|\bQ[1-4]\b|\b(?:first|second|third|fourth)[ -]quarter\b(?! century))"
)
_LATER = {"下": 2, "2": 2, "s": 2}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4} | {str(n): n for n in range(1, 5)} | _DIGITS


def kind_behind(text: str) -> str:
    """Return the kind of measure word that a text opens with, behind “more” and a space; empty without one."""
    start = _BEHIND.match(text)
    place = start.end() if start else 0
    if span := _SPAN.match(text, place):
        word = span.group()
        is_whole = not text[span.end() : span.end() + 1].isalpha() or not word.isascii()
        return list(_SPANS)[int((span.lastgroup or "k0")[1:])] if is_whole else ""
    return CLASSIFIERS.get(text[place : place + 1], "")[:1]


def ordinal(match: re.Match[str]) -> int:
    """Return which place an ``ORDINAL`` names."""
    if match.group() == "首":
        return 1
    if match["word"]:
        return _ORDINAL_WORDS[match["word"].lower()]
    numeral = match["han"] or match["figure"]
    if numeral.isdigit():
        return int(numeral)
    tens, ten, ones = numeral.rpartition("十")
    return (10 * _DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(ones[-1:], 0)


def spelled_numbers(text: str) -> Iterator[Quantity]:
    """Yield numbers from three up that are written as words, without units and no ordinals; then parts, then periods."""
    yield from _counts(text)
    low = text.lower()
    if any(part in low for part in _PART_WORDS):
        for match in _FRACTION.finditer(text):
            yield _quantity(match, value=round(_percentage(match), 6), unit="%")
    if any(part in low for part in _PERIOD_WORDS):
        yield from map(_period, _PERIOD.finditer(text))


def _percentage(match: re.Match[str]) -> float:
    if match["whole"]:
        return 100 * _digit(match["part"]) / max(_digit(match["whole"]), 1)
    if match["tenths"]:
        half = match["half"] or ""
        return 10 * _digit(match["tenths"]) + (5 if half == "半" else _DIGITS.get(half, 0))
    count = match["count"].lower()
    return 100 * (1 if count == "a" else _CARDINALS[count]) / _PARTS[match["name"].lower()]


def _digit(numeral: str) -> float:
    return _DIGITS[numeral] if numeral in _DIGITS else float(numeral)


def _period(match: re.Match[str]) -> Quantity:
    if match["half"]:
        told = match["half"].lower().lstrip("h")
        return _quantity(match, value=_LATER.get(told[0], 1), unit="half-year")
    told = match["quarter"].lower().lstrip("第q")
    return _quantity(
        match, value=_ORDINALS.get(told[0]) or _ORDINALS[re.split("[ -]", told)[0]], unit="quarter"
    )


def _quantity(match: re.Match[str], *, value: float, unit: str) -> Quantity:
    return Quantity(value=value, unit=unit, text=match.group(), start=match.start(), end=match.end())


def _counts(text: str) -> Iterator[Quantity]:
    for match in _SPELLED.finditer(text):
        value = NUMBER_WORDS[match["han"]] if match["han"] else _value(match)
        if value >= FEWEST:
            yield _quantity(match, value=value, unit="")


def _value(match: re.Match[str]) -> float:
    number = sum(_CARDINALS[word] for word in re.split("[ -]", match["number"].lower()))
    rest = _CARDINALS.get((match["rest"] or "").lower(), 0)
    return number * _SCALES.get((match["scale"] or "").lower(), 1) + rest


def digit_count(value: float) -> int:
    """Count the significant digits: 2 for 1,500."""
    return len(f"{value:.12g}".replace(".", "").strip("0"))
