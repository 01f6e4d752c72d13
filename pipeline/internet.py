"""Which addresses lie in the open internet: one rule for what is fetched and for what is linked."""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PROTOCOL_ASSIGNMENTS = ipaddress.IPv4Network("192.0.0.0/24")  # public to older Pythons
_COMPATIBLE = ipaddress.IPv6Network("::/96")


def is_public(address: Address) -> bool:
    """Tell whether an address lies in the open internet, IPv4 inside IPv6 unwrapped."""
    inner = _embedded(address)
    if inner is not None:
        return is_public(inner)
    special = (
        address.is_multicast
        or address.is_reserved
        or address in _PROTOCOL_ASSIGNMENTS
        or getattr(address, "is_site_local", False)
    )
    return address.is_global and not special


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
