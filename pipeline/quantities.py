"""Numbers, amounts and dates, made comparable across languages."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A number as it stands in a text, with scale words and units worked out."""

    value: float
    unit: str
    """``CNY``, ``USD``, …, ``%``, ``date`` (month × 100 + day), ``year``, or empty."""
    text: str
    start: int
    end: int

    @property
    def key(self) -> str:
        """Return one spelling for equal quantities, whatever the language: ``150000000 CNY``."""
        return f"{self.value:.12g} {self.unit}".strip()


_MONTH_NAMES = (
    ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may",), ("jun", "june"),
    ("jul", "july"), ("aug", "august"), ("sep", "sept", "september"), ("oct", "october"), ("nov", "november"),
    ("dec", "december"),
)  # fmt: skip
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES, start=1) for name in names}
_SCALES = {
    "万亿": 1e12, "千亿": 1e11, "百亿": 1e10, "十亿": 1e9, "亿": 1e8, "千万": 1e7, "百万": 1e6, "十万": 1e5, "万": 1e4, "千": 1e3,
    "萬億": 1e12, "億": 1e8, "千萬": 1e7, "百萬": 1e6, "萬": 1e4,
    "trillion": 1e12, "tn": 1e12, "billion": 1e9, "bn": 1e9, "b": 1e9, "million": 1e6, "mn": 1e6, "m": 1e6, "thousand": 1e3, "k": 1e3,
}  # fmt: skip
_UNITS = {
    **dict.fromkeys(("元人民币", "人民币", "元", "yuan", "rmb", "renminbi", "cny", "¥", "￥"), "CNY"),
    **dict.fromkeys(
        ("美元", "美金", "us dollars", "u.s. dollars", "dollars", "dollar", "usd", "$", "us$"), "USD"
    ),
    **dict.fromkeys(("港元", "港币", "港幣", "hk dollars", "hkd", "hk$"), "HKD"),
    **dict.fromkeys(("欧元", "歐元", "euros", "euro", "eur", "€"), "EUR"),
    **dict.fromkeys(("日元", "日圆", "yen", "jpy"), "JPY"),
    **dict.fromkeys(("英镑", "英鎊", "pounds", "gbp", "£"), "GBP"),
    **dict.fromkeys(("%", "％", "percent", "per cent", "个百分点", "個百分點", "percentage points"), "%"),
    **dict.fromkeys(("年",), "year"),
}


def _any_of(names: Iterable[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(
        re.escape(name) + (r"\b" if name[-1].isascii() and name[-1].isalpha() else "")
        for name in longest_first
    )


MONTH = _any_of(_MONTHS)
"""The English names of the months as a pattern, without regard to case."""
_AMOUNT = re.compile(
    r"(?:(?P<before>(?:hk|us)?\$|[€£¥￥]|\b(?:rmb|cny|usd|hkd|eur)\s?)|(?<![\d.,A-Za-z]))"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"[余餘多]?\s?(?:[-–]?(?P<scale>{_any_of(_SCALES)})(?:(?<=[亿億])(?P<rest>\d{{1,4}})[万萬](?!\d)|(?<=[万萬])(?P<thousands>\d)千)?)?"
    rf"(?:[余餘多]|[\s-])?(?P<after>{_any_of(_UNITS)})?",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号號]"
    rf"|\b(?P<name>{MONTH})\.?\s(?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:,]?\d)"
    rf"|\b(?P<day_before>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<name_after>{MONTH})\b",
    re.IGNORECASE,
)
_DIGITS = {character: index for index, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "兩": 2,
}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_HAN_NUMBER = re.compile(
    r"百分之(?P<percent>[零〇一二三四五六七八九十百]{1,9}(?:点[零〇一二三四五六七八九]{1,9})?)"
    r"|(?<![数數几幾一二三四五六七八九])(?![一二三四五六七八九]{2}[十百千万萬亿億])(?P<number>(?:[百千](?=[万萬亿億][美港欧]?元)|[一二两兩三四五六七八九十])(?:[零〇一二两兩三四五六七八九十百千万萬亿億]|[点余餘多几幾](?=[零〇一二三四五六七八九]{0,9}[万萬亿億])){1,24})"
    r"[余餘多]?(?P<after>元人民币|元|美元|港元|欧元)?"
)


def quantities(text: str) -> tuple[Quantity, ...]:
    """Find the numbers, amounts and dates in order, with units made comparable across languages.

    ``1.5亿元`` and ``150 million yuan`` have the same ``key``, so have ``2月21日`` and ``Feb 21``.
    """
    dates = list(_dates(text))
    taken = {position for date in dates for position in range(date.start, date.end)}
    numbers = (*_amounts(text), *_han_amounts(text))
    return tuple(
        sorted((*dates, *(n for n in numbers if n.start not in taken)), key=lambda found: found.start)
    )


def _dates(text: str) -> Iterator[Quantity]:
    for match in _DATE.finditer(text):
        name = match["name"] or match["name_after"]
        month = _MONTHS[name.lower()] if name else int(match["month"])
        day = int(match["day"] or match["day_after"] or match["day_before"])
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield _quantity(match, value=month * 100 + day, unit="date")


def _amounts(text: str) -> Iterator[Quantity]:
    for match in _AMOUNT.finditer(text):
        value, scale = float(match["number"].replace(",", "")), (match["scale"] or "").lower()
        rest = float(match["rest"] or 0) * 1e4 + float(match["thousands"] or 0) * 1e3
        unit = _UNITS.get((match["before"] or match["after"] or "").strip().lower(), "")
        if len(scale) == 1 and scale in "mbk" and unit in ("", "%", "year"):
            yield _quantity(
                match, value=value, unit=unit
            )  # 5m may be metres: a scale only after a currency sign
        elif unit == "year" and not (value.is_integer() and 1900 <= value <= 2100):
            yield _quantity(match, value=value * _SCALES.get(scale, 1), unit="")
        else:
            total = value * _SCALES.get(scale, 1) + rest
            yield _quantity(match, value=total, unit=_year_or(unit, value, match))


def _year_or(unit: str, value: float, match: re.Match[str]) -> str:
    is_bare = not unit and not match["scale"] and re.fullmatch(r"(?:19|20)\d\d", match["number"])
    return "year" if is_bare and 1900 <= value <= 2100 else unit


def _han_amounts(text: str) -> Iterator[Quantity]:
    for match in _HAN_NUMBER.finditer(text):
        if match["percent"]:
            yield _quantity(match, value=_han_value(match["percent"]), unit="%")
        elif any(character in _TENS or character in _MYRIADS for character in match["number"]):
            yield _quantity(
                match, value=_han_value(match["number"]), unit=_UNITS.get(match["after"] or "", "")
            )


def _han_value(numeral: str) -> float:
    """Read ``三千``, ``二十多万`` (200,000, for that is what is known of it), ``三点五亿``."""
    whole, point, decimals = numeral.partition("点")
    if point:
        scale = math.prod(_MYRIADS[character] for character in decimals if character in _MYRIADS)
        digits = "".join(str(_DIGITS[character]) for character in decimals if character in _DIGITS)
        return round((_han_value(whole) + float(f"0.{digits or 0}")) * scale, 6)
    total = section = digit = 0
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _TENS:
            section, digit = section + (digit or 1) * _TENS[character], 0
        elif character in "亿億":
            total, section, digit = max(total + section + digit, 1) * _MYRIADS[character], 0, 0
        elif character in _MYRIADS:
            total, section, digit = total + max(section + digit, 1) * _MYRIADS[character], 0, 0
    return total + section + digit


def _quantity(match: re.Match[str], *, value: float, unit: str) -> Quantity:
    exact = float(f"{value:.12g}")  # 2.3 x 1e8 is not 230,000,000 to the last bit
    return Quantity(value=exact, unit=unit, text=match.group().strip(), start=match.start(), end=match.end())
