"""What each stage reads of a row: names, types, and texts made plain before they are looked at."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StrictStr,
    model_validator,
)

from pipeline.text import clean, clean_line, primary_language

LONGEST_ARTICLE = 200_000
"""Characters looked at of an article; extraction keeps no more either."""
_TAG = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,6}")
_OURS = ("en", "zh")


def _plain_start(value: object) -> object:
    """Clean a text even before its type is checked, for half a surrogate pair fits no type."""
    return clean(value[:LONGEST_ARTICLE]) if isinstance(value, str) else value


def _plain_line(value: object) -> object:
    return clean_line(value[:LONGEST_ARTICLE]) if isinstance(value, str) else value


def _language(tag: str | None) -> str | None:
    """Return ``en`` and ``zh`` without script or region, other tags as they are, None where nothing is told."""
    if not tag or tag == "und":
        return None
    if not _TAG.fullmatch(tag):
        raise ValueError("not a language; write en, zh or another BCP 47 tag")
    primary = primary_language(tag)
    return primary if primary in _OURS else tag


def _told(text: str) -> str:
    if not text:
        raise ValueError("empty; give the text to be compared")
    return text


Line = Annotated[StrictStr, BeforeValidator(_plain_line)]
Body = Annotated[StrictStr, BeforeValidator(_plain_start)]
Told = Annotated[Body, AfterValidator(_told)]
Language = Annotated[Line | None, AfterValidator(_language)]


class _Fields(BaseModel):
    """Fields of a row; others may stand beside them and mean nothing here, and null is as good as absent."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class PageFields(_Fields):
    """A page by its path or its bytes, and what its answer's head said."""

    path: StrictStr | None = None
    html_base64: StrictStr | None = None
    url: Line | None = None
    content_type: Line | None = None

    @model_validator(mode="after")
    def _has_one_page(self) -> PageFields:
        if (self.path is None) == (self.html_base64 is None):
            raise ValueError("give the page either as path or as html_base64")
        return self


class ArticleFields(_Fields):
    """An article, or its headline alone."""

    title: Line
    text: Body | None = None
    language: Language = None


class SummaryFields(_Fields):
    """An article to sum up; its title, if there is one, is not repeated in the summary."""

    title: Line | None = None
    text: Body
    language: Language = None
    sentences: Annotated[StrictInt, Field(ge=1)] | None = None


class StoryFields(ArticleFields):
    """An article to be compared with others of its group."""

    published: Line | None = None
    source: Line | None = None
    group: object = None


class CheckFields(_Fields):
    """A summary and what it should be drawn from."""

    source: Told
    summary: Told
