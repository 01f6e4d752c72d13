"""Feedback reports: which of their types are a reader's complaint."""

from __future__ import annotations

import pytest

from subscribers.bounces.reading import Kind, Reading, read_mail

HEAD = "From: fbl@provider.example\nTo: fbl@news.example\n"


def report(type_: str) -> Reading:
    head = f"{HEAD}Content-Type: multipart/report; report-type=feedback-report; boundary=b\n"
    fields = f"Feedback-Type: {type_}\nVersion: 1\nOriginal-Rcpt-To: <ann@reader.example>\n"
    return read_mail(f"{head}\n--b\nContent-Type: message/feedback-report\n\n{fields}\n--b--\n".encode())


@pytest.mark.parametrize("type_", ["abuse", "ABUSE", "fraud", "other", "abuse (spam button)", ""])
def test_a_reader_who_calls_it_spam_complains(type_: str) -> None:
    found = report(type_)
    assert (found.kind, found.recipients) == (Kind.COMPLAINT, ("ann@reader.example",))


@pytest.mark.parametrize("type_", ["virus", "dmarc", "auth-failure", "Virus", "dmarc (aggregate)"])
def test_what_a_machine_reports_of_us_is_ours(type_: str) -> None:
    assert report(type_).kind is Kind.OURS


@pytest.mark.parametrize("type_", ["not-spam", "Not-Spam", "not-spam (comment)", "not-spam; by the reader"])
def test_a_reader_who_takes_a_complaint_back_does_not_complain(type_: str) -> None:
    assert report(type_).kind is Kind.NONE


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("", Kind.COMPLAINT),
        (',"complaintFeedbackType":"abuse"', Kind.COMPLAINT),
        (',"complaintFeedbackType" : "not-spam"', Kind.NONE),
        (',"complaintFeedbackType":"virus"', Kind.OURS),
        (',"complaintFeedbackType":null', Kind.COMPLAINT),
    ],
)
def test_amazons_form_tells_the_type_too(told: str, kind: Kind) -> None:
    complaint = f'{{"complainedRecipients":[{{"emailAddress":"ann@reader.example"}}]{told}}}'
    found = read_mail(
        f'{HEAD}\n{{"notificationType":"Complaint","complaint":{complaint}}}\n\n--\nStop\n'.encode()
    )
    assert (found.kind, found.recipients) == (kind, ("ann@reader.example",))
