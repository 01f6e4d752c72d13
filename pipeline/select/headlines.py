"""What a headline alone says of an event: who, where, what is done to what, and how much."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.quantities import Quantity, quantities
from pipeline.select.features import named_in, without_names
from pipeline.select.lexicon import Lexicon, Mention
from pipeline.select.links import Called, links
from pipeline.text import HAN, simplified

RATES = {"CNY": 1.0, "USD": 7.0, "HKD": 0.9, "EUR": 7.7, "GBP": 9.0, "JPY": 0.05}
"""Yuan for one unit of other money, near enough to know a converted amount again."""
SHORTEST_NAME = 4
"""Letters; shorter words are terms, as app and NFT."""
FEWEST = 3
"""Smaller counts say little: one, a pair."""
LARGE = 1000
"""So large a number without a unit may be money."""
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9'’-]*")
_MODEL = re.compile(
    r"(?=[a-z'’-]*[A-Z])[A-Za-z][A-Za-z0-9'’-]*\s?(?!(?:19|20)\d\d(?!\d))\d+(?:\.\d+)?"
    r"(?![\d.,]|\s?(?:[%亿万千百元]|(?:thousand|million|billion|trillion|per|yuan|bn|m)\b))"
)
"""A year names no model, nor does a small word before a number."""
_ROUND = re.compile(
    r"(?P<zh>种子|天使|pre-?[a-d]|[a-f])\d?\+*\s?轮|(?P<strategic>战略)(?:融资|投资)"
    r"|\b(?:series|round)\s(?P<letter>[a-f])\b|\b(?P<stage>seed|angel|pre-[a-d])\b(?=.{0,12}(?:round|fund|financ))",
    re.IGNORECASE,
)
_ROUND_NAMES = {"种子": "seed", "天使": "angel", "战略": "strategic"}
_QUOTED = re.compile(r"[「『《]([^」』》]{2,12})[」』》]")
_SPELT_OUT = {
    "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "dozen": 12, "two dozen": 24,
}  # fmt: skip
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_SPELT_OUT, key=len, reverse=True))})\b", re.IGNORECASE)
_NAMED = re.compile(r"(?<=[a-z'’,] )[A-Z][A-Za-z0-9'’-]*")
"""A capital in the middle of a sentence."""
_DOLLARS = re.compile(r"(?<![A-Z])(?:NT|S|A|MOP)\$")
"""Money that no rate is at hand for counts as a mere number."""
_TH = {
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    **dict(zip("二三四五六七八九十", range(2, 11), strict=True)),
}  # fmt: skip
_ORDINAL = re.compile(
    r"(?<!\ba )\b(?P<word>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b(?!s)|\b(?P<th>\d+)(?:nd|rd|th)\b"
    r"|第(?P<number>\d+)|第?(?P<han>[二三四五六七八九十])(?=[期代届家座款个]|大版本)|第(?P<nth>[二三四五六七八九十])(?![一二三四五六七八九十百千])",
    re.IGNORECASE,
)
_PLACES = ("province", "sar", "region", "city", "district")
_NOBODY = ("country", "role", "currency")


@dataclass(frozen=True, kw_only=True)
class Headline:
    """What a title names, each kind by itself."""

    firms: frozenset[str]
    """Ids of firms, bodies and schools."""
    places: frozenset[str]
    topics: frozenset[str]
    acts: frozenset[str]
    things: frozenset[str]
    """Ids of senses, the general ones left out."""
    general_things: frozenset[str]
    money: tuple[float, ...]
    """In yuan."""
    counts: frozenset[tuple[float, str]]
    """Of what is neither money nor a date; shares among them."""
    dates: frozenset[str]
    """Days and years."""
    ordinals: frozenset[float]
    """The seventh, the second phase; not the first."""
    rounds: frozenset[str]
    names: frozenset[str]
    """Latin words, in small letters."""
    proper: frozenset[str]
    """Those of them that are written as names, not as words are: in a Chinese title all."""
    models: frozenset[str]
    """Names with a number."""
    quoted: frozenset[str]
    """Names in Chinese brackets."""
    rest: str
    """The title without the lexicon's names, in simplified characters."""


def read_headline(title: str, lexicon: Lexicon) -> Headline:
    """Read a title."""
    plain = simplified(title)
    mentions = named_in(title, lexicon)
    rest = without_names(plain, mentions)
    unnamed = without_names(plain, [m for m in mentions if m.entry.table in ("company", "home")])
    senses, called = links().senses_in(unnamed), links().called_in(plain)
    numbers = quantities(
        _NUMBER_WORD.sub(lambda word: str(_SPELT_OUT[word[0].lower()]), _DOLLARS.sub("", plain))
    )
    firms = frozenset(m.entry.id for m in mentions if _is_somebody(m))
    places = frozenset(m.entry.id for m in mentions if m.entry.table == "home" and m.entry.kind in _PLACES)
    return Headline(
        firms=firms | _called(called, "firm", firms),
        places=places | _called(called, "place", places),
        topics=frozenset(m.entry.id for m in mentions if m.entry.table in ("topic", "event")),
        acts=frozenset(s.id for s in senses if s.is_act),
        things=frozenset(s.id for s in senses if not s.is_act and not s.is_general),
        general_things=frozenset(s.id for s in senses if not s.is_act and s.is_general),
        money=tuple(q.value * RATES[q.unit] for q in numbers if q.unit in RATES),
        counts=frozenset((q.value, q.unit) for q in numbers if _is_count(q)),
        dates=frozenset(q.key for q in numbers if q.unit in ("date", "year")),
        ordinals=frozenset(map(_ordinal, _ORDINAL.finditer(plain))),
        rounds=frozenset(map(_round, _ROUND.finditer(plain))),
        names=frozenset(_names(rest)),
        proper=frozenset(_proper(rest)),
        models=frozenset(m[0].lower().replace(" ", "") for m in _MODEL.finditer(plain)),
        quoted=frozenset(m[1] for m in _QUOTED.finditer(plain) if HAN.search(m[1])),
        rest=rest,
    )


def _called(called: Iterable[Called], kind: str, named: frozenset[str]) -> frozenset[str]:
    """Return what a title calls by another word, unless it gives the name too."""
    found: set[str] = set()
    for each in called:
        if each.kind == kind and not each.of & named:
            found |= each.of if len(each.of) == 1 else {each.id}
    return frozenset(found)


def _is_somebody(mention: Mention) -> bool:
    entry = mention.entry
    return entry.table in ("company", "foreign") or (
        entry.table == "home" and entry.kind not in (*_PLACES, *_NOBODY)
    )


def _is_count(quantity: Quantity) -> bool:
    return quantity.unit in ("", "%") and quantity.value >= FEWEST


def _round(match: re.Match[str]) -> str:
    name = next(group for group in match.groups() if group).lower()
    return _ROUND_NAMES.get(name, name.replace("-", ""))


def _ordinal(match: re.Match[str]) -> float:
    said = next(group for group in match.groups() if group).lower()
    return float(_TH.get(said) or said)


def _names(text: str) -> Iterable[str]:
    """Yield the Latin words that may name somebody, for those stand in titles of either language."""
    found = (match[0].lower().removesuffix("'s").removesuffix("’s") for match in _LATIN.finditer(text))
    return (name for name in found if len(name) >= SHORTEST_NAME)


def _proper(text: str) -> Iterable[str]:
    """Return the words written as names; in a title that writes every word so none is told from a name."""
    if HAN.search(text):
        return _names(text)
    spelt = _LATIN.findall(text)
    if sum(word[0].isupper() for word in spelt) * 2 > len(spelt):
        return ()
    return _names(" ".join(_NAMED.findall(text)))
