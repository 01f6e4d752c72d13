"""Labelled sets of the project's own writing, in halves: the judgement is worked out on one and measured by the other.

``tests/corpora/README.md`` says what a row of each set holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from zlib import crc32

from bench import plain
from bench.corpora import Labelled, LabelledSet, read_set
from bench.measures import mean
from bench.scores import Answer, Figures, Miss, summary_figures
from bench.seeded import changed_sentences
from bench.tasks import CHANGED_NUMBERS, FAITHFUL, PAIRS, RELEVANCE, SUMMARIES, Task
from pipeline.errors import MetabriefError

FOLDER = Path(__file__).parents[1] / "tests" / "corpora"
HALVES = ("dev", "test")


def written_sets(folder: Path = FOLDER) -> Iterator[LabelledSet]:
    """Yield both halves of each set, as ``relevance test``. Raises ``MetabriefError`` when one is not there."""
    for name, (file, _) in WRITTEN_TASKS.items():
        found = read_set(folder, file)
        if found is None:
            raise MetabriefError(f"{folder / file}.jsonl: not there; restore it from the sources")
        for half in HALVES:
            rows = tuple(row for row in found.rows if half_of(row) == half)
            yield replace(found, name=f"{name} {half}", rows=rows)


def half_of(row: Labelled) -> str:
    """Say which half a row belongs to: chance decides, and rows on one event stay together."""
    return HALVES[crc32(str(row["event"]).encode()) % 2]


def written_task(name: str) -> Task:
    """Return how a half of a set is judged and scored."""
    return WRITTEN_TASKS[name.partition(" ")[0]][1]


def _facts(row: Labelled, summary: str) -> float:
    """Return the share of the facts that a summary has to tell."""
    return mean(float(any(form in summary for form in fact)) for fact in row["facts"])


def _is_clean(row: Labelled, summary: str) -> bool:
    """Say whether a summary is there and holds nothing that has no place in one."""
    return bool(summary) and not any(wrong in summary for wrong in row["never"])


def _figures(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    told = [(row, str(found.get("summary") or "")) for row, found in zip(rows, answers, strict=True)]
    return {
        **summary_figures(rows, answers),
        "facts": mean(_facts(row, summary) for row, summary in told),
        "clean": mean(float(_is_clean(row, summary)) for row, summary in told),
    }


def _misses(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Iterable[Miss]:
    for row, found in zip(rows, answers, strict=True):
        summary = str(found.get("summary") or "")
        worth = _facts(row, summary) if _is_clean(row, summary) else -1.0
        yield Miss(id=row["id"], expected=row["reference"], given=summary or "nothing", worth=worth)


WRITTEN_TASKS: Mapping[str, tuple[str, Task]] = {
    "relevance": ("relevance", RELEVANCE),
    "pairs": ("pairs", PAIRS),
    "across": ("across", PAIRS),
    "summaries": (
        "summaries",
        replace(
            SUMMARIES,
            plain=lambda rows, _: (plain.lead(row | {"sentences": 2}) for row in rows),
            figures=_figures,
            misses=_misses,
        ),
    ),
    "numbers": ("summaries", replace(CHANGED_NUMBERS, judged=changed_sentences)),
    "faithfulness": ("faithfulness", FAITHFUL),
}
"""Each measurement by name, with the file that its set lies in."""
