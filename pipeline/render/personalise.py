"""Fields: the places of a variant that are filled for each reader, and nothing else is.

A field is its name between two private-use characters, which ``pipeline.text.clean`` takes out of all
outside text; so no headline can pose as one. A text is split at its fields once, then filled by joining.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping

from pipeline.errors import TemplateError
from pipeline.model import Parts
from pipeline.render.phrases import Phrases
from pipeline.text import clean_line

FIELDS = ("reader_name", "greeting", "leave_url", "preferences_url", "why", "hour")
OPEN, CLOSE = "\ue000", "\ue001"

_MARKER = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
_LONGEST_NAME = 60


def marker(name: str) -> str:
    """Return the field's place-holder as it stands in a variant."""
    return f"{OPEN}{name}{CLOSE}"


def compile(text: str) -> Parts:
    """Split a variant's HTML or text at its fields; raises ``TemplateError`` for a field nobody fills."""
    pieces = _MARKER.split(text)
    for name in pieces[1::2]:
        if name not in FIELDS:
            raise TemplateError(f"field {name!r}: there is no such field; use one of {', '.join(FIELDS)}")
    return Parts(fixed=tuple(pieces[::2]), fields=tuple(pieces[1::2]))


def plain(value: str) -> str:
    """Return a value as it stands in a text part."""
    return value


def fill(parts: Parts, values: Mapping[str, str], *, escape: Callable[[str], str] = html.escape) -> str:
    """Join the parts with one reader's values: ``html.escape`` for the HTML part, ``plain`` for the text part.

    A value is never read again, so one that looks like a field stays as it is. Raises ``TemplateError``
    when a value is missing.
    """
    pieces = [parts.fixed[0]]
    for name, fixed in zip(parts.fields, parts.fixed[1:], strict=True):
        if name not in values:
            raise TemplateError(f"field {name!r}: no value was given for this reader; nothing was written")
        pieces += (escape(values[name]), fixed)
    return "".join(pieces)


def reader_values(
    phrases: Phrases, *, title: str, name: str, leave_url: str, preferences_url: str
) -> dict[str, str]:
    """Return every field's value for one reader of the newsletter ``title``, who has no hour; ``name`` may be empty."""
    return {
        **greeted(phrases, name),
        "leave_url": leave_url,
        "preferences_url": preferences_url,
        "why": phrases.say("why", title=title),
        "hour": hour_of(phrases, None, "UTC"),
    }


def hour_of(phrases: Phrases, send_at: str | None, timezone: str) -> str:
    """Return at which hour a reader gets their mail; None is as soon as the issue is out."""
    if send_at is None:
        return phrases.say("hour_none")
    return phrases.say("hour", time=send_at, zone=timezone.replace("_", " "))


def greeted(phrases: Phrases, name: str) -> dict[str, str]:
    """Return the values of the fields that a name fills; it may be empty."""
    called = clean_line(name)[:_LONGEST_NAME].strip()
    greeting = phrases.say("greeting_named", name=called) if called else phrases.say("greeting")
    return {"reader_name": called, "greeting": greeting}
