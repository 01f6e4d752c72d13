"""What is looked up in a source when a summary of it is checked, each thing prepared when first needed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from pipeline.quantities import Quantity
from pipeline.summarise.derived import derived
from pipeline.summarise.folding import bare, fold, read_out, spaced_out
from pipeline.summarise.measures import Kind, Measure, classifier, measures
from pipeline.summarise.spelled import (
    MONTHS,
    NUMBER_WORDS,
    ORDINAL,
    listed,
    numbers_in,
    ordinal,
)
from pipeline.summarise.statements import Statement, statements
from pipeline.text import HAN, is_mostly_han, words

STEM = 5
"""Words that share so many first letters count as forms of one word."""
LONGEST_ACRONYM = 6
MOST_PLACES = 50
"""Places of a passage that are looked at."""
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
MODEL = re.compile(r"(?<![A-Za-z\d])([A-Za-z]{1,12}-?)(\d{1,6}(?:\.\d{1,3})?)(?![\d.]*\d)")
"""A name that ends in a number: PM2.5, GPT-4."""
LATE = 28
"""The day from which on a month is as good as over, and what follows is told by the next."""
MASK = "\0"
"""What stands for any number where only the wording around it counts."""
_MONTH = re.compile(r"(?<!\d)(\d{1,2})月")
_MONTH_NAME = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b")
_MONTH_WORDS = {
    1: re.compile(r"年初|元旦|\bNew Year"),
    5: re.compile(r"五一|劳动节|勞動節|\bMay Day"),
    6: re.compile(r"年中|\bmid-year|\b(?:first half|H1|Q2)\b"),
    10: re.compile(r"国庆|國慶|\bNational Day"),
    12: re.compile(r"年底|年末|跨年|[Yy]ear[- ]end|[Ee]nd of the year|\bChristmas|\bNew Year's Eve"),
}
"""Other ways to tell of a month."""
_MINISTRY = re.compile(r"^(Ministry) of (\w+)\b.*$")
_DAY = re.compile(r"(?<![\d月])(\d{1,2})(?:[日号號]|st\b|nd\b|rd\b|th\b)")


class Claim:
    """A sentence of a summary with its numbers, and the rest of it with months and currencies blanked as well."""

    def __init__(self, text: str) -> None:
        self.text = read_out(text)
        self.is_han = is_mostly_han(text)
        self.numbers = numbers_in(self.text)
        rest = list(self.text)
        for number in self.numbers:
            rest[number.start : number.end] = " " * (number.end - number.start)
        self.numberless = "".join(rest)
        self.words = words(self.numberless)


class Evidence:
    """A source."""

    def __init__(
        self, text: str, names: Mapping[str, Collection[str]], *, actors: Collection[str] = ()
    ) -> None:
        self.text = read_out(text)
        self.folded = fold(text)
        self.names = names
        self.actors = actors

    @cached_property
    def is_han(self) -> bool:
        return is_mostly_han(self.text)

    @cached_property
    def found_names(self) -> frozenset[str]:
        return frozenset(name for name in self.names if any(map(self.has_name, (name, *self.names[name]))))

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        return self.stated(self.text, self.numbers, is_han=self.is_han)

    def stated(self, text: str, numbers: Sequence[Quantity], *, is_han: bool) -> tuple[Statement, ...]:
        """Split a text into sentences, each with the names that are known."""
        return statements(text, numbers, is_han=is_han, names=self.known)

    @cached_property
    def families(self) -> frozenset[str]:
        """Of which acts and things it tells."""
        return frozenset(family for each in self.statements for family in each.families)

    @cached_property
    def known(self) -> dict[str, bool]:
        """Of the names that it has, in whichever spelling, whether they can act."""
        return {name: name in self.actors for name in self.found_names}

    def has_known(self, name: str) -> bool:
        """Say whether the text has a name, in any spelling that is known."""
        return name in self.found_names or name in self.text

    @cached_property
    def spaced(self) -> str:
        """The text in lower case with a space around each Latin word."""
        return spaced_out(self.text)

    @cached_property
    def linked(self) -> frozenset[str]:
        """The Latin words of the names that it has, if in another spelling."""
        return frozenset(bare(word) for name in self.found_names for word in name.split())

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(map(bare, set(words(self.text))))

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(word[:STEM] for word in self.words if len(word) >= STEM)

    @cached_property
    def initials(self) -> str:
        """The first letters of its Latin words, in order; extended is an X."""
        return "".join("x" if word.startswith("ex") else word[0] for word in self.spaced.split())

    def spells_out(self, word: str) -> bool:
        """Say whether a word of capitals stands for words of the source, as XR for extended reality."""
        return word.isupper() and 1 < len(word) <= LONGEST_ACRONYM and word.lower() in self.initials

    @cached_property
    def characters(self) -> frozenset[str]:
        return frozenset(self.text)

    @cached_property
    def numbers(self) -> tuple[Quantity, ...]:
        return numbers_in(self.text)

    @cached_property
    def counted(self) -> dict[float, set[Kind]]:
        """What each number counts."""
        kinds: dict[float, set[Kind]] = {}
        for number in self.numbers:
            kinds.setdefault(number.value, set()).add((number.unit, classifier(self.text, number)))
        return kinds

    @cached_property
    def alike(self) -> dict[str, list[Quantity]]:
        """Where each number stands."""
        places: dict[str, list[Quantity]] = {}
        for number in self.numbers:
            places.setdefault(number.key, []).append(number)
        return places

    def places_of(self, number: Quantity) -> list[Quantity]:
        """Return where the same number stands, with the same unit or where either has none."""
        alike = self._by_value.get(number.value, ())
        return [other for other in alike if number.unit == other.unit or not number.unit or not other.unit]

    @cached_property
    def _by_value(self) -> dict[float, list[Quantity]]:
        places: dict[float, list[Quantity]] = {}
        for number in self.numbers:
            places.setdefault(number.value, []).append(number)
        return places

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        return tuple(dict.fromkeys(measures(self.text, self.numbers)))

    @cached_property
    def derived(self) -> tuple[tuple[float, Kind], ...]:
        """What can be worked out from its numbers, in ascending order."""
        return tuple(sorted(derived(self.text, self.numbers)))

    @cached_property
    def listed(self) -> frozenset[int]:
        return listed(self.text)

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
    def ordinals(self) -> frozenset[int]:
        return frozenset(map(ordinal, ORDINAL.finditer(self.text)))

    @cached_property
    def values(self) -> frozenset[float]:
        """Every number, whatever it counts; of dates neither the days nor the months."""
        return self.spelled | {quantity.value for quantity in self.numbers}

    @cached_property
    def dates(self) -> frozenset[tuple[int, int]]:
        return frozenset(
            divmod(int(quantity.value), 100) for quantity in self.numbers if quantity.unit == "date"
        )

    @cached_property
    def months(self) -> frozenset[int]:
        named = (MONTHS[name] for name in _MONTH_NAME.findall(self.text))
        over = (month % 12 + 1 for month, day in self.dates if day >= LATE)
        told = (month for month, words in _MONTH_WORDS.items() if words.search(self.text))
        dated = (month for month, _ in self.dates)
        return frozenset((*dated, *over, *named, *told, *map(int, _MONTH.findall(self.text))))

    @cached_property
    def days(self) -> frozenset[int]:
        return frozenset((*(day for _, day in self.dates), *map(int, _DAY.findall(self.text))))

    @cached_property
    def models(self) -> dict[str, set[str]]:
        """The numbers that each name ending in one has."""
        numbers: dict[str, set[str]] = {}
        for match in MODEL.finditer(self.text):
            numbers.setdefault(match[1].lower(), set()).add(match[2])
        return numbers

    @cached_property
    def masked(self) -> str:
        """The folded text with each number masked."""
        return NUMBER.sub(MASK, self.folded)

    @cached_property
    def _masks(self) -> dict[int, str]:
        """The number behind each mask."""
        places = (place for place, character in enumerate(self.masked) if character == MASK)
        return dict(zip(places, NUMBER.findall(self.folded), strict=False))

    def numbers_within(self, window: str, at: int) -> frozenset[str]:
        """Return the numbers at one place of a masked passage, wherever it stands."""
        found: set[str] = set()
        start = self.masked.find(window)
        while start >= 0:
            found.add(self._masks.get(start + at, ""))
            start = self.masked.find(window, start + 1)
        return frozenset(found)

    def has_date(self, month: int, day: int) -> bool:
        """Say whether a date is told, in one piece or as a month here and a day of it there."""
        return (month, day) in self.dates or (month in self.months and day in self.days)

    def holds(self, passage: str) -> bool:
        """Say whether a passage stands in the source word for word, but for spaces and kinds of quotation marks."""
        folded = fold(passage).removesuffix("…").rstrip(".。")
        start = self.folded.find(folded)
        for _ in range(MOST_PLACES):
            if start < 0 or not self._cuts_number(start, start + len(folded)):
                return start >= 0
            start = self.folded.find(folded, start + 1)
        return False

    def _cuts_number(self, start: int, end: int) -> bool:
        """Say whether a piece of the folded text begins or ends within a number."""
        begins = self.folded[max(start - 1, 0) : start].isdigit() and self.folded[start : start + 1].isdigit()
        return begins or (
            self.folded[max(end - 1, 0) : end].isdigit() and self.folded[end : end + 1].isdigit()
        )

    def knows(self, word: str) -> bool:
        """Say whether it has a Latin word in some form, or a pair of Chinese characters."""
        plain = bare(word)
        if plain in self.words or (len(plain) >= STEM and plain[:STEM] in self.stems):
            return True
        return "-" in plain and all(map(self.knows, filter(None, plain.split("-"))))

    def has_name(self, name: str) -> bool:
        """Say whether a name stands in the text, a Latin one as whole words and perhaps in the plural.

        A body of the country has one name with those of its provinces, and a ministry one by what it is for.
        """
        if HAN.search(name):
            return fold(name).removeprefix("国家") in self.folded
        forms = (name.removeprefix("National "), _MINISTRY.sub(r"\2 \1", name))
        spaced = (spaced_out(form).rstrip() for form in dict.fromkeys(forms))
        return any(f"{form} " in self.spaced or f"{form}s " in self.spaced for form in spaced)
