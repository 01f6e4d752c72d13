"""How far a thing has come: planned, a draft, adopted, launched, dropped; ``stages.toml`` holds the words."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.select.clauses import CLAUSE_END, SENTENCE_END
from pipeline.text import simplified

SHIPPED = Path(__file__).with_name("stages.toml")
PLANNED = "planned"
_ENDED = frozenset(("dropped", "denied"))
_BRACKETS = dict.fromkeys(map(ord, '()（）《》〈〉“”"'))
"""A draft says in brackets that it is one, and belongs to its clause."""
_LONGEST_GAP = 40
_GAP = rf"[^,，。；;:：!?！？\n]{{0,{_LONGEST_GAP}}}?"
_NUMBER = r"(?:(?:about|over|nearly|almost|some|around|up to|more than|another)\s)?[^\w\s]{0,3}(?:[A-Z]{2,3}\s?)?\$?\d"
_START = re.compile(r"['’]?[a-z]+|[\u4e00-\u9fff]", re.IGNORECASE)
"""Where a word may start, and by what it is looked up."""


@dataclass(frozen=True, kw_only=True)
class Stages:
    """The stages and the words for them."""

    names: tuple[str, ...]
    ranks: Mapping[str, int]
    """Of the stages that come one after another."""
    words: Mapping[str, Sequence[tuple[re.Pattern[str], str | None]]]
    """By their start, the longest first: each with its stage, empty for a denial, ``None`` for what means nothing."""


@cache
def stages() -> Stages:
    """Return what comes with the program, read once."""
    document = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    words: dict[str, str | None] = {}
    for stage, row in document["stage"].items():
        words |= dict.fromkeys(_words(row), stage)
    words |= dict.fromkeys(_words(document["denied"]), "") | dict.fromkeys(_words(document["silent"]))
    by_start: defaultdict[str, list[tuple[re.Pattern[str], str | None]]] = defaultdict(list)
    for word in sorted(words, key=len, reverse=True):
        by_start[_START.findall(word)[0]].append((_as_pattern(word), words[word]))
    return Stages(
        names=tuple(document["stage"]),
        ranks={stage: rank for rank, level in enumerate(document["way"]) for stage in level},
        words=by_start,
    )


def _words(row: Mapping[str, Any]) -> list[str]:
    return [*row["en"], *row["zh"]]


def _as_pattern(word: str) -> re.Pattern[str]:
    pattern = (
        re.escape(word).replace(r"\ …\ ", rf"\s(?:{_GAP}\s)?").replace("…", _GAP).replace(r"\#", _NUMBER)
    )
    return re.compile(pattern + (r"\b" if word[-1].isascii() and word[-1].isalpha() else ""), re.IGNORECASE)


def stages_in(text: str) -> tuple[str, ...]:
    """Return the stages a text tells, in order, each once.

    What a plan is followed by in its sentence is part of it, and not reached.
    """
    found: dict[str, None] = {}
    for sentence in SENTENCE_END.split(simplified(text).translate(_BRACKETS)):
        for clause in CLAUSE_END.split(sentence):
            stage = _first(clause)
            if stage:
                found[stage] = None
            if stage == PLANNED:
                break
    return tuple(found)


def _first(clause: str) -> str | None:
    """Return the stage of the first word for one; empty where that is a denial."""
    known, at = stages().words, 0
    while start := _START.search(clause, at):
        at = start.end()
        for pattern, stage in known.get(start[0].lower(), ()):
            if match := pattern.match(clause, start.start()):
                at = match.end()
                if stage is not None:
                    return stage
                break
    return None


def new_stage(title: str, told: str) -> str:
    """Return the stage that a title tells and what was sent does not; empty when there is none.

    Of the stages that come one after another it must be further than one that was sent; what was dropped or denied may
    begin again.
    """
    before, ranks = stages_in(told), stages().ranks
    reached = max((ranks[stage] for stage in before if stage in ranks), default=len(ranks))
    if _ENDED & {*before}:
        reached = -1
    new = (stage for stage in stages_in(title) if stage not in before)
    return next((stage for stage in new if ranks.get(stage, len(ranks) + 1) > reached), "")
