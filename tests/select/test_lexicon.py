"""Names are found where they stand, and only there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from pipeline.errors import ConfigurationError
from pipeline.select.beat import TABLES
from pipeline.select.lexicon import Lexicon, load

SMALL = """
[beat]
en = "virtual things"
home = "China"
sections = ["policy"]
offices = "policy"
firms = "policy"
background = "policy"
seats = { mainland = 0.85 }

[[topic]]
id = "vr"
en = ["VR", "virtual reality"]
zh_hans = ["VR头显"]
weight = 2
not_if = ["NVR kit", "Nikkor"]

[[topic]]
id = "metaverse"
en = ["metaverse"]
zh_hans = ["元宇宙"]
weight = 3
not_if = ["多元宇宙"]

[[topic]]
id = "industrial-metaverse"
zh_hans = ["工业元宇宙"]
weight = 3

[[topic]]
id = "human"
zh_hans = ["数字人"]
weight = 3

[[company]]
id = "honor"
en = ["Honor"]
seat = "mainland"
ambiguous = true

[[off_topic]]
id = "talent"
zh_hans = ["数字人才"]
action = "homonym"

[[cue]]
id = "about-policy"
en = ["plan"]
section = "policy"
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    file = tmp_path_factory.mktemp("lexicon") / "small.toml"
    file.write_text(SMALL, encoding="utf-8")
    return load(file)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("A VR set", ["VR"], id="a-whole-word"),
        pytest.param("AVR and VRAM", [], id="not-inside-a-word"),
        pytest.param("vr", [], id="short-names-in-their-case"),
        pytest.param("VIRTUAL REALITY", ["VIRTUAL REALITY"], id="long-names-in-any-case"),
        pytest.param("metaverses", ["metaverse"], id="plural-s"),
        pytest.param("metaversed", [], id="no-other-ending"),
        pytest.param("国产VR头显上市", ["VR头显"], id="latin-beside-han"),
        pytest.param("国产 VR 头显", ["VR 头显"], id="spaces-between-latin-and-han"),
        pytest.param("ＶＲ头显", ["ＶＲ头显"], id="full-width-letters"),
        pytest.param("virtual\nreality", ["virtual\nreality"], id="over-a-line-end"),
        pytest.param("in honor of", [], id="an-ambiguous-name-in-lower-case"),
        pytest.param("Honor shows", ["Honor"], id="an-ambiguous-name-as-written"),
        pytest.param("HONOR SHOWS", ["HONOR"], id="an-ambiguous-name-in-capitals"),
        pytest.param("工业元宇宙", ["工业元宇宙"], id="the-longest-wins"),
        pytest.param("多元宇宙", [], id="barred-inside"),
        pytest.param("多元宇宙与元宇宙", ["元宇宙"], id="barred-only-there"),
        pytest.param("Nikkor 24-120 VR", [], id="barred-nearby"),
        pytest.param("Nikkor" + " far" * 20 + " VR", ["VR"], id="not-barred-from-afar"),
        pytest.param("数字人才", ["数字人才"], id="a-homonym-hides-what-it-covers"),
        pytest.param("数字人才与数字人", ["数字人才", "数字人"], id="and-nothing-else"),
        pytest.param("İstanbul VR", ["VR"], id="letters-that-grow-in-lower-case"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_names_found(text: str, found: list[str], small: Lexicon) -> None:
    assert [mention.phrase for mention in small.mentions(text)] == found


def test_a_mention_says_where_it_stands(small: Lexicon) -> None:
    text = "Das metaverse ist da"
    (mention,) = small.mentions(text)
    assert text[mention.start : mention.end] == mention.phrase == "metaverse"


def test_cues_are_kept_apart_from_names(small: Lexicon) -> None:
    assert small.mentions("a plan") == ()
    assert [mention.entry.section for mention in small.cues("a plan")] == ["policy"]


def test_thousands_of_traps_do_not_slow_the_search(small: Lexicon) -> None:
    assert small.mentions("多元宇宙 Nikkor VR " * 20_000) == ()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param('id = "x"\nweight = "high"', "x: weight: must be a whole number", id="wrong-type"),
        pytest.param(
            'id = "x"\nsize = 4', "x: size: Input should be less than or equal to 3", id="out-of-range"
        ),
        pytest.param('en = ["x"]', "?: id: is required; add it", id="no-id"),
        pytest.param('id = "x"\nen = [" "]', "x: en.0: must not be empty", id="blank-name"),
    ],
)
def test_a_wrong_entry_is_refused_by_name(row: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "lexicon.toml"
    file.write_text(f"{SMALL}\n[[topic]]\n{row}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=re.escape(f"{file}: [[topic]] {message}")):
        load(file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load(tmp_path / "none.toml")


def test_the_shipped_beat_has_every_table_and_ids_once_a_table() -> None:
    shipped = load()
    keys = [(entry.table, entry.id) for entry in shipped.entries]
    assert {table for table, _ in keys} == set(TABLES)
    assert len(keys) == len(set(keys))


def test_every_topic_of_the_shipped_beat_has_a_weight_and_a_section() -> None:
    bare = [e.id for e in load().entries if e.table == "topic" and not (e.weight in (1, 2, 3) and e.section)]
    assert bare == []


def test_no_two_entries_of_a_table_share_a_name() -> None:
    named = Counter(
        (entry.table, name.lower())
        for entry in load().entries
        if entry.table not in ("cue", "off_topic", "event")
        for name in {each.lower() for each in entry.names}
    )
    doubled = [name for name, times in named.items() if times > 1]
    assert set(doubled) <= {("topic", "虚拟主播"), ("company", "soul")}


def test_every_gloss_is_of_a_name() -> None:
    shipped = load()
    names = {name for entry in shipped.entries for name in entry.names}
    assert [name for name in shipped.glosses if name not in names] == []


@pytest.fixture(scope="module")
def shipped() -> Lexicon:
    return load()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("向园区推广元宇宙应用", "广元", id="promote-the-metaverse-is-no-guangyuan"),
        pytest.param("目前海外用户更多", "前海", id="at-present-overseas-is-no-qianhai"),
        pytest.param("互联网龙头出海", "网龙", id="internet-leader-is-no-netdragon"),
        pytest.param("上海信息中心", "海信", id="shanghai-information-is-no-hisense"),
        pytest.param("世界机器人大会", "人大", id="robot-congress-is-no-people-s-congress"),
        pytest.param("越南通过新规", "南通", id="vietnam-passes-is-no-nantong"),
        pytest.param("面临港股波动", "临港", id="facing-hong-kong-shares-is-no-lingang"),
        pytest.param("佛罗里达州一家店", "达州", id="florida-is-no-dazhou"),
        pytest.param("阿里巴巴中国站", "巴中", id="alibaba-china-is-no-bazhong"),
        pytest.param("欧洲央行加息", "央行", id="another-central-bank"),
        pytest.param("电影创作大赛", "影创", id="making-films-is-no-shadow-creator"),
        pytest.param("做完美的画面", "美的", id="perfect-is-no-midea"),
        pytest.param("打通强大连接能力", "大连", id="strong-links-are-no-dalian"),
        pytest.param("河流入海口", "海口", id="a-river-mouth-is-no-haikou"),
        pytest.param("新浪潮来临", "新浪", id="a-new-wave-is-no-sina"),
        pytest.param("大朋友也能玩", "大朋", id="grown-ups-are-no-dpvr"),
    ],
)
def test_a_name_across_the_seam_of_two_words_is_none(text: str, name: str, shipped: Lexicon) -> None:
    assert name not in {mention.phrase for mention in shipped.mentions(text)}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        pytest.param("a mixed-reality tour", "mr", id="hyphenated-mixed-reality"),
        pytest.param("a virtual-reality hall", "vr", id="hyphenated-virtual-reality"),
        pytest.param("an AR-glasses start-up", "ar", id="hyphenated-glasses"),
        pytest.param("a car AR head-up display", "ar", id="augmented-head-up-display"),
        pytest.param("AI smart glasses", "smart-glasses", id="ai-smart-glasses"),
        pytest.param("smart eyewear", "smart-glasses", id="eyewear"),
        pytest.param("a head-mounted screen", "hmd", id="head-mounted"),
        pytest.param("volumetric capture", "haptics", id="capture"),
        pytest.param("silicon-OLED panels", "micro-oled", id="silicon-oled"),
        pytest.param("a birdbath design", "optical-waveguide", id="birdbath"),
        pytest.param("surgeons share one hologram", "hologram", id="hologram"),
        pytest.param("a meta-universe project", "metaverse", id="metaverse-in-other-words"),
        pytest.param("Yuanyuzhou fever", "metaverse", id="metaverse-in-pinyin"),
        pytest.param("on a consortium chain", "consortium-chain", id="consortium-chain"),
        pytest.param("景区试行MR导赏", "mr", id="mr-tour"),
        pytest.param("AI+MR实训室", "mr", id="ai-and-mr"),
        pytest.param("推出AR-HUD新品", "ar", id="ar-hud"),
        pytest.param("戴上虛擬實境眼鏡", "vr", id="virtual-reality-as-taiwan-says-it"),
        pytest.param("發售數碼藏品", "digital-collectible", id="collectibles-as-hong-kong-says-it"),
        pytest.param("互贈數位藏品", "digital-collectible", id="collectibles-as-taiwan-says-it"),
        pytest.param("大空间体验馆开业", "large-space", id="large-space"),
        pytest.param("招聘虚拟员工", "digital-human", id="virtual-staff"),
        pytest.param("虚拟仿真实训基地", "virtual-simulation", id="virtual-simulation"),
    ],
)
def test_the_forms_of_the_field_are_known(text: str, topic: str, shipped: Lexicon) -> None:
    assert topic in {mention.entry.id for mention in shipped.mentions(text)}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a head-up display", id="head-up-display-alone"),
        pytest.param("抬头显示供应商", id="zh-head-up-display-alone"),
        pytest.param("an AR-15 rifle", id="a-rifle"),
        pytest.param("Metaverse Hot Pot opens", id="a-restaurant"),
        pytest.param("元宇宙火锅开业", id="zh-a-restaurant"),
        pytest.param("VR cancels trains between Helsinki and Turku", id="a-railway"),
        pytest.param("Pico island winemakers", id="an-island"),
        pytest.param("二次元宇宙", id="a-seam"),
        pytest.param("Avatar: Fire and Ash", id="a-film"),
    ],
)
def test_what_only_sounds_like_the_beat_names_no_topic(text: str, shipped: Lexicon) -> None:
    named = [m.entry.id for m in shipped.mentions(text) if m.entry.table == "topic" or m.entry.pure_play]
    assert named == []


@pytest.mark.parametrize(
    ("english", "chinese", "key"),
    [
        pytest.param("Lands Department", "地政总署", "hk-lands", id="a-bureau"),
        pytest.param("Bank of Communications", "交通银行", "bocom", id="a-bank"),
        pytest.param("Forbidden City", "故宫", "palace-museum", id="a-museum"),
        pytest.param("Beihang University", "北航", "beihang", id="a-university"),
        pytest.param("Tangshan", "唐山", "tangshan", id="a-city"),
        pytest.param("RayNeo", "雷鸟创新", "rayneo", id="a-firm"),
        pytest.param("Quark glasses", "夸克眼镜", "alibaba-glasses", id="a-product"),
        pytest.param("Zhu Mingming", "祝铭明", "founders-rokid", id="a-founder"),
        pytest.param("virtual streamer", "虚拟主播", "virtual-idol", id="a-topic"),
    ],
)
def test_both_languages_name_the_same_entry(english: str, chinese: str, key: str, shipped: Lexicon) -> None:
    assert all(key in {m.entry.id for m in shipped.mentions(name)} for name in (english, chinese))
