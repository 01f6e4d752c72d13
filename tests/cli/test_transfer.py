"""subscribers import and export: lists in and out, as the operator sees it."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Metabrief
from tests.cli.test_bad_input import is_one_line

DAILY = ("--newsletter", "daily")
AGREED = ("--consent", "agreed at a reading")
LIST = "email,name\nann@test.example,Ann\nnobody,=1+1\ninfo@test.example,\n=cmd@,Bo\nann@test.example,\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_refused_rows_are_listed_with_row_column_value_and_reason(
    metabrief: Metabrief, home: Path, file: Path
) -> None:
    ended = metabrief("--home", home, "subscribers", "import", file, *DAILY, *AGREED)
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == "5 rows = 2 added + 1 left alone + 2 refused"
    assert ended.out.startswith("read: email, name\n")
    [flagged, report] = sorted((home / "data" / "imports").iterdir())
    assert (
        f"look again at the added: 1 at a task's address (info@, sales@), 0 at a disposable one: {flagged}\n"
        in (ended.out)
    )
    assert flagged.name == report.name.replace(".refused.", ".flagged.")
    assert stat.S_IMODE(flagged.stat().st_mode) == 0o600
    assert rows(flagged) == [
        ["row", "address", "what"],
        ["4", "info@test.example", "an address of a task, not of a person"],
    ]
    assert str(report) in ended.out
    assert report.name.startswith("list-")
    assert report.name.endswith(".refused.csv")
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    head, first, second = rows(report)
    assert head == ["row", "column", "value", "why"]
    assert first[:3] == ["3", "email", "nobody"]
    assert second[:3] == ["5", "email", "'=cmd@"]
    assert "is no e-mail address" in first[3]


def test_a_dry_run_says_the_same_and_adds_nobody(metabrief: Metabrief, home: Path, file: Path) -> None:
    words = ("--home", home, "subscribers", "import", file, *DAILY, *AGREED)
    rehearsed = metabrief(*words, "--dry-run")
    assert rehearsed.code == 0
    assert metabrief("--home", home, "subscribers", "list", "--json").json == []
    done = metabrief(*words)
    assert "dry run" in rehearsed.out
    assert "dry run" not in done.out
    assert [line for line in rehearsed.out.splitlines() if "dry run" not in line] == done.out.splitlines()


def test_the_report_goes_where_it_is_wanted_even_without_rows(
    metabrief: Metabrief, home: Path, tmp_path: Path
) -> None:
    good, report = tmp_path / "good.csv", tmp_path / "refused.csv"
    good.write_text("email\nann@test.example\n", encoding="utf-8")
    ended = metabrief("--home", home, "subscribers", "import", good, *DAILY, *AGREED, "--report", report)
    assert ended.code == 0
    assert rows(report) == [["row", "column", "value", "why"]]
    assert not (tmp_path / "refused.flagged.csv").exists()
    assert not (home / "data" / "imports").exists()


def test_what_to_look_at_again_stands_beside_the_report(
    metabrief: Metabrief, home: Path, file: Path, tmp_path: Path
) -> None:
    words = ("--home", home, "subscribers", "import", file, *DAILY, *AGREED, "--report", tmp_path / "r.csv")
    assert str(tmp_path / "r.flagged.csv") in metabrief(*words).out
    assert rows(tmp_path / "r.flagged.csv")[1][:2] == ["4", "info@test.example"]


def test_what_to_look_at_again_never_takes_the_lists_place(
    metabrief: Metabrief, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "r.flagged.csv"
    path.write_text(LIST, encoding="utf-8")
    words = ("--home", home, "subscribers", "import", path, *DAILY, *AGREED, "--report", tmp_path / "r.csv")
    assert metabrief(*words).code == 2
    assert path.read_text(encoding="utf-8") == LIST


def test_columns_that_are_passed_over_are_named_also_in_a_dry_run(
    metabrief: Metabrief, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"email,langauge,{','.join(f'c{i}' for i in range(30))}\nann@test.example,zh\n")
    ended = metabrief("--home", home, "subscribers", "import", path, *DAILY, *AGREED, "--dry-run")
    assert "read: email; passed over: langauge, c0, c1, " in ended.out
    assert ", c18 … and 11 more\n" in ended.out


@pytest.mark.parametrize(
    "words", [("export", "{}"), ("import", "list.csv", *DAILY, *AGREED, "--report", "{}")]
)
def test_a_folder_that_is_not_there_is_named_and_not_made(
    metabrief: Metabrief, home: Path, file: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    place = str(tmp_path / "nowhere" / "x.csv")
    named = [{"{}": place, "list.csv": str(file)}.get(word, word) for word in words]
    ended = metabrief("--home", home, "subscribers", *named)
    assert ended.code == 1
    assert f"there is no folder {tmp_path / 'nowhere'}" in ended.err
    assert not (tmp_path / "nowhere").exists()
    assert metabrief("--home", home, "subscribers", "list", "--json").json == []


def test_a_report_that_cannot_be_written_stops_the_import_before_it_begins(
    metabrief: Metabrief, home: Path, file: Path
) -> None:
    ended = metabrief(
        "--home", home, "subscribers", "import", file, *DAILY, *AGREED, "--report", file / "x.csv"
    )
    assert ended.code == 1
    assert is_one_line(ended)
    assert metabrief("--home", home, "subscribers", "list", "--json").json == []


@pytest.mark.parametrize("name", [".", "r" * 300, f"{'r' * 245}.csv"])
def test_a_report_that_cannot_take_its_place_stops_the_import_before_it_begins(
    metabrief: Metabrief, home: Path, file: Path, tmp_path: Path, name: str
) -> None:
    ended = metabrief(
        "--home", home, "subscribers", "import", file, *DAILY, *AGREED, "--report", tmp_path / name
    )
    assert ended.code == 2
    assert "--report" in ended.err
    assert metabrief("--home", home, "subscribers", "list", "--json").json == []


def test_a_list_with_the_longest_of_names_has_a_report_too(
    metabrief: Metabrief, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / f"{'单' * 83}.csv"
    path.write_text(LIST, encoding="utf-8")
    assert metabrief("--home", home, "subscribers", "import", path, *DAILY, *AGREED).code == 0
    reports = list((home / "data" / "imports").iterdir())
    assert [report.name[:2] for report in reports] == ["单单", "单单"]


def test_a_list_of_people_who_left_needs_no_consent_and_adds_nobody(
    metabrief: Metabrief, home: Path, file: Path
) -> None:
    words = ("--home", home, "subscribers", "import", file, *DAILY)
    assert metabrief(*words).code == 2
    metabrief(*words, *AGREED)
    rehearsed, ended = metabrief(*words, "--left", "--dry-run"), metabrief(*words, "--left")
    assert ended.out.splitlines()[-1] == "5 rows = 0 added + 3 left alone + 2 refused"
    for said in (rehearsed, ended):
        assert "2 readers of this list leave with it" in said.out
    assert {one["status"] for one in metabrief("--home", home, "subscribers", "list", "--json").json} == {
        "unsubscribed"
    }


def test_words_that_are_no_text_are_no_obstacle(metabrief: Metabrief, home: Path, file: Path) -> None:
    ended = metabrief("--home", home, "subscribers", "import", file, *DAILY, "--consent", "fair \udcff")
    assert ended.code == 0
    added = ("add", "bo@test.example", *DAILY, "--consent", "fair \udcff")
    assert metabrief("--home", home, "subscribers", *added).code == 0


def test_what_was_taken_for_gbk_is_said(metabrief: Metabrief, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "gbk.csv"
    path.write_bytes("email,name\nann@test.example,王小明\n".encode("gbk"))
    assert "read as GBK" in metabrief("--home", home, "subscribers", "import", path, *DAILY, *AGREED).out


def test_the_report_never_takes_the_lists_place(metabrief: Metabrief, home: Path, file: Path) -> None:
    ended = metabrief("--home", home, "subscribers", "import", file, *DAILY, *AGREED, "--report", file)
    assert ended.code == 2
    assert file.read_text(encoding="utf-8") == LIST


def test_an_unreadable_list_leaves_no_report(metabrief: Metabrief, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text('email,name\nnobody,\nann@test.example,"Ann\n', encoding="utf-8")
    ended = metabrief("--home", home, "subscribers", "import", path, *DAILY, *AGREED)
    assert ended.code == 1
    assert "row 3: a quote is opened and never closed" in ended.err
    assert is_one_line(ended)
    assert list((home / "data" / "imports").iterdir()) == []


def test_the_list_goes_to_a_file_for_its_owner_alone_or_to_standard_output(
    metabrief: Metabrief, home: Path, file: Path, tmp_path: Path
) -> None:
    metabrief("--home", home, "subscribers", "import", file, *DAILY, *AGREED)
    out = tmp_path / "out.csv"
    ended = metabrief("--home", home, "subscribers", "export", out)
    assert ended.out == f"2 people in {out}\n"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert metabrief("--home", home, "subscribers", "export").out == out.read_text(encoding="utf-8")
    head, *people = rows(out)
    assert head[:3] == ["email", "name", "status"]
    assert [person[:3] for person in people] == [
        ["ann@test.example", "Ann", "active"],
        ["info@test.example", "", "active"],
    ]


def test_a_segment_goes_out_alone(metabrief: Metabrief, home: Path, file: Path) -> None:
    metabrief("--home", home, "subscribers", "import", file, *DAILY, *AGREED)
    ended = metabrief("--home", home, "subscribers", "export", "--filter", "email:ann")
    assert [line.partition(",")[0] for line in ended.out.splitlines()] == ["email", "ann@test.example"]


def test_an_export_to_an_impossible_place_leaves_what_was_there(
    metabrief: Metabrief, home: Path, tmp_path: Path
) -> None:
    ended = metabrief("--home", home, "subscribers", "export", tmp_path)
    assert ended.code == 1
    assert is_one_line(ended)
    assert str(tmp_path) in ended.err
