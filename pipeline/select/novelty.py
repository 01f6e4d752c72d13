"""Has this newsletter told it already? What was sent does not come again, unless there is news in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.model import Article, Fact, Story
from pipeline.select.duplicates import SAME_TEXT, canonical_url, likeness, shingles
from pipeline.select.features import features
from pipeline.select.index import Index, Vector
from pipeline.select.lexicon import Lexicon
from pipeline.select.likeness import compare, opened
from pipeline.select.news import new_facts

MEMORY = timedelta(days=90)
"""What was sent longer ago is forgotten."""
FRESH = timedelta(days=3)
LATER_LIKENESS = 1.3
"""How much more alike (1.0 is just enough) an article must be to what was sent more than three days ago."""
UPDATE_LIKENESS = 1.75
"""How alike an article with news of its own must be to be an update: with less it is another thing the same firm did."""
UNHEARD = "nothing like it was sent in 90 days"


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
    facts: tuple[Fact, ...] = ()
    """What is new in an update."""
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
        self._index = Index()
        for each in read:
            self._index.count(each)
        for number, each in enumerate(read):
            self._index.add(number, self._index.weigh(each))

    def sent_before(self, article: Article) -> str:
        """Say in which item this very article was sent; empty when it was not."""
        item = self._by_url.get(canonical_url(article.url)) or self._by_id.get(article.id or -1)
        return f"sent before: {_told(item)}" if item else ""

    def same_event(self, article: Article) -> tuple[Sent, float] | None:
        """Find the item most like the article, if it tells of the same event, with how alike they are (≥ 1)."""
        read = features(article.title, article.text, language=article.language, lexicon=self.lexicon)
        mine = self._index.weigh(read)
        alike = [(self._likeness(mine, number, article), -number) for number in self._index.near(mine)]
        strongest, number = max(alike, default=(0.0, 0))
        return (self._told_by[-number], strongest) if strongest >= 1 else None

    def _likeness(self, mine: Vector, number: int, article: Article) -> float:
        """Compare with what was sent, of which the article may well be later news."""
        is_near = abs((article.published or article.first_seen) - self._told_by[number].sent_at) <= FRESH
        told = opened(self._index[number], self.lexicon)
        alike = compare(opened(mine, self.lexicon), told, is_later=True).alone
        return alike / (1.0 if is_near else LATER_LIKENESS)


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
    facts = new_facts(article, f"{item.headline}\n{item.text}", memory.lexicon)
    news = ", ".join(_named(fact, article.language) for fact in facts)
    if facts and alike < UPDATE_LIKENESS:
        return Novelty(kind=NoveltyKind.NEW, why=f"{news}; only somewhat like {_told(item)}", sent=item)
    if facts:
        return Novelty(kind=NoveltyKind.UPDATE, why=f"{news}, since {_told(item)}", sent=item, facts=facts)
    return Novelty(kind=NoveltyKind.KNOWN, why=f"nothing new since {_told(item)}", sent=item)


def _named(fact: Fact, language: str) -> str:
    said = fact.zh if language == "zh" else fact.en
    return f"new {fact.kind}" + (f" “{said}”" if said else "")


def _told(item: Sent) -> str:
    return f"“{item.headline}” of {item.day}"
