"""The files of a new newsroom, filled from what its publisher answers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from string import Template

from pipeline import config
from pipeline.errors import MetabriefError, UsageError

_FILES = {
    "sources.toml": "sources.toml",
    "lexicon.toml": "lexicon.toml",
    "phrases.toml": "templates/phrases/en.toml",
    "metabrief.toml": "metabrief.toml",  # last: the folder is a newsroom only once all else is there
}


def toml_string(text: str) -> str:
    """Return text as a TOML basic string; JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_newsroom(folder: Path, answers: Mapping[str, str]) -> None:
    """Make ``folder`` a newsroom.

    Raises ``UsageError`` when it is one or an answer is wrong, ``MetabriefError`` when it cannot be written.
    """
    require_new(folder)
    config.check(_tables(answers), where="these answers", with_environment=False)
    quoted = {key: toml_string(value) for key, value in answers.items()}
    texts = {target: _template(name).substitute(quoted) for name, target in _FILES.items()}
    write_files(folder, texts)


def require_new(folder: Path) -> None:
    """Raise ``UsageError`` when ``folder`` is a newsroom already, ``MetabriefError`` when nobody can tell."""
    try:
        is_newsroom = (folder / config.FILE).exists()
    except OSError as error:
        raise MetabriefError(f"{folder} cannot be read: {error.strerror}; see its rights") from error
    if is_newsroom:
        raise UsageError(f"{folder} is a newsroom already; edit its {config.FILE}, or choose another folder")


def write_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Write files into a folder that need not exist, each whole or not at all; those that are there stay."""
    for target, text in texts.items():
        path = folder / target
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                continue
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            try:
                draft.write_text(text, encoding="utf-8")
                draft.replace(path)
            finally:
                draft.unlink(missing_ok=True)
        except OSError as error:
            raise MetabriefError(
                f"{path} cannot be written: {error.strerror}; see the folder's rights and room"
            ) from error


def _tables(answers: Mapping[str, str]) -> dict[str, object]:
    publisher = {key: answers[key] for key in ("name", "postal_address", "contact", "language")}
    newsletter = {"key": "daily", "title": answers["daily_title"], "schedule": "0 6 * * *"}
    return {"publisher": publisher, "newsletter": [newsletter | {"timezone": answers["timezone"]}]}


def _template(name: str) -> Template:
    return Template(Path(__file__).with_name(name).read_text(encoding="utf-8"))
