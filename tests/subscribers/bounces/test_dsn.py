"""Status reports (RFC 3464) in the shapes that servers give them."""

from __future__ import annotations

import pytest

from subscribers.bounces.reading import Kind, Reading, read_mail


def read(report: str) -> Reading:
    return read_mail(f"Content-Type: message/delivery-status\n\n{report}".encode())


def test_recipients_that_no_blank_line_parts_are_two() -> None:
    found = read(
        "Final-Recipient: rfc822; ann@a.example\nAction: failed\nStatus: 5.1.1\n"
        "Final-Recipient: rfc822; bob@b.example\nAction: failed\nStatus: 5.2.2\n"
    )
    assert (found.kind, found.recipients) == (Kind.SOFT, ("ann@a.example", "bob@b.example"))


def test_the_one_written_to_is_named_and_not_where_it_was_sent_on() -> None:
    found = read(
        "Original-Recipient: rfc822;ann@a.example\nFinal-Recipient: rfc822; x400@inside.example\nStatus: 5.1.1\n"
    )
    assert found.recipients == ("ann@a.example",)


def test_what_stands_beside_the_status_is_its_reply_where_there_is_none() -> None:
    found = read("Final-Recipient: rfc822; ann@a.example\nAction: failed\nStatus: 5.0.0 (mailbox full)\n")
    assert (found.kind, found.status, found.reason) == (
        Kind.SOFT,
        "5.0.0",
        "the mailbox is full: mailbox full",
    )


def test_a_reply_folded_over_lines_is_one() -> None:
    found = read(
        "Final-Recipient: rfc822; ann@a.example\nDiagnostic-Code: smtp; 550 5.1.1 User\n unknown\nStatus: 5.1.1\n"
    )
    assert found.is_sure


@pytest.mark.parametrize(
    ("category", "kind"),
    [("bad-mailbox", Kind.HARD), ("quota-issues", Kind.SOFT), ("spam-related", Kind.OURS)],
)
def test_the_category_of_powermta_is_believed(category: str, kind: Kind) -> None:
    found = read(
        "Final-Recipient: rfc822; ann@a.example\nStatus: 5.0.0\n"
        f"Diagnostic-Code: smtp;550 no\nX-PowerMTA-BounceCategory: {category}\n"
    )
    assert found.kind is kind


@pytest.mark.parametrize("reply", ["521 takes no mail", "556 takes no mail"])
def test_a_host_that_takes_no_mail_is_gone_whatever_its_code(reply: str) -> None:
    found = read(f"Final-Recipient: rfc822; ann@a.example\nStatus: 5.3.2\nDiagnostic-Code: smtp;{reply}\n")
    assert found.kind is Kind.HARD


def test_an_answer_that_the_owner_of_a_host_chose_is_not_taken_for_the_hosts() -> None:
    found = read(
        "Reporting-MTA: dns; inbound-smtp.eu-west-1.amazonaws.com\n\n"
        "Final-Recipient: rfc822; ann@a.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 Mailbox does not exist\n"
    )
    assert (found.kind, found.is_sure) == (Kind.SOFT, False)


def test_a_report_that_names_nobody_speaks_of_whom_the_returned_mail_was_written_to() -> None:
    mail = (
        "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\n"
        "Final-Recipient: rfc822;/var/spool/ann\nAction: failed\nStatus: 5.2.2\n\n--b\nContent-Type: message/rfc822\n\nTo: ann@a.example\n\n--b--\n"
    )
    assert read_mail(mail.encode()).recipients == ("ann@a.example",)


def test_a_status_of_success_is_no_bounce() -> None:
    assert read("Final-Recipient: rfc822; ann@a.example\nStatus: 2.1.5\n").kind is Kind.NONE


def test_a_report_within_a_forwarded_mail_is_found() -> None:
    inner = "Subject: Returned mail\n\nReporting-MTA: dns; a.example\n\nFinal-Recipient: rfc822; ann@a.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n"
    found = read_mail(f"Content-Type: message/rfc822\n\n{inner}".encode())
    quoted = "".join(f"> {line}\n" for line in inner.splitlines())
    assert found.is_sure
    assert read_mail(f"Subject: Fwd: Returned mail\n\n{quoted}".encode()).is_sure
