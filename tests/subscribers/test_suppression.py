"""The hash of a suppressed address is the same, one by one or many at once."""

from __future__ import annotations

import pytest

from subscribers.suppression import address_hash, hasher


@pytest.mark.parametrize("key", [b"", b"short", b"k" * 32, b"k" * 64, b"k" * 65, b"k" * 200], ids=len)
@pytest.mark.parametrize("address", ["", "ann@x.example.com", "王@例子.公司", "a" * 300])
def test_many_are_hashed_as_one_is(key: bytes, address: str) -> None:
    assert hasher(key)(address) == address_hash(address, key=key)
