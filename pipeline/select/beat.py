"""The beat's own words and weights, and what a newsroom's ``lexicon.toml`` changes of the shipped one.

A newsroom's file stands alone, or with ``extends = "shipped"`` over the shipped one: its entries join the shipped ones, or
take the place of those with the same table and id; ``remove`` names ids that go.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from pipeline.errors import ConfigurationError

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Word = Annotated[str, Field(pattern=r"\S")]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
TABLES = ("topic", "home", "company", "event", "foreign", "off_topic", "cue")
_KEYS = (*TABLES, "beat", "ranking", "gloss", "extends", "remove")
STRICT = ConfigDict(extra="forbid")
OTHER = "other"
"""The section of what belongs to no other; always the last."""
_UNKNOWN = "unexpected_keyword_argument"
_OWN_WORDS = {
    "missing": "is required; add it",
    "too_short": "must hold at least one",
    "string_pattern_mismatch": "must not be empty; of a section it is small letters, digits and _",
    "string_type": "must be text in quotes",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list in brackets",
    "mapping_type": "must be a table",
    "dataclass_type": "must be a table",
}
_Told = TypeVar("_Told")


@dataclass(frozen=True, kw_only=True)
class Beat:
    """What the beat is called, and how its news is parted."""

    __pydantic_config__ = STRICT

    en: Word
    """What the mail calls it."""
    zh: str = ""
    """The same in Chinese; empty: as in English."""
    home: Word
    """The place it is about, as reasons call it."""
    home_languages: Mapping[str, Share] = field(default_factory=dict)
    """A text in one of these that names no country is about home, by so much."""
    seats: Mapping[str, Share] = field(default_factory=dict)
    """How much of home a firm with its seat there brings; a seat ``foreign`` is abroad."""
    share_words: tuple[Word, ...] = ()
    """Before *shares*: then a headline of them that move is a report on prices."""
    sections: Annotated[tuple[Key, ...], Field(min_length=1)]
    """In the order of the mail."""
    offices: Key
    """The section of what a government or a court does …"""
    firms: Key
    """… of a firm that has none of its own …"""
    background: Key
    """… and of what all news of the beat has in it, so that it says least."""

    def name(self, language: str) -> str:
        """Return what the mail calls the beat in a language."""
        return self.zh if language == "zh" and self.zh else self.en


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The formula of the rank: what each part of a story counts, and what keeps an issue varied."""

    __pydantic_config__ = STRICT

    relevance: Weight
    outlets: Weight
    standing: Weight
    recency: Weight
    size: Weight
    many_outlets: Annotated[int, Field(ge=2)]
    """From so many independent outlets on, more add nothing."""
    half_life_hours: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """After so long half of the recency is left."""
    per_firm: Annotated[int, Field(ge=1)]
    """More items on one firm wait until nothing else is left."""
    per_section: Annotated[float, Field(gt=0, le=1)]
    """More of an issue in one section waits too."""

    @property
    def total(self) -> float:
        """Return what all parts weigh together."""
        return self.relevance + self.outlets + self.standing + self.recency + self.size


def read(kind: type[_Told], table: object, *, where: str) -> _Told:
    """Return a table as the dataclass that says what it may hold. Raises ``ConfigurationError`` that says ``where``."""
    reader: Callable[[Any], TypeAdapter[Any]] = _reader
    try:
        told: _Told = reader(kind).validate_python(table)
    except ValidationError as error:
        raise ConfigurationError(f"{where}{_explained(_telling(error.errors()), kind)}") from error
    return told


def read_document(file: Path) -> dict[str, Any]:
    """Read a lexicon's file, its tables known and each of its form; their keys are looked at later. Raises ``ConfigurationError``."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{file}: cannot be read as a lexicon ({error}); mend the file") from error
    for key, value in document.items():
        if key not in _KEYS:
            raise ConfigurationError(f"{file}: {key} is not a known table{nearest(key, _KEYS)}")
        if key in TABLES and not (isinstance(value, list) and all(isinstance(row, dict) for row in value)):
            raise ConfigurationError(f"{file}: [{key}] must be a list of tables; write [[{key}]]")
        if key in ("beat", "ranking", "gloss") and not isinstance(value, dict):
            raise ConfigurationError(f"{file}: {key} must be one table; write [{key}]")
    read(dict[str, str], document.get("gloss", {}), where=f"{file}: [gloss]")
    return document


def laid_over(shipped: Mapping[str, Any], own: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """Return a newsroom's document with what it takes of the shipped one. Raises ``ConfigurationError``.

    The weights of the rank are always laid over the shipped ones.
    """
    ranking = {"ranking": {**shipped["ranking"], **own.get("ranking", {})}}
    if own.get("extends") is None:
        if "remove" in own:
            raise ConfigurationError(f'{where}: remove needs extends = "shipped" beside it')
        return {**own, **ranking}
    if own["extends"] != "shipped":
        raise ConfigurationError(f'{where}: extends = {own["extends"]!r} is not known; write "shipped"')
    removed = _removed(shipped, own.get("remove", []), where=where)
    rows = {table: _joined(shipped.get(table, ()), own.get(table, ()), removed) for table in TABLES}
    merged = {key: {**shipped[key], **own.get(key, {})} for key in ("beat", "gloss")}
    return {**rows, **merged, **ranking}


def nearest(key: str, known: Iterable[str]) -> str:
    """Return a hint at the known name most like ``key``, to put after what is wrong."""
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.0)
    return f"; the nearest is {near[0]!r}" if near else ""


def _removed(shipped: Mapping[str, Any], ids: object, *, where: str) -> Collection[str]:
    if not isinstance(ids, list):
        raise ConfigurationError(f"{where}: remove must be a list of ids in brackets")
    known = {row["id"] for table in TABLES for row in shipped.get(table, ())}
    for each in map(str, ids):
        if each not in known:
            raise ConfigurationError(
                f"{where}: remove: no shipped entry is called {each!r}{nearest(each, known)}"
            )
    return frozenset(map(str, ids))


def _joined(
    shipped: Sequence[Mapping[str, Any]], own: Sequence[Mapping[str, Any]], removed: Collection[str]
) -> list[Mapping[str, Any]]:
    """Return the shipped rows, but for those removed or replaced, and then the newsroom's own."""
    gone = {*removed, *(str(row.get("id")) for row in own)}
    return [*(row for row in shipped if row["id"] not in gone), *own]


@cache
def _reader(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _telling(details: Sequence[ErrorDetails]) -> ErrorDetails:
    """Return the problem that explains the others: a key that is not known is often the one that is missing."""
    return next((each for each in details if each["type"] == _UNKNOWN), details[0])


def _explained(detail: ErrorDetails, kind: Any) -> str:
    """Return one problem as ``key: what is wrong``, led by the dot or blank that joins it to its place."""
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == _UNKNOWN:
        return f" {key} is not a known key{nearest(key, (each.name for each in fields(kind)))}"
    words = _OWN_WORDS.get(detail["type"]) or detail["msg"]
    return f" {key}: {words}" if key else f" {words}"
