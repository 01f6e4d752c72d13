"""Web addresses as sources give them."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin, urlsplit

_BREAKS = re.compile(r"[\t\r\n]+")

LONGEST = 2_000
"""Characters of an address that are taken; longer ones break mail clients and are no article's."""


def web_address(text: str, *, base: str = "") -> str | None:
    """Return ``text`` as a whole http or https address, joined to ``base`` if relative; None when it is none.

    Addresses with a user name in them are refused: they show one host and lead to another.
    """
    try:
        joined = urljoin(base, _BREAKS.sub("", text).strip().replace(" ", "%20"))
        parts = urlsplit(joined)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        fine = fine and parts.port != 0 and joined.isprintable()
    except ValueError:
        return None
    return joined if fine and len(joined) <= LONGEST else None


def without_fragment(address: str) -> str:
    """Return the address of the page itself."""
    return urldefrag(address).url


def site_of(address: str) -> str:
    """Return the host without ``www.`` or ``m.``, to tell whether two addresses are of one site."""
    host = (urlsplit(address).hostname or "").lower()
    return host.removeprefix("www.").removeprefix("m.")
