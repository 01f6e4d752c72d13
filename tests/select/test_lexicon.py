"""Names are found where they stand, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ConfigurationError
from pipeline.select.lexicon import TABLES, Lexicon, load

SMALL = """
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
    ("content", "message"),
    [
        pytest.param("[[topic", "cannot be read as a lexicon", id="no-toml"),
        pytest.param('[[topics]]\nid = "x"', "unknown table 'topics'", id="unknown-table"),
        pytest.param(
            '[[topic]]\nid = "x"\ncolour = "red"', "x: colour = 'red' is not understood", id="unknown-key"
        ),
        pytest.param(
            '[[topic]]\nid = "x"\nweight = "high"', "x: weight = 'high' is not understood", id="wrong-type"
        ),
        pytest.param('[[topic]]\nen = ["x"]', "give it an id", id="no-id"),
        pytest.param('[[topic]]\nid = "x"\nen = [" "]', "names that are not empty", id="blank-name"),
    ],
)
def test_a_wrong_file_is_refused_by_name(content: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "lexicon.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message) as caught:
        load(file)
    assert str(file) in str(caught.value)


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
