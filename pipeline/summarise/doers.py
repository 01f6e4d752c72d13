"""Who does an act, as a sentence's own form tells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.summarise.acts import Act
from pipeline.summarise.naming import Named

_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being|get|gets|got)\s(?:\w+ly\s)?$", re.IGNORECASE)
_BY = re.compile(r"\s(?:\w+\s){0,3}?by\s")
_SEAM = re.compile(
    r"[;:]|,\s(?:and|but|while|whereas|as|after|which|who)\b|\b(?:while|whereas|but|because|after|before|although|that|which|when)\b"
)
_PREPOSITION = re.compile(
    r"\b(?:in|of|at|from|for|with|to|by|on|against|near|under|between|among|like|than|over|into|via|rival)\s(?:the\s|its\s|an?\s)?(?:[A-Z]\S*\s)*$|['’]s\s(?:\w+\s)?$"
)
_PRONOUN = re.compile(r"\b(?:it|its|he|his|she|her|they|their|who|which)\b", re.IGNORECASE)
MOST_BY, LOOK_BACK = 30, 60
"""Characters behind “by” within which a doer is named, and before a name within which a preposition stands."""
_HAN_TELLING = re.compile(r"[^，。；、]{0,8}(?:显示|称|表示|指出|介绍|认为|报告|数据|透露|获悉|消息|报道|讯)")
_HAN_BY = re.compile(r"[由被]([^，。；、（）“”由被]{2,10})$")
_HAN_SEAM = re.compile(r"[，；：、,;:]")
_HAN_GOES_ON = re.compile(r"[将将已拟并也还则仍又均共再正计划预首次年月日\d]{0,8}")
"""What may stand before the verb of a clause that tells on of who did what the one before tells."""
_HAN_PREPOSITIONS = tuple("向与和对把为给从同跟在及比至到入将、于")


def latin_doers(text: str, act: Act, actors: Sequence[Named]) -> list[Named]:
    """Return who an English sentence says does an act: the names before its verb in the clause, or behind “by”."""
    before = text[: act.start]
    by = _BY.match(text, act.end)
    if by or _PASSIVE.search(before[-LOOK_BACK:]):
        low = by.end() if by else 0
        return [each for each in actors if by and low <= each.start <= low + MOST_BY][:1]
    seams = [match.end() for match in _SEAM.finditer(before)]
    low = seams[-1] if seams else 0
    named = [each for each in actors if low <= each.start and each.end <= act.start]
    free = [
        each for each in named if not _PREPOSITION.search(text[max(each.start - LOOK_BACK, 0) : each.start])
    ]
    return [] if _PRONOUN.search(before[free[-1].end if free else low :]) else free


def han_doers(text: str, act: Act, actors: Sequence[Named]) -> list[Named]:
    """Return who a Chinese sentence says does an act: the names before it in the clause, else in those before."""
    start = max((match.end() for match in _HAN_SEAM.finditer(text, 0, act.start)), default=0)
    named = [each for each in actors if start <= each.start and each.end <= act.start]
    if by := _HAN_BY.search(text, start, act.start):
        return [Named(name=by[1], start=by.start(1), end=by.end(1), can_act=True)]
    free = [each for each in named if not text[: each.start].endswith(_HAN_PREPOSITIONS)]
    if free or not _HAN_GOES_ON.fullmatch(text, start, act.start):
        return free
    return [each for each in actors if each.end <= start and not _HAN_TELLING.match(text, each.end)]
