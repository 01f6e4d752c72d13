"""Numbers, amounts and dates, read alike in both languages."""

from __future__ import annotations

from time import process_time

import pytest

from pipeline.quantities import quantities


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
    ],
)
def test_hostile_text_is_read_in_reasonable_time(text: str) -> None:
    start = process_time()
    quantities(text)
    assert process_time() - start < 5
