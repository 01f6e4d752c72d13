"""Scoring a folder of labelled sets, from the command to the figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bench.evaluate import main

SECRET = "Lanting opens a metaverse fund"
TEXT = "Lanting, a district of Shanghai, has opened a fund of 10 billion yuan for metaverse firms. It is the first fund of its kind there."
CHINESE = "兰汀区周一设立了100亿元的元宇宙产业基金。"
PAGE = f"<html><head><title>{SECRET}</title></head><body><article><h1>{SECRET}</h1><p>{TEXT * 3}</p></article></body></html>"
REPORT = """From: MAILER-DAEMON@relay.example
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; ann@reader.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 {reply}
"""
SETS: Mapping[str, list[dict[str, Any]]] = {
    "relevance_headlines": [
        {"id": "1", "title": f"{SECRET} in China", "label": "yes", "language": "en"},
        {"id": "2", "title": "The metaverse of a novelist from Lyon", "label": "no", "language": "en"},
    ],
    "same_story_headlines": [
        {"id": "1", "a": SECRET, "b": SECRET, "label": "same_story"},
        {"id": "2", "a": SECRET, "b": "A cook book wins a prize", "label": "different"},
    ],
    "story_en": [{"id": str(n), "title": SECRET, "text": TEXT, "gold": "fund"} for n in range(2)],
    "summary_en": [
        {"id": "1", "text": TEXT, "reference": TEXT, "lead": TEXT, "language": "en", "sentences": 2}
    ],
    "summary_zh": [
        {
            "id": "1",
            "text": CHINESE,
            "reference": "兰汀设基金",
            "lead": CHINESE,
            "language": "zh",
            "sentences": 1,
        }
    ],
    "faithful_en": [
        {"id": "1", "source": TEXT, "summary": "The fund holds 12 billion yuan.", "supported": False},
        {"id": "2", "source": TEXT, "summary": TEXT, "supported": True},
    ],
    "extract_chinese": [{"id": "1", "path": "page.html", "articleBody": TEXT * 3, "title": SECRET.upper()}],
    "bounces": [
        {"id": "1", "path": "gone.eml", "kind": "hard", "recipients": 1},
        {"id": "2", "path": "blocked.eml", "kind": "ours", "recipients": 1},
    ],
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    for name, reply in (("gone", "User unknown"), ("blocked", "Your host is blocked")):
        (folder / f"{name}.eml").write_text(REPORT.format(reply=reply), encoding="utf-8")
    for name, rows in SETS.items():
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def test_each_set_is_scored_beside_a_plain_method(corpus: Path, tmp_path: Path) -> None:
    written = tmp_path / "figures.json"
    assert main(["--corpus", str(corpus), "--json", str(written)]) == 0
    found = {row["set"]: row["figures"] for row in json.loads(written.read_text(encoding="utf-8"))}
    assert found["relevance_headlines"]["precision"] == {"ours": 1.0, "plain": 0.5}
    assert found["same_story_headlines"]["F1"] == {"ours": 1.0, "plain": 1.0}
    assert found["story_en"]["B-cubed F1"] == {"ours": 1.0, "plain": pytest.approx(2 / 3, abs=1e-4)}
    assert found["summary_en"]["ROUGE-L"] == {"ours": 1.0, "plain": 1.0}
    assert found["faithful_en"]["recall"] == {"ours": 1.0, "plain": 1.0}
    assert found["faithful_en"]["false alarms"] == {"ours": 0.0, "plain": 0.0}
    assert found["changed_numbers_en"]["recall"] == {"ours": 1.0, "plain": 1.0}
    assert found["headlines_zh"] == {"false alarms": {"ours": 0.0, "plain": 0.0}}
    assert found["extract_chinese"]["text F1"]["ours"] == 1.0
    assert found["extract_chinese"]["title"]["ours"] == 1.0
    assert found["bounces"] == {
        "kind right": {"ours": 1.0, "plain": 0.5},
        "hard: precision": {"ours": 1.0, "plain": 0.5},
        "hard: recall": {"ours": 1.0, "plain": 1.0},
        "recipients": {"ours": 1.0, "plain": 1.0},
    }
    assert set(found["charsets"]) == {"gb18030", "big5", "utf-8"}


def test_what_is_absent_is_passed_over_with_a_line(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--corpus", str(corpus)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "passed over story_zh: there is no story_zh.jsonl" in lines


def test_misses_name_the_row_on_the_terminal_and_no_file_quotes_it(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"id": "lost", "title": f"{SECRET} in China", "label": "no", "language": "en"}] * 9
    (corpus / "relevance_headlines.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    written = tmp_path / "figures.md"
    assert main(["--corpus", str(corpus), "--markdown", str(written), "--misses", "1"]) == 0
    lost = [line for line in capsys.readouterr().out.splitlines() if "lost: " in line]
    assert len(lost) == 1
    assert "expected 'no'" in lost[0]
    assert f"{SECRET} in China" in lost[0]
    assert "| relevance_headlines | 9 |" in written.read_text(encoding="utf-8")
    assert SECRET not in written.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        pytest.param(lambda folder: folder / "missing", 2, id="no folder"),
        pytest.param(lambda folder: folder / "page.html", 2, id="a file"),
        pytest.param(
            lambda folder: (folder / "story_en.jsonl").write_bytes(b"{") and folder, 1, id="a broken line"
        ),
        pytest.param(
            lambda folder: (folder / "story_en.jsonl").write_bytes(b'{"id": "1"}') and folder,
            1,
            id="a missing label",
        ),
    ],
)
def test_a_corpus_that_cannot_be_scored_ends_in_one_line(
    corpus: Path, capsys: pytest.CaptureFixture[str], spoil: Any, code: int
) -> None:
    assert main(["--corpus", str(spoil(corpus))]) == code
    said = capsys.readouterr().err
    assert said.startswith("evaluate: ")
    assert said.count("\n") == 1
