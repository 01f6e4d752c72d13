"""Where an article's news begins: its headline tells of it again, with a day, a number, and somebody who says or does it.

Where there is no headline, the words that the article says more than once stand in for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.summarise.context import leans, sets_scene
from pipeline.summarise.naming import EMPTY_WORDS
from pipeline.text import simplified, words

LOOKED_AT = 10
"""Sentences; news that begins later is told by no lead."""
ACT, DAY, NUMBER, SCENE, LEANING, LATER = 0.3, 0.3, 0.2, 0.5, 1.0, 0.05
"""What a sentence gains by each, and loses by setting a scene and by each sentence before it, beside the share of the
headline that it tells. Halving or doubling any of them changed little on the written half they were chosen on."""
AGAIN, UNTITLED_LATER = 2.0, 0.4
"""The same without a headline: what the share of its words that come again counts, and each sentence before it."""
_ACTS = re.compile(
    r"\b(?:said|says|announced|will|published|approved|opened|launched|unveiled|plans?|signed|released|according to)\b"
    r"|宣布|公布|发布|表示|推出|启动|印发|将|上线|批准|日起|透露|说明|通知|规定"
)
_DAYS = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d)"
    r"|\d+日|近日|日前|[昨今][日天]|[周週][一二三四五六日]"
)
_PORTRAIT = re.compile(
    r"\b(?:is|are) (?:an?|the|one of the) (?:[\w'’-]+ ){0,4}(?:leaders?|leading|pioneers?|powerhouse)\b|\b(?:is|are) (?:committed|dedicated) to\b"
    r"|[为是][^，。]{0,12}(?:龙头|领先|领军|知名)[^，。]{0,8}[，。]|^[^，。]{1,20}(?:成立|创立|创办)于\d{4}年[，。]|致力于(?:成为|打造|提供|为)"
)
_DIGIT = re.compile(r"\d")


def news_begins(candidates: Sequence[str], title: str) -> int:
    """Return the place of the sentence that the news begins with."""
    opening = candidates[:LOOKED_AT]
    told = _content(title)
    again = frozenset() if told else _said_again(candidates)

    def worth(at: int) -> float:
        content = _content(opening[at])
        if told:
            return len(content & told) / len(told) + _bears(opening[at]) - LATER * at
        share = len(content & again) / max(len(content), 1)
        return AGAIN * share + _bears(opening[at]) - UNTITLED_LATER * at

    return max(range(len(opening)), key=worth)


def _said_again(candidates: Sequence[str]) -> frozenset[str]:
    found = Counter(word for sentence in candidates for word in _content(sentence))
    return frozenset(word for word, times in found.items() if times > 1)


def is_portrait(sentence: str) -> bool:
    """Say whether a sentence tells of no act, but what a firm is and aims at all the year round."""
    plain = simplified(sentence)
    return _PORTRAIT.search(plain) is not None and not _ACTS.search(plain)


def _bears(sentence: str) -> float:
    """Return how much a sentence looks like news, whatever it is about."""
    plain = simplified(sentence)
    return (
        ACT * bool(_ACTS.search(plain))
        + DAY * bool(_DAYS.search(plain))
        + NUMBER * bool(_DIGIT.search(plain))
        - SCENE * sets_scene(sentence)
        - LEANING * leans(sentence, "", is_next=False)
    )


def _content(text: str) -> frozenset[str]:
    return frozenset(word for word in words(simplified(text)) if len(word) > 1 and word not in EMPTY_WORDS)
