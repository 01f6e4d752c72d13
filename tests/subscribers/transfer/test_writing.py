"""Lists as files: formulas made text, for their owner alone, whole or not at all."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest

from subscribers.errors import ExportFileError
from subscribers.transfer.sheet import look_over
from subscribers.transfer.writing import draft, writer

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "'=1",
    "''=1",
    '=HYPERLINK("x")',
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "\ufeff=1+1",
    "\u200b\u2060=1+1",
    " =1+1",
    "'\u200b＝1",
    "\n=1",
]
PLAIN = [
    "'quoted'",
    "'\u200b",
    "\ufeffAnn",
    "a,b",
    'a"b',
    "é",
    "a\nb",
]


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_begins_as_a_formula(cell: str) -> None:
    file = io.StringIO()
    writer(file)([cell])
    assert file.getvalue().lstrip('"')[:2] == f"'{cell[0]}"


def test_what_is_written_is_read_again_without_loss(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with draft(tmp_path) as drafted:
        drafted.write(("email", "name"))
        for cell in FORMULAS + PLAIN:
            drafted.write(("a@x.example.com", cell))
        drafted.keep(path)
    assert [cells["name"] for _, cells in look_over(path).rows()] == FORMULAS + PLAIN


def test_a_list_is_for_its_owner_alone_and_takes_the_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "new" / "list.csv"
    for text in ("first", "second"):
        with draft(path.parent, makes_folder=True) as drafted:
            drafted.write((text,))
            drafted.keep(path)
    assert path.read_text(encoding="utf-8") == "second\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_not_kept_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("before")

    def fail() -> None:
        with draft(tmp_path) as drafted:
            drafted.write(("half",))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]
    assert (tmp_path / "list.csv").read_text() == "before"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name, makes_folder, why in (
        ("file", False, "there is no folder .*file; make it"),
        ("file", True, "file cannot be written: File exists"),
        ("nowhere", False, "there is no folder .*nowhere; make it"),
    ):
        with (
            pytest.raises(ExportFileError, match=why),
            draft(tmp_path / name, makes_folder=makes_folder),
        ):
            pass
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "folder.csv").mkdir()
    with draft(tmp_path) as drafted, pytest.raises(ExportFileError, match=r"folder\.csv cannot be written"):
        drafted.keep(tmp_path / "folder.csv")
