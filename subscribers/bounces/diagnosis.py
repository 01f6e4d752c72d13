"""What the reply of a mail server means: its code and its words, judged by the table in ``diagnostics.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
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
_SPEAKER = re.compile(
    r"\b(host|connect to|connected to|lost connection with|conversation with) (?:[\w-]{1,63}\.){1,10}[\w-]{1,63}(?= ?\[)"
    r"|\b(while talking to) (?:[\w-]{1,63}\.){1,10}[\w-]{0,63}"
)
"""The host that was spoken with, whose name is no word of its reply."""
_HOST = re.compile(r"(?<![\w.@-])(?:[\w-]{1,63}\.){1,10}[^\W\d_][\w-]{1,62}(?![\w@])")
_MISSING = re.compile(
    rf"({_HOST.pattern}) (?:does not exist|doesn't exist|not found|is unknown|is not valid|is not a valid|is invalid)"
)
_NO_HOST = "no such host"
_NO_USER = "no such user"
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
    """It is said of other things too, so that its code and what it answered to are asked as well."""
    words: tuple[tuple[str, ...], ...]
    """Each the pieces of a phrase that stand close behind one another."""


@dataclass(frozen=True, kw_only=True)
class _Table:
    rules: tuple[_Rule, ...]
    codes: Mapping[str, tuple[Kind, str]]
    replies: Mapping[str, tuple[Kind, str]]
    stages: Mapping[str, tuple[str, ...]]
    doubts: Mapping[str, tuple[str, ...]]


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
        doubts={name: tuple(words) for name, words in found["doubts"].items()},
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
    said = " ".join(without_addresses(text).casefold().replace("’", "'").split())
    return f" {_SPEAKER.sub(_without_name, said)} "


def _without_name(found: re.Match[str]) -> str:
    return found[1] or found[2]


def diagnose(reply: str, *, status: str = "", story: str = "", recipients: Sequence[str] = ()) -> Verdict:
    """Judge a reply; ``status`` is the report's own code, ``story`` the text around it, which tells what it answered to.

    Words decide before codes, and the reply's own code before the report's. A fault that the reply calls temporary is never
    hard, nor one that was told before a recipient was named, nor that of a host which is none of the ``recipients``'.
    """
    said, around = normal(reply), normal(f"{reply}\n{story}")
    code = _code(said, status)
    stage = _stage(around)
    rule = _first_rule(said)
    found = _by_code(code, said, stage) if rule is None else _by_words(rule, code, said, stage)
    if found.kind is not Kind.HARD:
        return found
    if rule is None and (refusal := _refusal(said, around)):
        return Verdict(kind=refusal[0], why=refusal[1], status=code)
    if _is_of_another(found.why, reply, recipients):
        is_said = _REPLY.search(said) is not None
        kind = Kind.OURS if is_said else Kind.SOFT
        return Verdict(kind=kind, why="a host that is not the reader's was not found", status=code)
    return found


def _refusal(said: str, around: str) -> tuple[Kind, str] | None:
    """Return what a reply means that the code alone calls hard, while its words say that it does not want us."""
    doubts = _table().doubts
    if any(word in said for word in doubts["blocked"]) or any(word in around for word in doubts["headlines"]):
        return Kind.OURS, "it is against the other side's policy"
    if any(word in said for word in doubts["refused"]):
        return Kind.SOFT, "it was refused, and not said why"
    return None


def _is_of_another(why: str, reply: str, recipients: Sequence[str]) -> bool:
    """Say whether a reply calls hosts missing, and none of them has to do with a recipient's domain."""
    lines = reply[:_LONGEST].splitlines()
    told = "\n".join(line for line in lines if why != _NO_HOST or _tells_of_host(normal(line)))
    text = _SPEAKER.sub("", _LINK.sub(" ", without_addresses(told).casefold()))
    names = (_HOST if why == _NO_HOST else _MISSING).findall(text)
    named = [each for each in names if not each.startswith("resolver.")]
    domains = [each.rpartition("@")[2].casefold() for each in recipients]
    related = (
        f".{host}".endswith(f".{domain}") or f".{domain}".endswith(f".{host}")
        for host in named
        for domain in domains
    )
    return bool(named and domains) and not any(related)


def _tells_of_host(line: str) -> bool:
    rules = (rule for rule in _table().rules if rule.why == _NO_HOST)
    return any(_stands(each, line) for rule in rules for each in rule.words)


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
    coded = _of_code(code)
    if rule.kind is not Kind.HARD:
        if rule.is_weak and _is_rather_ours(code, said, stage):
            return Verdict(kind=Kind.OURS, why="it is against the other side's policy", status=code)
        return Verdict(kind=rule.kind, why=rule.why, status=code)
    if objection := _objection(rule.why, code, said, stage):
        return Verdict(kind=objection[0], why=objection[1], status=code)
    is_coded = coded is not None and coded[0] is Kind.HARD
    if rule.is_weak and stage == "after" and not is_coded:
        return Verdict(kind=Kind.SOFT, why="it was refused after it had been taken in", status=code)
    is_borne_out = is_coded or stage == "recipient" or not _REPLY.search(said)
    if rule.is_weak and not is_borne_out:
        return Verdict(kind=Kind.SOFT, why=f"{rule.why}, or so it says", status=code)
    return Verdict(
        kind=Kind.HARD, why=rule.why, status=code, is_sure=rule.is_sure and coded == (Kind.HARD, rule.why)
    )


def _is_rather_ours(code: str, said: str, stage: str) -> bool:
    """Say whether what is called a passing fault was told of us and for good, by its code or by what it answered to."""
    coded = _of_code(code)
    if coded is not None and coded[0] is Kind.OURS and code.startswith("5"):
        return True
    return stage == "before" and any(each.startswith("5") for each in _REPLY.findall(said))


def _objection(why: str, code: str, said: str, stage: str) -> tuple[Kind, str] | None:
    """Return what a reply means that seems hard and is not, for what it answered to, whom it speaks of or its code."""
    if stage == "rule":
        return Kind.SOFT, "the reader's own rules refused it"
    if stage == "before":
        return Kind.OURS, "our address was refused"
    if any(word in said for word in _table().doubts["ours"]):
        return Kind.OURS, "it speaks of us and not of the reader"
    if _is_temporary(code, said):
        return Kind.SOFT, f"{why}, for now"
    coded = _of_code(code)
    if coded is None or coded[0] is not Kind.OURS:
        return None
    is_heard = why == _NO_USER and stage == "recipient" and code.startswith("5.7")
    return (Kind.SOFT, f"{why}, or so it says") if is_heard else coded


def _is_temporary(code: str, said: str) -> bool:
    replies = _REPLY.findall(said)
    return code.startswith("4") or (bool(replies) and all(each.startswith("4") for each in replies))


def _of_code(code: str) -> tuple[Kind, str] | None:
    """Return what the table says of a code, of all its beginnings the longest."""
    numbers = code.split(".")
    beginnings = (".".join(numbers[:length]) for length in range(len(numbers), 0, -1))
    return next((found for each in beginnings if (found := _table().codes.get(each))), None)


def _by_code(code: str, said: str, stage: str) -> Verdict:
    replies = _REPLY.findall(said)
    found = next((_table().replies[each] for each in replies if each in _NO_MAIL), None)
    if found is None and code not in _UNTOLD:
        found = _of_code(code)
    if found is not None and found[0] is Kind.HARD:
        found = _objection(found[1], code, said, stage) or found
    if found is None and (stage == "before" or (stage == "after" and not _is_temporary(code, said))):
        found = Kind.OURS, "it is against the other side's policy"
    if found is None:
        found = next((known for each in replies if (known := _table().replies.get(each))), None)
    if found is None:
        return Verdict(kind=Kind.SOFT, why="it could not be delivered", status=code, is_told=False)
    return Verdict(kind=found[0], why=found[1], status=code)
