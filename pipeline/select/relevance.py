"""Is it on the beat? It must name a topic *and* China, or a firm or project that is both.

Each thing named is a piece of evidence: how strong it is, times how prominently it stands. Pieces add up as
1 - Π(1 - piece), so that many weak ones never outshine one strong one; the score is √(topic x China). A name that may
mean something else must keep company. What sells instead of telling is no news, whatever it names, and neither is a table of prices or a column.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod, sqrt

from pipeline.select.genre import other_genre
from pipeline.select.lexicon import Lexicon, LexiconEntry, Mention
from pipeline.select.promotion import salesmanship
from pipeline.text import script_language, word_count

RELEVANT = 0.5
"""The least score that is on the beat."""
LEAD_CHARACTERS = 400
BODY_CHARACTERS = 3000
"""What stands below is background, and reading on would only slow the day down."""
PROMINENCE = {"title": 1.0, "lead": 0.65, "body": 0.25}
TOPIC_STRENGTH = {3: 0.9, 2: 0.75, 1: 0.5}
AMBIGUOUS = 0.6
"""What remains of an entry's strength when it is ambiguous."""
CHINA_STRENGTH = {"currency": 0.3, "role": 0.25}
PLACE_STRENGTH = 0.9
SEAT_STRENGTH = {"mainland": 0.85, "Hong Kong": 0.4, "Taiwan": 0.4}
CHINESE_TEXT = 0.45
"""A Chinese text that names no country is likely about China, if its topic is plain."""
FOREIGN_TITLE = 0.3
"""What remains of China in the text when the title names another country or its firms, and not China."""
DISCOUNTS = {
    ("reject", "title"): 0.3,
    ("reject", "lead"): 0.7,
    ("downweight", "title"): 0.75,
    ("downweight", "lead"): 0.9,
}
NO_NEWS = 0.3
"""What remains of the score when the article sells, or is of another genre."""
LONELY = 0.2
"""What remains of a name that may mean something else, when nothing else of the topic is named …"""
ROOM = 100
"""… in a text of at least so many words."""
LONGEST_SHORT_NAME = 4
READ = ("en", "zh", "und")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was decided on an article, and the phrases it was decided by."""

    relevant: bool
    score: float
    """In [0, 1]."""
    why: tuple[str, ...]
    topics: tuple[str, ...] = ()
    """Ids of the topics and events named, the most prominent first."""
    companies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Evidence:
    entry: LexiconEntry
    zone: str
    phrase: str
    is_lonely: bool = False
    """It may mean something else, and nothing near it says that it does not."""

    @property
    def words(self) -> str:
        return f"“{self.phrase}” in the {self.zone}"


def judge(title: str, text: str, lexicon: Lexicon, *, language: str | None = None) -> Verdict:
    """Decide whether an article is on the beat."""
    told = language or script_language(f"{title}\n{text[:LEAD_CHARACTERS]}")
    if told.split("-")[0] not in READ:
        return Verdict(relevant=False, score=0.0, why=(f"language: “{told}” is not read here",))
    found = _evidence(title, text, lexicon)
    topic, china = _topics(found), _china(found)
    prior = CHINESE_TEXT if _speaks_of_home(found, told) else 0.0
    strength = _together(topic), max(_together(china) * _abroad(found), prior)
    score = sqrt(strength[0] * strength[1]) * _discount(found)
    no_news = _no_news(title, text) if score >= RELEVANT else ()
    score = round(score * (NO_NEWS if no_news else 1.0), 4)
    return Verdict(
        relevant=score >= RELEVANT,
        score=score,
        why=(*_why(found, topic=topic, china=china, prior=prior), *no_news),
        topics=tuple(dict.fromkeys(e.entry.id for e in found if e.entry.table in ("topic", "event"))),
        companies=tuple(dict.fromkeys(e.entry.id for e in found if e.entry.table == "company")),
    )


def _no_news(title: str, text: str) -> tuple[str, ...]:
    """Say what keeps an article from being news of the beat, though it names it."""
    genre = other_genre(title, text)
    sells = tuple(f"an advertisement: {reason}" for reason in salesmanship(title, text))
    return (*sells, *((f"no news: {genre}",) if genre else ()))


def _evidence(title: str, text: str, lexicon: Lexicon) -> tuple[_Evidence, ...]:
    """Return each entry once, where it stands most prominently; the title's come first."""
    body = text[:BODY_CHARACTERS]
    named = [("title", mention) for mention in lexicon.mentions(title)]
    named += [(_zone(mention), mention) for mention in lexicon.mentions(body)]
    lonely = _lonely([mention for _, mention in named]) if word_count(body) >= ROOM else frozenset()
    first: dict[tuple[str, str], _Evidence] = {}
    for zone, mention in named:
        entry = mention.entry
        found = _Evidence(entry=entry, zone=zone, phrase=mention.phrase, is_lonely=entry.id in lonely)
        first.setdefault((entry.table, entry.id), found)
    return tuple(first.values())


def _lonely(mentions: Sequence[Mention]) -> frozenset[str]:
    """Return the entry whose name may mean something else, if it is all of the topic that is named."""
    topical = [mention for mention in mentions if _topic_strength(mention.entry)]
    ids = {mention.entry.id for mention in topical}
    is_alone = len(ids) == 1 and all(_may_mean_else(mention) for mention in topical)
    return frozenset(ids) if is_alone else frozenset()


def _may_mean_else(mention: Mention) -> bool:
    """Say whether a name is a short Latin one: Pico is an island too, and VR a railway."""
    return len(mention.phrase) <= LONGEST_SHORT_NAME and mention.phrase.isascii()


def _zone(mention: Mention) -> str:
    return "lead" if mention.start < LEAD_CHARACTERS else "body"


def _topics(found: Sequence[_Evidence]) -> list[tuple[float, _Evidence]]:
    strengths = ((_topic_strength(e.entry) * (LONELY if e.is_lonely else 1.0), e) for e in found)
    return [(strength * PROMINENCE[e.zone], e) for strength, e in strengths if strength]


def _topic_strength(entry: LexiconEntry) -> float:
    if entry.table == "event" or (entry.table == "company" and entry.pure_play):
        strength = TOPIC_STRENGTH[3]
    elif entry.table == "topic":
        strength = TOPIC_STRENGTH.get(entry.weight, TOPIC_STRENGTH[1])
    else:
        return 0.0
    return strength * (AMBIGUOUS if entry.ambiguous else 1.0)


def _china(found: Sequence[_Evidence]) -> list[tuple[float, _Evidence]]:
    strengths = ((_china_strength(e.entry), e) for e in found)
    return [(strength * PROMINENCE[e.zone], e) for strength, e in strengths if strength]


def _china_strength(entry: LexiconEntry) -> float:
    if entry.table == "event" or entry.in_china:
        return PLACE_STRENGTH
    if entry.table == "china":
        strength = CHINA_STRENGTH.get(entry.kind, PLACE_STRENGTH)
    elif entry.table == "company":
        strength = SEAT_STRENGTH.get(entry.seat, 0.0)
    else:
        return 0.0
    return strength * (AMBIGUOUS if entry.ambiguous and entry.kind not in CHINA_STRENGTH else 1.0)


def _together(pieces: Iterable[tuple[float, _Evidence]]) -> float:
    return 1 - prod(1 - strength for strength, _ in pieces)


def _is_foreign(entry: LexiconEntry) -> bool:
    return entry.table == "foreign" or entry.seat == "foreign"


def _abroad(found: Sequence[_Evidence]) -> float:
    """Return what remains of China when the title is about others."""
    title = [e.entry for e in found if e.zone == "title"]
    names_china = any(_china_strength(entry) >= CHINESE_TEXT for entry in title)
    return FOREIGN_TITLE if any(map(_is_foreign, title)) and not names_china else 1.0


def _speaks_of_home(found: Sequence[_Evidence], language: str) -> bool:
    plain = any(
        _topic_strength(e.entry) >= TOPIC_STRENGTH[2] and e.zone != "body" and not e.is_lonely for e in found
    )
    abroad = any(_is_foreign(e.entry) and e.zone != "body" for e in found)
    return language.startswith("zh") and plain and not abroad


def _discount(found: Sequence[_Evidence]) -> float:
    return prod(DISCOUNTS.get((e.entry.action, e.zone), 1.0) for e in found)


def _why(
    found: Sequence[_Evidence],
    *,
    topic: Sequence[tuple[float, _Evidence]],
    china: Sequence[tuple[float, _Evidence]],
    prior: float,
) -> tuple[str, ...]:
    against = [e for e in found if (e.entry.action, e.zone) in DISCOUNTS]
    abroad = [e for e in found if _is_foreign(e.entry) and e.zone == "title"] if _abroad(found) < 1 else []
    lines = [f"topic: {_list_of(topic)}" if topic else "topic: none of the beat is named"]
    if china:
        lines.append(f"China: {_list_of(china)}")
    else:
        lines.append("China: taken for granted in a Chinese text" if prior else "China: not named")
    lines += [f"abroad: {e.words}" for e in abroad]
    lines += [f"against: {e.words} ({e.entry.id})" for e in against]
    return tuple(lines)


def _list_of(pieces: Sequence[tuple[float, _Evidence]], *, most: int = 3) -> str:
    strongest = sorted(pieces, key=lambda piece: -piece[0])[:most]
    return ", ".join(evidence.words for _, evidence in strongest)
