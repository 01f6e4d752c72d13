"""How often readers used which door: counts alone, never who."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter


class Counters:
    """The counters of one program, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._sign_ups = self._counter("sign_ups", "Forms sent to sign up, by what became of them")
        self._confirmations = self._counter("confirmations", "Letters confirmed, by what became of it")
        self._uses = self._counter("reader_pages", "Leaves, changed preferences, downloads and erasures")

    def sign_up(self, outcome: str) -> None:
        """Count a form: asked, bad, typo, honeypot, address, network or overall."""
        self._sign_ups.labels(outcome).inc()

    def confirmation(self, outcome: str) -> None:
        """Count a button pressed: confirmed, before, overtaken, unknown or expired."""
        self._confirmations.labels(outcome).inc()

    def use(self, what: str) -> None:
        """Count a leave, preferences, download or erasure that was done."""
        self._uses.labels(what).inc()

    def _counter(self, name: str, help_text: str) -> Counter:
        return Counter(f"metabrief_{name}", help_text, ["outcome"], registry=self.registry)
