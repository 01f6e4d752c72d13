"""Issues as the JSON of the command line and of exports shows them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, tzinfo
from typing import Any

from pipeline.app import Newsroom
from pipeline.deliver.ledger import Tally, tally
from pipeline.errors import UsageError
from pipeline.model import Issue, Item, News, Translation
from pipeline.store import breakdown, deliveries, issues


def list_records(newsroom: Newsroom) -> list[dict[str, Any]]:
    """Return every issue, the newest slot first, with the number of its items."""
    with newsroom.database.read() as connection:
        found = issues.listing(connection)
        items = issues.item_counts(connection)
        subjects = issues.subjects(connection)
        counted = deliveries.counts_by_issue(connection)
    first = {each.key: each.languages[0] for each in newsroom.settings.newsletter}
    return [
        _record(
            issue,
            subject=_first_of(subjects.get(issue.id, {}), first.get(issue.newsletter)),
            counted=tally(counted.get(issue.id, {})),
        )
        | {"item_count": items.get(issue.id, 0)}
        for issue in found
    ]


def issue_record(newsroom: Newsroom, issue: Issue, *, language: str | None = None) -> dict[str, Any]:
    """Return one issue whole, its subject in ``language``. Raises ``UsageError`` when it is not set in that."""
    with newsroom.database.read() as connection:
        counted = tally(deliveries.counts(connection, issue.id))
    record = _record(issue, subject=_subject(newsroom, issue, language), counted=counted)
    zones = {each.key: each.zone for each in newsroom.settings.newsletter}
    zone = zones.get(issue.newsletter, UTC)
    return record | {"items": [_item(item, zone=zone) for item in issue.items]}


def breakdown_record(newsroom: Newsroom, issue: Issue) -> dict[str, Any]:
    """Return an issue's deliveries by receiving domain, and the reasons given most often; nobody's address."""
    with newsroom.database.read() as connection:
        total = tally(deliveries.counts(connection, issue.id))
        domains = breakdown.by_domain(connection, issue.id, total=total)
        reasons = breakdown.frequent_reasons(connection, issue.id)
    return {
        "domains": [{"domain": each.name, **_counted(each.tally)} for each in domains],
        "reasons": [
            {"state": each.state, "code": each.code, "reason": each.words, "number": each.number}
            for each in reasons
        ],
    }


def _subject(newsroom: Newsroom, issue: Issue, language: str | None) -> str:
    """Return the subject in the language asked for, or the newsletter's first; a missed issue has none."""
    subjects = {variant.language: variant.subject for variant in issue.variants}
    if language is not None and language not in subjects:
        there = ", ".join(subjects) or "none"
        raise UsageError(f"issue {issue.id} is not set in {language!r}; it has: {there}")
    first = {each.key: each.languages[0] for each in newsroom.settings.newsletter}.get(issue.newsletter)
    return _first_of(subjects, language or first)


def _first_of(subjects: dict[str, str], language: str | None) -> str:
    return subjects.get(language or "") or next(iter(subjects.values()), "")


def _record(issue: Issue, *, subject: str, counted: Tally) -> dict[str, Any]:
    return {
        "id": issue.id,
        "newsletter": issue.newsletter,
        "slot": issue.slot.wall,
        "subject": subject,
        "status": issue.status,
        "hold_reason": issue.hold_reason,
        "hold_detail": issue.hold_detail,
        "transport": issue.transport,
        "deliveries": _counted(counted),
    }


def _counted(counted: Tally) -> dict[str, int]:
    return {**counted.by_state(), "total": counted.total}


def _item(item: Item, *, zone: tzinfo) -> dict[str, Any]:
    return {
        "headline": item.headline,
        "summary": item.summary,
        "sources": [{"name": source.name, "url": source.url} for source in item.sources],
        "language": item.language,
        "section": item.section,
        "why_it_matters": item.why_it_matters,
        "translations": [_translation(translation) for translation in item.translations],
        "is_update": item.is_update,
        "news": _news(item.news, zone=zone) if item.news else None,
    }


def _translation(translation: Translation) -> dict[str, Any]:
    return {
        "language": translation.language,
        "headline": translation.headline,
        "summary": translation.summary,
        "why_it_matters": translation.why_it_matters,
        "outlet": translation.outlet.name if translation.outlet else None,
        "is_by_machine": translation.is_by_machine,
    }


def _news(news: News, *, zone: tzinfo) -> dict[str, Any]:
    return asdict(news) | {"since": news.since.astimezone(zone).isoformat()}


def reasons_record(issue: Issue) -> dict[str, Any]:
    """Return why each item is in and each other article is not."""
    return {
        "items": [
            {
                "headline": item.headline,
                "why": list(item.why),
                "articles": [
                    {
                        "url": article.url,
                        "source": article.source,
                        "fetched_at": article.fetched_at.isoformat(),
                        "digest": article.digest,
                    }
                    for article in item.articles
                ],
            }
            for item in issue.items
        ],
        "left_out": [{"title": out.title, "url": out.url, "why": out.why} for out in issue.left_out],
    }
