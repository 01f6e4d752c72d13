"""A mail compiled once for all its readers: what is the same for each is encoded once, the rest is filled in and joined.

A soft line break stands before and after each field of a part, so no line's length depends on a value.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from pipeline.deliver.encoding import SOFT_BREAK, quoted_text, quoted_value
from pipeline.deliver.signing import Signer, relaxed
from pipeline.model import Parts

SIGNATURE = "DKIM-Signature"

_PLAIN = re.compile(r"[A-EG-Za-z0-9][A-Za-z0-9/:_~,;?!+%#@*() .-]{0,72}")
"""Values that stand as they are in both parts, and a line holds; F might begin "From ", which mailboxes mark."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A mail before any reader: its subject and its two parts."""

    subject: str
    text: Parts
    html: Parts


class Place(StrEnum):
    """Where in a message a value stands."""

    HEAD = "head"
    TEXT = "text"
    HTML = "html"


@dataclass(frozen=True, kw_only=True)
class Field:
    """What differs from reader to reader: a header by its name, or a field of a part."""

    name: str
    place: Place


@dataclass(frozen=True, kw_only=True)
class Form:
    """A message's bytes split at its fields, as ``Parts`` are: what all readers' messages have in common."""

    fixed: tuple[bytes, ...]
    fields: tuple[Field, ...] = ()

    def pieces(self, values: Sequence[bytes]) -> list[bytes]:
        """Return the fixed parts with one value a field between them."""
        pieces = [b""] * (2 * len(values) + 1)
        pieces[::2], pieces[1::2] = self.fixed, values
        return pieces

    def filled(self, values: Sequence[bytes]) -> bytes:
        """Return a message."""
        return b"".join(self.pieces(values))

    def values(self, content: bytes, lengths: Sequence[int]) -> list[bytes] | None:
        """Return a message's values, so long each; None when what stands around them is not this form."""
        first, *others = self.fixed
        if len(lengths) != len(others) or not content.startswith(first):
            return None
        at, values = len(first), []
        for length, after in zip(lengths, others, strict=True):
            end = at + length
            if not content.startswith(after, end):
                return None
            values.append(content[at:end])
            at = end + len(after)
        return values if at == len(content) else None

    def __add__(self, other: Form) -> Form:
        """Return what goes on with ``other`` where this one ends."""
        seam = self.fixed[-1] + other.fixed[0]
        return Form(fixed=(*self.fixed[:-1], seam, *other.fixed[1:]), fields=(*self.fields, *other.fields))


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One reader's message, and how long the value of each of its form's fields is."""

    content: bytes
    lengths: tuple[int, ...]


class Stationery:
    """A mail ready to be filled for one reader after the other."""

    def __init__(
        self, headers: Mapping[str, bytes | None], draft: Draft, *, signer: Signer | None = None
    ) -> None:
        """Compile a mail; ``headers`` come in the order of the wire, None for each that is a reader's own."""
        boundary = _boundary(draft)
        fields = {
            **headers,
            "MIME-Version": b"1.0",
            "Content-Type": b'multipart/alternative; boundary="%b"' % boundary,
        }
        self._signature = signer.signature(tuple(fields)) if signer else None
        self._head = _form(b"%b: %b\r\n", fields)
        self._canonical = _form(b"%b:%b\r\n", {name.lower(): _relaxed(fields[name]) for name in fields})
        self._body = _body(draft, boundary)
        self._own = tuple(field.name for field in self._head.fields)
        self._order = tuple((field.name, field.place is Place.HTML) for field in self._body.fields)
        self._names = frozenset(name for name, _ in self._order)

    @property
    def form(self) -> Form:
        """Return what all its messages have in common."""
        whole = self._head + Form(fixed=(b"\r\n",)) + self._body
        if self._signature is None:
            return whole
        signed = Field(name=SIGNATURE, place=Place.HEAD)
        return Form(fixed=(self._signature.opening, b"\r\n"), fields=(signed,)) + whole

    def fill(self, own: Mapping[str, bytes], values: Mapping[str, str], *, now: datetime) -> Sheet:
        """Fill in one reader's own headers and the values of the parts' fields, and sign what has come of it.

        The headers hold no spaces but single ones, and one after each CRLF.
        """
        headers = [own[name] for name in self._own]
        written = {name: _written(values[name]) for name in self._names}
        quoted = [written[name][is_html] for name, is_html in self._order]
        lengths = tuple(map(len, (*headers, *quoted)))
        body = self._body.pieces(quoted)
        whole = (*self._head.pieces(headers), b"\r\n", *body)
        if self._signature is None:
            return Sheet(content=b"".join(whole), lengths=lengths)
        canonical = b"".join(self._canonical.pieces([value.replace(b"\r\n", b"") for value in headers]))
        rest = self._signature.rest(canonical, body, now=now)
        content = b"".join((self._signature.opening, rest, b"\r\n", *whole))
        return Sheet(content=content, lengths=(len(rest), *lengths))


def _written(value: str) -> tuple[bytes, bytes]:
    """Return a value as it stands in the text, and as it stands in the HTML."""
    if _PLAIN.fullmatch(value):
        return (same := value.encode()), same
    return _quoted_value(value)


@lru_cache(maxsize=256)
def _quoted_value(value: str) -> tuple[bytes, bytes]:
    """Do so for one that has to be encoded; what is said of the hour is the same for many."""
    return quoted_value(value), quoted_value(html.escape(value))


def _form(line: bytes, headers: Mapping[str, bytes | None]) -> Form:
    """Return header fields as a form, each written like ``line``."""
    form = Form(fixed=(b"",))
    for name, value in headers.items():
        if value is None:
            before, after = (line % (name.encode(), b"\0")).split(b"\0")
            form += Form(fixed=(before, after), fields=(Field(name=name, place=Place.HEAD),))
        else:
            form += Form(fixed=(line % (name.encode(), value),))
    return form


def _relaxed(value: bytes | None) -> bytes | None:
    return None if value is None else relaxed(value)


def _body(draft: Draft, boundary: bytes) -> Form:
    """Return both parts as a form, the text first."""
    texts = (
        (Place.TEXT, b"plain", draft.text),
        (Place.HTML, b"html", draft.html),
    )
    form = Form(fixed=(b"",))
    for place, subtype, parts in texts:
        form += Form(fixed=(_PART % (boundary, subtype),)) + _quoted(parts, place) + Form(fixed=(b"\r\n",))
    return form + Form(fixed=(b"--%b--\r\n" % boundary,))


_PART = (
    b'--%b\r\nContent-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
)


def _quoted(parts: Parts, place: Place) -> Form:
    last = len(parts.fields)
    fixed = (
        b"".join((SOFT_BREAK if at else b"", quoted_text(text), SOFT_BREAK if at < last else b""))
        for at, text in enumerate(parts.fixed)
    )
    return Form(fixed=tuple(fixed), fields=tuple(Field(name=name, place=place) for name in parts.fields))


def _boundary(draft: Draft) -> bytes:
    """Return what quoted-printable can't hold, for it never holds ``=_``, and no other mail's parts are likely to."""
    words = "\0".join((*draft.text.fixed, *draft.html.fixed))
    return b"=_" + hashlib.sha256(words.encode()).hexdigest()[:24].encode()
