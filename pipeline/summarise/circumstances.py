"""Does a sentence give what the source tells another place, another day, or more of it than there is?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.summarise.evidence import Evidence
from pipeline.summarise.naming import Named, is_same
from pipeline.summarise.statements import Statement, nearest

FEWEST_SHARED = 4
"""Words that a sentence must share with one of the source; more than for an act, which is a word itself."""
_AT_HOME = re.compile(
    r"-based|(?:[\s-]\w+){0,2}\s(?:firm|company|maker|start-?up|group|business|developer|studio|supplier)s?\b|['’]s\b|.{0,6}(?:企业|公司|厂商|集团|机构)"
)
"""What stands behind the place where a firm is at home, which says nothing of where a thing is done."""
_ALL = re.compile(
    r"\b(?:all|every|entire|whole|entirely|wholly)\b(?! but)|全部|所有|全体|全都|均为|全数|全额|整个",
    re.IGNORECASE,
)
_SOME = re.compile(
    r"\b(?:half|third|thirds|quarter|quarters|fifths?|tenths?|part|partly|some|several|most|many|per ?cent)\b|\d%"
    r"|分之|[一二三四五六七八九\d]成|一半|半数|部分|其中|多数|半[天日]|若干",
    re.IGNORECASE,
)


def other_circumstances(told: Sequence[Statement], evidence: Evidence) -> Iterator[str]:
    """Name each place, date and “all” that the sentences of the source which tell of the same do not have."""
    for statement in told:
        sources = nearest(statement, evidence.statements, evidence.names, fewest=FEWEST_SHARED)
        if sources:
            yield from _other_places(statement, sources, evidence)
            yield from _other_dates(statement, sources)
            yield from _more_of_it(statement, sources)


def _places(statement: Statement, evidence: Evidence) -> list[Named]:
    return [each for each in statement.names if each.name in evidence.names and not each.can_act]


def _other_places(statement: Statement, sources: list[Statement], evidence: Evidence) -> Iterator[str]:
    mine = _places(statement, evidence)
    theirs = [each for source in sources for each in _places(source, evidence)]
    others = [
        each for each in theirs if not any(is_same(each.name, own.name, evidence.names) for own in mine)
    ]
    for place in mine if others else ():
        is_there = any(is_same(place.name, each.name, evidence.names) for each in theirs)
        if not is_there and evidence.has_known(place.name) and not _AT_HOME.match(statement.text, place.end):
            yield f"place “{place.name}”"


def _other_dates(statement: Statement, sources: list[Statement]) -> Iterator[str]:
    """Yield the dates of acts that have another in each of the source's sentences."""
    for act in statement.acts:
        date = 0.0 if act.is_thing else statement.date(act)
        same = [
            (source, each)
            for source in sources
            for each in source.acts
            if each.family == act.family and each.side == act.side
        ]
        theirs = {source.date(each) for source, each in same}
        if date and theirs and 0.0 not in theirs and date not in theirs:
            yield f"date “{act.phrase}”"


def _more_of_it(statement: Statement, sources: list[Statement]) -> Iterator[str]:
    """Yield “all” where each sentence of the source tells of a part."""
    said = _ALL.search(statement.text)
    is_part = all(_SOME.search(source.text) and not _ALL.search(source.text) for source in sources)
    if said and is_part and not _SOME.search(statement.text):
        yield f"extent “{said.group()}”"
