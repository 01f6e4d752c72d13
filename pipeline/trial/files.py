"""A person's own file as a row: a JSON object, an HTML page, or a text whose first line is the title."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from pipeline.errors import MetabriefError, UsageError
from pipeline.extract.charset import decode
from pipeline.trial.rows import Row, Unread, answer, one_line, read_row
from pipeline.trial.stages import PAGE_BYTES, read_file, try_extract

_PAGES = (".html", ".htm", ".xhtml", ".shtml")
_MARKUP = re.compile(r"<(?:!doctype|\?xml|!--|html|head|body|div|article|p)\b|<!--", re.IGNORECASE)
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd]")


def page_row(path: Path, *, url: str | None = None) -> Row:
    """Return the row that names a page."""
    return {"id": path.name or str(path), "path": str(path), "url": url}


def file_row(path: Path, *, now: datetime) -> Row | Unread:
    """Read a file as a row; its ``id`` is the file's name unless the row has one. Of a page the article is extracted."""
    try:
        text = _text(path)
    except MetabriefError as error:
        return Unread(id=path.name or str(path), error=one_line(error))
    if path.suffix.lower() in _PAGES or _MARKUP.match(text):
        return _article_row(path, now=now)
    if text.startswith("{"):
        row = read_row(text.encode("utf-8"))
        return (
            Unread(id=path.name or str(path), error=row.error)
            if isinstance(row, Unread)
            else {"id": path.name or str(path), **row}
        )
    title, _, rest = text.partition("\n")
    return {"id": path.name or str(path), "title": title, "text": rest}


def _text(path: Path) -> str:
    body = read_file(path)
    if len(body) > PAGE_BYTES:
        raise MetabriefError(
            f"larger than {PAGE_BYTES // 1_000_000} MB; which is more than a page or an article has; many rows go with --jsonl"
        )
    text = decode(body).lstrip("\ufeff \t\r\n")
    if len(_NO_TEXT.findall(text)) > 0.05 * len(text):
        raise MetabriefError("the bytes are no text")
    return text


def _article_row(path: Path, *, now: datetime) -> Row | Unread:
    found = answer(page_row(path), partial(try_extract, folder=Path(), now=now))
    if found["error"]:
        return Unread(id=path.name or str(path), error=found["error"])
    return {**found, "title": found["title"] or ""}


def check_row(row: Row | Unread, *, summary: str | None) -> Row | Unread:
    """Make a row for checking: ``summary``, else the row's own, against its source, which an article is with its title."""
    if isinstance(row, Unread):
        return row
    told = row.get("summary") if summary is None else summary
    if told is None:
        raise UsageError("there is no summary to check; give one with --summary TEXT or --summary-file F")
    return {"id": row.get("id"), "source": row.get("source", _whole(row)), "summary": told}


def _whole(article: Mapping[str, object]) -> str | None:
    parts = (article.get("title"), article.get("text"))
    return "\n".join(part for part in parts if isinstance(part, str)) or None
