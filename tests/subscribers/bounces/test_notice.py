"""Notices written for people: what of them is read, and what is left out."""

from __future__ import annotations

import base64

import pytest

from subscribers.bounces.reading import Kind, Reading, read_mail

HEAD = "From: MAILER-DAEMON@relay.example\nTo: bounces+1.2.0123456789abcdef@news.example\nSubject: failure notice\n"
GONE = "<ann@reader.example>:\nThere is no user by that name.\n"
FULL = "The mailbox is full.\n"


def read(text: str, *, head: str = HEAD) -> Reading:
    return read_mail(f"{head}\n{text}".encode())


@pytest.mark.parametrize(
    "line",
    [
        "--- Below this line is a copy of the message.",
        "------ This is a copy of the message, including all the headers. ------",
        "----- Original message -----",
        "Message headers follow:",
        "The header of the original message follows",
        "Received: from a.example by b.example",
        "Return-Path: <us@news.example>",
        "原邮件信息：",
        "--- 附件中的内容是原信件的一份拷贝",
    ],
)
def test_nothing_of_the_returned_mail_is_a_reason(line: str) -> None:
    assert read(GONE + FULL).kind is Kind.SOFT
    assert read(f"{GONE}{line}\n{FULL}").kind is Kind.HARD


@pytest.mark.parametrize("line", ["  Subject: ", "Subject: ", "主题：", "To: The list "])
def test_nothing_of_a_header_that_a_notice_repeats_is_a_reason(line: str) -> None:
    assert read(f"{line}mailbox full\n{GONE}").kind is Kind.HARD


def test_advice_is_no_reason() -> None:
    assert read("<ann@reader.example>\nThe address may be misspelled or does not exist.\n").kind is Kind.SOFT


def test_a_forwarded_notice_is_read_through_its_marks() -> None:
    quoted = "".join(f"> {line}\n" for line in GONE.splitlines())
    found = read(f"Look:\n{quoted}", head="From: ann@work.example\nSubject: Fwd: failure notice\n")
    assert (found.kind, found.recipients) == (Kind.HARD, ("ann@reader.example",))


def test_the_header_for_them_names_the_recipients_before_any_text() -> None:
    found = read(
        "bob@reader.example\n", head=f"X-Failed-Recipients: ann@reader.example,\n eve@reader.example\n{HEAD}"
    )
    assert found.recipients == ("ann@reader.example", "eve@reader.example")


@pytest.mark.parametrize(
    ("text", "recipients"),
    [
        ("Your mail to ann@reader.example failed.\nAsk postmaster@relay.example.\n", ("ann@reader.example",)),
        ("Recipient: <ann@reader.example>\nRecipient: <bob@reader.example>\n", ("ann@reader.example", "bob@reader.example")),
        ("In: MAIL FROM:<us@x.example>\nIn: RCPT TO:<ann@reader.example>\n", ("ann@reader.example",)),
        ("收件人（ann@reader.example）不存在\n", ("ann@reader.example",)),
        ("It failed.\n\n----- Original message -----\nFrom: us@x.example\nTo: Ann <ann@reader.example>\n", ("ann@reader.example",)),
        ("bounces+1.2.0123456789abcdef@news.example wrote to ann@reader.example\n", ("ann@reader.example",)),
        ("It failed.\n", ()),
    ],
)  # fmt: skip
def test_the_recipients_are_those_it_names_but_never_its_own_ends(
    text: str, recipients: tuple[str, ...]
) -> None:
    assert read(text).recipients == recipients


@pytest.mark.parametrize("charset", ["gbk", "gb18030", "utf-8", "GB2312"])
@pytest.mark.parametrize("is_told", [True, False])
def test_a_chinese_notice_is_read_in_its_charset_told_or_not(charset: str, is_told: bool) -> None:
    body = base64.b64encode("ann@reader.example\n该用户不存在\n".encode(charset)).decode()
    told = f"; charset={charset}" if is_told else ""
    head = f"{HEAD}Content-Type: text/plain{told}\nContent-Transfer-Encoding: base64\n"
    assert read(body, head=head).kind is Kind.HARD


@pytest.mark.parametrize("charset", ["x-cp99999", "gb2312", "utf-8", "iso-2022-jp"])
def test_bytes_that_fit_no_charset_lose_no_more_than_themselves(charset: str) -> None:
    body = base64.b64encode(
        "该用户不存在".encode("gbk") + b"\n<ann@reader.example>: user unknown\n\xff\xff"
    ).decode()
    head = f"{HEAD}Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n"
    assert read(body, head=head).recipients == ("ann@reader.example",)


def test_of_html_only_what_is_seen_is_read() -> None:
    html = "<header>Hi</header><head><title>spam</title><style>.full{content:'mailbox full'}</style></head><script>blocked by()</script><p>&lt;ann@reader.example&gt;:<br>existiert&nbsp;nic<b>ht</b>"
    found = read(html, head=f"{HEAD}Content-Type: text/html\n")
    assert (found.kind, found.recipients) == (Kind.HARD, ("ann@reader.example",))


def test_html_is_only_read_where_there_is_no_plain_text() -> None:
    both = (
        f"--b\nContent-Type: text/plain\n\n{GONE}\n--b\nContent-Type: text/html\n\n<p>mailbox full\n--b--\n"
    )
    assert read(both, head=f"{HEAD}Content-Type: multipart/alternative; boundary=b\n").kind is Kind.HARD


def test_a_reason_is_one_line_that_can_be_printed() -> None:
    found = read("<ann@reader.example>:\n550 5.1.1 No such\x1b[31m user\u202e\n" + "x" * 5000)
    assert found.reason.isprintable()
    assert len(found.reason) < 250


def test_only_the_beginning_of_a_mail_is_looked_at() -> None:
    far = "bounces+9.9.0123456789abcdef@news.example"
    assert read("\n" * 999_000 + far, head="").delivery_tokens == ("9.9.0123456789abcdef",)
    assert read("\n" * 1_000_000 + far, head="").delivery_tokens == ()


@pytest.mark.parametrize("subject", ["Automatic reply: failure notice", "Re: 自动回复: 好"])
def test_an_automatic_answer_of_a_postmaster_is_one(subject: str) -> None:
    assert read(FULL, head=f"From: postmaster@small.example\nSubject: {subject}\n").kind is Kind.AUTO_REPLY


PERSON = "From: Ann Reader <ann@reader.example>\nTo: bounces+1.2.0123456789abcdef@news.example\n"
ISSUES = (
    "JD tests drone mail delivery in Xiong'an",
    "Meta headsets not delivered",
    "腾讯元宇宙平台发送失败",
    "Zustellung per Drohne",
)
LEFT = "I have moved to Berlin. The address ann@reader.example no longer exists. 该邮箱不存在。\n"


@pytest.mark.parametrize("issue", ISSUES)
@pytest.mark.parametrize("answer", ["Re: ", "RE: ", "AW: ", "回复：", "答复: ", "Re[2]: ", "[EXTERNAL] Re: "])
def test_an_answer_is_no_bounce_for_what_the_issues_subject_says(issue: str, answer: str) -> None:
    subject = f"Subject: {answer}{issue}\n"
    assert read(LEFT, head=PERSON + subject).kind is Kind.NONE
    assert (
        read(LEFT, head=f"{PERSON}{subject}Auto-Submitted: auto-replied\nReturn-Path: <>\n").kind
        is Kind.AUTO_REPLY
    )


@pytest.mark.parametrize("issue", ISSUES)
def test_an_answer_that_keeps_the_subject_bare_is_known_by_what_it_answers(issue: str) -> None:
    head = f"{PERSON}Subject: {issue}\n"
    assert read(LEFT, head=f"{head}In-Reply-To: <daily@news.example>\n").kind is Kind.NONE
    assert read(LEFT, head=f"{head}Auto-Submitted: auto-replied\n").kind is Kind.AUTO_REPLY


def test_a_subject_tells_of_a_bounce_where_nobody_is_to_answer() -> None:
    head = "From: noreply@gate.example\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: Delivery failed\n"
    assert read(GONE, head=head).kind is Kind.HARD


def test_a_person_may_have_the_address_of_an_office() -> None:
    head = "From: Paul <postmaster@reader.example>\nSubject: Re: Metaverse daily\n"
    assert read("I enjoyed this. The page of X does not exist any more.\n", head=head).kind is Kind.NONE


def test_an_office_that_answers_with_a_reply_in_its_words_sends_a_notice() -> None:
    head = "From: post_master@mobile.example\nSubject: Re:Test\nIn-Reply-To: <daily@news.example>\n"
    assert read("Error: Invalid user\n550 - no such user here\n", head=head).kind is Kind.SOFT


@pytest.mark.parametrize(
    "mark", ["X-Failed-Recipients: ann@reader.example", "From: MAILER-DAEMON@relay.example"]
)
def test_what_is_a_notice_by_its_form_needs_no_subject(mark: str) -> None:
    head = f"{mark}\nSubject: 元宇宙日报\nAuto-Submitted: auto-replied\nIn-Reply-To: <daily@news.example>\n"
    assert read(GONE, head=head).kind is Kind.HARD
