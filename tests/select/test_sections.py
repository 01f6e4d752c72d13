"""Each story under the heading an editor would put it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.model import Article, Story
from pipeline.select.lexicon import Lexicon, load
from pipeline.select.sections import section_of
from tests.select.builders import article


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


def story(*articles: Article) -> Story:
    return Story(articles=articles)


@pytest.mark.parametrize(
    ("title", "section"),
    [
        pytest.param("MIIT publishes action plan for the metaverse", "policy", id="policy-en"),
        pytest.param("工信部印发元宇宙行动计划", "policy", id="policy-zh"),
        pytest.param(
            "China drafts labelling rule for digital humans in live streams", "policy", id="a-country-acts"
        ),
        pytest.param("法院判决首例虚拟人侵权案 监管趋严", "policy", id="court"),
        pytest.param("Rokid raises 500 million yuan in new financing round", "companies", id="companies-en"),
        pytest.param("腾讯裁员 关闭XR业务", "companies", id="companies-zh"),
        pytest.param(
            "Researchers show lighter optical waveguide for AR glasses", "technology", id="technology-en"
        ),
        pytest.param("国产光波导技术取得突破", "technology", id="technology-zh"),
        pytest.param("Museum drops digital collectibles", "collectibles", id="collectibles-en"),
        pytest.param("数字藏品遇冷 藏品价格回落", "collectibles", id="collectibles-zh"),
        pytest.param(
            "Suzhou's Reed district offers free desks to metaverse start-ups",
            "policy",
            id="a-district-acts-en",
        ),
        pytest.param("北京柳亭区推出区块链版权登记", "policy", id="a-district-acts-zh"),
        pytest.param("武汉柳汊新区设立元宇宙基金", "policy", id="a-district-founds-a-fund"),
        pytest.param(
            "Hefei boot maker Tangleweed raises 60 million yuan for feet in VR", "companies", id="a-round"
        ),
        pytest.param("New members join the Metaverse Industry Committee", "companies", id="an-industry-body"),
        pytest.param("苇鱼光学武汉产线开工，年产VR头显9万台", "technology", id="a-production-line"),
        pytest.param("Nothing of the kind", "other", id="other"),
        pytest.param("", "other", id="nothing"),
    ],
)
def test_a_story_is_put_in_its_section(title: str, section: str, lexicon: Lexicon) -> None:
    assert section_of(story(article(title)), lexicon) == section


HEADLINES = {
    "policy": (
        "Shenzhen's Nanshan district to subsidise rent for metaverse studios",
        "Court in Hangzhou orders platform to refund buyers of digital collectibles",
        "Guangdong tax bureau sets out how NFT income is to be declared",
        "Hubei hospitals to get grants for VR training rooms",
        "成都高新区对租用XR摄影棚的企业给予租金减免",
        "上海一法院：转售数字藏品，平台须退还手续费",
        "十部门联合发文规范虚拟主播带货",
        "香港政府撥款資助元宇宙初創",
        "Nanjing approves a three-year plan for virtual reality in schools",
        "Securities watchdog cautions listed firms over metaverse claims",
        "Zhengzhou city will reimburse factories for digital twins",
        "Judges in Chengdu find virtual idol's maker liable for a copied face",
        "杭州出台元宇宙人才购房补贴细则",
        "网信部门通报12款数字藏品应用违规",
    ),
    "companies": (
        "AR glasses maker wins order for 20,000 units from a power grid operator",
        "VR arcade chain to close a third of its shops in Chengdu",
        "Digital human studio in Changsha hires 200 and moves to larger offices",
        "光学模组厂商拿下两亿元头显镜片大单",
        "连锁VR体验馆关店过半，转做企业培训",
        "台灣頭顯廠商第三季營收下滑，宣布裁員",
        "XR start-up in Wuxi files for bankruptcy owing 80 million yuan",
        "Headset brand doubles quarterly shipments and turns a profit",
        "Virtual idol agency sells 30 per cent stake to broadcaster",
        "AR眼镜企业上市计划推迟，估值缩水四成",
        "虚拟人公司两个月换了三任总裁",
        "頭顯廠商關閉全部直營門市",
    ),
    "technology": (
        "Engineers in Xi'an cut the weight of a haptic glove by half",
        "Beijing team shows a holographic display that needs no glasses",
        "高校团队做出指甲盖大小的AR光机",
        "数字孪生水库系统上线，可提前六小时推演洪峰",
        "New AR display reaches 5,000 nits in a laboratory in Changchun",
        "景区推出VR夜游，游客可骑云马",
    ),
    "collectibles": (
        "Suzhou museum sells 5,000 digital collectibles of its bronzes in a minute",
        "省博物馆三款青铜器数字藏品一分钟售罄",
        "Temple in Luoyang drops 800 NFTs of its murals",
        "數碼藏品平台發行首批國畫數字藏品",
    ),
}


@pytest.mark.parametrize(
    ("title", "section"),
    [
        pytest.param(title, section, id=f"{section}-{number}")
        for section, titles in HEADLINES.items()
        for number, title in enumerate(titles, start=1)
    ],
)
def test_a_headline_stands_where_an_editor_would_put_it(title: str, section: str, lexicon: Lexicon) -> None:
    assert section_of(story(article(title)), lexicon) == section


def test_what_a_firm_does_outweighs_all_that_its_goods_are_made_of(lexicon: Lexicon) -> None:
    lead = "Its AR glasses have an optical waveguide, a Micro OLED display, a chip and sensors."
    firm = story(article("AR glasses maker lays off a third of its staff", lead))
    assert section_of(firm, lexicon) == "companies"


@pytest.mark.parametrize(
    ("early", "late"),
    [
        pytest.param("It is quiet in the hall. " * 20, "The firm has investors and a contract.", id="en"),
        pytest.param("展厅里很安静。" * 25, "企业融资后签约多家门店。", id="zh"),
    ],
)
def test_only_the_first_sentences_have_a_say(early: str, late: str, lexicon: Lexicon) -> None:
    assert section_of(story(article("Quiet", late + early)), lexicon) == "companies"
    assert section_of(story(article("Quiet", early + late)), lexicon) == "other"


def test_another_country_rules_when_the_beat_is_another() -> None:
    shipped = load()
    assert section_of(story(article("Utopia bans the box")), shipped) == "other"
    beyond = tuple(replace(e, en=("Utopia",)) if e.kind == "country" else e for e in shipped.entries)
    assert section_of(story(article("Utopia bans the box")), replace(shipped, entries=beyond)) == "policy"
