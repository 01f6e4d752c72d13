"""How the text part breaks its lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.render.plaintext import columns, tidy, underlined, wrap

MIXED = st.text(alphabet=" 中文，。（）《》“”…ab,.()[]%😀é\u0301한あｶ·—\n", max_size=120)


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("abc", 3), ("中文", 4), ("，", 2), ("é", 1), ("e\u0301", 1), ("한あ", 4), ("ｶ", 1), ("😀", 2)],
)
def test_columns_are_counted_as_a_terminal_does(text: str, count: int) -> None:
    assert columns(text) == count


@given(MIXED)
def test_no_line_is_too_wide_and_no_character_is_lost(text: str) -> None:
    wrapped = wrap(text, "  ", width=22)
    assert all(columns(line) <= 22 for line in wrapped.split("\n"))
    assert "".join(wrapped.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "wrapped"),
    [
        pytest.param("one two three four", "one two\nthree four", id="words"),
        pytest.param("一二三四五六七", "一二三四五\n六七", id="characters"),
        pytest.param("一二三四五，六", "一二三四\n五，六", id="no comma first"),
        pytest.param("一二三四（五）", "一二三四\n（五）", id="no bracket last"),
        pytest.param("使用 Unity 引擎", "使用 Unity\n引擎", id="a Latin word whole"),
        pytest.param("abcdefghijklmno", "abcdefghij\nklmno", id="a word too long is cut"),
        pytest.param("see https://a.example/long", "see\nhttps://a.example/long", id="a link is not"),
        pytest.param("x \ue000preferences_url\ue001", "x\n\ue000preferences_url\ue001", id="nor a field"),
        pytest.param("one\ntwo", "one\ntwo", id="line breaks stay"),
    ],
)
def test_lines_break_where_a_reader_expects_it(text: str, wrapped: str) -> None:
    assert wrap(text, width=10) == wrapped


def test_the_first_line_may_be_led_by_something_else() -> None:
    assert wrap("one two three", "   ", first=" 1 ", width=11) == " 1 one two\n   three"


def test_a_heading_is_underlined_as_wide_as_it_is() -> None:
    assert underlined("政策 A") == "政策 A\n------"


def test_a_text_part_is_tidied() -> None:
    assert tidy("\n\na  \n\n\n\nb\n\n") == "a\n\nb\n"
