"""Evidence for and against one event is found kind by kind, and adds up."""

from __future__ import annotations

import pytest

from pipeline.select.evidence import evidence, translation, weighed, wording
from pipeline.select.headlines import read_headline
from pipeline.select.lexicon import Lexicon, load
from pipeline.select.links import links


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        pytest.param("Baidu opens a hall", "百度展厅开放", "firm", id="firm"),
        pytest.param("Search giant opens a hall", "百度展厅开放", "kindred_firm", id="trade"),
        pytest.param("Baidu opens a hall", "腾讯展厅开放", "other_firm", id="other-firm"),
        pytest.param("A hall in Jiangsu", "南京展厅", "kindred_place", id="city-and-province"),
        pytest.param("A hall in Nanjing", "苏州展厅", "other_place", id="two-cities"),
        pytest.param("Baidu opens a hall", "北京展厅开放", "seat", id="seat"),
        pytest.param("Raises $10 million", "融资7000万元", "money", id="converted"),
        pytest.param("Raises 70 million yuan", "融了七千万", "money", id="without-unit"),
        pytest.param("Raises $10 million", "融资2亿元", "other_money", id="other-amount"),
        pytest.param("About 3,800 graduates", "近4000名毕业生", "count", id="rounded"),
        pytest.param("The seventh hall", "第八座展厅", "other_ordinal", id="other-ordinal"),
        pytest.param("On May 3", "5月3日", "date", id="date"),
        pytest.param("眼镜「青岚」开卖", "眼镜「白露」开卖", "other_quoted", id="other-name"),
        pytest.param(
            "Hall opens after start-up Zorvane moves", "展厅Quillix开放", "other_proper", id="other-unknown"
        ),
    ],
)
def test_each_kind_is_found(one: str, other: str, kind: str, lexicon: Lexicon) -> None:
    assert evidence(read_headline(one, lexicon), read_headline(other, lexicon))[kind]


def test_small_counts_are_not_rounded(lexicon: Lexicon) -> None:
    found = evidence(read_headline("Sixteen firms", lexicon), read_headline("15家企业", lexicon))
    assert not found["count"]


def test_evidence_adds_up(lexicon: Lexicon) -> None:
    one = read_headline("Baidu opens a concert hall in Wuhan", lexicon)
    same, other = (read_headline(title, lexicon) for title in ("百度武汉音乐厅启用", "腾讯在成都裁员"))
    assert weighed(evidence(one, same), across=True) > 0 > weighed(evidence(one, other), across=True)


@pytest.mark.parametrize("way", ["within", "across"])
def test_what_differs_never_speaks_for_one_event(way: str) -> None:
    assert all(weight < 0 for kind, weight in links().weights[way].items() if kind.startswith("other_"))


def test_every_weight_is_of_a_kind_that_is_found(lexicon: Lexicon) -> None:
    nothing = read_headline("", lexicon)
    found = evidence(nothing, nothing) | wording(0, 0) | translation(nothing, nothing)
    assert all(weights.keys() <= {"start", *found} for weights in links().weights.values())
