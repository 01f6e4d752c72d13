"""Read a mail that came back: what it is, whom and which delivery it speaks of, and why, in words.

    bytes → parts → feedback report | asks to leave | status report | notice | answered by a machine → Reading

What is read is an allegation: its tokens are not verified here, and nothing may change by it before they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from subscribers.bounces.addresses import address
from subscribers.bounces.amazon import bounces
from subscribers.bounces.arf import Feedback, feedback, returned_to
from subscribers.bounces.automatic import asks_to_leave, is_automatic, says_automatic
from subscribers.bounces.diagnosis import Verdict, diagnose
from subscribers.bounces.dsn import Failure, failures
from subscribers.bounces.kind import Kind
from subscribers.bounces.mail import Part, cut, header
from subscribers.bounces.notice import Notice, is_bounce, read_notice
from subscribers.bounces.tokens import delivery_tokens, leave_tokens, sent_to_leave

__all__ = ["Kind", "Reading", "read_mail"]
_LONGEST_QUOTE = 200


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a mail says."""

    kind: Kind
    recipients: tuple[str, ...] = ()
    """The addresses it speaks of, as written there."""
    status: str = ""
    """The enhanced code (RFC 3463), or nothing."""
    reason: str = ""
    """One line in words."""
    is_sure: bool = False
    """It is hard, and both the code and the words say that there is no such user."""
    is_delayed: bool = False
    """A warning only: the other side still tries."""
    delivery_tokens: tuple[str, ...] = field(default=())
    """Whose delivery it speaks of, unverified; the one of the address it was sent to first."""
    leave_tokens: tuple[str, ...] = field(default=())
    """Who may leave by it, unverified; of a complaint those of the returned mail too."""


def read_mail(content: bytes) -> Reading:
    """Read a mail, whatever its bytes are; in time linear in them, of which a bounded number is looked at."""
    parts = cut(content)
    found = _read(parts)
    leaves = leave_tokens(parts) if found.kind is Kind.COMPLAINT else sent_to_leave(parts[0].headers)
    return replace(found, delivery_tokens=delivery_tokens(parts), leave_tokens=tuple(dict.fromkeys(leaves)))


def _read(parts: Sequence[Part]) -> Reading:
    told = feedback(parts)
    if told is not None:
        return _of_feedback(told)
    reported = failures(parts) or bounces(parts)
    if reported:
        return _of_report(reported, parts)
    if asks_to_leave(parts):
        return Reading(kind=Kind.LEAVE, recipients=_writer(parts), reason="asks to leave")
    if not says_automatic(parts) and is_bounce(parts):
        return _of_notice(read_notice(parts), parts)
    if is_automatic(parts):
        return Reading(
            kind=Kind.AUTO_REPLY, recipients=_writer(parts), reason="answered by a machine for its owner"
        )
    return Reading(kind=Kind.NONE, reason="no bounce")


def _writer(parts: Sequence[Part]) -> tuple[str, ...]:
    found = address(header(parts[0].headers, "From"))
    return (found,) if found else ()


def _of_feedback(told: Feedback) -> Reading:
    reason = f"feedback report: {_one_line(told.type)}"
    return Reading(kind=told.kind, recipients=told.recipients, reason=reason)


def _of_report(reported: Sequence[Failure], parts: Sequence[Part]) -> Reading:
    """Judge a report by its failures, the mildest of several; a reader may have an alias of many ends."""
    failed = [each for each in reported if not each.is_good]
    if not failed:
        recipients = tuple(filter(None, (each.recipient for each in reported)))
        return Reading(kind=Kind.NONE, recipients=recipients, reason="arrived")
    notice = read_notice(parts)
    judged = [_of_failure(each, notice) for each in failed]
    mildest = min(judged, key=lambda each: (each.kind is Kind.HARD, each.is_sure, each.kind is Kind.SOFT))
    named = tuple(filter(None, (each.recipient for each in failed)))
    return replace(mildest, recipients=named or notice.recipients or returned_to(parts))


def _of_failure(failure: Failure, notice: Notice) -> Reading:
    named = (failure.recipient,) if failure.recipient else notice.recipients
    story = f"{failure.reporting}\n{notice.text}"
    verdict = diagnose(failure.diagnostic, status=failure.status, story=story, recipients=named)
    if not failure.diagnostic or not verdict.is_told:
        whole = f"{failure.diagnostic}\n{notice.text}"
        verdict = diagnose(whole, status=failure.status, recipients=named)
    if failure.is_doubtful:
        verdict = _softened(verdict)
    quote = failure.diagnostic or notice.replies or notice.text
    return _reading(verdict, quote, is_delayed=failure.is_delayed)


def _of_notice(notice: Notice, parts: Sequence[Part]) -> Reading:
    named = notice.recipients
    verdict = diagnose(notice.replies, story=notice.text, recipients=named)
    if not verdict.is_told:
        verdict = diagnose(notice.text, recipients=named)
    found = _reading(verdict, notice.replies or notice.text, is_delayed=notice.is_warning)
    return replace(found, recipients=notice.recipients or returned_to(parts))


def _softened(verdict: Verdict) -> Verdict:
    """Return a verdict that does not say that the reader is gone."""
    return replace(verdict, kind=Kind.SOFT, is_sure=False) if verdict.kind is Kind.HARD else verdict


def _reading(verdict: Verdict, quote: str, *, is_delayed: bool) -> Reading:
    said = _one_line(quote)
    if is_delayed:
        verdict = _softened(verdict)
    return Reading(
        kind=verdict.kind,
        status=verdict.status,
        reason=f"{verdict.why}: {said}" if said else verdict.why,
        is_sure=verdict.is_sure,
        is_delayed=is_delayed,
    )


def _one_line(text: str) -> str:
    """Return the beginning of a text as one line that can be printed."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _LONGEST_QUOTE]).split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1]}…"
