"""Codes mean what their RFCs say, and tell why we are refused as large hosts use them."""

from __future__ import annotations

import re

import pytest

from pipeline.deliver.causes import REMEDIES, Cause
from pipeline.deliver.statuses import STATUSES, About, asks_to_slow_down, cause, enhanced_code, status_of

MEANINGS = [
    # about the reader
    (550, "5.1.1 no such user", About.READER),
    (550, "5.1.2 no such host", About.READER),
    (553, "5.1.3 bad address syntax", About.READER),
    (550, "5.1.6 has moved", About.READER),
    (556, "5.1.10 null MX", About.READER),
    (550, "5.1.77 something about the address", About.READER),
    (550, "5.4.1 Recipient address rejected: Access denied", About.READER),
    (550, "5.4.310 DNS domain does not exist", About.READER),
    (550, "mailbox unavailable", About.READER),
    (550, "5.0.0 mailbox unavailable", About.READER),
    (551, "user not local", About.READER),
    (553, "mailbox name not allowed", About.READER),
    (556, "domain does not accept mail", About.READER),
    (554, "user unknown; see our policy", About.READER),
    # about the mailbox
    (550, "5.2.1 disabled", About.MAILBOX),
    (452, "4.2.2 full", About.MAILBOX),
    (552, "storage", About.MAILBOX),
    (550, "mailbox quota exceeded", About.MAILBOX),
    (550, "user is over quota", About.MAILBOX),
    # about the message
    (552, "5.3.4 too big", About.MESSAGE),
    (552, "5.2.3 too long for this mailbox", About.MESSAGE),
    (554, "5.6.0 content", About.MESSAGE),
    # about the relay or the way
    (451, "4.3.0 trouble here", About.SYSTEM),
    (450, "4.4.1 no answer", About.SYSTEM),
    (550, "5.4.1 no answer from host", About.SYSTEM),
    (503, "5.5.1 bad sequence", About.SYSTEM),
    # about us
    (550, "5.1.8 sender's domain does not exist", About.US),
    (550, "5.4.5 daily sending quota exceeded", About.US),
    (550, "5.7.1 no", About.US),
    (550, "5.7.999 no", About.US),
    (550, "blocked", About.US),
    (530, "log in first", About.US),
    # about nothing that can be told
    (554, "transaction failed", None),
    (451, "try again", None),
    (550, "5.70.1 policy", None),
]


@pytest.mark.parametrize(
    ("code", "text", "about"), MEANINGS, ids=[f"{code} {text}" for code, text, _ in MEANINGS]
)
def test_a_reply_speaks_of_whom_its_code_names(code: int, text: str, about: About | None) -> None:
    status = status_of(code, text)
    assert (status and status.about) is about


CAUSES = [
    (550, "5.7.23 SPF validation failed", Cause.SPF),
    (550, "5.7.24 SPF error", Cause.SPF),
    (421, "4.7.27 Your email has been rate limited because SPF authentication didn't pass", Cause.SPF),
    (550, "5.7.1 Message rejected: SPF fail - not authorized", Cause.SPF),
    (550, "SPF check failed", Cause.SPF),
    (550, "5.7.20 no passing signature", Cause.DKIM),
    (550, "5.7.21 no acceptable signature", Cause.DKIM),
    (550, "5.7.22 none by the author", Cause.DKIM),
    (550, "5.7.30 DKIM authentication did not pass", Cause.DKIM),
    (550, "5.7.26 the sender is unauthenticated", Cause.DMARC),
    (550, "5.7.1 Unauthenticated email is not accepted due to domain's DMARC policy", Cause.DMARC),
    (550, "5.7.509 Access denied, sending domain does not pass DMARC verification", Cause.DMARC),
    (550, "5.7.515 Access denied, does not meet the required authentication level", Cause.DMARC),
    (550, "5.7.1 fails both SPF and DKIM", Cause.DMARC),
    (550, "5.7.32 From header is not aligned", Cause.DMARC),
    (550, "5.7.25 the IP has no PTR record", Cause.REVERSE_DNS),
    (421, "4.7.23 the sending IP has no PTR record", Cause.REVERSE_DNS),
    (450, "4.7.1 Client host rejected: cannot find your reverse hostname", Cause.REVERSE_DNS),
    (550, "5.7.27 the sender's domain has a null MX", Cause.SENDER),
    (550, "5.1.7 bad sender", Cause.SENDER),
    (550, "5.7.1 Service unavailable, client host blocked using Spamhaus", Cause.REPUTATION),
    (550, "5.7.606 Access denied, banned sending IP", Cause.REPUTATION),
    (550, "5.7.649 Access denied, banned sending IP", Cause.REPUTATION),
    (550, "5.7.511 Access denied, banned sender", Cause.REPUTATION),
    (550, "5.7.708 Access denied, traffic not accepted from this IP", Cause.REPUTATION),
    (554, "HL:IPB 163 smtp", Cause.REPUTATION),
    (421, "4.7.28 unusual rate", Cause.RATE),
    (550, "5.7.28 flood", Cause.RATE),
    (451, "4.7.500 Server busy", Cause.RATE),
    (451, "4.7.650 temporarily slowed down", Cause.RATE),
    (451, "4.7.699 Server busy", Cause.RATE),
    (550, "5.4.5 daily limit", Cause.RATE),
    (550, "Domain frequency limited", Cause.RATE),
    (451, "MI:SFQ 163 smtp", Cause.RATE),
    (530, "5.7.0 Must issue a STARTTLS command first", Cause.TLS),
    (538, "encryption needed", Cause.TLS),
    (550, "5.7.10 encryption needed", Cause.TLS),
    (535, "5.7.8 bad credentials", Cause.LOGIN),
    (535, "5.7.3 unsuccessful", Cause.LOGIN),
    (530, "5.7.57 client was not authenticated", Cause.LOGIN),
    (554, "5.7.1 Relay access denied", Cause.LOGIN),
    (554, "5.7.1 looks like spam", Cause.CONTENT),
    (554, "DT:SPM 163 smtp", Cause.CONTENT),
    (552, "5.3.4 too big", Cause.CONTENT),
    (554, "5.6.0 malformed", Cause.CONTENT),
    (550, "5.7.1 no", Cause.POLICY),
    (571, "no", Cause.POLICY),
    (550, "5.1.1 user unknown (spf=fail)", None),
    (550, "a corporate user, separated", None),
]


@pytest.mark.parametrize(
    ("code", "text", "why"), CAUSES, ids=[f"{code} {text}"[:50] for code, text, _ in CAUSES]
)
def test_a_reply_tells_why_we_are_refused(code: int, text: str, why: Cause | None) -> None:
    assert cause(code, text) is why


def test_every_cause_has_a_remedy() -> None:
    assert set(REMEDIES) == set(Cause)


def test_every_status_says_who_defines_it() -> None:
    assert all(status.source and status.meaning for status in STATUSES.values())
    assert all(re.fullmatch(r"[1-7](\.\d{1,3})?", code) for code in STATUSES)


SLOW = [
    (421, "4.7.28 unusual rate", True),
    (421, "4.7.0 try later", True),
    (450, "4.7.1 deferred", True),
    (451, "4.7.650 rate limited", True),
    (421, "too many connections", True),
    (421, "try later", True),
    (450, "busy", True),
    (450, "4.0.0 busy", True),
    (451, "rate limited, slow down", True),
    (421, "service not available, closing the channel", False),
    (421, "timeout exceeded", False),
    (421, "4.3.2 shutting down", False),
    (450, "4.3.0 error", False),
    (450, "4.2.1 mailbox busy", False),
    (450, "4.1.8 sender's domain not found", False),
    (452, "4.2.2 full", False),
    (450, "4.7.1 greylisted, come back in 300 seconds", False),
    (450, "Greylisting in action", False),
    (451, "local error", False),
    (452, "too many recipients", False),
    (550, "5.7.28 unusual rate", False),
    (250, "2.0.0 kept", False),
]


@pytest.mark.parametrize(("code", "text", "slow"), SLOW, ids=[f"{code} {text}" for code, text, _ in SLOW])
def test_only_what_speaks_of_the_domain_asks_to_slow_down(code: int, text: str, *, slow: bool) -> None:
    assert asks_to_slow_down(code, text) is slow


@pytest.mark.parametrize(
    ("text", "code"),
    [("5.1.1 x", "5.1.1"), ("5.7.133 x", "5.7.133"), ("5.7.1", "5.7.1"), ("5.1.1234", ""), ("x 5.1.1", "")],
)
def test_the_enhanced_code_is_what_the_words_begin_with(text: str, code: str) -> None:
    assert enhanced_code(text) == code
