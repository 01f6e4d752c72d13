"""What a headline alone says of an event: who, where, what is done to what, and how much."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.select.features import named_in
from pipeline.select.lexicon import Lexicon, Mention
from pipeline.select.links import links
from pipeline.text import HAN, Quantity, quantities, simplified

_RATES = {"CNY": 1.0, "USD": 7.0, "HKD": 0.9, "EUR": 7.7, "GBP": 9.0, "JPY": 0.05}
"""Yuan for one unit of other money, near enough to know a converted amount again."""
SHORTEST_NAME = 4
"""Letters; shorter words are terms, as app and NFT."""
FEWEST = 3
"""Smaller counts say little: one, a pair."""
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9'’-]*")
_MODEL = re.compile(r"[A-Za-z][A-Za-z0-9'’-]*\s?\d+(?:\.\d+)?(?![\d.,]|\s?[%亿万千百元])")
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
    counts: frozenset[str]
    """Of what is neither money nor a date; shares among them."""
    rounds: frozenset[str]
    names: frozenset[str]
    """Latin words, in small letters."""
    models: frozenset[str]
    """Names with a number."""
    quoted: frozenset[str]
    """Names in Chinese brackets."""


def read_headline(title: str, lexicon: Lexicon) -> Headline:
    """Read a title."""
    plain = simplified(title)
    mentions = named_in(title, lexicon)
    senses = links().senses_in(_blanked(plain, [m for m in mentions if m.entry.table in ("company", "home")]))
    numbers = quantities(_NUMBER_WORD.sub(lambda word: str(_SPELT_OUT[word[0].lower()]), plain))
    return Headline(
        firms=frozenset(m.entry.id for m in mentions if _is_somebody(m)),
        places=frozenset(m.entry.id for m in mentions if m.entry.table == "home" and m.entry.kind in _PLACES),
        topics=frozenset(m.entry.id for m in mentions if m.entry.table in ("topic", "event")),
        acts=frozenset(s.id for s in senses if s.is_act),
        things=frozenset(s.id for s in senses if not s.is_act and not s.is_general),
        general_things=frozenset(s.id for s in senses if not s.is_act and s.is_general),
        money=tuple(q.value * _RATES[q.unit] for q in numbers if q.unit in _RATES),
        counts=frozenset(f"{q.value:g}{q.unit}" for q in numbers if _is_count(q)),
        rounds=frozenset(map(_round, _ROUND.finditer(plain))),
        names=frozenset(_names(_blanked(plain, mentions))),
        models=frozenset(m[0].lower().replace(" ", "") for m in _MODEL.finditer(plain)),
        quoted=frozenset(m[1] for m in _QUOTED.finditer(plain) if HAN.search(m[1])),
    )


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


def _blanked(text: str, mentions: Sequence[Mention]) -> str:
    rest = list(text)
    for mention in mentions:
        rest[mention.start : mention.end] = " " * (mention.end - mention.start)
    return "".join(rest)


def _names(text: str) -> Iterable[str]:
    """Yield the Latin words that may name somebody, for those stand in titles of either language."""
    found = (match[0].lower().removesuffix("'s").removesuffix("’s") for match in _LATIN.finditer(text))
    return (name for name in found if len(name) >= SHORTEST_NAME)
