"""Tries are summed up some hundred at a time, and name nobody."""

from __future__ import annotations

from dataclasses import asdict

from pipeline.deliver.replies import Attempt
from pipeline.jobs.batch import SIZE, Batch, Batches
from pipeline.model import DeliveryState as State

KEPT = Attempt(state=State.ACCEPTED, code=250, reason="2.0.0 kept for ann")


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_a_batch_says_how_many_ended_how_and_how_long_that_took() -> None:
    told: list[Batch] = []
    watch = Stopwatch()
    batches = Batches(7, "daily", clock=watch, tell=told.append)
    for attempt in (
        KEPT,
        KEPT,
        Attempt(state=State.DEFERRED, code=451, reason="later"),
        Attempt(state=State.REJECTED, code=550, reason="unknown", is_no_such_user=True),
        Attempt(state=State.UNCERTAIN, reason="no reply after the dot"),
    ):
        batches.add(attempt)
    assert told == []
    watch.seconds += 2.5
    batches.end()
    [batch] = told
    assert batch == Batch(
        issue_id=7,
        newsletter="daily",
        seconds=2.5,
        states={"accepted": 2, "deferred": 1, "rejected": 1, "uncertain": 1},
        codes={250: 2, 451: 1, 550: 1},
    )
    assert "ann" not in str(asdict(batch))


def test_a_full_batch_is_told_by_itself_and_the_next_begins_then() -> None:
    told: list[Batch] = []
    watch = Stopwatch()
    batches = Batches(7, "daily", clock=watch, tell=told.append)
    for _ in range(SIZE + 1):
        watch.seconds += 1
        batches.add(KEPT)
    assert [(sum(batch.states.values()), batch.seconds) for batch in told] == [(SIZE, SIZE)]
    batches.end()
    assert [(sum(batch.states.values()), batch.seconds) for batch in told[1:]] == [(1, 1)]


def test_of_nothing_nothing_is_told() -> None:
    told: list[Batch] = []
    watch = Stopwatch()
    batches = Batches(7, "daily", clock=watch, tell=told.append)
    batches.end()
    watch.seconds += 60
    batches.end()
    batches.add(KEPT)
    batches.end()
    batches.end()
    assert [batch.seconds for batch in told] == [0]
