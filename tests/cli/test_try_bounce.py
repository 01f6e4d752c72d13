"""``try bounce`` as a person uses it, and what it makes of mails that cannot be read."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Metabrief

MAIL = b"""From: Mail Delivery System <Mailer-Daemon@relay.example>
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: ann@reader.example

  ann@reader.example
    SMTP error from remote mail server after RCPT TO:<ann@reader.example>:
    550 5.1.1 No such user here

------ This is a copy of the message, including all the headers. ------
"""


def test_a_mail_is_told_of_in_two_lines(metabrief: Metabrief, tmp_path: Path) -> None:
    file = tmp_path / "back.eml"
    file.write_bytes(MAIL)
    ended = metabrief("try", "bounce", file)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "hard · 5.1.1 · ann@reader.example",
        "  no such user: 550 5.1.1 No such user here",
    ]


def test_a_mail_comes_by_standard_input(metabrief: Metabrief, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MAIL)))
    assert metabrief("try", "bounce", "-").out.startswith("hard · 5.1.1 · ann@reader.example\n")


def test_without_standard_input_it_is_said_in_a_line(
    metabrief: Metabrief, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    ended = metabrief("try", "bounce", "-")
    assert (ended.code, ended.err) == (1, "metabrief: -: there is no standard input; name a file\n")


def test_what_a_mail_does_not_say_is_said_of_it(metabrief: Metabrief, tmp_path: Path) -> None:
    file = tmp_path / "hello.eml"
    file.write_bytes(b"Subject: Hello\n\nHello\n")
    assert metabrief("try", "bounce", file).out.splitlines() == ["none · no code · no address", "  no bounce"]


def test_a_large_mail_is_read_by_its_beginning(metabrief: Metabrief, tmp_path: Path) -> None:
    file = tmp_path / "large.eml"
    file.write_bytes(MAIL + b"Subject: x\n\n" + b"A" * 6_000_000)
    assert metabrief("try", "bounce", file, "--json").json["kind"] == "hard"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param({"id": 1}, "path: ", id="no path"),
        pytest.param({"id": 1, "path": None}, "path: ", id="a path that is null"),
        pytest.param({"id": 1, "path": 7}, "path: ", id="a path that is a number"),
        pytest.param({"id": 1, "path": "missing.eml"}, "No such file", id="a path that is missing"),
        pytest.param({"id": 1, "path": "."}, "not a file", id="a directory"),
        pytest.param({"id": 1, "path": "/dev/zero"}, "not a file", id="a device"),
        pytest.param({"id": 1, "path": "a\0b"}, "cannot be read", id="a path that none can be"),
    ],
)
def test_a_mail_that_cannot_be_read_is_a_row_that_says_why(
    metabrief: Metabrief, tmp_path: Path, row: dict[str, Any], says: str
) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    ended = metabrief("try", "bounce", "--jsonl", file)
    assert (ended.code, ended.err) == (0, "")
    found = json.loads(ended.out)
    assert list(found) == ["id", "error"]
    assert says in found["error"]


@pytest.mark.parametrize(
    ("words", "code"), [((), 2), (("a.eml", "--jsonl", "a.jsonl"), 2), (("missing.eml",), 1), (("/",), 1)]
)
def test_wrong_words_end_in_one_line(metabrief: Metabrief, words: tuple[str, ...], code: int) -> None:
    ended = metabrief("try", "bounce", *words)
    assert ended.code == code
    assert ended.err.startswith("metabrief: ")
    assert ended.err.count("\n") == 1
