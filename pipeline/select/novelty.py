"""Has this newsletter told it already? What was sent does not come again, unless there is news in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.model import Article, Story
from pipeline.select.duplicates import SAME_TEXT, canonical_url, likeness, shingles
from pipeline.select.features import Vector, actors, features, rarity
from pipeline.select.lexicon import Lexicon
from pipeline.select.stories import FEWEST_RARE, MOST_POSTINGS
from pipeline.select.stories import likeness as event_likeness
from pipeline.text import Quantity, quantities

MEMORY = timedelta(days=90)
"""What was sent longer ago is forgotten."""
FRESH = timedelta(days=3)
LATER_LIKENESS = 1.3
"""How much more alike (1.0 is just enough) an article must be to what was sent more than three days ago."""
UPDATE_LIKENESS = 1.75
"""How alike an article with news of its own must be to be an update: with less it is another thing the same firm did."""
UNHEARD = "nothing like it was sent in 90 days"
NEWS_CHARACTERS = 300
"""News stands in the title and the first sentences; what follows is background."""
_STAGES = {
    "planned": r"\b(?:plans?|planned|to launch|mulls?|considers?)\b|拟|计划|将推出|筹备",
    "draft": r"\b(?:drafts?|consultation|seeks? comment)\b|征求意见|徵求意見|意见稿|草案",
    "adopted": r"\b(?:adopts?|adopted|approves?|approved|issues|issued|takes? effect|came into force)\b|印发|正式发布|通过|获批|施行|生效",
    "launched": r"\b(?:launches|launched|unveils|unveiled|opens|opened|goes live|released?)\b|上线|发布|推出|开业|揭牌|启用|开售|投产",
    "funded": r"\b(?:raises|raised|closes? .{0,20}round|completes? .{0,20}funding)\b|完成.{0,12}融资|获.{0,12}融资",
    "listed": r"\b(?:goes public|begins trading|debuts? on)\b|挂牌上市|敲钟|登陆.{0,6}(?:交易所|板)",
    "denied": r"\b(?:denies|denied|refutes?)\b|否认|辟谣|回应称",
    "stopped": r"\b(?:halts?|halted|suspends?|suspended|shuts?|closed?|scraps?|cancels?|ends)\b|停止|暂停|关闭|下线|取消|终止|叫停",
    "court": r"\b(?:sues|sued|ruled|rules|fined|arrested|convicted)\b|起诉|判决|宣判|罚款|被罚|逮捕|立案",
}  # fmt: skip
_STAGE_PATTERNS = {stage: re.compile(pattern, re.IGNORECASE) for stage, pattern in _STAGES.items()}


class NoveltyKind(StrEnum):
    """What a story is to the readers of one newsletter."""

    NEW = "new"
    KNOWN = "known"
    UPDATE = "update"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What the newsletter has sent: one item, with all that its articles told."""

    headline: str
    texts: Mapping[str, str]
    """By language: its articles' titles and texts, one after another."""
    sent_at: datetime
    day: str
    """The day of its issue as its readers' calendar shows it."""
    urls: tuple[str, ...] = ()
    article_ids: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """Return all that it told, whatever the language."""
        return "\n".join(self.texts.values())


@dataclass(frozen=True, kw_only=True)
class Novelty:
    """Whether a story is news to the readers, and why."""

    kind: NoveltyKind
    why: str
    sent: Sent | None = None
    """The item that told it before, or of something new the one that is somewhat like it."""
    told_before: Mapping[str, str] = field(default_factory=dict)
    """The addresses of the story's articles that hold nothing new, each with the reason; empty when all of it is known."""


class Memory:
    """What a newsletter has sent in the last 90 days, read once and asked about every story of an issue."""

    def __init__(self, sent: Sequence[Sent], lexicon: Lexicon, *, now: datetime) -> None:
        self.lexicon = lexicon
        self.now = now
        self._items = [item for item in sent if now - MEMORY <= item.sent_at <= now]
        self._by_url = {canonical_url(url): item for item in self._items for url in item.urls}
        self._by_id = {article_id: item for item in self._items for article_id in item.article_ids}
        tellings = [(item, *telling) for item in self._items for telling in item.texts.items()]
        self._told_by = [item for item, _, _ in tellings]
        read = [
            features(text.partition("\n")[0], text, language=language, lexicon=lexicon)
            for _, language, text in tellings
        ]
        self._weigh = rarity(read).weigh
        self._vectors = [self._weigh(each) for each in read]
        self._holders: dict[str, list[int]] = {}
        for index, vector in enumerate(self._vectors):
            for name in vector.whole:
                self._holders.setdefault(name, []).append(index)

    def sent_before(self, article: Article) -> str:
        """Say in which item this very article was sent; empty when it was not."""
        item = self._by_url.get(canonical_url(article.url)) or self._by_id.get(article.id or -1)
        return f"sent before: {_told(item)}" if item else ""

    def same_event(self, article: Article) -> tuple[Sent, float] | None:
        """Find the item most like the article, if it tells of the same event, with how alike they are (≥ 1)."""
        mine = self._weigh(
            features(article.title, article.text, language=article.language, lexicon=self.lexicon)
        )
        alike = [(self._likeness(mine, index, article), -index) for index in self._candidates(mine)]
        strongest, index = max(alike, default=(0.0, 0))
        return (self._told_by[-index], strongest) if strongest >= 1 else None

    def _candidates(self, mine: Vector) -> list[int]:
        rows = (self._holders.get(name, ()) for name in mine.whole)
        shared = Counter(index for row in rows if len(row) <= MOST_POSTINGS for index in row)
        return [index for index, count in shared.items() if count >= FEWEST_RARE]

    def _likeness(self, mine: Vector, index: int, article: Article) -> float:
        is_near = abs((article.published or article.first_seen) - self._told_by[index].sent_at) <= FRESH
        return event_likeness(mine, self._vectors[index]) / (1.0 if is_near else LATER_LIKENESS)


def judge_novelty(story: Story, memory: Memory) -> Novelty:
    """Say whether a story, none of whose articles was sent, is new, known, or an update of something sent."""
    judged = {article.url: _judge_article(article, memory) for article in story.articles}
    telling = min(judged.values(), key=_telling_first)
    if telling.kind is NoveltyKind.KNOWN:
        return telling
    repeats = {url: novelty.why for url, novelty in judged.items() if novelty.kind is NoveltyKind.KNOWN}
    return replace(telling, told_before=repeats)


def _telling_first(novelty: Novelty) -> int:
    """Order what articles are by how well they speak for their story: news first, then repeats, then the unheard.

    An unheard article that stands in one story with a repeat tells the same in other words.
    """
    if novelty.kind is NoveltyKind.KNOWN:
        return 2
    return 0 if novelty.kind is NoveltyKind.UPDATE else 1 if novelty.sent else 3


def _judge_article(article: Article, memory: Memory) -> Novelty:
    found = memory.same_event(article)
    if found is None:
        return Novelty(kind=NoveltyKind.NEW, why=UNHEARD)
    item, alike = found
    if likeness(shingles(article.text), shingles(item.text)) >= SAME_TEXT:
        return Novelty(kind=NoveltyKind.KNOWN, why=f"the same text as sent: {_told(item)}", sent=item)
    if article.published and article.published <= item.sent_at - FRESH:
        return Novelty(kind=NoveltyKind.KNOWN, why=f"older than what was sent: {_told(item)}", sent=item)
    news = _news(article, item, memory.lexicon)
    if news and alike < UPDATE_LIKENESS:
        return Novelty(kind=NoveltyKind.NEW, why=f"{news}; only somewhat like {_told(item)}", sent=item)
    if news:
        return Novelty(kind=NoveltyKind.UPDATE, why=f"{news}, since {_told(item)}", sent=item)
    return Novelty(kind=NoveltyKind.KNOWN, why=f"nothing new since {_told(item)}", sent=item)


def _news(article: Article, item: Sent, lexicon: Lexicon) -> str:
    """Name what the article's start has and the sent item has not: a number, an actor, a stage; else nothing."""
    start = f"{article.title}\n{article.text[:NEWS_CHARACTERS]}"
    told = f"{item.headline}\n{item.text}"
    if numbers := _new_numbers(start, told):
        return f"new number “{numbers[0].text}”"
    if new := sorted(actors(article.title, lexicon) - actors(told, lexicon)):
        names = {mention.entry.id: mention.phrase for mention in lexicon.mentions(article.title)}
        return f"new actor “{names[new[0]]}”"
    if stages := [stage for stage in _stages(article.title) if stage not in _stages(told)]:
        return f"new stage “{stages[0]}”"
    return ""


def _new_numbers(start: str, told: str) -> list[Quantity]:
    """Return the amounts, shares and large counts not told before; dates and years alone are no news."""
    known = {quantity.value for quantity in quantities(told)}
    weighty = (q for q in quantities(start) if q.unit not in ("date", "year") and (q.unit or q.value >= 100))
    return [quantity for quantity in weighty if quantity.value not in known]


def _stages(text: str) -> list[str]:
    return [stage for stage, pattern in _STAGE_PATTERNS.items() if pattern.search(text)]


def _told(item: Sent) -> str:
    return f"“{item.headline}” of {item.day}"
