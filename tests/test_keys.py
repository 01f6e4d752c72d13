"""Keys are made once, kept close, and some of them change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.keys import Keys

LIFE = timedelta(days=7)
NOW = datetime(2022, 2, 22, 6, 0, tzinfo=UTC)


def test_a_key_stays_the_same_and_is_its_owners_alone(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys")
    assert keys.key("one") == keys.key("one") != keys.key("two")
    assert keys.path("one").stat().st_mode & 0o077 == 0


def test_a_rotating_key_signs_for_its_life_and_is_taken_for_as_long_again(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    [first] = keys.rotating("links", life=LIFE, now=NOW)
    second, before = keys.rotating("links", life=LIFE, now=NOW + LIFE)
    third, middle = keys.rotating("links", life=LIFE, now=NOW + 2 * LIFE)
    assert (before, middle) == (first, second)
    assert len({first, second, third}) == 3
    assert len(list(tmp_path.iterdir())) == 2


def test_after_a_long_rest_an_old_key_is_gone(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    keys.rotating("links", life=LIFE, now=NOW)
    assert len(keys.rotating("links", life=LIFE, now=NOW + 5 * LIFE)) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_rotating_leaves_other_keys_alone(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    kept = keys.key("suppression")
    keys.rotating("links", life=LIFE, now=NOW)
    keys.rotating("links", life=LIFE, now=NOW + 9 * LIFE)
    assert keys.key("suppression") == kept


def test_a_spoilt_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("zz", encoding="ascii")
    with pytest.raises(StoreError, match="one cannot be read or made"):
        Keys(tmp_path).key("one")
