"""What seems hard and is not: each stage with each code and each way of saying it, and replies that speak of us."""

from __future__ import annotations

from itertools import product

import pytest

from subscribers.bounces.diagnosis import Verdict, diagnose
from subscribers.bounces.kind import Kind

ANN = ("ann@reader.example",)
HARD_CODES = ("521", "550 5.1.0", "550 5.1.1", "550 5.1.2", "550 5.1.3", "556 5.1.10", "550 5.4.310", "550")
HARD_WORDS = (
    "", "rejected", "Address rejected", "User unknown", "No such user here", "mailbox not found", "Host unknown",
    "domain does not exist", "The user has moved", "unknown recipient or mailbox unavailable",
)  # fmt: skip
BEFORE = (
    "host mx.reader.example[192.0.2.25] said: {} (in reply to MAIL FROM command)",
    "host mx.reader.example[192.0.2.25] said: {} (in reply to EHLO command)",
    "host mx.reader.example[192.0.2.25] refused to talk to me: {}",
    "SMTP error from remote mail server after MAIL FROM:<us@lantern.example> SIZE=2000: {}",
    "SMTP error from remote mail server after pipelined MAIL FROM:<us@lantern.example> SIZE=2000: {}",
    "SMTP error from remote mail server after EHLO relay: {}",
    "SMTP error from remote mail server after initial connection: {}",
    ">>> MAIL From:<us@lantern.example> SIZE=1234\n<<< {}",
    ">>> EHLO relay.lantern.example\n<<< {}",
    "Connected to 192.0.2.1 but sender was rejected.\nRemote host said: {}",
    "Connected to 192.0.2.1 but greeting failed.\nRemote host said: {}",
    "{} [MAIL_FROM]",
)
OUR_CODES = (
    "5.1.7", "5.1.8", "5.1.9", "5.5.1", "5.5.2", "5.5.4", "5.6.0", "5.6.7", "5.7.0", "5.7.1", "5.7.5",
    "5.7.26", "5.7.27", "5.7.133",
)  # fmt: skip


def hard(replies: list[str]) -> list[tuple[str, Verdict]]:
    told = ((reply, diagnose(reply, recipients=ANN)) for reply in replies)
    return [(reply, found) for reply, found in told if found.kind is Kind.HARD or found.is_sure]


def test_the_codes_and_the_words_are_hard_where_nothing_speaks_against_them() -> None:
    for code, words in product(HARD_CODES[1:-1], HARD_WORDS):
        assert diagnose(f"{code} {words} (in reply to RCPT TO command)").kind is Kind.HARD


@pytest.mark.parametrize("stage", BEFORE)
def test_a_refusal_before_a_recipient_was_named_is_never_hard(stage: str) -> None:
    assert hard([stage.format(f"{code} {words}") for code, words in product(HARD_CODES, HARD_WORDS)]) == []


@pytest.mark.parametrize("stage", BEFORE)
def test_the_text_around_a_reply_may_tell_what_it_answered_to(stage: str) -> None:
    assert diagnose("550 5.1.1 User unknown", story=stage.format("")).kind is Kind.OURS


@pytest.mark.parametrize("code", OUR_CODES)
@pytest.mark.parametrize("stage", ["RCPT TO", "end of DATA", ""])
def test_a_code_of_a_fault_of_ours_is_never_hard_whatever_the_words(code: str, stage: str) -> None:
    end = f" (in reply to {stage} command)" if stage else ""
    assert hard([f"550 {code} {words}{end}" for words in HARD_WORDS]) == []


@pytest.mark.parametrize(
    "code", ["4.1.1", "4.1.2", "4.2.1", "4.0.0", "5.0.0", "5.1.1", "5.1.2", "5.1.10", ""]
)
@pytest.mark.parametrize("reply", ["450", "451", "421"])
def test_what_the_reply_calls_temporary_is_never_hard_whatever_the_code(reply: str, code: str) -> None:
    replies = [f"{reply} {code} {words} (in reply to RCPT TO command)" for words in HARD_WORDS]
    assert hard(replies) == []
    assert diagnose(f"{reply} User unknown", status=code).kind is Kind.SOFT


@pytest.mark.parametrize(
    "reply",
    [
        "550 5.1.1 User unknown; internal directory error, LDAP server down",
        "550 5.1.1 No such user (database unavailable)",
        "550 5.1.1 No such user, the LDAP server said nothing",
        "550 5.1.1 Recipient unknown: user database lookup failure",
    ],
)
def test_a_directory_that_is_out_of_order_knows_of_no_missing_user(reply: str) -> None:
    assert hard([reply]) == []
    assert diagnose(reply).kind is Kind.SOFT


@pytest.mark.parametrize(
    "reply",
    [
        "550 5.1.1 Blocked",
        "550 5.1.1 blocked: too many complaints",
        "550 5.1.1 We do not accept messages from [192.0.2.7]; contact postmaster",
        "550 5.1.1 not on our whitelist",
        "550 5.1.1 192.0.2.7 is listed",
    ],
)
def test_a_code_alone_is_not_believed_beside_a_reason_against_us(reply: str) -> None:
    assert diagnose(f"{reply} (in reply to RCPT TO command)").kind is Kind.OURS


@pytest.mark.parametrize(
    "words",
    [
        "Message denied",
        "refused",
        "Mail from your country refused",
        "declined",
        "go away",
        "not allowed",
        "Rejected by gateway rules",
        "rejected: low score",
        "not trusted here",
        "Your mail was rejected by our filter",
        "Connection from 192.0.2.7 rejected",
    ],
)
def test_a_code_alone_beside_a_bare_refusal_is_no_missing_user(words: str) -> None:
    assert hard([f"550 {code} {words}" for code in ("5.1.0", "5.1.1", "5.1.10")]) == []


def test_a_notice_that_says_that_we_are_blocked_makes_a_bare_code_ours() -> None:
    story = "** Message blocked **\nYour message to ann@reader.example has been blocked."
    assert diagnose("550 5.1.1 rejected", story=story).kind is Kind.OURS
    assert diagnose("550 5.1.1 rejected", story="Address not found").kind is Kind.HARD


@pytest.mark.parametrize(
    "reply",
    [
        "550 Your HELO hostname is not valid",
        "550 HELO argument does not exist",
        "550 Return-Path domain does not exist",
        "550 Return path address does not exist",
        "550 MAIL FROM address does not exist",
        "550 5.7.1 Your domain does not exist or has no MX record",
        "553 sorry, your mail domain has no MX (#5.7.1)",
        "554 5.1.8 Domain of your address has null MX",
        "554 5.7.1 <relay.lantern.example>: Helo host unknown",
        "550 192.0.2.7 NXDOMAIN; no valid name for your address",
        "550 No MX or A record for lantern.example found; mail from that domain is refused",
        "550 Sender unknown: no such user at lantern.example",
        "517-Domain does not exist: lantern.example",
        "500 5.5.1 Command not recognized",
        "502 Command not recognized",
        "554 Message contains a link to a domain that does not exist",
        "550 header From domain does not exist",
        "550 The return address is not valid",
        "550 Bounce address is non-existent",
        "550 Originator address unknown",
        "550 Reverse path is non-existent",
        "550 5.1.1 envelope from is empty",
        "550 5.1.1 Message-ID not valid",
        "550 A valid address is required (in reply to RCPT TO command); lantern.example does not exist",
        "550 5.1.1 Rejected: lantern.example is not a valid domain",
        "550 5.7.1 TRANSPORT.RULES.RejectMessage; News: this address does not exist for you",
        "554 5.7.1 <ann@reader.example>: Recipient address rejected: Access denied",
        "553 5.7.2 [TSS09] All messages from 192.0.2.7 will be permanently deferred; Retrying will NOT succeed.",
        "550 5.7.1 You do not have permission to send to this recipient",
        "550 5.7.1 Your sending account has been disabled. Contact support@provider.example",
        "554 5.1.90 Your message can't be sent because you've reached your limit for sending",
        "550 You have reached your limit",
        "550 permanent failure for one or more recipients (ann@reader.example:blocked)",
        "550 5.1.10 your outbound connector's smart host could not be found",
    ],
)  # fmt: skip
def test_what_is_said_of_us_is_ours(reply: str) -> None:
    for stage in (" (in reply to RCPT TO command)", ""):
        assert diagnose(f"{reply}{stage}", recipients=ANN).kind is Kind.OURS


@pytest.mark.parametrize(
    "reply",
    [
        "Host or domain name not found. Name service error for name={} type=A: Host not found",
        "unable to find host {}: host not found",
        "550 5.1.2 <ann@reader.example>... Host unknown (Name server: {}: host not found)",
        "550 5.4.310 DNS domain {} does not exist",
    ],
)
def test_a_missing_host_is_the_readers_only_when_it_is_theirs_or_none_is_named(reply: str) -> None:
    for host in ("reader.example", "READER.example", "mx.reader.example"):
        assert diagnose(reply.format(host), recipients=ANN).kind is Kind.HARD
    found = diagnose(reply.format("smtp.provider.example"), recipients=ANN)
    assert found.kind is (Kind.OURS if reply.startswith("550") else Kind.SOFT)
    assert diagnose(reply.format("smtp.provider.example")).kind is Kind.HARD
    assert diagnose("550 5.1.2 Host unknown", recipients=ANN).kind is Kind.HARD


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("host d1.ess.barracudanetworks.com [209.222.82.1]: 550 5.1.1 User unknown", Kind.HARD),
        ("host antispamcloud.com[209.222.82.1] said: 550 5.1.1 No such user here", Kind.HARD),
        ("... while talking to mx.antispamcloud.com.:\n<<< 550 5.1.1 User unknown", Kind.HARD),
        ("Client host mx.lantern.example[192.0.2.7] blocked", Kind.OURS),
        ("550 5.7.1 blocked by barracudanetworks.com", Kind.OURS),
    ],
)
def test_the_name_of_the_host_that_answers_is_no_word_of_its_answer(reply: str, kind: Kind) -> None:
    assert diagnose(reply).kind is kind


@pytest.mark.parametrize(
    "reply",
    [
        "552 5.2.2 Mailbox size limit exceeded",
        "550 5.4.312 Message failed, domain not found in DNS query (infodomain nonexistent)",
        "all relevant MX records point to non-existent hosts",
        "550 5.7.1 <ann@reader.example>: Recipient address rejected: User unknown (in reply to RCPT TO command)",
        "421 4.3.2 Service not available (in reply to MAIL FROM command)",
    ],
)
def test_what_may_pass_is_soft(reply: str) -> None:
    assert diagnose(reply, recipients=ANN).kind is Kind.SOFT


def test_an_account_that_was_suspended_before_a_recipient_was_named_is_ours() -> None:
    reply = "550 Your account has been suspended"
    assert diagnose(f"{reply} (in reply to MAIL FROM command)").kind is Kind.OURS
    assert diagnose("550 Account suspended (in reply to RCPT TO command)").kind is Kind.SOFT


@pytest.mark.parametrize(
    ("status", "kind"), [("5.1.90", Kind.OURS), ("5.4.312", Kind.SOFT), ("5.5.0", Kind.SOFT)]
)
def test_codes_that_do_not_mean_what_their_family_does(status: str, kind: Kind) -> None:
    assert diagnose("", status=status).kind is kind


def test_a_general_code_leaves_the_words_their_meaning() -> None:
    assert diagnose("550 5.5.0 Invalid recipient (in reply to RCPT TO command)").kind is Kind.HARD


def test_the_host_that_signs_its_answer_is_not_the_one_it_misses() -> None:
    for reply in (
        "550 5.1.1 User unknown mta7.provider.example",
        "550 5.1.1 User unknown, see provider.example",
    ):
        assert diagnose(reply, recipients=ANN).kind is Kind.HARD


def test_a_domain_between_the_words_is_a_missing_host() -> None:
    assert diagnose("DNS domain reader.example does not exist", recipients=ANN).why == "no such host"
