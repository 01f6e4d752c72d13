"""Where an article's news begins: its headline tells of it again, with a day, a number, and somebody who says or does it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.summarise.context import sets_scene
from pipeline.summarise.naming import EMPTY_WORDS
from pipeline.text import simplified, words

LOOKED_AT = 10
"""Sentences; news that begins later is told by no lead."""
ACT, DAY, NUMBER, SCENE, LATER = 0.3, 0.3, 0.2, 0.3, 0.05
"""What a sentence gains by each, and loses by setting a scene and by each sentence before it, beside the share of the
headline that it tells. Halving or doubling any of them changed little on the written half they were chosen on."""
_ACTS = re.compile(
    r"\b(?:said|says|announced|will|published|approved|opened|launched|unveiled|plans?|signed|released|according to)\b"
    r"|宣布|公布|发布|表示|推出|启动|印发|将|上线|批准|日起|透露|说明|通知|规定"
)
_DAYS = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d)"
    r"|\d+日|近日|日前|[昨今][日天]|[周週][一二三四五六日]"
)
_DIGIT = re.compile(r"\d")


def news_begins(candidates: Sequence[str], title: str) -> int:
    """Return the place of the sentence that the news begins with; without a title the first that sets no scene."""
    told = _content(title)
    opening = candidates[:LOOKED_AT]
    if not told:
        return next((at for at, sentence in enumerate(opening) if not sets_scene(sentence)), 0)
    return max(range(len(opening)), key=lambda at: _tells(opening[at], told) - LATER * at)


def _tells(sentence: str, headline: frozenset[str]) -> float:
    """Return how much a sentence looks like the news of a headline."""
    plain = simplified(sentence)
    return (
        len(_content(sentence) & headline) / len(headline)
        + ACT * bool(_ACTS.search(plain))
        + DAY * bool(_DAYS.search(plain))
        + NUMBER * bool(_DIGIT.search(plain))
        - SCENE * sets_scene(sentence)
    )


def _content(text: str) -> frozenset[str]:
    return frozenset(word for word in words(simplified(text)) if len(word) > 1 and word not in EMPTY_WORDS)
