"""DKIM: sign a message as its domain's own (RFC 6376, with the keys and hashes that RFC 8301 still allows).

Header fields are signed relaxed, for relays fold them anew; the body simple, for ours is final as it leaves.
"""

from __future__ import annotations

import hashlib
from binascii import b2a_base64
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from pipeline.errors import ConfigurationError

MIN_KEY_BITS = 1024
"""Shorter keys count as no signature (RFC 8301, 3.2)."""
SAFE_KEY_BITS = 2048
"""What the same RFC tells signers to use."""
OVERSIGNED = ("From", "To", "Subject")
"""Listed once more than they stand there, so that a second one breaks the signature."""

MAKE_A_KEY = "make one with: openssl genrsa -out FILE 2048"

_PADDING, _HASH = padding.PKCS1v15(), hashes.SHA256()
_LINE = 72


def dkim_record(pem: bytes) -> str:
    """Return the TXT record that publishes a private key's public half (RFC 6376, 3.6.1).

    Raises ``ConfigurationError`` for a key that cannot sign.
    """
    public = read_key(pem).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={_base64(public).decode()}"


@lru_cache(maxsize=4)
def read_key(pem: bytes) -> rsa.RSAPrivateKey:
    """Return the private key of a PEM file. Raises ``ConfigurationError`` for one that cannot sign.

    Kept, for OpenSSL takes tens of milliseconds to see that a key is sound.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable("it holds no private key in PEM without a password") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _unusable("its key is not RSA, and great mailbox providers take no other for a signature")
    if key.key_size < MIN_KEY_BITS:
        raise _unusable(f"its key has {key.key_size} bits; receivers ignore fewer than {MIN_KEY_BITS}")
    return key


def _unusable(why: str) -> ConfigurationError:
    return ConfigurationError(f"[dkim] private_key_file: {why}; {MAKE_A_KEY}")


class Signer:
    """Signs for one domain; the key is read once."""

    def __init__(self, domain: str, selector: str, pem: bytes) -> None:
        self.domain = domain
        self.selector = selector
        self._key = read_key(pem)

    def signature(self, names: Sequence[str]) -> Signature:
        """Return the field that signs messages whose header fields have these names, in this order."""
        listed = (*names, *(name for name in OVERSIGNED if name in names))
        lines = (":".join(listed[at : at + 4]).lower() for at in range(0, len(listed), 4))
        signed = ":\r\n\t ".join(lines)
        opening = (
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple;\r\n"
            f"\td={self.domain}; s={self.selector};\r\n"
            f"\th={signed};\r\n\tt="
        )
        return Signature(opening.encode("ascii"), self._key)


class Signature:
    """The field that signs each message of a mailing."""

    def __init__(self, opening: bytes, key: rsa.RSAPrivateKey) -> None:
        self.opening = opening
        """How the field begins, as far as its time."""
        self._canonical = b"dkim-signature:" + relaxed(opening.partition(b":")[2])
        self._key = key

    def rest(self, canonical: bytes, body: Iterable[bytes], *, now: datetime) -> bytes:
        """Return what follows the opening in the field of one message, without its end of line.

        ``canonical`` are the header fields in the order of their names there, relaxed, each with its CRLF;
        ``body`` comes in pieces, for to join them first takes longer than to hash them.
        """
        seconds, digest = int(now.timestamp()), _base64(_sha256(body))
        own = b"%b%d; bh=%b; b=" % (self._canonical, seconds, digest)
        signed = _base64(self._key.sign(canonical + own, _PADDING, _HASH))
        lines = b"\r\n\t ".join([signed[at : at + _LINE] for at in range(0, len(signed), _LINE)])
        return b"%d;\r\n\tbh=%b;\r\n\tb=%b" % (seconds, digest, lines)


def _sha256(pieces: Iterable[bytes]) -> bytes:
    hashed = hashlib.sha256()
    for piece in pieces:
        hashed.update(piece)
    return hashed.digest()


def _base64(raw: bytes) -> bytes:
    return b2a_base64(raw, newline=False)


def relaxed(value: bytes) -> bytes:
    """Return a header field's value unfolded and with single spaces (RFC 6376, 3.4.2)."""
    return b" ".join(value.split())
