"""Where templates come from, and what is said of one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import TemplateError
from pipeline.render.phrases import load_phrases
from pipeline.render.templates import Templates, open_templates, shipped_folder
from pipeline.render.variant import render
from tests.render.samples import FULL, masthead


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "issue").mkdir()
    (tmp_path / "phrases").mkdir()
    return tmp_path


def html(own: Path) -> str:
    return render(FULL, language="en", masthead=masthead("en"), templates=open_templates(own)).html


def test_a_newsrooms_file_wins_and_the_others_stay(own: Path) -> None:
    (own / "issue" / "masthead.mjml.j2").write_text(
        "<mj-text><h1>Our own {{ masthead.title }}</h1></mj-text>"
    )
    made = html(own)
    assert "<h1>Our own China Metaverse Daily</h1>" in made
    assert "In this issue" not in made
    assert "not investment advice" in made


def test_a_newsrooms_phrase_wins_and_the_others_stay(own: Path) -> None:
    (own / "phrases" / "en.toml").write_text('unsubscribe = "Leave us & never return (unsubscribe)"')
    made = html(own)
    assert "Leave us &amp; never return (unsubscribe)" in made
    assert "Change your preferences" in made


def test_the_newsrooms_folder_need_not_exist(tmp_path: Path) -> None:
    assert open_templates(tmp_path / "absent").folders == (shipped_folder(),)


def test_files_say_which_are_the_newsrooms_own(own: Path) -> None:
    (own / "issue" / "item.mjml.j2").write_text("")
    files = {file.name: file for file in open_templates(own).files()}
    assert files["issue/item.mjml.j2"].is_own
    assert files["issue/item.mjml.j2"].path.parent.parent == own
    assert not files["text/issue.txt.j2"].is_own
    assert "phrases/zh.toml" in files


def test_a_checkouts_templates_win_over_a_copy_in_the_package(tmp_path: Path) -> None:
    package = tmp_path / "pipeline"
    (package / "_templates" / "issue").mkdir(parents=True)
    assert shipped_folder(package) == package / "_templates"
    (tmp_path / "templates" / "issue").mkdir(parents=True)
    assert shipped_folder(package) == package / "_templates"
    (tmp_path / "pyproject.toml").touch()
    assert shipped_folder(package) == tmp_path / "templates"


BROKEN = [
    pytest.param("a\n{% if %}\n", "line 2: Expected an expression", id="syntax"),
    pytest.param("a\n\n{{ nobody }}\n", "line 3: 'nobody' is undefined", id="unknown name"),
    pytest.param("{{ masthead.nothing }}", "line 1: .*no attribute 'nothing'", id="unknown attribute"),
    pytest.param("{{ 1 / 0 }}", "line 1: division by zero", id="any other failure"),
    pytest.param("\n{{ masthead.__class__.__mro__ }}", "line 2: .*unsafe", id="way out of the sandbox"),
    pytest.param("{% include 'issue/gone.j2' %}", "issue/gone.j2: no such template", id="absent include"),
    pytest.param("{% include '../../etc/passwd' %}", "no such template", id="include outside"),
    pytest.param("{% include 'issue/masthead.mjml.j2' %}", "line 1: maximum recursion", id="includes itself"),
    pytest.param("{{ say('nothing') }}", "phrases/en.toml: cannot say 'nothing'", id="unknown phrase"),
    pytest.param("{{ 'x' | nofilter }}", "line 1: No filter named 'nofilter'", id="unknown filter"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "message"), BROKEN)
def test_a_broken_template_is_named_with_its_line(own: Path, source: str, message: str) -> None:
    (own / "issue" / "masthead.mjml.j2").write_text(source)
    with pytest.raises(TemplateError, match=message) as caught:
        html(own)
    assert "\n" not in str(caught.value)
    if "line" in message:
        assert str(own / "issue" / "masthead.mjml.j2") in str(caught.value)


def test_a_template_that_is_not_utf8_is_named(own: Path) -> None:
    (own / "issue" / "quiet.mjml.j2").write_bytes("静".encode("gbk"))
    with pytest.raises(TemplateError, match="UTF-8"):
        open_templates(own).render("issue/quiet.mjml.j2")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("unsubscribe = ", "phrases/en.toml: not TOML"),
        ("unsubscribe = 3", "'unsubscribe' must be text"),
        ('unsubscibe = "Leave"', "unknown phrase 'unsubscibe' \\(did you mean 'unsubscribe'"),
    ],
)
def test_a_wrong_phrase_file_is_named(own: Path, words: str, message: str) -> None:
    (own / "phrases" / "en.toml").write_text(words)
    with pytest.raises(TemplateError, match=message):
        load_phrases(open_templates(own), "en")


def test_both_languages_have_the_same_phrases() -> None:
    english, chinese = (load_phrases(Templates(), language).words for language in ("en", "zh"))
    assert english.keys() == chinese.keys()
    places = {key: sorted(part.split("}")[0] for part in english[key].split("{")[1:]) for key in english}
    for key, names in places.items():
        assert sorted(part.split("}")[0] for part in chinese[key].split("{")[1:]) in (names, [])
