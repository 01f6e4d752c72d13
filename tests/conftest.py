"""Options of the whole test run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files anew instead of comparing"
    )


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """Yield a folder that every user of the machine may enter, so that rights within it are what counts."""
    with tempfile.TemporaryDirectory(prefix="metabrief-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        for inner in folder.iterdir():
            inner.chmod(0o755)
