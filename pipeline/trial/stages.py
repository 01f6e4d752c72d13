"""One stage on one row: the judgement that issues get, on whatever a person wants to see judged.

Each function takes a row and returns its answer without ``id`` and ``error``, as ``rows.answer`` wants it; a row that does
not fit raises ``ValidationError`` or ``MetabriefError``. Only ``try_cluster`` needs all rows at once.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import MetabriefError
from pipeline.model import Article, Page
from pipeline.select.advice import advice
from pipeline.select.features import LEAD_CHARACTERS
from pipeline.select.gloss import actors, known_names
from pipeline.select.lexicon import Lexicon
from pipeline.select.refrains import without_refrains
from pipeline.select.relevance import judge
from pipeline.select.stories import group
from pipeline.sources.dates import read_moment
from pipeline.summarise.extractive import summarise
from pipeline.summarise.faithfulness import check
from pipeline.text import script_language
from pipeline.trial.fields import ArticleFields, CheckFields, PageFields, StoryFields, SummaryFields
from pipeline.trial.rows import Answer, Row, Unread, answer

PAGE_BYTES = 5_000_000
"""As much as is fetched of a page."""
UNKNOWN_PAGE: Mapping[str, object] = {
    "title": None, "text": None, "published": None, "authors": [], "site": None, "language": None,
}  # fmt: skip
"""What is answered of a page that holds no article, besides its error."""
_SEEN = datetime(9999, 12, 30, tzinfo=UTC)
"""Later than any date a row tells, so that each is believed; when rows were really seen they do not say."""


def try_extract(row: Row, *, folder: Path, now: datetime) -> Answer:
    """Extract the article of the page that the row names or holds; a path is relative to ``folder``."""
    from pipeline.extract.body import extract  # three times as heavy as all the other stages together

    fields = PageFields.model_validate(row)
    address = fields.url or ""
    page = Page(
        url=address,
        final_url=address,
        body=_body(fields, folder),
        content_type=fields.content_type or "",
        fetched_at=now,
    )
    try:
        found = extract(page)
    except MetabriefError as error:
        raise MetabriefError(str(error).removeprefix(f"{address or 'page'}: ")) from error
    return {
        "title": found.title or None,
        "text": found.text,
        "published": found.published,
        "authors": list(found.authors),
        "site": found.site,
        "language": None if found.language == "und" else found.language,
    }


def _body(fields: PageFields, folder: Path) -> bytes:
    body = _decoded(fields.html_base64) if fields.path is None else read_file(folder / fields.path)
    if len(body) > PAGE_BYTES:
        raise MetabriefError(f"larger than {PAGE_BYTES // 1_000_000} MB, more than an article's page")
    return body


def _decoded(text: str | None) -> bytes:
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except ValueError as error:
        raise MetabriefError(f"html_base64: no base64 ({error})") from error


def read_file(path: Path) -> bytes:
    """Read a file, at most one byte more than a page may have. Raises ``MetabriefError``."""
    try:
        if path.exists() and not path.is_file():
            raise MetabriefError("cannot be read (not a file)")  # a pipe or a device might never end
        with path.open("rb") as file:
            return file.read(PAGE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise MetabriefError(f"cannot be read ({reason})") from error


def try_select(row: Row, *, lexicon: Lexicon) -> Answer:
    """Judge whether an article is on the beat, and say by what."""
    fields = ArticleFields.model_validate(row)
    verdict = judge(fields.title, fields.text or "", lexicon, language=fields.language)
    return {"relevant": verdict.relevant, "score": verdict.score, "why": list(verdict.why)}


def try_summarise(row: Row) -> Answer:
    """Sum an article up in its own sentences, but for its advice."""
    fields = SummaryFields.model_validate(row)
    title = fields.title or ""
    summary = summarise(
        title,
        fields.text,
        language=fields.language,
        sentences=fields.sentences,
        is_barred=lambda sentence: bool(advice(sentence)),
    )
    if not summary.text:
        raise MetabriefError("text: no sentence of it can stand as a summary")
    return {"summary": summary.text, "method": "extractive"}


def try_check(row: Row, *, lexicon: Lexicon) -> Answer:
    """Say whether a source says what its summary says, and if not, what it lacks."""
    fields = CheckFields.model_validate(row)
    names = known_names(f"{fields.source}\n{fields.summary}", lexicon)
    found = check(fields.source, fields.summary, names=names, actors=actors(names, lexicon))
    return {"supported": found.supported, "score": found.score, "unsupported": list(found.unsupported)}


@dataclass(frozen=True, kw_only=True)
class _Member:
    """A row as far as grouping needs it; one that does not fit has its error and no article."""

    id: object
    article: Article | None = None
    group: str = ""
    error: str | None = None


def try_cluster(rows: Iterable[Row | Unread], *, lexicon: Lexicon) -> list[Answer]:
    """Number the stories of all rows from 1 in the order of their first rows; rows meet within one ``group`` only.

    Of each row no more is held than grouping reads.
    """
    members = [_member(row, number) for number, row in enumerate(rows)]
    by_group: dict[str, list[Article]] = {}
    for member in members:
        if member.article:
            by_group.setdefault(member.group, []).append(member.article)
    found = [story for articles in by_group.values() for story in group(without_refrains(articles), lexicon)]
    story_of = {article.url: number for number, story in enumerate(found) for article in story.articles}
    return _answers(members, story_of)


def _member(row: Row | Unread, number: int) -> _Member:
    return _Member(**answer(row, lambda fields: _read(fields, number)))


def _read(row: Row, number: int) -> dict[str, object]:
    """Return the row as an article whose address is its number, and its group."""
    fields = StoryFields.model_validate(row)
    text = (fields.text or "")[:LEAD_CHARACTERS]
    language = fields.language or script_language(f"{fields.title}\n{text}")
    article = Article(
        url=str(number),
        source=fields.source or "",
        title=fields.title,
        text=text,
        language=language,
        published=_moment(fields.published, language),
        first_seen=_SEEN,
        fetched_at=_SEEN,
        digest="",
    )
    return {"article": article, "group": json.dumps(fields.group, sort_keys=True)}


def _moment(published: str | None, language: str) -> datetime | None:
    """Read a row's date; a row without one may belong to a story of any day."""
    moment = read_moment(published, language=language) if published else None
    if published and moment is None:
        raise MetabriefError("published: no date; write ISO 8601, as 2022-02-21T10:00+08:00")
    return moment


def _answers(members: Sequence[_Member], story_of: Mapping[str, int]) -> list[Answer]:
    numbers: dict[int, int] = {}
    answers: list[Answer] = []
    for member in members:
        if member.article is None:
            answers.append({"id": member.id, "error": member.error})
        else:
            story = numbers.setdefault(story_of[member.article.url], len(numbers) + 1)
            answers.append({"id": member.id, "story": story, "error": None})
    return answers
