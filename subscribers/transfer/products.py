"""Lists as other products write them: what their columns mean, and who must not be written to any more."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from subscribers.errors import AddressError

LEAVERS = frozenset(
    {
        "unsubscribed",
        "is unsubscribed",
        "unsubscribed at",
        "unsubscribed on",
        "unsubscribed date",
        "unsubscribed from all email",
        "unsubscribe",
        "unsubscribe date",
        "unsubscribe time",
        "unsubscription date",
        "date unsubscribed",
        "opted out",
        "opted out at",
        "opt out",
        "opt out date",
        "optout",
        "email opt out",
        "bounced",
        "bounced at",
        "hard bounced",
        "complained",
        "complained at",
        "suppressed",
        "suppressed at",
        "blocked",
        "blocked at",
        "blocklisted",
        "blacklisted",
        "email blacklisted",
        "do not email",
        "do not contact",
        "undeliverability date",
        "退订",
        "已退订",
        "是否退订",
        "退订时间",
        "退订日期",
        "取消订阅",
        "退信",
        "黑名单",
    }
)
"""Columns that hold a yes or a date for people who must not be written to any more, each in its own right."""

HEADERS = {
    "email": (
        "email",
        "e mail",
        "email address",
        "e mail address",
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
    "subscribed_to_emails": ("subscribed to emails", "subscribed", "is subscribed", "已订阅", "是否订阅"),
    "deleted_at": ("deleted at",),
    **{each: (each,) for each in sorted(LEAVERS)},
}
"""Our columns and what they are called here and elsewhere, in lower case and parted by spaces."""

LEFT = LEAVERS | {
    "status",
    "subscription_status",
    "unsub_time",
    "clean_time",
    "email_disabled",
    "subscribed_to_emails",
    "deleted_at",
}
"""The columns that say who must not be written to any more."""


@dataclass(frozen=True, kw_only=True)
class Product:
    """A program that writes lists, known by headers that no other writes."""

    name: str
    marks: frozenset[str]
    tellers: frozenset[str] = frozenset()
    """Those of our columns that say who left, where some of its lists have none of them."""
    otherwise: str = ""
    """What such a list does not say, and what to do."""
    asides: frozenset[str] = frozenset()
    """Its columns that look as if they said who left; others of it do."""


PRODUCTS = (
    Product(
        name="Mailchimp",
        marks=frozenset({"member rating", "optin time", "leid", "euid", "unsub time", "clean time"}),
        tellers=frozenset({"unsub_time", "clean_time"}),
        otherwise="this file does not say whether its people subscribed; see that it is the file of the export "
        "whose name began with subscribed_",
        asides=frozenset({"unsub campaign title", "unsub campaign id", "unsub reason", "unsub reason other"}),
    ),
    Product(
        name="Substack",
        marks=frozenset({"stripe plan", "email disabled", "active subscription", "paid upgrade date"}),
        tellers=frozenset({"email_disabled"}),
        otherwise="this list does not say who left there; take the CSV of Settings, Exports, "
        "which has the column email_disabled",
    ),
    Product(
        name="listmonk",
        marks=frozenset({"attributes"}),
        tellers=frozenset({"subscription_status"}),
        otherwise="this list does not say who left there; export those with the subscription status "
        "unsubscribed too, and import that file with --left",
    ),
    Product(
        name="Ghost", marks=frozenset({"subscribed to emails", "complimentary plan", "stripe customer id"})
    ),
    Product(
        name="Buttondown",
        marks=frozenset({"subscriber type", "secondary id", "creation date"}),
        asides=frozenset({"unsubscription reason"}),
    ),
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
_YES = frozenset({"true", "yes", "1", "t", "y", "是"})
_NO = frozenset({"false", "no", "0", "f", "n", "否"})
_DATE = re.compile(
    r"(?:19|20)\d\d[-/.年]\d\d?[-/.月]\d\d?|\d\d?[-/.]\d\d?[-/.](?:19|20)\d\d"
    r"|(?:[a-z]{3,9}\.? \d\d?|\d\d? [a-z]{3,9}\.?),? (?:19|20)\d\d"
)
"""A day at a cell's beginning; databases write 0000-00-00 for none."""
_STATUSES = ("status", "subscription_status")
_YES_IF_LEFT = LEAVERS | {"email_disabled"}
_YES_OR_NO = _YES_IF_LEFT | {"subscribed_to_emails"}
_LIKE_LEAVERS = re.compile(
    r"unsub|opt(?:ed|s)? ?out|bounc|complain|suppress|bl(?:o|a)ck ?list|do not (?:e ?)?(?:mail|contact)"
    r"|退订|退信|取消订阅"
)
_SUBSCRIBED, _NEVER_SUBSCRIBED = re.compile(r"(?<![a-z])subscribed"), re.compile(r"non.?subscribed")
"""What Mailchimp names files after; a copy may have more before it."""


def recognise(heads: Collection[str]) -> Product | None:
    """Return the product whose list has these headers (in lower case, parted by spaces), if it is one's."""
    return next((product for product in PRODUCTS if product.marks.intersection(heads)), None)


def is_doubtful(head: str, product: Product | None) -> bool:
    """Say whether a header that is none of ours looks as if its column said who left."""
    return bool(_LIKE_LEAVERS.search(head)) and not (product and head in product.asides)


def is_no(cell: str) -> bool:
    """Say whether a cell is empty or says no."""
    return _truth(cell.strip().lower()) is False


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
        or any(_truth(_word(cells, column)) for column in _YES_IF_LEFT.intersection(cells))
        or _word(cells, "subscribed_to_emails") in _NO
        or any(_word(cells, column) in GONE for column in _STATUSES)
    )


def see_no_doubt(cells: Mapping[str, str]) -> None:
    """Raise ``AddressError`` for a row that does not say whether they left, or of one who was not written to anyhow."""
    for column in ("unsub_time", "clean_time"):
        if column in cells:
            raise AddressError(f"{column} is empty, so it is unclear whether they left", column=column)
    for column in sorted(_YES_OR_NO.intersection(cells)):
        if _truth(word := _word(cells, column)) is None:
            raise AddressError(f"{column} {word[:40]!r} is neither yes, no nor a date", column=column)
    for column in _STATUSES:
        if (word := _word(cells, column)) and word not in MAILED:
            raise AddressError(
                f"{column} {word[:40]!r} does not say that they agreed and may be written to", column=column
            )


def advice(product: Product | None, columns: Collection[str], *, file_name: str) -> str:
    """Return what to do where a product's list with these of our columns cannot say who left, else nothing."""
    if product is None or product.tellers.intersection(columns):
        return ""
    return "" if _says_by_name(product, _SUBSCRIBED, file_name) else product.otherwise


def is_unasked(product: Product | None, file_name: str) -> bool:
    """Say whether a list is of people who never subscribed: Mailchimp writes customers so, by the file's name alone."""
    return product is not None and _says_by_name(product, _NEVER_SUBSCRIBED, file_name)


def _says_by_name(product: Product, what: re.Pattern[str], file_name: str) -> bool:
    return product.name == "Mailchimp" and bool(what.search(file_name.lower()))


def _truth(word: str) -> bool | None:
    """Return whether a word says yes, as a date does, or no, as nothing does; None where it says neither."""
    if not word or word in _NO:
        return False
    return True if word in _YES or _DATE.match(word) else None


def _word(cells: Mapping[str, str], column: str) -> str:
    return cells.get(column, "").strip().lower()
