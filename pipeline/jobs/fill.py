"""Fill a variant's fields for one reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.app import Newsroom
from pipeline.config import Newsletter, Settings
from pipeline.deliver.message import Content
from pipeline.jobs.letterhead import OwnLinks, disclaimers, own_links
from pipeline.model import Variant
from pipeline.render import personalise
from pipeline.render.phrases import Phrases, load_phrases
from subscribers.audience import Recipient


@dataclass(frozen=True, kw_only=True)
class Letterset:
    """A variant split at its fields, with what fills them."""

    title: str
    subject: str
    html: personalise.Parts
    text: personalise.Parts
    phrases: Phrases
    disclaimers: tuple[str, ...]
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
    return Letterset(
        title=newsletter.title,
        subject=variant.subject,
        html=personalise.compile(variant.html),
        text=personalise.compile(variant.text),
        phrases=load_phrases(newsroom.templates, chrome),
        disclaimers=disclaimers(newsroom, variant.language),
        settings=newsroom.settings,
    )


def fill_for(setting: Letterset, reader: Recipient) -> Filled:
    """Fill a variant for one reader, with links of their own."""
    return _filled(setting, name=reader.name, links=own_links(setting.settings, reader.token))


def fill_to_show(setting: Letterset, *, name: str = "") -> Filled:
    """Fill a variant for a reader of that name with links of nobody: they lead to the page that explains leaving."""
    page = f"{setting.settings.site_url}/leave"
    links = OwnLinks(leave_url=page, preferences_url=page, leave_address="")
    return _filled(setting, name=name, links=links)


def sample_content(newsroom: Newsroom, newsletter: Newsletter, variant: Variant) -> Content:
    """Fill a variant for a reader without name, to be shown and not sent."""
    return fill_to_show(letterset(newsroom, newsletter, variant)).content


def _filled(setting: Letterset, *, name: str, links: OwnLinks) -> Filled:
    values = personalise.reader_values(
        setting.phrases,
        title=setting.title,
        name=name,
        leave_url=links.leave_url,
        preferences_url=links.preferences_url,
    )
    content = Content(
        subject=setting.subject,
        html=personalise.fill(setting.html, values),
        text=personalise.fill(setting.text, values, escape=personalise.plain),
        leave_url=links.leave_url,
        leave_address=links.leave_address,
    )
    return Filled(content=content, greeting=values["greeting"], why=values["why"])
