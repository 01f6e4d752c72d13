"""The issue as a template sees it: every outside text cleaned, every link checked, nothing left to decide."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pipeline.model import Issue, Item, Reference
from pipeline.render.links import web_link
from pipeline.render.phrases import Phrases
from pipeline.text import HAN, clean, clean_line, han_count

SECTIONS = ("policy", "companies", "technology", "collectibles", "other")

_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")
_WORDS_A_MINUTE, _HAN_A_MINUTE = 230, 400
_CHOSEN = {"both": ("en", "zh")}
_OUTLETS = 4
_CONTENTS = 7
_NAMELESS = "—"
_SHORT = 3
"""An issue of no more items than this needs no list of what is in it."""


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
    timezone: str
    site_url: str = ""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts and networks exempt from the rule that no link leads to a private address."""

    @property
    def zone(self) -> ZoneInfo:
        """Return the newsletter's time zone."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, kw_only=True)
class OutletView:
    """An outlet that reports a story; ``url`` is empty when it may not be linked."""

    name: str
    url: str
    lang: str


@dataclass(frozen=True, kw_only=True)
class RetoldView:
    """The same story by an outlet in the language of the mail."""

    title: str
    url: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """An item as printed; ``lang`` is empty where it is the language of the mail around it."""

    number: int
    headline: str
    url: str
    summary: str
    lang: str
    gloss: tuple[str, ...]
    outlets: tuple[OutletView, ...]
    more_outlets: int
    published: str
    language_name: str
    """Empty when the item is in a language that the reader has chosen."""
    is_update: bool
    retold: RetoldView | None
    """Set when the item is in another language and one of its outlets reports it in the reader's."""

    @property
    def told(self) -> str:
        """Return the headline that tells the reader most."""
        return self.retold.title if self.retold else self.headline

    @property
    def told_lang(self) -> str:
        """Return the language tag of that headline, empty where it is the language of the mail."""
        return "" if self.retold else self.lang


@dataclass(frozen=True, kw_only=True)
class SectionView:
    """A section that has items."""

    key: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True, kw_only=True)
class NoticeView:
    """A disclaimer, line by line."""

    lang: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class IssueView:
    """An issue as printed, in the order in which it is read."""

    lang: str
    date: str
    sections: tuple[SectionView, ...]
    notices: tuple[NoticeView, ...]
    subscribe_url: str
    contact_url: str
    words: int
    """Latin words and Chinese characters of headlines, summaries and glosses."""
    minutes: int
    empty: str
    """Which phrases an issue without items is told in: ``quiet`` when articles came in and none was news, else ``unheard``."""

    @property
    def items(self) -> tuple[ItemView, ...]:
        """Return the items of all sections, numbered from 1 in this order."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def contents(self) -> tuple[ItemView, ...]:
        """Return the first items for the list at the top; empty when the issue is short enough without."""
        return self.items[:_CONTENTS] if len(self.items) > _SHORT else ()

    @property
    def beyond_contents(self) -> int:
        """Return how many items the list at the top leaves out."""
        return len(self.items) - len(self.contents)


def issue_view(issue: Issue, *, language: str, masthead: Masthead, phrases: Phrases) -> IssueView:
    """Return the issue as it is printed in one language setting; ``phrases`` are those of the words around it."""
    sections = _sections(issue, language=language, masthead=masthead, phrases=phrases)
    printed = [text for section in sections for item in section.items for text in _texts(item)]
    return IssueView(
        lang=language_tag(phrases.language),
        date=phrases.date(issue.slot.instant, masthead.zone),
        sections=sections,
        notices=masthead.notices,
        subscribe_url=f"{masthead.site_url.rstrip('/')}/subscribe" if masthead.site_url else "",
        contact_url=masthead.contact_url,
        words=sum(_latin_words(text) + han_count(text) for text in printed),
        minutes=_minutes(printed),
        empty="quiet" if issue.funnel.get("collected") else "unheard",
    )


def language_tag(language: str) -> str:
    """Return the tag for ``lang`` attributes: simplified Chinese says so, what is no tag says nothing."""
    known = {"zh": "zh-CN", "und": ""}.get(language, language)
    return known if _TAG.fullmatch(known) else ""


def _sections(
    issue: Issue, *, language: str, masthead: Masthead, phrases: Phrases
) -> tuple[SectionView, ...]:
    """Return the sections that have items, in their fixed order; numbers run through all of them."""
    ordered = sorted(issue.items, key=lambda item: SECTIONS.index(_section(item)))
    printed = [
        (_section(item), _item_view(item, number, language=language, masthead=masthead, phrases=phrases))
        for number, item in enumerate(ordered, 1)
    ]
    keys = dict.fromkeys(key for key, _ in printed)
    return tuple(SectionView(key=key, items=tuple(item for at, item in printed if at == key)) for key in keys)


def _texts(item: ItemView) -> tuple[str, ...]:
    return (item.headline, item.summary, *item.gloss, item.retold.title if item.retold else "")


def _section(item: Item) -> str:
    return item.section if item.section in SECTIONS else "other"


def _item_view(item: Item, number: int, *, language: str, masthead: Masthead, phrases: Phrases) -> ItemView:
    is_foreign = not _reads(phrases.language, item.language)
    is_chosen = any(_reads(chosen, item.language) for chosen in _CHOSEN.get(language, (language,)))
    outlets = tuple(_outlet_view(source, masthead, phrases) for source in item.sources)
    needs_help = is_foreign and language != "both"
    return ItemView(
        number=number,
        headline=clean_line(item.headline) or _NAMELESS,
        url=outlets[0].url if outlets else "",
        summary=clean(item.summary),
        lang=language_tag(item.language) if is_foreign else "",
        gloss=tuple(clean_line(name) for name in item.gloss) if needs_help else (),
        outlets=outlets[:_OUTLETS],
        more_outlets=max(0, len(outlets) - _OUTLETS),
        published=phrases.published(item.published, masthead.zone) if item.published else "",
        language_name=_language_name(item.language, phrases) if not is_chosen else "",
        is_update=item.is_update,
        retold=_retold(item, outlets, phrases.language) if needs_help else None,
    )


def _retold(item: Item, outlets: Sequence[OutletView], language: str) -> RetoldView | None:
    for source, outlet in zip(item.sources, outlets, strict=True):
        title = clean_line(source.title)
        if title and outlet.url and source.language.partition("-")[0] == language:
            return RetoldView(title=title, url=outlet.url, name=outlet.name)
    return None


def _reads(language: str, written: str) -> bool:
    return written == "und" or written.partition("-")[0] == language


def _language_name(language: str, phrases: Phrases) -> str:
    key = f"in_{language.partition('-')[0]}"
    return phrases.say(key) if key in phrases.words else language_tag(language)


def _outlet_view(source: Reference, masthead: Masthead, phrases: Phrases) -> OutletView:
    name = clean_line(source.name)
    return OutletView(
        name=name,
        url=web_link(source.url, masthead.allowed_hosts),
        lang="zh-CN" if han_count(name) and phrases.language != "zh" else "",
    )


def _notice_view(text: str) -> NoticeView:
    return NoticeView(lang=language_tag("zh" if han_count(text) else "en"), lines=tuple(text.splitlines()))


def _latin_words(text: str) -> int:
    return len(_WORD.findall(HAN.sub(" ", text)))


def _minutes(texts: list[str]) -> int:
    """Return the minutes of reading, at least one, at 230 English words and 400 Chinese characters a minute."""
    spent = sum(_latin_words(text) / _WORDS_A_MINUTE + han_count(text) / _HAN_A_MINUTE for text in texts)
    return max(1, math.ceil(spent))
