"""Loading the sample press: copies get their text, and a file that does not fit is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.demo.sample import load_press, newsroom_folder
from pipeline.errors import MetabriefError

FRONT = """+++
title = "A bridge opens"
day = 1
published = 2022-02-21T08:00:00+08:00
author = "Nobody"
language = "en"
on_beat = false
event = "bridge"
note = "for a test"
+++
"""
COPY = FRONT.replace("day = 1", 'day = 1\nsame_as = "one/road"')
SITES = """[[site]]
key = "one"
name = "One"
tagline = "Only"
address = "127.0.0.1"
kind = "rss"
language = "en"
standing = 0.5
index = "/rss"
article = "/{slug}"
"""


def a_press(folder: Path, *, sites: str = SITES, article: str = FRONT + "It opened.\n") -> Path:
    (folder / "articles" / "one").mkdir(parents=True)
    (folder / "sites.toml").write_text(sites, encoding="utf-8")
    (folder / "articles" / "one" / "bridge.md").write_text(article, encoding="utf-8")
    return folder


def test_the_checkout_has_the_say_over_a_packaged_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "pipeline" / "demo" / "press.py"
    packaged, checkout = tmp_path / "pipeline/_samples/newsroom", tmp_path / "samples/newsroom"
    monkeypatch.setattr("pipeline.demo.sample.__file__", str(module))
    with pytest.raises(MetabriefError, match="sample press is missing"):
        newsroom_folder()
    for folder in (packaged, checkout):
        a_press(folder)
        assert newsroom_folder() == folder


@pytest.mark.parametrize(
    ("sites", "article", "complaint"),
    [
        (SITES, "It opened.\n", "bridge.md: not a front part"),
        (SITES, FRONT, "bridge.md: it needs either a body"),
        (SITES, COPY + "It opened.\n", "bridge.md: it needs either a body"),
        (SITES, COPY, "bridge.md: same_as: no article 'one/road'"),
        (SITES, FRONT.replace("title =", "titel =") + "It opened.\n", "bridge.md: .*titel"),
        (SITES, FRONT.replace("day = 1", "day = ") + "It opened.\n", "bridge.md: .*line 2"),
        (SITES.replace('"rss"', '"rsss"'), FRONT + "It opened.\n", "sites.toml: one: kind 'rsss'"),
        (SITES.replace('key = "one"\n', ""), FRONT + "It opened.\n", "sites.toml: .*'key'"),
    ],
    ids=[
        "no front",
        "no body",
        "body and same_as",
        "copy of nothing",
        "unknown label",
        "bad toml",
        "unknown kind",
        "no key",
    ],
)
def test_a_file_that_does_not_fit_is_named(tmp_path: Path, sites: str, article: str, complaint: str) -> None:
    with pytest.raises(MetabriefError, match=complaint) as caught:
        load_press(a_press(tmp_path, sites=sites, article=article))
    assert "\n" not in str(caught.value)


def test_a_copy_has_the_text_of_its_original(tmp_path: Path) -> None:
    folder = a_press(tmp_path, article=COPY.replace("opens", "is open"))
    (folder / "articles" / "one" / "road.md").write_text(FRONT + "It leads on.\n", encoding="utf-8")
    copy, original = load_press(folder).articles
    assert (copy.title, original.title) == ("A bridge is open", "A bridge opens")
    assert copy.paragraphs == original.paragraphs == ("It leads on.",)


def test_a_folder_without_a_press_is_named(tmp_path: Path) -> None:
    with pytest.raises(MetabriefError, match=r"sites\.toml: cannot be read"):
        load_press(tmp_path)
