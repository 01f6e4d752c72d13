"""DKIM: whether the DNS has the public half of the key that signs (RFC 6376, 3.6)."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from pipeline.app import Newsroom
from pipeline.config.sections import Dkim
from pipeline.deliver.signing import SAFE_KEY_BITS, dkim_record, read_key
from pipeline.doctor.finding import Finding, ok, problem, trouble, warning
from pipeline.doctor.names import Names
from pipeline.errors import ConfigurationError
from pipeline.jobs.letterhead import dkim_key


def key_record(names: Names, newsroom: Newsroom) -> Iterator[Finding]:
    """Say whether mail signed here will be known by the record. Raises ``NoAnswerError``."""
    dkim = newsroom.settings.dkim
    if dkim is None:
        return
    yield from _domain(dkim, from_address=newsroom.settings.smtp.from_address or "")
    try:
        pem = dkim_key(newsroom, dkim)
        key = read_key(pem)
    except ConfigurationError as error:
        yield trouble(error)
        return
    if key.key_size < SAFE_KEY_BITS:
        yield warning(
            f"the DKIM key has {key.key_size} bits",
            remedy=f"make one of {SAFE_KEY_BITS}, publish it under a new selector, then change [dkim]",
        )
    yield _published(names, dkim, key=key.public_key(), record=dkim_record(pem))


def _domain(dkim: Dkim, *, from_address: str) -> Iterator[Finding]:
    domain = from_address.rpartition("@")[2]
    if domain.lower() != dkim.domain.lower():
        yield problem(
            f"[smtp] from_address is of {domain}, but [dkim] domain is {dkim.domain}: every issue would be held",
            remedy=f"sign as {domain}",
        )


def _published(names: Names, dkim: Dkim, *, key: RSAPublicKey, record: str) -> Finding:
    name = f"{dkim.selector}._domainkey.{dkim.domain}"
    remedy = f"publish one TXT record at {name}: {record}"
    found = [tags for text in names.texts(name) if "p" in (tags := tags_of(text))]
    if not found:
        return problem(f"there is no DKIM record at {name}", remedy=remedy)
    if len(found) > 1:
        return problem(f"there are {len(found)} DKIM records at {name}", remedy=remedy)
    wrong = _wrong(found[0], key)
    if wrong:
        return problem(f"the DKIM record at {name} {wrong}", remedy=remedy)
    if "y" in found[0].get("t", "").split(":"):
        return warning(
            f"the DKIM record at {name} is marked as a test (t=y): receivers may treat mail as unsigned",
            remedy="take t=y out of it",
        )
    return ok(f"the key that signs is the one at {name}")


def _wrong(tags: dict[str, str], key: RSAPublicKey) -> str:
    """Return why a record does not know our signatures, or an empty string."""
    if tags.get("v", "DKIM1") != "DKIM1":
        return "is of another version than DKIM1"
    if not tags["p"]:
        return "is revoked: its p= is empty"
    if tags.get("k", "rsa") != "rsa":
        return "is not for RSA"
    if not _allows(tags.get("h"), "sha256") or not _allows(tags.get("s"), "email"):
        return "is not for mail signed with SHA-256 (see its h= and s=)"
    published = _public_key(tags["p"])
    if published is None:
        return "holds no RSA key"
    return (
        ""
        if published.public_numbers() == key.public_numbers()
        else "has another key than the one that signs"
    )


def _allows(listed: str | None, wanted: str) -> bool:
    return listed is None or not {wanted, "*"}.isdisjoint(listed.split(":"))


def _public_key(p: str) -> RSAPublicKey | None:
    try:
        key = load_der_public_key(b64decode(p))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) else None


def tags_of(text: str) -> dict[str, str]:
    """Return a record's tags without the spaces in them (RFC 6376, 3.2)."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {tag.strip(): re.sub(r"\s", "", value) for tag, mark, value in pairs if mark}
