"""A mail cut into its parts, in time linear in its bytes and whatever they are.

The standard library's parser asks each open boundary at every line, so a mail of nested parts makes it slow; and it descends
into each nested message. Here boundaries are cut flat, and what a mail returns stays one piece. Of each piece the
library reads the headers and undoes the transfer encoding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from html import unescape
from itertools import islice

LONGEST_MAIL = 1_000_000
"""Bytes looked at; a report stands before the mail that it returns, and that may be cut."""
MOST_PARTS = 60
_LONGEST_HEADER = 1000
"""Characters of a header that is taken apart; the library's ways of doing so are not linear."""
_LINE_OF_DASHES = re.compile(rb"^--[^\r\n]{1,250}", re.MULTILINE)
_TEXT_CHARSETS = re.compile(
    r"us-ascii|ascii|utf-?(?:8|16)(?:-?[lb]e)?|iso-?8859-?\d{1,2}|(?:x-)?(?:windows|cp|ibm)-?\d{3,5}|koi8-?[rut]"
    r"|gb-?(?:2312|k|18030)|big5(?:-?hkscs)?|hz(?:-gb-2312)?|iso-2022-(?:jp|kr|cn)(?:-\w{1,4})?|euc-?(?:jp|kr|tw|cn)|(?:x-)?s(?:hift)?[-_]?jis"
)
"""Only charsets of mail: the library also knows codecs that are slow or no charsets at all."""
_PARAMETER = r';\s*{name}\s*=\s*(?:"([^"]{{1,200}})"|([^\s;"]{{1,200}}))'
_TRANSFER = ("base64", "quoted-printable")
_UNSEEN = (("<head>", "</head>"), ("<style", "</style"), ("<script", "</script"))
_BREAK = re.compile(r"</?(?:p|div|br|tr|li|h[1-6]|table|hr|pre)\b[^<>]{0,500}>", re.IGNORECASE)
_QUOTED = re.compile(r"^>(?!>)[ \t]?", re.MULTILINE)
_TAG = re.compile(r"<[/!a-zA-Z][^<>]{0,2000}>")


class _AsWritten(Compat32):
    """Headers as their bytes stand there; the library would lose those beyond ASCII."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002
        """Return a header's value unchanged."""
        return value


_AS_WRITTEN = _AsWritten()


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a mail: its type in lower case, its headers, and its text with the transfer encoding undone."""

    type: str
    headers: Message
    text: str


def cut(content: bytes) -> tuple[Part, ...]:
    """Return the mail's own head and text first, then its parts in order; at least one, at most ``MOST_PARTS``.

    A mail of several parts in which none of them is found is one of text.
    """
    pieces = _pieces(content[:LONGEST_MAIL].replace(b"\0", b"").lstrip(b"\r\n"))
    parts = tuple(islice(pieces, MOST_PARTS))
    is_broken = len(parts) == 1 and parts[0].type.startswith("multipart/")
    return (replace(parts[0], type="text/plain"),) if is_broken else parts


def _pieces(content: bytes) -> Iterator[Part]:
    """Yield the pieces between boundaries that a piece before has named; what follows a closing one is none."""
    start: int | None = 0
    named = {boundary} if (boundary := _boundary(content)) else set()
    for line in _LINE_OF_DASHES.finditer(content):
        name = line[0][2:].rstrip()
        is_close = name not in named and name.endswith(b"--") and name[:-2] in named
        if name not in named and not is_close:
            continue
        if start is not None:
            yield _part(content[start : line.start()])
        start = None if is_close else _next_line(content, line.end())
        if start is not None and (inner := _boundary(content[start : start + 10_000])):
            named.add(inner)
    if start is not None:
        yield _part(content[start:])


def _next_line(content: bytes, at: int) -> int:
    end = content.find(b"\n", at)
    return len(content) if end < 0 else end + 1


def _boundary(content: bytes) -> bytes | None:
    head = _parsed(content[:100_000])
    if head.get_content_maintype() != "multipart":
        return None
    boundary = parameter(head, "boundary") or _unfolded(content[:_LONGEST_HEADER])
    return boundary.rstrip().encode("utf-8", "surrogateescape") or None


def _unfolded(content: bytes) -> str:
    """Find a boundary on a line of its own that lost its indent."""
    found = re.search(rb'^boundary="([^"\r\n]{1,70})"', content, re.MULTILINE)
    return found[1].decode("ascii", "replace") if found else ""


def _parsed(content: bytes) -> Message:
    message = BytesParser(policy=_AS_WRITTEN).parsebytes(content, headersonly=True)
    for name in ("Content-Type", "Content-Transfer-Encoding"):
        if name in message:
            message.replace_header(name, str(message[name])[:_LONGEST_HEADER])
    return message


def _part(content: bytes) -> Part:
    message = _parsed(content)
    if str(message.get("Content-Transfer-Encoding", "")).strip().lower() not in _TRANSFER:
        del message["Content-Transfer-Encoding"]
    raw = message.get_payload(decode=True)
    type_ = message.get_content_type()
    text = _decoded(
        raw if isinstance(raw, bytes) else b"", charset=parameter(message, "charset").lower()
    ).replace("\r\n", "\n")
    return Part(type=type_, headers=message, text=plain(text) if type_ == "text/html" else text)


def parameter(message: Message, name: str) -> str:
    """Return a parameter of the content type; the library's own reading of them fails on some."""
    found = re.search(_PARAMETER.format(name=name), str(message.get("Content-Type", "")), re.IGNORECASE)
    return (found[1] or found[2] or "") if found else ""


def _decoded(raw: bytes, *, charset: str) -> str:
    """Read bytes in the charset told, or else in the first that fits; the letters of ASCII are right in all of them."""
    told = [charset.replace("gb2312", "gb18030")] if _TEXT_CHARSETS.fullmatch(charset) else []
    guessed = ["iso-2022-jp"] if b"\x1b$" in raw else []
    strictly = [(each, "strict") for each in (*told, *guessed, "utf-8", "gb18030")]
    for each, errors in (*strictly, *((each, "replace") for each in told)):
        with suppress(UnicodeError, LookupError):  # LookupError: a charset that the library does not know
            return raw.decode(each, errors)
    return raw.decode("utf-8", "replace")


def plain(markup: str) -> str:
    """Return the text of HTML, a line a block."""
    for opening, closing in _UNSEEN:
        markup = _without(markup, opening, closing)
    return unescape(_TAG.sub("", _BREAK.sub("\n", markup)))


def _without(markup: str, opening: str, closing: str) -> str:
    """Return markup without what stands between two marks; what is never closed stays."""
    kept, at, lower = [], 0, markup.lower()
    while (start := lower.find(opening, at)) >= 0 and (end := lower.find(closing, start)) >= 0:
        kept.append(markup[at:start])
        at = end
    return "".join(kept) + markup[at:]


def header(message: Message, name: str) -> str:
    """Return a header as text in one line, encoded words read; empty when it is absent."""
    value = _readable(message.get(name, "")[:_LONGEST_HEADER])
    with suppress(MessageError, LookupError, ValueError):
        value = str(make_header(decode_header(value)))
    return " ".join(value.split())


def _readable(value: str) -> str:
    return _decoded(value.encode("ascii", "surrogateescape"), charset="")


def every_header(message: Message, names: frozenset[str]) -> list[tuple[str, str]]:
    """Return name (in lower case) and value of each header that has one of these names, as often as it stands there."""
    return [
        (name.lower(), str(value)[:_LONGEST_HEADER])
        for name, value in message.items()
        if name.lower() in names
    ]


def unquoted(text: str) -> str:
    """Return a text without the marks of one that was passed on."""
    return _QUOTED.sub("", text)
