"""How many sign-ups are let in, so that nobody can have strangers bombed with our letters."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

SPAN = timedelta(hours=1)
_DOTLESS = frozenset(["gmail.com", "googlemail.com"])
_IPV4_PREFIX, _IPV6_PREFIX = 24, 56  # what one customer of a provider commonly holds


@dataclass(frozen=True, kw_only=True)
class Rates:
    """The most sign-ups that are let in within an hour."""

    per_address: int = 3
    """To one mailbox, however its address is spelt. The letters have a limit of their own, one of a kind an hour; this keeps the ledger short."""
    per_network: int = 30
    in_all: int = 1000


class Verdict(StrEnum):
    """Whether a sign-up is let in, or which limit is reached."""

    LET_IN = "asked"
    ADDRESS = "address"
    NETWORK = "network"
    OVERALL = "overall"


@dataclass(frozen=True, kw_only=True)
class Knock:
    """One sign-up that was let in."""

    mailbox: str
    network: str
    at: datetime


def judge(rates: Rates, *, of_address: int, of_network: int, in_all: int) -> Verdict:
    """Decide on one more sign-up, from how many were let in within the hour."""
    if in_all >= rates.in_all:
        return Verdict.OVERALL
    if of_network >= rates.per_network:
        return Verdict.NETWORK
    return Verdict.ADDRESS if of_address >= rates.per_address else Verdict.LET_IN


@dataclass(frozen=True, kw_only=True)
class Admission:
    """What became of a sign-up at the door."""

    verdict: Verdict
    wait: timedelta = timedelta(0)
    """Until the limit that was reached lets one more in."""
    is_news: bool = False
    """Whether this is the first within an hour that the limit over all keeps out."""


class Limits:
    """The sign-ups let in within the hour; as only those are kept, there are never more than ``in_all``."""

    def __init__(self, rates: Rates | None = None) -> None:
        self._rates = rates or Rates()
        self._let_in: deque[Knock] = deque()
        self._addresses: Counter[str] = Counter()
        self._networks: Counter[str] = Counter()
        self._shut: datetime | None = None
        self._lock = threading.Lock()

    def admit(self, address_key: str, *, network: str, now: datetime) -> Admission:
        """Judge a sign-up, and count it if it is let in."""
        mailbox = mailbox_of(address_key)
        with self._lock:
            self._forget_before(now - SPAN)
            verdict = judge(
                self._rates,
                of_address=self._addresses[mailbox],
                of_network=self._networks[network],
                in_all=len(self._let_in),
            )
            if verdict is Verdict.LET_IN:
                self._keep(Knock(mailbox=mailbox, network=network, at=now))
                return Admission(verdict=verdict)
            wait = self._wait(verdict, network=network, now=now)
            return Admission(verdict=verdict, wait=wait, is_news=self._is_news(verdict, now=now))

    def __len__(self) -> int:
        """Return how many were let in within the hour, as of the last that came."""
        return len(self._let_in)

    def held(self) -> int:
        """Return how many sign-ups, addresses and networks are in memory."""
        return len(self._let_in) + len(self._addresses) + len(self._networks)

    def _keep(self, knock: Knock) -> None:
        self._let_in.append(knock)
        self._addresses[knock.mailbox] += 1
        self._networks[knock.network] += 1

    def _forget_before(self, moment: datetime) -> None:
        while self._let_in and self._let_in[0].at <= moment:
            gone = self._let_in.popleft()
            for counter, key in ((self._addresses, gone.mailbox), (self._networks, gone.network)):
                counter[key] -= 1
                if not counter[key]:
                    del counter[key]

    def _is_news(self, verdict: Verdict, *, now: datetime) -> bool:
        if verdict is not Verdict.OVERALL or (self._shut is not None and now - self._shut < SPAN):
            return False
        self._shut = now
        return True

    def _wait(self, verdict: Verdict, *, network: str, now: datetime) -> timedelta:
        counted = (each.at for each in self._let_in if verdict is Verdict.OVERALL or each.network == network)
        return max(next(counted, now) + SPAN - now, timedelta(0))


def mailbox_of(address_key: str) -> str:
    """Return the mailbox that an address most likely leads to: without its ``+tag`` and, at Gmail, without dots.

    Good for limits alone: on the list such addresses are different ones.
    """
    local, _, domain = address_key.rpartition("@")
    local = local.partition("+")[0] or local
    return f"{local.replace('.', '')}@gmail.com" if domain in _DOTLESS else f"{local}@{domain}"


def network_of(host: str | None) -> str:
    """Return the /24 or /56 that a client's address is in; empty when it has none, as behind a socket file."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if isinstance(address, IPv6Address):
        return str(IPv6Network((int(address), _IPV6_PREFIX), strict=False))
    return str(IPv4Network((int(address), _IPV4_PREFIX), strict=False))
