"""Every fixed word of the mail, by language, from ``phrases/*.toml``."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from pipeline.errors import TemplateError
from pipeline.render.templates import Templates

_SECTION = "section_"
"""What begins so names a section; a newsroom may have some of its own."""
_LOCALES = {"en": "en", "zh": "zh_Hans_CN"}


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """The words of one language; those a newsroom writes win over the shipped ones, key by key."""

    language: str
    words: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """Return a phrase with its places filled; raises ``TemplateError`` when it is unknown or a place is."""
        try:
            return self.words[key].format_map(values)
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise TemplateError(
                f"phrases/{self.language}.toml: cannot say {key!r} ({error!r}); "
                "mend the phrase, or the name by which a template calls it"
            ) from error

    def count(self, key: str, number: int) -> str:
        """Return ``key_one`` or ``key_other`` with ``{number}`` grouped in thousands."""
        return self.say(f"{key}_one" if number == 1 else f"{key}_other", number=f"{number:,}")

    def date(self, moment: datetime, zone: ZoneInfo) -> str:
        """Return the weekday and date on the wall of ``zone``."""
        return self._pattern("date", moment.astimezone(zone))

    def day(self, moment: datetime, zone: ZoneInfo) -> str:
        """Return the day on the wall of ``zone``, without its year."""
        return self._pattern("day", moment.astimezone(zone))

    def published(self, moment: datetime, zone: ZoneInfo) -> str:
        """Return day, time and offset on the wall of ``zone``; the day alone when that is all that is known.

        Midnight to the second, in UTC or in the zone, is how a date without a time arrives here.
        """
        local, utc = moment.astimezone(zone), moment.astimezone(UTC)
        for at in (utc, local):
            if at.time() == time.min:
                return self._pattern("day", at)
        return f"{self._pattern('moment', local)} {_offset(local)}"

    def _pattern(self, key: str, moment: datetime) -> str:
        return str(
            format_datetime(moment, self.say(key), tzinfo=moment.tzinfo, locale=_LOCALES[self.language])
        )


def load_phrases(templates: Templates, language: str) -> Phrases:
    """Read the words of ``en`` or ``zh``; raises ``TemplateError`` for a file or key that is wrong."""
    name = f"phrases/{language}.toml"
    *own, shipped = templates.layers(name)
    words = _words(name, shipped)
    for layer in reversed(own):
        written = _words(name, layer)
        for key in (each for each in written if each not in words and not each.startswith(_SECTION)):
            raise TemplateError(f"{name}: unknown phrase {key!r}{_nearest(key, words)}; correct or remove it")
        words |= written
    return Phrases(language=language, words=words)


def _words(name: str, source: str) -> dict[str, str]:
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(f"{name}: not TOML: {error}; mend that line") from error
    for key, value in table.items():
        if not isinstance(value, str):
            raise TemplateError(f"{name}: {key!r} must be text in quotes")
    return table


def _nearest(key: str, words: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(key, words, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _offset(moment: datetime) -> str:
    """Return ``UTC+8``, ``UTC-3:30`` or ``UTC``: an offset says the same in every language."""
    seconds = int((moment.utcoffset() or moment - moment).total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    if not seconds:
        return "UTC"
    return f"UTC{'+' if seconds > 0 else '-'}{hours}" + (f":{minutes:02}" if minutes else "")
