"""The beat as data: names and terms with their weights, found in a text in one pass.

``lexicon.toml`` says what an entry may hold; whoever edits the beat edits that file.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import ahocorasick

from pipeline.errors import ConfigurationError
from pipeline.select.beat import TABLES, Beat, Weights, laid_over, read, read_document
from pipeline.select.entry import LexiconEntry as LexiconEntry
from pipeline.select.entry import require_sound
from pipeline.text import HAN, simplified

FILE = "lexicon.toml"
SHIPPED = Path(__file__).with_name(FILE)
NEAR = 40
"""Characters around a name in which a ``not_if`` phrase takes it away."""
_SHORT = 4
_FOLD = str.maketrans(
    {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {"’": "'", "‘": "'", "\u00a0": " ", "\n": " ", "–": "-", "‑": "-"}
)
_SEAM = re.compile(rf"(?<=[A-Za-z0-9])(?={HAN.pattern})|(?<={HAN.pattern})(?=[A-Za-z0-9])")


@dataclass(frozen=True, kw_only=True)
class Mention:
    """Where a text names an entry; ``phrase`` is spelled as in the text."""

    entry: LexiconEntry
    start: int
    end: int
    phrase: str


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """Every entry of the beat, the glosses for names whose entry has several, what it is called, and how it ranks."""

    entries: tuple[LexiconEntry, ...]
    glosses: Mapping[str, str]
    beat: Beat
    weights: Weights

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Find the entries a text names, in order; within a table the longest of overlapping names wins."""
        return _search(self._names, text)

    def cues(self, text: str) -> tuple[Mention, ...]:
        """Find the words that tell which section a text belongs to; they are no part of ``mentions``."""
        return _search(self._cues, text)

    @cached_property
    def by_id(self) -> Mapping[tuple[str, str], LexiconEntry]:
        """The entries by table and id."""
        return {(entry.table, entry.id): entry for entry in self.entries}

    @cached_property
    def _names(self) -> Any:
        return _automaton(entry for entry in self.entries if entry.table != "cue")

    @cached_property
    def _cues(self) -> Any:
        return _automaton(entry for entry in self.entries if entry.table == "cue")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """One spelling to look for: an entry's name, or with ``bars`` a phrase that speaks against one."""

    spelling: str
    entry: LexiconEntry
    is_exact: bool = False
    bars: str | None = None
    """``inside``: hides the entry's names within the phrase; ``near``: those around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    start: int
    end: int
    name: _Name


def load(path: Path | None = None) -> Lexicon:
    """Read the beat from a newsroom's file, laid over the shipped one if it says so, or the shipped one alone.

    Raises ``ConfigurationError`` when the file cannot be read or is not as the shipped one describes at its top.
    """
    document = read_document(SHIPPED)
    if path:
        document = laid_over(document, read_document(path), where=str(path))
    where = str(path or SHIPPED)
    entries = tuple(_entry(table, row, where=where) for table in TABLES for row in document.get(table, ()))
    beat = read(Beat, document.get("beat", {}), where=f"{where}: [beat]")
    require_sound(entries, beat, where=where)
    return Lexicon(
        entries=entries,
        glosses=document.get("gloss", {}),
        beat=beat,
        weights=read(Weights, document["ranking"], where=f"{where}: [ranking]"),
    )


def _entry(table: str, row: Mapping[str, object], *, where: str) -> LexiconEntry:
    place = f"{where}: [[{table}]] {row.get('id', '?')}:"
    if "table" in row:
        raise ConfigurationError(f"{place} table is not a known key; it is said by [[{table}]]")
    return read(LexiconEntry, {**row, "table": table}, where=place)


def _automaton(entries: Iterable[LexiconEntry]) -> Any:
    automaton = ahocorasick.Automaton()
    for folded, names in _names_by_fold(entries).items():
        automaton.add_word(folded, tuple(names))
    automaton.make_automaton()
    return automaton


def _search(automaton: Any, text: str) -> tuple[Mention, ...]:
    if not text or not len(automaton):
        return ()
    folded = simplified(text.translate(_FOLD))
    hits = (
        _Hit(start=last + 1 - len(name.spelling), end=last + 1, name=name)
        for last, names in automaton.iter(_lower(folded))
        for name in names
    )
    fitting = [hit for hit in hits if _stands_alone(folded, hit) and _case_fits(folded, hit)]
    return tuple(_mention(text, hit) for hit in _longest(_unhidden(fitting)))


def _names_by_fold(entries: Iterable[LexiconEntry]) -> dict[str, list[_Name]]:
    found: dict[str, list[_Name]] = {}
    for entry in entries:
        for name in (*_spellings(entry), *_bars(entry)):
            found.setdefault(_lower(name.spelling), []).append(name)
    return found


def _spellings(entry: LexiconEntry) -> Iterator[_Name]:
    plain = [simplified(name.translate(_FOLD)) for name in entry.names]
    for spelling in dict.fromkeys(
        (*plain, *(_SEAM.sub(" ", name) for name in plain))
    ):  # "VR头显" is also written "VR 头显"
        yield _Name(spelling=spelling, entry=entry, is_exact=_is_exact(spelling, entry))


def _bars(entry: LexiconEntry) -> Iterator[_Name]:
    for phrase in entry.not_if:
        holds_name = any(_lower(name) in _lower(phrase) for name in entry.names)
        yield _Name(
            spelling=simplified(phrase.translate(_FOLD)), entry=entry, bars="inside" if holds_name else "near"
        )


def _is_exact(spelling: str, entry: LexiconEntry) -> bool:
    letters = [character for character in spelling if character.isascii() and character.isalpha()]
    is_proper_name = entry.table == "foreign" or (entry.ambiguous and entry.table in ("company", "home"))
    return 0 < len(letters) <= _SHORT or is_proper_name


def _lower(text: str) -> str:
    lower = text.lower()
    return (
        lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    )


def _is_latin(character: str) -> bool:
    return (character.isascii() and character.isalnum()) or "\u00c0" <= character <= "\u024f"


def _stands_alone(folded: str, hit: _Hit) -> bool:
    if hit.start and _is_latin(folded[hit.start]) and _is_latin(folded[hit.start - 1]):
        return False
    rest = folded[hit.end : hit.end + 2]
    if not rest or not _is_latin(folded[hit.end - 1]) or not _is_latin(rest[0]):
        return True
    return rest[0] in "sS" and not _is_latin(rest[1:] or " ")


def _case_fits(folded: str, hit: _Hit) -> bool:
    found, spelling = folded[hit.start : hit.end], hit.name.spelling
    if hit.name.entry.table == "home" and spelling[0].isupper() and found.islower() and not folded.islower():
        return False  # in small letters it is another word, but where nothing has a capital
    if not hit.name.is_exact:
        return True
    return found == spelling or (len(found) > _SHORT and found == spelling.upper())


def _unhidden(hits: Sequence[_Hit]) -> list[_Hit]:
    """Drop names inside a homonym, and those inside, or near, a phrase that bars them."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for hit in hits:
        if hit.name.bars or hit.name.entry.action == "homonym":
            reach = NEAR if hit.name.bars == "near" else 0
            _extend(spans.setdefault(_barred_by(hit), []), hit.start - reach, hit.end + reach)
    return [hit for hit in hits if not hit.name.bars and not _is_hidden(hit, spans)]


def _barred_by(hit: _Hit) -> str:
    return hit.name.entry.id if hit.name.bars else ""


def _extend(spans: list[tuple[int, int]], start: int, end: int) -> None:
    """Add a span that ends no earlier than those before it, joining it to one that it overlaps."""
    while spans and start < spans[-1][1]:
        start = min(start, spans.pop()[0])
    spans.append((start, end))


def _is_hidden(hit: _Hit, spans: Mapping[str, list[tuple[int, int]]]) -> bool:
    homonyms = () if hit.name.entry.table == "off_topic" else spans.get("", ())
    return any(_lies_in(hit, row) for row in (homonyms, spans.get(hit.name.entry.id, ())) if row)


def _lies_in(hit: _Hit, spans: Sequence[tuple[int, int]]) -> bool:
    index = bisect_right(spans, (hit.start, sys.maxsize)) - 1
    return index >= 0 and hit.end <= spans[index][1]


def _longest(hits: Sequence[_Hit]) -> list[_Hit]:
    """Keep the longest of overlapping names, table by table."""
    kept: dict[str, list[_Hit]] = {}
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        row = kept.setdefault(hit.name.entry.table, [])
        previous = row[-1] if row else None
        if (
            previous is None
            or previous.end <= hit.start
            or (previous.start, previous.end) == (hit.start, hit.end)
        ):
            row.append(hit)
        elif hit.end - hit.start > previous.end - previous.start:
            row[-1] = hit
    return sorted((hit for row in kept.values() for hit in row), key=lambda hit: (hit.start, hit.end))


def _mention(text: str, hit: _Hit) -> Mention:
    return Mention(entry=hit.name.entry, start=hit.start, end=hit.end, phrase=text[hit.start : hit.end])
