"""What ``metabrief try`` reads and answers, key by key: other people's scripts stand on it."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Metabrief, metabrief

__all__ = ["metabrief"]

STORY = "Lanting opens a metaverse fund"
TEXT = (
    "Lanting, a district of Shanghai, has opened a fund of 10 billion yuan for metaverse firms, the district said. "
    "It will back makers of headsets and of digital humans. Applications are open until the end of May.\n"
    "The money comes from the district and from two banks, and is to be spent within three years."
)
PAGE = (
    f'<!doctype html><html lang="en"><head><title>{STORY}</title><meta property="og:site_name" content="The Quay">'
    '<meta name="author" content="Ada Wen"><meta property="article:published_time" content="2022-02-21T10:00:00+08:00">'
    f"</head><body><article><h1>{STORY}</h1>"
    + "".join(f"<p>{line}</p>" for line in TEXT.split("\n"))
    + "</article></body></html>"
)
MAIL = """From: MAILER-DAEMON@relay.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; ann@reader.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b--
"""
PAGE_KEYS = ["id", "title", "text", "published", "authors", "site", "language", "error"]
NO_PAGE: Mapping[str, object] = {
    "title": None,
    "text": None,
    "published": None,
    "authors": [],
    "site": None,
    "language": None,
}
GOOD: Mapping[str, dict[str, Any]] = {
    "extract": {
        "id": "x",
        "html_base64": base64.b64encode(PAGE.encode()).decode(),
        "url": "https://quay.example/1",
    },
    "select": {"id": "x", "title": STORY, "text": TEXT, "url": "https://quay.example/1", "language": "en"},
    "cluster": {
        "id": "x",
        "title": STORY,
        "text": TEXT,
        "published": "2022-02-21",
        "source": "quay",
        "group": "g",
    },
    "summarise": {"id": "x", "title": STORY, "text": TEXT, "language": "en", "sentences": 1},
    "check": {"id": "x", "source": TEXT, "summary": "The fund holds 10 billion yuan."},
    "bounce": {"id": "x", "path": "back.eml"},
}
KEYS = {
    "extract": PAGE_KEYS,
    "select": ["id", "relevant", "score", "why", "error"],
    "cluster": ["id", "story", "error"],
    "summarise": ["id", "summary", "method", "error"],
    "check": ["id", "supported", "score", "unsupported", "error"],
    "bounce": ["id", "kind", "recipients", "status", "reason", "error"],
}
EACH_STAGE = pytest.mark.parametrize("stage", KEYS)


def answers(metabrief: Metabrief, stage: str, rows: list[Any], folder: Path) -> list[dict[str, Any]]:
    """Run a stage over rows in a file, beside a mail; a row given as bytes stands there as it is."""
    (folder / "back.eml").write_text(MAIL, encoding="utf-8")
    file = folder / "rows.jsonl"
    file.write_bytes(b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows))
    ended = metabrief("try", stage, "--jsonl", file)
    assert ended.code == 0, ended.err
    return [json.loads(line) for line in ended.out.split("\n") if line]


def answer(metabrief: Metabrief, stage: str, row: dict[str, Any], folder: Path) -> dict[str, Any]:
    [only] = answers(metabrief, stage, [row], folder)
    return only


@EACH_STAGE
def test_a_good_row_is_answered_with_these_keys_in_this_order(
    metabrief: Metabrief, tmp_path: Path, stage: str
) -> None:
    found = answer(metabrief, stage, GOOD[stage], tmp_path)
    assert list(found) == KEYS[stage]
    assert found["error"] is None


def test_a_page_is_answered_with_what_it_says(metabrief: Metabrief, tmp_path: Path) -> None:
    assert answer(metabrief, "extract", GOOD["extract"], tmp_path) == {
        "id": "x",
        "title": STORY,
        "text": TEXT,
        "published": "2022-02-21T10:00:00+08:00",
        "authors": ["Ada Wen"],
        "site": "The Quay",
        "language": "en",
        "error": None,
    }


def test_a_page_of_bare_text_has_null_for_what_it_does_not_say(metabrief: Metabrief, tmp_path: Path) -> None:
    bare = base64.b64encode(f"<p>{TEXT}</p>".encode()).decode()
    found = answer(metabrief, "extract", {"id": 1, "html_base64": bare}, tmp_path)
    assert {key: found[key] for key in ("title", "published", "authors", "site", "error")} == {
        "title": None,
        "published": None,
        "authors": [],
        "site": None,
        "error": None,
    }


def test_a_path_is_absolute_or_relative_to_the_rows(metabrief: Metabrief, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "fund.html").write_text(PAGE, encoding="utf-8")
    rows = [{"id": 1, "path": "pages/fund.html"}, {"id": 2, "path": str(pages / "fund.html")}]
    assert [found["title"] for found in answers(metabrief, "extract", rows, tmp_path)] == [STORY, STORY]


def test_a_charset_that_only_the_content_type_names_is_used(metabrief: Metabrief, tmp_path: Path) -> None:
    page = base64.b64encode(
        f"<p>{'Нужен хороший текст о выставке в Шанхае. ' * 5}</p>".encode("koi8-r")
    ).decode()
    row = {"id": 1, "html_base64": page, "content_type": "text/html; charset=koi8-r"}
    assert answer(metabrief, "extract", row, tmp_path)["text"].startswith("Нужен хороший текст")


def test_the_beat_is_judged_true_or_false_with_reasons(metabrief: Metabrief, tmp_path: Path) -> None:
    other = {"id": "y", "title": "A cook book wins a prize in Lyon"}
    on, off = answers(metabrief, "select", [GOOD["select"], other], tmp_path)
    assert (on["relevant"], off["relevant"]) == (True, False)
    assert 0 <= off["score"] < on["score"] <= 1
    assert all(isinstance(reason, str) for reason in (*on["why"], *off["why"]))


def test_rows_of_one_event_have_one_story_and_others_another(metabrief: Metabrief, tmp_path: Path) -> None:
    rows = [
        {"id": 1, "title": STORY, "text": TEXT},
        {"id": 2, "title": "Cook book wins prize", "text": "A cook book from Lyon has won the year's prize."},
        {"id": 3, "title": "Metaverse fund opened in Lanting", "text": TEXT.replace("has opened", "opened")},
    ]
    first, second, third = (found["story"] for found in answers(metabrief, "cluster", rows, tmp_path))
    assert first == third != second


def test_rows_of_different_groups_are_never_one_story(metabrief: Metabrief, tmp_path: Path) -> None:
    rows = [{"id": n, "title": STORY, "text": TEXT, "group": n} for n in ("a", "b", "a")]
    first, second, third = (found["story"] for found in answers(metabrief, "cluster", rows, tmp_path))
    assert first == third != second


def test_rows_far_apart_in_time_are_different_events(metabrief: Metabrief, tmp_path: Path) -> None:
    dates = ("2022-02-21", "2022-02-21T20:00:00+08:00", "2023-02-21T10:00:00Z", "2999-01-01")
    rows = [{"id": date, "title": STORY, "text": TEXT, "published": date} for date in dates]
    stories = [found["story"] for found in answers(metabrief, "cluster", rows, tmp_path)]
    assert stories == [1, 1, 2, 3]


@pytest.mark.parametrize("undated", [{}, {"published": None}], ids=["absent", "null"])
def test_a_row_without_a_date_belongs_to_its_event_of_any_day(
    metabrief: Metabrief, tmp_path: Path, undated: dict[str, Any]
) -> None:
    dated = {"id": 1, "title": STORY, "text": TEXT, "published": "2019-05-01"}
    rows = [dated, {"id": 2, "title": STORY, "text": TEXT, **undated}]
    assert [found["story"] for found in answers(metabrief, "cluster", rows, tmp_path)] == [1, 1]


@pytest.mark.parametrize(
    ("asked", "ends"), [(1, "the district said."), (2, "digital humans."), (9, "three years.")]
)
def test_so_many_whole_sentences_as_asked_for(
    metabrief: Metabrief, tmp_path: Path, asked: int, ends: str
) -> None:
    found = answer(metabrief, "summarise", {**GOOD["summarise"], "sentences": asked}, tmp_path)
    assert found["summary"].startswith("Lanting, a district")
    assert found["summary"].endswith(ends)
    assert found["method"] == "extractive"


def test_a_changed_number_is_not_supported_and_is_named(metabrief: Metabrief, tmp_path: Path) -> None:
    changed = {**GOOD["check"], "summary": "The fund holds 12 billion yuan."}
    true, false = answers(metabrief, "check", [GOOD["check"], changed], tmp_path)
    assert (true["supported"], true["unsupported"]) == (True, [])
    assert (false["supported"], false["unsupported"][0]) == (False, "amount “12 billion yuan”")
    assert 0 <= false["score"] < true["score"] <= 1


def test_a_mail_that_came_back_says_what_it_is_of_whom_and_why(metabrief: Metabrief, tmp_path: Path) -> None:
    (tmp_path / "hello.eml").write_text("From: ann@reader.example\n\nHello\n", encoding="utf-8")
    rows = [GOOD["bounce"], {"id": "y", "path": str(tmp_path / "hello.eml")}]
    bounce, hello = answers(metabrief, "bounce", rows, tmp_path)
    assert bounce == {
        "id": "x",
        "kind": "hard",
        "recipients": ["ann@reader.example"],
        "status": "5.1.1",
        "reason": "no such user: 550 5.1.1 User unknown",
        "error": None,
    }
    assert (hello["kind"], hello["recipients"], hello["status"], hello["error"]) == ("none", [], None, None)


@EACH_STAGE
def test_an_id_of_any_kind_comes_back(metabrief: Metabrief, tmp_path: Path, stage: str) -> None:
    ids = ["", "α\u2028", "\ud800", 0, -1.5, 10**400, True, None, [1, {"a": []}], {"b": None}]
    rows = [row for id_ in ids for row in ({**GOOD[stage], "id": id_}, {"id": id_})]
    found = answers(metabrief, stage, rows, tmp_path)
    assert [answered["id"] for answered in found] == [row["id"] for row in rows]


@EACH_STAGE
def test_a_bad_row_is_a_row_with_its_error_and_the_others_go_on(
    metabrief: Metabrief, tmp_path: Path, stage: str
) -> None:
    rows = [GOOD[stage], b"{no json", {"id": "bad"}, b"", b"  \t", {**GOOD[stage], "id": "last"}]
    first, unread, misfit, last = answers(metabrief, stage, rows, tmp_path)
    nothing = NO_PAGE if stage == "extract" else {}
    assert [found["id"] for found in (first, unread, misfit, last)] == ["x", None, "bad", "last"]
    for found in (unread, misfit):
        assert found["error"]
        assert "\n" not in found["error"]
        assert {key: value for key, value in found.items() if key not in ("id", "error")} == nothing
    assert list(last) == KEYS[stage]


@EACH_STAGE
def test_a_single_file_gives_the_same_object(metabrief: Metabrief, tmp_path: Path, stage: str) -> None:
    own = {"extract": ("fund.html", PAGE), "bounce": ("back.eml", MAIL)}
    name, text = own.get(stage, ("fund.json", json.dumps({**GOOD[stage], "id": "fund.json"})))
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    ended = metabrief("try", stage, file, "--json")
    assert ended.code == 0
    assert ended.json == answer(metabrief, stage, {**GOOD[stage], "id": file.name}, tmp_path)


def test_rows_are_answered_one_by_one_as_they_come_in(tmp_path: Path) -> None:
    """Another program may wait for an answer before it writes its next row."""
    command = [str(Path(sys.executable).with_name("metabrief")), "try", "select", "--jsonl", "-"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdin
        assert program.stdout
        for number in range(2):
            program.stdin.write(json.dumps({**GOOD["select"], "id": number}).encode() + b"\n")
            program.stdin.flush()
            assert json.loads(program.stdout.readline())["id"] == number
        program.stdin.close()
        assert program.wait(timeout=20) == 0
