"""Ask a site's robots.txt before anything else of it is read (RFC 9309)."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from pipeline.errors import FetchError, FetchKind

TOKEN = "metabrief"  # noqa: S105 — the product token that robots.txt files name
MOST_BYTES = 512_000
"""What is read of a robots.txt; RFC 9309 asks for at least 500 KiB, longer ones are cut."""
LONGEST_DELAY_SECONDS = 30.0
"""A crawl-delay above this is taken as this, or its site could hardly be read in the time a run has for a source."""

FORBIDDEN = "forbidden by robots.txt"
UNREAD = "(asking for robots.txt)"
"""How the reason ends when a robots.txt could not be read, so that nothing of its site may be."""

_AGENT = re.compile(r"\s*user[- ]?agent\s*[:\s]\s*(.*)", re.IGNORECASE)

Read = Callable[[str], Awaitable[tuple[int, bytes]]]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a site's robots.txt says: its rules, or why it could not be read."""

    parsed: Protego | None = None
    failure: str | None = None
    kind: FetchKind = FetchKind.ROBOTS_UNREAD
    """Of the failure: that the site was not reached, else that its file could not be read."""

    def permit(self, url: str) -> None:
        """Raise FetchError when the rules forbid ``url`` or could not be read."""
        if self.failure is not None:
            raise FetchError(url, f"{self.failure} {UNREAD}", kind=self.kind)
        if self.parsed is not None and not self.parsed.can_fetch(url, TOKEN):
            raise FetchError(url, FORBIDDEN, kind=FetchKind.FORBIDDEN)

    @property
    def delay_seconds(self) -> float:
        """Return the pause the site asks for, in [0, LONGEST_DELAY_SECONDS]."""
        delay = self.parsed.crawl_delay(TOKEN) if self.parsed is not None else None
        return min(max(float(delay or 0.0), 0.0), LONGEST_DELAY_SECONDS)


def rules_of(status: int, body: bytes) -> Rules:
    """Judge an answer: 2xx is parsed, 4xx permits all, everything else permits nothing."""
    if 400 <= status < 500:
        return Rules()
    if not 200 <= status < 300:
        return Rules(failure=f"HTTP {status}")
    return Rules(parsed=Protego.parse(_ours(body[:MOST_BYTES].decode("utf-8-sig", "replace"))))


def _ours(text: str) -> str:
    """Fold every other robot's name into one, for the parser's time grows with names times rules."""
    lines: list[str] = []
    for line in text.splitlines():
        named = _AGENT.match(line)
        kept = line if named is None else f"User-agent: {_folded(named[1])}"
        if named is None or [kept] != lines[-1:]:
            lines.append(kept)
    return "\n".join(lines)


def _folded(name: str) -> str:
    token = name.partition("#")[0].partition("/")[0].strip().lower()
    return token if token in {"*", TOKEN} else "another"


class Robots:
    """Know each site's rules for the length of a run; every site is asked once."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._known: dict[str, Rules] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def rules(self, url: str) -> Rules:
        """Return the rules of the site that ``url`` belongs to."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        async with self._asking[site]:
            if site not in self._known:
                self._known[site] = await self._ask(f"{site}/robots.txt")
            return self._known[site]

    async def _ask(self, address: str) -> Rules:
        try:
            return rules_of(*await self._read(address))
        except FetchError as error:
            kind = FetchKind.ROBOTS_UNREAD if error.kind.is_reached else error.kind
            return Rules(failure=error.reason, kind=kind)
