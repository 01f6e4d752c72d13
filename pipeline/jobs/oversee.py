"""What a person does to an issue: let it go, hold it, call it off."""

from __future__ import annotations

from pipeline.app import Newsroom
from pipeline.errors import MetabriefError
from pipeline.model import HoldReason, Issue, IssueStatus
from pipeline.store import issues

_STAYING = (HoldReason.LINT, HoldReason.GATE)
_HOLDABLE = (IssueStatus.APPROVED, IssueStatus.SENDING)
_FINAL = (IssueStatus.SENT, IssueStatus.SKIPPED, IssueStatus.MISSED, IssueStatus.CANCELLED)


def approve(newsroom: Newsroom, issue: Issue) -> None:
    """Release a held issue. Raises ``MetabriefError`` for faults that a word cannot mend."""
    if issue.status is not IssueStatus.HELD:
        raise MetabriefError(f"issue {issue.id} is {issue.status}, not held; there is nothing to approve")
    if issue.hold_reason in _STAYING:
        raise MetabriefError(
            f"issue {issue.id} is held for {issue.hold_reason}: {issue.hold_detail}; mend that first"
        )
    with newsroom.database.write() as connection:
        issues.release(connection, issue.id, now=newsroom.clock())


def hold(newsroom: Newsroom, issue: Issue) -> None:
    """Hold an issue back, or pause one that is being sent."""
    if issue.status not in _HOLDABLE:
        raise MetabriefError(
            f"issue {issue.id} is {issue.status}; only an approved or sending one can be held"
        )
    with newsroom.database.write() as connection:
        issues.set_status(
            connection,
            issue.id,
            status=IssueStatus.HELD,
            hold_reason=HoldReason.OPERATOR,
            hold_detail="held by the operator",
        )


def cancel(newsroom: Newsroom, issue: Issue) -> None:
    """Call an issue off for good; what was sent of it stays sent."""
    if issue.status in _FINAL:
        raise MetabriefError(f"issue {issue.id} is {issue.status}; it cannot be cancelled any more")
    with newsroom.database.write() as connection:
        issues.set_status(connection, issue.id, status=IssueStatus.CANCELLED)
