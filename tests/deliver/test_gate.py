"""The gate: one mutant a rule, each kept back; a good message passes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.deliver import gate
from pipeline.deliver.message import Message
from pipeline.errors import GateError
from tests.deliver.keys import DOMAIN, signer
from tests.deliver.letters import (
    ADDRESS,
    CONFIRM_URL,
    DISCLAIMERS,
    HTML,
    LEAVE_ADDRESS,
    LEAVE_URL,
    LETTER_RULES,
    RULES,
    TEXT,
    WHY,
    content,
    letter,
    mailed,
    message,
)

OTHERS = LEAVE_URL[:-3] + "xyz"
DUTIES = {"disclaimer": DISCLAIMERS[0], "second disclaimer": DISCLAIMERS[1], "address": ADDRESS, "why": WHY}


def spoiled(old: bytes, new: bytes) -> Message:
    """Return the good message with some bytes exchanged."""
    good = message()
    assert old in good.content
    return replace(good, content=good.content.replace(old, new))


MUTANTS = {
    **{
        f"no {what} in the text": message(content(text=TEXT.replace(words, "")))
        for what, words in DUTIES.items()
    },
    **{
        f"no {what} in the HTML": message(content(html=HTML.replace(words, "")))
        for what, words in DUTIES.items()
    },
    "no leave link in the text": message(content(text=TEXT.replace(LEAVE_URL, ""))),
    "no leave link in the HTML": message(content(html=HTML.replace(LEAVE_URL, "https://x.example"))),
    "another reader's link in the text": message(content(text=TEXT.replace(LEAVE_URL, OTHERS))),
    "another reader's link in the HTML": message(content(html=HTML.replace(LEAVE_URL, OTHERS))),
    "another reader's link in the header": message(replace(content(), leave_url=OTHERS)),
    "a longer link in the text": message(content(text=TEXT.replace(LEAVE_URL, LEAVE_URL + "x"))),
    "the leave link as bare words in the HTML": message(content(html=HTML.replace("href=", "title="))),
    "a disclaimer in a comment": message(
        content(html=HTML.replace(f"<p>{DISCLAIMERS[0]}</p>", f"<!-- {DISCLAIMERS[0]} -->"))
    ),
    "a disclaimer in the title alone": message(
        content(
            html=HTML.replace(f"<p>{DISCLAIMERS[0]}</p>", "").replace("<title>t", f"<title>{DISCLAIMERS[0]}")
        )
    ),
    "an HTML part above the limit": message(content(html=HTML + "x" * gate.MAX_HTML_BYTES)),
    "a folded leave link": spoiled(b"List-Unsubscribe: <", b"List-Unsubscribe:\r\n <"),
    "a Precedence": spoiled(b"Auto-Submitted:", b"Precedence: bulk\r\nAuto-Submitted:"),
    "no text part": spoiled(b"text/plain", b"text/x-plain"),
    **{f"no {name}": spoiled(f"\r\n{name}:".encode(), b"\r\nX-Gone:") for name in gate.HEADERS[1:]},
    "no From": spoiled(b"From:", b"X-Gone:"),
    "another's To": spoiled(b"mei@reader.example", b"may@reader.example"),
    "a second recipient in To": spoiled(b"\r\nTo: ", b"\r\nTo: <b@reader.example>,\r\n "),
    "a lone line feed": spoiled(b"Date:", b"X-Y: z\nDate:"),
    "bytes beyond ASCII": spoiled(b"Subject: VR", "Subject: 王".encode()),
    "a line that is too long": spoiled(b"Subject: ", b"Subject: " + b"x" * 990),
    "a charset that nobody knows": spoiled(b'"utf-8"', b'"ttf-8"'),
    "two To headers": spoiled(b"\r\nTo:", b"\r\nTo: b@reader.example\r\nTo:"),
}


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_what_lacks_one_thing_does_not_leave(mutant: Message) -> None:
    with pytest.raises(GateError, match="may not leave"):
        gate.check(mutant, RULES)


def test_a_good_message_passes() -> None:
    gate.check(message(), RULES)


def test_wrapped_lines_pass() -> None:
    wrapped = TEXT.replace(" ", "\n   ").replace("投资", "投\n资")
    gate.check(message(content(text=wrapped)), RULES)


def test_a_link_within_brackets_passes() -> None:
    gate.check(message(content(text=TEXT.replace(LEAVE_URL, f"退订：<{LEAVE_URL}>。"))), RULES)


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(replace(RULES, disclaimers=()), id="no disclaimer"),
        pytest.param(replace(RULES, disclaimers=(DISCLAIMERS[0], " ")), id="an empty disclaimer"),
        pytest.param(replace(RULES, postal_address=""), id="no address"),
        pytest.param(replace(RULES, why=""), id="no why"),
    ],
)
def test_an_empty_rule_is_never_met(rules: gate.Rules) -> None:
    with pytest.raises(GateError):
        gate.check(message(), rules)


def test_everything_that_lacks_is_named_without_the_readers_address() -> None:
    bare = message(content(text="nothing", html="<p>nothing</p>"))
    with pytest.raises(GateError) as caught:
        gate.check(bare, RULES)
    said = str(caught.value)
    for what in ("disclaimer", "postal address", "why", "leave link"):
        assert f"the {what} in its text part" in said or what == "why"
        assert f"{what}" in said
    assert "mei@reader.example" not in said


def test_a_good_letter_passes_by_its_own_rules_alone() -> None:
    gate.check(letter(), LETTER_RULES)
    with pytest.raises(GateError, match="List-Id"):
        gate.check(letter(), RULES)


LINK = f'<a href="{CONFIRM_URL}">Confirm</a>'
LETTERS = {
    **{
        f"no {what} in the text": letter(text=f"{TEXT.replace(words, '')}{CONFIRM_URL}\n")
        for what, words in DUTIES.items()
    },
    **{
        f"no {what} in the HTML": letter(html=HTML.replace(words, "").replace("</body>", f"{LINK}</body>"))
        for what, words in DUTIES.items()
    },
    "no leave link": letter(text=f"{TEXT.replace(LEAVE_URL, '')}{CONFIRM_URL}\n"),
    "not the link it is about in the text": letter(text=TEXT),
    "not the link it is about in the HTML": letter(html=HTML),
}


@pytest.mark.parametrize("mutant", LETTERS.values(), ids=LETTERS)
def test_a_letter_that_lacks_one_thing_does_not_leave(mutant: Message) -> None:
    with pytest.raises(GateError, match="may not leave"):
        gate.check(mutant, LETTER_RULES)


def test_the_address_to_leave_by_mail_is_this_readers_own_or_is_not_there() -> None:
    by_mail = replace(content(), leave_address=LEAVE_ADDRESS)
    gate.check(message(by_mail), replace(RULES, leave_address=LEAVE_ADDRESS))
    for rules in (RULES, replace(RULES, leave_address=LEAVE_ADDRESS.replace("AbC", "xyz"))):
        with pytest.raises(GateError, match="List-Unsubscribe"):
            gate.check(message(by_mail), rules)


SIGNED_RULES = replace(RULES, signing_domain=DOMAIN)
SIGNED = mailed(signer=signer())


def test_a_signed_message_of_the_signing_domain_passes() -> None:
    gate.check(SIGNED, SIGNED_RULES)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(mailed().content, id="none"),
        pytest.param(b"DKIM-Signature: d=lantern.example\r\n" + SIGNED.content, id="two"),
        pytest.param(SIGNED.content.replace(b"d=lantern.example", b"d=lantern.examples"), id="of another"),
    ],
)
def test_with_a_key_each_message_bears_one_signature_of_its_domain(content: bytes) -> None:
    with pytest.raises(GateError, match=r"one signature, of lantern\.example"):
        gate.check(replace(SIGNED, content=content), SIGNED_RULES)


@pytest.mark.parametrize("domain", [b"news.lantern.example", b"xlantern.example", b"lantern.example.x"])
def test_with_a_key_each_message_is_from_its_domain(domain: bytes) -> None:
    other = SIGNED.content.replace(b"<brief@lantern.example>", b"<brief@%b>" % domain)
    with pytest.raises(GateError, match=r"From of lantern\.example"):
        gate.check(replace(SIGNED, content=other), SIGNED_RULES)
