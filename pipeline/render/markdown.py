"""Outside text in Markdown, so that none of it is read as markup."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_BULLET = re.compile(r"^(\s*)([-+=])", re.MULTILINE)
_NUMBER = re.compile(r"^(\s*\d+)([.)])", re.MULTILINE)


def escaped(text: str) -> str:
    """Return text that a Markdown reader prints as it is."""
    quiet = _SPECIAL.sub(r"\\\1", text)
    return _NUMBER.sub(r"\1\\\2", _BULLET.sub(r"\1\\\2", quiet))


def linked(text: str, url: str) -> str:
    """Return text as a link, as plain text when there is no address."""
    return f"[{escaped(text)}](<{url}>)" if url else escaped(text)
