"""One reader's message, byte by byte and as a mail program reads it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import getaddresses

import pytest

from pipeline.deliver.gate import HEADERS, LETTER_HEADERS
from pipeline.deliver.message import Delivered, Message, UnwritableAddressError, read_delivery_token
from pipeline.errors import GateError
from tests.deliver.letters import (
    HTML,
    LEAVE_ADDRESS,
    LEAVE_URL,
    NOW,
    SENDER,
    TEXT,
    content,
    letter,
    message,
)

LONG_CHINESE = "北京、上海与深圳同日发布元宇宙产业三年行动计划，" * 5
HOSTILE = "Mei\r\nBcc: all@reader.example\r\n\r\n<script>"


def parsed(of: Message) -> EmailMessage:
    return message_from_bytes(of.content, _class=EmailMessage, policy=default)


def head(of: Message) -> bytes:
    return of.content.partition(b"\r\n\r\n")[0]


def part(of: Message, number: int) -> str:
    return str(list(parsed(of).iter_parts())[number].get_content()).replace("\r\n", "\n")


MESSAGES = {
    "plain": message(),
    "Chinese": message(content(subject=LONG_CHINESE), name="王小明，读者" * 12),
    "long lines": message(content(text=TEXT + "x" * 2000 + "\n", html=HTML + "字" * 2000)),
    "no last newline": message(content(text=TEXT.rstrip(), html=HTML.rstrip())),
    "long link": message(replace(content(), leave_url=f"https://{'a' * 200}.example/leave/{'T' * 22}")),
}
EACH = pytest.mark.parametrize("one", MESSAGES.values(), ids=MESSAGES)


@EACH
def test_every_header_of_the_contract_is_there_once(one: Message) -> None:
    counts = {name: len(re.findall(rf"(?im)^{name}:", head(one).decode())) for name in HEADERS}
    assert set(counts.values()) == {1}, counts


@EACH
def test_there_is_no_precedence(one: Message) -> None:
    assert parsed(one)["Precedence"] is None


@EACH
def test_the_wire_gets_ascii_in_crlf_lines(one: Message) -> None:
    assert one.content.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", one.content)


@EACH
def test_no_line_is_too_long(one: Message) -> None:
    lines = one.content.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert max(map(len, head(one).split(b"\r\n"))) <= 998


@EACH
def test_the_leave_link_stands_in_one_line_as_it_is(one: Message) -> None:
    [line] = re.findall(rb"(?m)^List-Unsubscribe:[^\n]*\r\n(?=\S)", one.content)
    assert re.fullmatch(rb"List-Unsubscribe: <https://[^=? ]+>\r\n", line)


def test_the_address_to_leave_by_mail_stands_behind_the_link_in_the_same_line() -> None:
    made = message(replace(content(), leave_address=LEAVE_ADDRESS))
    line = f"\r\nList-Unsubscribe: <{LEAVE_URL}>, <mailto:{LEAVE_ADDRESS}?subject=unsubscribe>\r\n"
    assert line.encode() in made.content


def test_the_headers_that_machines_read_say_what_they_should() -> None:
    mail = parsed(message())
    assert {name: str(mail[name]) for name in HEADERS if name.startswith(("List", "Auto", "Feed"))} == {
        "List-Unsubscribe": f"<{LEAVE_URL}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": "<daily.news.lantern.example>",
        "List-Help": "<mailto:editor@lantern.example?subject=help>",
        "List-Archive": "<https://news.lantern.example/archive>",
        "List-Owner": "<mailto:editor@lantern.example>",
        "Auto-Submitted": "auto-generated",
        "Feedback-ID": "3:daily:metabrief:lantern.example",
    }


def test_a_contact_page_is_linked_as_it_is() -> None:
    mail = parsed(message(sender=replace(SENDER, contact="https://lantern.example/contact")))
    assert {str(mail["List-Help"]), str(mail["List-Owner"])} == {"<https://lantern.example/contact>"}


@pytest.mark.parametrize(
    "subject",
    ["VR", LONG_CHINESE, "a, “b”; 元 <c> " * 8, "VR " * 60, "😀" * 30],
    ids=["English", "Chinese", "mixed", "long", "emoji"],
)
def test_a_subject_comes_out_as_it_went_in(subject: str) -> None:
    assert str(parsed(message(content(subject=subject)))["Subject"]) == subject.strip()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mei",
        "王小明",
        'O\'Neil, Mei (VR) "M"',
        "王小明，元宇宙与数字孪生产业研究院读者" * 4,
        "José <x@y.example>",
    ],
    ids=["none", "plain", "Chinese", "punctuation", "long", "looks like an address"],
)
def test_a_readers_name_comes_out_as_it_went_in_beside_one_address(name: str) -> None:
    [(raw, address)] = getaddresses(
        [str(message_from_bytes(message(name=name).content, policy=compat32)["To"])]
    )
    assert (str(make_header(decode_header(raw))), address) == (name, "mei@reader.example")


@pytest.mark.parametrize("field", ["name", "subject"])
def test_what_looks_like_an_encoded_word_is_not_decoded(field: str) -> None:
    word = "=?utf-8?q?Mei=0D=0ABcc:_a@b.example?="
    made = message(name=word) if field == "name" else message(content(subject=word))
    assert "Mei=0D=0ABcc" in str(parsed(made)["To" if field == "name" else "Subject"])


@pytest.mark.parametrize("field", ["name", "subject", "title"])
def test_a_line_break_makes_no_header(field: str) -> None:
    made = {
        "name": lambda: message(name=HOSTILE),
        "subject": lambda: message(content(subject=HOSTILE)),
        "title": lambda: message(sender=replace(SENDER, title=HOSTILE)),
    }[field]()
    mail = parsed(made)
    assert mail["Bcc"] is None
    assert part(made, 0) == TEXT
    assert b"\nBcc" not in made.content


@pytest.mark.parametrize(
    "email",
    ["mei@reader.example\r\nBcc: a@b.example", "mei@reader.example>,<b@c.example", "mei", ""],
    ids=["line break", "second address", "no domain", "empty"],
)
def test_an_address_that_cannot_be_written_to_is_refused_alone(email: str) -> None:
    with pytest.raises(UnwritableAddressError):
        message(email=email)


def test_a_sender_that_cannot_be_written_stops_the_issue() -> None:
    with pytest.raises(GateError):
        message(sender=replace(SENDER, address="no address"))


def test_a_chinese_domain_is_written_in_ascii() -> None:
    made = message(email="mei@例子.中国")
    assert made.recipient == "mei@xn--fsqu00a.xn--fiqs8s"
    assert b"xn--fsqu00a" in head(made)


def test_the_same_delivery_has_the_same_message_id() -> None:
    again = message(content(subject="corrected"), name="M", now=NOW + timedelta(days=1))
    assert again.id == message().id == parsed(message())["Message-ID"]


def test_the_same_delivery_at_the_same_time_has_the_same_bytes() -> None:
    assert message() == message()


@pytest.mark.parametrize("field", ["subscriber", "newsletter"])
def test_another_delivery_has_another_message_id(field: str) -> None:
    other = (
        message(subscriber_id=8)
        if field == "subscriber"
        else message(sender=replace(SENDER, newsletter="weekly"))
    )
    assert other.id != message().id


def test_the_return_path_names_the_delivery_and_is_keyed() -> None:
    made = message()
    forged = message(sender=replace(SENDER, verp_key=b"another key"))
    assert re.fullmatch(r"bounces\+3\.7\.[0-9a-f]{16}@bounces\.lantern\.example", made.envelope_from)
    assert forged.envelope_from != made.envelope_from
    assert "mei" not in made.envelope_from


def test_the_text_part_comes_first() -> None:
    mail = parsed(message())
    assert mail.get_content_type() == "multipart/alternative"
    assert [each.get_content_type() for each in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("body", [TEXT, "=3D . =\n", ".\n..\n.\n", "字" * 3000 + "\n", "tab\t \nend \n"])
def test_both_parts_come_out_as_they_went_in(body: str) -> None:
    made = message(content(text=body, html=body))
    assert [part(made, 0), part(made, 1)] == [body, body]


def test_a_letter_has_its_own_headers_and_none_of_a_list_but_the_way_out() -> None:
    mail = parsed(letter())
    assert sorted(mail.keys()) == sorted(LETTER_HEADERS)
    assert (str(mail["From"]), str(mail["To"])) == (
        "Lantern Press <brief@lantern.example>",
        "mei@reader.example",
    )
    assert str(mail["List-Unsubscribe"]) == f"<{LEAVE_URL}>"
    assert str(mail["Auto-Submitted"]) == "auto-generated"


def test_a_letter_is_named_by_its_token() -> None:
    made = letter()
    assert re.fullmatch(r"<opt-in\.letter\.0a1b2c\.[0-9a-f]{16}@lantern\.example>", made.id)
    assert made.id == parsed(made)["Message-ID"] == letter().id != letter(name="0a1b2d").id
    assert re.fullmatch(
        r"bounces\+letter\.0a1b2c\.[0-9a-f]{16}@bounces\.lantern\.example", made.envelope_from
    )


def test_the_mail_itself_does_not_hold_the_token_of_its_return_path() -> None:
    assert token_of(message()).encode() not in message().content


def token_of(of: Message) -> str:
    return of.envelope_from.removeprefix("bounces+").partition("@")[0]


@pytest.mark.parametrize(
    ("made", "delivered"),
    [
        pytest.param(message(), Delivered(issue_id=3, subscriber_id=7), id="an issue"),
        pytest.param(letter(), Delivered(letter="0a1b2c"), id="a letter"),
    ],
)
def test_what_comes_back_says_what_was_delivered(made: Message, delivered: Delivered) -> None:
    key = SENDER.verp_key
    assert read_delivery_token(token_of(made), key=key) == delivered
    in_message_id = made.id.partition(".")[2].partition("@")[0]
    assert read_delivery_token(in_message_id, key=key) == replace(delivered, is_public=True)
    assert read_delivery_token(token_of(made), key=b"another key") is None


ISSUES, LETTERS = token_of(message()), token_of(letter())


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="nothing"),
        pytest.param(ISSUES.replace("3.7", "3.8"), id="another reader"),
        pytest.param(LETTERS.replace("0a1b2c", "0a1b2d"), id="another letter"),
        pytest.param(ISSUES[:-1], id="cut off"),
        pytest.param(ISSUES + "0", id="longer"),
        pytest.param(ISSUES.replace("3.7", "03.7"), id="written in another way"),
        pytest.param("letter." + ISSUES, id="another kind"),
        pytest.param("٣.٧." + ISSUES[4:], id="other digits"),
        pytest.param("9" * 10_000, id="long"),
        pytest.param("3.7\x00." + ISSUES[4:], id="a NUL"),
    ],
)
def test_a_token_that_is_not_ours_speaks_of_nothing(token: str) -> None:
    assert read_delivery_token(token, key=SENDER.verp_key) is None
