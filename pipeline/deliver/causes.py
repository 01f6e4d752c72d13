"""Why we are refused or slowed down: the causes there are, what to do about each, and the words they are told by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum


class Cause(StrEnum):
    """Why we are refused or slowed down, as far as can be told."""

    SPF = "SPF"
    DKIM = "DKIM"
    DMARC = "DMARC"
    REVERSE_DNS = "reverse DNS"
    SENDER = "sender address"
    REPUTATION = "reputation or a block list"
    RATE = "rate"
    TLS = "TLS"
    LOGIN = "login"
    CONTENT = "content"
    POLICY = "policy"


REMEDIES: Mapping[Cause, str] = {
    Cause.SPF: "add this relay to the SPF record of [smtp] return_path_domain; see metabrief doctor",
    Cause.DKIM: "see that [dkim] selector and key match the record in DNS, and that the relay changes nothing that is "
    "signed; see metabrief doctor",
    Cause.DMARC: "let SPF or DKIM pass for the domain of [smtp] from_address, which needs a DMARC record; "
    "see metabrief doctor",
    Cause.REVERSE_DNS: "give the relay's address a name in reverse DNS that leads back to it, or ask whoever runs it to",
    Cause.SENDER: "see that the domains of [smtp] from_address and return_path_domain exist and take mail, by an MX record",
    Cause.REPUTATION: "look the relay's address and your domain up in the block list that is named, ask to be taken off "
    "it, and write only to those who asked for it",
    Cause.RATE: "lower [delivery] rate_per_second and connections, or ask whoever runs the relay for a higher limit",
    Cause.TLS: 'set [smtp] tls to "starttls" or "implicit", as the relay asks',
    Cause.LOGIN: "see that [smtp] username and password are right, and that the relay lets them send as from_address",
    Cause.CONTENT: "see what the issue says and links to, and send yourself a copy with metabrief issues test",
    Cause.POLICY: "read what the reply says, or ask whoever runs the relay; see metabrief doctor",
}


_WORDS: tuple[tuple[Cause, re.Pattern[str]], ...] = tuple(
    (cause, re.compile(pattern, re.IGNORECASE))
    for cause, pattern in (
        (Cause.DMARC, r"\bdmarc\b|\bspf\b.*\bdkim\b|\bdkim\b.*\bspf\b|unauthenticated|\bMI:DMC\b"),
        (Cause.DKIM, r"\bdkim\b"),
        (Cause.SPF, r"\bspf\b|sender policy framework"),
        (Cause.REVERSE_DNS, r"reverse[ -](?:dns|hostname|lookup)|\brdns\b|\bptr\b|cannot find your"),
        (
            Cause.RATE,
            r"\brates?\b|throttl|too (?:fast|much mail)|too many (?:messages|mails|e-?mails|connections|requests)|slow(?:ing)? down"
            r"|flood|frequency|(?:send\w*|daily|hourly|message) quota|limit exceeded|(?:exceed|over|reach)\w* .{0,30}limit|频率|超过限制|\b(?:HL:I[CF]C|MI:SFQ|RP:[DQT]RC)\b",
        ),
        (
            Cause.LOGIN,
            r"relay(?:ing)? (?:access )?(?:is )?(?:denied|not|prohibited)|(?:unable|not (?:permitted|allowed|authori[sz]ed)) to relay"
            r"|rcpthosts|authentication (?:is )?(?:required|failed)|must (?:authenticate|log ?in)|not logged in",
        ),
        (Cause.TLS, r"\bstart ?tls\b|\btls\b|encrypt"),
        (
            Cause.REPUTATION,
            r"black ?-?list|block ?-?list|deny ?-?list|\b\w*bl\b.*listed|listed (?:at|by|in|on)|spamhaus|spamcop|sorbs|barracuda"
            r"|reputation|banned|blocked|\bblock\b|\bHL:(?:IPB|REP|MEP)\b|黑名单",
        ),
        (
            Cause.CONTENT,
            r"spam|virus|malware|phish|unsolicited|content|junk|\bDT:SPM\b|垃圾",
        ),
        (
            Cause.SENDER,
            r"sender (?:address |domain )?(?:rejected|refused|verif)|(?:domain of sender|sender.s domain)",
        ),
        (Cause.POLICY, r"polic(?:y|ies)|access denied|administrative"),
    )
)
"""The first that stands in a reply, what is surest of before what is said of much."""


def cause_told(text: str) -> Cause | None:
    """Return the cause that a reply's words tell, or None."""
    return next((cause for cause, words in _WORDS if words.search(text)), None)
