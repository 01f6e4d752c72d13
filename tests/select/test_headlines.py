"""What a title names is read kind by kind, the same in both languages."""

from __future__ import annotations

import pytest

from pipeline.select.headlines import Headline, read_headline
from pipeline.select.lexicon import Lexicon, load


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        pytest.param("Sixteen firms move in", "16家企业入驻", "counts", id="number-in-words"),
        pytest.param("Sales fall 30%", "销量下跌三成", "acts", id="act"),
        pytest.param("Series A round", "完成A轮融资", "rounds", id="round"),
        pytest.param("Seed funding for an idol", "虚拟偶像获种子轮融资", "rounds", id="seed"),
        pytest.param("Baidu opens a hall", "百度開放展廳", "firms", id="firm"),
        pytest.param("A museum in Hangzhou", "杭州博物館", "places", id="place"),
        pytest.param("A museum in Hangzhou", "杭州博物館", "things", id="thing"),
        pytest.param("A hall in the Sichuan capital", "蓉城开馆", "places", id="nickname"),
        pytest.param("The seventh hall", "第七座展厅", "ordinals", id="ordinal"),
        pytest.param("On May 3", "5月3日", "dates", id="date"),
        pytest.param("Air 2 glasses", "眼镜Air 2开售", "models", id="model"),
    ],
)
def test_two_languages_name_the_same(one: str, other: str, kind: str, lexicon: Lexicon) -> None:
    first, second = read_headline(one, lexicon), read_headline(other, lexicon)
    assert set(getattr(first, kind)) & set(getattr(second, kind))


def test_money_is_told_in_yuan(lexicon: Lexicon) -> None:
    (dollars,), (yuan,) = (
        read_headline("A US$10 million round", lexicon).money,
        read_headline("7000万元融资", lexicon).money,
    )
    assert dollars == yuan


def test_money_without_a_rate_is_a_mere_number(lexicon: Lexicon) -> None:
    read = read_headline("A prize of NT$5 million", lexicon)
    assert not read.money
    assert read.counts == {(5_000_000.0, "")}


def test_a_trade_beside_the_name_says_no_more(lexicon: Lexicon) -> None:
    assert read_headline("Search giant Baidu opens a hall", lexicon).firms == {"baidu"}


@pytest.mark.parametrize(
    ("title", "names"),
    [
        pytest.param("Start-up Zorvane opens a small hall", {"zorvane"}, id="in-a-sentence"),
        pytest.param("Small Start-up Opens A Hall", set(), id="every-word"),
        pytest.param("初创公司Zorvane开馆", {"zorvane"}, id="in-chinese"),
    ],
)
def test_an_unknown_name_is_told_from_words(title: str, names: set[str], lexicon: Lexicon) -> None:
    assert read_headline(title, lexicon).proper == names


def test_nothing_names_nothing(lexicon: Lexicon) -> None:
    empty = read_headline("", lexicon)
    assert not any(getattr(empty, kind) for kind in Headline.__dataclass_fields__)


@pytest.mark.parametrize(
    ("title", "models"),
    [
        ("Pico 4 goes on sale", {"pico4"}),
        ("大会Connect 2024一览", set()),
        ("Beimeng raises 30亿元 for Air2", {"air2"}),
        ("Fund of 10 grows To 25 million", set()),
    ],
)
def test_a_number_behind_a_name_is_a_model_but_not_a_year(
    title: str, models: set[str], lexicon: Lexicon
) -> None:
    assert read_headline(title, lexicon).models == models
