"""Compose one issue of a slot: choose, set in every language, decide whether it goes out, and write it down once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from pipeline.app import Newsroom
from pipeline.compose.quorum import Decision, Policy, Yield, decide
from pipeline.compose.sections import arrange
from pipeline.config import Newsletter
from pipeline.config.values import parse_duration
from pipeline.jobs.choose import Choice, Material, choose
from pipeline.jobs.letterhead import masthead
from pipeline.jobs.proof import proofread
from pipeline.jobs.wording import word
from pipeline.model import Article, HoldReason, Issue, IssueStatus, Slot, Variant
from pipeline.render.variant import render
from pipeline.schedule import find_slot, newest_slot
from pipeline.select.duplicates import READ_CHARACTERS
from pipeline.select.novelty import MEMORY
from pipeline.select.stories import GATE
from pipeline.store import articles, drafts, issues


@dataclass(frozen=True, kw_only=True)
class Composed:
    """An issue as it stands in the store; ``is_new`` False: the slot had one already, which stays."""

    issue: Issue
    is_new: bool


def resolve_slot(newsroom: Newsroom, newsletter: Newsletter, when: str | None) -> Slot:
    """Return the slot that ``when`` names, or the newest one. Raises ``UsageError``."""
    if when is None:
        return newest_slot(newsletter.schedule, newsletter.zone, now=newsroom.clock())
    return find_slot(newsletter.schedule, newsletter.zone, when=when)


def compose(
    newsroom: Newsroom,
    newsletter: Newsletter,
    slot: Slot,
    *,
    wants_hold: bool = False,
    funnel: dict[str, int] | None = None,
) -> Composed:
    """Compose a slot's issue and write it down, unless it has one that stays.

    One missed, or held as thin or for lint, is composed anew, one held at the gate is set anew with the items it has.
    ``funnel`` holds counts from collecting.
    """
    with newsroom.database.read() as connection:
        existing = issues.find(connection, newsletter.key, slot.wall)
    if existing is not None and existing.hold_reason is HoldReason.GATE:
        return _set_anew(newsroom, newsletter, existing)
    if not may_be_composed(existing):
        return Composed(issue=_there(existing, slot), is_new=False)
    draft = draft_issue(newsroom, newsletter, slot, wants_hold=wants_hold)
    draft = replace(draft, funnel={**(funnel or {}), **draft.funnel})
    now = newsroom.clock()
    release_at = _release_at(newsletter, draft, now)
    with newsroom.database.write() as connection:
        if existing is None:
            is_new = drafts.keep(connection, draft, release_at=release_at, now=now) is not None
        else:
            is_new = drafts.keep_anew(connection, existing.id, draft, release_at=release_at, now=now)
        stored = issues.find(connection, newsletter.key, slot.wall)
    return Composed(issue=_there(stored, slot), is_new=is_new)


def may_be_composed(issue: Issue | None) -> bool:
    """Say whether composing would make a slot's issue: there is none, or one that waits for it."""
    return issue is None or drafts.waits_to_be_composed(issue)


def _there(issue: Issue | None, slot: Slot) -> Issue:
    if issue is None:
        raise LookupError(f"the issue of {slot.wall} is not in the store")
    return issue


def _set_anew(newsroom: Newsroom, newsletter: Newsletter, issue: Issue) -> Composed:
    """Set the same items with today's templates, and let the issue go on when nothing is wrong with it any more."""
    now = newsroom.clock()
    with newsroom.database.read() as connection:
        whole = _there(issues.load(connection, issue.id), issue.slot)
    languages = tuple(variant.language for variant in whole.variants)
    variants, errors = _set(newsroom, newsletter, whole, languages=languages)
    if errors:
        return Composed(issue=issue, is_new=False)
    with newsroom.database.write() as connection:
        drafts.keep_variants(connection, issue.id, variants)
        issues.release(connection, issue.id, now=now)
        return Composed(issue=_there(issues.load_bare(connection, issue.id), issue.slot), is_new=False)


def draft_issue(newsroom: Newsroom, newsletter: Newsletter, slot: Slot, *, wants_hold: bool = False) -> Issue:
    """Compose an issue without writing it down. Raises ``TemplateError``."""
    choice = choose(_material(newsroom, newsletter, slot))
    items = arrange(choice.ranked, sections=newsroom.lexicon.beat.sections)
    issue = Issue(
        newsletter=newsletter.key,
        slot=slot,
        status=IssueStatus.DRAFT,
        transport=newsroom.settings.delivery.transport,
        items=word(newsroom, newsletter, slot, items),
        left_out=choice.left_out,
        funnel=choice.funnel,
    )
    variants, errors = _set(newsroom, newsletter, issue, languages=newsletter.variants)
    decision = _decision(newsroom, newsletter, choice, slot=slot, lint_errors=errors, wants_hold=wants_hold)
    return replace(
        issue,
        variants=variants,
        status=decision.status,
        hold_reason=decision.reason,
        hold_detail=decision.detail,
    )


def _material(newsroom: Newsroom, newsletter: Newsletter, slot: Slot) -> Material:
    with newsroom.database.read() as connection:
        previous = issues.previous_slot_at(connection, newsletter.key, slot)
        good, failed = articles.seen_since(connection, previous)
        earlier = _earlier(connection, previous)
        sent = issues.sent_items(
            connection,
            newsletter.key,
            transport=newsroom.settings.delivery.transport,
            since=slot.instant - MEMORY,
            slot=slot,
        )
    return Material(
        now=slot.instant,
        zone=newsletter.zone,
        period=newsletter.period_length,
        most=newsletter.max_items,
        languages=newsletter.languages,
        articles=good,
        earlier=earlier,
        failed=failed,
        sent=sent,
        sources={source.key: source for source in newsroom.sources},
        lexicon=newsroom.lexicon,
    )


def _earlier(connection: sa.Connection, previous: datetime | None) -> tuple[Article, ...]:
    """Return the articles before the previous slot that one of today may tell the event of."""
    if previous is None:
        return ()
    return articles.seen_before(connection, previous, since=previous - GATE, characters=READ_CHARACTERS)


def _set(
    newsroom: Newsroom, newsletter: Newsletter, issue: Issue, *, languages: Sequence[str]
) -> tuple[tuple[Variant, ...], tuple[str, ...]]:
    """Set an issue in each of ``languages`` and return the variants with what lint holds against them."""
    variants = tuple(
        render(
            issue,
            language=language,
            masthead=masthead(newsroom, newsletter, language),
            templates=newsroom.templates,
        )
        for language in languages
    )
    return variants, tuple(
        error for variant in variants for error in _lint_errors(newsroom, newsletter, variant)
    )


def _lint_errors(newsroom: Newsroom, newsletter: Newsletter, variant: Variant) -> list[str]:
    problems = proofread(newsroom, newsletter, variant)
    return [f"{variant.language}: {problem.message}" for problem in problems if problem.severity == "error"]


def _decision(
    newsroom: Newsroom,
    newsletter: Newsletter,
    choice: Choice,
    *,
    slot: Slot,
    lint_errors: tuple[str, ...],
    wants_hold: bool,
) -> Decision:
    enabled = [source.key for source in newsroom.sources if source.enabled]
    with newsroom.database.read() as connection:
        states = articles.source_states_of(connection, enabled)
    recent = slot.instant - timedelta(days=1)
    read = sum(
        1 for s in states.values() if s.last_error is None and s.last_success and s.last_success >= recent
    )
    found = Yield(
        sources_enabled=len(enabled), sources_read=read, items=len(choice.ranked), lint_errors=lint_errors
    )
    policy = Policy(
        min_items=newsletter.min_items,
        on_thin=newsletter.on_thin,
        approval=newsletter.approval,
        wants_hold=wants_hold,
    )
    return decide(found, policy)


def _release_at(newsletter: Newsletter, issue: Issue, now: datetime) -> datetime | None:
    """Return when a held issue lets itself go: only one that waits for an editor, under ``auto-after``."""
    if issue.hold_reason != "approval" or not newsletter.approval.startswith("auto-after:"):
        return None
    pause = parse_duration(newsletter.approval.removeprefix("auto-after:"))
    return now + pause if isinstance(pause, timedelta) else None
