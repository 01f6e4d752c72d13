"""Known names, terms and amounts in the reader's other language."""

from __future__ import annotations

import pytest

from pipeline.select.gloss import actors, gloss, known_names
from pipeline.select.lexicon import Lexicon, load


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(
            "上海与中国移动推出数字人", ("Shanghai", "China Mobile", "digital human"), id="names-in-order"
        ),
        pytest.param("騰訊與華爲合作", ("Tencent", "Huawei"), id="traditional"),
        pytest.param("上海、上海、上海", ("Shanghai",), id="each-once"),
        pytest.param("淘宝上线VR眼镜", ("Taobao", "VR glasses"), id="the-very-name-and-not-its-owner"),
        pytest.param("徐汇与浦东", ("Xuhui", "Pudong"), id="districts"),
        pytest.param("基金规模100亿元", ("10 billion yuan",), id="hundred-million"),
        pytest.param("售价2499元", ("2,499 yuan",), id="small-amount"),
        pytest.param("融资6000万美元", ("60 million US dollars",), id="dollars"),
        pytest.param("用户超20万，年产12万台", (), id="bare-counts-say-nothing"),
        pytest.param("售价20万元", ("200,000 yuan",), id="ten-thousand"),
        pytest.param("售价1万5千元", ("15,000 yuan",), id="ten-thousand-and-some-thousand"),
        pytest.param("投资超10亿元", ("over 1 billion yuan",), id="more-than"),
        pytest.param("投资十几亿元", ("over 1 billion yuan",), id="ten-and-some"),
        pytest.param("投资近千万元", ("nearly 10 million yuan",), id="nearly-a-round-sum"),
        pytest.param("投资1至2亿元", (), id="of-a-range-neither-end"),
        pytest.param("投资50亿至80亿元", (), id="of-a-range-with-two-scales"),
        pytest.param("投资1500万元到2000万元", (), id="of-a-range-with-two-units"),
        pytest.param("补贴不超过200万元", ("up to 2 million yuan",), id="no-more-than"),
        pytest.param("最高可获500万元", ("up to 5 million yuan",), id="at-most"),
        pytest.param("售价2000元以内", ("up to 2,000 yuan",), id="within"),
        pytest.param("收入500万元以上", ("over 5 million yuan",), id="and-above"),
        pytest.param("收入不足3亿元", ("under 300 million yuan",), id="less-than"),
        pytest.param("通过3亿元贷款", ("300 million yuan",), id="by-way-of-is-not-more"),
        pytest.param("拍卖会上3亿元成交", ("300 million yuan",), id="at-is-not-more"),
        pytest.param("深圳南山区补贴", ("Shenzhen", "Nanshan"), id="the-city-in-a-districts-name"),
        pytest.param("李强总理访问", ("Li Qiang",), id="one-of-two-people-in-an-entry"),
        pytest.param("投资数十亿元", (), id="some-tens"),
        pytest.param("投资三五亿元", (), id="three-or-five"),
        pytest.param("灯下VR头显与头显", ("VR headset",), id="no-name-within-a-longer-one"),
        pytest.param("增长30%，3月2日公布", (), id="what-needs-no-gloss"),
        pytest.param("Rokid发布新品", (), id="written-alike-in-both"),
        pytest.param("市长出席新闻发布会", (), id="roles-are-no-names"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_chinese_is_glossed_in_english(text: str, names: tuple[str, ...], lexicon: Lexicon) -> None:
    assert gloss(text, lexicon, language="zh") == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("Zhengzhou backs digital humans", ("郑州", "数字人"), id="names"),
        pytest.param(
            "Taobao sells VR glasses for 10 billion yuan",
            ("淘宝", "VR眼镜", "100亿元"),
            id="brand-and-amount",
        ),
        pytest.param("12,000 pieces and 3 million users", (), id="bare-counts-say-nothing"),
        pytest.param("It pays up to 5 million yuan", ("不超过500万元",), id="at-most"),
        pytest.param("From 5 million yuan to 8 million yuan", (), id="a-range"),
        pytest.param("MIIT hears Baidu", ("工信部", "百度"), id="abbreviation"),
        pytest.param(
            "Guangzhou, in southern China, hears Baidu", ("广州", "百度"), id="a-place-tells-its-country"
        ),
        pytest.param("Baidu leaves China", ("百度", "中国"), id="a-country-alone"),
    ],
)
def test_english_is_glossed_in_chinese(text: str, names: tuple[str, ...], lexicon: Lexicon) -> None:
    assert gloss(text, lexicon, language="en") == names


def test_only_the_first_amount_stands(lexicon: Lexicon) -> None:
    text = "武汉三家银行与VR头显厂商签约，贷款3亿元，首笔1.2亿元，总投资增加到5.8亿元。"
    assert [name for name in gloss(text, lexicon, language="zh") if "yuan" in name] == ["300 million yuan"]


@pytest.mark.parametrize(
    ("text", "name", "other", "is_same"),
    [
        pytest.param("阿里巴巴表示", "阿里巴巴", "Alibaba", True, id="across-languages"),
        pytest.param("淘宝上线", "淘宝", "Taobao", True, id="by-its-gloss"),
        pytest.param("Taobao opened", "Taobao", "Alibaba", False, id="not-its-owner"),
        pytest.param("Swedish trains", "Swedish", "Sweden", True, id="a-country-and-its-adjective"),
        pytest.param("Spain opened", "Spain", "Italy", False, id="not-a-neighbour"),
    ],
)
def test_a_known_name_comes_with_its_other_spellings(
    text: str, name: str, other: str, is_same: bool, lexicon: Lexicon
) -> None:
    assert (other in known_names(text, lexicon)[name]) is is_same


def test_firms_and_bodies_can_act_and_places_cannot(lexicon: Lexicon) -> None:
    names = known_names("Baidu and Samsung opened in Wuhan and Korea, 工信部表示", lexicon)
    assert actors(names, lexicon) == {"Baidu", "Samsung", "工信部"}


def test_terms_currencies_and_what_a_country_calls_itself_are_no_known_names(lexicon: Lexicon) -> None:
    assert known_names("我国VR产业，12元人民币, 12 yuan", lexicon) == {}


def test_a_province_has_the_names_of_the_places_within_it(lexicon: Lexicon) -> None:
    names = known_names("Liaoning and Hunan", lexicon)
    assert "沈阳" in names["Liaoning"]
    assert "沈阳" not in names["Hunan"]
