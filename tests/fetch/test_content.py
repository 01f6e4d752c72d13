"""What is unpacked stays within the limit, in what it makes and in what it takes."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc

import httpx
import pytest

from pipeline.errors import FetchError
from pipeline.fetch.content import read_content

LIMIT = 10_000


def refused(packed: bytes) -> str:
    """Return why content is not taken."""
    response = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(packed))
    with pytest.raises(FetchError) as caught:
        asyncio.run(read_content(response, url="https://morning.example/", limit=LIMIT))
    return caught.value.reason


def test_a_bomb_is_never_unpacked_whole() -> None:
    packed = gzip.compress(bytes(20_000_000))
    tracemalloc.start()
    try:
        assert refused(packed) == "larger than 0.01 MB"
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2_000_000


def test_members_without_content_are_counted_by_what_they_take() -> None:
    empty = gzip.compress(b"")
    assert refused(empty * (LIMIT // len(empty) + 1)) == "larger than 0.01 MB"
