"""From what was collected to the items of one issue: every article ends in an item or in what was left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from math import floor

from pipeline.jobs.items import Candidate, make_items
from pipeline.jobs.left_out import BARRED, Leavings
from pipeline.model import Article, Item, LeftOut, Source, Story
from pipeline.select.advice import advice_of
from pipeline.select.duplicates import Duplicate, find_duplicates
from pipeline.select.lexicon import Lexicon
from pipeline.select.novelty import Memory, Novelty, NoveltyKind, Sent, judge_novelty
from pipeline.select.ranking import rank
from pipeline.select.refrains import without_refrains
from pipeline.select.relevance import RELEVANT, Verdict, judge
from pipeline.select.stories import group
from pipeline.store.articles import FailedPage
from pipeline.store.issues import SentItem
from pipeline.summarise.orders import is_to_model
from pipeline.text import sentences

GRACE = timedelta(days=1)
"""An article may be that much older than the period: outlets are read once a day."""
AHEAD = timedelta(days=1)
"""A page's clock may be so far ahead of ours, or its zone unknown."""

LONGEST_HEADLINE = 300
"""What is longer is a text that stands where its headline should."""


@dataclass(frozen=True, kw_only=True)
class Material:
    """All that one slot's judgement looks at."""

    now: datetime
    """The slot."""
    zone: tzinfo
    """In which days are told."""
    period: timedelta
    most: int
    articles: tuple[Article, ...]
    failed: tuple[FailedPage, ...]
    sent: tuple[SentItem, ...]
    sources: Mapping[str, Source]
    lexicon: Lexicon
    languages: tuple[str, ...] = ("en", "zh")
    """Those of the readers."""
    earlier: tuple[Article, ...] = ()
    """Of the days before this slot's: what an article of today may join; those that were sent may be among them."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a slot's judgement came to."""

    ranked: tuple[Item, ...]
    """The items of the issue, the best first."""
    left_out: tuple[LeftOut, ...]
    funnel: dict[str, int]


def choose(material: Material) -> Choice:
    """Judge what was collected, step by step; the funnel counts what passes each."""
    today = {article.url for article in material.articles}
    left = Leavings(material.failed, listed_before={a.url for a in material.earlier} - today)
    memory = Memory(
        [_memory(item, zone=material.zone) for item in material.sent], material.lexicon, now=material.now
    )
    unsent = [a for a in _read(material, left) if not left.take(a, memory.sent_before(a))]
    timely = [a for a in unsent if left.is_listed(a) or not left.take(a, _untimely(a, material))]
    verdicts = {a.url: judge(a.title, a.text, material.lexicon, language=a.language) for a in timely}
    on_beat = [a for a in timely if not _passed_over(a, verdicts[a.url], left)]
    fresh = [a for a in on_beat if not left.is_listed(a)]
    earlier = [a for a in on_beat if left.is_listed(a)]
    copies = {copy.article.url: copy for copy in find_duplicates(fresh, earlier=earlier)}
    repeated = {url: copy for url, copy in copies.items() if not left.is_listed(copy.article)}
    stories = _stories(fresh, repeated, material.lexicon, left, earlier=earlier)
    candidates = _news(stories, copies.keys(), verdicts, left, memory=memory)
    items = make_items(
        candidates,
        left,
        most=material.most,
        languages=material.languages,
        sources=material.sources,
        lexicon=material.lexicon,
    )
    funnel = {
        "collected": len(material.articles),
        "on_beat": len(fresh),
        "stories": len(stories),
        "new": len(candidates),
        "items": len(items),
    }
    return Choice(ranked=tuple(items), left_out=left.best_first(), funnel=funnel)


def _read(material: Material, left: Leavings) -> Iterator[Article]:
    """Yield the articles with their sources' standing, and without what a site says under all of its own.

    A date of a day to come is none: the page was there before.
    """
    sent = [article for item in material.sent for article in item.articles]
    earlier = (article for article in material.earlier if left.is_listed(article))
    for article in without_refrains([*material.articles, *earlier], beside=sent):
        source = material.sources.get(article.source)
        is_ahead = article.published and article.published > article.first_seen + AHEAD
        yield replace(
            article,
            standing=source.standing if source else article.standing,
            published=None if is_ahead else article.published,
        )


def _untimely(article: Article, material: Material) -> str:
    """Say why an article is not of this slot; one without a date counts from when it was first seen.

    A run collects minutes after its slot, so having been seen only then puts no article off.
    """
    told, verb = article.published or article.first_seen, "published" if article.published else "first seen"
    if article.published and told > material.now:
        return "published after this slot: it is for the next issue"
    if told < material.now - material.period - GRACE:
        return f"too old: {verb} {told.astimezone(material.zone):%Y-%m-%d}"
    return ""


def _passed_over(article: Article, verdict: Verdict, left: Leavings) -> bool:
    """Say whether an article is no candidate, and note why."""
    if not verdict.relevant:
        score = floor(verdict.score * 100) / 100
        near = (f"score {score:.2f}, and {RELEVANT:.2f} is needed",) if verdict.score else ()
        why = "; ".join((*verdict.why, *near)) or "nothing of it is named"
        return left.take(article, f"off the beat: {why}", worth=verdict.score)
    return left.take(article, _unprintable(article) or _advises(article), worth=BARRED + verdict.score)


def _unprintable(article: Article) -> str:
    """Say why an article's headline, which would be printed as it stands, cannot be."""
    title = article.title.strip()
    if title == article.url or not any(map(str.isalnum, title)):
        return "it has no headline"
    if len(title) > LONGEST_HEADLINE:
        return f"no headline is so long: {len(title):,} characters"
    told = sentences(title, article.language)
    return "no news: its headline gives orders to a language model" if any(map(is_to_model, told)) else ""


def _advises(article: Article) -> str:
    said = advice_of(article.title, article.text, language=article.language)
    return f"advice: “{said}”" if said else ""


def _stories(
    fresh: Sequence[Article],
    repeated: Mapping[str, Duplicate],
    lexicon: Lexicon,
    left: Leavings,
    *,
    earlier: Sequence[Article],
) -> list[Story]:
    """Group articles into stories: today's, then copies by other outlets as further sources, then what was told earlier."""
    copies = _by_original(repeated, left)
    originals = [article for article in fresh if article.url not in repeated]
    stories = (story.articles for story in group(originals, lexicon, earlier=earlier))
    with_copies = ((*told, *(copy for a in told for copy in copies.get(a.url, ()))) for told in stories)
    return [Story(articles=tuple(sorted(told, key=left.is_listed))) for told in with_copies]


def _by_original(repeated: Mapping[str, Duplicate], left: Leavings) -> dict[str, list[Article]]:
    """Return the copies by the address of what they repeat, one an outlet; an outlet's further ones are left out."""
    copies: dict[str, list[Article]] = {}
    for duplicate in repeated.values():
        article, original = duplicate.article, duplicate.original
        others = copies.setdefault(original.url, [])
        if article.source in {original.source, *(other.source for other in others)}:
            left.take(article, f"repeats {original.url}: {duplicate.why.removesuffix(f' as {original.url}')}")
        else:
            others.append(article)
    return copies


def _news(
    stories: Sequence[Story],
    copies: Collection[str],
    verdicts: Mapping[str, Verdict],
    left: Leavings,
    *,
    memory: Memory,
) -> list[Candidate]:
    """Keep what is news to the newsletter's readers, the best first; an update keeps only its new articles."""
    kept: dict[str, tuple[Story, Novelty]] = {}
    for story in stories:
        novelty = judge_novelty(story, memory)
        new = [a for a in story.articles if not left.take(a, _told_before(a, novelty))]
        if new and not left.is_listed(new[0]):
            kept[new[0].url] = Story(articles=_each_outlet_once(new, left)), novelty
    ranked = rank(
        [story for story, _ in kept.values()],
        relevance={url: verdict.score for url, verdict in verdicts.items()},
        lexicon=memory.lexicon,
        now=memory.now,
        copies=copies,
    )
    return [
        Candidate(
            ranked=each,
            novelty=kept[each.story.lead.url][1],
            verdict=verdicts[each.story.lead.url],
            told_earlier=tuple(a.source for a in each.story.articles if left.is_listed(a)),
        )
        for each in ranked
    ]


def _each_outlet_once(articles: Sequence[Article], left: Leavings) -> tuple[Article, ...]:
    """Keep all that is of today, and of what was told earlier the best of each further outlet."""
    best: dict[str, Article] = {}
    for article in articles:
        best.setdefault(article.source, article)
    return tuple(a for a in articles if best[a.source] is a or not left.is_listed(a))


def _told_before(article: Article, novelty: Novelty) -> str:
    return novelty.why if novelty.kind is NoveltyKind.KNOWN else novelty.told_before.get(article.url, "")


def _memory(item: SentItem, *, zone: tzinfo) -> Sent:
    texts: dict[str, str] = {}
    for article in item.articles:
        before = texts.get(article.language, "")
        texts[article.language] = f"{before}{article.title}\n{article.text}\n"
    return Sent(
        headline=item.headline,
        texts=texts or {"und": item.headline},
        sent_at=item.slot_at,
        day=f"{item.slot_at.astimezone(zone):%Y-%m-%d}",
        urls=tuple(article.url for article in item.articles),
        article_ids=tuple(article.id for article in item.articles if article.id is not None),
    )
