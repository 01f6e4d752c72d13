"""Mails that came back, written after the documentation of the servers that send them, in ``mails/``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subscribers.bounces.reading import Kind, Reading, read_mail

MAILS = Path(__file__).parent / "mails"
DELIVERY = "17.4211.9f2c6ab1d04e7731"
LEAVE = "Zk3vQ0pXh7cT1mN8"
ANN = ("ann@reader.example",)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What must be read of a mail."""

    kind: Kind
    recipients: tuple[str, ...] = ANN
    status: str = ""
    says: str = ""
    is_sure: bool = False
    is_delayed: bool = False
    leave_tokens: tuple[str, ...] = ()
    names_delivery: bool = True


EXPECTED = {
    "postfix-no-such-user": Expected(
        kind=Kind.HARD, status="5.1.1", says="no such user: 550 5.1.1", is_sure=True
    ),
    "postfix-blocked": Expected(kind=Kind.OURS, status="5.1.1", says="block list"),
    "postfix-delayed": Expected(kind=Kind.SOFT, status="4.4.1", says="timed out", is_delayed=True),
    "postfix-delivered": Expected(kind=Kind.NONE, says="arrived"),
    "exim-no-such-user": Expected(kind=Kind.HARD, says="no such user: 550 No such user here"),
    "exim-after-data": Expected(kind=Kind.SOFT, says="after it had been taken in: 550 Unknown user"),
    "office365-no-such-user": Expected(kind=Kind.HARD, status="5.1.10", says="no such user", is_sure=True),
    "exchange-full": Expected(kind=Kind.SOFT, status="5.2.2", says="the mailbox is full"),
    "gmail-no-such-user": Expected(
        kind=Kind.HARD, recipients=("ann@gmail.com",), status="5.1.1", says="no such user", is_sure=True
    ),
    "gmail-unauthenticated": Expected(
        kind=Kind.OURS, recipients=("ann@gmail.com",), status="5.7.26", says="we failed authentication"
    ),
    "qq-no-such-user": Expected(kind=Kind.HARD, status="5.1.1", says="Mailbox not found", is_sure=True),
    "netease-suspended": Expected(kind=Kind.SOFT, says="switched off for now"),
    "netease-spam": Expected(kind=Kind.OURS, recipients=("ann@163.com",), says="taken for spam"),
    "sendmail-full": Expected(
        kind=Kind.SOFT, status="5.2.2", says="the mailbox is full: 552 5.2.2 Over quota"
    ),
    "qmail-no-host": Expected(kind=Kind.HARD, status="5.1.2", says="no such host"),
    "domino-no-such-user": Expected(kind=Kind.HARD, says="no such user"),
    "sns-no-such-user": Expected(kind=Kind.HARD, status="5.1.1", says="550 5.1.1 user unknown", is_sure=True),
    "two-recipients": Expected(
        kind=Kind.SOFT, recipients=(*ANN, "ann@work.example"), status="5.2.2", says="the mailbox is full"
    ),
    "no-mime-report": Expected(kind=Kind.HARD, status="5.1.1", says="no such user", is_sure=True),
    "complaint-arf": Expected(kind=Kind.COMPLAINT, says="abuse", leave_tokens=(LEAVE,)),
    "complaint-outlook": Expected(
        kind=Kind.COMPLAINT, recipients=("ann@outlook.com",), leave_tokens=(LEAVE,)
    ),
    "sns-complaint": Expected(kind=Kind.COMPLAINT, says="abuse"),
    "failed-signature-arf": Expected(kind=Kind.OURS, says="auth-failure"),
    "vacation": Expected(kind=Kind.AUTO_REPLY),
    "vacation-chinese": Expected(kind=Kind.AUTO_REPLY, names_delivery=False),
    "leave-by-address": Expected(kind=Kind.LEAVE, leave_tokens=(LEAVE,), names_delivery=False),
    "leave-by-word": Expected(kind=Kind.LEAVE, names_delivery=False),
    "leave-chinese": Expected(kind=Kind.LEAVE, names_delivery=False),
    "question": Expected(kind=Kind.NONE, recipients=(), names_delivery=False),
}
EACH_MAIL = pytest.mark.parametrize("name", EXPECTED)


def read(name: str) -> Reading:
    return read_mail((MAILS / f"{name}.eml").read_bytes())


def test_every_mail_has_its_expectation() -> None:
    assert {path.stem for path in MAILS.glob("*.eml")} == set(EXPECTED)


@EACH_MAIL
def test_a_mail_is_read_as_what_it_is(name: str) -> None:
    found, expected = read(name), EXPECTED[name]
    assert (found.kind, found.recipients, found.status) == (
        expected.kind,
        expected.recipients,
        expected.status,
    )
    assert (found.is_sure, found.is_delayed) == (expected.is_sure, expected.is_delayed)
    assert expected.says in found.reason
    assert found.reason.isprintable()


@EACH_MAIL
def test_whose_delivery_it_is_stands_in_the_address_the_report_or_our_message_id(name: str) -> None:
    found, expected = read(name), EXPECTED[name]
    assert found.delivery_tokens == ((DELIVERY,) if expected.names_delivery else ())
    assert found.leave_tokens == expected.leave_tokens


@EACH_MAIL
def test_a_line_ending_of_the_wire_makes_no_difference(name: str) -> None:
    mail = (MAILS / f"{name}.eml").read_bytes()
    assert read_mail(mail.replace(b"\n", b"\r\n")) == read_mail(mail)


def changed(name: str, *replacements: tuple[str, str]) -> Reading:
    text = (MAILS / f"{name}.eml").read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return read_mail(text.encode())


def test_the_address_it_was_sent_to_is_trusted_before_what_it_returns() -> None:
    other = "3.5.0123456789abcdef"
    found = changed(
        "exim-no-such-user", (f"Envelope-to: bounces+{DELIVERY}@", f"Envelope-to: bounces+{other}@")
    )
    assert found.delivery_tokens == (other, DELIVERY)


def test_a_token_is_found_in_our_message_id_alone() -> None:
    found = changed("gmail-no-such-user", (f"bounces+{DELIVERY}@", "postmaster@"))
    assert found.delivery_tokens == (DELIVERY,)


def test_a_token_of_a_letter_is_found_too() -> None:
    letter = "letter.r4Nd0m_-x.0123456789abcdef"
    found = changed(
        "gmail-no-such-user", (f"bounces+{DELIVERY}@", "us@"), (f"daily.{DELIVERY}@", f"daily.{letter}@")
    )
    assert found.delivery_tokens == (letter,)


def test_the_token_of_an_issue_is_the_same_in_capitals() -> None:
    in_address = changed("gmail-no-such-user", (f"bounces+{DELIVERY}@", f"BOUNCES+{DELIVERY.upper()}@"))
    in_message_id = changed(
        "gmail-no-such-user", (f"bounces+{DELIVERY}@", "us@"), (DELIVERY, DELIVERY.upper())
    )
    assert in_address.delivery_tokens == in_message_id.delivery_tokens == (DELIVERY,)


def test_what_is_no_complaint_lets_nobody_leave_by_a_link_it_returns() -> None:
    assert b"/leave/" in (MAILS / "postfix-no-such-user.eml").read_bytes()
    assert read("postfix-no-such-user").leave_tokens == ()


@pytest.mark.parametrize("action", ["failed", "Failed", "expired"])
def test_a_report_without_a_reply_is_judged_by_its_status(action: str) -> None:
    mail = f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\nFinal-Recipient: rfc822; {ANN[0]}\nAction: {action}\nStatus: 4.4.7\n"
    found = read_mail(mail.encode())
    assert (found.kind, found.status, found.recipients) == (Kind.SOFT, "4.4.7", ANN)


def test_a_delay_is_never_hard_whatever_it_quotes() -> None:
    found = changed("postfix-no-such-user", ("Action: failed", "Action: delayed"))
    assert (found.kind, found.is_sure, found.is_delayed) == (Kind.SOFT, False, True)


@pytest.mark.parametrize(
    "warning", ["It will be retried until it is 5 day(s) old.", "THIS IS A WARNING MESSAGE ONLY."]
)
def test_a_notice_that_only_warns_is_a_delay(warning: str) -> None:
    found = changed("exim-no-such-user", ("This is a permanent error.", f"\n{warning}\n"))
    assert (found.kind, found.is_delayed) == (Kind.SOFT, True)


def test_a_program_that_speaks_of_a_missing_user_is_not_believed() -> None:
    found = changed(
        "no-mime-report",
        ("Diagnostic-Code: SMTP; 550 5.1.1 User unknown", "Diagnostic-Code: x-unix; id: ann: No such user"),
    )
    assert (found.kind, found.is_sure) == (Kind.SOFT, False)


@pytest.mark.parametrize(
    "mark",
    ["X-Autoreply: yes", "Auto-Submitted: auto-replied", "Precedence: auto_reply", "Subject: 自动回复: 好"],
)
def test_an_automatic_answer_is_known_by_each_of_its_marks(mark: str) -> None:
    assert read_mail(f"From: ann@reader.example\n{mark}\n\nI am away.\n".encode()).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize("words", ["unsubscribe", "Please unsubscribe me.", "退订", "TD", "《退订》"[1:-1]])
def test_a_subject_or_a_first_line_that_says_nothing_else_asks_to_leave(words: str) -> None:
    assert read_mail(f"From: a@b.example\nSubject: Re: {words}\n\n".encode()).kind is Kind.LEAVE
    assert (
        read_mail(f"From: a@b.example\nSubject: Re: Daily\n\n\n{words}\n> more\n".encode()).kind is Kind.LEAVE
    )


def test_a_machine_that_answers_at_a_leave_address_asks_for_nothing() -> None:
    found = changed(
        "leave-by-address", ("Subject: unsubscribe", "Subject: unsubscribe\nAuto-Submitted: auto-replied")
    )
    assert found.kind is Kind.AUTO_REPLY


def test_a_mail_program_may_ask_to_leave_for_its_owner() -> None:
    found = changed(
        "leave-by-address", ("Subject: unsubscribe", "Subject: x\nAuto-Submitted: auto-generated")
    )
    assert found.kind is Kind.LEAVE


def test_a_receipt_is_an_automatic_answer() -> None:
    head = "From: postmaster@a.example\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
    receipt = "--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ann@a.example\nDisposition: manual-action/MDN-sent-manually; deleted\n\n--b--\n"
    assert read_mail((head + receipt).encode()).kind is Kind.AUTO_REPLY


def test_a_receipt_by_which_a_mailbox_refuses_is_a_bounce() -> None:
    head = "From: postmaster@a.example\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
    text = "--b\n\nYour message to <ann@reader.example> was automatically rejected:\nQuota exceeded\n"
    receipt = "--b\nContent-Type: message/disposition-notification\n\nDisposition: automatic-action/MDN-sent-automatically; deleted\n\n--b--\n"
    found = read_mail((head + text + receipt).encode())
    assert (found.kind, found.recipients) == (Kind.SOFT, ANN)


def test_a_report_on_something_else_is_none() -> None:
    head = "From: tls@a.example\nSubject: Report Domain: news.example\nContent-Type: multipart/report; report-type=tlsrpt; boundary=b\n\n"
    assert (
        read_mail(f"{head}--b\nContent-Type: text/plain\n\n5 failed.\n\n--b--\n".encode()).kind is Kind.NONE
    )


RELAY = "Host or domain name not found. Name service error for name={} type=A: Host not found"


@pytest.mark.parametrize(
    ("host", "kind"), [("reader.example", Kind.HARD), ("smtp.provider.example", Kind.SOFT)]
)
def test_a_relay_of_ours_that_is_not_found_is_no_missing_host_of_the_reader(host: str, kind: Kind) -> None:
    said = RELAY.format(host)
    fields = (
        f"Reporting-MTA: dns; a.example\n\nFinal-Recipient: rfc822; {ANN[0]}\nAction: failed\nStatus: 5.4.4\n"
    )
    report = f"Content-Type: message/delivery-status\n\n{fields}"
    notice = f"From: MAILER-DAEMON@a.example\n\n<{ANN[0]}>:\n"
    assert read_mail(f"{report}Diagnostic-Code: X-Postfix; {said}\n".encode()).kind is kind
    assert read_mail(f"{notice}{said}\n".encode()).kind is kind
    assert read_mail(f"{notice}{said} (#5.4.4)\n".encode()).kind is kind


def test_a_report_without_a_reply_is_judged_with_its_recipient_by_the_text_beside_it() -> None:
    head = "From: MAILER-DAEMON@a.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n"
    fields = f"Final-Recipient: rfc822; {ANN[0]}\nAction: failed\nStatus: 5.0.0\n"
    for host, kind in (("reader.example", Kind.HARD), ("smtp.provider.example", Kind.SOFT)):
        text = f"--b\n\n{RELAY.format(host)}\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\n"
        assert read_mail(f"{head}\n{text}{fields}\n--b--\n".encode()).kind is kind


HEAD = b"From: MAILER-DAEMON@x.example\nSubject: Undelivered Mail Returned to Sender\n"
HOSTILE = {
    "nothing": b"",
    "only NULs": bytes(100_000),
    "every byte": bytes(range(256)) * 1000,
    "a header of 1 MB": HEAD + b"X-A: " + b"a" * 1_000_000 + b"\n\nx",
    "a content type of 1 MB": HEAD + b"Content-Type: multipart/mixed; " + b';"' * 500_000 + b"\n\nx",
    "a subject of encoded words without end": b"Subject: " + b"=?utf-8?q?" * 100_000 + b"\n\nx",
    "10,000 parts": HEAD + b"Content-Type: multipart/mixed; boundary=B\n\n" + b"--B\nContent-Type: text/plain\n\nhi\n" * 10_000,
    "parts in parts and then lines": HEAD
    + b"".join(b"Content-Type: multipart/mixed; boundary=B%d\n\n--B%d\n" % (n, n) for n in range(3000))
    + b"\n" * 800_000,
    "messages in messages": HEAD + b"Content-Type: message/rfc822\n\n" * 3000,
    "lines of dashes": HEAD + b"Content-Type: multipart/mixed; boundary=B\n\n" + b"--\n" * 300_000,
    "one address without end": HEAD + b"\n" + b"a" * 500_000 + b"@" + b"a." * 250_000,
    "HTML that is never closed": HEAD + b"Content-Type: text/html\n\n" + b"<script><style><p " * 50_000,
    "half a phrase again and again": HEAD + b"\n" + b"mailbox user 550 " * 50_000,
    "fields without end": HEAD + b"Content-Type: message/delivery-status\n\n" + b"Final-Recipient: rfc822; a@b.example\n" * 27_000,
    "a field folded without end": HEAD + b"Content-Type: message/delivery-status\n\nDiagnostic-Code: x" + b"\n a" * 300_000,
    "a codec that is none of mail": HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"a-b" * 300_000,
    "a charset with a NUL": HEAD + b'Content-Type: text/plain; charset="a\0b"\n\nx',
    "parameters in pieces": HEAD + b"Content-Type: text/plain; charset*=x'y'%ff; charset*0=a; charset*2=b\n\nx",
    "bytes beyond ASCII in headers": b"From: \xed\xa0\x80@x\nSubject: =?x\xff?b?!?=\nContent-Type: \xff/\xff; boundary=\"\xff\"\n\n--\xff\n\nx",
}  # fmt: skip


@pytest.mark.parametrize("mail", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_mail_is_read_in_bounded_time_and_is_never_hard(mail: bytes) -> None:
    began = process_time()
    found = read_mail(mail)
    assert process_time() - began < 5
    assert found.kind in (Kind.NONE, Kind.SOFT)
    assert len(found.recipients) <= 100


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(EXPECTED)),
    at=st.integers(0, 4000),
    cut=st.integers(0, 60),
    put=st.binary(max_size=12),
)
def test_no_damage_to_a_mail_stops_the_reading(name: str, at: int, cut: int, put: bytes) -> None:
    mail = (MAILS / f"{name}.eml").read_bytes()
    found = read_mail(mail[:at] + put + mail[at + cut :])
    assert "\n" not in found.reason
