"""Send one marked copy of an issue to somebody who looks at it: outside the ledger, whatever the issue's status."""

from __future__ import annotations

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.deliver.replies import Attempt
from pipeline.errors import MetabriefError, UsageError
from pipeline.jobs.fill import own_first
from pipeline.jobs.messages import Messages
from pipeline.jobs.transports import transports
from pipeline.model import Issue, Variant
from subscribers import suppression
from subscribers.addresses import Address, parse_address
from subscribers.errors import AddressError


async def send_copy(
    newsroom: Newsroom, issue: Issue, *, address: str, language: str | None = None
) -> Attempt:
    """Send a copy the way the issue goes, in ``language`` or the newsletter's first, and return what came of it.

    Raises ``UsageError`` for what is no address or a language the issue is not set in, ``MetabriefError`` for an
    address that left, ``GateError`` when no message of the issue may leave, ``TransportError`` without a way out.
    """
    newsletter = newsroom.settings.find_newsletter(issue.newsletter)
    to = _address(newsroom, address)
    variant = _variant(newsletter, issue, language)
    messages = Messages(newsroom, newsletter, issue.id, [variant])
    message = messages.write_copy(variant.language, email=to.email, now=newsroom.clock())
    way = next(iter(transports(newsroom, issue.transport)))
    try:
        attempt = await way.deliver(message, lambda: True)
    finally:
        await way.close()
    if attempt is None:
        raise LookupError("a copy that may leave was kept back")
    return attempt


def _address(newsroom: Newsroom, text: str) -> Address:
    """Return an address that may be written to: nobody who left is, for whatever reason."""
    try:
        address = parse_address(text)
    except AddressError as error:
        raise UsageError(str(error)) from error
    hashed = suppression.address_hash(address.key, key=newsroom.suppression_key)
    with newsroom.database.read() as connection:
        left = suppression.find(connection, hashed)
    if left is not None:
        raise MetabriefError(
            f"{address.email} is suppressed since {left.at:%Y-%m-%d} ({left.reason}), so no copy goes there; name another"
        )
    return address


def _variant(newsletter: Newsletter, issue: Issue, language: str | None) -> Variant:
    variants = {variant.language: variant for variant in own_first(newsletter, issue.variants)}
    if not variants:
        raise MetabriefError(
            f"issue {issue.id} is {issue.status} and set in no language; there is nothing to send"
        )
    if language is not None and language not in variants:
        raise UsageError(f"issue {issue.id} is not set in {language!r}; it has: {', '.join(variants)}")
    return variants[language or next(iter(variants))]
