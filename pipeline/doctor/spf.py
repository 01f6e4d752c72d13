"""SPF (RFC 7208): what a domain's record asks of those who check it, and whether it lets an address send."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.doctor.names import Names
from pipeline.errors import MetabriefError
from pipeline.internet import Address

MOST_LOOKUPS = 10
"""Whoever checks gives up at more (4.6.4)."""
_MOST_HOSTS = 10
"""Of an mx (4.6.4)."""
_VERSION = re.compile(r"v=spf1(?: |$)", re.IGNORECASE)
_TERM = re.compile(
    r"(?P<sign>[+?~-]?)(?P<kind>all|include|a|mx|ptr|ip4|ip6|exists)(?:(?P<mark>[:/])(?P<rest>.*))?",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"(?P<kind>[a-z][a-z0-9_.-]*)=(?P<rest>.*)", re.IGNORECASE)
_SIZES = re.compile(r"(?P<target>[^/]*)(?:/(?P<four>\d{1,2}))?(?://(?P<six>\d{1,3}))?")


class SpfError(MetabriefError):
    """The record is void: whoever checks it takes it for none, or refuses the mail."""


class Verdict(StrEnum):
    """What a record says of an address."""

    PASS = "pass"  # noqa: S105  RFC 7208's word
    OTHER = "other"
    """It does not let it send."""
    UNKNOWN = "unknown"
    """That depends on a mail."""


@dataclass(frozen=True, kw_only=True)
class Term:
    """A mechanism, or a modifier when it has no sign."""

    sign: str
    kind: str
    rest: str


def spf_records(texts: Sequence[str]) -> list[str]:
    """Return those of a name's TXT records that are SPF's (4.5)."""
    return [text for text in texts if _VERSION.match(text)]


def terms_of(record: str) -> tuple[Term, ...]:
    """Read a record. Raises ``SpfError``."""
    return tuple(_term(word) for word in record.split()[1:])


def _term(word: str) -> Term:
    if found := _TERM.fullmatch(word):
        rest = (found["rest"] or "") if found["mark"] != "/" else f"/{found['rest']}"
        kind = found["kind"].lower()
        if kind in ("include", "ip4", "ip6", "exists") and not rest:
            raise SpfError(f"{word!r} says of nothing")
        return Term(sign=found["sign"] or "+", kind=kind, rest=rest)
    if found := _MODIFIER.fullmatch(word):
        return Term(sign="", kind=found["kind"].lower(), rest=found["rest"])
    raise SpfError(f"{word[:60]!r} is not a word of SPF")


def _until_all(terms: Sequence[Term]) -> Iterator[Term]:
    """Yield the mechanisms that count: none behind ``all`` does (5.1)."""
    for term in terms:
        if term.sign:
            yield term
            if term.kind == "all":
                return


class Check:
    """A walk through a record and all it includes; every look-up it asks for counts, needed here or not."""

    def __init__(self, names: Names, *, address: Address | None = None) -> None:
        self._names = names
        self._address = address
        self.lookups = 0
        self.is_open = False
        """It lets the whole world send."""

    def judge(self, domain: str) -> Verdict:
        """Say what a domain's record says of the address. Raises ``SpfError``, ``NoAnswerError``."""
        terms = terms_of(self._record(domain))
        verdicts = [self._judged(term, domain) for term in _until_all(terms)]
        decided = next((each for each in verdicts if each is not None), None)
        redirects = [term.rest for term in terms if not term.sign and term.kind == "redirect"]
        if not redirects or any(term.sign and term.kind == "all" for term in terms):
            return decided or Verdict.OTHER
        self._count()
        elsewhere = Verdict.UNKNOWN if "%" in redirects[0] else self.judge(redirects[0])
        return decided or elsewhere

    def _record(self, domain: str) -> str:
        found = spf_records(self._names.texts(domain))
        if len(found) != 1:
            raise SpfError(f"{domain} has {len(found) or 'no'} SPF record{'s' if len(found) > 1 else ''}")
        return found[0]

    def _judged(self, term: Term, domain: str) -> Verdict | None:
        """Say what a mechanism decides; None when it does not speak of the address."""
        matches = self._matches(term, domain)
        if matches is None:
            return Verdict.UNKNOWN
        if term.kind == "all" and term.sign == "+":
            self.is_open = True
        return (Verdict.PASS if term.sign == "+" else Verdict.OTHER) if matches else None

    def _matches(self, term: Term, domain: str) -> bool | None:
        """Say whether a mechanism speaks of the address; None when that depends on a mail."""
        if term.kind in ("ip4", "ip6"):
            return self._is_within(term.rest)
        if term.kind == "all":
            return True
        self._count()
        if term.kind in ("exists", "ptr") or "%" in term.rest:
            return None
        if term.kind == "include":
            verdict = self.judge(term.rest)
            return None if verdict is Verdict.UNKNOWN else verdict is Verdict.PASS
        return self._is_host(term, domain)

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > MOST_LOOKUPS:
            raise SpfError(f"it asks for more than {MOST_LOOKUPS} look-ups")

    def _is_within(self, network: str) -> bool:
        try:
            parsed = ipaddress.ip_network(network, strict=False)
        except ValueError as error:
            raise SpfError(f"{network[:60]!r} is no network") from error
        return self._address is not None and self._address in parsed

    def _is_host(self, term: Term, domain: str) -> bool:
        """Say whether the address is near one of an a's or mx's."""
        sizes = _SIZES.fullmatch(term.rest)
        if sizes is None:
            raise SpfError(f"{term.rest[:60]!r} is no host")
        target = sizes["target"] or domain
        near = {4: sizes["four"] or "32", 6: sizes["six"] or "128"}
        return any(self._is_within(f"{each}/{near[each.version]}") for each in self._hosts(term, target))

    def _hosts(self, term: Term, target: str) -> Iterator[Address]:
        hosts = self._names.exchangers(target)[:_MOST_HOSTS] if term.kind == "mx" else (target,)
        for host in hosts:
            yield from self._names.addresses(host)
