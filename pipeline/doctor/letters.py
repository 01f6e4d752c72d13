"""The templates: whether a mail of each newsletter and language can be set, and may leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.doctor.finding import Finding, ok, problem, trouble, warning
from pipeline.errors import TemplateError
from pipeline.jobs.letterhead import masthead
from pipeline.jobs.proof import proofread
from pipeline.model import Issue, IssueStatus, Item, Reference, Slot, TransportKind
from pipeline.render.specimen import Problem
from pipeline.render.variant import render

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
        for each, where in problems.items():
            level = problem if each.severity == "error" else warning
            remedy = "mend the newsroom's own template, or remove it to use the shipped one"
            yield level(f"{newsletter.key} ({', '.join(where)}): {each.message}", remedy=remedy)


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
