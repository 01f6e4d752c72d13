"""Hours, languages and zones: what is taken, in which form, and what is refused."""

from __future__ import annotations

import pytest

from subscribers.errors import AddressError
from subscribers.preferences import parse_hour, parse_language, parse_name, parse_timezone


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("7", "07:00"),
        ("07", "07:00"),
        ("07:30", "07:30"),
        ("7:30", "07:30"),
        (" 0 ", "00:00"),
        ("23:59", "23:59"),
    ],
)
def test_an_hour_may_be_short_or_long(text: str, hour: str) -> None:
    assert parse_hour(text) == hour


@pytest.mark.parametrize("text", ["", "24", "7:60", "7:5", "-1", "7pm", "07:30:00", "half past seven", "007"])
def test_what_is_no_hour_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="is not an hour such as 7, 07 or 07:30") as caught:
        parse_hour(text)
    assert caught.value.column == "hour"


@pytest.mark.parametrize(("text", "language"), [("en", "en"), ("ZH", "zh"), (" both ", "both")])
def test_a_language_is_taken_in_any_case(text: str, language: str) -> None:
    assert parse_language(text) == language


@pytest.mark.parametrize("text", ["", "de", "zh-CN", "english", "en,zh"])
def test_a_language_we_do_not_write_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="not one of en, zh, both") as caught:
        parse_language(text)
    assert caught.value.column == "language"


@pytest.mark.parametrize(
    "text", ["Asia/Shanghai", " Europe/Berlin ", "UTC", "America/Argentina/Buenos_Aires"]
)
def test_a_zone_goes_by_its_iana_name(text: str) -> None:
    assert parse_timezone(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("Asia", id="a folder"),
        pytest.param("Beijing", id="a city alone"),
        pytest.param("UTC+8", id="an offset"),
        pytest.param("../../etc/passwd", id="a way out"),
        pytest.param("/etc/localtime", id="a path"),
        pytest.param("Asia/Shanghai\0", id="a NUL byte"),
        pytest.param("x" * 5000, id="endless"),
        pytest.param("localtime", id="this machine's own"),
        pytest.param("posixrules", id="this machine's rules"),
        pytest.param("right/Asia/Shanghai", id="with leap seconds"),
    ],
)
def test_what_is_no_zone_everywhere_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="is not an IANA zone such as Asia/Shanghai") as caught:
        parse_timezone(text)
    assert caught.value.column == "timezone"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("  Ann \n Lee ", "Ann Lee", id="one line"),
        pytest.param("Ann\r\nBcc: x", "Ann Bcc: x", id="no second header line"),
        pytest.param("a\0b\x7fc\u202ed", "a b c d", id="no control characters"),
        pytest.param("=HYPERLINK(1)", "=HYPERLINK(1)", id="a formula stays text"),
        pytest.param("王小明", "王小明", id="Chinese"),
        pytest.param("x" * 300, "x" * 200, id="at most 200"),
    ],
)
def test_a_name_is_one_short_line(text: str, name: str) -> None:
    assert parse_name(text) == name
