"""The gate for many: what differs from the message that was checked in more than its reader's values does not leave."""

from __future__ import annotations

from dataclasses import replace
from timeit import timeit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deliver import gate
from pipeline.deliver.message import Message
from pipeline.deliver.pattern import Pattern
from pipeline.deliver.stationery import Draft
from pipeline.errors import GateError
from pipeline.model import Parts
from tests.deliver.keys import DOMAIN, signer
from tests.deliver.letters import (
    ADDRESS,
    DISCLAIMERS,
    DRAFT,
    LEAVE_ADDRESS,
    LEAVE_URL,
    RULES,
    WHY,
    mailed,
    mailing,
)

SIGNED = mailing(signer=signer())
SIGNED_RULES = replace(RULES, signing_domain=DOMAIN)
PATTERN = Pattern(SIGNED.form, mailed(SIGNED), SIGNED_RULES)
OTHER_URL = LEAVE_URL[:-3] + "xyz"
GOOD = mailed(
    SIGNED,
    email="li@reader.example",
    name="李",
    greeting="Hello, <Li>.",
    leave_url=OTHER_URL,
    subscriber_id=8,
)
DUTIES = {"disclaimer": DISCLAIMERS[0], "second disclaimer": DISCLAIMERS[1], "address": ADDRESS, "why": WHY}


def passes(message: Message, *, leave_url: str = OTHER_URL, leave_address: str = "") -> bool:
    try:
        PATTERN.check(message, leave_url=leave_url, leave_address=leave_address)
    except GateError:
        return False
    return True


def test_another_readers_good_message_passes() -> None:
    assert passes(GOOD)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_no_reader_is_called_so_that_an_issue_is_held(name: str, greeting: str) -> None:
    assert passes(mailed(SIGNED, name=name, greeting=greeting, leave_url=OTHER_URL))


def test_a_reader_beyond_ascii_passes() -> None:
    assert passes(mailed(SIGNED, email="王@例子.中国", leave_url=OTHER_URL))


LINES = [line for line in GOOD.content.split(b"\r\n") if line]


@pytest.mark.parametrize("number", range(len(LINES)))
def test_no_line_can_be_taken_out(number: int) -> None:
    line = LINES[number] + b"\r\n"
    assert not passes(replace(GOOD, content=GOOD.content.replace(line, b"", 1)))


def test_no_byte_of_what_all_have_in_common_can_be_altered() -> None:
    for at in filter(_is_fixed, range(0, len(GOOD.content), 23)):
        altered = GOOD.content[:at] + bytes([GOOD.content[at] ^ 1]) + GOOD.content[at + 1 :]
        assert not passes(replace(GOOD, content=altered)), at


def _is_fixed(at: int) -> bool:
    start = 0
    for fixed, length in zip(SIGNED.form.fixed, (*GOOD.lengths, 0), strict=True):
        if at < start + len(fixed):
            return at >= start
        start += len(fixed) + length
    return False


def with_value(field: str, value: bytes, *, place: str) -> Message:
    """Return the good message with another value in one field, and with its length told."""
    content, lengths, at = b"", list(GOOD.lengths), 0
    for number, fixed in enumerate(SIGNED.form.fixed[:-1]):
        at += len(fixed)
        old = GOOD.content[at : at + lengths[number]]
        at += lengths[number]
        each = SIGNED.form.fields[number]
        new = value if (each.name, each.place) == (field, place) else old
        lengths[number] = len(new)
        content += fixed + new
    return replace(GOOD, content=content + SIGNED.form.fixed[-1], lengths=tuple(lengths))


INTRUDERS = {
    "another reader's link in the header": ("List-Unsubscribe", f"<{LEAVE_URL}>".encode(), "head"),
    "another reader's link in the text": ("leave_url", LEAVE_URL.encode(), "text"),
    "another reader's link in the HTML": ("leave_url", LEAVE_URL.encode(), "html"),
    "a longer link in the text": ("leave_url", OTHER_URL.encode() + b"x", "text"),
    "no link in the HTML": ("leave_url", b"", "html"),
    "a folded link in the header": ("List-Unsubscribe", f"\r\n <{OTHER_URL}>".encode(), "head"),
    "another recipient": ("To", b"mei@reader.example", "head"),
    "two recipients": ("To", b"mei@reader.example, <li@reader.example>", "head"),
    "a header after To": ("To", b"li@reader.example\r\nBcc: <li@reader.example>", "head"),
    "a header after the date": ("Date", b"x\r\nPrecedence: bulk", "head"),
    "a part in the text": ("greeting", b"x\r\n--=_x\r\n", "text"),
    "a raw line break in the text": ("greeting", b"x\r\ny", "text"),
    "an escape that is none": ("greeting", b"=zz", "text"),
    "bytes beyond ASCII": ("greeting", "王".encode(), "text"),
    "a tag": ("greeting", b"<!--", "html"),
    "an encoded tag": ("greeting", b"=3C!--", "html"),
    "the end of an attribute": ("greeting", b'" hidden', "html"),
    "the encoded end of an attribute": ("greeting", b"=22 hidden", "html"),
    "a value that makes the HTML too long": ("greeting", b"x" * gate.MAX_HTML_BYTES, "html"),
}


@pytest.mark.parametrize(("field", "value", "place"), INTRUDERS.values(), ids=INTRUDERS)
def test_a_value_that_is_not_the_readers_or_does_harm_is_kept_back(
    field: str, value: bytes, place: str
) -> None:
    assert not passes(with_value(field, value, place=place))


def test_what_was_exchanged_in_the_test_is_what_is_kept_back() -> None:
    assert passes(with_value("greeting", b"Hello, =3D.", place="text"))


def test_the_link_is_that_of_whoever_is_written_to_not_of_the_message() -> None:
    assert not passes(GOOD, leave_url=LEAVE_URL)
    assert not passes(GOOD, leave_address=LEAVE_ADDRESS)


def test_a_message_of_another_mailing_is_kept_back() -> None:
    assert not passes(mailed(mailing(), leave_url=OTHER_URL))
    assert not passes(mailed(mailing(subject="Else", signer=signer()), leave_url=OTHER_URL))


def test_everything_that_lacks_is_named_without_the_readers_address() -> None:
    bare = replace(GOOD, content=GOOD.content.replace(ADDRESS.encode(), b"").replace(b"Auto-Submitted", b"X"))
    with pytest.raises(
        GateError, match=r"the header Auto-Submitted.*postal address in its text part"
    ) as caught:
        PATTERN.check(bare, leave_url=OTHER_URL, leave_address="")
    assert "li@reader.example" not in str(caught.value)


@pytest.mark.parametrize("words", DUTIES.values(), ids=DUTIES)
def test_nothing_is_learnt_from_a_mail_that_lacks_a_duty(words: str) -> None:
    for spoiled in (
        replace(DRAFT, text=_without(DRAFT.text, words)),
        replace(DRAFT, html=_without(DRAFT.html, words)),
    ):
        with pytest.raises(GateError, match="may not leave"):
            learn(spoiled)


def test_a_duty_that_a_readers_own_value_fulfils_is_not_fulfilled() -> None:
    """The first reader's name is, say, the postal address, and the next one's is not."""
    spoiled = replace(DRAFT, text=_without(DRAFT.text, ADDRESS), html=_without(DRAFT.html, ADDRESS))
    with pytest.raises(GateError, match="postal address"):
        learn(spoiled, greeting=ADDRESS)


def test_nothing_is_learnt_from_a_mail_that_is_signed_for_another_domain() -> None:
    with pytest.raises(GateError, match=r"one signature, of other\.example"):
        Pattern(SIGNED.form, mailed(SIGNED), replace(RULES, signing_domain="other.example"))


def _without(parts: Parts, words: str) -> Parts:
    return replace(parts, fixed=tuple(each.replace(words, "") for each in parts.fixed))


def learn(draft: Draft, *, greeting: str = "Hello.") -> Pattern:
    made = mailing(draft=draft)
    return Pattern(made.form, mailed(made, greeting=greeting), RULES)


def test_looking_at_a_long_message_takes_little_time() -> None:
    """A tenth of a millisecond is five times what it takes; the thorough check takes a hundred times that."""
    long = replace(
        DRAFT,
        html=replace(DRAFT.html, fixed=(*DRAFT.html.fixed[:-1], DRAFT.html.fixed[-1] + "<p>x</p>\n" * 7000)),
    )
    made = mailing(draft=long)
    pattern, message = Pattern(made.form, mailed(made), RULES), mailed(made)
    seconds = min(
        timeit(lambda: pattern.check(message, leave_url=LEAVE_URL, leave_address=""), number=20)
        for _ in range(20)
    )
    assert seconds / 20 < 100e-6
