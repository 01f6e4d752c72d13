"""The headline of a page, without the name of the site."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.extract.tree import Element, Meta, letters_of, texts

_PARTING = re.compile(
    r"\s+[-–—|·•~*»:]\s+|\s*[|｜_]\s*|(?<=[\u4e00-\u9fff”》！？])\s?[-–—]{1,2}\s?(?=[\u4e00-\u9fffA-Z])"
)
_BARS = re.compile(r"[|｜_]")
_LEAST = 4
"""Characters a headline has at least, so that a cut never leaves a stub."""


def title_of(tree: Element, meta: Meta, *, headline: str | None, site: str | None) -> str:
    """Return the heading that one of the page's titles repeats, else the title stated most often; empty when there is none.

    ``headline`` is the JSON-LD's, ``site`` the outlet's name where the page gives it.
    """
    whole = next((line for line in texts(tree, "//title") if line), None)
    titles = [headline, meta.first("og:title"), meta.first("twitter:title"), whole]
    stated = [without_site(line, site) for line in titles if line]
    for level in ("//h1", "//*[self::h2 or self::h3]"):
        shown = [line for line in _headings(tree, level) if _is_told(line, stated)]
        if shown:
            return max(shown, key=len)
    candidates = [*stated, *_headings(tree, "//h1")[:1]]
    votes = Counter(map(letters_of, candidates))
    return max(candidates, key=lambda line: votes[letters_of(line)], default="")


def _headings(tree: Element, path: str) -> list[str]:
    return [line for line in texts(tree, path) if len(line) >= _LEAST]


def _is_told(heading: str, titles: list[str]) -> bool:
    """Tell whether a heading makes up most of one of the titles, whatever the quotes and spaces."""
    letters = letters_of(heading)
    return any(letters in (title := letters_of(line)) and 2 * len(letters) > len(title) for line in titles)


def without_site(line: str, site: str | None) -> str:
    """Cut ``… | Site`` and ``… - Channel - Site`` off a title: a named tail, what follows a bar, else all but the longest part."""
    parts = [part.strip() for part in _PARTING.split(line) if part and part.strip()]
    if len(parts) < 2:
        return line
    if site is not None and letters_of(parts[-1]) == letters_of(site):
        return line[: line.rindex(parts[-1])].rstrip(" -–—|｜_·»:")
    longest = max(parts, key=len)
    if longest is parts[0] and _BARS.search(line):
        return longest
    rest = sum(map(len, parts)) - len(longest)
    return longest if len(longest) >= max(_LEAST, 1.5 * rest) else line
