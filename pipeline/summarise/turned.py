"""Are the acts that a sentence tells told the same way by the source: not denied, not turned round, as far come, of the same doer?

Words of both languages are compared by their families, so that it makes no odds in which of them either is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.summarise.acts import Act
from pipeline.summarise.evidence import Evidence
from pipeline.summarise.naming import is_same
from pipeline.summarise.stance import Mode
from pipeline.summarise.statements import Statement, nearest


def turned_acts(told: Sequence[Statement], evidence: Evidence) -> Iterator[str]:
    """Name each act that the sentences of the source which tell of the same deny, turn round, only plan, or tell of another.

    A word that is borne out in one of its senses is so in all.
    """
    for statement in told:
        acts = [act for act in statement.acts if not act.is_thing]
        same = {act: _of_same(act, statement, evidence) for act in acts}
        borne_out = {
            act.start
            for act in acts
            for found in same[act].values()
            if any(act.side == its.side for its in found)
        }
        for mine in acts:
            others = [
                act
                for source, found in same[mine].items()
                for act in found
                if not _is_another(mine, statement, act, source, evidence)
            ]
            if others and mine.start not in borne_out and not _is_twofold(mine, statement):
                yield f"negation “{mine.phrase}”"
            elif others and _is_further(mine.mode, {other.mode for other in others}):
                yield f"plan or fact “{mine.phrase}”"
            elif other := _other_doer(mine, statement, same[mine], evidence):
                yield f"name “{other}”"


def _is_twofold(mine: Act, statement: Statement) -> bool:
    """Say whether a sentence tells an act and its denial too."""
    return any(act.family == mine.family and act.side != mine.side for act in statement.acts)


def _is_another(mine: Act, statement: Statement, act: Act, source: Statement, evidence: Evidence) -> bool:
    """Say whether two acts have doers, and other ones."""
    doers, theirs = statement.doers(mine), source.doers(act)
    if not doers or not theirs:
        return False
    return not any(is_same(one, other, evidence.names) for one in doers for other in theirs)


def _other_doer(
    mine: Act, statement: Statement, told: Mapping[Statement, Sequence[Act]], evidence: Evidence
) -> str:
    """Return who does an act, when the source names another wherever it tells of it."""
    doers = tuple(name for name in statement.doers(mine) if evidence.has_known(name))
    same = [(source, act) for source, acts in told.items() for act in acts if act.side == mine.side]
    theirs = [name for source, act in same for name in source.doers(act)]
    if not doers or not theirs:
        return ""
    if not any(each.start > mine.start for each in statement.names):  # what opens is opened by somebody
        theirs += (each.name for source, act in same for each in source.names if each.start > act.start)
    return "" if any(is_same(one, other, evidence.names) for one in doers for other in theirs) else doers[-1]


def _is_further(mine: Mode, theirs: set[Mode]) -> bool:
    if mine is Mode.UNTOLD or Mode.UNTOLD in theirs:
        return False
    return mine > max(theirs) or (mine < Mode.DONE and min(theirs) is Mode.DONE)


def _of_same(mine: Act, statement: Statement, evidence: Evidence) -> dict[Statement, list[Act]]:
    """Return the acts of one family in the sentences of a source that share most with this one."""
    telling = [each for each in evidence.statements if mine.family in each.families]
    near = nearest(statement, telling, evidence.names, but=mine.family)
    return {each: [act for act in each.acts if act.family == mine.family] for each in near}
