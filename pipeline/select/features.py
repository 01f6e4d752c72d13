"""What an article says, as weighted features.

Words and pairs of Chinese characters compare articles of one language, whichever way Chinese is written. Numbers, dates
and the lexicon's entries mean the same in every language, so they alone compare an English article with a Chinese one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from zlib import crc32

from pipeline.quantities import Quantity, quantities
from pipeline.select.lexicon import Lexicon, LexiconEntry, Mention
from pipeline.text import is_mostly_han, simplified, words

LEAD_CHARACTERS = 1600
"""About as many as 250 English words take."""
HAN_LEAD_CHARACTERS = 400
TITLE_CHARACTERS = 400
"""No headline is longer; a page whose title runs on is not read to its end."""
TITLE_WEIGHT = 2
NAME_WEIGHT = 1.5
"""Names and numbers tell one event from another of its kind; so much more than a word did best when measured."""
TOPIC_ELSEWHERE, COUNTRY_ELSEWHERE, PLACE_ELSEWHERE = 100, 200, 50
"""In so many of a thousand imagined articles a topic, the country or a place is named: on this beat they say what kind of
event it is and where, seldom which. A headline alone names too little for that, so there every name counts whole."""
_CAPITALISED = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w'’-]+(?:\s[A-Z][\w'’-]+)*")
_ENDING = re.compile(r"(?<=\w{3})(?:'s|ing|ed|es|e|s)$")
_STOP_WORDS = {
    "a", "about", "after", "all", "also", "an", "and", "are", "as", "at", "be", "been", "but", "by",
    "can", "could", "did", "do", "for", "from", "had", "has", "have", "he", "her", "his", "how", "i",
    "if", "in", "into", "is", "it", "its", "more", "new", "no", "not", "of", "on", "one", "or", "our",
    "out", "over", "said", "say", "says", "she", "so", "than", "that", "the", "their", "them", "then",
    "there", "these", "they", "this", "to", "two", "up", "was", "we", "were", "what", "when", "which",
    "who", "will", "with", "would", "you", "your",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "周一", "周二", "周三", "周四", "周五", "周六", "周日", "星期", "今日", "昨日", "近日", "今天", "昨天", "今年", "去年",
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "january", "february", "april",
    "june", "july", "august", "september", "october", "november", "december", "s", "yuan", "million", "billion", "per", "cent",
    "亿元", "万元", "记者", "报道", "表示", "公司", "首发", "最新", "消息",
}  # fmt: skip
_EVERYWHERE = ("country", "role", "currency", "region")
_HINT = "hint"
_NO_AMOUNT = ("", "date", "year")
_STOP_CHARACTERS = frozenset("的了是在和与及为将也对这那就都而之于以被其等个上下中")

Key = int
"""A feature by the checksum of its spelling: a word, a number or a lexicon entry."""


@dataclass(frozen=True, kw_only=True)
class Features:
    """How often an article's title and lead name each thing; the title counts double."""

    language: str
    counts: Mapping[Key, float]
    """Everything named, with the weight of names applied."""
    names: frozenset[Key]
    """Numbers, dates and lexicon entries: the same in every language."""
    telling: frozenset[Key]
    """The names that tell one event from another: not the country, not a year."""
    entries: frozenset[Key]
    """The names that the lexicon knows."""
    actors: frozenset[Key]
    """The firms, places and bodies in the title."""
    title: frozenset[Key]
    """What the title names."""
    amounts: Mapping[Key, str]
    """The sums of money and the shares in the title, each with its unit."""
    headline: str
    """The title as it came."""
    has_lead: bool
    elsewhere: Mapping[Key, int]
    """In how many imagined articles a name stands, where that is not none."""


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A title or a lead, read once."""

    words: tuple[str, ...]
    mentions: tuple[Mention, ...]
    quantities: tuple[Quantity, ...]

    @property
    def entries(self) -> Iterable[LexiconEntry]:
        return (mention.entry for mention in self.mentions)

    @property
    def names(self) -> Iterable[str]:
        for quantity in self.quantities:
            if quantity.unit or quantity.value >= 10:
                yield _number(quantity)
        yield from (_spelt(entry) for entry in self.entries if entry.table != "off_topic")


def features(title: str, text: str, *, language: str, lexicon: Lexicon) -> Features:
    """Read an article's title and lead."""
    headline, lead = _part(title[:TITLE_CHARACTERS], lexicon), _part(_lead(text), lexicon)
    counted, named = _counted(headline.words, lead.words), _counted(headline.names, lead.names)
    entries = {
        _spelt(entry): entry for part in (headline, lead) for entry in part.entries if _spelt(entry) in named
    }
    has_lead = bool(lead.words or lead.mentions or lead.quantities)
    return Features(
        language=language,
        counts=_keyed(counted, 1) | _keyed(named, NAME_WEIGHT),
        names=_keys(named),
        telling=_keys(name for name in named if not name.endswith(" year"))
        - _keys(_countries(entries.values())),
        entries=_keys(entries),
        actors=_keys(map(_spelt, filter(_is_actor, headline.entries))),
        title=_keys((*headline.words, *headline.names)),
        amounts={_key(_number(q)): q.unit for q in headline.quantities if q.unit not in _NO_AMOUNT},
        headline=title[:TITLE_CHARACTERS],
        has_lead=has_lead,
        elsewhere={_key(s): n for s, e in entries.items() if (n := _times_elsewhere(e))} if has_lead else {},
    )


def actors(text: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the ids of the firms, places and bodies a text names; the country itself says nothing."""
    return frozenset(mention.entry.id for mention in named_in(text, lexicon) if _is_actor(mention.entry))


def named_in(text: str, lexicon: Lexicon) -> tuple[Mention, ...]:
    """Return what a text names; words that only hint at home are no names."""
    return tuple(mention for mention in lexicon.mentions(text) if mention.entry.kind != _HINT)


def _part(text: str, lexicon: Lexicon) -> _Part:
    mentions, plain = named_in(text, lexicon), simplified(text)
    return _Part(
        words=tuple(_content_words(without_names(plain, mentions))),
        mentions=mentions,
        quantities=quantities(plain),
    )


def _lead(text: str) -> str:
    start = text[:LEAD_CHARACTERS]
    return start[:HAN_LEAD_CHARACTERS] if is_mostly_han(start) else start


def _counted(title: Iterable[str], lead: Iterable[str]) -> dict[str, float]:
    counts = Counter(lead)
    for name in title:
        counts[name] += TITLE_WEIGHT
    return {name: 1 + log(count) for name, count in counts.items()}


def _key(name: str) -> Key:
    return crc32(name.encode())


def _keys(names: Iterable[str]) -> frozenset[Key]:
    return frozenset(map(_key, names))


def _keyed(counts: Mapping[str, float], weight: float) -> dict[Key, float]:
    return {_key(name): weight * count for name, count in counts.items()}


def _is_actor(entry: LexiconEntry) -> bool:
    return entry.table == "company" or (entry.table == "home" and entry.kind not in _EVERYWHERE)


def _times_elsewhere(entry: LexiconEntry) -> int:
    if entry.table == "topic":
        return TOPIC_ELSEWHERE
    if entry.table != "home":
        return 0
    return COUNTRY_ELSEWHERE if entry.kind in _EVERYWHERE else PLACE_ELSEWHERE


def _spelt(entry: LexiconEntry) -> str:
    return f"e:{entry.table}:{entry.id}"


def _number(quantity: Quantity) -> str:
    return f"n:{quantity.key}"


def _countries(entries: Iterable[LexiconEntry]) -> Iterable[str]:
    return (_spelt(entry) for entry in entries if entry.table == "home" and entry.kind == "country")


def content_stems(text: str) -> frozenset[str]:
    """Return the stems of a text's words, those left out that say nothing."""
    return frozenset(filter(None, map(_content_word, words(text))))


def _content_words(text: str) -> Iterable[str]:
    yield from filter(None, map(_content_word, words(text)))
    for match in _CAPITALISED.finditer(text):
        yield f"w:{match.group().lower()}"


@lru_cache(maxsize=1 << 16)
def _content_word(word: str) -> str:
    """Return how a word is counted; empty when it says nothing."""
    if word in _STOP_WORDS or word[0].isdigit() or _STOP_CHARACTERS.intersection(word):
        return ""
    return f"w:{_stem(word)}"


def _stem(word: str) -> str:
    """Cut the commonest English endings, so that launches, launched and launching are one word."""
    return _ENDING.sub("", word) if len(word) >= 5 and word.isascii() else word


def without_names(text: str, mentions: Sequence[Mention]) -> str:
    """Blank the names the lexicon knows, which count as such and not as words too."""
    rest = list(text)
    for mention in mentions:
        rest[mention.start : mention.end] = " " * (mention.end - mention.start)
    return "".join(rest)
