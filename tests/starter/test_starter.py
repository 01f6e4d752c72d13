"""The files of a new newsroom."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import config, starter
from pipeline.app import open_newsroom
from pipeline.errors import ConfigurationError, MetabriefError, UsageError
from pipeline.starter import toml_string, write_files, write_newsroom

ANSWERS = {
    "name": "Sample Brief",
    "postal_address": config.SAMPLE_ADDRESS,
    "contact": "editor@news.example.org",
    "timezone": "Asia/Shanghai",
    "language": "en",
    "daily_title": "Sample Daily",
    "weekly_title": "Sample Weekly",
}


def files(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


def test_a_new_newsroom_opens_with_a_daily_and_a_weekly(tmp_path: Path) -> None:
    write_newsroom(tmp_path / "a" / "b", ANSWERS)
    with open_newsroom(tmp_path / "a" / "b") as newsroom:
        found = [(n.key, n.title, n.period, n.timezone) for n in newsroom.settings.newsletter]
        assert newsroom.sources
        assert newsroom.templates.files()
    assert found == [
        ("daily", "Sample Daily", "day", "Asia/Shanghai"),
        ("weekly", "Sample Weekly", "week", "Asia/Shanghai"),
    ]


def test_a_new_newsroom_has_its_settings_sources_beat_and_an_example_template(tmp_path: Path) -> None:
    write_newsroom(tmp_path, ANSWERS)
    assert set(files(tmp_path)) == {
        "metabrief.toml",
        "sources.toml",
        "lexicon.toml",
        "templates/phrases/en.toml",
    }


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_survives_as_toml(text: str) -> None:
    assert tomllib.loads(f"x = {toml_string(text)}") == {"x": text}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('The "Quoted" Press', id="quotes"),
        pytest.param("C:\\new\\table", id="backslashes"),
        pytest.param("元宇宙日报", id="Chinese"),
        pytest.param("$name ${title} $$ %s {0}", id="places of templates"),
        pytest.param("# no comment", id="a comment"),
        pytest.param("'''\"\"\"", id="triple quotes"),
        pytest.param("a\u2028b\u0085c", id="other line ends"),
    ],
)
def test_answers_survive_as_they_were_given(tmp_path: Path, text: str) -> None:
    write_newsroom(tmp_path, ANSWERS | {"name": text, "postal_address": text, "weekly_title": text})
    settings = config.load(tmp_path)
    assert settings.publisher.name == settings.publisher.postal_address == text
    assert settings.newsletter[1].title == text


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("name", "two\nlines", "[publisher] name"),
        ("name", "", "[publisher] name"),
        ("contact", "nobody", "[publisher] contact"),
        ("timezone", "Beijing", "timezone"),
        ("language", "de", "[publisher] language"),
    ],
)
def test_a_wrong_answer_is_refused_and_nothing_written(
    tmp_path: Path, key: str, value: str, words: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        write_newsroom(tmp_path / "new", ANSWERS | {key: value})
    assert words in str(caught.value)
    assert not (tmp_path / "new").exists()


def test_a_newsroom_is_never_overwritten(tmp_path: Path) -> None:
    write_newsroom(tmp_path, ANSWERS)
    before = files(tmp_path)
    with pytest.raises(UsageError, match="is a newsroom already"):
        write_newsroom(tmp_path, ANSWERS | {"name": "Other"})
    assert files(tmp_path) == before


def test_files_that_are_there_stay(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("# mine\n")
    write_newsroom(tmp_path, ANSWERS)
    assert (tmp_path / "sources.toml").read_text() == "# mine\n"


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MetabriefError, match="cannot be written"):
        write_newsroom(tmp_path / "file", ANSWERS)


def test_settings_come_last_so_that_a_half_made_folder_is_no_newsroom(tmp_path: Path) -> None:
    (tmp_path / "templates").write_text("in the way")
    with pytest.raises(MetabriefError, match="cannot be written"):
        write_newsroom(tmp_path, ANSWERS)
    assert not (tmp_path / config.FILE).exists()


def test_no_draft_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "x" / "y").mkdir(parents=True)
    write_files(tmp_path, {"a": "1", "b/c": "2"})
    assert files(tmp_path) == {"a": "1", "b/c": "2"}


_UNPRIVILEGED = """
import json, os, sys
from pathlib import Path
from pipeline.errors import MetabriefError
from pipeline.starter import write_newsroom
import pipeline.config.settings
if os.geteuid() == 0:
    os.setegid(65534)
    os.seteuid(65534)
try:
    write_newsroom(Path(sys.argv[1]), json.loads(sys.argv[2]))
except MetabriefError as error:
    print(error)
"""


@pytest.mark.parametrize("mode", [0o555, 0o000], ids=["no writing", "no rights at all"])
@pytest.mark.parametrize("folder", [".", "new"])
def test_a_folder_without_rights_is_told_in_one_line_and_left_as_it_was(
    public_folder: Path, mode: int, folder: str
) -> None:
    import json

    locked = public_folder / "locked"
    locked.mkdir()
    locked.chmod(mode)
    done = subprocess.run(
        [sys.executable, "-c", _UNPRIVILEGED, str(locked / folder), json.dumps(ANSWERS)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(starter.__file__).parents[2],
    )
    locked.chmod(0o755)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    assert "Permission denied" in done.stdout
    assert list(locked.iterdir()) == []
