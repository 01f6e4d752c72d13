"""What the configuration says, and whether that is fit for readers."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pipeline.app import Newsroom
from pipeline.config import FILE, SAMPLE_ADDRESS
from pipeline.config.values import is_https_or_loopback
from pipeline.doctor.finding import Finding, ok, warning
from pipeline.jobs.plan import audience_size
from pipeline.model import TransportKind

_NOBODYS = re.compile(
    r"(?:^|[.@])(?:example\.(?:com|net|org)|example|test|invalid|localhost)$", re.IGNORECASE
)
"""Names that belong to nobody (RFC 2606)."""


def settings(newsroom: Newsroom) -> Iterator[Finding]:
    """Look at what every mail says of its publisher, and where it goes."""
    keys = ", ".join(newsletter.key for newsletter in newsroom.settings.newsletter)
    yield ok(f"{FILE} can be read; newsletters: {keys}")
    if newsroom.settings.publisher.postal_address == SAMPLE_ADDRESS:
        yield warning(
            "[publisher] postal_address is still the sample",
            remedy="write your own: the law wants one in every mail, and SMTP refuses the sample",
        )
    yield from _names(newsroom)
    yield from _site_url(newsroom)
    yield _transport(newsroom)


def _names(newsroom: Newsroom) -> Iterator[Finding]:
    """Say which addresses lie in a domain that nobody can have."""
    publisher, smtp = newsroom.settings.publisher, newsroom.settings.smtp
    is_web = publisher.contact.startswith(("http://", "https://"))
    named = {"[publisher] contact": urlsplit(publisher.contact).hostname if is_web else publisher.contact}
    if newsroom.settings.delivery.transport is TransportKind.SMTP:
        named |= {
            "[smtp] from_address": smtp.from_address,
            "[smtp] return_path_domain": smtp.return_path_domain,
        }
    for key, value in named.items():
        if value and _NOBODYS.search(value):
            yield warning(
                f"{key} lies in an example domain", remedy="write one of yours, or answers reach nobody"
            )


def _site_url(newsroom: Newsroom) -> Iterator[Finding]:
    url = newsroom.settings.publisher.site_url
    remedy = "set it to the https:// address of your public pages; mail programs leave over nothing else"
    if url is None:
        yield warning(
            f"[publisher] site_url is missing: links lead to {newsroom.settings.site_url}", remedy=remedy
        )
    elif not is_https_or_loopback(url):
        yield warning(f"[publisher] site_url {url} is not https", remedy=remedy)
    elif urlsplit(url).scheme != "https":
        yield warning(f"[publisher] site_url {url} is open to this machine alone", remedy=remedy)
    else:
        yield ok(f"links lead to {url}")


def _transport(newsroom: Newsroom) -> Finding:
    delivery = newsroom.settings.delivery
    if delivery.transport is TransportKind.OUTBOX:
        return ok(f"transport is outbox: mails are files in {delivery.outbox}/, nobody is mailed")
    if not delivery.check_site:
        return warning(
            "[delivery] check_site is false: issues go out even when nobody could leave",
            remedy="take it out, or see to the leave page yourself",
        )
    return ok(f"transport is smtp: mail goes to {newsroom.settings.smtp.host}")


def environment(_newsroom: Newsroom) -> Iterator[Finding]:
    """Name what the environment sets; never the values, for secrets come that way."""
    names = sorted(name for name in os.environ if name.startswith("METABRIEF_") and "__" in name)
    if names:
        yield ok(f"set by the environment, which wins over the file: {', '.join(names)}")


def readers(newsroom: Newsroom) -> Iterator[Finding]:
    """Count who would be mailed."""
    sizes = {each.key: audience_size(newsroom, each) for each in newsroom.settings.newsletter}
    if any(sizes.values()):
        yield ok(", ".join(f"{key}: {size}" for key, size in sizes.items()))
    else:
        yield warning(
            "no newsletter has a reader",
            remedy="see: metabrief subscribers add --help, metabrief subscribers import --help",
        )
