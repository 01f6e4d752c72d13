"""Documents that cannot lie: their examples run, their keys exist, their links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from pydantic import BaseModel

from pipeline.config import Settings
from pipeline.config.sections import Newsletter
from tests.cli.conftest import Metabrief, add_settings, home, metabrief, press

__all__ = ["home", "metabrief", "press"]

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
SECTIONS = {"newsletter": Newsletter}


def shell_blocks(page: Path) -> list[list[list[str]]]:
    """Return the commands of each shell block as words, without their comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [
        [words for line in block.splitlines() if (words := shlex.split(line, comments=True))]
        for block in blocks
    ]


WEEKLY = """
[[newsletter]]
key = "weekly"
title = "Test Weekly"
schedule = "0 6 * * mon"
timezone = "Asia/Shanghai"
period = "week"
"""
"""What `init` writes beside a daily."""

FILES = {
    "list.csv": "email\nann@test.example\n",
    "returned.mbox": "From MAILER-DAEMON Tue Feb 22 06:05:00 2022\nSubject: Undelivered Mail\n\nUser unknown\n",
    "headlines.jsonl": '{"title": "Shanghai opens a metaverse fund"}\n{"title": "Rain in Wuhan"}\n',
    "mails.jsonl": '{"id": 1, "path": "back.eml"}\n',
    "back.eml": "From: MAILER-DAEMON@relay.example\nSubject: failure notice\n\n<ann@reader.example>:\nNo such user (#5.1.1)\n",
    "article.html": f"<title>A hall</title><article>{'<p>A hall opened on Monday. It has two rooms.</p>' * 5}</article>",
}
"""What the examples are tried on."""


def furnish(folder: Path, home: Path) -> None:
    """Give a folder the test newsroom's settings, so that examples in it reach no outside source, and small files."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("metabrief.toml", "sources.toml"):
        (folder / name).write_text((home / name).read_text(encoding="utf-8"), encoding="utf-8")


BLOCKS = [(page, number) for page in PAGES for number in range(len(shell_blocks(page)))]


@pytest.mark.parametrize(
    ("page", "number"), BLOCKS, ids=lambda value: value.name if isinstance(value, Path) else str(value)
)
def test_the_examples_run(
    page: Path, number: int, metabrief: Metabrief, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_settings(home, WEEKLY)
    furnish(home, home)
    monkeypatch.chdir(home)
    for program, *words in shell_blocks(page)[number]:
        if program == "make":
            makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
            assert re.search(rf"^{words[0]}:.*## ", makefile, re.MULTILINE)
        elif program == "cd":
            furnish(Path(words[0]), home)
            monkeypatch.chdir(words[0])
        else:
            assert program == "metabrief"
            ended = metabrief(*words)
            assert ended.code in (0, 3), f"{words}: {ended.err}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def keys(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


@pytest.mark.parametrize("section", sorted(keys(Settings)))
def test_every_key_of_the_configuration_is_documented(section: str) -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert f"[{section}]" in text
    annotation = SECTIONS.get(section, Settings.model_fields[section].annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        assert all(
            f"`{key}`" in text or f"[{section}] {key}`" in text or f"[[{section}]] {key}`" in text
            for key in keys(annotation)
        )


def test_every_template_is_documented() -> None:
    text = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
    shipped = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    assert shipped
    assert [path for path in shipped if f"`{path.relative_to(ROOT / 'templates')}`" not in text] == []
