"""Replies as big providers and common servers document them, and what each means for the reader."""

from __future__ import annotations

import pytest

from subscribers.bounces.diagnosis import diagnose
from subscribers.bounces.kind import Kind

HARD = """
550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos
550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table
550 5.1.1 <a@b.example>... User unknown
550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient a@b.example not found by SMTP address lookup
550 5.4.1 Recipient address rejected: Access denied. AS(201806281)
550 5.4.1 All recipient addresses rejected : Access denied [x.protection.outlook.com]
550 5.1.1 RESOLVER.ADR.RecipNotFound; not found
554 delivery error: dd This user doesn't have a yahoo.com account (a@yahoo.com) [0]
552 1 Requested mail action aborted, mailbox not found
550 5.1.1 Mailbox not found
550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000728
550 User not found: 12345@163.com
550 RC:NE The email account does not exist.
550 No such user (a@b.example) -ERR a not found
550 5.1.1 No such user - psmtp
550 sorry, no mailbox here by that name (#5.1.1 - chkuser)
511 sorry, no mailbox here by that name (#5.1.1 - chkuser)
553 5.3.0 <a@b.example>... Addressee unknown, relay=[1.2.3.4] (in reply to RCPT TO command)
550 5.1.1 unknown or illegal alias: a@b.example
550 Unrouteable address (in reply to RCPT TO command)
550 5.1.2 Host unknown (Name server: nowhere.example: host not found)
Host or domain name not found. Name service error for name=nowhere.example type=A: Host not found
556 5.1.10 Recipient domain does not accept mail (nullMX)
Domain nowhere.example does not accept mail (nullMX)
550 5.4.310 DNS domain nowhere.example does not exist [Message=InfoDomainNonexistent]
551 5.1.6 The user has moved, please try b@c.example
550 5.1.1 recipient email address (a@b.example) not found
550 Benutzer nicht gefunden (in reply to RCPT TO command)
550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]
550 5.1.1 unknown user (or mailbox) (in reply to RCPT TO command)
550 #5.1.0 Address rejected.
550 5.1.1 Account closed
550 收件人不存在
"""
SOFT = """
552 5.2.2 <a@b.example>: Recipient address rejected: Mailbox full
452-4.2.2 The email account that you tried to reach is over quota. Please direct the recipient to
552-5.2.2 The email account that you tried to reach is over quota and inactive.
554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded
550 5.2.2 user is over quota
552 Requested mail action aborted: exceeded storage allocation
552 Quota exceeded (mailbox for user is full)
550 5.2.1 The email account that you tried to reach is disabled.
525 5.7.13 User account disabled
554 30 Sorry, your message to a@b.example cannot be delivered. This mailbox is disabled (554.30).
550 User suspended
450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted, see http://postgrey.example/help
451 4.7.1 Greylisting in action, please come back later
450 4.1.1 <a@b.example>: Recipient address rejected: unverified address: connect to mx timed out
450 4.1.1 <a@b.example>: user unknown
550 4.4.7 QUEUE.Expired; message expired
connect to mx.b.example[192.0.2.1]:25: Connection timed out
connect to mx.b.example[192.0.2.1]:25: No route to host
lost connection with mx.b.example[192.0.2.1] while receiving the initial server greeting
conversation with mx.b.example[192.0.2.1] timed out while sending message body
delivery temporarily suspended: connect to mx.b.example[192.0.2.1]:25: Connection timed out
Host or domain name not found. Name service error for name=b.example type=MX: Host not found, try again
retry timeout exceeded
451 4.3.0 Temporary lookup failure
451 4.3.2 Internal server error
554 5.4.6 Too many hops
554 5.4.14 Hop count exceeded - possible mail loop ATTR34
mail for b.example loops back to myself
452 4.3.1 Insufficient system resources
451 Temporary local problem - please try later
554 5.2.0 STOREDRV.Deliver.Exception:StoragePermanentException.MapiExceptionNotFound
550 Mail is rejected by recipients
"""
OURS = """
550 5.7.1 Message rejected as spam by Content Filtering.
550-5.7.26 This mail is unauthenticated, which poses a security risk to the sender and Gmail users, and has been blocked.
550 5.7.1 [192.0.2.1] Our system has detected that this message is likely unsolicited mail.
421-4.7.0 [192.0.2.1 15] Our system has detected an unusual rate of unsolicited mail originating from your IP address.
421 4.7.28 rate limited
550 5.7.606 Access denied, banned sending IP [192.0.2.1]
550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus.
550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140).
554 5.7.1 <a@b.example>: Relay access denied
550 5.7.1 Unable to relay for a@b.example
550 relay not permitted
553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)
550 5.1.1 <a@b.example>: Recipient address rejected: your message is blocked as spam
550 5.1.1 blocked using zen.spamhaus.org
550 5.1.8 <us@ours.example>: Sender address rejected: Domain not found
553 5.1.8 <us@ours.example>... Domain of sender address us@ours.example does not exist
451 4.1.8 Domain of sender address us@ours.example does not resolve
550 SPF: 192.0.2.1 is not allowed to send mail from ours.example
550 5.7.509 Access denied, sending domain OURS.EXAMPLE does not pass DMARC verification
552 5.3.4 Message size exceeds fixed maximum message size
552 5.2.3 Message size exceeds fixed limit
550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726
550 Ip frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000725
550 Connection frequency limited
550 Domain frequency limited
550 Suspected spam ip
554 DT:SPM 163 smtp10,D8CowAA3f1,please see http://mail.163.com/help/help_spam_16.htm
550 MI:SPB 163 mx5, please see http://mail.163.com/help/help_spam_16.htm
554 HL:IPB 126 mx1, please see http://mail.163.com/
421 RP:TRL 163 smtp2
550 MI:NHD 163 mx3
553 Requested action not taken: NULL sender is not allowed
554 5.7.1 The message from (<us@ours.example>) with the subject of (x) matches a profile the Internet community may consider spam
421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints - 4.16.55.1
553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list
554 5.7.9 Message not accepted for policy reasons.
550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy
550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required
550 5.7.124 sender not in allowed-senders list
554 Blocked: virus found
550 5.6.0 Lone CR or LF in body
550 Bad HELO
450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]
550 The sending IP does not have a PTR record
554 mail.example ESMTP not accepting messages from your network
421 Too many concurrent SMTP connections; please try again later.
452 4.5.3 Too many recipients
535 5.7.8 Error: authentication failed
550 Administrative prohibition
550-Verification failed for <us@ours.example> 550 Sender verify failed
550 JunkMail rejected - (x) [192.0.2.1]:25 is in an RBL
550 Rule imposed as a@b.example is blacklisted on
571 5.7.1 Sender IP blocked
550 5.0.350 Remote server returned an error -> 554 too many bad commands
554 5.7.1 ACL dns_rbl
"""

REPLIES = [
    (Kind(kind), line)
    for kind, lines in (("hard", HARD), ("soft", SOFT), ("ours", OURS))
    for line in lines.strip().splitlines()
]


@pytest.mark.parametrize(("kind", "reply"), REPLIES)
def test_a_reply_is_judged_by_its_words_and_its_code(kind: Kind, reply: str) -> None:
    assert diagnose(reply).kind is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5.1.1", Kind.HARD),
        ("5.1.2", Kind.HARD),
        ("5.1.8", Kind.OURS),
        ("5.2.1", Kind.SOFT),
        ("5.2.2", Kind.SOFT),
        ("5.2.3", Kind.OURS),
        ("5.3.4", Kind.OURS),
        ("5.4.6", Kind.SOFT),
        ("5.5.1", Kind.OURS),
        ("5.7.13", Kind.SOFT),
        ("5.7.1", Kind.OURS),
        ("5.7.26", Kind.OURS),
        ("5.0.0", Kind.SOFT),
        ("4.2.2", Kind.SOFT),
        ("4.7.1", Kind.OURS),
        ("", Kind.SOFT),
    ],
)
def test_without_words_the_code_alone_decides(status: str, kind: Kind) -> None:
    found = diagnose("", status=status)
    assert (found.kind, found.status, found.is_sure) == (kind, status, False)


def test_only_code_and_words_together_are_sure() -> None:
    assert diagnose("550 5.1.1 User unknown").is_sure
    assert not diagnose("550 5.1.1").is_sure
    assert not diagnose("550 User unknown (in reply to RCPT TO command)").is_sure
    assert not diagnose("550 5.1.2 Host unknown").is_sure


def test_the_reply_says_more_than_the_reports_general_code() -> None:
    found = diagnose("550 5.7.606 banned", status="5.1.1")
    assert (found.kind, found.status) == (Kind.OURS, "5.7.606")
    assert diagnose("smtp; 550 5.0.0 User unknown", status="5.1.1").status == "5.1.1"


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        ("in reply to RCPT TO command", Kind.HARD),
        ("in reply to end of DATA command", Kind.SOFT),
        ("in reply to MAIL FROM command", Kind.OURS),
        ("", Kind.SOFT),
    ],
)
def test_that_there_is_no_such_user_is_believed_of_the_answer_to_the_recipient_alone(
    stage: str, kind: Kind
) -> None:
    assert diagnose(f"550 Unknown user ({stage})").kind is kind


def test_what_is_called_temporary_is_never_hard() -> None:
    assert diagnose("450 4.1.1 User unknown (in reply to RCPT TO command)").kind is Kind.SOFT
    assert diagnose("450 User unknown (in reply to RCPT TO command)").kind is Kind.SOFT


def test_names_in_addresses_and_paths_of_links_are_no_words() -> None:
    reply = "550 5.1.1 <spam@blocked.example>: user unknown, see https://a.example/virus?policy=spf"
    assert diagnose(reply).kind is Kind.HARD


def test_the_host_of_a_block_list_is_one() -> None:
    assert diagnose("553 5.1.3 https://www.spamhaus.org/query/ip/192.0.2.1").kind is Kind.OURS
