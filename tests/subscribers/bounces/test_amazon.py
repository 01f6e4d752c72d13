"""Amazon SES's notices in JSON: what their types say where no reply is quoted."""

from __future__ import annotations

import json

import pytest

from subscribers.bounces.reading import Kind, Reading, read_mail

HEAD = "From: AWS Notifications <no-reply@sns.example>\nTo: fbl@news.example\nSubject: AWS Notification Message\n"
END = "\n\n--\nIf you wish to stop receiving notifications, visit the link below to unsubscribe:\n"


def read(type_: str, subtype: str, **recipient: object) -> Reading:
    told = {"emailAddress": "ann@reader.example", "action": "failed", **recipient}
    bounce = {"bounceType": type_, "bounceSubType": subtype, "bouncedRecipients": [told]}
    headers = {"headers": [{"name": "Subject", "value": "Our spam policy: mailbox full"}]}
    return read_mail(
        (
            HEAD + "\n" + json.dumps({"notificationType": "Bounce", "bounce": bounce, "mail": headers}) + END
        ).encode()
    )


@pytest.mark.parametrize(
    ("type_", "subtype", "status", "kind", "read_as"),
    [
        ("Permanent", "NoEmail", "", Kind.HARD, "5.1.1"),
        ("Permanent", "General", "5.1.1", Kind.HARD, "5.1.1"),
        ("Permanent", "General", "", Kind.SOFT, "5.0.0"),
        ("Permanent", "General", "5.7.1", Kind.OURS, "5.7.1"),
        ("Transient", "General", "5.1.1", Kind.SOFT, "5.1.1"),
        ("Undetermined", "Undetermined", "5.1.1", Kind.SOFT, "5.1.1"),
        ("Transient", "MailboxFull", "", Kind.SOFT, "5.2.2"),
        ("Transient", "MessageTooLarge", "", Kind.OURS, "5.3.4"),
        ("Transient", "ContentRejected", "5.1.1", Kind.OURS, "5.6.0"),
        ("Transient", "AttachmentRejected", "", Kind.OURS, "5.6.0"),
    ],
)
def test_without_a_reply_its_type_and_its_code_tell(
    type_: str, subtype: str, status: str, kind: Kind, read_as: str
) -> None:
    found = read(type_, subtype, status=status)
    assert (found.kind, found.status, found.is_sure) == (kind, read_as, False)
    assert found.recipients == ("ann@reader.example",)
    assert f"{type_} {subtype}" in found.reason


def test_a_reply_that_it_quotes_is_read() -> None:
    gone = read("Permanent", "General", status="5.1.1", diagnosticCode="smtp; 550 5.1.1 user unknown")
    assert (gone.kind, gone.is_sure) == (Kind.HARD, True)
    passing = read("Transient", "General", status="5.1.1", diagnosticCode="smtp; 550 5.1.1 user unknown")
    assert (passing.kind, passing.is_sure) == (Kind.SOFT, False)


def test_each_recipient_is_judged_and_the_mildest_counts() -> None:
    gone = {"emailAddress": "ann@reader.example", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
    full = {"emailAddress": "bob@reader.example", "diagnosticCode": "smtp; 552 5.2.2 mailbox full"}
    notice = {"bounce": {"bounceType": "Permanent", "bouncedRecipients": [gone, full]}}
    found = read_mail(f"{HEAD}\n{json.dumps(notice)}{END}".encode())
    assert (found.kind, found.recipients) == (Kind.SOFT, ("ann@reader.example", "bob@reader.example"))


@pytest.mark.parametrize(
    "told",
    [
        '{"bounce": {"bouncedRecipients"',
        '{"bouncedRecipients": []}',
        '{"bounce": {"bouncedRecipients": {}}}',
        '{"bounce": [], "x": "bouncedRecipients"}',
        '["bouncedRecipients"]',
        '{"bouncedRecipients": ' + "[" * 200_000,
        '{"bouncedRecipients": ' + '{"a":' * 100_000,
        '{"bouncedRecipients": ' + "9" * 10_000 + "}",
    ],
)
def test_what_is_no_notice_says_nothing(told: str) -> None:
    assert read_mail(f"{HEAD}\n{told}{END}".encode()).kind is Kind.NONE


@pytest.mark.parametrize(
    "recipient", ['{"emailAddress": 5, "status": [], "diagnosticCode": {}}', "7", "null", "[]"]
)
def test_fields_of_other_types_are_passed_over(recipient: str) -> None:
    notice = f'{{"bounce": {{"bounceType": 1, "bouncedRecipients": [{recipient}]}}}}'
    found = read_mail(f"{HEAD}\n{notice}{END}".encode())
    assert (found.kind, found.recipients) == (Kind.SOFT, ())
