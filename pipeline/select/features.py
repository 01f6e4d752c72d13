"""What an article says, as weighted features, and how alike two articles are.

Words and pairs of Chinese characters compare articles of one language. Numbers, dates and the lexicon's entries
mean the same in every language, so they alone compare an English article with a Chinese one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from pipeline.select.lexicon import Lexicon, LexiconEntry, Mention
from pipeline.text import is_mostly_han, quantities, words

LEAD_CHARACTERS = 1600
"""About as many as 250 English words take."""
HAN_LEAD_CHARACTERS = 400
TITLE_WEIGHT = 2
NAME_WEIGHT = 1.5
"""Names and numbers tell one event from another of its kind; so much more than a word did best when measured."""
IMAGINED_ARTICLES = 1000
"""As if so many more articles had been read, so that two of a kind among three are not taken for common."""
TOPIC_ELSEWHERE, COUNTRY_ELSEWHERE, PLACE_ELSEWHERE = 100, 200, 50
"""In so many of the imagined articles a topic, the country or a place is named: on this beat they say what kind of
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
    "亿元", "万元", "记者", "報道", "报道", "表示", "公司", "首发", "最新", "消息",
}  # fmt: skip
_EVERYWHERE = ("country", "role", "currency", "region")
_NO_AMOUNT = ("", "date", "year")
_STOP_CHARACTERS = frozenset("的了是在和与及为将也对这那就都而之于以被其等个上下中")


@dataclass(frozen=True, kw_only=True)
class Features:
    """How often an article's title and lead name each thing; the title counts double."""

    language: str
    words: Mapping[str, float]
    names: Mapping[str, float]
    """Numbers, dates and lexicon entries: the same in every language."""
    actors: frozenset[str]
    """Ids of the firms, places and bodies in the title."""
    title: frozenset[str]
    """What the title names, of the words and names above."""
    amounts: frozenset[str]
    """The sums of money and the shares in the title, of the names above."""
    has_lead: bool
    elsewhere: Mapping[str, int]
    """In how many imagined articles a name stands, where that is not none."""

    def counts(self) -> dict[str, float]:
        """Return everything named, with the weight of names applied."""
        return {**self.words, **{name: NAME_WEIGHT * count for name, count in self.names.items()}}


def features(title: str, text: str, *, language: str, lexicon: Lexicon) -> Features:
    """Read an article's title and lead."""
    lead = _lead(text)
    counted: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for part, weight in ((title, TITLE_WEIGHT), (lead, 1)):
        mentions = lexicon.mentions(part)
        for word in _content_words(_without(part, mentions)):
            counted[word] += weight
        for name in _names(part, mentions):
            named[name] += weight
    damped = {word: 1 + log(count) for word, count in counted.items()}
    return Features(
        language=language,
        words=damped,
        names={name: 1 + log(count) for name, count in named.items()},
        actors=actors(title, lexicon),
        title=_named_by(title, lexicon),
        amounts=frozenset(f"n:{found.key}" for found in quantities(title) if found.unit not in _NO_AMOUNT),
        has_lead=bool(lead),
        elsewhere=_elsewhere((*lexicon.mentions(title), *lexicon.mentions(lead))) if lead else {},
    )


def _named_by(title: str, lexicon: Lexicon) -> frozenset[str]:
    mentions = lexicon.mentions(title)
    return frozenset((*_content_words(_without(title, mentions)), *_names(title, mentions)))


def _elsewhere(mentions: Sequence[Mention]) -> dict[str, int]:
    entries = {_key(mention.entry): mention.entry for mention in mentions}
    return {key: times for key, entry in entries.items() if (times := _times_elsewhere(entry))}


def _times_elsewhere(entry: LexiconEntry) -> int:
    if entry.table == "topic":
        return TOPIC_ELSEWHERE
    if entry.table != "china":
        return 0
    return COUNTRY_ELSEWHERE if entry.kind in _EVERYWHERE else PLACE_ELSEWHERE


def _key(entry: LexiconEntry) -> str:
    return f"e:{entry.table}:{entry.id}"


def actors(text: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the ids of the firms, places and bodies a text names; the country itself says nothing."""
    entries = (mention.entry for mention in lexicon.mentions(text))
    return frozenset(
        e.id for e in entries if e.table == "company" or (e.table == "china" and e.kind not in _EVERYWHERE)
    )


def _lead(text: str) -> str:
    start = text[:LEAD_CHARACTERS]
    return start[:HAN_LEAD_CHARACTERS] if is_mostly_han(start) else start


def _content_words(text: str) -> Iterable[str]:
    for word in words(text):
        if word not in _STOP_WORDS and not word[0].isdigit() and not _STOP_CHARACTERS.intersection(word):
            yield f"w:{_stem(word)}"
    for match in _CAPITALISED.finditer(text):
        yield f"w:{match.group().lower()}"


def _stem(word: str) -> str:
    """Cut the commonest English endings, so that launches, launched and launching are one word."""
    return _ENDING.sub("", word) if len(word) >= 5 and word.isascii() else word


def _names(text: str, mentions: Sequence[Mention]) -> Iterable[str]:
    for quantity in quantities(text):
        if quantity.unit or quantity.value >= 10:
            yield f"n:{quantity.key}"
    for mention in mentions:
        if mention.entry.table != "off_topic":
            yield _key(mention.entry)


def _without(text: str, mentions: Sequence[Mention]) -> str:
    """Blank the names the lexicon knows, which count as such and not as words too."""
    rest = list(text)
    for mention in mentions:
        rest[mention.start : mention.end] = " " * (mention.end - mention.start)
    return "".join(rest)


@dataclass(frozen=True, kw_only=True)
class Vector:
    """An article's features weighted by rarity, scaled to length 1; ``shared`` holds the names alone."""

    language: str
    whole: Mapping[str, float]
    shared: Mapping[str, float]
    actors: frozenset[str]
    title: frozenset[str]
    amounts: frozenset[str]
    has_lead: bool

    def title_told_by(self, other: Vector) -> float:
        """Return the share of the title's weight that stands anywhere in the other article, in [0, 1]; 1 without a title."""
        whole = sum(self.whole[name] for name in self.title)
        told = sum(self.whole[name] for name in self.title if name in other.whole)
        return told / whole if whole else 1.0


@dataclass(frozen=True, kw_only=True)
class Rarity:
    """How few of the articles read have each feature."""

    frequency: Mapping[str, int]
    total: int

    def weigh(self, read: Features) -> Vector:
        """Weigh an article's features; those never seen weigh most."""
        return Vector(
            language=read.language,
            whole=self._weighed(read.counts(), read.elsewhere),
            shared=self._weighed(read.names, read.elsewhere),
            actors=read.actors,
            title=read.title,
            amounts=read.amounts,
            has_lead=read.has_lead,
        )

    def _weighed(self, counts: Mapping[str, float], elsewhere: Mapping[str, int]) -> dict[str, float]:
        seen = {name: 1 + self.frequency.get(name, 0) + elsewhere.get(name, 0) for name in counts}
        return _unit({name: count * log(self.total / seen[name]) for name, count in counts.items()})


def rarity(read: Sequence[Features]) -> Rarity:
    """Count in how many articles each feature stands."""
    frequency = Counter(name for each in read for name in each.counts())
    return Rarity(frequency=frequency, total=len(read) + IMAGINED_ARTICLES)


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {name: weight / length for name, weight in weights.items()}


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the cosine of two vectors of length 1."""
    shorter, longer = sorted((one, other), key=len)
    return sum(weight * longer.get(name, 0.0) for name, weight in shorter.items())
