"""Lists as other products write them: what their columns mean, and who must not be written to any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from subscribers.errors import AddressError

HEADERS = {
    "email": (
        "email",
        "e-mail",
        "email address",
        "e-mail address",
        "subscriber email",
        "subscriber",
        "邮箱",
        "电子邮箱",
        "邮箱地址",
        "电子邮件",
    ),
    "name": ("name", "full name", "姓名"),
    "first name": ("first name", "firstname", "given name", "fname", "名字", "名"),
    "last name": ("last name", "lastname", "family name", "surname", "lname", "姓"),
    "language": ("language", "lang", "语言"),
    "timezone": ("timezone", "time zone", "时区"),
    "hour": ("hour", "send hour", "时间"),
    "frequency": ("frequency", "频率"),
    "newsletters": ("newsletters",),
    "tags": ("tags", "tag", "labels", "标签"),
    "status": ("status", "subscriber type", "subscription status", "状态"),
    "paused_until": ("paused until",),
    "unsub_time": ("unsub time",),
    "clean_time": ("clean time",),
    "email_disabled": ("email disabled",),
    "subscribed_to_emails": ("subscribed to emails",),
    "deleted_at": ("deleted at",),
}
"""Our columns and what they are called here and elsewhere, in lower case, the name that wins first."""

LEFT = frozenset(
    {"status", "unsub_time", "clean_time", "email_disabled", "subscribed_to_emails", "deleted_at"}
)
"""The columns that say who must not be written to any more."""


@dataclass(frozen=True, kw_only=True)
class Product:
    """A program that writes lists, known by headers that no other writes."""

    name: str
    marks: frozenset[str]


PRODUCTS = (
    Product(
        name="Mailchimp",
        marks=frozenset({"member rating", "optin time", "leid", "euid", "unsub time", "clean time"}),
    ),
    Product(
        name="Substack",
        marks=frozenset({"stripe plan", "email disabled", "active subscription", "paid upgrade date"}),
    ),
    Product(name="listmonk", marks=frozenset({"attributes"})),
    Product(
        name="Ghost", marks=frozenset({"subscribed to emails", "complimentary plan", "stripe customer id"})
    ),
    Product(name="Buttondown", marks=frozenset({"subscriber type", "secondary id", "creation date"})),
)

MAILED = frozenset({"active", "paused", "enabled", "subscribed", "regular", "premium", "gifted", "confirmed"})
GONE = frozenset(
    {
        "unsubscribed",
        "bounced",
        "complained",
        "blocklisted",
        "blacklisted",
        "blocked",
        "cleaned",
        "removed",
        "spammy",
        "undeliverable",
        "suppressed",
    }
)
"""What a ``status`` says of people who are written to, and of those who left or whose mailbox is no more."""
_YES = frozenset({"true", "yes", "1", "t", "y"})
_NO = frozenset({"false", "no", "0", "f", "n"})


def recognise(heads: Collection[str]) -> Product | None:
    """Return the product whose list has these headers (in lower case, without underscores), if it is one's."""
    return next((product for product in PRODUCTS if product.marks.intersection(heads)), None)


def whole_name(cells: Mapping[str, str]) -> str:
    """Return a row's name, else first and last; Chinese ones in their own order and without a gap."""
    name = cells.get("name", "")
    if name:
        return name
    first, last = cells.get("first name", "").strip(), cells.get("last name", "").strip()
    if first and last and not (first[0] < "\u2e80" or last[0] < "\u2e80"):
        return last + first
    return f"{first} {last}".strip()


def has_left(cells: Mapping[str, str]) -> bool:
    """Say whether a row is of one who left elsewhere, or whose mailbox was given up there.

    Raises ``AddressError`` for a row that does not say, and one of a person who was not written to for another reason.
    """
    for column in ("unsub_time", "clean_time"):
        if column in cells and not cells[column].strip():
            raise AddressError(f"{column} is empty, so it is unclear whether they left", column=column)
    if "unsub_time" in cells or "clean_time" in cells or cells.get("deleted_at", "").strip():
        return True
    if _is_yes(cells, "email_disabled") or _is_yes(cells, "subscribed_to_emails") is False:
        return True
    status = cells.get("status", "").strip().lower()
    if status and status not in MAILED | GONE:
        raise AddressError(
            f"status {status[:40]!r} does not say that they agreed and may be written to", column="status"
        )
    return status in GONE


def is_unasked(product: Product | None, file_name: str) -> bool:
    """Say whether a list is of people who never subscribed: Mailchimp writes customers so, by the file's name alone."""
    return product is not None and product.name == "Mailchimp" and file_name.startswith("nonsubscribed_")


def _is_yes(cells: Mapping[str, str], column: str) -> bool | None:
    """Return what a cell says, None when it says nothing."""
    word = cells.get(column, "").strip().lower()
    if word in _YES or word in _NO or not word:
        return word in _YES if word else None
    raise AddressError(f"{column} {word[:40]!r} is neither true nor false", column=column)
