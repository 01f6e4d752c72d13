"""The sample press, running, and a reader of it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from pipeline.demo.press import Press, serve
from tests.demo.reading import AT_ONCE, SAMPLE


@pytest.fixture(scope="module")
def running() -> Iterator[Press]:
    with serve(tuple(AT_ONCE.values()), SAMPLE.articles) as press:
        yield press


@pytest.fixture
def press(running: Press) -> Press:
    running.day = 1
    return running


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=10, follow_redirects=True) as opened:
        yield opened
