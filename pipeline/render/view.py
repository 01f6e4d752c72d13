"""The issue as a template sees it: every outside text cleaned, every link checked, nothing left to decide."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from pipeline.model import Fact, Issue, Item, News, Reference
from pipeline.render.links import web_link
from pipeline.render.masthead import Masthead, NoticeView, language_tag
from pipeline.render.phrases import Phrases
from pipeline.text import HAN, clean, clean_line, han_count, primary_language

OTHER = "other"

_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")
_WORDS_A_MINUTE, _HAN_A_MINUTE = 230, 400
_CHOSEN = {"both": ("en", "zh")}
_OUTLETS = 4
_CONTENTS = 7
_NAMELESS = "—"
_SHORT = 3
"""An issue of no more items than this needs no list of what is in it."""


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
class TranslationView:
    """An item's words in the language of the mail, by a machine; whoever prints them says so."""

    headline: str
    summary: str
    why_it_matters: str


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
    news: str
    """What is new in an update, in a line; empty when that is not known."""
    retold: RetoldView | None
    """Set when the item is in another language and one of its outlets reports it in the reader's."""
    why_it_matters: str
    """By a machine; empty when there is none in a language that the reader has chosen."""
    translation: TranslationView | None
    """Set when the item is in another language and its words were put into the reader's."""

    @property
    def told(self) -> str:
        """Return the headline that tells the reader most."""
        return self.translation.headline if self.translation else self.printed

    @property
    def told_lang(self) -> str:
        """Return the language tag of that headline, empty where it is the language of the mail."""
        return "" if self.translation else self.printed_lang

    @property
    def printed(self) -> str:
        """Return the headline, as an outlet printed it, that tells the reader most."""
        return self.retold.title if self.retold else self.headline

    @property
    def printed_lang(self) -> str:
        """Return the language tag of that headline, empty where it is the language of the mail."""
        return "" if self.retold else self.lang


@dataclass(frozen=True, kw_only=True)
class SectionView:
    """A section that has items."""

    key: str
    items: tuple[ItemView, ...]


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


def _sections(
    issue: Issue, *, language: str, masthead: Masthead, phrases: Phrases
) -> tuple[SectionView, ...]:
    """Return the sections that have items, as the issue has them, those without a name last; numbers run through all."""
    heads = list(dict.fromkeys(_section(item, phrases) for item in issue.items))
    ordered = sorted(issue.items, key=lambda item: _place(_section(item, phrases), heads))
    printed = [
        (
            _section(item, phrases),
            _item_view(item, number, language=language, masthead=masthead, phrases=phrases),
        )
        for number, item in enumerate(ordered, 1)
    ]
    keys = dict.fromkeys(key for key, _ in printed)
    return tuple(SectionView(key=key, items=tuple(item for at, item in printed if at == key)) for key in keys)


def _texts(item: ItemView) -> tuple[str, ...]:
    """Return what is printed of an item."""
    retold = item.retold.title if item.retold else ""
    put = item.translation
    if put:
        return item.headline, item.news, retold, put.headline, put.summary, put.why_it_matters
    return item.headline, item.news, retold, item.summary, item.why_it_matters, *item.gloss


def _section(item: Item, phrases: Phrases) -> str:
    return item.section if f"section_{item.section}" in phrases.words else OTHER


def _place(section: str, heads: Sequence[str]) -> int:
    return len(heads) if section == OTHER else heads.index(section)


def _told_in(language: str, item: Item) -> Item:
    """Return an item in the words of an outlet of that language, which then stands first, if one tells it."""
    for put in item.translations:
        if put.language == language and put.outlet:
            return replace(
                item,
                headline=put.headline,
                summary=put.summary,
                language=put.language,
                why_it_matters=put.why_it_matters,
                published=put.published,
                sources=(put.outlet, *(other for other in item.sources if other.name != put.outlet.name)),
            )
    return item


def _item_view(item: Item, number: int, *, language: str, masthead: Masthead, phrases: Phrases) -> ItemView:
    item = _told_in(language, item)
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
        news=_news_line(item.news, phrases, masthead.zone) if item.is_update and item.news else "",
        retold=_retold(item, outlets, phrases.language) if needs_help else None,
        why_it_matters="" if needs_help else clean_line(item.why_it_matters),
        translation=_translation(item, phrases.language) if needs_help else None,
    )


def _news_line(news: News, phrases: Phrases, zone: ZoneInfo) -> str:
    told = [said for fact in news.facts if (said := _told_fact(fact, phrases))]
    if not told:
        return ""
    facts = phrases.say("between_facts").join(told)
    return clean_line(phrases.say("news", day=phrases.day(news.since, zone), facts=facts))


def _told_fact(fact: Fact, phrases: Phrases) -> str:
    what, was = (fact.zh, fact.was_zh) if phrases.language == "zh" else (fact.en, fact.was_en)
    if fact.kind == "stage":
        return phrases.say(f"stage_{what}")
    if fact.kind == "actor" and what:
        return phrases.say("fact_actor", what=what)
    return phrases.say("fact_was", what=what, was=was) if was else what


def _translation(item: Item, language: str) -> TranslationView | None:
    for put in item.translations:
        if put.language == language:
            return TranslationView(
                headline=clean_line(put.headline),
                summary=clean(put.summary),
                why_it_matters=clean_line(put.why_it_matters),
            )
    return None


def _retold(item: Item, outlets: Sequence[OutletView], language: str) -> RetoldView | None:
    for source, outlet in zip(item.sources, outlets, strict=True):
        title = clean_line(source.title)
        if title and outlet.url and primary_language(source.language) == language:
            return RetoldView(title=title, url=outlet.url, name=outlet.name)
    return None


def _reads(language: str, written: str) -> bool:
    return written == "und" or primary_language(written) == language


def _language_name(language: str, phrases: Phrases) -> str:
    key = f"in_{primary_language(language)}"
    return phrases.say(key) if key in phrases.words else language_tag(language)


def _outlet_view(source: Reference, masthead: Masthead, phrases: Phrases) -> OutletView:
    name = clean_line(source.name)
    return OutletView(
        name=name,
        url=web_link(source.url, masthead.allowed_hosts),
        lang="zh-CN" if han_count(name) and phrases.language != "zh" else "",
    )


def _latin_words(text: str) -> int:
    return len(_WORD.findall(HAN.sub(" ", text)))


def _minutes(texts: list[str]) -> int:
    """Return the minutes of reading, at least one, at 230 English words and 400 Chinese characters a minute."""
    spent = sum(_latin_words(text) / _WORDS_A_MINUTE + han_count(text) / _HAN_A_MINUTE for text in texts)
    return max(1, math.ceil(spent))
