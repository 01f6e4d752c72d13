"""Text as bytes that any relay hands on unchanged: quoted-printable (RFC 2045) and header values (RFC 2047, 5322)."""

from __future__ import annotations

import re
import textwrap
from base64 import b64encode

LINE_END, SOFT_BREAK = b"\r\n", b"=\r\n"

_UNSAFE = re.compile(rb"[^\t -<>-~]|[\t ]\Z")
_CHUNK = re.compile(rb".{1,73}(?<!=)(?<!=.)")
"""73, for the first of them may grow by two, and "=" comes last: 76 are allowed. None ends within an escape."""
_MUTABLE = (b".", b"From ")
"""What relays and mailboxes double or mark at the start of a line."""
_SPECIALS = re.compile(r'[()<>@,:;."\[\]\\]')
_LINE = 78
_BYTES_A_WORD = 45
"""60 letters of base64 and 72 a word, of 75 that are allowed; the first shares its line with the header's name."""
_ENCODED_LINE = 76
_WORD = b"=?utf-8?b?%b?="


def quoted_text(text: str) -> bytes:
    """Return a text, or a piece of one, in quoted-printable; its line breaks become CRLF."""
    return LINE_END.join(map(_quoted_line, text.replace("\r\n", "\n").encode().split(b"\n")))


def quoted_value(value: str) -> bytes:
    """Return a value in quoted-printable as it stands between two soft breaks, whatever it holds."""
    return _quoted_line(value.encode())


def _quoted_line(line: bytes) -> bytes:
    quoted = _UNSAFE.sub(_escape, line)
    if len(quoted) <= 73 and not quoted.startswith(_MUTABLE):
        return quoted
    return SOFT_BREAK.join(map(_unchanged, _CHUNK.findall(quoted)))


def _unchanged(chunk: bytes) -> bytes:
    return b"=%02X%b" % (chunk[0], chunk[1:]) if chunk.startswith(_MUTABLE) else chunk


def _escape(match: re.Match[bytes]) -> bytes:
    return b"=%02X" % match[0][0]


def unstructured(name: str, text: str) -> bytes:
    """Return the value of a header such as Subject, folded; ``text`` is one clean line.

    Beyond ASCII it is encoded whole, for where words are encoded one by one the spaces between them get lost.
    """
    if text.isascii():
        lines = textwrap.wrap(
            f"{name}: {text}", _LINE, subsequent_indent=" ", break_long_words=False, break_on_hyphens=False
        )
        if max(map(len, lines)) <= _LINE:
            return LINE_END.join(line.encode() for line in lines).partition(b":")[2].removeprefix(b" ")
    return b"\r\n ".join(_encoded_words(name, text))


def mailbox(name: str, address: str) -> bytes:
    """Return a name, one clean line or empty, beside an address; beyond ASCII the address stays as it is (RFC 6532)."""
    if not name:
        return address.encode()
    if not name.isascii() or len(name) > _LINE - len("From: "):
        return b"\r\n ".join((*_encoded_words("From", name), f"<{address}>".encode()))
    if _SPECIALS.search(name):
        name = '"{}"'.format(name.replace("\\", "\\\\").replace('"', '\\"'))
    gap = " " if len(name) + len(address) <= _LINE - len("From:  <>") else "\r\n "
    return f"{name}{gap}<{address}>".encode()


def _encoded_words(header: str, text: str) -> list[bytes]:
    """Return text as encoded words (RFC 2047), each of whole characters and as long as its line lets it be."""
    words, piece = [], b""
    most = (_ENCODED_LINE - len(f"{header}: ") - len(_WORD % b"")) // 4 * 3
    for character in map(str.encode, text):
        if len(piece) + len(character) > min(most, _BYTES_A_WORD):
            words.append(_WORD % b64encode(piece))
            piece, most = b"", _BYTES_A_WORD
        piece += character
    return [*words, _WORD % b64encode(piece)]
