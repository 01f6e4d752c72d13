"""The last look at a message before it leaves: without disclaimer, address and way out, nothing leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from bs4 import BeautifulSoup

from pipeline.deliver.message import Message, ways_out
from pipeline.errors import GateError

MAX_HTML_BYTES = 90_000
"""Gmail clips a message above 102 KB and hides the way out; 90 KB leaves room for its own wrapping."""

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


def check(message: Message, rules: Rules) -> None:
    """Let a message pass, or raise ``GateError`` naming everything it lacks."""
    lacks = list(_lacks(message, rules))
    if lacks:
        raise GateError(f"message {message.id} may not leave: it lacks {'; '.join(lacks)}")


def _lacks(message: Message, rules: Rules) -> Iterator[str]:
    parsed = message_from_bytes(message.content, _class=EmailMessage, policy=default)
    head = b"\r\n" + message.content.partition(b"\r\n\r\n")[0] + b"\r\n"
    yield from (f"the header {name}" for name in rules.headers if len(parsed.get_all(name, [])) != 1)
    ways = ", ".join(f"<{each}>" for each in ways_out(rules.leave_url, rules.leave_address))
    if f"\r\nList-Unsubscribe: {ways}\r\n".encode() not in head:
        yield "this reader's own leave link in List-Unsubscribe, in one line and as it is"
    if parsed["Precedence"] is not None:
        yield "freedom from Precedence"
    text, html = _part(parsed, "text/plain"), _part(parsed, "text/html")
    if [part.get_content_type() for part in parsed.iter_parts()] != ["text/plain", "text/html"]:
        yield "a text part followed by an HTML part"
    if len(html.encode()) > MAX_HTML_BYTES:
        yield f"brevity: its HTML has {len(html.encode()):,} bytes of at most {MAX_HTML_BYTES:,}"
    soup = BeautifulSoup(html, "lxml")
    yield from (f"{what} in its text part" for what in _missing(text, rules))
    body = (soup.body or soup).get_text()
    yield from (f"{what} in its HTML part" for what in _missing(body, rules, links=_links(soup)))


def _part(parsed: EmailMessage, content_type: str) -> str:
    found = [part for part in parsed.iter_parts() if part.get_content_type() == content_type]
    return str(found[0].get_content()) if found else ""


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
