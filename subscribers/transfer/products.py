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
    "status": ("status", "subscriber type", "状态"),
    "subscription_status": ("subscription status",),
    "paused_until": ("paused until",),
    "unsub_time": ("unsub time",),
    "clean_time": ("clean time",),
    "email_disabled": ("email disabled",),
    "subscribed_to_emails": ("subscribed to emails",),
    "deleted_at": ("deleted at",),
}
"""Our columns and what they are called here and elsewhere, in lower case, the name that wins first."""

LEFT = frozenset(
    {
        "status",
        "subscription_status",
        "unsub_time",
        "clean_time",
        "email_disabled",
        "subscribed_to_emails",
        "deleted_at",
    }
)
"""The columns that say who must not be written to any more."""


@dataclass(frozen=True, kw_only=True)
class Product:
    """A program that writes lists, known by headers that no other writes."""

    name: str
    marks: frozenset[str]
    teller: str = ""
    """The one of our columns that says who left, where some of its lists lack it."""
    otherwise: str = ""
    """What to do with a list that lacks it."""


PRODUCTS = (
    Product(
        name="Mailchimp",
        marks=frozenset({"member rating", "optin time", "leid", "euid", "unsub time", "clean time"}),
    ),
    Product(
        name="Substack",
        marks=frozenset({"stripe plan", "email disabled", "active subscription", "paid upgrade date"}),
        teller="email_disabled",
        otherwise="take the CSV of Settings, Exports, which has the column email_disabled",
    ),
    Product(
        name="listmonk",
        marks=frozenset({"attributes"}),
        teller="subscription_status",
        otherwise="export those with the subscription status unsubscribed too, and import that file with --left",
    ),
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
_STATUSES = ("status", "subscription_status")


def recognise(heads: Collection[str]) -> Product | None:
    """Return the product whose list has these headers (in lower case, without underscores), if it is one's."""
    return next((product for product in PRODUCTS if product.marks.intersection(heads)), None)


def whole_name(cells: Mapping[str, str]) -> str:
    """Return a row's name, else first and last; Chinese ones in their own order and without a gap."""
    name = cells.get("name", "").strip()
    if name:
        return name
    first, last = cells.get("first name", "").strip(), cells.get("last name", "").strip()
    if first and last and not (first[0] < "\u2e80" or last[0] < "\u2e80"):
        return last + first
    return f"{first} {last}".strip()


def has_left(cells: Mapping[str, str]) -> bool:
    """Say whether a row is of one who left elsewhere, or whose mailbox was given up there.

    One column that says so is enough, whatever the others hold.
    """
    return (
        any(_word(cells, column) for column in ("unsub_time", "clean_time", "deleted_at"))
        or _word(cells, "email_disabled") in _YES
        or _word(cells, "subscribed_to_emails") in _NO
        or any(_word(cells, column) in GONE for column in _STATUSES)
    )


def see_no_doubt(cells: Mapping[str, str]) -> None:
    """Raise ``AddressError`` for a row that does not say whether they left, or of one who was not written to anyhow."""
    for column in ("unsub_time", "clean_time"):
        if column in cells:
            raise AddressError(f"{column} is empty, so it is unclear whether they left", column=column)
    for column in ("email_disabled", "subscribed_to_emails"):
        if (word := _word(cells, column)) and word not in _YES | _NO:
            raise AddressError(f"{column} {word[:40]!r} is neither true nor false", column=column)
    for column in _STATUSES:
        if (word := _word(cells, column)) and word not in MAILED:
            raise AddressError(
                f"{column} {word[:40]!r} does not say that they agreed and may be written to", column=column
            )


def advice(product: Product | None, columns: Collection[str]) -> str:
    """Return what to do where a product's list with these of our columns cannot say who left, else nothing."""
    if product is None or not product.teller or product.teller in columns:
        return ""
    return f"this list does not say who left there; {product.otherwise}"


def is_unasked(product: Product | None, file_name: str) -> bool:
    """Say whether a list is of people who never subscribed: Mailchimp writes customers so, by the file's name alone."""
    return product is not None and product.name == "Mailchimp" and file_name.startswith("nonsubscribed_")


def _word(cells: Mapping[str, str], column: str) -> str:
    return cells.get(column, "").strip().lower()
