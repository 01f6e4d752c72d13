"""The headline of a page, without the name of the site."""

from __future__ import annotations

import re

from pipeline.extract.tree import Element, meta, texts

_PARTING = re.compile(
    r"\s+[-–—|·»:]\s+|\s*[|｜_]\s*|(?<=[\u4e00-\u9fff”》！？])\s?[-–—]{1,2}\s?(?=[\u4e00-\u9fffA-Z])"
)
_BARS = re.compile(r"[|｜_]")
_LEAST = 4
"""Characters a headline has at least, so that a cut never leaves a stub."""


def title_of(tree: Element, *, headline: str | None, site: str | None) -> str:
    """Return the headline that two places of the page agree on, else the likeliest; empty when there is none.

    ``headline`` is the JSON-LD's, ``site`` the outlet's name where the page gives it.
    """
    whole = next((line for line in texts(tree, "//head/title | //title") if line), "")
    headings = [line for line in texts(tree, "//h1[not(ancestor::header//nav)]") if len(line) >= _LEAST][:5]
    stated = [line for line in (meta(tree, "og:title", "twitter:title"), headline) if line]
    shown = max((line for line in headings if _agrees(line, [whole, *stated])), key=len, default=None)
    if shown is not None:
        return shown
    candidates = [*stated, *headings[:1], whole]
    return next((cut for line in candidates if (cut := without_site(line, site))), "")


def _agrees(heading: str, others: list[str]) -> bool:
    """Tell whether a heading stands in one of the page's titles, whatever the quotes and spaces."""
    return any(_letters(heading) in _letters(other) for other in others)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def without_site(line: str, site: str | None) -> str:
    """Cut ``… | Site`` and ``… - Channel - Site`` off a title: a named tail, what follows a bar, else all but the longest part."""
    parts = [part.strip() for part in _PARTING.split(line) if part and part.strip()]
    if len(parts) < 2:
        return line
    if site is not None and _letters(parts[-1]) == _letters(site):
        return line[: line.rindex(parts[-1])].rstrip(" -–—|｜_·»:")
    longest = max(parts, key=len)
    if longest is parts[0] and _BARS.search(line):
        return longest
    rest = sum(map(len, parts)) - len(longest)
    return longest if len(longest) >= max(_LEAST, 1.5 * rest) else line
