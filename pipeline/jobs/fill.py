"""Fill a variant's fields for one reader."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.deliver.message import Content
from pipeline.jobs.letterhead import disclaimers
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
    site_url: str


@dataclass(frozen=True, kw_only=True)
class Filled:
    """One reader's issue, and why they get it in the words it says so."""

    content: Content
    why: str


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
        site_url=newsroom.settings.site_url,
    )


def fill_for(setting: Letterset, reader: Recipient) -> Filled:
    """Fill a variant for one reader, with links of their own."""
    return _filled(
        setting,
        name=reader.name,
        leave_url=f"{setting.site_url}/leave/{reader.token}",
        preferences_url=f"{setting.site_url}/preferences/{reader.token}",
    )


def sample_content(newsroom: Newsroom, newsletter: Newsletter, variant: Variant) -> Content:
    """Fill a variant for a reader without name, whose links lead to the page that explains leaving."""
    page = f"{newsroom.settings.site_url}/leave"
    setting = letterset(newsroom, newsletter, variant)
    return _filled(setting, name="", leave_url=page, preferences_url=page).content


def _filled(setting: Letterset, *, name: str, leave_url: str, preferences_url: str) -> Filled:
    values = personalise.reader_values(
        setting.phrases, title=setting.title, name=name, leave_url=leave_url, preferences_url=preferences_url
    )
    content = Content(
        subject=setting.subject,
        html=personalise.fill(setting.html, values),
        text=personalise.fill(setting.text, values, escape=personalise.plain),
        leave_url=leave_url,
    )
    return Filled(content=content, why=values["why"])
