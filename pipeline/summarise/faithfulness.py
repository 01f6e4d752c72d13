"""Does a summary say only what its source says? Numbers, names, quotations, and the wording as a whole.

It is a gate against changed figures and invented names; a sentence that stands in the source word for word
always passes. It cannot see a claim turned round in the source's own words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.text import HAN, Quantity, is_mostly_han, quantities, script_language, sentences, words

FAMILIAR_HAN = 0.5
"""The share of a Chinese sentence's pairs of characters that the source must hold; own wording lowers it."""
FAMILIAR_LATIN = 0.6
"""The same for an English sentence's content words."""
ROUNDING = 0.05
"""How far a number after “about” may lie from the source's."""
STEM = 5
"""Words that share so many first letters count as forms of one word."""
FEWEST_WORDS = 4
FEWEST_QUOTED = 4
_ABOUT = re.compile(
    r"(?:约|近|超|超过|逾|大约|接近|about|around|nearly|almost|over|more than|some|roughly|approximately)\s?(?:RMB|[$¥€£])?\s?$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“「『]([^”」』]{2,})[”」』]|(?<![\w])\"([^\"]{2,})\"")
_MONTH = re.compile(r"(?<!\d)(\d{1,2})月")
_DAY = re.compile(r"(?<![\d月])(\d{1,2})(?:[日号號]|st\b|nd\b|rd\b|th\b)")
_NAME = re.compile(r"(?<![\w'’])[A-Z][\w'’&.-]*[\w](?:\s[A-Z][\w'’&.-]*[\w])*")
_CLASSIFIERS = {character: kind for kind in ("名位人", "家", "台部", "件", "次", "天", "年", "月", "日号", "岁", "米", "吨", "届", "期", "项", "座", "倍") for character in kind}  # fmt: skip
_NUMBER_WORDS = {
    word: float(value)
    for value, names in {
        2: "two two-thirds second twice double pair 两 二 双", 3: "three third triple 三", 4: "four fourth quarter 四", 5: "five fifth 五",
        6: "six sixth 六", 7: "seven seventh 七", 8: "eight eighth 八", 9: "nine ninth 九", 10: "ten tenth decade 十", 11: "eleven", 12: "twelve dozen",
        15: "fifteen", 20: "twenty", 30: "thirty", 40: "forty", 50: "fifty half", 100: "hundred 百", 1: "one first 一",
    }.items()
    for word in names.split()
}  # fmt: skip
_EMPTY_WORDS = frozenset(
    (
        "the", "a", "an", "of", "to", "in", "on", "for", "and", "or", "is", "are", "was", "were", "be", "been", "has", "have", "had",
        "that", "this", "it", "its", "as", "at", "by", "with", "from", "but", "not", "he", "she", "they", "their", "his", "her", "who",
        "which", "will", "would", "after", "also", "into", "than", "said", "says",
    )
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a summary says that its source does not."""

    supported: bool
    score: float
    """In [0, 1]: the least familiar sentence's share of known wording; 0.5 at most when something is unsupported."""
    unsupported: tuple[str, ...]


def check(source: str, summary: str, *, names: Collection[str] = ()) -> Check:
    """Compare a summary with its source; ``names`` are Chinese or other names worth looking for in both."""
    known = _Source(source)
    language = script_language(summary)
    told = [s for s in sentences(summary, language) if not known.holds(s)]
    unsupported = tuple(
        dict.fromkeys(found for sentence in told for found in _unsupported(sentence, known, names))
    )
    familiar = min((known.familiarity(sentence) for sentence in told), default=1.0)
    score = min(familiar, 0.5) if unsupported else familiar
    return Check(supported=not unsupported, score=round(score, 4), unsupported=unsupported)


class _Source:
    """What is looked up in a source, each thing prepared when first needed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = _fold(text)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(_bare(word) for word in words(self.text))

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(word[:STEM] for word in self.words if len(word) >= STEM)

    @cached_property
    def numbers(self) -> tuple[Quantity, ...]:
        return quantities(self.text)

    @cached_property
    def spelled(self) -> frozenset[float]:
        """Every number that is written as a word."""
        return frozenset(
            n for word, n in _NUMBER_WORDS.items() if word in (self.text if HAN.match(word) else self.words)
        )

    @cached_property
    def values(self) -> frozenset[float]:
        """Every number, whatever it counts; of dates the days and months."""
        dates = {float(part) for q in self.numbers if q.unit == "date" for part in divmod(int(q.value), 100)}
        return self.spelled | dates | {quantity.value for quantity in self.numbers}

    def has_day(self, month: int, day: int) -> bool:
        """Say whether a date is told, in one piece or as a month here and a day of it there."""
        dates = [divmod(int(quantity.value), 100) for quantity in self.numbers if quantity.unit == "date"]
        months = {told for told, _ in dates} | {int(found) for found in _MONTH.findall(self.text)}
        days = {int(found) for found in _DAY.findall(self.text)}
        return (month, day) in dates or (month in months and day in days)

    def holds(self, passage: str) -> bool:
        """Say whether a passage stands in the source word for word, but for spaces and kinds of quotation marks."""
        folded = _fold(passage).removesuffix("…").rstrip(".。")
        return folded in self.folded

    def knows(self, word: str) -> bool:
        bare = _bare(word)
        return bare in self.words or (len(bare) >= STEM and bare[:STEM] in self.stems)

    def familiarity(self, sentence: str) -> float:
        """Return the share of a sentence's content words that the source has."""
        content = [word for word in words(sentence) if word not in _EMPTY_WORDS]
        return sum(map(self.knows, content)) / len(content) if content else 1.0


def _fold(text: str) -> str:
    plain = re.sub(r"[“”「」『』\"`]|''", "", text).replace("’", "'")
    return re.sub(r"\s+", "", plain).lower()


def _bare(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s").rstrip(".,'-&")


def _unsupported(sentence: str, source: _Source, names: Collection[str]) -> Iterator[str]:
    yield from _unsupported_numbers(sentence, source)
    yield from _unsupported_names(sentence, source, names)
    yield from _unsupported_quotations(sentence, source)
    least = FAMILIAR_HAN if is_mostly_han(sentence) else FAMILIAR_LATIN
    if len(words(sentence)) >= FEWEST_WORDS and source.familiarity(sentence) < least:
        yield sentence


def _unsupported_numbers(sentence: str, source: _Source) -> Iterator[str]:
    for quantity in quantities(sentence):
        if not _has_number(quantity, sentence, source):
            yield quantity.text


def _has_number(quantity: Quantity, sentence: str, source: _Source) -> bool:
    if quantity.unit == "date":
        return source.has_day(*divmod(int(quantity.value), 100))
    alike = [other for other in source.numbers if _is_near(other.value, quantity, sentence)]
    if not alike:
        return quantity.value in (source.spelled if quantity.unit else source.values)
    return any(_fits_unit(quantity, sentence, other, source.text) for other in alike)


def _is_near(value: float, quantity: Quantity, sentence: str) -> bool:
    if value == quantity.value:
        return True
    is_rounded = _ABOUT.search(sentence[max(quantity.start - 14, 0) : quantity.start]) is not None
    is_rounder = _digits(quantity.value) < _digits(value)
    return is_rounded and is_rounder and abs(value - quantity.value) <= ROUNDING * abs(value)


def _digits(value: float) -> int:
    """Count the significant digits: 2 for 1,500."""
    return len(f"{value:.12g}".replace(".", "").strip("0"))


def _fits_unit(quantity: Quantity, sentence: str, other: Quantity, source: str) -> bool:
    """Say whether two equal numbers count the same thing, as far as units and Chinese measure words tell."""
    if quantity.unit and other.unit:
        return quantity.unit == other.unit
    mine, theirs = _classifier(sentence, quantity), _classifier(source, other)
    return mine == theirs or not mine or not theirs


def _classifier(text: str, quantity: Quantity) -> str:
    following = text[quantity.end : quantity.end + 2].lstrip("余多 ")[:1]
    kind = _CLASSIFIERS.get(following, "")
    return kind[0] if kind else ""


def _unsupported_names(sentence: str, source: _Source, names: Collection[str]) -> Iterator[str]:
    for name in names:
        if name in sentence and _fold(name) not in source.folded:
            yield name
    numberless = _without_numbers(sentence)
    for match in _NAME.finditer(numberless):
        unknown = [word for word in _telling_words(match, numberless) if not source.knows(word)]
        if unknown and _fold(match.group()) not in source.folded:
            yield match.group()


def _without_numbers(sentence: str) -> str:
    """Blank what was compared as a number, months and currencies with it."""
    rest = list(sentence)
    for quantity in quantities(sentence):
        rest[quantity.start : quantity.end] = " " * (quantity.end - quantity.start)
    return "".join(rest)


def _telling_words(match: re.Match[str], sentence: str) -> list[str]:
    """Return the words of a capitalised run that are names; the first of a sentence has its capital anyway."""
    run = match.group().split()
    is_first = not sentence[: match.start()].strip("“\"'‘(*- ")
    return [word for word in (run[1:] if is_first else run) if word.lower() not in _EMPTY_WORDS]


def _unsupported_quotations(sentence: str, source: _Source) -> Iterator[str]:
    for match in _QUOTED.finditer(sentence):
        quoted = match[1] or match[2]
        is_saying = len(quoted) >= FEWEST_QUOTED if HAN.search(quoted) else len(quoted.split()) >= 2
        if is_saying and _fold(quoted).strip(".,，。!?！？") not in source.folded:
            yield match.group()
