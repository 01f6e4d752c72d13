"""Keys that sign, made once for all tests, and dkimpy, which says whether a message is signed well."""

from __future__ import annotations

from functools import cache

import dkim  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipeline.deliver.signing import Signer, dkim_record

DOMAIN, SELECTOR = "lantern.example", "s2022"


@cache
def rsa_pem(bits: int = 2048) -> bytes:
    return pem(rsa.generate_private_key(65537, bits))


def pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@cache
def signer() -> Signer:
    return Signer(DOMAIN, SELECTOR, rsa_pem())


def is_signed(content: bytes) -> bool:
    """Verify a message as a receiver does, with our record where the DNS would have it."""
    records = {f"{SELECTOR}._domainkey.{DOMAIN}.".encode(): dkim_record(rsa_pem()).encode()}

    def look_up(name: bytes, timeout: float = 5) -> bytes | None:
        return records.get(name)

    return bool(dkim.verify(content, dnsfunc=look_up))
