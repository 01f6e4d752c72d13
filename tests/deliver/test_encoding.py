"""What goes over the wire comes out as it went in, in lines that no relay changes."""

from __future__ import annotations

import quopri
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32, default
from email.utils import getaddresses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.deliver.encoding import mailbox, quoted_text, quoted_value, unstructured
from pipeline.text import clean_line

ANY = st.text(
    st.one_of(st.sampled_from(".=F \t\n\r-"), st.characters(exclude_categories=["Cs"])), max_size=400
)
LINES = ANY.map(clean_line).map(lambda line: line.replace("=?", "= ?"))


@given(ANY)
@example("." * 200)
@example("From here\nFrom there")
@example("ends in a space \nand a tab\t")
@example("元" * 50)
def test_a_text_comes_out_as_it_went_in(text: str) -> None:
    expected = text.replace("\r\n", "\n")
    assert quopri.decodestring(quoted_text(text)).replace(b"\r\n", b"\n") == expected.encode()


@given(ANY)
def test_a_value_comes_out_as_it_went_in_line_breaks_and_all(value: str) -> None:
    assert quopri.decodestring(quoted_value(value)) == value.encode()


@given(ANY)
@example("." * 200)
@example("=" * 200)
@example("x" * 72 + "=" + "y" * 80)
def test_lines_are_ascii_short_and_begin_with_nothing_that_is_changed_on_the_way(text: str) -> None:
    for line in (quoted_text(text) + b"\r\n" + quoted_value(text) + b"=").split(b"\r\n"):
        assert line.isascii()
        assert len(line) <= 76
        assert not line.startswith((b".", b"From "))
        assert not line.endswith((b" ", b"\t"))
        assert b"\n" not in line
        assert b"\r" not in line


@given(LINES)
@example(" ".join(["VR"] * 60))
@example("x" * 300)
@example("word " + "x" * 77)
def test_a_subject_comes_out_as_it_went_in(subject: str) -> None:
    raw = b"Subject: " + unstructured("Subject", subject) + b"\r\n\r\n"
    assert str(message_from_bytes(raw, policy=default)["Subject"]) == subject
    assert max(map(len, raw.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    ("subject", "lines"),
    [
        pytest.param("The Café of a Hundred Headsets Opens Its Doors in Shanghai", 2, id="one letter"),
        pytest.param("元宇宙" * 9, 2, id="Chinese"),
        pytest.param("😀" * 20, 2, id="four bytes each"),
    ],
)
def test_encoded_words_fill_their_lines(subject: str, lines: int) -> None:
    """RFC 2047, 2: a word has at most 75 letters, a line that holds one 76."""
    written = (b"Subject: " + unstructured("Subject", subject)).split(b"\r\n")
    assert len(written) == lines
    assert max(map(len, written)) <= 76
    for word in (line.split()[-1] for line in written):
        assert len(word) <= 75
        [(octets, _)] = decode_header(word.decode())
        assert octets.decode()  # whole characters


@given(LINES)
@example('O\'Neil, "M" \\ (VR) <a@b.example>')
@example("x" * 300)
def test_a_name_comes_out_as_it_went_in_beside_its_address(name: str) -> None:
    raw = b"To: " + mailbox(name, "mei@reader.example") + b"\r\n\r\n"
    [(called, address)] = getaddresses([str(message_from_bytes(raw, policy=compat32)["To"])])
    assert (str(make_header(decode_header(called))), address) == (name, "mei@reader.example")
    assert max(map(len, raw.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("", b"mei@reader.example"),
        ("Mei Li", b"Mei Li <mei@reader.example>"),
        ("Li, Mei", b'"Li, Mei" <mei@reader.example>'),
        ("王小明", b"=?utf-8?b?546L5bCP5piO?=\r\n <mei@reader.example>"),
    ],
)
def test_a_name_is_written_as_mail_programs_do(name: str, written: bytes) -> None:
    assert mailbox(name, "mei@reader.example") == written
