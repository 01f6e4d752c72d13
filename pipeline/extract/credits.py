"""Whom a Chinese text names as its reporters: ``（记者 王小明 通讯员 李四）``, at the start or the end of a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ROLE = r"(?:记者|通讯员|文\s?[/:：])"
_CREDIT = re.compile(
    rf"[（(][\u4e00-\u9fff]{{0,8}}?{_ROLE}[\s:：/]{{0,2}}([\u4e00-\u9fff·、，,/ \u3000]{{2,60}})[）)]"
)
_LINE = re.compile(
    r"(?:本报|本刊|本网)?(?:记者|通讯员)[ \u3000:：/]{1,2}([\u4e00-\u9fff·、，,:： \u3000]{2,60})"
)
_FIRST = 20
"""Characters of a paragraph before its credit at most: place, date and agency of a dateline."""
_NO_NAMES = re.compile(
    r"文\s?/\s?(?:图|摄)|(?:本报|本刊|本网)?(?:见习|实习|特约|首席)?(?:记者|通讯员)[:：]?|摄影报道|综合报道|报道"
)
_PARTING = re.compile(r"[、，,/\s]+")
_SPACED = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])[ \u3000]+([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
"""A name of two characters, set as wide as one of three."""
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8})+")
_PHOTOGRAPHER = "摄"


def credited(text: str) -> Iterator[str]:
    """Yield the reporters that the first credit of a text names; who took a picture is none."""
    found = next(filter(None, map(_reporters, _credits(text))), ())
    yield from found


def _credits(text: str) -> Iterator[str]:
    for match in _CREDIT.finditer(text):
        before = text[max(0, match.start() - _FIRST) : match.start()]
        begins = len(before) < _FIRST or "\n" in before
        if begins or text[match.end() : match.end() + 2].strip("。 ")[:1] in ("", "\n"):
            yield match[1]
    for line in text.split("\n"):
        whole = _LINE.fullmatch(line)
        if whole:
            yield whole[1]


def _reporters(credit: str) -> tuple[str, ...]:
    words = _PARTING.split(_SPACED.sub(r"\1\2", _NO_NAMES.sub(" ", credit)).strip())
    if _PHOTOGRAPHER in words:
        return ()
    return tuple(word for word in words if _NAME.fullmatch(word))
