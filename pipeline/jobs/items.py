"""From the candidates of an issue, the best first, to its items: summed up, checked, and varied."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.jobs.left_out import CANDIDATE, Leavings
from pipeline.model import Article, Item, News, Reference, Source, Story, Translation
from pipeline.select.advice import advice, repeats_advice
from pipeline.select.duplicates import cut_tracking_parameters
from pipeline.select.gloss import actors, gloss, known_names
from pipeline.select.lexicon import Lexicon
from pipeline.select.novelty import Novelty, NoveltyKind
from pipeline.select.ranking import Ranked, crowds, next_best
from pipeline.select.relevance import Verdict
from pipeline.summarise.extractive import Summary, summarise
from pipeline.summarise.faithfulness import check
from pipeline.text import language_name, primary_language, sentences, words

FEWEST_WORDS = 4
"""Fewer different ones say nothing that the headline does not: a page of dots, or of one word again and again."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A story that is news to the newsletter's readers."""

    ranked: Ranked
    novelty: Novelty
    verdict: Verdict
    """On its lead."""
    told_earlier: tuple[str, ...] = ()
    """Keys of the sources that told it for an earlier slot, and whose articles no issue took."""


def make_items(
    candidates: Sequence[Candidate],
    left: Leavings,
    *,
    most: int,
    languages: Collection[str],
    sources: Mapping[str, Source],
    lexicon: Lexicon,
) -> list[Item]:
    """Sum up the best candidates until the issue is full and varied; the others are named with their rank.

    ``languages`` are the readers': an item that an outlet tells in another of them has its words in that too.
    """
    waiting = list(candidates)
    items: list[Item] = []
    chosen: list[Ranked] = []
    while waiting and len(items) < most:
        at = next_best([each.ranked for each in waiting], chosen, weights=lexicon.weights, most=most)
        candidate = waiting.pop(at)
        summary, why = _summed_up(candidate.ranked.story.lead, lexicon)
        if why:
            _leave(candidate, why, left)
        else:
            told = _in_other_languages(candidate.ranked.story, languages, sources=sources, lexicon=lexicon)
            items.append(_item(candidate, summary, told, sources=sources, lexicon=lexicon))
            chosen.append(candidate.ranked)
    places = {id(candidate): place for place, candidate in enumerate(candidates, 1)}
    for candidate in waiting:
        why = f"ranked {places[id(candidate)]} of {len(candidates)} (score {candidate.ranked.score:.2f}"
        crowded = crowds(candidate.ranked, chosen, weights=lexicon.weights, most=most)
        _leave(candidate, f"{why}{f'; {crowded}' if crowded else ''}); the issue takes {most}", left)
    return items


def _leave(candidate: Candidate, why: str, left: Leavings) -> None:
    for article in candidate.ranked.story.articles:
        left.take(article, why, worth=CANDIDATE + candidate.ranked.score)


def _summed_up(article: Article, lexicon: Lexicon) -> tuple[str, str]:
    """Return a summary, and why none would hold."""
    text = _summary(article).text
    if len(set(words(text))) < FEWEST_WORDS:
        return "", "no sentence of it can stand as a summary"
    source = f"{article.title}\n{article.text}"
    names = known_names(f"{source}\n{text}", lexicon)
    checked = check(source, text, names=names, actors=actors(names, lexicon))
    if not checked.supported:
        return "", f"its summary says what the article does not: {', '.join(checked.unsupported)}"
    return text, ""


def _summary(article: Article) -> Summary:
    """Sum an article up without its advice; what only quotes advice or warns of it does not stand alone either."""
    title, text, language = article.title, article.text, article.language
    summary = summarise(title, text, language=language, is_barred=lambda sentence: bool(advice(sentence)))
    if len(sentences(summary.text, language)) > 1 or not repeats_advice(summary.text):
        return summary
    return summarise(title, text, language=language, is_barred=repeats_advice)


def _in_other_languages(
    story: Story, languages: Collection[str], *, sources: Mapping[str, Source], lexicon: Lexicon
) -> tuple[Translation, ...]:
    """Return a story in the languages that its lead is not in, each by the best article whose summary holds."""
    told: dict[str, Translation] = {}
    for article in story.articles:
        language = primary_language(article.language)
        if language in told or language not in languages or language == primary_language(story.lead.language):
            continue
        summary, why = _summed_up(article, lexicon)
        if not why:
            told[language] = Translation(
                language=language,
                headline=article.title,
                summary=summary,
                outlet=_reference(article, sources),
                published=article.published,
            )
    return tuple(told.values())


def _item(
    candidate: Candidate,
    summary: str,
    translations: tuple[Translation, ...],
    *,
    sources: Mapping[str, Source],
    lexicon: Lexicon,
) -> Item:
    story, novelty = candidate.ranked.story, candidate.novelty
    lead = story.lead
    earlier = ", ".join(candidate.told_earlier)
    return Item(
        headline=lead.title,
        summary=summary,
        language=lead.language,
        section=candidate.ranked.section,
        sources=_references(story, sources),
        why=(
            *candidate.verdict.why,
            *candidate.ranked.why,
            *((f"told before this issue's time, and not sent: {earlier}",) if earlier else ()),
            novelty.why,
            *(
                f"in {language_name(put.language)}: by {put.outlet.name}"
                for put in translations
                if put.outlet
            ),
        ),
        published=lead.published,
        gloss=gloss(f"{lead.title}\n{summary}", lexicon, language=lead.language),
        is_update=novelty.kind is NoveltyKind.UPDATE,
        news=News(facts=novelty.facts, since=novelty.sent.sent_at)
        if novelty.facts and novelty.sent
        else None,
        articles=story.articles,
        translations=translations,
    )


def _references(story: Story, sources: Mapping[str, Source]) -> tuple[Reference, ...]:
    """Return each outlet once, with its best article."""
    best: dict[str, Article] = {}
    for article in story.articles:
        best.setdefault(article.source, article)
    return tuple(_reference(article, sources) for article in best.values())


def _reference(article: Article, sources: Mapping[str, Source]) -> Reference:
    key = article.source
    return Reference(
        name=sources[key].name if key in sources else key,
        url=cut_tracking_parameters(article.url),
        language=article.language,
        title=article.title,
    )
