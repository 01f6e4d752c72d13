"""Look a mail over before anyone gets it."""

from __future__ import annotations

from urllib.parse import urlsplit

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.jobs.fill import fill_to_show, letterset
from pipeline.jobs.letterhead import imprint
from pipeline.model import Variant
from pipeline.render.letter import set_letter
from pipeline.render.lint import Problem, lint
from subscribers.store import Letter


def proofread(newsroom: Newsroom, newsletter: Newsletter, variant: Variant) -> tuple[Problem, ...]:
    """Return what lint finds in a variant as a reader without name would get it; an error keeps it from leaving."""
    setting = letterset(newsroom, newsletter, variant)
    filled = fill_to_show(setting)
    return lint(
        filled.content.html,
        filled.content.text,
        postal_address=newsroom.settings.publisher.postal_address,
        leave_url=filled.content.leave_url,
        why=filled.why,
        disclaimers=setting.disclaimers,
        allowed_hosts=_allowed_hosts(newsroom),
    )


def proofread_letter(newsroom: Newsroom, kind: Letter, language: str) -> tuple[Problem, ...]:
    """Return what lint finds in one of our own letters with links of nobody. Raises ``TemplateError``."""
    settings, head = newsroom.settings, imprint(newsroom, language)
    page = f"{settings.site_url}/leave"
    letter = set_letter(
        kind,
        language=language,
        titles=[newsletter.title for newsletter in settings.newsletter],
        url=f"{settings.site_url}/{kind}",
        leave_url=page,
        imprint=head,
        templates=newsroom.templates,
    )
    return lint(
        letter.html,
        letter.text,
        postal_address=head.postal_address,
        leave_url=page,
        why=letter.why,
        disclaimers=head.disclaimers,
        allowed_hosts=_allowed_hosts(newsroom),
    )


def _allowed_hosts(newsroom: Newsroom) -> tuple[str, ...]:
    return (*newsroom.settings.fetch.allow_private, urlsplit(newsroom.settings.site_url).netloc)
