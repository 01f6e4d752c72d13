"""Is it news, or does it sell? An advertisement dressed as news says so somewhere, or speaks to its reader as a buyer.

``promotion.toml`` holds the phrases. What a text quotes, or warns of, does not count against it.
"""

from __future__ import annotations

import re

from pipeline.select.pitch import first_said, phrases

_LONGEST_LABEL = 16
"""Characters of a paragraph, or of what stands in brackets or before a colon at the head, that is but a label."""
_EITHER_END = 1000
"""Characters at the head and at the end; what sells does so there."""
_HEADING = re.compile(rf"\s*[\[【(（]?(.{{1,{_LONGEST_LABEL}}}?)(?:[\]】)）:：|｜]|$)")


def salesmanship(title: str, text: str) -> tuple[str, ...]:
    """Return what gives an article away as an advertisement, in words; empty for news.

    A label is enough. Else it must call on its reader to act *and* hold out an offer or a gain.
    """
    label = _label(title, text.split("\n"))
    if label:
        return (f"it is labelled “{label}”",)
    told = (
        f"{title}\n{text}"
        if len(text) <= 2 * _EITHER_END
        else f"{title}\n{text[:_EITHER_END]}\n{text[-_EITHER_END:]}"
    )
    call = first_said("call", told)
    held_out = {kind: said for kind in ("offer", "gain") if call and (said := first_said(kind, told))}
    return tuple(f"{kind}: “{said}”" for kind, said in {"call": call, **held_out}.items()) if held_out else ()


def _label(title: str, paragraphs: list[str]) -> str:
    """Return what an article says of itself: before its title, or in its first or last paragraph."""
    ends = paragraphs[0], paragraphs[-1]
    for told in (title, *ends):
        if declared := phrases("declared").find(told):
            return told[declared.start() : declared.end()]
    marks = _HEADING.match(title), _HEADING.match(paragraphs[0]), _HEADING.fullmatch(paragraphs[-1])
    heads = (match[1].strip() for match in marks if match)
    return next((head for head in heads if phrases("label").match_whole(head)), "")
