"""What a set of answers is worth: figures by measure, and the worst misses, one pair of functions a kind of set."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bench.corpora import Labelled
from bench.measures import (
    Rates,
    b_cubed,
    balanced_accuracy,
    mean,
    pairwise,
    rates,
    rouge_l,
    rouge_n,
    rouge_tokens,
    share,
    shingle_overlap,
)

Answer = Mapping[str, Any]
Figures = dict[str, float]
LESS_IS_BETTER = frozenset({"false alarms"})


@dataclass(frozen=True, kw_only=True)
class Miss:
    """A row that went wrong; the worse the smaller its ``worth``."""

    id: str
    expected: str
    given: str
    worth: float = 0.0


def _ids(rows: Iterable[Labelled], chosen: Iterable[bool]) -> frozenset[str]:
    return frozenset(row["id"] for row, is_chosen in zip(rows, chosen, strict=True) if is_chosen)


def relevance_figures(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    """Measure what was taken for the beat, as a whole and language by language where there are two."""
    found = _beat_rates(rows, answers)
    figures = {"F1": found.f1, "precision": found.precision, "recall": found.recall}
    told = list(zip(rows, answers, strict=True))
    languages = sorted({row["language"] for row in rows} & {"en", "zh"})
    for language in languages if len(languages) > 1 else ():
        chosen = [pair for pair in told if pair[0]["language"] == language]
        figures[f"F1 {language}"] = _beat_rates([row for row, _ in chosen], [a for _, a in chosen]).f1
    return figures


def _beat_rates(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Rates:
    return rates(_ids(rows, (bool(a.get("relevant")) for a in answers)), _on_beat(rows))


def _on_beat(rows: Sequence[Labelled]) -> frozenset[str]:
    return _ids(rows, (row["label"] == "yes" for row in rows))


def relevance_misses(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Iterable[Miss]:
    """Name the headlines taken wrongly, those judged most surely first."""
    for row, answer in zip(rows, answers, strict=True):
        if bool(answer.get("relevant")) != (row["label"] == "yes"):
            score = float(answer.get("score") or 0)
            yield Miss(
                id=row["id"],
                expected=row["label"],
                given=f"{score:.2f}  {row['title']}",
                worth=-abs(score - 0.5),
            )


def _stories(rows: Sequence[Labelled], answers: Sequence[Answer]) -> dict[str, int]:
    """Return each row's story; a row with an error is one of its own."""
    return {row["id"]: a.get("story", -n) for n, (row, a) in enumerate(zip(rows, answers, strict=True), 1)}


def story_figures(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    """Measure a grouping of articles into events."""
    found, gold = _stories(rows, answers), {row["id"]: row["gold"] for row in rows}
    by_thing = b_cubed(found, gold)
    return {
        "B-cubed F1": by_thing.f1,
        "precision": by_thing.precision,
        "recall": by_thing.recall,
        "pairwise F1": pairwise(found, gold).f1,
    }


def story_misses(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Iterable[Miss]:
    """Name the articles in the wrong company, those with most wrong or missing company first."""
    found, gold = _stories(rows, answers), {row["id"]: row["gold"] for row in rows}
    for row in rows:
        beside = {other for other in found if found[other] == found[row["id"]]}
        belong = {other for other in gold if gold[other] == row["gold"]}
        if beside != belong:
            wrong = f"{len(beside - belong)} strangers, {len(belong - beside)} missing"
            yield Miss(
                id=row["id"],
                expected=str(row["gold"]),
                given=f"{wrong}  {row['title']}",
                worth=-len(beside ^ belong),
            )


def pair_figures(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    """Measure which pairs were put together; two answers a pair."""
    found = rates(_together(rows, answers), _same(rows))
    return {"F1": found.f1, "precision": found.precision, "recall": found.recall}


def _together(rows: Sequence[Labelled], answers: Sequence[Answer]) -> frozenset[str]:
    pairs = zip(answers[::2], answers[1::2], strict=True)
    return _ids(rows, ("story" in a and a.get("story") == b.get("story") for a, b in pairs))


def _same(rows: Sequence[Labelled]) -> frozenset[str]:
    return _ids(rows, (row["label"] == "same_story" for row in rows))


def pair_misses(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Iterable[Miss]:
    """Name the pairs put together or parted wrongly."""
    together = _together(rows, answers)
    for row in rows:
        if (row["id"] in together) != (row["label"] == "same_story"):
            given = "together" if row["id"] in together else "apart"
            yield Miss(id=row["id"], expected=row["label"], given=f"{given}  {row['a']} / {row['b']}")


def summary_figures(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    """Measure summaries by the wording they share with a person's."""
    pairs = [_summary_tokens(*pair) for pair in zip(rows, answers, strict=True)]
    return {
        "ROUGE-1": mean(rouge_n(found, reference, n=1) for found, reference in pairs),
        "ROUGE-2": mean(rouge_n(found, reference, n=2) for found, reference in pairs),
        "ROUGE-L": mean(rouge_l(found, reference) for found, reference in pairs),
    }


def _summary_tokens(row: Labelled, answer: Answer) -> tuple[list[str], list[str]]:
    language = row["language"]
    return (
        rouge_tokens(answer.get("summary") or "", language=language),
        rouge_tokens(row["reference"], language=language),
    )


def summary_misses(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Iterable[Miss]:
    """Name the summaries that share least with a person's."""
    for row, answer in zip(rows, answers, strict=True):
        worth = rouge_l(*_summary_tokens(row, answer))
        yield Miss(
            id=row["id"], expected=row["reference"], given=answer.get("summary") or "nothing", worth=worth
        )


def faithful_figures(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    """Measure how many untrue summaries are caught, and how many true ones with them."""
    caught, untrue = _caught(rows, answers), _ids(rows, (not row["supported"] for row in rows))
    return {
        "recall": share(len(caught & untrue), len(untrue)),
        **false_alarm_figures(rows, answers),
        "balanced accuracy": balanced_accuracy(caught, untrue, total=len(rows)),
    }


def false_alarm_figures(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    """Measure how many true summaries are taken for untrue."""
    true = _ids(rows, (row["supported"] for row in rows))
    return {"false alarms": len(_caught(rows, answers) & true) / len(true) if true else 0.0}


def _caught(rows: Sequence[Labelled], answers: Sequence[Answer]) -> frozenset[str]:
    return _ids(rows, (answer.get("supported") is False for answer in answers))


def faithful_misses(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Iterable[Miss]:
    """Name the summaries judged wrongly."""
    for row, answer in zip(rows, answers, strict=True):
        if bool(answer.get("supported", True)) != row["supported"]:
            expected = "supported" if row["supported"] else "unsupported"
            lacks = "; ".join(answer.get("unsupported", ())) or "nothing found"
            yield Miss(id=row["id"], expected=expected, given=f"{lacks}  {row['summary']}")


def _overlap(row: Labelled, answer: Answer) -> Rates:
    return shingle_overlap(answer.get("text") or "", row["articleBody"])


def page_figures(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    """Measure the text of pages, and title, day and authors where the set has them."""
    overlaps = [_overlap(*pair) for pair in zip(rows, answers, strict=True)]
    text = Rates(
        precision=mean(each.precision for each in overlaps), recall=mean(each.recall for each in overlaps)
    )
    figures = {"text F1": text.f1, "precision": text.precision, "recall": text.recall}
    for name, agrees in (("title", _same_title), ("published", _same_day), ("authors", _same_authors)):
        told = [pair for pair in zip(rows, answers, strict=True) if pair[0].get(name)]
        if told:
            figures[name] = mean(float(agrees(row[name], answer.get(name))) for row, answer in told)
    return figures


def _same_title(expected: str, given: str | None) -> bool:
    return _letters(expected) == _letters(given or "")


def _letters(text: str) -> str:
    """Return letters and digits alone, for pages are free with quotation marks, dashes and spaces."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).casefold()


def _same_day(expected: str, given: str | None) -> bool:
    """Compare days as printed; a clock near midnight in another zone may make it the day beside."""
    return given is not None and date.fromisoformat(given[:10]) == date.fromisoformat(expected[:10])


def _same_authors(expected: Sequence[str], given: Sequence[str] | None) -> bool:
    return set(map(_letters, expected)) == set(map(_letters, given or ()))


def page_misses(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Iterable[Miss]:
    """Name the pages whose text was missed most."""
    for row, answer in zip(rows, answers, strict=True):
        found = _overlap(row, answer)
        if found.f1 == 1:
            continue
        given = answer.get("error") or answer.get("text") or "nothing"
        yield Miss(
            id=row["id"],
            expected=row["articleBody"],
            given=f"P {found.precision:.2f} R {found.recall:.2f}  {given}",
            worth=found.f1,
        )


def decoding_figures(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    """Measure how many pages came back letter for letter, charset by charset."""
    charsets = dict.fromkeys(row["charset"] for row in rows)
    told = [
        (row["charset"], answer["text"] == row["text"]) for row, answer in zip(rows, answers, strict=True)
    ]
    return {charset: mean(float(right) for name, right in told if name == charset) for charset in charsets}


def decoding_misses(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Iterable[Miss]:
    """Name the pages that did not come back as they were."""
    for row, answer in zip(rows, answers, strict=True):
        if answer["text"] != row["text"]:
            yield Miss(
                id=f"{row['id']} {row['charset']}", expected=row["text"][-200:], given=answer["text"][-200:]
            )


def bounce_figures(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Figures:
    """Measure what mails that came back were taken for, of how many readers they speak, and who would be counted as gone."""
    told = list(zip(rows, answers, strict=True))
    hard = rates(
        _ids(rows, (answer.get("kind") == "hard" for answer in answers)),
        _ids(rows, (row["kind"] == "hard" for row in rows)),
    )
    return {
        "kind right": mean(float(answer.get("kind") == row["kind"]) for row, answer in told),
        "hard: precision": hard.precision,
        "hard: recall": hard.recall,
        "recipients": mean(
            float(len(answer.get("recipients", ())) == row["recipients"]) for row, answer in told
        ),
    }


def bounce_misses(rows: Sequence[Labelled], answers: Sequence[Answer]) -> Iterable[Miss]:
    """Name the mails taken for what they are not; first those that would wrongly be counted against a reader."""
    for row, answer in zip(rows, answers, strict=True):
        if answer.get("kind") != row["kind"]:
            given = f"{answer.get('kind')}  {answer.get('reason') or answer.get('error') or ''}"
            yield Miss(
                id=row["id"], expected=row["kind"], given=given, worth=-float(answer.get("kind") == "hard")
            )
