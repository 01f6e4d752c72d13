"""``try`` as a person uses it, and what it makes of hostile rows and files."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from pipeline.trial import rows as json_rows
from tests.cli.conftest import Ended, Metabrief

TEXT = """Shanghai opens a metaverse fund

Shanghai has opened a fund of 10 billion yuan for metaverse firms, the city said on Monday. It will run for five years.
"""


def in_base64(body: bytes) -> str:
    return base64.b64encode(body).decode()


def only_answer(metabrief: Metabrief, stage: str, line: bytes, folder: Path) -> dict[str, Any]:
    """Answer one hostile line; that it is answered at all, with status 0 and as one line of JSON, is part of it."""
    file = folder / "rows.jsonl"
    file.write_bytes(line)
    ended = metabrief("try", stage, "--jsonl", file)
    assert (ended.code, ended.err) == (0, "")
    [found] = [json.loads(answered) for answered in ended.out.split("\n") if answered]
    assert isinstance(found, dict)
    return found


def is_one_line(ended: Ended) -> bool:
    return ended.err.startswith("metabrief: ") and ended.err.count("\n") == 1 and "Traceback" not in ended.err


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    file = tmp_path / "fund.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param(b"no json", "no JSON", id="no JSON"),
        pytest.param(b"[1, 2]", "no JSON object", id="a list"),
        pytest.param(b"null", "no JSON object", id="null"),
        pytest.param(b'{"id": 1, "title": "\xff\xfe"}', "no UTF-8", id="bytes that are no text"),
        pytest.param(b'{"id": NaN, "title": "x"}', "NaN is no JSON", id="NaN"),
        pytest.param(b'{"id": 1e999, "title": "x"}', "too large", id="a number beyond measure"),
        pytest.param(b'{"id": ' + b"9" * 5000 + b"}", "no JSON", id="a number beyond reading"),
        pytest.param(b"[" * 100_000, "no JSON", id="lists in lists"),
        pytest.param(b'{"title": 5}', "title: ", id="a title that is a number"),
        pytest.param(b'{"title": "x", "text": null}', "text: ", id="a text that is null"),
        pytest.param(b'{"title": "x", "text": ["y"]}', "text: ", id="a text that is a list"),
        pytest.param(b'{"text": "x", "language": "no such"}', "language: ", id="a language that is none"),
    ],
)
def test_a_line_that_is_no_row_says_why(metabrief: Metabrief, tmp_path: Path, line: bytes, says: str) -> None:
    found = only_answer(metabrief, "summarise", line, tmp_path)
    assert list(found) == ["id", "error"]
    assert says in found["error"]


@pytest.mark.parametrize("empty", ["source", "summary"])
def test_nothing_is_not_checked(metabrief: Metabrief, tmp_path: Path, empty: str) -> None:
    row = {"source": "The hall opened.", "summary": "The hall opened.", empty: " \n "}
    found = only_answer(metabrief, "check", json.dumps(row).encode(), tmp_path)
    assert found == {"id": None, "error": f"{empty}: empty; give the text to be compared"}


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b'\xef\xbb\xbf{"id": 1, "title": "Metaverse in China"}', id="byte order mark"),
        pytest.param(b'{"id": 1, "title": "Metaverse in China \\ud800"}', id="half a surrogate pair"),
        pytest.param(
            b'{"id": 1, "title": "Meta\\u200bverse in \\u202eChi\\u0000na"}', id="hidden characters"
        ),
        pytest.param(b'{"id": 1, "title": "Metaverse in China", "text": null, "n": 1e5}\r', id="more fields"),
        pytest.param(b'{"id": 1, "title": "Metaverse in China", "language": "en-GB"}', id="a region"),
    ],
)
def test_an_odd_row_is_judged_all_the_same(metabrief: Metabrief, tmp_path: Path, line: bytes) -> None:
    assert only_answer(metabrief, "select", line, tmp_path)["relevant"] is True


def test_half_a_surrogate_pair_in_a_summary_is_nothing(metabrief: Metabrief, tmp_path: Path) -> None:
    line = b'{"id": 1, "source": "It cost 5 yuan \\udc00.", "summary": "It cost 5 yuan \\ud800."}'
    assert only_answer(metabrief, "check", line, tmp_path)["supported"] is True


def test_a_known_chinese_name_that_the_source_lacks_is_named(metabrief: Metabrief, tmp_path: Path) -> None:
    source = "上海一家公司周一发布了新的头显，售价3000元，面向企业用户，并说明年将在全国销售。"
    summary = "腾讯周一发布了新的头显，售价3000元，面向企业用户，明年将在全国销售。"
    line = json.dumps({"id": 1, "source": source, "summary": summary}).encode()
    assert only_answer(metabrief, "check", line, tmp_path)["unsupported"] == ["name “腾讯”"]


@pytest.mark.parametrize(
    ("page", "says"),
    [
        pytest.param({"html_base64": in_base64(b"<div>" * 10_000)}, "no article", id="10,000 nested tags"),
        pytest.param(
            {"html_base64": in_base64(bytes(range(256)) * 40)}, "no text", id="bytes that are no text"
        ),
        pytest.param({"html_base64": in_base64(b"")}, "empty", id="nothing"),
        pytest.param({"html_base64": "!"}, "html_base64: ", id="no base64"),
        pytest.param({"html_base64": "\ud800"}, "html_base64: ", id="no base64 but half a surrogate pair"),
        pytest.param({"html_base64": in_base64(b"x" * 5_000_001)}, "larger than 5 MB", id="too large"),
        pytest.param({"path": "missing.html"}, "No such file", id="a path that is missing"),
        pytest.param({"path": "."}, "not a file", id="a directory as path"),
        pytest.param({"path": "/dev/zero"}, "not a file", id="a device as path"),
        pytest.param({"path": "a\0b"}, "cannot be read", id="a path that none can be"),
        pytest.param({"path": "\ud800"}, "cannot be read", id="a path that cannot be written"),
        pytest.param({"path": 7}, "path: ", id="a path that is a number"),
        pytest.param({}, "either", id="no page"),
        pytest.param({"path": "a", "html_base64": ""}, "either", id="two pages"),
    ],
)
def test_a_page_that_cannot_be_read_says_why(
    metabrief: Metabrief, tmp_path: Path, page: dict[str, Any], says: str
) -> None:
    found = only_answer(metabrief, "extract", json.dumps({"id": 1, **page}).encode(), tmp_path)
    assert found["text"] is None
    assert says in found["error"]


@pytest.mark.parametrize(
    ("published", "says"),
    [("yesterday", "ISO 8601"), ("2022-13-40", "ISO 8601"), (20220221, "string")],
)
def test_a_date_that_is_none_is_said(
    metabrief: Metabrief, tmp_path: Path, published: object, says: str
) -> None:
    line = json.dumps({"id": 1, "title": "x", "published": published}).encode()
    assert says in only_answer(metabrief, "cluster", line, tmp_path)["error"]


@pytest.mark.parametrize("sentences", [0, -1, 1.5, "2", True])
def test_a_number_of_sentences_that_is_none_is_said(
    metabrief: Metabrief, tmp_path: Path, sentences: object
) -> None:
    line = json.dumps({"id": 1, "title": "x", "text": TEXT, "sentences": sentences}).encode()
    assert "sentences: " in only_answer(metabrief, "summarise", line, tmp_path)["error"]


def test_a_line_longer_than_any_row_is_passed_over(
    metabrief: Metabrief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rows, "LONGEST_LINE", 100)
    file = tmp_path / "rows.jsonl"
    file.write_text('{"title": "%s"}\n{"id": 2, "title": "x"}\n' % ("y" * 350), encoding="utf-8")
    first, second = (
        json.loads(line) for line in metabrief("try", "select", "--jsonl", file).out.splitlines()
    )
    assert "longer than" in first["error"]
    assert second["id"] == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(("select",), 2, id="neither"),
        pytest.param(("select", "{file}", "--jsonl", "{file}"), 2, id="both"),
        pytest.param(("cluster", "{file}", "--jsonl", "{file}"), 2, id="both, of many"),
        pytest.param(
            ("extract", "--jsonl", "{file}", "--url", "https://a.example"), 2, id="an option rows have"
        ),
        pytest.param(("check", "{file}"), 2, id="no summary"),
        pytest.param(
            ("check", "{file}", "--summary", "x", "--summary-file", "{file}"), 2, id="two summaries"
        ),
        pytest.param(("check", "{file}", "--summary-file", "missing"), 1, id="a missing summary"),
        pytest.param(("select", "--jsonl", "missing.jsonl"), 1, id="missing rows"),
        pytest.param(("select", "--jsonl", "/"), 1, id="a directory for rows"),
        pytest.param(("select", "missing.txt"), 1, id="a missing file"),
        pytest.param(("summarise", "/"), 1, id="a directory for a file"),
    ],
)
def test_wrong_words_end_in_one_line(
    metabrief: Metabrief, text_file: Path, words: tuple[str, ...], code: int
) -> None:
    ended = metabrief("try", *(word.format(file=text_file) for word in words))
    assert ended.code == code
    assert is_one_line(ended)


def test_a_file_that_cannot_be_read_is_an_object_too_and_a_failure(
    metabrief: Metabrief, tmp_path: Path
) -> None:
    ended = metabrief("try", "extract", tmp_path / "missing.html", "--json")
    assert ended.code == 1
    assert (ended.json["id"], ended.json["authors"]) == ("missing.html", [])
    assert "No such file" in ended.json["error"]


def test_bytes_that_are_no_text_are_no_file_to_judge(metabrief: Metabrief, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(300))
    ended = metabrief("try", "select", file)
    assert ended.code == 1
    assert is_one_line(ended)


def test_a_text_is_judged_by_its_first_line_as_title(metabrief: Metabrief, text_file: Path) -> None:
    ended = metabrief("try", "select", text_file)
    assert ended.out.startswith("on the beat, score 0.9")
    assert "“metaverse fund” in the title" in ended.out


def test_a_chinese_text_may_be_in_gb18030(metabrief: Metabrief, tmp_path: Path) -> None:
    file = tmp_path / "基金.txt"
    file.write_bytes(
        "上海设立元宇宙基金\n上海市设立了百亿元的元宇宙产业基金，支持企业发展。".encode("gb18030")
    )
    assert metabrief("try", "select", file).out.startswith("on the beat")


def test_a_page_is_extracted_before_it_is_summed_up(metabrief: Metabrief, tmp_path: Path) -> None:
    file = tmp_path / "fund.html"
    file.write_text(f"<nav>Home</nav><article>{f'<p>{TEXT}</p>' * 2}</article>", encoding="utf-8")
    said = metabrief("try", "summarise", file, "--sentences", "1").out
    assert "Shanghai has opened a fund of 10 billion yuan" in said
    assert "Home" not in said


def test_the_article_of_a_page_is_shown_for_a_person(metabrief: Metabrief, tmp_path: Path) -> None:
    file = tmp_path / "fund.html"
    file.write_text(f"<title>The fund</title><p>{TEXT * 2}</p>", encoding="utf-8")
    lines = metabrief("try", "extract", file, "--url", "https://a.example/2022/02/21/fund").out.splitlines()
    assert lines[:2] == ["The fund", "2022-02-21 · no author · no site · en"]
    assert lines[3].startswith("Shanghai")


def test_a_summary_is_checked_against_a_file(metabrief: Metabrief, text_file: Path) -> None:
    true = metabrief("try", "check", text_file, "--summary", "Shanghai has opened a fund of 10 billion yuan.")
    false = metabrief(
        "try", "check", text_file, "--summary", "Shanghai has opened a fund of 12 billion yuan."
    )
    assert true.out.startswith("supported")
    assert "not in the source: amount “12 billion yuan”" in false.out
    assert metabrief("try", "check", text_file, "--summary-file", text_file).out.startswith("supported")


def test_files_on_one_event_are_shown_together(metabrief: Metabrief, text_file: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again.txt", tmp_path / "other.txt"
    again.write_text(TEXT, encoding="utf-8")
    other.write_text("Cook book wins prize\nA cook book from Lyon has won the prize.", encoding="utf-8")
    ended = metabrief("try", "cluster", text_file, other, again, tmp_path / "missing.txt")
    assert ended.code == 1
    assert ended.out.splitlines() == [
        "story 1",
        f"  {text_file}",
        f"  {again}",
        "story 2",
        f"  {other}",
        f"not read: {tmp_path / 'missing.txt'}: cannot be read (No such file or directory)",
    ]


def test_a_file_name_that_is_no_text_is_shown_as_json(metabrief: Metabrief, tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"\xff.txt")
    file.write_text(TEXT, encoding="utf-8")
    assert metabrief("try", "select", file, "--json").json["id"] == "\udcff.txt"


def test_advice_is_not_chosen_for_a_summary(metabrief: Metabrief, tmp_path: Path) -> None:
    told = "Wuhan opened a metaverse hall of 900 square metres on Monday."
    for selling, text in (
        ("buy the dip", f"Now is the time to buy the dip, before the others do. {told}"),
        ("必涨", "这款数字藏品必涨，早买早赚。武汉周一启用九百平方米的元宇宙大厅。"),
        ("抄底", "现在抄底元宇宙概念股正当时。武汉周一启用九百平方米的元宇宙大厅。"),
    ):
        line = json.dumps({"id": 1, "title": "A hall", "text": text}).encode()
        assert selling not in only_answer(metabrief, "summarise", line, tmp_path)["summary"]


def test_within_a_newsroom_its_own_beat_is_tried(
    metabrief: Metabrief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = b'{"id": 1, "title": "Shanghai museum opens a pond of lotus"}'
    assert only_answer(metabrief, "select", line, tmp_path)["relevant"] is False
    metabrief("init", tmp_path / "room")
    monkeypatch.chdir(tmp_path / "room")
    own = 'extends = "shipped"\n[[topic]]\nid = "pond"\nen = ["pond of lotus"]\nweight = 3\n'
    Path("lexicon.toml").write_text(own, encoding="utf-8")
    assert only_answer(metabrief, "select", line, tmp_path)["relevant"] is True
