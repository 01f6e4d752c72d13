"""What a person does to an issue: let it go, hold it, call it off."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.app import Newsroom
from pipeline.errors import MetabriefError
from pipeline.jobs.recovering import recover
from pipeline.model import HoldReason, Issue, IssueStatus
from pipeline.store import issues

_STAYING = (HoldReason.LINT, HoldReason.GATE)
_HOLDABLE = (IssueStatus.APPROVED, IssueStatus.SENDING)
_OPEN = (IssueStatus.DRAFT, IssueStatus.HELD, *_HOLDABLE)


def approve(newsroom: Newsroom, issue: Issue) -> None:
    """Release a held issue. Raises ``MetabriefError`` when it is not held, or for faults a word cannot mend."""
    if issue.status is IssueStatus.HELD and issue.hold_reason in _STAYING:
        raise MetabriefError(
            f"issue {issue.id} is held for {issue.hold_reason}: {issue.hold_detail}; mend that, "
            f"then: metabrief run {issue.newsletter} --slot {issue.slot.wall}"
        )
    with newsroom.database.write() as connection:
        released = issues.release(connection, issue.id, now=newsroom.clock())
    if not released:
        raise _refusal(newsroom, issue, "not held; there is nothing to approve")


def hold(newsroom: Newsroom, issue: Issue) -> None:
    """Hold an issue back, or pause one that is being sent."""
    if not _move(newsroom, issue, IssueStatus.HELD, reason=HoldReason.OPERATOR, among=_HOLDABLE):
        raise _refusal(newsroom, issue, "so it cannot be held; only an approved or sending one can")


def cancel(newsroom: Newsroom, issue: Issue) -> None:
    """Call an issue off for good; what was sent of it stays sent, and nothing stays in a dead sender's hands."""
    if not _move(newsroom, issue, IssueStatus.CANCELLED, reason=None, among=_OPEN):
        raise _refusal(newsroom, issue, "so it cannot be cancelled any more")
    recover(newsroom, issue)


def _move(
    newsroom: Newsroom,
    issue: Issue,
    status: IssueStatus,
    *,
    reason: HoldReason | None,
    among: Collection[IssueStatus],
) -> bool:
    """Move an issue in one statement, so that one which has just been sent is not called off."""
    detail = "held by the operator" if reason else ""
    with newsroom.database.write() as connection:
        return issues.set_status(
            connection, issue.id, status=status, hold_reason=reason, hold_detail=detail, among=among
        )


def _refusal(newsroom: Newsroom, issue: Issue, why: str) -> MetabriefError:
    with newsroom.database.read() as connection:
        current = issues.load_bare(connection, issue.id) or issue
    return MetabriefError(f"issue {issue.id} is {current.status}, {why}")
