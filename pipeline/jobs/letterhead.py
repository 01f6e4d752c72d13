"""What an issue says of its newsletter and publisher, from the configuration."""

from __future__ import annotations

from pipeline.app import Newsroom
from pipeline.compose.disclaimer import disclaimer
from pipeline.config import Newsletter
from pipeline.deliver.message import Sender
from pipeline.render.view import Masthead


def disclaimers(newsroom: Newsroom, language: str) -> tuple[str, ...]:
    """Return what a variant's disclaimers are: one in its language, or both."""
    additions = newsroom.settings.disclaimer
    languages = ("en", "zh") if language == "both" else (language,)
    return tuple(disclaimer(each, getattr(additions, each)) for each in languages)


def masthead(newsroom: Newsroom, newsletter: Newsletter, language: str) -> Masthead:
    """Return the masthead of one variant."""
    settings = newsroom.settings
    return Masthead(
        newsletter=newsletter.key,
        title=newsletter.title,
        publisher=settings.publisher.name,
        publisher_language=settings.publisher.language,
        postal_address=settings.publisher.postal_address,
        contact=settings.publisher.contact,
        timezone=newsletter.timezone,
        disclaimers=disclaimers(newsroom, language),
        site_url=settings.site_url,
        allowed_hosts=settings.fetch.allow_private,
    )


def sender(newsroom: Newsroom, newsletter: Newsletter) -> Sender:
    """Return what all messages of a newsletter share; without SMTP settings the contact's domain stands in."""
    settings = newsroom.settings
    contact = settings.publisher.contact
    address = settings.smtp.from_address or (contact if "@" in contact else f"{newsletter.key}@localhost")
    return Sender(
        newsletter=newsletter.key,
        title=newsletter.title,
        address=address,
        contact=contact,
        site_url=settings.site_url,
        return_path_domain=settings.smtp.return_path_domain or address.rpartition("@")[2],
        verp_key=newsroom.return_path_key,
    )
