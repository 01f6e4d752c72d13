"""Numbers as a text writes them: as words (``nine``, ``twenty-five thousand``, ``九家``), parts (``三分之一``) and periods (``H1``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.quantities import Quantity, quantities
from pipeline.summarise.measures import CLASSIFIERS

FEWEST = 3
"""One is a pronoun as well, and two of a thing are told without the word."""
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
_UNITS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_CARDINALS = {
    **{word: float(value) for value, word in enumerate(_UNITS, start=1)},
    **{word: 10.0 * value for value, word in enumerate(_TENS, start=2)},
}
_SCALES = {"dozen": 12.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_OTHERS = {
    1: "first 一", 2: "two-thirds second twice double pair 两 二 双", 3: "third triple 三", 4: "fourth quarter 四", 5: "fifth 五",
    6: "sixth 六", 7: "seventh 七", 8: "eighth 八", 9: "ninth 九", 10: "tenth decade 十", 50: "half", 100: "百",
}  # fmt: skip
NUMBER_WORDS = {
    **_CARDINALS,
    **_SCALES,
    **{word: float(value) for value, names in _OTHERS.items() for word in names.split()},
}
"""Every word that alone may stand for a number, fractions and ordinals with them."""
_CARDINAL = "|".join(_CARDINALS)
_UNIT_WORDS = {
    "per cent": "%",
    "percent": "%",
    "percentage points": "%",
    "yuan": "CNY",
    "dollars": "USD",
    "euros": "EUR",
}
_SPELLED = re.compile(
    rf"\b(?=[aefhnost])(?P<number>(?:{_CARDINAL})(?:[ -](?:{_CARDINAL}))?|(?:half )?an?(?=[ -](?:{'|'.join(_SCALES)})\b))(?P<more> and a half)?"
    rf"(?:[ -](?P<scale>{'|'.join(_SCALES)})(?: and (?P<rest>{_CARDINAL}))?)?\b(?:[ -](?P<unit>{'|'.join(_UNIT_WORDS)})\b)?"
    rf"|(?<![第零〇一二两三四五六七八九十百千万亿])(?P<han>[三四五六七八九十])(?=[{''.join(CLASSIFIERS)}天]|个月|個月|个?小时|個?小時|分钟|分鐘|秒|周|个?星期)",
    re.IGNORECASE,
)


_WHOLE = 100
_DIGITS = {character: value for value, character in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_LEAD = "|".join(
    rf"(?<=\b{lead} )"
    for lead in [
        "by",
        "to",
        "than",
        "nearly",
        "almost",
        "about",
        "around",
        "over",
        "only",
        "just",
        "some",
        "roughly",
        "under",
        "below",
    ]
)
"""What makes “a third” a part without “of”."""
_SMALL = "one|two|three|four|five|six|seven|eight|nine|ten"
_FRACTION = re.compile(
    r"(?P<whole>[一二三四五六七八九十]|\d{1,3})分之(?P<part>[一二两三四五六七八九]|\d{1,3})"
    r"|(?<![一二三四五六七八九十百千万\d])(?P<tenths>[一二两三四五六七八九]|\d(?:\.\d)?)成(?P<half>[一二三四五六七八九半])?(?![立为員员功都熟本绩果长效交就人])"
    rf"|\b(?=[aotfsne])(?P<lead>{_LEAD})?(?P<count>an?|{_SMALL})(?P<hyphen>-)? ?(?P<name>{'|'.join(name for name in _PARTS if name != 'half')})s?\b(?(lead)|(?(hyphen)|(?= of\b)))"
    rf"|\b(?=[otfsne\d])(?P<of>{_SMALL}|\d{{1,2}}) (?:(?:[a-z]+ )?in|out of)(?: every)? (?P<out>{_SMALL}|\d{{1,2}}0?)\b",
    re.IGNORECASE,
)
_PART_WORDS = ("分之", "成", "third", "quarter", "fifth", "sixth", "eighth", "tenth", " in ", " out of ")
_PERIOD_WORDS = ("半年", "季", "half", "quarter", "h1", "h2", "q1", "q2", "q3", "q4")
ORDINAL = re.compile(
    r"第(?P<han>[一二三四五六七八九十]{1,3}|\d{1,4})(?!三?方|一?线|[季轮届期号])"
    r"|首(?=[个個次届屆家批款位轮輪座例])|(?<!a )(?<!one )(?<!one-)(?<!two )(?<!two-)(?<!come )(?<!comes )(?<!at )\b(?P<word>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b(?!-| (?:half|quarter|hand|parties|party))"
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
    r"|(?P<quarter>(?<![前\d])第?[一二三四1-4]季(?:度|报|報)|第[一二三四1-4]季|\bQ[1-4]\b|\b(?i:first|second|third|fourth)[ -](?i:quarter)\b(?! century))"
)
_LATER = {"下": 2, "2": 2, "s": 2}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4} | {str(n): n for n in range(1, 5)} | _DIGITS


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


def numbers_in(text: str) -> tuple[Quantity, ...]:
    """Return the numbers of a text, in figures and in words; of those within a part only the part."""
    parts = tuple(_parts(text))
    counts = (*quantities(text), *_counts(text))
    taken = {place for part in parts for place in range(part.start, part.end)}
    whole = (number for number in counts if number.start not in taken)
    return (*whole, *parts, *_periods(text))


def _parts(text: str) -> Iterator[Quantity]:
    low = text.lower()
    if any(part in low for part in _PART_WORDS):
        for match in _FRACTION.finditer(text):
            if 0 < (percentage := _percentage(match)) < _WHOLE:
                yield _quantity(match, value=round(percentage, 6), unit="%")


def _periods(text: str) -> Iterator[Quantity]:
    low = text.lower()
    if any(part in low for part in _PERIOD_WORDS):
        yield from map(_period, _PERIOD.finditer(text))


def _percentage(match: re.Match[str]) -> float:
    if match["whole"]:
        return 100 * _digit(match["part"]) / max(_digit(match["whole"]), 1)
    if match["tenths"]:
        half = match["half"] or ""
        return 10 * _digit(match["tenths"]) + (5 if half == "半" else _DIGITS.get(half, 0))
    if match["of"]:
        return 100 * _digit(match["of"].lower()) / max(_digit(match["out"].lower()), 1)
    return 100 * _digit(match["count"].lower()) / _PARTS[match["name"].lower()]


def _digit(numeral: str) -> float:
    known = {"a": 1.0, "an": 1.0, **_CARDINALS, **_DIGITS}
    return known[numeral] if numeral in known else float(numeral)


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
            yield _quantity(match, value=value, unit=_UNIT_WORDS.get((match["unit"] or "").lower(), ""))


def _value(match: re.Match[str]) -> float:
    told = match["number"].lower()
    number = sum(_CARDINALS.get(word, 1.0) for word in re.split("[ -]", told) if word not in ("half",))
    number = 0.5 if told.startswith("half") else number + 0.5 * bool(match["more"])
    rest = _CARDINALS.get((match["rest"] or "").lower(), 0)
    return number * _SCALES.get((match["scale"] or "").lower(), 1) + rest


def digit_count(value: float) -> int:
    """Count the significant digits: 2 for 1,500."""
    return len(f"{value:.12g}".replace(".", "").strip("0"))


FEWEST_LISTED, MOST_LISTED = 3, 10
_HAN_CLAUSE = re.compile(r"[，。；！？：\n]")
_HAN_AND = re.compile(r"[和及与與][^、]*$|以及")
_LATIN_CLAUSE = re.compile(r"[.;:()\n]")


def listed(text: str) -> frozenset[int]:
    """Return how many things each list of a text has."""
    lists = (clause for clause in _HAN_CLAUSE.split(text) if "、" in clause)
    han = (clause.count("、") + 1 + bool(_HAN_AND.search(clause, clause.rfind("、"))) for clause in lists)
    latin = (
        _listed_before(clause, word) for clause in _LATIN_CLAUSE.split(text) for word in (" and ", " or ")
    )
    return frozenset(n for n in (*han, *latin) if FEWEST_LISTED <= n <= MOST_LISTED)


def _listed_before(clause: str, word: str) -> int:
    """Count the things that a clause lists with “and”, or “or”, before the last; 0 without a list."""
    before = clause[: max(clause.rfind(word), 0)]
    return before.count(", ") + 2 if ", " in before else before.count(",") + 1
