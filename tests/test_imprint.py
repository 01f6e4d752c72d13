"""The line that tells when a text came out is known for what it is."""

from __future__ import annotations

from time import process_time

import pytest

from pipeline.imprint import after_printed_date, is_imprint


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Monday, 21 February 2022, 11:15 China time", id="weekday-date-clock-zone"),
        pytest.param("Feb 21, 2022 2:30 p.m. ET", id="american"),
        pytest.param("Updated 3 March 2022 10:00 GMT+8", id="updated"),
        pytest.param("Published: 21/02/2022", id="published"),
        pytest.param("2022-02-21T10:00:00+08:00", id="iso"),
        pytest.param("21 Feb 2022", id="date-alone"),
        pytest.param("2022年2月21日 10:20", id="chinese"),
        pytest.param("2022年2月21日 星期一 上午 10:20", id="chinese-weekday"),
        pytest.param("二〇二二年二月二十一日 来源：某网 作者：甲", id="chinese-numerals"),
        pytest.param("2022年2月21日 10:20 来源：某网 作者：甲 字号：小 大", id="chinese-credits"),
        pytest.param("A. Writer · 21 Feb 2022 · 2 min read", id="between-author-and-length"),
        pytest.param("A. Writer | Feb 21, 2022", id="after-author"),
    ],
)
def test_a_line_that_only_says_when_a_text_came_out_is_an_imprint(line: str) -> None:
    assert is_imprint(line)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("", id="nothing"),
        pytest.param("On Monday, 21 February 2022, Wuhan opened a hall.", id="sentence"),
        pytest.param("2021 was a good year for VR.", id="a-year-first"),
        pytest.param("2月21日，武汉启用大厅。", id="chinese-date-first"),
        pytest.param("2022年2月21日，大厅启用。", id="chinese-year-first"),
        pytest.param("12 firms joined", id="a-number-first"),
        pytest.param("Monday was quiet.", id="a-weekday-first"),
        pytest.param("The hall — 21 February 2022 — was opened by a choir of ninety voices, all told.", id="a-date-between-dashes"),
        pytest.param("Wuhan", id="a-name"),
    ],
)  # fmt: skip
def test_a_line_that_tells_something_is_no_imprint(line: str) -> None:
    assert not is_imprint(line)


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("Monday, 21 February 2022, 11:15 China time BEIJING", "BEIJING"),
        ("2022-02-21 09:30 本报讯", "本报讯"),
        ("The 21st of February", "The 21st of February"),
        ("Monday was quiet", "Monday was quiet"),
    ],
)
def test_a_date_before_the_text_is_cut_off(line: str, rest: str) -> None:
    assert after_printed_date(line) == rest


@pytest.mark.parametrize("line", ["2022-02-21 " * 9000, "1:11" * 20_000, "GMT" * 30_000, "· " * 40_000 + "x"])
def test_hostile_lines_are_no_slower_as_dates(line: str) -> None:
    start = process_time()
    is_imprint(line)
    after_printed_date(line)
    assert process_time() - start < 2
