"""What one of our own letters says to its reader: from what called for it to the message that the gate lets through."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.deliver import gate
from pipeline.deliver.mailing import build_letter
from pipeline.deliver.message import Content, Message
from pipeline.jobs.letterhead import OwnLinks, imprint, origin, own_links, signer, signing_domain
from pipeline.render.letter import set_letter
from pipeline.store import letters
from pipeline.store.letters import Queued
from subscribers import consent, store
from subscribers.audience import Recipient, recipients
from subscribers.links import Links, Purpose
from subscribers.store import Letter

_PURPOSES = {Letter.DOWNLOAD: Purpose.DOWNLOAD, Letter.ERASE: Purpose.ERASE}
_ABOUT_NEWSLETTERS = (Letter.OPT_IN, Letter.ALREADY)


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """A letter, its reader, and what it is about."""

    letter: Queued
    reader: Recipient
    language: str
    titles: tuple[str, ...]
    """Of newsletters, by the configuration: whoever filled in a form chose no word of them."""


def take(newsroom: Newsroom, token: str) -> Occasion | None:
    """Return what a letter is written from; None for one that waits no more, or has nothing to say any more."""
    with newsroom.database.write() as connection:
        letter = letters.take(connection, token)
        if letter is None:
            return None
        occasion = _occasion(newsroom, connection, letter)
        if letter.kind in _ABOUT_NEWSLETTERS and not occasion.titles:
            letters.drop(connection, token, reason="its newsletters are no more")
            return None
    return occasion


def _occasion(newsroom: Newsroom, connection: sa.Connection, letter: Queued) -> Occasion:
    """Return a letter with what was asked for: by a form in its language and for its newsletters, else the reader's own."""
    reader = recipients(connection, [letter.subscriber_id])[letter.subscriber_id]
    asked = consent.find(connection, letter.consent_id) if letter.consent_id is not None else None
    keys = asked.terms["newsletters"] if asked else store.agreed_newsletters(connection, reader.id)
    return Occasion(
        letter=letter,
        reader=reader,
        language=asked.terms["language"] if asked else reader.language,
        titles=tuple(each.title for each in newsroom.settings.newsletter if each.key in keys),
    )


def written(newsroom: Newsroom, occasion: Occasion) -> Message:
    """Return a letter's message. Raises ``GateError``, ``TemplateError``, ``ConfigurationError`` or ``UnwritableAddressError``."""
    own = own_links(newsroom.settings, occasion.reader.token)
    content, rules = _content(newsroom, occasion, own)
    message = build_letter(
        origin(newsroom),
        content,
        email=occasion.reader.email,
        kind=occasion.letter.kind,
        token=occasion.letter.token,
        now=newsroom.clock(),
        signer=signer(newsroom),
    )
    gate.check(message, rules)
    return message


def _content(newsroom: Newsroom, occasion: Occasion, own: OwnLinks) -> tuple[Content, gate.Rules]:
    """Set a letter; return it with what the gate must find in it."""
    head = imprint(newsroom, occasion.language)
    url = _url(newsroom, occasion.letter) or own.preferences_url
    letter = set_letter(
        occasion.letter.kind,
        language=occasion.language,
        titles=occasion.titles,
        url=url,
        leave_url=own.leave_url,
        imprint=head,
        templates=newsroom.templates,
    )
    content = Content(
        subject=letter.subject,
        html=letter.html,
        text=letter.text,
        leave_url=own.leave_url,
        leave_address=own.leave_address,
    )
    rules = gate.Rules(
        disclaimers=head.disclaimers,
        postal_address=head.postal_address,
        why=letter.why,
        leave_url=own.leave_url,
        leave_address=own.leave_address,
        links=(url,),
        headers=gate.LETTER_HEADERS,
        signing_domain=signing_domain(newsroom),
    )
    return content, rules


def _url(newsroom: Newsroom, letter: Queued) -> str:
    """Return the link that ends and that a letter is about; empty for one about its reader's settings."""
    links = Links(newsroom.link_keys, clock=newsroom.clock)
    if letter.kind is Letter.OPT_IN and letter.consent_id is not None:
        purpose, signed = Purpose.CONFIRM, links.sign(Purpose.CONFIRM, letter.consent_id)
    elif letter.kind in _PURPOSES:
        purpose = _PURPOSES[letter.kind]
        signed = links.sign(purpose, letter.subscriber_id)
    else:
        return ""
    return f"{newsroom.settings.site_url}/{purpose}/{signed}"
