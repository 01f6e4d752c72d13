"""Untrue summaries made on purpose, the same every time: one number of a true one is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from bench.corpora import Labelled, LabelledSet
from pipeline.text import sentences

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def with_a_number_changed(text: str, *, source: str, seed: str) -> str:
    """Change one digit of one number, so that the source does not have it; empty when nothing can be changed."""
    seeded = Random(seed)  # noqa: S311 — the same change every time is what is wanted
    known = set(_NUMBER.findall(source))
    numbers = list(_NUMBER.finditer(text))
    for match in seeded.sample(numbers, len(numbers)):
        places = [place for place, sign in enumerate(match[0]) if sign.isdigit()]
        place = seeded.choice(places)
        for digit in seeded.sample("123456789", 9):
            number = f"{match[0][:place]}{digit}{match[0][place + 1 :]}"
            if number not in known:
                return f"{text[: match.start()]}{number}{text[match.end() :]}"
    return ""


def changed_leads(labelled: LabelledSet) -> list[Labelled]:
    """Return of each text its first sentences as they are, and again with a number changed where they have one."""
    return [row for each in labelled.rows for row in _leads(each)]


def _leads(row: Labelled) -> Iterator[Labelled]:
    told = {"id": row["id"], "source": row["text"]}
    changed = with_a_number_changed(row["lead"], source=row["text"], seed=row["id"])
    yield {**told, "summary": row["lead"], "supported": True}
    if changed:
        yield {**told, "id": f"{row['id']} changed", "summary": changed, "supported": False}


def changed_sentences(labelled: LabelledSet) -> list[Labelled]:
    """Return each sentence that has a number as it is, and again with one number changed."""
    return [
        row
        for each in labelled.rows
        for at, sentence in enumerate(sentences(each["text"], each["language"]))
        for row in _leads(each | {"id": f"{each['id']} {at}", "lead": sentence})
        if _NUMBER.search(sentence)
    ]


def headlines(labelled: LabelledSet) -> list[Labelled]:
    """Return each text with the headline a person gave it, which is presumed true."""
    return [
        {"id": row["id"], "source": row["text"], "summary": row["reference"], "supported": True}
        for row in labelled.rows
    ]
