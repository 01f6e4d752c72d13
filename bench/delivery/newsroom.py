"""A newsroom of as many readers as one likes, with one approved issue to send."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.delivery.mails import full_variant, issue_of, small_variant
from pipeline.app import open_newsroom
from pipeline.model import Slot
from pipeline.store import drafts
from subscribers import consent
from subscribers.life import Status
from subscribers.schema import subscribers, subscriptions
from subscribers.store import token_hash

DOMAIN, SELECTOR, KEY_FILE = "lantern.example", "bench", "data/keys/dkim.pem"
SITE_URL = "https://news.lantern.example"
_TOML = """
[publisher]
name = "Lantern Press"
postal_address = "12 Lantern Lane, Example District, Shanghai 200000"
contact = "editor@{domain}"
site_url = "{site_url}"

[delivery]
transport = "smtp"
connections = {connections}
check_site = false

[smtp]
host = "127.0.0.1"
port = {port}
tls = "none"
from_address = "brief@{domain}"
return_path_domain = "bounces.{domain}"
{dkim}
[[newsletter]]
key = "daily"
title = "China Metaverse Daily"
schedule = "0 6 * * *"
timezone = "Asia/Shanghai"
"""
_DKIM = f"""
[dkim]
domain = "{DOMAIN}"
selector = "{SELECTOR}"
private_key_file = "{KEY_FILE}"
"""
_BATCH = 10_000
_DOMAINS = 500


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What kind of newsroom is to be made."""

    readers: int
    port: int
    connections: int
    is_full: bool
    """A whole issue and a key to sign with, in place of the least that may leave, unsigned."""


def make(home: Path, wanted: Wanted) -> None:
    """Make a newsroom in a folder, with its issue 1 approved."""
    write_settings(home, wanted)
    (home / KEY_FILE).parent.mkdir(parents=True)
    (home / KEY_FILE).write_bytes(new_key())
    with open_newsroom(home) as newsroom:
        newsletter = newsroom.settings.newsletter[0]
        now = newsroom.clock()
        variant = (full_variant if wanted.is_full else small_variant)(newsroom, newsletter)
        slot = Slot(wall=now.strftime("%Y-%m-%dT%H:%M"), instant=now)
        with newsroom.database.write() as connection:
            _invite(connection, wanted.readers, now=now)
            drafts.keep(connection, issue_of(slot, variant), release_at=None, now=now)


def write_settings(home: Path, wanted: Wanted) -> None:
    """Write the newsroom's configuration."""
    dkim = _DKIM if wanted.is_full else ""
    text = _TOML.format(
        domain=DOMAIN, site_url=SITE_URL, port=wanted.port, connections=wanted.connections, dkim=dkim
    )
    (home / "metabrief.toml").write_text(text, encoding="utf-8")


def new_key() -> bytes:
    """Return a new RSA key of 2048 bits, in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


@contextmanager
def copied(home: Path) -> Iterator[Path]:
    """Yield a copy of a newsroom to be used up."""
    with TemporaryDirectory(prefix="metabrief-bench-") as folder:
        yield shutil.copytree(home, Path(folder) / "newsroom")


def _invite(connection: sa.Connection, readers: int, *, now: datetime) -> None:
    """Write the readers and their subscriptions down, all by one consent, as an import does."""
    for first in range(0, readers, _BATCH):
        rows = [_reader(number, now) for number in range(first, min(first + _BATCH, readers))]
        connection.execute(subscribers.insert(), rows)
    agreed = consent.record(
        connection, kind=consent.Kind.IMPORT, claim="invented for the bench", origin="bench", now=now
    )
    everyone = sa.select(
        subscribers.c.id,
        sa.literal("daily"),
        sa.literal(agreed),
        sa.literal(now, subscriptions.c.created_at.type),
    )
    columns = ["subscriber_id", "newsletter", "consent_id", "created_at"]
    connection.execute(subscriptions.insert().from_select(columns, everyone))


def _reader(number: int, now: datetime) -> dict[str, object]:
    email, token = f"reader{number}@d{number % _DOMAINS}.example", f"{number:022x}"
    return {
        "email": email,
        "email_key": email,
        "name": f"Ann Li {number}",
        "status": Status.ACTIVE,
        "language": "en",
        "timezone": "Asia/Shanghai",
        "token": token,
        "token_hash": token_hash(token),
        "created_at": now,
        "changed_at": now,
    }
