"""Texts that name the beat and are no news of it."""

from __future__ import annotations

import pytest

from pipeline.select.genre import other_genre

TABLE = "虚拟现实概念收盘涨跌互现。甲科技涨5.2%，乙控股涨3.3%，丙光学涨2.6%，丁传媒跌3.8%，戊教育跌2.9%，己国际跌1.8%。"
COLUMN = (
    "I put the headset on and lost my keys. For a week I did my shopping in there, and I have seen nobody since. "
    "My neighbour thinks I have moved."
)

OTHER = {
    "shares": ("元宇宙概念股", TABLE, "a table of prices (6 moves)"),
    "shares-en": (
        "Metaverse shares",
        "Alpha rose 5.2%, Beta gained 3 percent, Gamma was up 2.6%, Delta fell 3.8%, Epsilon lost 2.9% and Zeta shed 1%.",
        "a table of prices (6 moves)",
    ),
    "column": ("Seven days in a headset", COLUMN, "a column in the first person (6 times)"),
    "column-by-its-title": ("我家的猫住进了元宇宙", "别人解释了什么是元宇宙，我回家看见了猫。", "a column in the first person (1 times)"),
}  # fmt: skip
NEWS = {
    "a-few-moves": (
        "Maker's shares rise 5%",
        "The maker of headsets rose 5% on Monday after it said that it would build a second plant in Hefei. Its rival gained 2%.",
    ),
    "quoted": (
        "Founder of a headset maker steps down",
        "“I have done what I could, and I leave my desk to younger people. I shall miss my team, and I thank it,” he said.",
    ),
    "our-country": (
        "我国虚拟现实产业规模扩大",
        "我国企业去年售出头显一百万台，我市占其中三成，自我研发的有六款。",
    ),
    "a-quoted-title": (
        "“我要把工厂搬进元宇宙”",
        "企业负责人在会上说，他们的生产线今年将有数字孪生，我们拭目以待。",
    ),
}


@pytest.mark.parametrize(("title", "text", "genre"), OTHER.values(), ids=OTHER.keys())
def test_a_table_or_a_column_is_named(title: str, text: str, genre: str) -> None:
    assert other_genre(title, text) == genre


@pytest.mark.parametrize(("title", "text"), NEWS.values(), ids=NEWS.keys())
def test_news_is_of_no_other_genre(title: str, text: str) -> None:
    assert other_genre(title, text) == ""


@pytest.mark.parametrize(
    "title",
    [
        "Metaverse tokens jump as bitcoin tops record",
        "A-shares: metaverse stocks in Shenzhen close higher",
        "China stocks end up as metaverse shares rally",
        "Chinese metaverse token surges 300%, then crashes",
        "Bitcoin and metaverse tokens slide on China ban",
        "元宇宙概念股集体涨停",
        "A股收评：元宇宙板块走强",
    ],
)
def test_a_report_on_prices_is_no_news_of_the_beat(title: str) -> None:
    assert other_genre(title, "").startswith("a report on prices")


@pytest.mark.parametrize(
    "title",
    [
        "Kestrel shares its plan for a virtual hall",
        "Kestrel's shares jump on headset orders",
        "Sales of headsets rise 40% in China",
        "Shanghai bans trading in tokens of digital collectibles",
        "Tokens of thanks for Wuhan's virtual hall",
        "Kestrel to buy back shares after its headset is put off",
        "上海发布元宇宙板块规划",
        "红隼收购虚拟现实企业三成股份",
    ],
)
def test_news_of_firms_and_rules_is_no_report_on_prices(title: str) -> None:
    assert other_genre(title, "") == ""
