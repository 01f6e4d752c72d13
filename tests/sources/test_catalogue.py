from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ConfigurationError
from pipeline.model import Source
from pipeline.sources.catalogue import load, merge, shipped

WHOLE = """
[[source]]
key = "morning"
name = "Morning Paper"
home = "https://morning.example/"
language = "en"
feed = "https://morning.example/rss"
standing = 0.7
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_catalogue_is_large_and_balanced() -> None:
    sources = shipped()
    chinese = [source for source in sources if source.language == "zh"]
    assert len(sources) >= 22
    assert 0.4 <= len(chinese) / len(sources) <= 0.6
    assert all(source.enabled for source in sources)
    assert len({source.address for source in sources}) == len(sources)


def test_a_source_carries_what_its_table_says(tmp_path: Path) -> None:
    assert load(written(tmp_path, WHOLE)) == (
        Source(
            key="morning",
            name="Morning Paper",
            home="https://morning.example/",
            language="en",
            feed="https://morning.example/rss",
            standing=0.7,
        ),
    )


def test_a_list_page_with_selectors_will_do(tmp_path: Path) -> None:
    text = WHOLE.replace("feed =", 'item_selector = "li.news > a"\nlisting =')
    (source,) = load(written(tmp_path, text))
    assert (source.feed, source.listing, source.item_selector) == (
        None,
        "https://morning.example/rss",
        "li.news > a",
    )


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "\ufeff# written by an editor of another system\n"])
def test_a_file_without_sources_is_empty(tmp_path: Path, text: str) -> None:
    assert load(written(tmp_path, text)) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            WHOLE.replace("standing", "standig"),
            r"'morning': unknown field 'standig' \(did you mean 'standing'\?\)",
            id="field",
        ),
        pytest.param(WHOLE.replace("0.7", "7"), "'morning': standing .* from 0 to 1", id="standing"),
        pytest.param(WHOLE.replace("0.7", "true"), "standing", id="standing is no switch"),
        pytest.param(
            WHOLE.replace("https://morning.example/rss", "ftp://morning.example/rss"),
            "feed .* http:// or https://",
            id="ftp",
        ),
        pytest.param(
            WHOLE.replace('"https://morning.example/"', '"morning.example"'),
            "home .* http:// or https://",
            id="home",
        ),
        pytest.param(WHOLE.replace('"en"', '"English!"'), "language .* language tag", id="language"),
        pytest.param(WHOLE.replace('"morning"', '"Morning Paper"'), "key .* small letters", id="key"),
        pytest.param(WHOLE.replace('key = "morning"', ""), "number 1: key", id="no key"),
        pytest.param(WHOLE.replace('name = "Morning Paper"', "name = 3"), "name .* one line", id="name"),
        pytest.param(
            WHOLE.replace('feed = "https://morning.example/rss"', ""),
            "feed is missing .* listing",
            id="no address",
        ),
        pytest.param(
            WHOLE + 'item_selector = "li["', "item_selector 'li\\[' is no CSS selector", id="selector"
        ),
        pytest.param(WHOLE + 'enabled = "no"', "enabled .* true or false", id="enabled"),
        pytest.param(WHOLE + WHOLE, "'morning' stands there twice", id="twice"),
        pytest.param(WHOLE.replace("[[source]]", "[[sources]]"), r"'sources' .* \[\[source\]\]", id="table"),
        pytest.param("source = 3", r"write each as \[\[source\]\]", id="no table"),
        pytest.param("[[source", "is not valid TOML", id="syntax"),
    ],
)
def test_a_mistake_is_named_with_file_source_and_field(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        load(written(tmp_path, text))
    assert str(tmp_path / "sources.toml") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml: cannot be read"):
        load(tmp_path / "nowhere.toml")


def test_a_file_in_another_charset_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes('name = "晨报"'.encode("gb18030"))
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        load(path)


def paper(key: str, **changes: object) -> Source:
    fields: dict[str, object] = {
        "key": key,
        "name": key,
        "home": f"https://{key}.example/",
        "language": "en",
        **changes,
    }
    return Source(**fields)  # type: ignore[arg-type]


def test_the_newsrooms_own_source_wins_by_key_and_new_ones_follow() -> None:
    merged = merge([paper("a"), paper("b")], [paper("a", name="Ours"), paper("c")])
    assert [(source.key, source.name) for source in merged] == [("a", "Ours"), ("b", "b"), ("c", "c")]


def test_a_shipped_source_is_switched_off_by_its_key_alone(tmp_path: Path) -> None:
    own = load(written(tmp_path, '[[source]]\nkey = "a"\nenabled = false\n'))
    assert merge([paper("a"), paper("b")], own) == (paper("a", enabled=False), paper("b"))


def test_switching_off_an_unknown_source_names_the_nearest(tmp_path: Path) -> None:
    own = load(written(tmp_path, '[[source]]\nkey = "technod"\nenabled = false\n'))
    with pytest.raises(ConfigurationError, match="did you mean 'technode'"):
        merge([paper("technode")], own)
