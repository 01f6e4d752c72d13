"""Words, sentences, scripts and numbers, seen the same way everywhere."""

from __future__ import annotations

import time
from time import process_time

import pytest

from pipeline.text import (
    after_printed_date,
    clean,
    clean_line,
    han_count,
    is_imprint,
    is_mostly_han,
    quantities,
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
    ("text", "key"),
    [
        pytest.param("1.5亿元", "150000000 CNY", id="yi"),
        pytest.param("150 million yuan", "150000000 CNY", id="million"),
        pytest.param("RMB 150 million", "150000000 CNY", id="currency-first"),
        pytest.param("a 150-million-yuan fund", "150000000 CNY", id="hyphens"),
        pytest.param("三千五百万元", "35000000 CNY", id="chinese-numerals"),
        pytest.param("约3亿多元", "300000000 CNY", id="some-more"),
        pytest.param("US$3.5bn", "3500000000 USD", id="dollars"),
        pytest.param("6000万美元", "60000000 USD", id="meiyuan"),
        pytest.param("二十多万", "200000", id="some-tens-of-thousands"),
        pytest.param("20多万元", "200000 CNY", id="some-tens-of-thousands-in-digits"),
        pytest.param("1亿2000万元", "120000000 CNY", id="two-scales"),
        pytest.param("三点五亿元", "350000000 CNY", id="chinese-decimals"),
        pytest.param("1万5千元", "15000 CNY", id="ten-thousand-and-some-thousand"),
        pytest.param("百亿元", "10000000000 CNY", id="a-round-sum-without-a-digit"),
        pytest.param("百分之三点五", "3.5 %", id="chinese-percent-with-decimals"),
        pytest.param("三万亿元", "3e+12 CNY", id="chinese-trillions"),
        pytest.param("150m yuan", "150000000 CNY", id="short-millions"),
        pytest.param("RMB150m", "150000000 CNY", id="short-millions-behind-a-currency"),
        pytest.param("HK$20", "20 HKD", id="hong-kong-dollars"),
        pytest.param("10,000 units", "10000", id="thousands-mark"),
        pytest.param("百分之三十", "30 %", id="chinese-percent"),
        pytest.param("30 per cent", "30 %", id="percent"),
        pytest.param("２０万人", "200000", id="full-width-digits"),
        pytest.param("2月21日", "221 date", id="chinese-date"),
        pytest.param("on Feb. 21", "221 date", id="english-date"),
        pytest.param("21 February", "221 date", id="day-first"),
        pytest.param("2026年", "2026 year", id="chinese-year"),
        pytest.param("in 2026", "2026 year", id="bare-year"),
        pytest.param("12年", "12", id="a-span-of-years-is-no-year"),
        pytest.param("5m wide", "5", id="metres-are-no-millions"),
        pytest.param("第14届", "14", id="ordinal"),
    ],
)
def test_equal_numbers_have_equal_keys(text: str, key: str) -> None:
    assert [quantity.key for quantity in quantities(text)] == [key]


@pytest.mark.parametrize("tenths", range(1, 1000, 7))
def test_a_decimal_times_its_scale_is_exact(tenths: int) -> None:
    [chinese] = quantities(f"{tenths / 10}亿元")
    [english] = quantities(f"{tenths * 10} million yuan")
    assert chinese.value == english.value


@pytest.mark.parametrize(
    "text",
    ["", "统一标准", "万一", "数十亿元", "三五亿元", "千万不要", "Mi 5G-ready? no: VR4x", "13月45日 x"[6:]],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert [q for q in quantities(text) if q.value >= 10] == []


def test_a_number_says_where_it_stands() -> None:
    text = "投资1.5亿元建设"
    (quantity,) = quantities(text)
    assert text[quantity.start : quantity.end] == quantity.text == "1.5亿元"


def test_impossible_dates_are_plain_numbers() -> None:
    assert all(quantity.unit != "date" for quantity in quantities("13月45日"))


@pytest.mark.parametrize(
    "text",
    [
        "1" * 100_000,
        "1,111," * 30_000,
        "一百" * 50_000,
        "三点五亿" * 25_000,
        "二多" * 50_000,
        "Jan " * 50_000,
        "。" * 100_000,
    ],
)
def test_hostile_text_is_read_in_reasonable_time(text: str) -> None:
    start = process_time()
    quantities(text)
    words(text)
    sentences(text, "zh")
    assert process_time() - start < 5


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
