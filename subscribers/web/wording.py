"""The words beside the button: what one agrees to, as it was shown, and the version it is known by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from subscribers.web.door import Door
from subscribers.web.pages import PAGE_LANGUAGES


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a form shows beside its button, and a short hash of it."""

    text: str
    version: str


def wording(door: Door, language: str) -> Wording:
    """Return the words of ``web/consent.txt.j2`` on one line."""
    text = door.render("web/consent.txt.j2", publisher=door.publisher, language=language)
    return _versioned(" ".join(text.split()))


def shown_wording(door: Door, version: str, *, site: str | None) -> Wording:
    """Return the words that a form of ``version`` showed; a form on another ``site`` has words of its own."""
    ours = (wording(door, language) for language in PAGE_LANGUAGES)
    where = f"at {site}" if site else "elsewhere"
    unknown = _versioned(f"a form {where}, in words of its own; ours stand on the page that confirms")
    return next((each for each in ours if each.version == version), unknown)


def _versioned(text: str) -> Wording:
    return Wording(text=text, version=hashlib.sha256(text.encode()).hexdigest()[:12])
