"""Score the judgement on labelled sets: ``python -m bench.evaluate [--corpus DIR]``.

Without a folder the project's own press and its written sets are scored, whose floors the tests hold.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench import report
from bench.corpora import Labelled, LabelledSet, read_set, require_folder
from bench.press import PRESS_TASKS, press_sets
from bench.report import Figure, Passed, Result
from bench.tasks import TASKS, Task
from bench.written import written_sets, written_task
from pipeline.errors import MetabriefError

Watch = Callable[[Iterable[Labelled], str, int], Iterable[Labelled]]
"""Pass rows on, showing how many of how many have gone by under which name."""


def unwatched(rows: Iterable[Labelled], _name: str, _total: int) -> Iterable[Labelled]:
    """Pass rows on."""
    return rows


def evaluate(labelled: LabelledSet, task: Task, *, watch: Watch = unwatched) -> Result:
    """Judge a set with our stage, timed, and with the plain method, and score both alike."""
    judged = task.judged(labelled)
    scored = task.scored(labelled, judged)
    began = perf_counter()
    ours = list(task.ours(watch(judged, labelled.name, len(judged)), labelled.folder))
    seconds = perf_counter() - began
    beside = task.figures(scored, list(task.plain(judged, labelled.folder)))
    return Result(
        name=labelled.name,
        rows=len(scored),
        seconds=seconds,
        figures=tuple(
            Figure(measure=measure, ours=value, plain=beside[measure])
            for measure, value in task.figures(scored, ours).items()
        ),
        plain_name=task.plain_name,
        misses=tuple(sorted(task.misses(scored, ours), key=lambda miss: miss.worth)),
    )


def corpus_results(folder: Path, *, watch: Watch = unwatched) -> Iterator[Result | Passed]:
    """Score every known set of a folder. Raises ``MetabriefError`` when it or a set cannot be read."""
    require_folder(folder)
    for name, (file, task) in TASKS.items():
        found = read_set(folder, file)
        if found is None:
            yield Passed(name=name, why=f"there is no {file}.jsonl")
            continue
        try:
            yield evaluate(replace(found, name=name), task, watch=watch)
        except KeyError as error:
            raise MetabriefError(f"{folder / file}.jsonl: a row has no {error}; mend the set") from error


def own_results(*, watch: Watch = unwatched) -> Iterator[Result]:
    """Score the project's own press, and both halves of its written sets. Raises ``MetabriefError`` when one is missing."""
    for labelled in press_sets():
        yield evaluate(labelled, PRESS_TASKS[labelled.name], watch=watch)
    for labelled in written_sets():
        yield evaluate(labelled, written_task(labelled.name), watch=watch)


@contextmanager
def _watching() -> Iterator[Watch]:
    """Yield a watch that shows a bar a set to a person at a terminal."""
    shown = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as progress:
        yield lambda rows, name, total: progress.track(rows, total=total, description=name)


def main(words: list[str] | None = None) -> int:
    """Run as a command; what a person can cause ends in one line."""
    chosen = _options().parse_args(words)
    try:
        _run(chosen.corpus, markdown=chosen.markdown, as_json=chosen.json, most_misses=chosen.misses)
    except MetabriefError as error:
        return _fail(str(error), error.exit_code)
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}", MetabriefError.exit_code)
    return 0


def _fail(said: str, code: int) -> int:
    print(f"evaluate: {' '.join(said.split())}", file=sys.stderr)  # noqa: T201
    return code


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.evaluate", description="Score the judgement.")
    parser.add_argument(
        "--corpus", type=Path, metavar="DIR", help="labelled sets; without it the project's own"
    )
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the figures there as a table")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as JSON")
    parser.add_argument(
        "--misses", type=int, default=3, metavar="N", help="how many misses of each set to show (3)"
    )
    return parser


def _run(corpus: Path | None, *, markdown: Path | None, as_json: Path | None, most_misses: int) -> None:
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 200)
    with _watching() as watch:
        found = list(own_results(watch=watch) if corpus is None else corpus_results(corpus, watch=watch))
    results = [each for each in found if isinstance(each, Result)]
    console.print(report.table(results))
    for result in results:
        for line in report.miss_lines(result, most=most_misses):
            console.print(line, no_wrap=True, overflow="ellipsis", crop=True)
    for passed in (each for each in found if isinstance(each, Passed)):
        console.print(f"passed over {passed.name}: {passed.why}")
    if markdown:
        markdown.write_text(report.as_markdown(results), encoding="utf-8")
    if as_json:
        as_json.write_text(json.dumps(report.as_rows(results), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
