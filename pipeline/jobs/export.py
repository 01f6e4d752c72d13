"""Write an issue as files one can look at: html, txt and eml of each variant, json and md of the whole."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.deliver.mailing import build
from pipeline.deliver.message import Content
from pipeline.errors import MetabriefError
from pipeline.jobs.fill import own_first, sample_content
from pipeline.jobs.letterhead import masthead, sender
from pipeline.jobs.record import issue_record
from pipeline.model import Issue
from pipeline.render.variant import as_markdown


def export(newsroom: Newsroom, issue: Issue, folder: Path) -> tuple[Path, ...]:
    """Write an issue's files into ``folder`` and return them, those of the newsletter's own language first."""
    stem = f"{issue.newsletter}-{issue.slot.wall.replace(':', '')}"
    files: dict[str, str | bytes] = {}
    newsletter = newsroom.settings.find_newsletter(issue.newsletter)
    for variant in own_first(newsletter, issue.variants):
        content = sample_content(newsroom, newsletter, variant)
        files[f"{stem}.{variant.language}.html"] = content.html
        files[f"{stem}.{variant.language}.txt"] = content.text
        files[f"{stem}.{variant.language}.eml"] = _eml(newsroom, newsletter, issue, content)
        files[f"{stem}.{variant.language}.md"] = _markdown(newsroom, newsletter, issue, variant.language)
    files[f"{stem}.json"] = json.dumps(issue_record(newsroom, issue), ensure_ascii=False, indent=2) + "\n"
    return tuple(_write(folder / name, content) for name, content in files.items())


def _eml(newsroom: Newsroom, newsletter: Newsletter, issue: Issue, content: Content) -> bytes:
    message = build(
        sender(newsroom, newsletter),
        content,
        email="reader@example.org",
        name="",
        issue_id=issue.id,
        subscriber_id=0,
        now=issue.slot.instant,
    )
    return message.content


def _markdown(newsroom: Newsroom, newsletter: Newsletter, issue: Issue, language: str) -> str:
    return as_markdown(
        issue,
        language=language,
        masthead=masthead(newsroom, newsletter, language),
        templates=newsroom.templates,
    )


def _write(path: Path, content: str | bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise MetabriefError(f"{path} cannot be written: {error.strerror}; choose another folder") from error
    return path
