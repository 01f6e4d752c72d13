"""Headlines that share no word may share a sense, and names may stand for one another."""

from __future__ import annotations

import pytest

from pipeline.select.lexicon import load
from pipeline.select.links import links


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        pytest.param("City halts sales", "stop", id="plural"),
        pytest.param("Talks were stopped", "stop", id="doubled"),
        pytest.param("Studio hires singers", "recruit", id="ending-in-e"),
        pytest.param("Firm supplies lenses", "supply", id="ending-in-y"),
        pytest.param("LAYS OFF workers", "layoff", id="several-words"),
        pytest.param("平台宣布裁员", "layoff", id="chinese"),
    ],
)
def test_a_word_s_forms_tell_its_sense(text: str, sense: str) -> None:
    assert sense in {each.id for each in links().senses_in(text)}


@pytest.mark.parametrize("text", ["Stopwatch", "unstoppable", "Parkour"])
def test_a_part_of_a_word_tells_nothing(text: str) -> None:
    assert links().senses_in(text) == ()


def test_of_overlapping_words_the_longest_counts() -> None:
    assert [each.id for each in links().senses_in("数字人民币")] == ["e-cny"]


def test_a_part_is_kin_to_its_whole_and_a_stranger_to_the_other_parts() -> None:
    kin = links().kin
    assert kin({"nanjing"}) & kin({"jiangsu"})
    assert "suzhou" not in kin({"nanjing"})


def test_a_district_is_kin_to_the_province_of_its_city() -> None:
    assert links().kin({"jiangning"}) & {"jiangsu"}


@pytest.mark.parametrize(
    ("text", "id"),
    [
        pytest.param("魔都新开一家影院", "shanghai", id="nickname"),
        pytest.param("A hall in the Sichuan capital", "chengdu", id="capital"),
        pytest.param("TikTok owner hires", "bytedance", id="owner"),
        pytest.param("A carrier's new face", "china-mobile", id="trade"),
    ],
)
def test_a_nickname_or_trade_stands_for_a_name(text: str, id: str) -> None:
    (called,) = links().called_in(text)
    assert id in called.of
    assert links().kin({called.id}) & {id}


def test_links_name_entries_of_the_lexicon() -> None:
    linked = links()
    named = {id for id in linked.families if id not in linked.called}
    assert named | linked.seats.keys() | set(linked.seats.values()) <= {entry.id for entry in load().entries}


def test_acts_go_with_acts() -> None:
    acts = {id for id, sense in links().senses.items() if sense.is_act}
    assert {other for id in acts for other in links().senses[id].goes_with} <= acts
