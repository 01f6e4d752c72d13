"""Does a summary say only what its source says? Numbers, names, quotations, and the wording as a whole.

It is a gate against changed figures and invented names; a sentence that stands in the source word for word
always passes. It cannot see a claim turned round in the source's own words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.summarise.naming import EMPTY_WORDS, NAME, speakers, words_of_name
from pipeline.summarise.spelled import CLASSIFIERS, NUMBER_WORDS, digit_count, spelled_numbers
from pipeline.text import (
    HAN,
    Quantity,
    han_count,
    is_mostly_han,
    quantities,
    script_language,
    sentences,
    words,
)

FAMILIAR_HAN = 0.5
"""The share of a Chinese sentence's pairs of characters that the source must hold; own wording lowers it."""
FAMILIAR_LATIN = 0.6
"""The same for an English sentence's content words."""
FAMILIAR = 0.5
"""The same for a short sentence, and the least score of a summary that is supported."""
DOUBTED = 0.4
"""The highest score of one that is not."""
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
_PAUSE = re.compile(r"[，,。！？!?；;：:]")
_MONTH = re.compile(r"(?<!\d)(\d{1,2})月")
_DAY = re.compile(r"(?<![\d月])(\d{1,2})(?:[日号號]|st\b|nd\b|rd\b|th\b)")
_NOT_LATIN = re.compile(r"[^a-z0-9\u00e0-\u024f]+")


_Kind = tuple[str, str]
"""A number's unit, and the kind of Chinese measure word behind it; either may be empty."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a summary says that its source does not."""

    supported: bool
    score: float
    """In [0, 1], at least 0.5 exactly when supported: the least familiar sentence's share of known wording."""
    unsupported: tuple[str, ...]


def check(source: str, summary: str, *, names: Mapping[str, Collection[str]] | None = None) -> Check:
    """Compare a summary with its source; ``names`` are known names in the summary, each with its other spellings.

    A sentence in another script than the source's is judged by its numbers and known names alone.
    """
    known = _Source(source, names or {})
    language = script_language(summary)
    told = [_Sentence(s) for s in sentences(summary, language) if not known.holds(s)]
    unsupported = tuple(dict.fromkeys(found for sentence in told for found in _unsupported(sentence, known)))
    familiar = min((_familiarity(sentence, known) for sentence in told), default=1.0)
    score = min(familiar, DOUBTED) if unsupported else familiar
    return Check(supported=not unsupported, score=round(score, 4), unsupported=unsupported)


class _Source:
    """What is looked up in a source, each thing prepared when first needed."""

    def __init__(self, text: str, names: Mapping[str, Collection[str]]) -> None:
        self.text = text
        self.folded = _fold(text)
        self.names = names

    @cached_property
    def is_han(self) -> bool:
        return is_mostly_han(self.text)

    @cached_property
    def found_names(self) -> frozenset[str]:
        return frozenset(name for name in self.names if any(map(self.has_name, (name, *self.names[name]))))

    @cached_property
    def spaced(self) -> str:
        """The text in lower case with a space around each Latin word."""
        return _spaced(self.text)

    @cached_property
    def linked(self) -> frozenset[str]:
        """The Latin words of the names that it has, if in another spelling."""
        return frozenset(_bare(word) for name in self.found_names for word in name.split())

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(map(_bare, set(words(self.text))))

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(word[:STEM] for word in self.words if len(word) >= STEM)

    @cached_property
    def numbers(self) -> tuple[Quantity, ...]:
        return (*quantities(self.text), *spelled_numbers(self.text))

    @cached_property
    def counted(self) -> dict[float, set[_Kind]]:
        """What each number counts."""
        kinds: dict[float, set[_Kind]] = {}
        for number in self.numbers:
            kinds.setdefault(number.value, set()).add((number.unit, _classifier(self.text, number)))
        return kinds

    @cached_property
    def ascending(self) -> list[float]:
        return sorted(self.counted)

    @cached_property
    def spelled(self) -> frozenset[float]:
        """Every number that is written as one word."""
        return frozenset(
            n for word, n in NUMBER_WORDS.items() if word in (self.text if HAN.match(word) else self.words)
        )

    @cached_property
    def values(self) -> frozenset[float]:
        """Every number, whatever it counts; of dates the days and months."""
        dates = {float(part) for date in self.dates for part in date}
        return self.spelled | dates | {quantity.value for quantity in self.numbers}

    @cached_property
    def dates(self) -> frozenset[tuple[int, int]]:
        return frozenset(
            divmod(int(quantity.value), 100) for quantity in self.numbers if quantity.unit == "date"
        )

    @cached_property
    def months(self) -> frozenset[int]:
        return frozenset((*(month for month, _ in self.dates), *map(int, _MONTH.findall(self.text))))

    @cached_property
    def days(self) -> frozenset[int]:
        return frozenset((*(day for _, day in self.dates), *map(int, _DAY.findall(self.text))))

    def has_date(self, month: int, day: int) -> bool:
        """Say whether a date is told, in one piece or as a month here and a day of it there."""
        return (month, day) in self.dates or (month in self.months and day in self.days)

    def holds(self, passage: str) -> bool:
        """Say whether a passage stands in the source word for word, but for spaces and kinds of quotation marks."""
        folded = _fold(passage).removesuffix("…").rstrip(".。")
        return folded in self.folded

    def knows(self, word: str) -> bool:
        bare = _bare(word)
        return bare in self.words or (len(bare) >= STEM and bare[:STEM] in self.stems)

    def has_name(self, name: str) -> bool:
        """Say whether a name stands in the text, a Latin one as whole words and perhaps in the plural."""
        if HAN.search(name):
            return _fold(name) in self.folded
        spaced = _spaced(name).rstrip()
        return f"{spaced} " in self.spaced or f"{spaced}s " in self.spaced


def _fold(text: str) -> str:
    plain = re.sub(r"[“”「」『』\"`]|''", "", text).replace("’", "'")
    return re.sub(r"\s+", "", plain).lower()


def _spaced(text: str) -> str:
    return f" {_NOT_LATIN.sub(' ', text.lower())} "


def _bare(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s").rstrip(".,'-&")


class _Sentence:
    """A sentence of a summary with its numbers, and the rest of it with months and currencies blanked as well."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_han = is_mostly_han(text)
        self.numbers = (*quantities(text), *spelled_numbers(text))
        rest = list(text)
        for number in self.numbers:
            rest[number.start : number.end] = " " * (number.end - number.start)
        self.numberless = "".join(rest)
        self.words = words(self.numberless)


def _familiarity(sentence: _Sentence, source: _Source) -> float:
    """Return the share of a sentence's content words that the source has; in another script half, if it has a fact of it."""
    if not sentence.words:
        return float(bool(sentence.numbers) or not any(map(str.isalpha, sentence.text)))
    content = [word for word in sentence.words if word not in EMPTY_WORDS]
    if not content:
        return float(bool(source.words))
    share = sum(map(source.knows, content)) / len(content)
    return max(share, FAMILIAR) if _has_fact(sentence, source) else share


def _has_fact(sentence: _Sentence, source: _Source) -> bool:
    """Say whether a sentence in another script has a number, or a name that the source has."""
    if sentence.is_han == source.is_han:
        return False
    return bool(sentence.numbers) or any(name in sentence.text for name in source.found_names)


def _unsupported(sentence: _Sentence, source: _Source) -> Iterator[str]:
    for number in sentence.numbers:
        if not _has_number(number, sentence.text, source):
            yield number.text
    yield from _unsupported_names(sentence, source)
    yield from _unsupported_quotations(sentence.text, source)
    if _familiarity(sentence, source) < _least(sentence, source):
        yield sentence.text


def _least(sentence: _Sentence, source: _Source) -> float:
    if len(sentence.words) < FEWEST_WORDS or sentence.is_han != source.is_han:
        return FAMILIAR
    return FAMILIAR_HAN if source.is_han else FAMILIAR_LATIN


def _has_number(quantity: Quantity, sentence: str, source: _Source) -> bool:
    if quantity.unit == "date":
        return source.has_date(*divmod(int(quantity.value), 100))
    if quantity.value in {"日": source.days, "月": source.months}.get(_classifier(sentence, quantity), ()):
        return True
    alike = source.counted.get(quantity.value, ()), *_rounded(quantity, sentence, source)
    if not any(alike):
        return quantity.value in (source.spelled if quantity.unit else source.values)
    mine = quantity.unit, _classifier(sentence, quantity)
    return any(_fits(mine, theirs) for kinds in alike for theirs in kinds)


def _rounded(quantity: Quantity, sentence: str, source: _Source) -> list[Collection[_Kind]]:
    """Return what the source counts with numbers that round to one which is said to be but about right."""
    if not _ABOUT.search(sentence[max(quantity.start - 14, 0) : quantity.start]):
        return []
    within = sorted((quantity.value / (1 - ROUNDING), quantity.value / (1 + ROUNDING)))
    first, last = bisect_left(source.ascending, within[0]), bisect_right(source.ascending, within[1])
    digits = digit_count(quantity.value)
    return [source.counted[value] for value in source.ascending[first:last] if digits < digit_count(value)]


def _fits(mine: _Kind, theirs: _Kind) -> bool:
    """Say whether two equal numbers count the same thing, as far as units and Chinese measure words tell."""
    which = 0 if mine[0] and theirs[0] else 1
    return mine[which] == theirs[which] or not mine[which] or not theirs[which]


def _classifier(text: str, quantity: Quantity) -> str:
    following = text[quantity.end : quantity.end + 2].lstrip("余多 ")[:1]
    kind = CLASSIFIERS.get(following, "")
    return kind[0] if kind else ""


def _unsupported_names(sentence: _Sentence, source: _Source) -> Iterator[str]:
    yield from (name for name in source.names if name not in source.found_names and name in sentence.text)
    for match in NAME.finditer(sentence.numberless):
        unknown = [word for word in words_of_name(match, sentence.numberless) if not source.knows(word)]
        if set(map(_bare, unknown)) - source.linked and _fold(match.group()) not in source.folded:
            yield match.group()
    yield from (name for name in speakers(sentence.text) if name not in source.text)


def _unsupported_quotations(sentence: str, source: _Source) -> Iterator[str]:
    for match in _QUOTED.finditer(sentence):
        quoted = match[1] or match[2]
        if _is_saying(match, sentence) and _fold(quoted).strip(".,，。!?！？") not in source.folded:
            yield match.group()


def _is_saying(match: re.Match[str], sentence: str) -> bool:
    """Tell what somebody said from a word in quotation marks; Chinese puts them about any name or figure of speech."""
    quoted = match[1] or match[2]
    if not HAN.search(quoted):
        return len(quoted.split()) >= 2
    is_introduced = sentence[: match.start()].rstrip().endswith(("：", ":", "，", ",", "说", "称", "表示"))
    return han_count(quoted) >= FEWEST_QUOTED and (is_introduced or _PAUSE.search(quoted) is not None)
