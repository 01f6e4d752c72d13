"""Measures that can be told in another unit: spans of time, lengths, areas and weights, in either language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.quantities import Quantity

Kind = tuple[str, str]
"""A number's unit, and the kind of measure word behind it; either may be empty."""
NEARLY_EQUAL = 0.035
"""How far one measure may lie from another in a different unit: a month has 28 to 31 days."""
CLASSIFIERS = {character: kind for kind in ("名位人", "家座所处间", "台部件套副辆架颗", "次场回趟", "年", "月", "日号", "岁", "届期轮批", "项宗起例", "倍") for character in kind}  # fmt: skip
"""The Chinese words between a number and what it counts; those of one value are alike."""
_FORMS = {
    "年": (12 * 2_592_000, "years?", "个半?年头|年"), "个月": (2_592_000, "months?", "个多?月|個月"),
    "周": (604_800, "weeks?", "个?星期|周(?!边|围|年|岁)"), "天": (86_400, "days?|nights?", "天|晝夜"),
    "小时": (3_600, "hours?", "个?多?小时|個?小時|个?钟头"), "分钟": (60, "minutes?", "分钟|分鐘"),
    "毫秒": (0.001, "milliseconds?|ms", "毫秒"), "秒": (1, "seconds?", "秒"),
    "平方公里": (1e6, "square[ -]kilomet(?:re|er)s?|sq km", "平方公里|平方千米"),
    "平方米": (1, "square[ -]met(?:re|er)s?|sq m|sqm", "平方米|平米|㎡"),
    "公顷": (1e4, "hectares?", "公顷|公頃"), "亩": (1e4 / 15, "mu", "亩|畝"),
    "公里": (1e3, "kilomet(?:re|er)s?|km", "公里|千米"), "米": (1, "met(?:re|er)s?", "米"), "厘米": (0.01, "centimet(?:re|er)s?|cm", "厘米|公分"),
    "毫米": (0.001, "millimet(?:re|er)s?|mm", "毫米"), "吨": (1e3, "tonnes?|tons?", "吨|噸"), "公斤": (1, "kilograms?|kilos?|kg", "公斤|千克"),
    "斤": (0.5, "jin", "斤"),
}  # fmt: skip
"""Of each unit how many of its kind's first it has, and its names; a month is taken for thirty days, a year for twelve of them."""
_DIMENSIONS = {
    unit: dimension
    for dimension, units in {
        "time": "年 个月 周 天 小时 分钟 毫秒 秒", "area": "平方公里 平方米 公顷 亩", "length": "公里 米 厘米 毫米", "weight": "吨 公斤 斤",
    }.items()
    for unit in units.split()
}  # fmt: skip
_UNITS = tuple(_FORMS)
_UNIT = re.compile(
    "|".join(
        rf"(?P<k{place}>(?:{latin})(?![a-z])|{han})" for place, (_, latin, han) in enumerate(_FORMS.values())
    ),
    re.IGNORECASE,
)
_BEHIND = re.compile(r"[余餘多]?[\s-]?")
_OLD, _AGE = re.compile(r"[ -]olds?\b", re.IGNORECASE), "岁"
_AND_HALF = re.compile(r"半| and a half")
_WORDED = re.compile(
    r"(?:\b(?P<half>half[ -](?:an? |the )?)|\b(?:an?|one|first|per|each|every|whole|full|last|next)[ -]|(?P<han_half>(?<![一二两三四五六七八九十年])半)|[一首每单]|(?<![一二两三四五六七八九十\d])单)个?"
    r"(?:(?P<latin>hour|day|week|fortnight|month|year|decade)\b|(?P<han>小时|小時|钟头|天|日|周(?!边|围)|星期|月|年))(?P<more>半| and a half)?",
    re.IGNORECASE,
)
_WORDED_SECONDS = {
    **dict.fromkeys(("hour", "小时", "小時", "钟头"), 3_600),
    **dict.fromkeys(("day", "天", "日"), 86_400),
    **dict.fromkeys(("week", "周", "星期"), 604_800),
    **dict.fromkeys(("month", "月"), 2_592_000),
    **dict.fromkeys(("year", "年"), 31_104_000),
    "fortnight": 1_209_600,
    "decade": 311_040_000,
}


@dataclass(frozen=True, kw_only=True)
class Measure:
    """How much of what, in the first unit of its kind."""

    dimension: str
    amount: float
    unit: str

    def equals(self, other: Measure) -> bool:
        """Say whether two are one measure; in one unit only just equal ones are."""
        if self.dimension != other.dimension:
            return False
        leeway = 0.0 if self.unit == other.unit else NEARLY_EQUAL
        return abs(self.amount - other.amount) <= leeway * other.amount + 1e-9


def kind_behind(text: str) -> str:
    """Return the kind of measure that a text opens with, behind “more” and a space; empty without one."""
    start = _BEHIND.match(text)
    place = start.end() if start else 0
    if text.startswith("人次", place):  # visits are told as people and as times
        return ""
    if unit := _UNIT.match(text, place):
        return _AGE if _OLD.match(text, unit.end()) else _unit_of(unit)
    return CLASSIFIERS.get(text[place : place + 1], "")[:1]


def classifier(text: str, quantity: Quantity) -> str:
    """Return the kind of the measure word behind a number; empty without one."""
    end = quantity.end - (quantity.text.endswith("年") and not quantity.unit)
    return kind_behind(text[end : end + 20])


def _unit_of(match: re.Match[str]) -> str:
    return _UNITS[int((match.lastgroup or "k0")[1:])]


def measure(text: str, number: Quantity) -> Measure | None:
    """Return what a number measures; none when no unit stands behind it."""
    if number.unit:
        return None
    end = number.end - number.text.endswith("年")
    start = _BEHIND.match(text, end)
    unit = _UNIT.match(text, start.end() if start else end)
    if not unit or _OLD.match(text, unit.end()):
        return None
    name = _unit_of(unit)
    value = number.value + 0.5 * bool(_AND_HALF.match(text, unit.end()))
    return Measure(dimension=_DIMENSIONS[name], amount=value * _FORMS[name][0], unit=name)


def measures(text: str, numbers: Sequence[Quantity]) -> Iterator[Measure]:
    """Yield all that a text measures: its numbers with units, and spans without a number, as half a year or the first week."""
    found = (measure(text, number) for number in numbers)
    yield from (each for each in found if each)
    for match in _WORDED.finditer(text):
        count = (0.5 if match["half"] or match["han_half"] else 1) + 0.5 * bool(match["more"])
        seconds = _WORDED_SECONDS[(match["latin"] or match["han"]).lower()]
        yield Measure(dimension="time", amount=count * seconds, unit="")
