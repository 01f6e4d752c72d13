"""Help comes at once: nothing heavy is imported for it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

HEAVY = (
    "sqlalchemy",
    "httpx",
    "pydantic",
    "jinja2",
    "rich",
    "fastapi",
    "lxml",
    "feedparser",
    "trafilatura",
    "alembic",
)


def seconds(*command: str) -> float:
    """Return the least time of several runs of a command."""
    taken = []
    for _ in range(7):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken.append(time.perf_counter() - began)
    return min(taken)


def test_help_costs_at_most_twice_what_typer_costs() -> None:
    metabrief = str(Path(sys.executable).with_name("metabrief"))
    assert seconds(metabrief, "--help") <= 2 * seconds(sys.executable, "-c", "import typer")


@pytest.mark.parametrize("module", HEAVY)
def test_nothing_heavy_is_imported_at_start(module: str) -> None:
    code = f"import pipeline.cli, sys; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
