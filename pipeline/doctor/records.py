"""The DNS: whether it says that our mail is ours, and lets what comes back arrive."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import dns.exception
import dns.resolver

from pipeline.app import Newsroom
from pipeline.config.sections import Smtp
from pipeline.deliver.replies import printable
from pipeline.doctor.finding import Finding, ok, problem, warning
from pipeline.doctor.keys import key_record
from pipeline.doctor.names import Names, NoAnswerError
from pipeline.doctor.policy import policy
from pipeline.doctor.spf import Check, SpfError, Verdict, spf_records
from pipeline.internet import is_public
from pipeline.model import TransportKind

_ENOUGH = 3
"""Of a domain's hosts: when none of so many has an address, the others are not asked."""


def records(newsroom: Newsroom, *, names: Names | None = None) -> Iterator[Finding]:
    """Look up SPF, where bounces go, DKIM and DMARC; without a DNS say only that."""
    smtp = newsroom.settings.smtp
    if newsroom.settings.delivery.transport is not TransportKind.SMTP or not smtp.from_address:
        return
    names = names or system_names()
    found = tuple(_found(names, newsroom)) if names is not None else ()
    if names is not None and names.are_known:
        yield from found
    else:
        yield warning(
            "this machine reaches no public DNS, so SPF, DKIM and DMARC were not looked at",
            remedy="see its resolver (/etc/resolv.conf), then look again",
        )


def system_names() -> Names | None:
    """Return this machine's DNS, None when it has none."""
    try:
        return Names(dns.resolver.Resolver())
    except (dns.exception.DNSException, OSError):
        return None


def _found(names: Names, newsroom: Newsroom) -> Iterator[Finding]:
    """Yield what each look finds; a question without an answer ends one, and not the others."""
    smtp = newsroom.settings.smtp
    looks = (
        partial(spf, names, smtp),
        partial(return_path, names, smtp),
        partial(key_record, names, newsroom),
        partial(policy, names, newsroom.settings),
    )
    for look in looks:
        try:
            yield from look()
        except NoAnswerError as error:
            message, _, remedy = str(error).rpartition("; ")
            yield warning(printable(message), remedy=remedy)


def spf(names: Names, smtp: Smtp) -> Iterator[Finding]:
    """Say whether the return path's domain has one SPF record, and one that holds."""
    domain = smtp.return_path_domain or ""
    found = spf_records(names.texts(domain))
    if not found:
        yield problem(
            f"{domain} has no SPF record: nothing says which servers may send with this return path",
            remedy=f'publish a TXT record at {domain}: "v=spf1 … -all", with what the relay\'s help pages name',
        )
        return
    if len(found) > 1:
        yield problem(
            f"{domain} has {len(found)} SPF records, so none of them counts",
            remedy='make one of them: "v=spf1", all they name, "-all"',
        )
        return
    try:
        yield _judged(names, smtp, domain)
    except SpfError as error:
        yield problem(
            f"the SPF record of {domain} is void: {printable(str(error))}",
            remedy="mend it; of include, a, mx, ptr, exists and redirect it may need ten in all",
        )


def _judged(names: Names, smtp: Smtp, domain: str) -> Finding:
    check = Check(names)
    check.judge(domain)
    if check.is_open:
        return problem(
            f"the SPF record of {domain} lets the whole world send (+all)",
            remedy="name the relay's servers in it, and end it with -all",
        )
    if _is_left_out(names, smtp, domain):
        return warning(
            f"the SPF record of {domain} does not let the address of {smtp.host} send",
            remedy="add what the relay's help pages name, unless it sends from other addresses that are in it",
        )
    return ok(f"{domain} has an SPF record, with {check.lookups} look-ups")


def _is_left_out(names: Names, smtp: Smtp, domain: str) -> bool:
    """Say whether none of the relay's public addresses may send; what cannot be told is let be."""
    try:
        addresses = [each for each in names.addresses(smtp.host or "") if is_public(each)]
    except NoAnswerError:
        return False
    verdicts = {Check(names, address=each).judge(domain) for each in addresses}
    return verdicts == {Verdict.OTHER}


def return_path(names: Names, smtp: Smtp) -> Iterator[Finding]:
    """Say whether mail to the return path's domain has somewhere to go (RFC 5321, 5.1)."""
    domain = smtp.return_path_domain or ""
    remedy = f"publish an MX record at {domain} for the host that takes it, or set the relay's own return path domain"
    exchangers = names.exchangers(domain)
    where = exchangers[0].rstrip(".") if exchangers else domain
    if exchangers == (".",):
        yield problem(f"{domain} takes no mail (null MX): bounces are lost", remedy=remedy)
    elif any(names.addresses(host) for host in (exchangers or (domain,))[:_ENOUGH]):
        yield ok(f"mail that comes back to {domain} goes to {where}")
    else:
        why = f"its MX {where} has no address" if exchangers else "it has neither MX nor address"
        yield problem(f"mail that comes back to {domain} is lost: {why}", remedy=remedy)
