"""Mails: whether one of each newsletter and language can be set and may leave, and whether our own letters do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import product

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.doctor.finding import Finding, ok, problem, trouble, warning
from pipeline.errors import TemplateError
from pipeline.jobs.letterhead import masthead
from pipeline.jobs.proof import proofread, proofread_letter
from pipeline.model import Issue, IssueStatus, Item, LetterState, Reference, Slot, TransportKind
from pipeline.render.specimen import Problem
from pipeline.render.variant import render
from pipeline.store.letters import number_ended, number_waiting
from subscribers.preferences import LANGUAGES
from subscribers.store import Letter

_FULL = (
    Item(
        headline="A specimen headline",
        summary="A specimen of a summary. It has two sentences.",
        language="en",
        section="policy",
        sources=(
            Reference(name="Specimen Times", url="https://specimen.example/1", language="en"),
            Reference(name="样张晚报", url="https://specimen.example/3", language="zh", title="样张报道"),
        ),
        why=(),
        gloss=("样张",),
    ),
    Item(
        headline="样张标题",
        summary="这是一条样张摘要。",
        language="zh",
        section="other",
        sources=(Reference(name="样张日报", url="https://specimen.example/2", language="zh"),),
        why=(),
        gloss=("specimen",),
        is_update=True,
    ),
)
_SPECIMENS: tuple[tuple[tuple[Item, ...], dict[str, int]], ...] = (
    (_FULL, {"collected": 2}),
    ((), {"collected": 2}),
    ((), {"collected": 0}),
)
"""What an issue may be made of: items, articles of which none is news, or nothing at all."""
_LATELY = timedelta(days=7)
_LATE = timedelta(hours=1)
"""Somebody waits for it; a relay that was away for a while has been tried again by then."""


def templates(newsroom: Newsroom) -> Iterator[Finding]:
    """Set a full and two empty specimens of each newsletter in each language, and look them over."""
    for newsletter in newsroom.settings.newsletter:
        try:
            problems = _problems(newsroom, newsletter)
        except TemplateError as error:
            yield trouble(error)
            continue
        if not any(each.severity == "error" for each in problems):
            yield ok(f"{newsletter.key} can be set in {', '.join(newsletter.variants)}")
        yield from _told(newsletter.key, problems)


def own_letters(newsroom: Newsroom) -> Iterator[Finding]:
    """Set a specimen of each of our own letters in each language, and look it over."""
    found: defaultdict[Problem, list[str]] = defaultdict(list)
    try:
        for kind, language in product(Letter, LANGUAGES):
            for each in proofread_letter(newsroom, kind, language):
                found[each].append(f"{kind} {language}")
    except TemplateError as error:
        yield trouble(error)
        return
    if not any(each.severity == "error" for each in found):
        yield ok(f"our own letters can be set in {', '.join(LANGUAGES)}")
    yield from _told("our own letters", found)


def _told(what: str, problems: Mapping[Problem, Sequence[str]]) -> Iterator[Finding]:
    for each, where in problems.items():
        level = problem if each.severity == "error" else warning
        remedy = "mend the newsroom's own template, or remove it to use the shipped one"
        yield level(f"{what} ({', '.join(where)}): {each.message}", remedy=remedy)


def _problems(newsroom: Newsroom, newsletter: Newsletter) -> dict[Problem, list[str]]:
    """Return what lint finds, each thing once, with the languages it is found in."""
    found: defaultdict[Problem, list[str]] = defaultdict(list)
    slot = Slot(wall=f"{newsroom.clock():%Y-%m-%dT%H:%M}", instant=newsroom.clock())
    for language in newsletter.variants:
        head = masthead(newsroom, newsletter, language)
        for items, funnel in _SPECIMENS:
            issue = Issue(
                newsletter=newsletter.key,
                slot=slot,
                status=IssueStatus.DRAFT,
                transport=TransportKind.OUTBOX,
                items=items,
                funnel=funnel,
            )
            variant = render(issue, language=language, masthead=head, templates=newsroom.templates)
            for each in proofread(newsroom, newsletter, variant):
                if language not in found[each]:
                    found[each].append(language)
    return found


def waiting(newsroom: Newsroom) -> Iterator[Finding]:
    """Say whether our own letters leave."""
    with newsroom.database.read() as connection:
        number = number_waiting(connection, queued_before=newsroom.clock() - _LATE)
        since = newsroom.clock() - _LATELY
        failed, started = (
            number_ended(connection, state, since=since)
            for state in (LetterState.FAILED, LetterState.STARTED)
        )
    if number:
        yield warning(
            f"{number} of our own letters, to confirm a sign-up or the like, waited for longer than an hour",
            remedy="metabrief subscribers letters says why, with --send it sends them; and see that `metabrief serve` runs",
        )
    else:
        yield ok("none of our own letters waits for long")
    if failed or started:
        yield ok(
            f"of our own letters of the last week {failed} failed, and of {started} nobody knows whether they left;"
            " metabrief subscribers letters lists them"
        )
