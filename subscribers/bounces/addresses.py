"""Addresses in running text."""

from __future__ import annotations

import re

_SIGNS = r"""\s<>"'()\[\],:;/\\|@{}，。；：（）、《》【】“”"""
_ADDRESS = re.compile(rf"[^={_SIGNS}][^{_SIGNS}]{{0,127}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,10}}")
_WRITTEN = re.compile(r"<([^<>\s@]{1,128}@[^<>\s@]{1,255})>")
MOST_RECIPIENTS = 100


def addresses(text: str) -> list[str]:
    """Return the addresses in a text as they stand there, in order, each once in any case of letters."""
    found: dict[str, str] = {}
    for match in _ADDRESS.finditer(text):
        if match[0].isprintable():
            found.setdefault(match[0].strip(".").lower(), match[0].strip("."))
    return list(found.values())[:MOST_RECIPIENTS]


def address(value: str) -> str:
    """Return the one address of a field's value, without brackets; empty when it holds none."""
    written = _WRITTEN.search(value)
    return written[1] if written and written[1].isprintable() else next(iter(addresses(value)), "")


def first_address(text: str) -> str:
    """Return the address that a text begins with, or nothing."""
    found = _ADDRESS.match(text)
    return found[0].strip(".") if found and found[0].isprintable() else ""


def without_addresses(text: str) -> str:
    """Return a text with ``@`` in the place of each address, so that a name in one is not taken for a word."""
    return _ADDRESS.sub("@", text)
