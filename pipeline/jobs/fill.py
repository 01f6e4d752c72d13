"""Fill a variant's fields for one reader."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.app import Newsroom
from pipeline.config import Newsletter, Settings
from pipeline.deliver.message import Content
from pipeline.jobs.letterhead import OwnLinks, disclaimers, links_to_show
from pipeline.model import Parts, Variant
from pipeline.render import personalise
from pipeline.render.phrases import Phrases, load_phrases


@dataclass(frozen=True, kw_only=True)
class Letterset:
    """A variant split at the fields that differ from reader to reader, with what fills them."""

    subject: str
    html: Parts
    text: Parts
    phrases: Phrases
    why: str
    disclaimers: tuple[str, ...]
    send_at: str | None
    """The newsletter's hour for readers who have none of their own; None: as soon as it is out."""
    timezone: str
    settings: Settings


@dataclass(frozen=True, kw_only=True)
class Filled:
    """One reader's issue, with the words by which it greets them and says why they get it."""

    content: Content
    greeting: str
    why: str


def own_first(newsletter: Newsletter, variants: Iterable[Variant]) -> tuple[Variant, ...]:
    """Return variants in the newsletter's own order; the first is for readers of a language that is not there."""
    order = newsletter.variants
    return tuple(
        sorted(variants, key=lambda v: order.index(v.language) if v.language in order else len(order))
    )


def letterset(newsroom: Newsroom, newsletter: Newsletter, variant: Variant) -> Letterset:
    """Make a variant ready to be filled many times."""
    chrome = newsroom.settings.publisher.language if variant.language == "both" else variant.language
    phrases = load_phrases(newsroom.templates, chrome)
    why = phrases.say("why", title=newsletter.title)
    return Letterset(
        subject=variant.subject,
        html=personalise.compile(variant.html.replace(personalise.marker("why"), html.escape(why))),
        text=personalise.compile(variant.text.replace(personalise.marker("why"), why)),
        phrases=phrases,
        why=why,
        disclaimers=disclaimers(newsroom, variant.language),
        send_at=None if newsletter.send_at == "now" else newsletter.send_at,
        timezone=newsletter.timezone,
        settings=newsroom.settings,
    )


def fill_to_show(setting: Letterset, *, name: str = "") -> Filled:
    """Fill a variant for a reader of that name with links of nobody: they lead to the page that explains leaving."""
    return _filled(setting, name=name, links=links_to_show(setting.settings))


def sample_content(newsroom: Newsroom, newsletter: Newsletter, variant: Variant) -> Content:
    """Fill a variant for a reader without name, to be shown and not sent."""
    return fill_to_show(letterset(newsroom, newsletter, variant)).content


def values(
    setting: Letterset, *, name: str, links: OwnLinks, send_at: str | None = None, timezone: str = ""
) -> dict[str, str]:
    """Return the value of every field that a letterset has left, for one reader, whose name may be empty.

    Who has no hour or zone gets the newsletter's.
    """
    return {
        **personalise.greeted(setting.phrases, name),
        "leave_url": links.leave_url,
        "preferences_url": links.preferences_url,
        "hour": personalise.hour_of(
            setting.phrases, send_at or setting.send_at, timezone or setting.timezone
        ),
    }


def _filled(setting: Letterset, *, name: str, links: OwnLinks) -> Filled:
    own = values(setting, name=name, links=links)
    content = Content(
        subject=setting.subject,
        html=personalise.fill(setting.html, own),
        text=personalise.fill(setting.text, own, escape=personalise.plain),
        leave_url=links.leave_url,
        leave_address=links.leave_address,
    )
    return Filled(content=content, greeting=own["greeting"], why=setting.why)
