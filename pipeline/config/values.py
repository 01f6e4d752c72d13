"""Values as people write them in the configuration, each checked with a message that shows the right form."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from pipeline.errors import ConfigurationError
from pipeline.schedule import parse_cron

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def wrong(message: str) -> PydanticCustomError:
    """Return an error whose message is shown as it is."""
    return PydanticCustomError("newsroom", "{message}", {"message": message})


def parse_duration(value: object) -> object:
    """Return ``45m``, ``12h``, ``90s`` or ``2d`` as a timedelta."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"([0-9]+)([smhd])", str(value).strip())
    if not found:
        raise wrong(f"{value!r} is no duration; write a number and s, m, h or d, such as 45m")
    try:
        return timedelta(**{_UNITS[found[2]]: int(found[1])})
    except OverflowError:
        raise wrong(f"{value!r} is longer than anything lasts") from None


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise wrong(f"{name!r} is not an IANA zone such as Asia/Shanghai") from None
    return name


def _cron(schedule: str) -> str:
    try:
        parse_cron(schedule)
    except ConfigurationError as error:
        raise wrong(str(error)) from None
    return schedule


def _hour(value: str) -> str:
    if value != "now" and not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise wrong(f"{value!r} is no hour; write HH:MM, such as 07:30, or now")
    return value


def _approval(value: str) -> str:
    if value.startswith("auto-after:"):
        parse_duration(value.removeprefix("auto-after:"))
    elif value not in ("auto", "editor"):
        raise wrong(f"{value!r} is no approval; write auto, editor or auto-after:45m")
    return value


def _site(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\x00-\x1f\x7f?#]", url):
        raise wrong(f"{url!r} is no web address; write https://… without spaces, ? or #")
    if parts.port == 0:  # one beyond all is a ValueError that says so
        raise wrong(f"{url!r} has no port that one can call")
    return _ascii(url.rstrip("/"))


def _email(value: str) -> str:
    if not re.fullmatch(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+", value):
        raise wrong(f"{value!r} is no e-mail address")
    return _ascii(value)


def _ascii(value: str) -> str:
    """Return what stands in headers that take nothing else."""
    if not value.isascii():
        raise wrong(
            f"{value!r} is not in ASCII; write a domain as xn--…, and other letters of a web address as %XX"
        )
    return value


def _domain_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", value):
        raise wrong(f"{value!r} is no name of the DNS; write it in ASCII, such as news.example.org")
    return value


def _distinct(languages: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(languages)) < len(languages):
        raise wrong("a language stands twice; name each once")
    return languages


def _contact(value: str) -> str:
    return _site(value) if value.startswith(("http://", "https://")) else _email(value)


def _one_line(value: str) -> str:
    if not value.strip() or re.search(r"[\x00-\x1f\x7f]", value):
        raise wrong("must be one line of text, and not empty")
    return value.strip()


Line = Annotated[str, AfterValidator(_one_line)]
Email = Annotated[str, AfterValidator(_email)]
DomainName = Annotated[str, AfterValidator(_domain_name)]
Contact = Annotated[str, AfterValidator(_contact)]
"""An e-mail address or a web page."""
Url = Annotated[str, AfterValidator(_site)]
Zone = Annotated[str, AfterValidator(_zone)]
Schedule = Annotated[str, AfterValidator(_cron)]
SendAt = Annotated[str, AfterValidator(_hour)]
Approval = Annotated[str, AfterValidator(_approval)]
Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Language = Literal["en", "zh"]
Languages = Annotated[tuple[Language, ...], Field(min_length=1), AfterValidator(_distinct)]


def is_https_or_loopback(url: str) -> bool:
    """Say whether one-click leaving can work at ``url``: by https, or on this machine for a rehearsal."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" or host in ("localhost", "::1") or host.startswith("127.")
