"""What mails say of their newsletter and publisher, and the links of their reader's own, from the configuration."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.app import Newsroom
from pipeline.compose.disclaimer import disclaimer
from pipeline.config import Newsletter, Settings
from pipeline.config.sections import Dkim
from pipeline.deliver.message import Origin, Sender
from pipeline.deliver.signing import MAKE_A_KEY, Signer
from pipeline.errors import ConfigurationError
from pipeline.render.masthead import Imprint, Masthead


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
        beat=newsroom.lexicon.beat.name(settings.publisher.language if language == "both" else language),
        publisher=settings.publisher.name,
        publisher_language=settings.publisher.language,
        postal_address=settings.publisher.postal_address,
        contact=settings.publisher.contact,
        timezone=newsletter.timezone,
        disclaimers=disclaimers(newsroom, language),
        site_url=settings.site_url,
        allowed_hosts=settings.fetch.allow_private,
    )


def imprint(newsroom: Newsroom, language: str) -> Imprint:
    """Return what one of our own letters says of who writes it."""
    publisher = newsroom.settings.publisher
    return Imprint(
        publisher=publisher.name,
        publisher_language=publisher.language,
        postal_address=publisher.postal_address,
        contact=publisher.contact,
        disclaimers=disclaimers(newsroom, language),
    )


def sender(newsroom: Newsroom, newsletter: Newsletter) -> Sender:
    """Return what all messages of a newsletter share."""
    settings = newsroom.settings
    return Sender(
        newsletter=newsletter.key,
        title=newsletter.title,
        address=_address(settings, newsletter.key),
        contact=settings.publisher.contact,
        site_url=settings.site_url,
        return_path_domain=_return_path_domain(settings),
        verp_key=newsroom.return_path_key,
    )


def origin(newsroom: Newsroom) -> Origin:
    """Return in whose name our own letters leave: the publisher's."""
    settings = newsroom.settings
    return Origin(
        title=settings.publisher.name,
        address=_address(settings, settings.newsletter[0].key),
        return_path_domain=_return_path_domain(settings),
        verp_key=newsroom.return_path_key,
    )


def signer(newsroom: Newsroom) -> Signer | None:
    """Return what signs mail, None without ``[dkim]``. Raises ``ConfigurationError`` for a key that can't be used."""
    dkim = newsroom.settings.dkim
    return Signer(dkim.domain, dkim.selector, dkim_key(newsroom, dkim)) if dkim else None


def signing_domain(newsroom: Newsroom) -> str:
    """Return whose signature mail bears; empty when nobody signs here."""
    return newsroom.settings.dkim.domain if newsroom.settings.dkim else ""


def dkim_key(newsroom: Newsroom, dkim: Dkim) -> bytes:
    """Return the file of the key that signs. Raises ``ConfigurationError`` when it can't be read."""
    path = newsroom.home / dkim.private_key_file
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"[dkim] private_key_file {path} cannot be read ({error.strerror}); see its path and rights, or {MAKE_A_KEY}"
        ) from error


@dataclass(frozen=True, kw_only=True)
class OwnLinks:
    """How one reader leaves or changes what they get."""

    leave_url: str
    preferences_url: str
    leave_address: str
    """Empty when nobody reads what comes there."""


def own_links(settings: Settings, token: str) -> OwnLinks:
    """Return the links of the reader who has this token."""
    is_read = settings.intake is not None
    return OwnLinks(
        leave_url=f"{settings.site_url}/leave/{token}",
        preferences_url=f"{settings.site_url}/preferences/{token}",
        leave_address=f"leave+{token}@{_return_path_domain(settings)}" if is_read else "",
    )


def links_to_show(settings: Settings) -> OwnLinks:
    """Return links of nobody: they lead to the page that explains leaving."""
    page = f"{settings.site_url}/leave"
    return OwnLinks(leave_url=page, preferences_url=page, leave_address="")


def _address(settings: Settings, name: str) -> str:
    """Return what mail is from; without SMTP settings the contact stands in, or an address of this machine's."""
    contact = settings.publisher.contact
    return settings.smtp.from_address or (contact if "@" in contact else f"{name}@localhost")


def _return_path_domain(settings: Settings) -> str:
    return (
        settings.smtp.return_path_domain or _address(settings, settings.newsletter[0].key).rpartition("@")[2]
    )
