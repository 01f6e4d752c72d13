"""The clauses of a text: what stands between its stops and joining words."""

from __future__ import annotations

import re
from collections.abc import Iterator

SENTENCE_END = re.compile(r"[。！？!?\n]|(?<=[^\W\d_])\.(?=\s|$)|(?<=\d)\.(?=\s|$)")
CLAUSE_END = re.compile(
    r"(?<!\d)[,，]|[,，](?!\d)|[;；:：、()（）《》“”\"]|\s[—–-]+\s|(?<=[\u4e00-\u9fff])\s(?=[\u4e00-\u9fff])"
    r"|\s(?:and|but|after|as|while|when|because|which|who|that|said|says)\s"
)


def sentences_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence starts and ends, without its stop."""
    yield from _between(SENTENCE_END, text, 0, len(text))


def clauses_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each clause of each sentence starts and ends."""
    for start, end in sentences_of(text):
        yield from _between(CLAUSE_END, text, start, end)


def _between(stop: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in stop.finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end
