"""A newsroom's own lexicon: over the shipped one, or alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pipeline
from pipeline.errors import ConfigurationError
from pipeline.select.lexicon import Lexicon, LexiconEntry, load

ALONE = """
[beat]
en = "Utopia’s ponds"
home = "Utopia"
sections = ["water", "frogs"]
offices = "water"
firms = "frogs"
background = "water"
seats = { Amaurot = 0.9 }

[[topic]]
id = "pond"
en = ["pond"]
weight = 3
section = "water"
"""


@pytest.fixture(scope="module")
def shipped() -> Lexicon:
    return load()


def read(tmp_path: Path, text: str) -> Lexicon:
    file = tmp_path / "lexicon.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def entry(lexicon: Lexicon, table: str, id: str) -> LexiconEntry | None:
    return next((e for e in lexicon.entries if (e.table, e.id) == (table, id)), None)


def test_a_file_alone_is_the_whole_beat_but_for_the_weights(tmp_path: Path, shipped: Lexicon) -> None:
    own = read(tmp_path, ALONE)
    assert [each.id for each in own.entries] == ["pond"]
    assert (own.beat.name("en"), own.beat.name("zh")) == ("Utopia’s ponds", "Utopia’s ponds")
    assert own.weights == shipped.weights


def test_entries_join_the_shipped_ones_or_take_their_place(tmp_path: Path, shipped: Lexicon) -> None:
    own = read(
        tmp_path,
        'extends = "shipped"\n[[company]]\nid = "pondweed"\nen = ["Pondweed"]\n'
        '[[company]]\nid = "tencent"\nen = ["Tencent"]\nsize = 1\n',
    )
    assert len(own.entries) == len(shipped.entries) + 1
    assert entry(own, "company", "pondweed")
    tencent = entry(own, "company", "tencent")
    assert tencent
    assert (tencent.names, tencent.size) == (("Tencent",), 1)


def test_what_is_removed_is_gone(tmp_path: Path, shipped: Lexicon) -> None:
    own = read(tmp_path, 'extends = "shipped"\nremove = ["tencent", "nft"]')
    assert entry(shipped, "company", "tencent")
    assert entry(own, "company", "tencent") is None


def test_beat_weights_and_glosses_are_changed_key_by_key(tmp_path: Path, shipped: Lexicon) -> None:
    own = read(
        tmp_path,
        'extends = "shipped"\n[beat]\nen = "Utopia"\n[ranking]\nsize = 0.5\n[gloss]\n"淘宝" = "TB"\n',
    )
    assert (own.beat.en, own.beat.home) == ("Utopia", "China")
    assert (own.weights.size, own.weights.relevance) == (0.5, shipped.weights.relevance)
    assert (own.glosses["淘宝"], own.glosses["天猫"]) == ("TB", "Tmall")


WRONG = {
    "base": ('extends = "other"', "extends = 'other' is not known; write \"shipped\""),
    "remove-alone": (f"remove = ['pond']\n{ALONE}", 'remove needs extends = "shipped" beside it'),
    "remove-unknown": (
        'extends = "shipped"\nremove = ["tencnet"]',
        "remove: no shipped entry is called 'tencnet'; the nearest is 'tencent'",
    ),
    "remove-no-list": ('extends = "shipped"\nremove = "tencent"', "remove must be a list of ids"),
    "table": ("[[topics]]", "topics is not a known table; the nearest is 'topic'"),
    "one-table": ('[topic]\nid = "x"', "[topic] must be a list of tables; write [[topic]]"),
    "many-tables": ("[[beat]]", "beat must be one table; write [beat]"),
    "key": (
        f'{ALONE}\n[[company]]\nid = "x"\nseet = "Amaurot"',
        "[[company]] x: seet is not a known key; the nearest is 'seat'",
    ),
    "table-key": (f'{ALONE}\n[[company]]\nid = "x"\ntable = "topic"', "it is said by [[company]]"),
    "beat-key": (ALONE.replace("firms", "firm"), "[beat] firm is not a known key; the nearest is 'firms'"),
    "beat-missing": ("[[topic]]\nid = 'x'", "[beat] en: is required; add it"),
    "weight": (f'{ALONE}\n[ranking]\nsize = "big"', "[ranking] size: must be a number"),
    "negative": (f"{ALONE}\n[ranking]\nsize = -1", "[ranking] size: Input should be greater than"),
    "weight-key": (f"{ALONE}\n[ranking]\nsizes = 1", "[ranking] sizes is not a known key; the nearest is 'size'"),
    "gloss": (f"{ALONE}\n[gloss]\nx = 1", "[gloss] x: must be text in quotes"),
    "section": (ALONE.replace('"water"\nfirms', '"watr"\nfirms'), "[beat] offices: there is no section 'watr'"),
    "entry-section": (
        ALONE.replace('weight = 3\nsection = "water"', 'weight = 3\nsection = "frog"'),
        "[[topic]] pond: there is no section 'frog' in [beat]; the nearest is 'frogs'",
    ),
    "seat": (
        f'{ALONE}\n[[company]]\nid = "x"\nen = ["Xy"]\nseat = "moon"',
        "[[company]] x: there is no seat 'moon' in [beat]; the nearest is",
    ),
    "action": (f'{ALONE}\n[[off_topic]]\nid = "x"\nen = ["Xy"]\naction = "rejekt"', "[[off_topic]] x: action"),
    "no-name": (f'{ALONE}\n[[company]]\nid = "x"', "[[company]] x: has no name; add en or zh_hans"),
    "one-letter": (f'{ALONE}\n[[topic]]\nid = "x"\nen = ["a"]', "[[topic]] x: the name 'a' is a single sign"),
    "twice": (f'{ALONE}\n[[topic]]\nid = "pond"', "two [[topic]] have the id 'pond'"),
    "no-toml": ("[[topic", "cannot be read as a lexicon"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_in_one_line_with_the_nearest_key(
    text: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text)
    said = str(caught.value)
    assert message in said
    assert said.startswith(str(tmp_path / "lexicon.toml"))
    assert "\n" not in said


PIPELINE = Path(pipeline.__file__).parent
STAGES = ("select", "compose", "render", "jobs", "trial", "desk", "doctor", "store", "deliver")


@pytest.mark.parametrize("stage", STAGES)
def test_what_ties_the_product_to_its_beat_is_no_code(stage: str) -> None:
    code = {path: path.read_text(encoding="utf-8") for path in (PIPELINE / stage).rglob("*.py")}
    named = [
        path.name
        for path, text in code.items()
        if re.search(r"china|metaverse|元宇宙|中国", text, re.IGNORECASE)
    ]
    assert (bool(code), named) == (True, [])
