"""Words, sentences and scripts, seen the same way everywhere."""

from __future__ import annotations

import time
from time import process_time

import pytest

from pipeline.text import (
    clean,
    clean_line,
    han_count,
    is_mostly_han,
    language_name,
    primary_language,
    script_language,
    sentences,
    word_count,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\r\nb\rc", "a\nb\nc", id="line-ends"),
        pytest.param("a \u00a0\t b", "a b", id="spaces"),
        pytest.param("a\n\n \nb", "a\nb", id="blank-lines"),
        pytest.param("a\u202eb\x00c\ue000d", "abcd", id="control-bidi-private"),
        pytest.param("e\u0301", "é", id="composed"),
        pytest.param("👩\u200d💻", "👩\u200d💻", id="joined-emoji"),
        pytest.param("\ud800x", "x", id="lone-surrogate"),
    ],
)
def test_outside_text_is_made_plain(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_a_line_has_no_line_end() -> None:
    assert clean_line("one\ntwo") == "one two"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("XREAL One Pro上手：AR眼镜来了", "zh", id="chinese-with-latin-names"),
        pytest.param("The word 元宇宙 is Chinese", "en", id="english-with-a-chinese-word"),
        pytest.param("鮮の味元宇宙发展报告", "zh", id="chinese-with-one-kana"),
        pytest.param("メタバースの世界", "ja", id="japanese"),
        pytest.param("서울시 메타버스", "ko", id="korean"),
        pytest.param("", "und", id="nothing"),
        pytest.param("😀 …", "und", id="no-letters"),
    ],
)
def test_the_script_tells_the_language(text: str, language: str) -> None:
    assert script_language(text) == language


@pytest.mark.parametrize(
    ("tag", "language", "name"),
    [
        ("zh", "zh", "Chinese"),
        ("zh-Hant-TW", "zh", "Chinese"),
        ("zh_CN", "zh", "Chinese"),
        ("EN-gb", "en", "English"),
        ("x-none", "x", "x-none"),
    ],
)
def test_a_tag_tells_its_language(tag: str, language: str, name: str) -> None:
    assert (primary_language(tag), language_name(tag)) == (language, name)


def test_words_come_in_order_with_chinese_in_pairs() -> None:
    assert words("AR眼镜来了, it's 5G!") == ["ar", "眼镜", "镜来", "来了", "it's", "5g"]


def test_a_single_chinese_character_is_a_word() -> None:
    assert words("新 VR") == ["新", "vr"]


@pytest.mark.parametrize(
    ("text", "count"),
    [("three short words", 3), ("五个汉字吧", 5), ("AR眼镜", 3), ("", 0), ("2,000 units", 2)],
)
def test_words_are_counted(text: str, count: int) -> None:
    assert word_count(text) == count


def test_chinese_characters_are_counted_outside_the_basic_plane_too() -> None:
    assert han_count("a㐀元\U00020000 b") == 3


@pytest.mark.parametrize(("text", "expected"), [("元宇宙 VR", True), ("a b 元", False), ("", False)])
def test_mostly_han(text: str, expected: bool) -> None:
    assert is_mostly_han(text) is expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        pytest.param("一。二！三？？四", "zh", ["一。", "二！", "三？？", "四"], id="chinese-marks"),
        pytest.param("他说：“好。”走了。", "zh", ["他说：“好。”", "走了。"], id="closing-quotation-mark"),
        pytest.param("规模达3.5亿元。", "zh", ["规模达3.5亿元。"], id="decimal-point"),
        pytest.param(
            "It cost $3.5 bn. Dr. Li agreed.",
            "en",
            ["It cost $3.5 bn.", "Dr. Li agreed."],
            id="abbreviations",
        ),
        pytest.param(
            '"It works!" he said. Fine.', "en", ['"It works!" he said.', "Fine."], id="the-teller-stays"
        ),
        pytest.param("Heading\nFirst one.", "en", ["Heading", "First one."], id="a-line-end-ends"),
        pytest.param("\n \n", "en", [], id="nothing"),
        pytest.param(
            "Whose language? Unknown.", "und", ["Whose language?", "Unknown."], id="unknown-language"
        ),
        pytest.param(
            "It cost approx. 5 mln yuan vs. 3 mln planned. Halls opened.",
            "en",
            ["It cost approx. 5 mln yuan vs. 3 mln planned.", "Halls opened."],
            id="en-before-a-figure",
        ),
        pytest.param(
            "1. A hall opened. 2. A park closed.",
            "en",
            ["1. A hall opened.", "2. A park closed."],
            id="en-list",
        ),
    ],
)
def test_sentences_are_whole_and_in_order(text: str, language: str, expected: list[str]) -> None:
    assert sentences(text, language) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1" * 100_000,
        "一百" * 50_000,
        "Jan " * 50_000,
        "。" * 100_000,
    ],
)
def test_hostile_text_is_read_in_reasonable_time(text: str) -> None:
    start = process_time()
    words(text)
    sentences(text, "zh")
    assert process_time() - start < 5


def test_accents_stacked_by_the_thousand_are_dropped_in_little_time() -> None:
    started = time.process_time()
    assert clean("A" + "\u0301\u0327" * 200_000 + "nd") == "And"
    assert time.process_time() - started < 2


def test_a_long_line_is_split_as_its_parts_are() -> None:
    parts = [f"Mr. Lee opened hall {number} on Monday." for number in range(400)]
    assert sentences(" ".join(parts), "en") == parts


@pytest.mark.parametrize("line", ["”。" * 50_000, "Mr. " * 50_000, " " * 50_000 + ".", "x" * 100_000])
def test_a_hostile_line_is_split_in_reasonable_time(line: str) -> None:
    start = process_time()
    sentences(line, "en")
    assert process_time() - start < 3
