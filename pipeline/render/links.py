"""Which addresses a reader may be sent to."""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from pipeline.internet import Address, is_public
from pipeline.text import clean_line

LONGEST = 900
"""Octets; a line of a message may hold 998 (RFC 5322, 2.1.1), and a link is never broken."""

_PRIVATE_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa")
_HOST = re.compile(r"[\w.-]+")
_UNSAFE = re.compile(r"""[\s"'<>\\^`{|}]""")


def web_link(url: str, allowed_hosts: Iterable[str] = ()) -> str:
    """Return an outside address as one that may be linked, or ``""``: http(s), public or allowed, not too long."""
    tidy = _UNSAFE.sub(lambda unsafe: f"%{ord(unsafe[0]):02X}", clean_line(url))
    if len(tidy.encode()) > LONGEST or scheme(tidy) not in {"http", "https"}:
        return ""
    return "" if is_private(tidy, allowed_hosts) else tidy


def scheme(url: str) -> str:
    """Return the scheme in lower case, ``""`` when there is none or the address cannot be read."""
    try:
        return urlsplit(url.strip()).scheme
    except ValueError:
        return ""


def is_private(url: str, allowed_hosts: Iterable[str] = ()) -> bool:
    """Tell whether an http(s) address leads nowhere public, judged without asking any server.

    ``allowed_hosts`` exempts hosts, ``host:port`` and networks (``127.0.0.0/8``).
    """
    try:
        parts = urlsplit(url.strip().replace("\\", "/"))
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        return True
    if any(_allows(entry, host, port) for entry in allowed_hosts):
        return False
    return _is_private_host(host)


def _host(name: str) -> str:
    return unicodedata.normalize("NFKC", unquote(name)).strip().rstrip(".").lower()


@lru_cache(maxsize=1024)
def _is_private_host(host: str) -> bool:
    if (address := _ip(host)) is not None:
        return not is_public(address)
    if "." not in host or not _HOST.fullmatch(host):
        return True
    return any(host == name or host.endswith(f".{name}") for name in _PRIVATE_NAMES)


def _ip(host: str) -> Address | None:
    """Read an IP address, also in the octal, hex and shortened forms that browsers follow."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return None


def _allows(entry: str, host: str, port: int | None) -> bool:
    if "/" in entry:
        address = _ip(host)
        return address is not None and address in ipaddress.ip_network(entry, strict=False)
    return entry.lower() in {host, f"{host}:{port}", f"[{host}]:{port}", f"[{host}]"}
