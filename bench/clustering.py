"""How fast articles are judged and stories found, and in how much memory: ``python -m bench.clustering [--most N] [--days N]``.

The stream is of our own making (``bench.stream``). Seconds of one core stand beside those of a fixed loop of plain Python, for machines
differ; the exponent says how they grow, 1 being in step with the articles. Each measurement runs in a process of its own.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from math import log
from multiprocessing import get_context
from time import process_time

from bench.measures import b_cubed
from bench.stream import DAY_ARTICLES, Told, stream
from pipeline.select.features import features
from pipeline.select.index import Index
from pipeline.select.lexicon import load
from pipeline.select.relevance import judge
from pipeline.select.stories import Stories

SIZES = (1000, 3000, 10_000, 30_000)
COPIES = 10_000
LONG_WORDS = 200_000
AT_A_TIME = 50
"""So many articles come at once, as from one outlet."""
JUDGED = 10_000
MOST_SECONDS, MOST_EXPONENT, MOST_MEMORY_MB, LEAST_JUDGED = 60, 1.2, 500, 2000
"""What is promised: seconds for the stories of ten thousand articles, the growth, what ninety days of articles may hold, and
how many are judged for the beat in a second."""
_LOOPS = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One run: how long it took, the most memory above what its process began with, and how right it was."""

    articles: int
    seconds: float
    memory_mb: float
    right: float
    """B-cubed F1 against the events the stream was made from."""


def judged(total: int) -> Measured:
    """Judge the articles of a stream for the beat."""
    lexicon, seconds = load(), 0.0
    lexicon.mentions("the automaton is made once")
    before = _memory_mb()
    for told in stream(total, lexicon=lexicon):
        began = process_time()
        judge(told.article.title, told.article.text, lexicon, language=told.article.language)
        seconds += process_time() - began
    return Measured(articles=total, seconds=seconds, memory_mb=_memory_mb() - before, right=1.0)


def calibrate() -> float:
    """Return the seconds a fixed loop of plain Python takes here."""
    began, total = process_time(), 0
    for number in range(_LOOPS):
        total += number & 7
    return process_time() - began


def cluster(total: int) -> Measured:
    """Find the stories of a stream."""
    return _cluster(stream(total, lexicon=load()))


def cluster_copies(total: int) -> Measured:
    """Find the one story of a press release that so many outlets print, each with a line of its own."""
    (first,) = stream(1, lexicon=load())
    text = first.article.text
    copies = (
        replace(first.article, url=f"{n}", text=f"(Outlet {n % 997}) {text}", source=f"{n}")
        for n in range(total)
    )
    return _cluster(Told(article=copy, event=0) for copy in copies)


def cluster_long(words: int) -> Measured:
    """Find the story of one endless page among a few others."""
    told = list(stream(100, lexicon=load()))
    endless = replace(
        told[0].article, url="endless", title="word " * words, text="word and term. " * (words // 3)
    )
    return _cluster([*told, Told(article=endless, event=-1)])


def _cluster(told: Iterable[Told]) -> Measured:
    stories, events = Stories(load()), list[int]()
    before, seconds, waiting = _memory_mb(), 0.0, list[Told]()
    for each in told:
        events.append(each.event)
        waiting.append(each)
        if len(waiting) == AT_A_TIME:
            seconds += _taken(stories, waiting)
            waiting = []
    seconds += _taken(stories, waiting)
    found = {str(number): stories.story_of(number) for number in range(len(events))}
    gold = {str(number): event for number, event in enumerate(events)}
    memory = _memory_mb() - before
    return Measured(articles=len(events), seconds=seconds, memory_mb=memory, right=b_cubed(found, gold).f1)


def _taken(stories: Stories, told: Iterable[Told]) -> float:
    began = process_time()
    stories.add(each.article for each in told)
    return process_time() - began


def remember(days: int) -> Measured:
    """Keep every article of so many days, as the memory of what was sent would if all were sent."""
    lexicon, index, seconds = load(), Index(), 0.0
    before = _memory_mb()
    for number, told in enumerate(stream(days * DAY_ARTICLES, lexicon=lexicon)):
        began = process_time()
        read = features(
            told.article.title, told.article.text, language=told.article.language, lexicon=lexicon
        )
        index.count(read)
        index.add(number, index.weigh(read))
        seconds += process_time() - began
    return Measured(articles=days * DAY_ARTICLES, seconds=seconds, memory_mb=_memory_mb() - before, right=1.0)


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def exponent(runs: list[Measured]) -> float:
    """Return the power of the number of articles that the seconds grow with, from the smallest to the greatest run."""
    first, last = runs[0], runs[-1]
    return log(last.seconds / first.seconds) / log(last.articles / first.articles)


def _alone(measure: Callable[[int], Measured], size: int) -> Measured:
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, size).result()


def _row(name: str, run: Measured, loop: float) -> str:
    rate = run.articles / run.seconds
    return f"{name:<34}{run.seconds:>8.1f} s{run.seconds / loop:>8.1f} loops{rate:>8.0f}/s{run.memory_mb:>8.0f} MB{run.right:>7.3f}"


def main(words: list[str] | None = None) -> int:
    """Run as a command; exit 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.clustering", description="Measure how fast stories are found."
    )
    parser.add_argument("--most", type=int, default=SIZES[-1], metavar="N", help="leave out larger streams")
    parser.add_argument("--days", type=int, default=90, metavar="N", help="of the memory (90)")
    chosen = parser.parse_args(words)
    loop = calibrate()
    _say(f"a fixed loop takes {loop:.2f} s here; B-cubed F1 of the made-up events stands last")
    beat = _alone(judged, min(JUDGED, chosen.most))
    _say(_row(f"{beat.articles} articles judged", beat, loop))
    runs = []
    for size in (size for size in SIZES if size <= chosen.most):
        runs.append(_alone(cluster, size))
        _say(_row(f"{size} articles", runs[-1], loop))
    copies = min(COPIES, chosen.most)
    _say(_row(f"{copies} copies of one", _alone(cluster_copies, copies), loop))
    _say(_row(f"one page of {LONG_WORDS} words", _alone(cluster_long, LONG_WORDS), loop))
    memory = _alone(remember, chosen.days)
    _say(_row(f"memory of {chosen.days} days", memory, loop))
    broken = list(_broken(beat, runs, memory))
    for promise in broken:
        _say(f"not kept: {promise}")
    return 1 if broken else 0


def _broken(beat: Measured, runs: list[Measured], memory: Measured) -> Iterable[str]:
    if beat.articles / beat.seconds < LEAST_JUDGED:
        yield f"{LEAST_JUDGED} articles judged in a second"
    if any(run.articles <= 10_000 and run.seconds > MOST_SECONDS for run in runs):
        yield f"10000 articles in {MOST_SECONDS} s"
    if len(runs) > 1:
        growth = exponent(runs)
        _say(f"seconds grow with the articles to the power of {growth:.2f}")
        if growth > MOST_EXPONENT:
            yield f"growth to the power of at most {MOST_EXPONENT}"
    if memory.memory_mb > MOST_MEMORY_MB:
        yield f"{MOST_MEMORY_MB} MB for the memory"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
