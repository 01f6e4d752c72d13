"""This machine's clock, against that of whoever answers for the public pages."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from pipeline.app import Newsroom
from pipeline.doctor.finding import Finding, ok, problem, warning
from pipeline.doctor.looking import PATIENCE_SECONDS
from pipeline.model import TransportKind

_LITTLE_SECONDS, _MUCH_SECONDS = 60, 300
"""A signature from the future and a lease that is over too soon begin to matter there."""


def clock(newsroom: Newsroom, *, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[Finding]:
    """Compare with the date of the leave page's answer; without an answer say nothing, for the site's check does."""
    if newsroom.settings.delivery.transport is not TransportKind.SMTP:
        return
    url = newsroom.settings.site_url
    try:
        answer = httpx.get(f"{url}/leave", timeout=patience_seconds, trust_env=False)
        theirs = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, ValueError, OverflowError):
        return
    if "Age" not in answer.headers:  # else it is the date of a copy
        yield judge_clock(newsroom.clock().timestamp() - theirs, of=urlsplit(url).hostname or url)


def judge_clock(seconds: float, *, of: str) -> Finding:
    """Say whether a clock may be so many seconds ahead of another, or behind it."""
    apart = abs(seconds)
    if apart <= _LITTLE_SECONDS:
        return ok(f"it is right by the clock of {of}")
    level = warning if apart <= _MUCH_SECONDS else problem
    return level(
        f"it is {apart:,.0f} seconds {'ahead of' if seconds > 0 else 'behind'} that of {of}:"
        " signatures and leases go by it",
        remedy="let this machine's clock be kept right (timedatectl set-ntp true), and look at the other's",
    )
