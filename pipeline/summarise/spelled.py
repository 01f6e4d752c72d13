"""Numbers as a text writes them: as words (``nine``, ``twenty-five thousand``, ``九家``), and how round they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.text import Quantity

FEWEST = 3
"""One is a pronoun as well, and two of a thing are told without the word."""
CLASSIFIERS = {character: kind for kind in ("名位人", "家", "台部", "件", "次", "天", "年", "月", "日号", "岁", "米", "吨", "届", "期", "项", "座", "倍") for character in kind}  # fmt: skip
"""The Chinese words between a number and what it counts; those of one value are alike."""
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
    rf"|(?<![第零〇一二两三四五六七八九十百千万亿])(?P<han>[三四五六七八九十])(?=[{''.join(CLASSIFIERS)}])",
    re.IGNORECASE,
)


def spelled_numbers(text: str) -> Iterator[Quantity]:
    """Yield the numbers from three up that are written as words, in order; without units, and no ordinals."""
    for match in _SPELLED.finditer(text):
        value = NUMBER_WORDS[match["han"]] if match["han"] else _value(match)
        if value >= FEWEST:
            yield Quantity(value=value, unit="", text=match.group(), start=match.start(), end=match.end())


def _value(match: re.Match[str]) -> float:
    number = sum(_CARDINALS[word] for word in re.split("[ -]", match["number"].lower()))
    rest = _CARDINALS.get((match["rest"] or "").lower(), 0)
    return number * _SCALES.get((match["scale"] or "").lower(), 1) + rest


def digit_count(value: float) -> int:
    """Count the significant digits: 2 for 1,500."""
    return len(f"{value:.12g}".replace(".", "").strip("0"))
