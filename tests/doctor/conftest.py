"""No test asks the DNS of the machine it runs on."""

from __future__ import annotations

import pytest

from pipeline.doctor import records


@pytest.fixture(autouse=True)
def without_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be no DNS but the one a test passes in."""
    monkeypatch.setattr(records, "system_names", lambda: None)
