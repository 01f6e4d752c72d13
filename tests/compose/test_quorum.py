"""Whether an issue goes out, waits or is passed over."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.compose.quorum import Policy, Yield, decide
from pipeline.model import HoldReason, IssueStatus

APPROVED, HELD, SKIPPED = IssueStatus.APPROVED, IssueStatus.HELD, IssueStatus.SKIPPED
LINT, THIN = HoldReason.LINT, HoldReason.THIN
OPERATOR, APPROVAL = HoldReason.OPERATOR, HoldReason.APPROVAL


def found(**change: Any) -> Yield:
    usual: dict[str, Any] = {"sources_enabled": 10, "sources_read": 10, "items": 5}
    return Yield(**usual | change)


def policy(**change: Any) -> Policy:
    usual: dict[str, Any] = {"min_items": 3, "on_thin": "hold", "approval": "auto"}
    return Policy(**usual | change)


@pytest.mark.parametrize(
    ("day", "wants", "status", "reason"),
    [
        pytest.param({}, {}, APPROVED, None, id="a good day"),
        pytest.param({"items": 3}, {}, APPROVED, None, id="just enough items"),
        pytest.param({"items": 2}, {}, HELD, THIN, id="too few items"),
        pytest.param({"items": 2}, {"on_thin": "skip"}, SKIPPED, None, id="too few, skip"),
        pytest.param({"items": 2}, {"on_thin": "send"}, APPROVED, None, id="too few, send what there is"),
        pytest.param({"items": 0}, {"on_thin": "send"}, APPROVED, None, id="none, send the quiet form"),
        pytest.param({"items": 0}, {"min_items": 0}, HELD, THIN, id="none is thin whatever is wanted"),
        pytest.param({"sources_read": 5}, {}, APPROVED, None, id="just half of the sources"),
        pytest.param({"sources_read": 4}, {}, HELD, THIN, id="less than half"),
        pytest.param({"sources_enabled": 5, "sources_read": 2}, {}, HELD, THIN, id="half of an odd number"),
        pytest.param(
            {"sources_read": 4, "items": 0}, {"on_thin": "skip"}, HELD, THIN, id="unread is not skipped"
        ),
        pytest.param({"sources_read": 4}, {"on_thin": "send"}, HELD, THIN, id="unread is not sent"),
        pytest.param({"sources_enabled": 0, "sources_read": 0}, {}, HELD, THIN, id="no sources at all"),
        pytest.param({}, {"approval": "editor"}, HELD, APPROVAL, id="an editor looks"),
        pytest.param({}, {"approval": "auto-after:45m"}, HELD, APPROVAL, id="an editor may look"),
        pytest.param({"items": 2}, {"approval": "editor"}, HELD, THIN, id="thin before approval"),
        pytest.param(
            {"items": 2},
            {"approval": "editor", "on_thin": "send"},
            HELD,
            APPROVAL,
            id="thin, sent, looked at",
        ),
        pytest.param({}, {"wants_hold": True}, HELD, OPERATOR, id="held as asked"),
        pytest.param(
            {}, {"wants_hold": True, "approval": "editor"}, HELD, OPERATOR, id="asked before approval"
        ),
        pytest.param({"lint_errors": ("en: no leave link",)}, {}, HELD, LINT, id="a faulty page"),
        pytest.param(
            {"lint_errors": ("x",), "items": 0}, {"on_thin": "skip"}, HELD, LINT, id="faults come first"
        ),
        pytest.param({"lint_errors": ("x",)}, {"wants_hold": True}, HELD, LINT, id="faults before wishes"),
    ],
)
def test_composing_ends_as_the_day_and_the_policy_say(
    day: dict[str, Any], wants: dict[str, Any], status: IssueStatus, reason: HoldReason | None
) -> None:
    decision = decide(found(**day), policy(**wants))
    assert (decision.status, decision.reason) == (status, reason)


@pytest.mark.parametrize(
    ("day", "wants", "detail"),
    [
        ({"sources_read": 4}, {}, "only 4 of 10 sources were read"),
        (
            {"sources_enabled": 0, "sources_read": 0},
            {},
            "no source is enabled; add some to sources.toml, or set [sources] shipped = true",
        ),
        ({"items": 2}, {}, "only 2 of the 3 items wanted"),
        ({"items": 2}, {"on_thin": "skip"}, "only 2 of the 3 items wanted"),
        ({"items": 0}, {"min_items": 0}, "only 0 of the 1 items wanted"),
        ({"lint_errors": ("a", "b", "c", "d")}, {}, "a; b; c"),
    ],
)
def test_what_does_not_go_out_says_why(day: dict[str, Any], wants: dict[str, Any], detail: str) -> None:
    assert decide(found(**day), policy(**wants)).detail == detail
