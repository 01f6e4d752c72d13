"""What a relay's words mean."""

from __future__ import annotations

import base64

import pytest

from pipeline.deliver.causes import Cause
from pipeline.deliver.replies import Phase, Reply, explained, printable, read_reply, without_secret
from pipeline.model import DeliveryState as State

BEFORE = (Phase.SESSION, Phase.RECIPIENT)
TABLE = [
    # code, text, phase, state, ours
    (250, "2.0.0 kept", Phase.MESSAGE, State.ACCEPTED, False),
    (354, "go on", Phase.MESSAGE, State.UNCERTAIN, False),
    (-1, "gibberish", Phase.MESSAGE, State.UNCERTAIN, False),
    (950, "no such class", Phase.MESSAGE, State.UNCERTAIN, False),
    (250, "instead of 354", Phase.RECIPIENT, State.DEFERRED, False),
    (-1, "gibberish", Phase.RECIPIENT, State.DEFERRED, False),
    (421, "4.7.28 slow down", Phase.SESSION, State.DEFERRED, False),
    (451, "4.3.0 later", Phase.RECIPIENT, State.DEFERRED, False),
    (452, "4.2.2 full", Phase.MESSAGE, State.DEFERRED, False),
    (550, "5.1.1 no such user", Phase.RECIPIENT, State.REJECTED, False),
    (550, "5.1.10 null MX", Phase.RECIPIENT, State.REJECTED, False),
    (550, "no such user", Phase.RECIPIENT, State.REJECTED, False),
    (552, "5.2.2 mailbox full", Phase.MESSAGE, State.REJECTED, False),
    (554, "5.70.1 not policy", Phase.MESSAGE, State.REJECTED, False),
    (550, "5.7.1 policy", Phase.SESSION, State.DEFERRED, True),
    (550, "5.7.1 policy", Phase.RECIPIENT, State.DEFERRED, True),
    (550, "5.7.26 unauthenticated", Phase.MESSAGE, State.DEFERRED, True),
    (530, "must issue STARTTLS", Phase.SESSION, State.DEFERRED, True),
    (553, "5.1.8 sender's domain", Phase.SESSION, State.DEFERRED, True),
    (553, "5.1.8 sender's domain", Phase.RECIPIENT, State.DEFERRED, True),
    (550, "5.4.5 daily limit", Phase.RECIPIENT, State.DEFERRED, True),
    (554, "blocked for spam", Phase.RECIPIENT, State.DEFERRED, True),
    (530, "log in first", Phase.RECIPIENT, State.DEFERRED, True),
    (554, "transaction failed", Phase.MESSAGE, State.REJECTED, False),
    (552, "5.3.4 too big", Phase.MESSAGE, State.REJECTED, False),
]


@pytest.mark.parametrize(
    ("code", "text", "phase", "state", "is_ours"),
    TABLE,
    ids=[f"{code} {text} at {phase}" for code, text, phase, _, _ in TABLE],
)
def test_a_reply_is_read_as_what_it_is(
    code: int, text: str, phase: Phase, state: State, is_ours: bool
) -> None:
    attempt = read_reply(Reply(code=code, text=text), phase=phase)
    assert (attempt.state, attempt.is_ours, attempt.code) == (state, is_ours, code)


@pytest.mark.parametrize(
    ("code", "text", "phase", "is_unknown"),
    [
        pytest.param(550, "5.1.1 unknown", Phase.RECIPIENT, True, id="5.1.1"),
        pytest.param(550, "5.1.99 unknown", Phase.RECIPIENT, True, id="5.1.x"),
        pytest.param(550, "unknown", Phase.RECIPIENT, True, id="a plain 550"),
        pytest.param(550, "5.1.1 unknown", Phase.MESSAGE, True, id="5.1.1 after the dot"),
        pytest.param(550, "no", Phase.MESSAGE, False, id="a plain 550 after the dot"),
        pytest.param(550, "5.1.1 unknown", Phase.SESSION, False, id="of ourselves"),
        pytest.param(450, "4.1.1 unknown for now", Phase.RECIPIENT, False, id="not for good"),
        pytest.param(550, "blocked by policy", Phase.RECIPIENT, False, id="a plain 550 of policy"),
        pytest.param(552, "5.2.2 full", Phase.RECIPIENT, False, id="a full mailbox"),
    ],
)
def test_a_reader_is_unknown_when_the_reply_says_so(
    code: int, text: str, phase: Phase, *, is_unknown: bool
) -> None:
    assert read_reply(Reply(code=code, text=text), phase=phase).is_no_such_user is is_unknown


@pytest.mark.parametrize(
    ("phase", "is_slow_down"), [(Phase.SESSION, False), (Phase.RECIPIENT, True), (Phase.MESSAGE, True)]
)
def test_only_a_reply_about_a_reader_slows_their_domain_down(phase: Phase, *, is_slow_down: bool) -> None:
    attempt = read_reply(Reply(code=421, text="4.7.28 unusual rate"), phase=phase)
    assert (attempt.is_slow_down, attempt.cause) == (is_slow_down, Cause.RATE)


def test_what_is_accepted_has_no_cause() -> None:
    attempt = read_reply(Reply(code=250, text="2.0.0 spam or not, it is kept"), phase=Phase.MESSAGE)
    assert (attempt.cause, attempt.is_slow_down, attempt.is_no_such_user) == (None, False, False)


@pytest.mark.parametrize(
    ("code", "text", "told"),
    [
        pytest.param(535, "5.7.8 bad password", "login; see that [smtp] username and password", id="login"),
        pytest.param(
            550, "5.7.1 listed at Spamhaus", "reputation or a block list; look the", id="block list"
        ),
        pytest.param(554, "no", "policy; read what the reply says", id="nothing is told"),
    ],
)
def test_a_refusal_is_explained_with_its_likely_cause_and_remedy(code: int, text: str, told: str) -> None:
    assert explained(Reply(code=code, text=text)).startswith(f"{code} {text} (likely cause: {told}")


def test_an_explanation_names_nobody() -> None:
    assert "reader@" not in explained(Reply(code=550, text="5.7.1 <reader@a.example> no"))


@pytest.mark.parametrize("phase", BEFORE)
@pytest.mark.parametrize("code", [-1, 200, 250, 299, 354, 399, 421, 499, 500, 599, 600])
def test_nothing_is_accepted_or_uncertain_before_the_dot(phase: Phase, code: int) -> None:
    assert read_reply(Reply(code=code, text=""), phase=phase).state in (State.DEFERRED, State.REJECTED)


@pytest.mark.parametrize(
    ("text", "enhanced"),
    [("5.1.1 x", "5.1.1"), ("5.7.133 x", "5.7.133"), ("x 5.1.1", ""), ("3.1.1", ""), ("5.1", "")],
)
def test_the_enhanced_code_stands_first_or_not_at_all(text: str, enhanced: str) -> None:
    assert Reply(code=550, text=text).enhanced == enhanced


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        pytest.param("5.1.1 <mei@reader.example>: unknown", "5.1.1 <…>: unknown", id="address"),
        pytest.param("RCPT TO:<王@例子.中国> no", "RCPT TO:<…> no", id="Chinese address"),
        pytest.param("one\ntwo\r\n three", "one two three", id="lines"),
        pytest.param("a\x00b\x1b[31m", "a b [31m", id="control characters"),
        pytest.param("拒收".encode("gbk").decode("utf-8", "surrogateescape"), "����", id="another charset"),
        pytest.param("x" * 1000, "x" * 300, id="endless"),
        pytest.param("unknown: AUTH PLAIN AHByZXNz\n AGh1", "unknown: AUTH PLAIN …", id="a login repeated"),
        pytest.param("AUTH not available", "AUTH not available", id="no login"),
    ],
)
def test_a_relays_words_are_kept_without_addresses_and_bytes_that_are_no_text(said: str, kept: str) -> None:
    assert printable(said) == kept


SECRET = "hunter2-of-the-press"


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(SECRET, id="as it is"),
        pytest.param(in_base64(SECRET), id="Base64"),
        pytest.param(in_base64(f"\0press\0{SECRET}"), id="Base64 with the name"),
        pytest.param(in_base64(f"\0press\0{SECRET}")[:20], id="Base64 cut off"),
        pytest.param("x/" + in_base64(f"ab{SECRET}"), id="Base64 behind other letters"),
    ],
)
def test_a_secret_is_cut_out_of_what_is_said(said: str) -> None:
    assert without_secret(f"unknown: {said} (try again)", SECRET) == "unknown: … (try again)"


@pytest.mark.parametrize("secret", ["", "un", SECRET])
def test_words_without_the_secret_stay(secret: str) -> None:
    said = f"unknown: {in_base64('something else altogether')} at /var/spool/relay"
    assert without_secret(said, secret) == said
