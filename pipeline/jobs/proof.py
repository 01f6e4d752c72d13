"""Look a variant over before anyone gets it."""

from __future__ import annotations

from urllib.parse import urlsplit

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.jobs.fill import fill_to_show, letterset
from pipeline.model import Variant
from pipeline.render.lint import Problem, lint


def proofread(newsroom: Newsroom, newsletter: Newsletter, variant: Variant) -> tuple[Problem, ...]:
    """Return what lint finds in a variant as a reader without name would get it; an error keeps it from leaving."""
    settings = newsroom.settings
    setting = letterset(newsroom, newsletter, variant)
    filled = fill_to_show(setting)
    return lint(
        filled.content.html,
        filled.content.text,
        postal_address=settings.publisher.postal_address,
        leave_url=filled.content.leave_url,
        why=filled.why,
        disclaimers=setting.disclaimers,
        allowed_hosts=(*settings.fetch.allow_private, urlsplit(settings.site_url).netloc),
    )
