"""The last look at a message before it leaves: without disclaimer, address and way out, nothing leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from bs4 import BeautifulSoup

from pipeline.deliver.message import Message, leaving
from pipeline.errors import GateError

MAX_HTML_BYTES = 90_000
"""Gmail clips a message above 102 KB and hides the way out; 90 KB leaves room for its own wrapping."""

MAX_LINE_BYTES = 998
"""RFC 5322, 2.1.1."""

LETTER_HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
)
HEADERS = (*LETTER_HEADERS, "List-Id", "List-Help", "List-Archive", "List-Owner", "Feedback-ID")


_TO = re.compile(rb"(?is)\r\nTo: (.*?)(?=\r\n[^ \t])")
_NAME = re.compile(
    rb"""(?:"(?:[ !#-\[\]-~]|\\[ -~])*"|[ !#-'*+/-9=?A-Z^-~-]+(?:\r\n [ !#-'*+/-9=?A-Z^-~-]+)*)(?: |\r\n )"""
)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a message to one reader must hold: the headers once, all else in both of its parts."""

    disclaimers: tuple[str, ...]
    postal_address: str
    why: str
    leave_url: str
    leave_address: str = ""
    """Must stand behind the link in List-Unsubscribe; empty when nobody reads what comes there."""
    links: tuple[str, ...] = ()
    """Whatever else the message must lead to."""
    headers: tuple[str, ...] = HEADERS
    signing_domain: str = ""
    """Whose signature the message must bear, and whose address it must be from; empty when nothing is signed."""


def check(message: Message, rules: Rules) -> None:
    """Let a message pass, or raise ``GateError`` naming everything it lacks."""
    lacks = list(_lacks(message, rules))
    if lacks:
        raise GateError(f"message {message.id} may not leave: it lacks {'; '.join(lacks)}")


def _lacks(message: Message, rules: Rules) -> Iterator[str]:
    parsed = message_from_bytes(message.content, _class=EmailMessage, policy=default)
    head = b"\r\n%b\r\n\r\n" % message.content.partition(b"\r\n\r\n")[0]
    yield from _missing_headers(head, parsed, message, rules)
    text, html = _part(parsed, "text/plain"), _part(parsed, "text/html")
    if [part.get_content_type() for part in parsed.iter_parts()] != ["text/plain", "text/html"]:
        yield "a text part followed by an HTML part"
    if len(html.encode()) > MAX_HTML_BYTES:
        yield f"brevity: its HTML has {len(html.encode()):,} bytes of at most {MAX_HTML_BYTES:,}"
    soup = BeautifulSoup(html, "lxml")
    yield from (f"{what} in its text part" for what in _missing(text, rules))
    body = (soup.body or soup).get_text()
    yield from (f"{what} in its HTML part" for what in _missing(body, rules, links=_links(soup)))


def _missing_headers(head: bytes, parsed: EmailMessage, message: Message, rules: Rules) -> Iterator[str]:
    yield from (f"the header {name}" for name in rules.headers if len(parsed.get_all(name, [])) != 1)
    ways = leaving(rules.leave_url, rules.leave_address)
    if f"\r\nList-Unsubscribe: {ways}\r\n".encode() not in head:
        yield "this reader's own leave link in List-Unsubscribe, in one line and as it is"
    named = _TO.findall(head)
    if len(named) != 1 or not is_mailbox(named[0], message.recipient.encode()):
        yield "its own recipient in To, and nobody else"
    if parsed["Precedence"] is not None:
        yield "freedom from Precedence"
    if rules.signing_domain:
        yield from _unsigned(parsed, rules.signing_domain)
    if not message.content.isascii() and not message.is_utf8:
        yield "freedom from bytes beyond ASCII"
    if any(
        len(line) > MAX_LINE_BYTES or b"\r" in line or b"\n" in line
        for line in message.content.split(b"\r\n")
    ):
        yield f"lines of at most {MAX_LINE_BYTES} bytes, each ended by CRLF"


def is_mailbox(value: bytes, address: bytes) -> bool:
    """Say whether a header's value is this one address, alone or behind a name (RFC 5322, 3.4)."""
    if value == address:
        return True
    return value.endswith(b"<%b>" % address) and _NAME.fullmatch(value[: -len(address) - 2]) is not None


def _unsigned(parsed: EmailMessage, domain: str) -> Iterator[str]:
    signatures = [str(each) for each in parsed.get_all("DKIM-Signature", [])]
    if len(signatures) != 1 or f"d={domain}" not in re.split(r"\s*;\s*", signatures[0].strip()):
        yield f"one signature, of {domain}"
    if not str(parsed["From"]).rstrip(">").lower().endswith(f"@{domain.lower()}"):
        yield f"a From of {domain}, whose key signs"


def html_size(message: Message) -> int:
    """Return how many bytes a message's HTML has."""
    parsed = message_from_bytes(message.content, _class=EmailMessage, policy=default)
    return len(_part(parsed, "text/html").encode())


def _part(parsed: EmailMessage, content_type: str) -> str:
    """Return what a part says; nothing when it is not there, or in no charset that anybody knows."""
    found = [part for part in parsed.iter_parts() if part.get_content_type() == content_type]
    try:
        return str(found[0].get_content()) if found else ""
    except LookupError:
        return ""


def _links(soup: BeautifulSoup) -> frozenset[str]:
    return frozenset(str(link["href"]) for link in soup.find_all("a", href=True))


def _missing(text: str, rules: Rules, *, links: frozenset[str] | None = None) -> Iterator[str]:
    """Yield what ``text`` lacks; line breaks and spaces do not count, and an empty rule is never met."""
    bare = _bare(text)
    if not rules.disclaimers or not all(_says(bare, disclaimer) for disclaimer in rules.disclaimers):
        yield "the disclaimer"
    if not _says(bare, rules.postal_address):
        yield "the postal address"
    if not _says(bare, rules.why):
        yield "why the reader gets it"
    for url in (rules.leave_url, *rules.links):
        if not (_holds_link(text, url) if links is None else url in links):
            yield "the leave link" if url == rules.leave_url else "the link it is about"


def _holds_link(text: str, url: str) -> bool:
    """Say whether ``url`` stands in ``text`` whole, not as the beginning of another."""
    return re.search(re.escape(url) + r"(?![\w/?=&%-])", text, re.ASCII) is not None


def _says(bare: str, words: str) -> bool:
    return bool(_bare(words)) and _bare(words) in bare


def _bare(text: str) -> str:
    return "".join(text.split())
