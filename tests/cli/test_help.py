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


def seconds(command: list[str]) -> float:
    """Return how long a command takes."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def test_help_costs_at_most_twice_what_typer_costs() -> None:
    """Turn about, so that whatever else the machine does slows both; the least of each counts."""
    shown = [str(Path(sys.executable).with_name("metabrief")), "--help"]
    typer = [sys.executable, "-c", "import typer"]
    taken = [(seconds(shown), seconds(typer)) for _ in range(10)]
    assert min(help_ for help_, _ in taken) <= 2 * min(import_ for _, import_ in taken)


@pytest.mark.parametrize("module", HEAVY)
def test_nothing_heavy_is_imported_at_start(module: str) -> None:
    code = f"import pipeline.cli, sys; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
