"""What Prometheus is shown of sending: numbers that add up, and nobody's address."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from pipeline.jobs.batch import Batch
from pipeline.metrics import DeliveryCounters, Standing
from pipeline.store.complaints import Complaints
from tests.jobs.newsroom import desk


def shown(registry: CollectorRegistry) -> dict[str, float]:
    """Return each sample by its name, the moments of creation left out."""
    lines = generate_latest(registry).decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#") and "_created" not in line)
    return {name: float(value) for name, value in pairs}


def test_batches_are_counted_by_newsletter_state_and_code() -> None:
    registry = CollectorRegistry()
    counters = DeliveryCounters(registry)
    for _ in range(2):
        counters.count(
            Batch(
                issue_id=1,
                newsletter="daily",
                seconds=1,
                states={"accepted": 3, "deferred": 1},
                codes={250: 3, 451: 1},
            )
        )
    counts = shown(registry)
    assert counts['metabrief_deliveries_total{newsletter="daily",state="accepted"}'] == 6
    assert counts['metabrief_deliveries_total{newsletter="daily",state="deferred"}'] == 2
    assert counts['metabrief_replies_total{code="451"}'] == 2


def test_the_alarm_is_shown_while_it_lasts() -> None:
    registry = CollectorRegistry()
    counters = DeliveryCounters(registry)
    for complaints, alarm in (
        (Complaints(number=20, accepted=1000), 1),
        (Complaints(number=1, accepted=1000), 0),
    ):
        counters.note(complaints)
        assert shown(registry)["metabrief_complaints_alarm"] == alarm
        assert shown(registry)["metabrief_complaints"] == complaints.number


def test_how_sending_stands_is_read_when_asked(tmp_path: Path) -> None:
    with desk(tmp_path, "ann@x.example") as at:
        registry = CollectorRegistry()
        registry.register(Standing(at.newsroom))
        asked = at.clock.asked
        assert shown(registry) == {
            'metabrief_issues{status="approved"}': 1,
            'metabrief_issues{status="sending"}': 0,
            'metabrief_issues{status="held"}': 0,
            "metabrief_oldest_due_seconds": 0,
        }
        assert at.clock.asked > asked


def test_a_database_that_is_away_is_no_error(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        registry = CollectorRegistry()
        registry.register(Standing(at.newsroom))
        at.newsroom.database.close()
        path = tmp_path / "data" / "metabrief.db"
        path.rename(tmp_path / "gone.db")
        path.mkdir()
        assert shown(registry) == {}
