"""How mails fare, for Prometheus: numbers alone, never who."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.app import Newsroom
from pipeline.errors import StoreError
from pipeline.jobs.batch import Batch
from pipeline.store.complaints import Complaints
from pipeline.store.gauges import read_gauges


class DeliveryCounters:
    """What this process has tried, and what came back of it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._deliveries = Counter(
            "metabrief_deliveries",
            "Tries to deliver an issue, by how they ended",
            ["newsletter", "state"],
            registry=registry,
        )
        self._replies = Counter(
            "metabrief_replies", "Replies of the relay, by their code", ["code"], registry=registry
        )
        self._complaints = Gauge(
            "metabrief_complaints", "Readers who complained in the last seven days", registry=registry
        )
        self._alarm = Gauge(
            "metabrief_complaints_alarm", "1 while that is more than receivers bear", registry=registry
        )

    def count(self, batch: Batch) -> None:
        """Count how some tries ended."""
        for state, number in batch.states.items():
            self._deliveries.labels(batch.newsletter, state).inc(number)
        for code, number in batch.codes.items():
            self._replies.labels(str(code)).inc(number)

    def note(self, complaints: Complaints) -> None:
        """Show how many complained."""
        self._complaints.set(complaints.number)
        self._alarm.set(complaints.is_alarming)


class Standing(Collector):
    """How sending stands, read when Prometheus asks; while the database is away it is not shown."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges."""
        try:
            with self._newsroom.database.read() as connection:
                gauges = read_gauges(connection, now=self._newsroom.clock())
        except StoreError:
            return
        issues = GaugeMetricFamily("metabrief_issues", "Issues that are not over", labels=["status"])
        for status, number in gauges.issues.items():
            issues.add_metric([status], number)
        yield issues
        yield GaugeMetricFamily(
            "metabrief_oldest_due_seconds",
            "How long the delivery waits that was due first; 0: none waits",
            value=gauges.overdue.total_seconds(),
        )
