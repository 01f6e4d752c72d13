"""The newsroom's configuration: ``metabrief.toml``, over it ``METABRIEF_SECTION__KEY``, checked as a whole.

Secrets come by environment or as ``*_file``, and are never shown.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from pipeline.config.sections import Newsletter
from pipeline.config.settings import SAMPLE_ADDRESS, FileSettings, Settings
from pipeline.errors import ConfigurationError

__all__ = ["FILE", "SAMPLE_ADDRESS", "Newsletter", "Settings", "check", "load", "read_secret"]

FILE = "metabrief.toml"
_PREFIX = "METABRIEF_"
_OWN_WORDS = {
    "string_pattern_mismatch": "takes small letters, digits and hyphens, at most 40",
    "too_short": "must hold at least one",
    "string_type": "must be text in quotes",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list in brackets",
}


def load(home: Path) -> Settings:
    """Read a newsroom's configuration. Raises ``ConfigurationError`` that names file, key and way out."""
    path = home / FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"{path} does not exist; make a newsroom with: metabrief init {home}"
        ) from error
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is no TOML: {error}") from error
    return check(table, where=str(path))


def check(table: dict[str, Any], *, where: str, with_environment: bool = True) -> Settings:
    """Return a configuration from its tables. Raises ``ConfigurationError`` that says where and which key."""
    unknown = _unknown_sections(table, os.environ if with_environment else {})
    if unknown:
        raise ConfigurationError(f"{where}: {'; '.join(unknown)}")
    try:
        return Settings(**table) if with_environment else FileSettings(**table)
    except SettingsError as error:
        raise ConfigurationError(
            f"environment: {error}; write a list as JSON, and single keys as {_PREFIX}SECTION__KEY"
        ) from error
    except ValidationError as error:
        problems = "; ".join(_explained(detail) for detail in _telling(error))
        raise ConfigurationError(f"{where}: {problems}") from error


def read_secret(value: SecretStr | None, file: str | None, *, home: Path, key: str) -> str | None:
    """Return a secret given as such or as a file in the newsroom. Raises ``ConfigurationError``."""
    if value is not None or file is None:
        return value.get_secret_value() if value else None
    try:
        return (home / file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{key}_file {file} cannot be read; see its path and rights") from error


def _unknown_sections(table: dict[str, Any], environment: Mapping[str, str]) -> list[str]:
    """Return what is wrong with top-level names, in the file and in the environment (``METABRIEF_SMPT__HOST``)."""
    asked = {
        name: name.removeprefix(_PREFIX).partition("__")[0].lower() for name in environment if _is_key(name)
    }
    strange = [(f"[{name}]", name) for name in table] + list(asked.items())
    return [
        f"{shown} {_not_known(name, Settings)}"
        for shown, name in strange
        if name not in Settings.model_fields
    ]


def _is_key(variable: str) -> bool:
    return variable.startswith(_PREFIX) and "__" in variable


def _not_known(key: str, model: type[BaseModel] | None) -> str:
    near = difflib.get_close_matches(key, list(model.model_fields) if model else [], n=1, cutoff=0.0)
    return "is not a known key" + (f"; the nearest is {near[0]!r}" if near else "")


def _telling(error: ValidationError) -> list[ErrorDetails]:
    """Return the problems, less that of a list of tables which is only the echo of its members'."""
    details = error.errors()
    inner = {detail["loc"][0] for detail in details if len(detail["loc"]) > 1}
    return [
        detail
        for detail in details
        if not (detail["type"] == "too_short" and len(detail["loc"]) == 1 and detail["loc"][0] in inner)
    ]


def _explained(detail: ErrorDetails) -> str:
    """Return one problem as ``[section] key: what is wrong``, never with the value of a secret."""
    place, model = _placed(detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"{place} {_not_known(str(detail['loc'][-1]), model)}"
    if detail["type"] == "tuple_type" and place == "[newsletter]":
        return "[newsletter] must be a list of tables; write [[newsletter]]"
    if detail["type"] == "missing":
        return f"{place} is required; add it"
    message = _OWN_WORDS.get(detail["type"]) or detail["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def _placed(location: tuple[int | str, ...]) -> tuple[str, type[BaseModel] | None]:
    """Return a location as people write it, and the model it lies in."""
    model: type[BaseModel] | None = Settings
    inner: type[BaseModel] | None = Settings
    words: list[str] = []
    for part in location:
        if isinstance(part, int):
            words[-1] += f" {part + 1}"
            continue
        words.append(str(part))
        model = inner
        field = inner.model_fields.get(str(part)) if inner else None
        inner = _section_of(field.annotation) if field else None
    if not words:
        return "", model
    return (f"[{words[0]}] {'.'.join(words[1:])}".strip() if len(words) > 1 else f"[{words[0]}]"), model


def _section_of(annotation: Any) -> type[BaseModel] | None:
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None
