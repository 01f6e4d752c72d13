"""Lists as other programs write them."""

from __future__ import annotations

import codecs
import hashlib
import os
from pathlib import Path

import pytest

from subscribers.errors import ImportFileError
from subscribers.transfer.sheet import look_over

TEXT = "email,姓名\na@x.example.com,王小明\n"


def read(folder: Path, content: str | bytes) -> list[tuple[int, dict[str, str]]]:
    path = folder / "list.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(look_over(path).rows())


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
            b"sep=;\r\n" + TEXT.replace(",", ";").encode(), id="a first line that names the semicolon"
        ),
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
        ("E-Mail_Address", "email"),
        ("email_address", "email"),
        (" Subscriber  Email ", "email"),
        ("邮箱", "email"),
        ("First Name", "first name"),
        ("FNAME", "first name"),
        ("姓", "last name"),
        ("Full Name", "name"),
        ("姓名", "name"),
        ("LANG", "language"),
        ("time_zone", "timezone"),
        ("Tags", "tags"),
        ("labels", "tags"),
        ("Opt-Out", "opt out"),
        ("UNSUBSCRIBED_AT", "unsubscribed at"),
        ("Is Subscribed", "subscribed_to_emails"),
        ("已退订", "已退订"),
    ],
)
def test_other_products_headers_are_recognised(tmp_path: Path, header: str, column: str) -> None:
    first = "" if column == "email" else "email,"
    [(_, cells)] = read(tmp_path, f"{first}{header}\n{'a@x.example.com,' if first else ''}value\n")
    assert cells[column] == "value"


@pytest.mark.parametrize(
    ("header", "column", "both"),
    [
        ("email,email", "email", "'email' and 'email'"),
        ("Email Address,name,Email", "email", "'Email Address' and 'Email'"),
        ("email,姓名,Full Name", "name", "'姓名' and 'Full Name'"),
        ("email,Unsubscribed,unsubscribed", "unsubscribed", "'Unsubscribed' and 'unsubscribed'"),
        ("email,unsub_flag,unsub flag", "unsub flag", "'unsub_flag' and 'unsub flag'"),
    ],
)
def test_two_headers_for_one_column_are_refused_by_their_names(
    tmp_path: Path, header: str, column: str, both: str
) -> None:
    with pytest.raises(ImportFileError, match=f"two columns for {column!r}: {both}; keep one"):
        read(tmp_path, f"{header}\n")


def test_what_is_read_and_what_is_passed_over_is_told_as_the_header_has_it(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"Email Address,,langauge,unsub flag,名字,{'x' * 40}\n", encoding="utf-8")
    listed = look_over(path)
    assert listed.heads(are_read=True) == ("Email Address", "名字")
    assert listed.heads(are_read=False) == ("langauge", "unsub flag", "x" * 30)


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
        pytest.param(
            b'email,name\nb@x.example.com,"Bo\na@x.example.com,"Ann"\n',
            "row 2: text follows a closing quote",
            id="a quote that the next row's closes",
        ),
        pytest.param(
            b'email,city,name\na@x.test,",A\nb@x.test,x,B\nc@x.test,",C\n',
            "row 2: a cell holds what look like rows",
            id="rows between two lone quotes",
        ),
        pytest.param(
            b'email,city,name\na@x.test,x,A\nb@x.test,",B\nc@x.test,",C\nd@x.test,x,D\n',
            "row 3: a cell holds what look like rows",
            id="one row between two lone quotes",
        ),
        pytest.param(
            b'name;email;city\n";a@x.test;x\nB;b@x.test;y\nC;c@x.test;"\n',
            "row 2: a cell holds what look like rows",
            id="rows from a first column on",
        ),
        pytest.param(
            b'email\na@x.test\n"\nb@x.test\nc@x.test\n"\n',
            "row 3: a cell holds",
            id="rows of addresses alone",
        ),
        pytest.param(
            TEXT.encode() * 6 + b"b@x.example.com,\xe7\x8e\n",
            "line 13: this is no UTF-8",
            id="UTF-8 but for a line",
        ),
        pytest.param(b"email\n" + b"a" * 16_000_001, "over 16000000 characters", id="an endless row"),
        pytest.param(
            b'email\n"' + b"a\n" * 8_100_000,
            "row 2: a cell has no end",
            id="a quote open over an endless list",
        ),
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
        look_over(tmp_path / name)


def test_each_cell_may_be_a_megabyte(tmp_path: Path) -> None:
    [(_, cells)] = read(tmp_path, f"email,name,tags\na@x.example.com,{'x' * 1_000_000},{'y' * 1_000_000}\n")
    assert (len(cells["name"]), len(cells["tags"])) == (1_000_000, 1_000_000)


def test_quotes_behind_backslashes_are_read_as_databases_write_them(tmp_path: Path) -> None:
    [(_, cells)] = read(tmp_path, 'email,tags,name\na@x.example.com,"\\"vip\\",\\"press\\"",Ann\n')
    assert (cells["tags"], cells["name"]) == ('"vip","press"', "Ann")


def test_a_formula_that_was_made_text_is_itself_again(tmp_path: Path) -> None:
    [(_, cells)] = read(tmp_path, "email,name,tags\n'+a@x.example.com,'=1+1,'quoted'\n")
    assert cells == {"email": "+a@x.example.com", "name": "=1+1", "tags": "'quoted'"}


def test_cells_beyond_the_header_are_shown_and_empty_ones_are_not(tmp_path: Path) -> None:
    rows = read(tmp_path, "email,name\na@x.example.com,Lee, Ann\nb@x.example.com,Bo,,\n")
    assert [cells.get("surplus") for _, cells in rows] == [" Ann", None]


@pytest.mark.parametrize(
    ("header", "product"),
    [
        ("Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,LEID,EUID,NOTES,TAGS", "Mailchimp"),
        ("Email Address,First Name,UNSUB_TIME,UNSUB_REASON", "Mailchimp"),
        ("Email,Name,Stripe plan,Cancel date,Start date,Paid upgrade date,Emails received", "Substack"),
        ("email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at", "Substack"),
        ("uuid,email,name,attributes,status,created_at,updated_at", "listmonk"),
        ("id,email,name,note,subscribed_to_emails,complimentary_plan,created_at,labels,tiers", "Ghost"),
        ("email,name,language,timezone,hour,frequency,tags", None),
        ("email,status,newsletters,paused_until,created_at", None),
    ],
)
def test_a_products_list_is_known_by_its_header(tmp_path: Path, header: str, product: str | None) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{header}\n", encoding="utf-8")
    found = look_over(path).product
    assert (found.name if found else None) == product


def test_the_digest_is_of_the_whole_file_and_progress_is_told_in_bytes(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("email\n" + "a@x.example.com\n" * 5000, encoding="utf-8")
    told: list[int] = []
    looked = look_over(path)
    assert looked.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sum(1 for _ in looked.rows(at=told.append)) == 5000
    assert told == sorted(told)
    assert 0 < told[-1] <= looked.size == path.stat().st_size


def test_a_pipe_is_refused_before_it_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "list.csv")
    with pytest.raises(ImportFileError, match="is a pipe"):
        look_over(tmp_path / "list.csv")


@pytest.mark.parametrize(
    "note",
    [
        "two\nlines",
        "asked\nann@x.example.com, by mail",
        "ann@x.example.com\nann@y.example.com",
        "first, second,\nthird, fourth, fifth, sixth",
        "said\nmail me (a@x.example.com), call me, or come, please",
    ],
)
@pytest.mark.parametrize(
    "header", ["note,id,email,name,city", "id,email,note,name,city", "email,id,name,city,note"]
)
def test_a_note_of_several_lines_is_a_note(tmp_path: Path, note: str, header: str) -> None:
    cells = {"email": "a@x.example.com", "note": f'"{note}"'}
    row = ",".join(cells.get(column, "x") for column in header.split(","))
    assert [number for number, _ in read(tmp_path, f"{header}\n{row}\n{row}\n")] == [2, 3]


def test_two_addresses_in_one_cell_are_left_to_their_own_row(tmp_path: Path) -> None:
    found = read(tmp_path, 'email,name\n"a@x.example.com\nb@x.example.com",Ann\nc@x.example.com,Bo\n')
    assert len(found) == 2
