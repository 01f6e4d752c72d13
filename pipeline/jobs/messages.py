"""From a variant and a reader to the message that the gate let through."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.deliver import gate
from pipeline.deliver.mailing import Addressee, Mailing, issue_mailing
from pipeline.deliver.message import Message, delivery_name
from pipeline.deliver.pattern import Pattern
from pipeline.deliver.signing import Signer
from pipeline.deliver.stationery import Draft, Form
from pipeline.jobs.fill import letterset, values
from pipeline.jobs.letterhead import OwnLinks, links_to_show, own_links, sender, signer, signing_domain
from pipeline.model import Variant
from subscribers.audience import Recipient

_MARK = "[test] "


class Messages:
    """Writes one issue's messages, each filled, signed and looked over at the gate; for one thread at a time."""

    def __init__(
        self, newsroom: Newsroom, newsletter: Newsletter, issue_id: int, variants: Iterable[Variant]
    ) -> None:
        """Make every variant ready. Raises ``TemplateError``, or ``ConfigurationError`` for a key that can't sign."""
        signing = signer(newsroom)
        self._by_language = {
            variant.language: _VariantMessages(newsroom, newsletter, issue_id, variant, signing=signing)
            for variant in variants
        }

    def forms(self) -> dict[str, Form]:
        """Return what all messages in each language have in common."""
        return {language: messages.form for language, messages in self._by_language.items()}

    def write(self, language: str, reader: Recipient, *, now: datetime) -> Message:
        """Write one reader's message.

        Raises ``UnwritableAddressError`` for the reader's address, ``GateError`` when no message may leave.
        """
        return self._by_language[language].write(reader, now=now)

    def write_copy(self, language: str, *, email: str, now: datetime) -> Message:
        """Write a marked copy for someone who looks at the issue: it is no delivery, and its links are nobody's.

        Raises as ``write`` does.
        """
        return self._by_language[language].write_copy(email, now=now)


class _VariantMessages:
    """Writes the messages of one variant; the first is checked thoroughly, and the others by what was learnt from it."""

    def __init__(
        self,
        newsroom: Newsroom,
        newsletter: Newsletter,
        issue_id: int,
        variant: Variant,
        *,
        signing: Signer | None,
    ) -> None:
        self._newsroom = newsroom
        self._issue_id = issue_id
        self._sender = sender(newsroom, newsletter)
        self._signer = signing
        self._setting = letterset(newsroom, newsletter, variant)
        self._pattern: Pattern | None = None

    @property
    def form(self) -> Form:
        return self._mailing.form

    @cached_property
    def _mailing(self) -> Mailing:
        return self._prepared(mark="")

    def _prepared(self, *, mark: str) -> Mailing:
        setting = self._setting
        draft = Draft(subject=mark + setting.subject, text=setting.text, html=setting.html)
        return issue_mailing(self._sender, draft, issue_id=self._issue_id, signer=self._signer)

    def write(self, reader: Recipient, *, now: datetime) -> Message:
        links = own_links(self._newsroom.settings, reader.token)
        filled = values(
            self._setting, name=reader.name, links=links, send_at=reader.send_at, timezone=reader.timezone
        )
        to = _addressee(reader.email, filled["reader_name"], links)
        named = delivery_name(self._issue_id, reader.id)
        message = self._mailing.write(to, filled, named=named, now=now)
        if self._pattern is None:
            self._pattern = Pattern(self._mailing.form, message, self._rules(links))
        else:
            self._pattern.check(message, leave_url=links.leave_url, leave_address=links.leave_address)
        return message

    def write_copy(self, email: str, *, now: datetime) -> Message:
        links = links_to_show(self._newsroom.settings)
        filled = values(self._setting, name="", links=links)
        to = _addressee(email, "", links)
        message = self._prepared(mark=_MARK).write_copy(to, filled, token=secrets.token_hex(8), now=now)
        gate.check(message, self._rules(links))
        return message

    def _rules(self, links: OwnLinks) -> gate.Rules:
        return gate.Rules(
            disclaimers=self._setting.disclaimers,
            postal_address=self._newsroom.settings.publisher.postal_address,
            why=self._setting.why,
            leave_url=links.leave_url,
            leave_address=links.leave_address,
            signing_domain=signing_domain(self._newsroom),
        )


def _addressee(email: str, name: str, links: OwnLinks) -> Addressee:
    return Addressee(email=email, name=name, leave_url=links.leave_url, leave_address=links.leave_address)
