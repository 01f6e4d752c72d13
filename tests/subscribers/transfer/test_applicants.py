"""Rows become applicants: newsletters, settings and pauses; what cannot be used is refused by its column."""

from __future__ import annotations

from pathlib import Path

import pytest

from subscribers.errors import AddressError
from subscribers.transfer.applicants import Applicant, Checker, Offer, unpacked
from subscribers.transfer.sheet import look_over

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
    return Checker(listed, offers=OFFERS, newsletter="daily").check(number, cells)


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
