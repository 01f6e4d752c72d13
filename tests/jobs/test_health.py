"""How a source fares follows from its last read and its newest article."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.jobs.health import SILENT_AFTER, judge_health
from pipeline.model import Source
from pipeline.store.articles import SourceState

NOW = datetime(2022, 2, 22, 6, 5, tzinfo=UTC)
SOURCE = Source(key="post", name="Post", home="https://post.example", language="en")
SECOND = timedelta(seconds=1)


def state(*, error: str | None = None, success: datetime | None = NOW) -> SourceState:
    return SourceState(last_attempt=NOW, last_success=success, last_error=error)


@pytest.mark.parametrize(
    ("known", "newest", "status", "words"),
    [
        pytest.param(None, None, "never", "not tried", id="not tried"),
        pytest.param(state(), NOW, "ok", None, id="fresh"),
        pytest.param(state(), NOW - SILENT_AFTER, "ok", None, id="just not silent"),
        pytest.param(state(), NOW - SILENT_AFTER - SECOND, "silent", "14 days", id="just silent"),
        pytest.param(
            state(), datetime(2017, 12, 12, tzinfo=UTC), "silent", "since 2017-12-12", id="frozen long ago"
        ),
        pytest.param(state(), None, "silent", "no article that no other source had named", id="empty"),
        pytest.param(state(error="HTTP 500"), NOW, "failing", "HTTP 500", id="its first failure"),
        pytest.param(state(error="robots", success=None), None, "failing", "robots", id="never read well"),
        pytest.param(
            state(error="HTTP 500"), NOW - 9 * SILENT_AFTER, "failing", "HTTP 500", id="failing and silent"
        ),
    ],
)
def test_each_status_says_why_unless_it_is_ok(
    known: SourceState | None, newest: datetime | None, status: str, words: str | None
) -> None:
    health = judge_health(SOURCE, known, newest=newest, now=NOW)
    assert health.status == status
    assert (health.last_error is None) == (words is None)
    assert (words or "") in (health.last_error or "")
    assert health.last_success == (known.last_success if known else None)
