"""From what was collected to the items of one issue: every article ends in an item or in what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from pipeline.model import Article, Item, LeftOut, Reference, Source, Story
from pipeline.select.duplicates import cut_tracking_parameters, find_duplicates
from pipeline.select.gloss import gloss, known_names
from pipeline.select.lexicon import Lexicon
from pipeline.select.novelty import Memory, Novelty, NoveltyKind, Sent, judge_novelty
from pipeline.select.ranking import Ranked, rank, section_of
from pipeline.select.refrains import without_refrains
from pipeline.select.relevance import Verdict, judge
from pipeline.select.stories import group
from pipeline.store.articles import FailedPage
from pipeline.store.issues import SentItem
from pipeline.summarise.extractive import summarise
from pipeline.summarise.faithfulness import check
from pipeline.summarise.orders import is_to_model
from pipeline.text import sentences

GRACE = timedelta(days=1)
"""An article may be that much older than the period: outlets are read once a day."""


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


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a slot's judgement came to."""

    ranked: tuple[Item, ...]
    """The items of the issue, the best first."""
    left_out: tuple[LeftOut, ...]
    funnel: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    ranked: Ranked
    novelty: Novelty


def choose(material: Material) -> Choice:
    """Judge what was collected, step by step; the funnel counts what passes each."""
    left = [
        _out(page.title, page.url, f"could not be read: {page.reason}", page.article_id)
        for page in material.failed
    ]
    memory = Memory(
        [_memory(item, zone=material.zone) for item in material.sent], material.lexicon, now=material.now
    )
    unsent = [a for a in _read(material) if not _passed_over(left, a, memory.sent_before(a))]
    timely = [a for a in unsent if not _passed_over(left, a, _untimely(a, material))]
    verdicts = {a.url: judge(a.title, a.text, material.lexicon, language=a.language) for a in timely}
    on_beat = [a for a in timely if not _passed_over(left, a, _off_beat(verdicts[a.url]) or _no_news(a))]
    stories = _stories(on_beat, material.lexicon, left)
    candidates = _news(stories, verdicts, left, memory=memory)
    items = _items(candidates, verdicts, material, left)
    funnel = {
        "collected": len(material.articles),
        "on_beat": len(on_beat),
        "stories": len(stories),
        "new": len(candidates),
        "items": len(items),
    }
    return Choice(ranked=tuple(items), left_out=tuple(left), funnel=funnel)


def _out(title: str, url: str, why: str, article_id: int | None) -> LeftOut:
    return LeftOut(title=title, url=url, why=why, article_id=article_id)


def _passed_over(left: list[LeftOut], article: Article, why: str) -> bool:
    """Note an article as left out when there is a reason to, and say so."""
    if why:
        left.append(_out(article.title, article.url, why, article.id))
    return bool(why)


def _read(material: Material) -> Iterable[Article]:
    """Yield the articles with their sources' standing, and without what a site says under all of its own."""
    sent = [article for item in material.sent for article in item.articles]
    for article in without_refrains(material.articles, beside=sent):
        source = material.sources.get(article.source)
        yield replace(article, standing=source.standing) if source else article


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


def _off_beat(verdict: Verdict) -> str:
    return "" if verdict.relevant else f"off the beat: {'; '.join(verdict.why) or 'nothing of it is named'}"


def _no_news(article: Article) -> str:
    """Say why an article is no candidate, though on the beat: its headline would be printed as it stands."""
    told = sentences(article.title, article.language)
    return "no news: its headline gives orders to a language model" if any(map(is_to_model, told)) else ""


def _stories(on_beat: Sequence[Article], lexicon: Lexicon, left: list[LeftOut]) -> list[Story]:
    """Group articles into stories; copies by other outlets join their original's story as further sources."""
    copies: dict[str, list[Article]] = {}
    repeated = {duplicate.article.url: duplicate for duplicate in find_duplicates(on_beat)}
    for duplicate in repeated.values():
        if duplicate.article.source == duplicate.original.source:
            _passed_over(left, duplicate.article, f"repeats {duplicate.original.url}: {duplicate.why}")
        else:
            copies.setdefault(duplicate.original.url, []).append(duplicate.article)
    originals = [article for article in on_beat if article.url not in repeated]
    return [
        Story(articles=(*story.articles, *(copy for a in story.articles for copy in copies.get(a.url, ()))))
        for story in group(originals, lexicon)
    ]


def _news(
    stories: Sequence[Story], verdicts: Mapping[str, Verdict], left: list[LeftOut], *, memory: Memory
) -> list[_Candidate]:
    """Keep what is news to the newsletter's readers, the best first; an update keeps only its new articles."""
    kept: dict[str, tuple[Story, Novelty]] = {}
    for story in stories:
        novelty = judge_novelty(story, memory)
        fresh = tuple(a for a in story.articles if not _passed_over(left, a, _told_before(a, novelty)))
        if fresh:
            kept[fresh[0].url] = Story(articles=fresh), novelty
    relevance = {url: verdict.score for url, verdict in verdicts.items()}
    ranked = rank([story for story, _ in kept.values()], relevance=relevance, now=memory.now)
    return [_Candidate(ranked=each, novelty=kept[each.story.lead.url][1]) for each in ranked]


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


def _items(
    candidates: Sequence[_Candidate],
    verdicts: Mapping[str, Verdict],
    material: Material,
    left: list[LeftOut],
) -> list[Item]:
    """Sum up the best candidates until the issue is full; the others are named with their rank."""
    items: list[Item] = []
    for place, candidate in enumerate(candidates, 1):
        story = candidate.ranked.story
        if len(items) == material.most:
            why = f"ranked {place} of {len(candidates)} (score {candidate.ranked.score:.2f}); the issue takes {material.most}"
        else:
            item, why = _item(candidate, verdicts[story.lead.url], material)
            if item:
                items.append(item)
        for article in story.articles if why else ():
            _passed_over(left, article, why)
    return items


def _item(candidate: _Candidate, verdict: Verdict, material: Material) -> tuple[Item | None, str]:
    """Return the item, or None and the reason when no summary of the story would hold."""
    story = candidate.ranked.story
    lead = story.lead
    summary = summarise(lead.title, lead.text, language=lead.language)
    if not summary.text:
        return None, "no sentence of it can stand as a summary"
    names = known_names(summary.text, material.lexicon)
    checked = check(f"{lead.title}\n{lead.text}", summary.text, names=names)
    if not checked.supported:
        return None, f"its summary says what the article does not: {', '.join(checked.unsupported)}"
    item = Item(
        headline=lead.title,
        summary=summary.text,
        language=lead.language,
        section=section_of(story, material.lexicon),
        sources=_references(story, material.sources),
        why=(*verdict.why, *candidate.ranked.why, candidate.novelty.why),
        published=lead.published,
        gloss=gloss(f"{lead.title}\n{summary.text}", material.lexicon, language=lead.language),
        is_update=candidate.novelty.kind is NoveltyKind.UPDATE,
        articles=story.articles,
    )
    return item, ""


def _references(story: Story, sources: Mapping[str, Source]) -> tuple[Reference, ...]:
    """Return each outlet once, with its best article."""
    best: dict[str, Article] = {}
    for article in story.articles:
        best.setdefault(article.source, article)
    return tuple(
        Reference(
            name=sources[key].name if key in sources else key,
            url=cut_tracking_parameters(article.url),
            language=article.language,
            title=article.title,
        )
        for key, article in best.items()
    )
