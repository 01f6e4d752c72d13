"""Plain methods, each a few lines: what anybody would do first, so that every figure has one beside it."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import trafilatura
from charset_normalizer import from_bytes
from lxml import html
from trafilatura.readability_lxml import Document
from trafilatura.settings import Document as Found

from bench.corpora import Labelled
from bench.scores import Answer
from pipeline.extract.charset import decode
from pipeline.text import sentences, words

_BEAT = re.compile(r"metaverse|元宇宙", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d,.]*")
_STATUS = re.compile(rb"^Status: ?([245])\.", re.IGNORECASE | re.MULTILINE)
_RECIPIENT = re.compile(rb"^Final-Recipient:[^;\r\n]*;\s?(\S+)", re.IGNORECASE | re.MULTILINE)
LIKE = 1 / 3
"""The share of words that two headlines on one event have in common."""


def names_the_metaverse(row: Labelled) -> Answer:
    """Take for the beat whatever has the word itself in its title."""
    relevant = bool(_BEAT.search(row["title"]))
    return {"relevant": relevant, "score": float(relevant)}


def singletons(rows: Iterable[Labelled]) -> Iterator[Answer]:
    """Take every article for an event of its own."""
    yield from ({"story": number} for number, _ in enumerate(rows))


def shared_words(rows: Iterable[Labelled]) -> Iterator[Answer]:
    """Put two headlines of a pair together when a third of all their words are in both."""
    each = iter(rows)
    for one, other in zip(each, each, strict=True):
        first, second = set(words(one["title"])), set(words(other["title"]))
        is_like = len(first & second) >= LIKE * len(first | second)
        yield {"story": one["id"]}
        yield {"story": one["id"] if is_like else other["id"]}


def lead(row: Labelled) -> Answer:
    """Return the first sentences, as many as are asked for."""
    first = sentences(row["text"], row["language"])[: row["sentences"]]
    return {"summary": ("" if row["language"] == "zh" else " ").join(first)}


def every_number_occurs(row: Labelled) -> Answer:
    """Take for true what has no digits that its source has not."""
    known = set(_NUMBER.findall(row["source"]))
    new = [number for number in _NUMBER.findall(row["summary"]) if number not in known]
    return {"supported": not new, "unsupported": new}


def _html(row: Labelled, folder: Path) -> str:
    body = b64decode(row["html_base64"]) if "html_base64" in row else (folder / row["path"]).read_bytes()
    return decode(body, row.get("content_type", ""))


def by_trafilatura(row: Labelled, folder: Path) -> dict[str, Any]:
    """Extract with trafilatura's default for precision, metadata and all."""
    found = trafilatura.bare_extraction(
        _html(row, folder),
        url=row.get("url"),
        favor_precision=True,
        include_comments=False,
        with_metadata=True,
    )
    if not isinstance(found, Found):
        return {"error": "nothing found"}
    authors = [name.strip() for name in (found.author or "").split(";") if name.strip()]
    return {"title": found.title, "text": found.text, "published": found.date, "authors": authors}


def by_readability(row: Labelled, folder: Path) -> dict[str, Any]:
    """Extract with readability alone, in the copy that trafilatura brings."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    page = html.document_fromstring(_html(row, folder).encode(), parser=parser)
    found = html.document_fromstring(Document(page).summary())
    return {"title": page.findtext(".//title"), "text": "\n".join(found.itertext())}


def by_charset_normalizer(row: Labelled) -> Answer:
    """Decode by the best guess of charset-normalizer."""
    return {"text": str(from_bytes(row["body"]).best() or "")}


def by_first_digit(row: Labelled, folder: Path) -> dict[str, Any]:
    """Read the status that a mail reports, and take what begins with 5 for hard, the rest for soft."""
    mail = (folder / row["path"]).read_bytes()
    status = _STATUS.search(mail)
    recipients = {found.lower() for found in _RECIPIENT.findall(mail)}
    kind = "none" if status is None else "hard" if status[1] == b"5" else "soft"
    return {"kind": kind, "recipients": list(recipients)}
