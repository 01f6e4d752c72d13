"""Is it on the beat? It must name a topic *and* home (the place the beat is about), or a firm or project that is both.

Each thing named is a piece of evidence: how strong it is, times how prominently it stands. Pieces add up as
1 - Π(1 - piece), so that many weak ones never outshine one strong one; the score is √(topic x home). A name that may
mean something else must keep company. What sells instead of telling is no news, whatever it names, and neither is a table of prices or a column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod, sqrt

from pipeline.select.beat import Beat
from pipeline.select.denial import is_denied
from pipeline.select.genre import other_genre
from pipeline.select.lexicon import NEAR, Lexicon, LexiconEntry, Mention
from pipeline.select.promotion import salesmanship
from pipeline.text import is_mostly_han, language_name, primary_language, script_language, word_count

RELEVANT = 0.5
"""The least score that is on the beat."""
LEAD_CHARACTERS = 400
BODY_CHARACTERS = 3000
"""What stands below is background, and reading on would only slow the day down."""
PROMINENCE = {"title": 1.0, "lead": 0.75, "body": 0.25}
TOPIC_STRENGTH = {3: 0.9, 2: 0.75, 1: 0.5}
AMBIGUOUS = 0.6
"""What remains of an entry's strength when it is ambiguous."""
HOME_STRENGTH = {"currency": 0.3, "role": 0.25, "hint": 0.3}
PLACE_STRENGTH = 0.9
NAMED = 0.45
"""The least strength that names home; less only hints at it."""
FOREIGN_TITLE = 0.3
"""What remains of home in the text when the title names another country or its firms, and not home."""
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
"""… in a text of at least so many words; in a shorter one a firm may be known by another, or by what firms do."""
LONGEST_SHORT_NAME = 4
APART = 400
"""Characters between topic and home from which on they have little to do with each other …"""
FAR = 0.7
"""… and this remains of the score, where the title names neither."""
_OUTLET = re.compile(
    r"\s[-–—|｜]\s[^-–—|｜]{0,40}\b(?:News|Daily|Times|Post|Journal|Media|TV|Magazine|Insider|Wire)$"
)
_OF_A_FIRM = re.compile(
    r"\b(?:jobs?|staff|workers|employees|laid off|lay(?:s|ing)? off|units|stores?|customers|users|developers|sell(?:s|ing)?|sold|ships|shipped|prices?|priced"
    r"|launch(?:es|ed|ing)?|unveil(?:s|ed|ing)?|announces|recalls|sues|sued|founder|chief|boss|CEO|executives?|manager|factory|plant|products?|devices?|glasses|market(?:ing)?"
    r"|rivals?|brand|maker|firm|company|start-?up|signs|partners?|buys|bought|invests|fundrais\w+|headquarters|postpones|delays|shuts|closes|hires|fail(?:s|ed)|suppl(?:y|ies)|comeback|bets|revenue|industry|business|tech|consumers?|orders|team|tests?|pulls out|quits|exits|expands|plans to|to (?:cut|launch|open|sell|ship|hire|leave|close|make|supply))\b",
    re.IGNORECASE,
)
"""What is said of firms, and seldom of hills, dishes or dogs."""
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
    start: int = 0
    is_lonely: bool = False
    """It may mean something else, and nothing near it says that it does not."""

    @property
    def words(self) -> str:
        doubt = " (it may mean something else)" if self.is_lonely else ""
        return f"“{self.phrase}” in the {self.zone}{doubt}"


def judge(title: str, text: str, lexicon: Lexicon, *, language: str | None = None) -> Verdict:
    """Decide whether an article is on the beat."""
    told = language or script_language(f"{title}\n{text[:LEAD_CHARACTERS]}")
    if primary_language(told) not in READ:
        return Verdict(
            relevant=False, score=0.0, why=(f"language: {language_name(told)} ({told}) is not read here",)
        )
    found = _evidence(title, text, lexicon)
    topic, home = _topics(found), _home(found, lexicon.beat)
    prior = _taken_for_granted(found, told, lexicon.beat)
    at_home = 1 - (1 - _together(home) * _abroad(found, lexicon.beat)) * (1 - prior)
    score = sqrt(_together(topic) * at_home) * _distance(found, lexicon.beat) * _discount(found)
    no_news = _no_news(title, text, lexicon.beat) if score >= RELEVANT else ()
    score = round(score * (NO_NEWS if no_news else 1.0), 4)
    return Verdict(
        relevant=score >= RELEVANT,
        score=score,
        why=(*_why(found, lexicon.beat, topic=topic, home=home, prior=prior), *no_news),
        topics=tuple(dict.fromkeys(e.entry.id for e in found if e.entry.table in ("topic", "event"))),
        companies=tuple(dict.fromkeys(e.entry.id for e in found if e.entry.table == "company")),
    )


def _no_news(title: str, text: str, beat: Beat) -> tuple[str, ...]:
    """Say what keeps an article from being news of the beat, though it names it."""
    genre = other_genre(title, text, share_words=beat.share_words)
    sells = tuple(f"an advertisement: {reason}" for reason in salesmanship(title, text))
    return (*sells, *((f"no news: {genre}",) if genre else ()))


def _evidence(title: str, text: str, lexicon: Lexicon) -> tuple[_Evidence, ...]:
    """Return each entry once, where it stands most prominently; the title's come first."""
    body = text[:BODY_CHARACTERS]
    headline = _OUTLET.sub("", title)
    told = lexicon.mentions(headline)
    denied = {mention.entry.id for mention in told if is_denied(headline, mention.start, mention.end)}
    named = [("title", mention) for mention in told]
    named += [(_zone(m), m) for m in lexicon.mentions(body) if not is_denied(body, m.start, m.end)]
    named = [(zone, mention) for zone, mention in named if mention.entry.id not in denied]
    lonely = _lonely([mention for _, mention in named])
    if lonely and word_count(body) < ROOM and _keeps_company(f"{headline}\n{body}", lonely, lexicon):
        lonely = frozenset()
    first: dict[tuple[str, str], _Evidence] = {}
    for zone, mention in named:
        entry = mention.entry
        found = _Evidence(
            entry=entry, zone=zone, phrase=mention.phrase, start=mention.start, is_lonely=entry.id in lonely
        )
        first.setdefault((entry.table, entry.id), found)
    return tuple(first.values())


def _lonely(mentions: Sequence[Mention]) -> frozenset[str]:
    """Return the entry whose name may mean something else, if it is all of the topic that is named."""
    topical = [mention for mention in mentions if _topic_strength(mention.entry)]
    ids = {mention.entry.id for mention in topical}
    is_alone = len(ids) == 1 and all(_may_mean_else(mention) for mention in topical)
    return frozenset(ids) if is_alone else frozenset()


def _keeps_company(text: str, ids: frozenset[str], lexicon: Lexicon) -> bool:
    """Say whether a short text lets a name that may mean something else pass: only a firm's is doubted there, and not in Chinese."""
    mentions = [m for m in lexicon.mentions(text) if m.entry.table == "company"]
    doubted = [m for m in mentions if m.entry.id in ids and m.entry.ambiguous]
    if not doubted or len(doubted) < len(mentions) or is_mostly_han(text):
        return True
    near = (text[max(m.start - NEAR, 0) : m.end + NEAR] for m in doubted)
    return any(_OF_A_FIRM.search(words) or lexicon.cues(words) for words in near)


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


def _home(found: Sequence[_Evidence], beat: Beat) -> list[tuple[float, _Evidence]]:
    strengths = ((_home_strength(e.entry, beat), e) for e in found)
    return [(strength * PROMINENCE[e.zone], e) for strength, e in strengths if strength]


def _home_strength(entry: LexiconEntry, beat: Beat) -> float:
    if entry.table == "event" or entry.at_home:
        return PLACE_STRENGTH
    if entry.table == "home":
        strength = HOME_STRENGTH.get(entry.kind, PLACE_STRENGTH)
    elif entry.table == "company":
        strength = beat.seats.get(entry.seat, 0.0)
    else:
        return 0.0
    return strength * (AMBIGUOUS if entry.ambiguous and entry.kind not in HOME_STRENGTH else 1.0)


def _together(pieces: Iterable[tuple[float, _Evidence]]) -> float:
    return 1 - prod(1 - strength for strength, _ in pieces)


def _is_foreign(entry: LexiconEntry) -> bool:
    return entry.table == "foreign" or entry.seat == "foreign"


def _abroad(found: Sequence[_Evidence], beat: Beat) -> float:
    """Return what remains of home when the title is about others."""
    title = [e for e in found if e.zone == "title"]
    names_home = _together(_home(title, beat)) >= NAMED
    return FOREIGN_TITLE if any(_is_foreign(e.entry) for e in title) and not names_home else 1.0


def _taken_for_granted(found: Sequence[_Evidence], language: str, beat: Beat) -> float:
    """Return how much a text that names no country is about home for its language, if its topic is plain."""
    plain = any(
        _topic_strength(e.entry) >= TOPIC_STRENGTH[1] and e.zone != "body" and not e.is_lonely for e in found
    )
    abroad = any(_is_foreign(e.entry) and e.zone != "body" for e in found)
    return beat.home_languages.get(primary_language(language), 0.0) if plain and not abroad else 0.0


def _distance(found: Sequence[_Evidence], beat: Beat) -> float:
    """Return what remains of the score for how far from each other topic and home are first named."""
    topics = [e for e in found if _topic_strength(e.entry)]
    homes = [e for e in found if _home_strength(e.entry, beat)]
    if not (topics and homes) or any(e.zone == "title" for e in (*topics, *homes)):
        return 1.0
    nearest = min(abs(one.start - other.start) for one in topics for other in homes)
    return FAR if nearest >= APART else 1.0


def _discount(found: Sequence[_Evidence]) -> float:
    return prod(DISCOUNTS.get((e.entry.action, e.zone), 1.0) for e in found)


def _why(
    found: Sequence[_Evidence],
    beat: Beat,
    *,
    topic: Sequence[tuple[float, _Evidence]],
    home: Sequence[tuple[float, _Evidence]],
    prior: float,
) -> tuple[str, ...]:
    against = [e for e in found if (e.entry.action, e.zone) in DISCOUNTS]
    abroad = (
        [e for e in found if _is_foreign(e.entry) and e.zone == "title"] if _abroad(found, beat) < 1 else []
    )
    lines = [f"topic: {_list_of(topic)}" if topic else "topic: none of the beat is named"]
    if home:
        lines.append(f"{beat.home}: {_list_of(home)}")
    else:
        lines.append(f"{beat.home}: {'taken for granted in this language' if prior else 'not named'}")
    lines += [f"abroad: {e.words}" for e in abroad]
    lines += [f"against: {e.words} ({e.entry.id})" for e in against]
    return tuple(lines)


def _list_of(pieces: Sequence[tuple[float, _Evidence]], *, most: int = 3) -> str:
    strongest = sorted(pieces, key=lambda piece: -piece[0])[:most]
    return ", ".join(evidence.words for _, evidence in strongest)
