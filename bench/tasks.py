"""What is measured: for each kind of set the rows, our stage, a plain method beside it, and how both are scored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from bench import plain, scores
from bench.corpora import Labelled, LabelledSet
from bench.scores import Answer, Figures, Miss
from bench.seeded import changed_leads, headlines
from pipeline.extract.charset import decode
from pipeline.select.lexicon import Lexicon, load
from pipeline.trial.bounce import try_bounce
from pipeline.trial.rows import answer
from pipeline.trial.stages import try_check, try_cluster, try_extract, try_select, try_summarise

Method = Callable[[Iterable[Labelled], Path], Iterable[Answer]]
"""From rows, and the folder that their paths are relative to, to an answer each, in order."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """How one kind of set is judged and scored."""

    ours: Method
    plain: Method
    plain_name: str
    figures: Callable[[Sequence[Labelled], Sequence[Answer]], Figures]
    misses: Callable[[Sequence[Labelled], Sequence[Answer]], Iterable[Miss]]
    judged: Callable[[LabelledSet], list[Labelled]] = lambda labelled: list(labelled.rows)
    """The rows that are judged, made from the set's."""
    scored: Callable[[LabelledSet, list[Labelled]], Sequence[Labelled]] = lambda labelled, _: labelled.rows
    """The rows that are scored: the set's, unless those judged hold the right answer."""


@cache
def lexicon() -> Lexicon:
    """Return the beat as shipped, read once."""
    return load()


def each(judge: Callable[[Labelled], Answer]) -> Method:
    """Judge row by row."""
    return lambda rows, _: map(judge, rows)


def _ours(stage: Callable[[Labelled], Answer]) -> Method:
    return each(lambda row: answer(row, lambda fields: dict(stage(dict(fields)))))


def _extract(rows: Iterable[Labelled], folder: Path) -> Iterable[Answer]:
    stage = partial(try_extract, folder=folder, now=datetime.now(UTC))
    return (answer(row, stage) for row in rows)


def _cluster(rows: Iterable[Labelled], _: Path) -> Iterable[Answer]:
    return try_cluster(rows, lexicon=lexicon())


def pages(plainly: Callable[[Labelled, Path], dict[str, Any]], plain_name: str) -> Task:
    """Return the task of extraction, with the plain method that suits the pages' language."""

    def judge_plainly(rows: Iterable[Labelled], folder: Path) -> Iterable[Answer]:
        return (answer(row, lambda fields: plainly(dict(fields), folder)) for row in rows)

    return Task(
        ours=_extract,
        plain=judge_plainly,
        plain_name=plain_name,
        figures=scores.page_figures,
        misses=scores.page_misses,
    )


RELEVANCE = Task(
    ours=_ours(lambda row: try_select(row, lexicon=lexicon())),
    plain=each(plain.names_the_metaverse),
    plain_name="the word in the title",
    figures=scores.relevance_figures,
    misses=scores.relevance_misses,
)
STORIES = Task(
    ours=_cluster,
    plain=lambda rows, _: plain.singletons(rows),
    plain_name="all singletons",
    figures=scores.story_figures,
    misses=scores.story_misses,
)


def _headlines(labelled: LabelledSet) -> list[Labelled]:
    """Return both headlines of each pair, to be compared with one another alone."""
    return [
        {"id": f"{row['id']} {side}", "title": row[side], "group": row["id"]}
        for row in labelled.rows
        for side in "ab"
    ]


PAIRS = Task(
    ours=_cluster,
    plain=lambda rows, _: plain.shared_words(rows),
    plain_name="a third of the words",
    figures=scores.pair_figures,
    misses=scores.pair_misses,
    judged=_headlines,
)
SUMMARIES = Task(
    ours=_ours(try_summarise),
    plain=each(plain.lead),
    plain_name="lead",
    figures=scores.summary_figures,
    misses=scores.summary_misses,
)
FAITHFUL = Task(
    ours=_ours(lambda row: try_check(row, lexicon=lexicon())),
    plain=each(plain.every_number_occurs),
    plain_name="every number occurs",
    figures=scores.faithful_figures,
    misses=scores.faithful_misses,
)
CHANGED_NUMBERS = replace(FAITHFUL, judged=changed_leads, scored=lambda _, judged: judged)
HEADLINES = replace(
    FAITHFUL, judged=headlines, scored=lambda _, judged: judged, figures=scores.false_alarm_figures
)
CHARSETS = ("gb18030", "big5", "utf-8")
_DECLARATION = re.compile(r"<meta[^>]{0,200}charset[^>]{0,200}>|<\?xml[^>]{0,200}>", re.IGNORECASE)


def _undeclared(labelled: LabelledSet) -> list[Labelled]:
    """Return each page in each charset, as a server sends it that says nothing of it."""
    found = ((row["id"], decode((labelled.folder / row["path"]).read_bytes())) for row in labelled.rows)
    return [
        {"id": id_, "charset": charset, "body": body, "text": body.decode(charset)}
        for id_, text in found
        for charset in CHARSETS
        for body in [_DECLARATION.sub("", text).encode(charset, "xmlcharrefreplace")]
    ]


DECODING = Task(
    ours=each(lambda row: {"text": decode(row["body"])}),
    plain=each(plain.by_charset_normalizer),
    plain_name="charset-normalizer",
    figures=scores.decoding_figures,
    misses=scores.decoding_misses,
    judged=_undeclared,
    scored=lambda _, judged: judged,
)


def _bounces(judge: Callable[[Labelled, Path], dict[str, Any]]) -> Method:
    return lambda rows, folder: (answer(row, lambda fields: judge(dict(fields), folder)) for row in rows)


BOUNCES = Task(
    ours=_bounces(lambda row, folder: try_bounce(row, folder=folder)),
    plain=_bounces(plain.by_first_digit),
    plain_name="the first digit of the status",
    figures=scores.bounce_figures,
    misses=scores.bounce_misses,
)
TASKS: Mapping[str, tuple[str, Task]] = {
    "relevance_headlines": ("relevance_headlines", RELEVANCE),
    "same_story_headlines": ("same_story_headlines", PAIRS),
    "story_pairs_zh": ("story_pairs_zh", PAIRS),
    "story_en": ("story_en", STORIES),
    "story_zh": ("story_zh", STORIES),
    "summary_en": ("summary_en", SUMMARIES),
    "summary_zh": ("summary_zh", SUMMARIES),
    "faithful_en": ("faithful_en", FAITHFUL),
    "faithful_zh": ("faithful_zh", FAITHFUL),
    "changed_numbers_en": ("summary_en", CHANGED_NUMBERS),
    "changed_numbers_zh": ("summary_zh", CHANGED_NUMBERS),
    "headlines_zh": ("summary_zh", HEADLINES),
    "extract_aeb": ("extract_aeb", pages(plain.by_trafilatura, "trafilatura")),
    "extract_publishers": ("extract_publishers", pages(plain.by_trafilatura, "trafilatura")),
    "extract_chinese": ("extract_chinese", pages(plain.by_readability, "readability")),
    "charsets": ("extract_chinese", DECODING),
    "bounces": ("bounces", BOUNCES),
}
"""Each measurement by name, with the file that its set lies in."""
