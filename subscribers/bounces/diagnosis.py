"""What the reply of a mail server means: its code and its words, judged by the table in ``diagnostics.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from subscribers.bounces.addresses import without_addresses
from subscribers.bounces.kind import Kind

_LONGEST = 8000
_GAP = 60
_ENHANCED = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?=[ :;-]|$)")
_LINK = re.compile(r"https?://([^/\s]{1,100})\S{0,500}")
"""Of a link only the host tells something, as those of block lists do."""
_NO_MAIL = frozenset({"521", "556"})
"""Replies of a host that takes no mail at all (RFC 7504), which say more than the code beside them."""
_UNTOLD = frozenset({"4.0.0", "5.0.0"})
"""Codes that say no more than that it failed."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a reply means; ``is_told`` when its words or code say so, and it is not merely the best guess."""

    kind: Kind
    why: str
    status: str
    is_sure: bool = False
    is_told: bool = True


@dataclass(frozen=True, kw_only=True)
class _Rule:
    kind: Kind
    why: str
    is_sure: bool
    is_weak: bool
    words: tuple[tuple[str, ...], ...]
    """Each the pieces of a phrase that stand close behind one another."""


@dataclass(frozen=True, kw_only=True)
class _Table:
    rules: tuple[_Rule, ...]
    codes: Mapping[str, tuple[Kind, str]]
    replies: Mapping[str, tuple[Kind, str]]
    stages: Mapping[str, tuple[str, ...]]


@cache
def _table() -> _Table:
    found = tomllib.loads(
        files("subscribers.bounces").joinpath("diagnostics.toml").read_text(encoding="utf-8")
    )
    return _Table(
        rules=tuple(_rule(each) for each in found["rule"]),
        codes={code: (Kind(kind), why) for code, (kind, why) in found["codes"].items()},
        replies={code: (Kind(kind), why) for code, (kind, why) in found["replies"].items()},
        stages={name: tuple(words) for name, words in found["stages"].items()},
    )


def _rule(found: Mapping[str, Any]) -> _Rule:
    words = tuple(tuple(each.casefold().split(" .. ")) for each in found["words"])
    return _Rule(
        kind=Kind(found["kind"]),
        why=found["why"],
        is_sure=found.get("sure", False),
        is_weak=found.get("weak", False),
        words=words,
    )


def normal(text: str) -> str:
    """Return a text as the table's words are compared with it."""
    text = _LINK.sub(r" \1 ", text[:_LONGEST])
    return f" {' '.join(without_addresses(text).casefold().replace('’', chr(39)).split())} "


def diagnose(reply: str, *, status: str = "", story: str = "") -> Verdict:
    """Judge a reply; ``status`` is the report's own code, ``story`` the text around it, which tells what it answered to.

    Words decide before codes, and the reply's own code before the report's. A fault that the reply calls temporary is never hard.
    """
    said = normal(reply)
    code = _code(said, status)
    stage = _stage(normal(f"{reply}\n{story}"))
    rule = _first_rule(said)
    if rule is None:
        return _by_code(code, said, stage)
    return _by_words(rule, code, said, stage)


def _code(said: str, status: str) -> str:
    """Return the enhanced code that says most: the reply's own unless it is a general one."""
    found = [*_ENHANCED.findall(said), status]
    return next((each for each in found if each and each not in _UNTOLD), next(filter(None, found), ""))


def _stage(story: str) -> str:
    return next((name for name, words in _table().stages.items() if any(word in story for word in words)), "")


def _first_rule(said: str) -> _Rule | None:
    return next((rule for rule in _table().rules if any(_stands(each, said) for each in rule.words)), None)


def _stands(pieces: tuple[str, ...], text: str) -> bool:
    """Say whether the pieces stand in a text in order, each within ``_GAP`` characters of the one before."""
    at = text.find(pieces[0])
    while at >= 0:
        if len(pieces) == 1 or _follow(pieces, text, at + len(pieces[0])):
            return True
        at = text.find(pieces[0], at + 1)
    return False


def _follow(pieces: tuple[str, ...], text: str, at: int) -> bool:
    for piece in pieces[1:]:
        found = text.find(piece, at, at + _GAP + len(piece))
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _by_words(rule: _Rule, code: str, said: str, stage: str) -> Verdict:
    if rule.kind is not Kind.HARD:
        return Verdict(kind=rule.kind, why=rule.why, status=code)
    if stage == "rule":
        return Verdict(kind=Kind.SOFT, why="the reader's own rules refused it", status=code)
    if stage == "before":
        return Verdict(kind=Kind.OURS, why="our address was refused", status=code)
    if _is_temporary(code, said):
        return Verdict(kind=Kind.SOFT, why=f"{rule.why}, for now", status=code)
    coded = _of_code(code)
    is_coded = coded is not None and coded[0] is Kind.HARD
    if rule.is_weak and stage == "after" and not is_coded:
        return Verdict(kind=Kind.SOFT, why="it was refused after it had been taken in", status=code)
    is_borne_out = (
        is_coded or (stage == "recipient" and not code.startswith("5.7")) or not _REPLY.search(said)
    )
    if rule.is_weak and not is_borne_out:
        return Verdict(kind=Kind.SOFT, why=f"{rule.why}, or so it says", status=code)
    return Verdict(
        kind=Kind.HARD, why=rule.why, status=code, is_sure=rule.is_sure and coded == (Kind.HARD, rule.why)
    )


def _is_temporary(code: str, said: str) -> bool:
    if code:
        return code.startswith("4")
    replies = _REPLY.findall(said)
    return bool(replies) and all(each.startswith("4") for each in replies)


def _of_code(code: str) -> tuple[Kind, str] | None:
    """Return what the table says of a code, of all its beginnings the longest."""
    numbers = code.split(".")
    beginnings = (".".join(numbers[:length]) for length in range(len(numbers), 0, -1))
    return next((found for each in beginnings if (found := _table().codes.get(each))), None)


def _by_code(code: str, said: str, stage: str) -> Verdict:
    replies = _REPLY.findall(said)
    if found := next((_table().replies[each] for each in replies if each in _NO_MAIL), None):
        return Verdict(kind=found[0], why=found[1], status=code)
    if code and code not in _UNTOLD and (found := _of_code(code)):
        kind, why = found
        return Verdict(kind=kind, why=why, status=code)
    if stage == "before" or (stage == "after" and not _is_temporary(code, said)):
        return Verdict(kind=Kind.OURS, why="it is against the other side's policy", status=code)
    for reply in replies:
        if known := _table().replies.get(reply):
            return Verdict(kind=known[0], why=known[1], status=code)
    return Verdict(kind=Kind.SOFT, why="it could not be delivered", status=code, is_told=False)
