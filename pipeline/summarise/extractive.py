"""Sum up in the article's own sentences, the first ones that can stand alone.

The lead is hard to beat: no graph method measured did better than the first sentence of Chinese news without its
dateline, or the first three of English news. What does is to begin where the news does (``opening``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import dropwhile

from pipeline.summarise.boilerplate import is_byline, is_call, is_no_prose, without_dateline
from pipeline.summarise.context import is_teller, leans, sets_scene, takes_back, withdraws
from pipeline.summarise.opening import is_portrait, news_begins
from pipeline.summarise.orders import is_to_model, without_orders
from pipeline.text import clean, clean_line, han_count, is_mostly_han, script_language, sentences, word_count

MOST_WORDS = 75
MOST_HAN = 120
MOST_CHARACTERS = 900
"""No 75 English words are longer; what is has no words."""
MOST_SENTENCES = 3
READ_CHARACTERS = 20_000
"""For each sentence wanted: what stands further down is no lead, and reading a whole book would hold up the issue."""
FEWEST_HAN = 10
FEWEST_WORDS = 5
"""Shorter sentences are headings and captions more often than news."""
_CLAUSE_END = re.compile(r"[，,；;：:、—–](?=\s|[^\d\s])|\s[—–-]\s")
_SENTENCE_END = re.compile(r"[.!?。！？…][”’」』》）)\"'\s]*$")
_BARE_QUOTATION = re.compile(r"^“[^”]*”$|^「[^」]*」$|^\"[^\"]*\"$")
_PAIRS = (("“", "”"), ("「", "」"), ("『", "』"), ("《", "》"), ("（", "）"), ("(", ")"))


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A few of the article's sentences, in their order."""

    text: str
    """Empty when the article holds no sentence."""
    method: str
    """``extractive``, ``extractive-cut`` when a sentence had to be cut, ``none`` when there was nothing."""


def _is_never(_sentence: str) -> bool:
    return False


def summarise(
    title: str,
    text: str,
    *,
    language: str | None = None,
    sentences: int | None = None,
    is_barred: Callable[[str], bool] = _is_never,
) -> Summary:
    """Sum an article up; with ``sentences`` in that many whole sentences, else in one to three short ones.

    A sentence that ``is_barred`` is not taken, and neither is what leans on it.
    """
    read = text[: READ_CHARACTERS * max(sentences or 1, 1)]
    told = _unbarred(
        story_sentences(title, read, language=language or script_language(text[:2000])), is_barred
    )
    if not told:
        return Summary(text="", method="none")
    if sentences is not None:
        return Summary(text=_joined(_as_many(told, max(sentences, 1), title=title)), method="extractive")
    news = _news(told)
    begun = news[_begins(told, news, title) :]
    chosen = _fitting(told, begun) or _fitting(told, news) or [at for at in begun if _fits(told[at])][:1]
    if chosen:
        return Summary(text=_joined([told[at] for at in chosen]), method="extractive")
    return Summary(text=cut_at_clause(told[begun[0]]), method="extractive-cut")


def story_sentences(title: str, text: str, *, language: str) -> list[str]:
    """Return the sentences that tell the story, in order.

    No dateline, byline, call to subscribe, order to a language model, what it introduces, or bare title is among them.
    """
    plain = without_orders(clean(text), language=language)
    lines = [line for line in plain.split("\n") if not is_byline(line)]
    found = _with_tellers([sentence for line in lines for sentence in _without_opening(line, language)])
    heading = clean_line(title).rstrip("。.!！ ")
    return [s for s in found if not _is_no_story(s) and s.rstrip("。.!！ ") != heading]


def _begins(told: Sequence[str], news: Sequence[int], title: str) -> int:
    """Return where among the places of ``news`` a summary begins: where the news does, or with what that takes up."""
    begins = news_begins([told[at] for at in news], title)
    while begins and leans(told[news[begins]], "", is_next=False) and news[begins] - news[begins - 1] == 1:
        begins -= 1
    return begins


def _unbarred(told: Sequence[str], is_barred: Callable[[str], bool]) -> list[str]:
    kept: list[str] = []
    is_gap = False
    for sentence in told:
        is_gap = is_barred(sentence) or (is_gap and leans(sentence, "", is_next=True))
        kept += () if is_gap else (sentence,)
    return kept


def _without_opening(line: str, language: str) -> list[str]:
    """Split a paragraph, its bylines and dateline cut off even where all of it stands in one line."""
    found = list(dropwhile(_is_no_story, sentences(without_dateline(line), language)))
    opened = without_dateline(found[0]) if found else ""
    return [sentence for sentence in (opened, *found[1:]) if sentence]


def _is_no_story(sentence: str) -> bool:
    return is_no_prose(sentence) or is_call(sentence) or is_byline(sentence) or is_to_model(sentence)


def _as_many(told: Sequence[str], count: int, *, title: str) -> list[str]:
    """Take the first whole sentences from the news on, then the first of the others, headings last; keep the text's order."""
    news = _news(told)
    begins = news[news_begins([told[at] for at in news], title)]
    ranked = sorted(
        range(len(told)),
        key=lambda at: (
            not _is_news(told[at]),
            not _SENTENCE_END.search(told[at]),
            at < begins or (at > begins and sets_scene(told[at])),
        ),
    )
    return [told[at] for at in sorted(ranked[:count])]


def _news(told: Sequence[str]) -> range | list[int]:
    """Return the places of what may stand in a summary, of everything if nothing may."""
    return [at for at, sentence in enumerate(told) if _is_news(sentence)] or range(len(told))


def _with_tellers(found: Sequence[str]) -> list[str]:
    """Keep “…” and 他说 together, which a splitter parts after the quotation's full stop."""
    joined: list[str] = []
    for sentence in found:
        if joined and joined[-1].endswith(("”", "」", '"')) and is_teller(sentence):
            joined[-1] = _joined([joined[-1], sentence])
        else:
            joined.append(sentence)
    return joined


def _is_news(sentence: str) -> bool:
    """Say whether a sentence may stand in a summary: whole, and neither a firm's portrait nor a claim withdrawn."""
    return _is_whole(sentence) and not is_portrait(sentence) and not withdraws(sentence)


def _is_whole(sentence: str) -> bool:
    """Say whether a sentence is long enough, closes what it opens, and is more than somebody's words."""
    if (
        any(sentence.count(left) != sentence.count(right) for left, right in _PAIRS)
        or sentence.count('"') % 2
    ):
        return False
    if _BARE_QUOTATION.search(sentence):
        return False
    if is_mostly_han(sentence):
        return han_count(sentence) >= FEWEST_HAN
    return word_count(sentence) >= FEWEST_WORDS


def _fitting(told: Sequence[str], candidates: Sequence[int]) -> list[int]:
    """Take the first sentences that fit; one that leans on what was passed over is passed over too."""
    taken: list[int] = []
    for at in candidates:
        chosen = [told[earlier] for earlier in taken]
        is_next = bool(taken) and taken[-1] == at - 1
        is_new = told[at] not in chosen
        if (
            is_new
            and _fits(_joined([*chosen, told[at]]))
            and not leans(told[at], _joined(chosen), is_next=is_next)
        ):
            taken.append(at)
        if len(taken) == MOST_SENTENCES:
            break
    return _without_rebutted(taken, told)


def _without_rebutted(taken: list[int], told: Sequence[str]) -> list[int]:
    """Leave the last sentence out when the article takes it back in the next."""
    following = told[taken[-1] + 1 : taken[-1] + 2] if len(taken) > 1 else ()
    return taken[:-1] if any(map(takes_back, following)) else taken


def _fits(text: str) -> bool:
    if is_mostly_han(text):
        return word_count(text) <= MOST_HAN
    return word_count(text) <= MOST_WORDS and len(text) <= MOST_CHARACTERS


def cut_at_clause(sentence: str) -> str:
    """Return the longest start of a sentence that ends at a clause and fits with the “…” put after it."""
    ends = [match.start() for match in _CLAUSE_END.finditer(sentence, 0, MOST_CHARACTERS)]
    fitting = [sentence[:end].rstrip() for end in ends if _fits(sentence[:end])]
    whole = [part for part in fitting if part and _is_whole(part)]
    return f"{(whole or fitting or [_cut_hard(sentence)])[-1]}…"


def _cut_hard(sentence: str) -> str:
    """Cut between words, or between Chinese characters, where no clause ends early enough."""
    if is_mostly_han(sentence):
        return sentence[:MOST_HAN]
    return " ".join(sentence.split()[: MOST_WORDS - 1])[:MOST_CHARACTERS]


def _joined(chosen: Sequence[str]) -> str:
    return "".join(chosen) if is_mostly_han("".join(chosen)) else " ".join(filter(None, chosen))
