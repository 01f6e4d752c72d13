"""What the DNS says of a name, asked within a time for all questions together."""

from __future__ import annotations

import ipaddress
import time
from contextlib import suppress
from typing import Any

import dns.exception
import dns.name
import dns.resolver
from dns.rdatatype import RdataType

from pipeline.doctor.looking import PATIENCE_SECONDS, WHOLE_SECONDS
from pipeline.errors import MetabriefError
from pipeline.internet import Address


class NoAnswerError(MetabriefError):
    """The DNS did not say whether a name has such a record."""


class Names:
    """The DNS as one resolver knows it; each question is asked once."""

    def __init__(
        self,
        resolver: dns.resolver.Resolver,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        whole_seconds: float = WHOLE_SECONDS / 2,
    ) -> None:
        self._resolver = resolver
        self._patience_seconds = patience_seconds
        self._until = time.monotonic() + whole_seconds
        self._said: dict[tuple[str, RdataType], tuple[Any, ...] | NoAnswerError] = {}

    @property
    def are_known(self) -> bool:
        """Say whether there is a DNS behind this: a question had an answer, or the root of all names has."""
        if any(isinstance(said, tuple) and said for said in self._said.values()):
            return True
        with suppress(NoAnswerError):
            return bool(self._records(".", RdataType.NS))
        return False

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a name's TXT records, each in one piece. Raises ``NoAnswerError``."""
        found = self._records(name, RdataType.TXT)
        return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in found)

    def exchangers(self, name: str) -> tuple[str, ...]:
        """Return the hosts that take a domain's mail, the preferred first. Raises ``NoAnswerError``."""
        found = sorted(self._records(name, RdataType.MX), key=lambda record: int(record.preference))
        return tuple(record.exchange.to_text() for record in found)

    def addresses(self, host: str) -> tuple[Address, ...]:
        """Return a host's addresses, or the one it is itself. Raises ``NoAnswerError``."""
        with suppress(ValueError):
            return (ipaddress.ip_address(host),)
        found = (record for kind in (RdataType.A, RdataType.AAAA) for record in self._records(host, kind))
        return tuple(ipaddress.ip_address(record.address) for record in found)

    def _records(self, name: str, kind: RdataType) -> tuple[Any, ...]:
        """Return a name's records of a kind; none when it has none, or does not exist."""
        key = (name.lower().rstrip("."), kind)
        if key not in self._said:
            self._said[key] = self._asked(name, kind)
        said = self._said[key]
        if isinstance(said, NoAnswerError):
            raise said
        return said

    def _asked(self, name: str, kind: RdataType) -> tuple[Any, ...] | NoAnswerError:
        left = min(self._patience_seconds, self._until - time.monotonic())
        try:
            absolute = dns.name.from_text(name)
            return tuple(self._resolver.resolve(absolute, kind, lifetime=max(0, left), search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except dns.exception.Timeout:
            why = "no answer came in time"
        except (dns.exception.DNSException, OSError, ValueError) as error:
            why = " ".join(str(error).split()) or type(error).__name__
        return NoAnswerError(f"{kind.name} of {name} could not be looked up: {why}; see this machine's DNS")
