"""The project's own press as labelled sets: invented articles, each with the labels that a judge of it should find."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench import plain
from bench.corpora import Labelled, LabelledSet
from bench.measures import mean, share
from bench.scores import Answer, Figures, Miss
from bench.seeded import with_a_number_changed
from bench.tasks import FAITHFUL, RELEVANCE, STORIES, Task, each, lexicon, pages
from pipeline.demo.sample import Sample, SampleArticle, load_press, newsroom_folder
from pipeline.demo.site import answer as site_answer
from pipeline.model import Article, Story
from pipeline.select.sections import section_of
from pipeline.text import han_count, word_count
from pipeline.trial.rows import answer
from pipeline.trial.stages import try_summarise

_FURNITURE = re.compile(
    r"\b[A-Z]{4,}, [A-Z][a-z]{2}\w* \d|^By [A-Z]|min read|China time|\d\d:\d\d|本报讯|[（(]记者|来源[:：]|作者[:：]|编辑[:：]"
)
_ANY_DAY = datetime(2022, 2, 22, tzinfo=UTC)
_MOST_WORDS, _MOST_HAN = 75, 120
"""As many as a summary may have; the contract's figures, not read from the code that is measured."""


def press_sets() -> Iterator[LabelledSet]:
    """Yield the press as one set for each thing that is judged."""
    sample = load_press(newsroom_folder())
    rows: Mapping[str, Iterable[Labelled]] = {
        "relevance": map(_judged, sample.articles),
        "advertisements": (_judged(a) for a in sample.articles if a.advertisement),
        "stories": (_told(a) for a in sample.articles if a.on_beat),
        "sections": (_judged(a) | {"section": a.section} for a in sample.articles if a.on_beat),
        "pages": _pages(sample),
        "summaries": (_judged(a) | {"author": a.author} for a in sample.articles),
        "faithfulness": (row for a in sample.articles for row in _summaries(a)),
    }
    for name, each_row in rows.items():
        yield LabelledSet(name=name, rows=tuple(each_row), folder=Path())


def _judged(article: SampleArticle) -> Labelled:
    return {
        "id": article.place,
        "title": article.title,
        "text": "\n".join(article.paragraphs),
        "language": article.language,
        "label": "yes" if article.on_beat else "no",
    }


def _told(article: SampleArticle) -> Labelled:
    return _judged(article) | {
        "published": article.published.isoformat(),
        "source": article.site,
        "gold": article.event,
    }


def _pages(sample: Sample) -> Iterator[Labelled]:
    """Yield each page as its site serves it; a printed date that never was is no truth to measure by."""
    sites = {site.key: site for site in sample.sites}
    for article in sample.articles:
        site, base = sites[article.site], f"http://{article.site}.example"
        beside = [other for other in sample.articles if other.site == article.site]
        served = site_answer(site, beside, path=site.final_path(article), base=base)
        yield {
            "id": article.place,
            "html_base64": b64encode(served.body).decode("ascii"),
            "content_type": served.content_type,
            "url": base + site.final_path(article),
            "articleBody": "\n".join(site.shown(article)),
            "title": article.title,
            "published": None if article.printed_date else article.published.isoformat(),
            "authors": [article.author],
        }


def _summaries(article: SampleArticle) -> Iterator[Labelled]:
    """Yield the article's headline, which it bears out, and its own words with one number changed, which it does not."""
    source = f"{article.title}\n" + "\n".join(article.paragraphs)
    body = "\n".join(article.paragraphs)
    yield {"id": f"{article.place} headline", "source": body, "summary": article.title, "supported": True}
    changed = with_a_number_changed(article.lead, source=source, seed=article.place)
    if changed:
        yield {"id": f"{article.place} changed", "source": source, "summary": changed, "supported": False}


def _section(row: Labelled) -> Answer:
    """Return the section of an article that stands alone in its story."""
    article = Article(
        url="",
        source="",
        title=row["title"],
        text=row["text"],
        language=row["language"],
        published=None,
        first_seen=_ANY_DAY,
        fetched_at=_ANY_DAY,
        digest="",
    )
    return {"section": section_of(Story(articles=(article,)), lexicon())}


def _section_figures(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    return {
        "right": mean(float(row["section"] == a["section"]) for row, a in zip(rows, answers, strict=True))
    }


def _section_misses(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Iterator[Miss]:
    for row, found in zip(rows, answers, strict=True):
        if row["section"] != found["section"]:
            yield Miss(id=row["id"], expected=row["section"], given=f"{found['section']}  {row['title']}")


def _kept_out(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    return {"kept out": share(sum(not found["relevant"] for found in answers), len(rows))}


def _promises(row: Labelled, found: Answer) -> dict[str, bool]:
    """Say of each promise of a summary whether it is kept."""
    summary = str(found.get("summary") or "")
    han = han_count(summary)
    return {
        "there at all": bool(summary),
        "no dateline or byline": not _FURNITURE.search(summary) and row["author"] not in summary,
        "short enough": han <= _MOST_HAN if row["language"] == "zh" else word_count(summary) <= _MOST_WORDS,
        "quoted": all(part.rstrip("…") in row["text"] for part in _parts(summary)),
    }


def _parts(summary: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?。！？])\s*", summary) if part.strip()]


def _summary_figures(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    kept = [_promises(row, found) for row, found in zip(rows, answers, strict=True)]
    return {promise: mean(float(each_kept[promise]) for each_kept in kept) for promise in kept[0]}


def _summary_misses(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Iterator[Miss]:
    for row, found in zip(rows, answers, strict=True):
        broken = [promise for promise, is_kept in _promises(row, found).items() if not is_kept]
        if broken:
            yield Miss(id=row["id"], expected=", ".join(broken), given=str(found.get("summary")))


_SUMMARIES = Task(
    ours=each(lambda row: answer(row, try_summarise)),
    plain=each(lambda row: {"summary": row["text"].partition("\n")[0]}),
    plain_name="the first paragraph",
    figures=_summary_figures,
    misses=_summary_misses,
)
_SECTIONS = Task(
    ours=each(_section),
    plain=each(lambda _: {"section": "companies"}),
    plain_name="always companies",
    figures=_section_figures,
    misses=_section_misses,
)
PRESS_TASKS: Mapping[str, Task] = {
    "relevance": RELEVANCE,
    "advertisements": replace(RELEVANCE, figures=_kept_out),
    "stories": STORIES,
    "sections": _SECTIONS,
    "pages": pages(plain.by_trafilatura, "trafilatura"),
    "summaries": _SUMMARIES,
    "faithfulness": FAITHFUL,
}
"""How each set of the press is judged and scored."""
