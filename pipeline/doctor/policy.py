"""DMARC: whether the DNS says what becomes of mail that is not ours, and whether ours counts as ours (RFC 7489)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.config import Settings
from pipeline.doctor.finding import Finding, ok, problem, warning
from pipeline.doctor.keys import tags_of
from pipeline.doctor.names import Names

_POLICIES = ("none", "quarantine", "reject")
_MOST_PARENTS = 8
"""Names asked: more than any domain of a newsletter has."""


def policy(names: Names, settings: Settings) -> Iterator[Finding]:
    """Look up the policy for the sender's domain, then for those above it. Raises ``NoAnswerError``."""
    smtp = settings.smtp
    sender = (smtp.from_address or "").rpartition("@")[2].lower()
    found = {domain: records for domain in _and_above(sender) if (records := _records(names, domain))}
    if found:
        nearest, organisation = next(iter(found)), list(found)[-1]
        yield _judged(nearest, found[nearest])
        return_path, tags = (smtp.return_path_domain or "").lower(), tags_of(found[nearest][0])
        yield from _alignment(sender, return_path, above=organisation, tags=tags)
        return
    yield warning(
        f"{sender} has no DMARC record, and large mailbox providers want one of whoever mails many",
        remedy=f'begin with a TXT record at _dmarc.{sender}: "v=DMARC1; p=none; rua=mailto:…"',
    )


def _records(names: Names, domain: str) -> list[str]:
    return [text for text in names.texts(f"_dmarc.{domain}") if tags_of(text).get("v") == "DMARC1"]


def _and_above(domain: str) -> Iterator[str]:
    """Yield a domain and those above it down to two labels; the topmost with a record is the organisation's."""
    labels = domain.split(".")
    yield domain
    yield from (".".join(labels[at:]) for at in range(1, min(len(labels) - 1, _MOST_PARENTS)))


def _judged(domain: str, found: list[str]) -> Finding:
    name = f"_dmarc.{domain}"
    if len(found) > 1:
        return problem(f"there are {len(found)} DMARC records at {name}, so none counts", remedy="leave one")
    said = tags_of(found[0]).get("p", "").lower()
    if said not in _POLICIES:
        return problem(
            f"the DMARC record at {name} has no p= that counts",
            remedy=f'write p={" or p=".join(_POLICIES)} behind "v=DMARC1;"',
        )
    return ok(f"the DMARC record at {name} says p={said}")


def _alignment(sender: str, return_path: str, *, above: str, tags: dict[str, str]) -> Iterator[Finding]:
    """Say whether SPF counts for the sender's domain: by default any domain of the same organisation's does."""
    is_strict = tags.get("aspf", "").lower() == "s"
    is_aligned = return_path == sender or (not is_strict and _is_within(return_path, sender, above))
    if not is_aligned:
        yield warning(
            f"{return_path} of the return path is not aligned with {sender} of the sender: for DMARC only a DKIM"
            " signature counts",
            remedy=f"set [smtp] return_path_domain to {f'{sender} (aspf=s)' if is_strict else f'one below {above}'}",
        )


def _is_within(return_path: str, sender: str, above: str) -> bool:
    return return_path == above or return_path.endswith(f".{above}") or sender.endswith(f".{return_path}")
