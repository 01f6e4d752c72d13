"""E-mail addresses: what is one, when two are the same, and which deserve a second look."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from unicodedata import normalize

from email_validator import EmailNotValidError, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

from subscribers.errors import AddressError

_ATOM = r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+"
_PLAIN = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@([A-Za-z0-9.\-]+)")
"""What nearly every address looks like: a dot-atom (RFC 5322, 3.2.3) at an ASCII domain."""
_ANY_CASE = frozenset(CASE_INSENSITIVE_MAILBOX_NAMES)
_LOCAL_MAX, _MAX = 64, 254  # RFC 5321, 4.5.3.1
_ENDLESS = 2000
"""Beyond this many characters no normal form is short enough; the checker's message would be as long as the text."""
_UNREADABLE = "\ufffd"  # what decoders put in the place of bytes that mean nothing
_DOMAINS_KNOWN = 50_000
"""So many domains are remembered, some 10 MB; a list of a million has nearly all its people at fewer."""

_ROLES = frozenset(
    [
        "abuse",
        "accounts",
        "accounting",
        "admin",
        "administrator",
        "all",
        "billing",
        "board",
        "careers",
        "ceo",
        "compliance",
        "contact",
        "desk",
        "dev",
        "devnull",
        "dns",
        "editor",
        "editorial",
        "enquiries",
        "everyone",
        "finance",
        "ftp",
        "hello",
        "help",
        "helpdesk",
        "hostmaster",
        "hr",
        "info",
        "inquiries",
        "investors",
        "it",
        "jobs",
        "legal",
        "list",
        "list-request",
        "mail",
        "mailer-daemon",
        "mailerdaemon",
        "marketing",
        "media",
        "news",
        "newsletter",
        "no-reply",
        "nobody",
        "noc",
        "noreply",
        "office",
        "operations",
        "orders",
        "postmaster",
        "pr",
        "press",
        "privacy",
        "recruitment",
        "redaktion",
        "registrar",
        "reception",
        "remove",
        "root",
        "sales",
        "security",
        "service",
        "spam",
        "staff",
        "support",
        "sysadmin",
        "team",
        "tech",
        "undisclosed-recipients",
        "unsubscribe",
        "usenet",
        "uucp",
        "webmaster",
        "www",
    ]
)
"""Mailboxes of a task, not of a person: RFC 2142's and those that mailing houses go by."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """An e-mail address as written to, and the ``key`` by which it is the same as another."""

    email: str
    key: str


def parse_address(text: str) -> Address:
    """Return the address in its normal form; tags and dots count, case and the two spellings of a domain do not.

    Whether the domain takes mail is not asked. ``.test`` passes, for rehearsals on loopback.
    Raises ``AddressError``.
    """
    email = normal_form(text)
    return Address(email=email, key=key_of(email))


def normal_form(text: str) -> str:
    """Return an address as it is written to; ``parse_address`` for one who has millions. Raises ``AddressError``."""
    text = text.strip()
    return _plain(text) or _checked(text)


def key_of(email: str) -> str:
    """Return by what an address in its normal form is the same as another."""
    lowered = email.lower()
    return lowered if lowered.isascii() else normalize("NFC", lowered)  # lower case may part what was one


def _plain(text: str) -> str | None:
    """Return the normal form of a plain address, some ten times as fast as the checker; None leaves it to that."""
    found = _PLAIN.fullmatch(text) if len(text) <= _MAX else None
    if found is None:
        return None
    local, domain = found.groups()
    if len(local) > _LOCAL_MAX or local.lower() in _ANY_CASE:
        return None
    known = _plain_domain(domain)
    return f"{local}@{known}" if known else None


@lru_cache(maxsize=_DOMAINS_KNOWN)
def _plain_domain(domain: str) -> str | None:
    """Return a domain's normal form, None when it has none or is an international one."""
    try:
        normal = _checked(f"a@{domain}").removeprefix("a@")
    except AddressError:
        return None
    return normal if normal.isascii() else None


def _checked(text: str) -> str:
    try:
        if len(text) > _ENDLESS:
            raise EmailNotValidError(f"it has {len(text)} characters, more than {_MAX}")
        if _UNREADABLE in text:
            raise EmailNotValidError("it came in with bytes that are no text")
        found = validate_email(text, check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError as error:
        why = str(error)[:200]
        raise AddressError(f"{text[:100]!r} is no e-mail address: {why}", column="email") from error
    return found.normalized


def is_role(address: Address) -> bool:
    """Say whether an address is a task's (``info@``, ``sales+cn@``) and not a person's."""
    return is_role_key(address.key)


def is_role_key(key: str) -> bool:
    """Say so by an address's key."""
    return key.partition("@")[0].partition("+")[0] in _ROLES


def is_disposable(address: Address) -> bool:
    """Say whether an address is at a domain, or below one, that gives mailboxes for ten minutes."""
    return is_disposable_key(address.key)


def is_disposable_key(key: str) -> bool:
    """Say so by an address's key."""
    return _is_disposable_domain(key.rpartition("@")[2])


@lru_cache(maxsize=_DOMAINS_KNOWN)
def _is_disposable_domain(domain: str) -> bool:
    labels = domain.split(".")
    return any(".".join(labels[start:]) in _disposable() for start in range(len(labels) - 1))


@cache
def _disposable() -> frozenset[str]:
    from disposable_email_domains import blocklist  # nine thousand names, only when they are asked for

    return frozenset(blocklist)


_BIG = [
    "gmail.com",
    "qq.com",
    "163.com",
    "126.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "icloud.com",
    "foxmail.com",
    "sina.com",
    "aliyun.com",
    "sohu.com",
    "139.com",
    "189.cn",
    "yeah.net",
    "live.com",
    "msn.com",
    "aol.com",
    "googlemail.com",
    "protonmail.com",
    "proton.me",
    "yandex.com",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "hotmail.co.uk",
    "hotmail.fr",
    "yahoo.fr",
    "yahoo.de",
    "gmx.de",
    "gmx.net",
    "web.de",
]
"""Where most people have their mailbox, in China and elsewhere, the biggest first."""
_ALSO_KNOWN = frozenset(
    [
        "188.com",
        "21cn.com",
        "263.net",
        "amail.com",
        "cloud.com",
        "email.com",
        "fastmail.com",
        "gmx.com",
        "gmx.at",
        "hmail.com",
        "hotmail.de",
        "hotmail.es",
        "hotmail.it",
        "inbox.com",
        "live.cn",
        "live.de",
        "mac.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "outlook.de",
        "outlook.fr",
        "outlook.jp",
        "pm.me",
        "qq.cn",
        "sina.cn",
        "sina.com.cn",
        "tmail.com",
        "tom.com",
        "vip.163.com",
        "vip.126.com",
        "vip.qq.com",
        "vip.sina.com",
        "ya.ru",
        "yahoo.cn",
        "yahoo.com.cn",
        "yahoo.com.hk",
        "yahoo.com.tw",
        "yahoo.es",
        "yahoo.it",
        "yandex.ru",
        "ymail.com",
        "zmail.com",
    ]
)
"""Domains that look like a slip of the hand and are none."""
_SLIPPED_COM = frozenset(
    [
        "c0m",
        "cim",
        "cm",
        "cmo",
        "co",
        "coim",
        "com.com",
        "coml",
        "comm",
        "comn",
        "con",
        "coom",
        "cpm",
        "ocm",
        "om",
        "vom",
        "xom",
    ]
)
_LONG_ENOUGH = 5
"""Of a name shorter than this any slip makes another short name that somebody may own."""
_ALIKE = 0.8
"""`difflib`'s ratio of ``gmial`` to ``gmail``: one letter wrong, missing, doubled or swapped in a name of five."""


@lru_cache(maxsize=1000)
def suggest_domain(address: str) -> str | None:
    """Return the big mail domain that an address was probably meant for (``gmial.com``, ``qq.con``), else None.

    None too for what has no domain, and for every domain that is itself known.
    """
    domain = address.rpartition("@")[2].strip().lower().rstrip(".")
    if "@" not in address or len(domain) > _LOCAL_MAX or domain in _BIG or domain in _ALSO_KNOWN:
        return None
    name, _, rest = domain.partition(".")
    rest = "com" if rest in _SLIPPED_COM else rest
    if f"{name}.{rest}" in _BIG:
        return f"{name}.{rest}"
    names = [each.removesuffix(f".{rest}") for each in _BIG if each.endswith(f".{rest}")]
    long = [each for each in names if len(each) >= _LONG_ENOUGH]
    return next((f"{near}.{rest}" for near in get_close_matches(name, long, n=1, cutoff=_ALIKE)), None)
