"""The document that turns the product to another beat says all that it takes; what it says is done here, word for word."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ended, Metabrief
from tests.fetch.conftest import Reply, Site

DOCUMENT = Path(__file__).parents[2] / "docs" / "another-beat.md"
ARTICLES = tomllib.loads((Path(__file__).parent / "chips" / "articles.toml").read_text(encoding="utf-8"))[
    "article"
]
ON_BEAT = {article["title"]: article["section"] for article in ARTICLES if "section" in article}
OUTLETS = ("fab-observer", "brussels-ledger")
PAGE = "<!doctype html><html lang='en'><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body></html>"
OPEN = '\n[fetch]\nallow_private = ["127.0.0.0/8"]\npause = "0s"\n'
"""What this press needs, since it is on the loopback."""


@dataclass(frozen=True, kw_only=True)
class Turned:
    """The newsroom that the document made, and how each of its commands ended."""

    home: Path
    ended: dict[str, Ended]


@pytest.fixture
def press() -> Iterator[Site]:
    """Serve both outlets on one site, each with a feed of its own, without any date."""
    site = Site()
    site.start()
    try:
        for outlet in OUTLETS:
            mine = [(f"/{outlet}/{at}", told) for at, told in enumerate(ARTICLES) if told["outlet"] == outlet]
            items = "".join(
                f"<item><title>{told['title']}</title><link>{site.url(path)}</link></item>"
                for path, told in mine
            )
            feed = f'<rss version="2.0"><channel><title>{outlet}</title>{items}</channel></rss>'
            site.replies[f"/{outlet}/feed"] = Reply(body=feed.encode(), content_type="application/rss+xml")
            site.replies |= {path: Reply(body=page_of(told)) for path, told in mine}
        yield site
    finally:
        site.stop()


def page_of(told: dict[str, Any]) -> bytes:
    paragraphs = "".join(f"<p>{line}</p>" for line in told["text"].split("\n") if line)
    return PAGE.format(title=told["title"], text=paragraphs).encode()


@pytest.fixture
def turned(press: Site, metabrief: Metabrief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Turned:
    """Do what the document says, block by block, with its invented outlets on the loopback."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chips").mkdir()
    headlines = (
        '{"title": "EU ministers vote on the Chips Act"}\n{"title": "Shanghai opens a metaverse hall"}\n'
    )
    (tmp_path / "chips" / "headlines.jsonl").write_text(headlines, encoding="utf-8")
    ended: dict[str, Ended] = {}
    blocks = re.findall(
        r"^```(sh|toml)\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    for kind, block in blocks:
        named = re.match(r"# (\S+)\n", block)
        if kind == "toml" and named:
            own = re.sub(r"https://([\w-]+)\.example(?=[/\"])", lambda m: press.url(f"/{m[1]}"), block)
            Path(named[1]).write_text(own + (OPEN if named[1] == "metabrief.toml" else ""), encoding="utf-8")
        for line in block.splitlines() if kind == "sh" else ():
            program, *words = shlex.split(line)
            if program == "cd":
                monkeypatch.chdir(words[0])
            else:
                ended[line] = metabrief(*words)
                assert ended[line].code in (0, 3), f"{line}: {ended[line].err}"
    return Turned(home=tmp_path / "chips", ended=ended)


def test_the_document_turns_the_product_to_another_beat(turned: Turned, metabrief: Metabrief) -> None:
    shown = metabrief("--home", turned.home, "issues", "show", "latest", "--json").json
    assert {item["headline"] for item in shown["items"]} == set(ON_BEAT)
    why = metabrief("--home", turned.home, "issues", "why", "latest", "--json").json
    reasons = {out["title"]: out["why"] for out in why["left_out"]}
    assert set(reasons) == {article["title"] for article in ARTICLES} - set(ON_BEAT)
    assert all(reason.startswith("off the beat") for reason in reasons.values())
    assert any("the EU: “Dresden” in the title" in reason for item in why["items"] for reason in item["why"])
    no_problem = turned.ended["metabrief doctor"].out
    assert "EU chip policy: " in no_problem
    assert "has no name in" not in no_problem
    tried = turned.ended["metabrief try select --jsonl headlines.jsonl"].out.splitlines()
    assert ['"relevant": true' in row for row in tried] == [True, False]


def test_the_mail_speaks_of_that_beat_alone(turned: Turned) -> None:
    parts = [path.read_text(encoding="utf-8") for path in (turned.home / "out").iterdir()]
    assert len(parts) == 5
    for part in parts:
        assert not re.search(r"china|chinese|metaverse", part, re.IGNORECASE)
    (text,) = (turned.home / "out").glob("*.txt")
    mail = text.read_text(encoding="utf-8")
    assert "here is what is new in EU chip policy." in mail
    heads = re.findall(r"^(\w+)\n-+$", mail, re.MULTILINE)
    assert heads == ["Rules", "Plants", "Research", "Firms"]
    for title, section in ON_BEAT.items():
        first_words = " ".join(title.split()[:4])
        before = mail[: mail.rindex(first_words)]
        assert re.findall(r"^(\w+)\n-+$", before, re.MULTILINE)[-1] == section


def test_news_of_rivals_in_like_words_is_no_one_story(turned: Turned, metabrief: Metabrief) -> None:
    told = "{} profit fell in the third quarter as carmakers in Germany ordered fewer chips for {} million euros."
    rows = [
        {"id": firm, "title": f"{firm} profit falls on weak car sales", "text": told.format(firm, millions)}
        for firm, millions in (("Infineon", 400), ("NXP", 600), ("STMicroelectronics", 250))
    ]
    (turned.home / "rivals.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    ended = metabrief("--home", turned.home, "try", "cluster", "--jsonl", turned.home / "rivals.jsonl")

    assert len({json.loads(line)["story"] for line in ended.out.splitlines()}) == len(rows)


def test_a_misspelt_key_stops_a_run_with_one_line(turned: Turned, metabrief: Metabrief) -> None:
    lexicon = turned.home / "lexicon.toml"
    lexicon.write_text(lexicon.read_text(encoding="utf-8").replace("pure_play", "pureplay"), encoding="utf-8")
    for words in (("run", "daily"), ("doctor",), ("try", "select", "--jsonl", "headlines.jsonl")):
        ended = metabrief("--home", turned.home, *words)
        assert (ended.code, ended.err.count("\n")) == (2, 1), ended
        assert "[[company]] asml: pureplay is not a known key; the nearest is 'pure_play'" in ended.err
