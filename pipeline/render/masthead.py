"""What a mail says of its newsletter and its publisher."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pipeline.render.links import web_link
from pipeline.text import han_count

_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")


@dataclass(frozen=True, kw_only=True)
class NoticeView:
    """A disclaimer, line by line."""

    lang: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """What a mail says of its publisher; the disclaimers are those of its language."""

    publisher: str
    publisher_language: str
    """``en`` or ``zh``; the fixed words of a ``both`` variant are in it."""
    postal_address: str
    contact: str
    disclaimers: tuple[str, ...]

    @property
    def notices(self) -> tuple[NoticeView, ...]:
        """Return the disclaimers as they are printed."""
        return tuple(_notice_view(text) for text in self.disclaimers)

    @property
    def contact_url(self) -> str:
        """Return where the contact leads; empty for a mail address, which is printed as it is."""
        return "" if "@" in self.contact else web_link(self.contact)


@dataclass(frozen=True, kw_only=True)
class Masthead(Imprint):
    """What an issue says of its newsletter and publisher."""

    newsletter: str
    title: str
    beat: str
    """What the newsletter is about, as its opening says it."""
    timezone: str
    site_url: str = ""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts and networks exempt from the rule that no link leads to a private address."""

    @property
    def zone(self) -> ZoneInfo:
        """Return the newsletter's time zone."""
        return ZoneInfo(self.timezone)


def language_tag(language: str) -> str:
    """Return the tag for ``lang`` attributes: simplified Chinese says so, what is no tag says nothing."""
    known = {"zh": "zh-CN", "und": ""}.get(language, language)
    return known if _TAG.fullmatch(known) else ""


def _notice_view(text: str) -> NoticeView:
    return NoticeView(lang=language_tag("zh" if han_count(text) else "en"), lines=tuple(text.splitlines()))
