"""Rows become applicants: newsletters, settings and pauses; what cannot be used is refused by its column."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.errors import AddressError
from subscribers.transfer import applicants as module
from subscribers.transfer.applicants import Applicant, Checker, Flag, Offer, unpacked
from subscribers.transfer.products import HEADERS
from subscribers.transfer.sheet import look_over

NOW = datetime(2098, 6, 1, tzinfo=UTC)

OFFERS = (
    Offer(newsletter="daily", period="day", language="en", timezone="Asia/Shanghai"),
    Offer(newsletter="weekly", period="week", language="zh", timezone="Europe/Berlin"),
)


def applicants(folder: Path, text: str) -> tuple[Applicant, ...]:
    """Return who applies by the first row of a list."""
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    listed = look_over(path)
    [(number, cells), *_] = listed.rows()
    return Checker(listed, offers=OFFERS, newsletter="daily", now=NOW).check(number, cells)


@pytest.mark.parametrize(
    ("columns", "cells", "newsletters"),
    [
        ("name", "", ["daily"]),
        ("frequency", "weekly", ["weekly"]),
        ("newsletters", "", ["daily"]),
        ("newsletters", "weekly", ["weekly"]),
        ("newsletters", '"weekly, daily;weekly"', ["weekly", "daily"]),
        ("newsletters,frequency", "daily,weekly", ["daily"]),
    ],
)
def test_a_row_applies_for_the_newsletters_it_names(
    tmp_path: Path, columns: str, cells: str, newsletters: list[str]
) -> None:
    found = applicants(tmp_path, f"email,{columns}\na@x.example.com,{cells}\n")
    assert [one.newsletter for one in found] == newsletters
    assert [one.flags for one in found] == [1] + [0] * (len(newsletters) - 1)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("newsletters", "daily,evening"),
        ("frequency", "monthly"),
        ("paused_until", "next week"),
        ("language", "de"),
        ("timezone", "Mars/Base"),
        ("hour", "25"),
        ("paused_until", "9999-12-31T23:59:59-12:00"),
        ("paused_until", "0001-01-01T00:00:00+12:00"),
        ("paused_until", "2099-06-03"),
        ("hour", " " * 101),
        ("tags", "x" * 101),
        ("tags", ",".join(map(str, range(101)))),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_column(tmp_path: Path, column: str, cell: str) -> None:
    with pytest.raises(AddressError) as caught:
        applicants(tmp_path, f'email,{column}\na@x.example.com,"{cell}"\n')
    assert caught.value.column == column


def test_a_setting_of_another_products_that_is_none_of_ours_is_passed_over(tmp_path: Path) -> None:
    [one] = applicants(tmp_path, "email,EUID,TIMEZONE,language\na@x.example.com,1,Mars/Base,de\n")
    assert unpacked(one.settings)[:2] == ("en", "Asia/Shanghai")


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2099-01-01T08:00:00+08:00", "2099-01-01T00:00:00+00:00"),
        ("2099-01-01", "2099-01-01T00:00:00+00:00"),
        ("", None),
    ],
)
def test_a_pause_ends_at_a_moment_in_utc(tmp_path: Path, cell: str, moment: str | None) -> None:
    [one] = applicants(tmp_path, f"email,paused_until\na@x.example.com,{cell}\n")
    assert unpacked(one.settings).paused_until == moment


def test_a_long_setting_of_another_products_is_passed_over(tmp_path: Path) -> None:
    [one] = applicants(tmp_path, f"email,EUID,TIMEZONE\na@x.example.com,1,{'x' * 1000}\n")
    assert unpacked(one.settings).timezone == "Asia/Shanghai"


def test_long_cells_of_tags_are_not_remembered(tmp_path: Path) -> None:
    tags = ",".join(f"{number}{'t' * 60}" for number in range(5))
    module._known_tags.cache_clear()
    [one] = applicants(tmp_path, f'email,tags\na@x.example.com,"{tags}"\n')
    assert one.tags == tags
    assert module._known_tags.cache_info().currsize == 0


ODD = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["a@x.example.com", "daily", "unsubscribed", "active", "7", "Asia/Shanghai", "1", "no"]),
    st.datetimes(timezones=st.timezones()).map(str),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.fixed_dictionaries(dict.fromkeys(HEADERS, ODD)))
def test_any_row_applies_or_is_refused(tmp_path: Path, cells: dict[str, str]) -> None:
    path = tmp_path / "list.csv"
    path.write_text(",".join(HEADERS), encoding="utf-8")
    checker = Checker(look_over(path), offers=OFFERS, newsletter="daily", now=NOW)
    try:
        found = checker.check(2, cells)
    except AddressError:
        return
    assert found
    assert all(unpacked(one.settings).language for one in found)
    assert len({one.flags & Flag.LEFT for one in found}) == 1
