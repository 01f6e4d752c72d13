"""Lists as other programs write them."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from subscribers.errors import ImportFileError
from subscribers.sheet import rows

TEXT = "email,姓名\na@x.example.com,王小明\n"


def read(folder: Path, content: str | bytes) -> list[tuple[int, dict[str, str]]]:
    path = folder / "list.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(rows(path))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TEXT.encode(), id="UTF-8"),
        pytest.param(codecs.BOM_UTF8 + TEXT.encode(), id="UTF-8 with a mark"),
        pytest.param(TEXT.encode("utf-16"), id="UTF-16, this machine's order"),
        pytest.param(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), id="UTF-16, the other order"),
        pytest.param(TEXT.encode("gbk"), id="GBK"),
        pytest.param(TEXT.replace(",", ";").encode(), id="semicolons"),
        pytest.param(
            TEXT.replace(",", "\t").encode("utf-16"), id="tabs in UTF-16, as a spreadsheet saves it"
        ),
        pytest.param(TEXT.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(TEXT.replace("\n", "\r").encode(), id="CR"),
        pytest.param(TEXT.rstrip().encode(), id="no newline at the end"),
        pytest.param(
            b'"email","\xe5\xa7\x93\xe5\x90\x8d"\n"a@x.example.com","\xe7\x8e\x8b\xe5\xb0\x8f\xe6\x98\x8e"\n',
            id="quoted",
        ),
    ],
)
def test_the_same_list_is_read_in_every_form(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content) == [(2, {"email": "a@x.example.com", "name": "王小明"})]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Email Address", "email"),
        ("E-MAIL", "email"),
        ("email_address", "email"),
        (" Subscriber  Email ", "email"),
        ("邮箱", "email"),
        ("First Name", "name"),
        ("Full Name", "name"),
        ("姓名", "name"),
        ("LANG", "language"),
        ("time_zone", "timezone"),
        ("Tags", "tags"),
        ("labels", "tags"),
    ],
)
def test_other_products_headers_are_recognised(tmp_path: Path, header: str, column: str) -> None:
    first = "" if column == "email" else "email,"
    [(_, cells)] = read(tmp_path, f"{first}{header}\n{'a@x.example.com,' if first else ''}value\n")
    assert cells[column] == "value"


def test_of_two_headers_for_one_column_the_better_known_counts(tmp_path: Path) -> None:
    [(_, cells)] = read(tmp_path, "first_name,email,name\nAnn,a@x.example.com,Ann Lee\n")
    assert cells["name"] == "Ann Lee"


def test_columns_nobody_asked_for_are_passed_over(tmp_path: Path) -> None:
    header = ",".join(f"c{i}" for i in range(200))
    cells = ",".join("x" for _ in range(200))
    assert read(tmp_path, f"{header},email\n{cells},a@x.example.com\n") == [(2, {"email": "a@x.example.com"})]


def test_a_short_row_has_empty_cells(tmp_path: Path) -> None:
    assert read(tmp_path, "email,name\na@x.example.com\n") == [(2, {"email": "a@x.example.com", "name": ""})]


def test_empty_rows_are_passed_over_and_still_counted(tmp_path: Path) -> None:
    found = read(tmp_path, "email,name\n\n,,\n  , \na@x.example.com,Ann\n")
    assert found == [(5, {"email": "a@x.example.com", "name": "Ann"})]


def test_a_row_is_numbered_as_a_spreadsheet_does_though_a_cell_holds_newlines(tmp_path: Path) -> None:
    found = read(tmp_path, 'email,name\na@x.example.com,"Ann\nLee, jr"\nb@x.example.com,Bo\n')
    assert [(number, cells["name"]) for number, cells in found] == [(2, "Ann\nLee, jr"), (3, "Bo")]


def test_nul_bytes_stay_in_their_cell(tmp_path: Path) -> None:
    found = read(tmp_path, "email,name\na@x.example.com,A\0nn\nb@x.example.com,Bo\n")
    assert [cells["name"] for _, cells in found] == ["A\0nn", "Bo"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "no column 'email'", id="an empty file"),
        pytest.param(b"name,city\nAnn,Ulm\n", "no column 'email'.*found: name, city", id="no addresses"),
        pytest.param(TEXT.encode("utf-16-le"), "no column 'email'", id="UTF-16 without a mark"),
        pytest.param(b"email\nJos\xe9,\xff\xfe\n", "save it as UTF-8", id="an unknown charset"),
        pytest.param(
            b'email,name\na@x.example.com,"Ann\nb@x.example.com,Bo\n',
            "row 2: a quote is opened",
            id="an open quote",
        ),
        pytest.param(b"email\n" + b"a" * 200_000 + b"\n", "cannot be read as CSV", id="an endless cell"),
    ],
)
def test_what_is_no_list_is_refused_in_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ImportFileError, match=message) as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)
    assert "\0" not in str(caught.value)


@pytest.mark.parametrize("name", ["nowhere.csv", "."])
def test_a_file_that_cannot_be_opened_is_named_with_the_reason(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImportFileError, match=r"cannot be read as CSV: (No such file|Is a directory)"):
        list(rows(tmp_path / name))
