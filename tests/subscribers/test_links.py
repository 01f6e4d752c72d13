"""Links that end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from subscribers.errors import LinkError
from subscribers.links import KEY_LIFE, LIFE, Links, Purpose

NOW = datetime(2022, 2, 22, 6, 0, tzinfo=UTC)
OLD, NEW = b"1" * 32, b"2" * 32
SECOND = timedelta(seconds=1)


def links(*keys: bytes, at: datetime = NOW) -> Links:
    return Links(lambda: keys, clock=lambda: at)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_says_what_it_is_about_until_it_ends(purpose: Purpose) -> None:
    token = links(NEW).sign(purpose, 7)
    assert links(NEW, at=NOW + LIFE[purpose]).read(purpose, token) == 7
    with pytest.raises(LinkError) as caught:
        links(NEW, at=NOW + LIFE[purpose] + SECOND).read(purpose, token)
    assert caught.value.is_expired


@pytest.mark.parametrize("purpose", Purpose)
def test_a_clock_that_was_set_back_a_little_makes_no_link_too_old(purpose: Purpose) -> None:
    token = links(NEW).sign(purpose, 7)
    assert links(NEW, at=NOW - timedelta(minutes=5)).read(purpose, token) == 7
    with pytest.raises(LinkError) as caught:
        links(NEW, at=NOW - timedelta(minutes=5, seconds=1)).read(purpose, token)
    assert caught.value.is_expired


@pytest.mark.parametrize(
    ("made_for", "used_for"), [pair for pair in product(Purpose, Purpose) if pair[0] != pair[1]]
)
def test_a_link_is_good_for_its_purpose_alone(made_for: Purpose, used_for: Purpose) -> None:
    with pytest.raises(LinkError) as caught:
        links(NEW).read(used_for, links(NEW).sign(made_for, 7))
    assert not caught.value.is_expired


def test_a_key_of_before_is_taken_and_one_before_that_is_not() -> None:
    token = links(OLD).sign(Purpose.CONFIRM, 7)
    assert links(NEW, OLD).read(Purpose.CONFIRM, token) == 7
    with pytest.raises(LinkError):
        links(b"3" * 32, NEW).read(Purpose.CONFIRM, token)


def test_the_newest_key_signs() -> None:
    token = links(NEW, OLD).sign(Purpose.CONFIRM, 7)
    assert links(NEW).read(Purpose.CONFIRM, token) == 7


def test_no_link_outlives_its_key() -> None:
    assert all(life <= KEY_LIFE for life in LIFE.values())


@pytest.mark.parametrize(
    "token", ["", "7", "7.x.y", "x" * 1_000_000, "7\r\n.a.b", "\x00", "😀", "٧.AAAA.BBBB", "../../etc"]
)
def test_what_was_never_ours_is_not_known(token: str) -> None:
    with pytest.raises(LinkError) as caught:
        links(NEW).read(Purpose.CONFIRM, token)
    assert not caught.value.is_expired


def test_a_changed_number_is_noticed() -> None:
    token = links(NEW).sign(Purpose.ERASE, 7)
    with pytest.raises(LinkError):
        links(NEW).read(Purpose.ERASE, token.replace("7", "8", 1))
