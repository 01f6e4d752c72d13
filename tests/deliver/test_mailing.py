"""One mail for many readers: the fields alone differ, and whatever fills them comes out as it went in."""

from __future__ import annotations

import html
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.deliver.gate import HEADERS
from pipeline.deliver.mailing import Addressee
from pipeline.deliver.message import Message, UnwritableAddressError, read_delivery_token
from tests.deliver.letters import DRAFT, LEAVE_URL, NOW, SENDER, mailed, mailing

MAILING = mailing()
HOSTILE = st.text(
    st.one_of(st.sampled_from("\r\n\t =.<>\"'&?-_\ue000"), st.characters(exclude_categories=["Cs"])),
    max_size=120,
)


def parsed(of: Message) -> EmailMessage:
    return message_from_bytes(of.content, _class=EmailMessage, policy=default)


def parts(of: Message) -> list[str]:
    found = parsed(of).iter_parts()
    return [str(part.get_payload(decode=True), "utf-8").replace("\r\n", "\n") for part in found]  # type: ignore[arg-type]


@settings(max_examples=400, deadline=None)
@given(greeting=HOSTILE, name=HOSTILE)
@example(greeting="Evil\r\nBcc: all@reader.example\r\n\r\n--=_", name="Evil\r\nBcc: all@reader.example")
@example(greeting="=?utf-8?q?Mei?=", name="=?utf-8?q?Mei=0D=0ABcc:_a@b.example?=")
@example(greeting="." * 100, name="王小明😀" * 15)
@example(greeting="\ue000leave_url\ue001", name='"Mei" <mei@other.example>,')
def test_what_is_filled_in_comes_out_and_adds_nothing(greeting: str, name: str) -> None:
    made = mailed(MAILING, greeting=greeting, name=name)
    text, hypertext = (each.fixed for each in (DRAFT.text, DRAFT.html))
    written = greeting.replace("\r\n", "\n")
    assert parts(made) == [
        f"{text[0]}{written}{text[1]}{LEAVE_URL}{text[2]}",
        f"{hypertext[0]}{html.escape(written)}{hypertext[1]}{LEAVE_URL}{hypertext[2]}",
    ]
    mail = parsed(made)
    assert sorted(mail.keys()) == sorted(HEADERS)
    assert [each.addr_spec for each in mail["To"].addresses] == ["mei@reader.example"]
    _is_fit_for_the_wire(made.content)


def _is_fit_for_the_wire(content: bytes) -> None:
    assert content.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\r\n\.", content)
    head, _, body = content.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert max(map(len, head.split(b"\r\n"))) <= 998


def test_two_readers_messages_differ_in_their_own_values_alone() -> None:
    others = "https://news.lantern.example/leave/other"
    one, other = (
        mailed(MAILING),
        mailed(
            MAILING,
            name="Li",
            email="li@reader.example",
            greeting="Hello, Li.",
            leave_url=others,
            subscriber_id=8,
        ),
    )
    assert _without_values(one) == _without_values(other) == MAILING.form.fixed


def _without_values(of: Message) -> tuple[bytes, ...]:
    pieces, rest = [], of.content
    for fixed, length in zip(MAILING.form.fixed, (*of.lengths, 0), strict=True):
        pieces.append(rest[: len(fixed)])
        rest = rest[len(fixed) + length :]
    assert not rest
    return tuple(pieces)


@pytest.mark.parametrize(
    ("email", "recipient"),
    [
        ("王@例子.中国", "王@xn--fsqu00a.xn--fiqs8s"),
        ("jörg@reader.example", "jörg@reader.example"),
        ("mei@例子.中国", "mei@xn--fsqu00a.xn--fiqs8s"),
    ],
)
def test_an_address_beyond_ascii_is_written_as_smtputf8_takes_it(email: str, recipient: str) -> None:
    made = mailed(MAILING, email=email, name="王小明")
    assert (made.recipient, made.is_utf8) == (recipient, not recipient.isascii())
    assert f"<{recipient}>\r\n".encode() in made.content
    assert made.content.replace(recipient.encode(), b"").isascii()
    assert made.envelope_from.isascii()


@pytest.mark.parametrize(
    "email",
    ["mei..li@reader.example", ".mei@reader.example", "mei", "m" * 260 + "@reader.example", "a b@c.example"],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(UnwritableAddressError):
        mailed(MAILING, email=email)


def test_a_copy_to_look_at_is_no_delivery() -> None:
    to = Addressee(email="editor@lantern.example", name="", leave_url=LEAVE_URL)
    made = MAILING.write_copy(to, {"greeting": "", "leave_url": LEAVE_URL}, token="0a1b2c", now=NOW)
    assert made.id == "<daily.test.0a1b2c@lantern.example>"
    assert made.envelope_from == "bounces+test.0a1b2c@bounces.lantern.example"
    for token in ("test.0a1b2c", "0a1b2c"):
        assert read_delivery_token(token, key=SENDER.verp_key) is None
