"""Tell the language of a text by its script and its smallest words."""

from __future__ import annotations

import re

from pipeline.text import han_count

_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[a-z']+")
_TAG = re.compile(r"([a-zA-Z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "a",
        "is",
        "that",
        "for",
        "on",
        "with",
        "as",
        "by",
        "at",
        "from",
        "it",
        "be",
        "was",
        "are",
        "this",
        "has",
        "have",
        "will",
        "an",
        "not",
        "its",
    ]
)
_SAMPLE = 20_000
_FEW_WORDS = 5
"""Fewer Latin words than this say nothing."""


def language_of(text: str, *, declared: str | None = None) -> str:
    """Return ``en``, ``zh`` or another BCP 47 tag, ``und`` when it cannot be told.

    The script decides where it can; ``declared`` (the page's ``lang``) decides between languages of one script.
    """
    sample = text[:_SAMPLE]
    return _by_script(sample) or _by_words(sample, declared)


def _by_script(sample: str) -> str | None:
    letters = len(_LETTER.findall(sample)) or 1
    kana, hangul, han = len(_KANA.findall(sample)), len(_HANGUL.findall(sample)), han_count(sample)
    if kana / letters > 0.1:
        return "ja"
    if hangul / letters > 0.2:
        return "ko"
    return "zh" if han / letters > 0.2 else None


def _by_words(sample: str, declared: str | None) -> str:
    words = _WORD.findall(sample.lower())
    share = sum(word in _ENGLISH for word in words) / len(words) if len(words) >= _FEW_WORDS else 0.0
    if share > 0.15:
        return "en"
    tag = _declared(declared)
    if tag is not None:
        return tag
    return "en" if share > 0.08 else "und"


def _declared(tag: str | None) -> str | None:
    """Return a declared tag in its usual form; Chinese is no answer here, for its script would have shown."""
    found = _TAG.fullmatch((tag or "").strip())
    if found is None or found[1].lower() in {"zh", "ja", "ko", "und", "mul"}:
        return None
    return "en" if found[1].lower() == "en" else found[0].replace("_", "-")
