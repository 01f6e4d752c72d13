"""The mails that are sent: bare ones of a size, and whole issues set from the sample press."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle, islice

from pipeline.app import Newsroom
from pipeline.config import Newsletter
from pipeline.deliver.message import Message
from pipeline.demo.sample import SampleArticle, load_press, newsroom_folder
from pipeline.jobs.letterhead import disclaimers, masthead
from pipeline.model import Issue, IssueStatus, Item, Reference, Slot, TransportKind, Variant
from pipeline.render.personalise import marker
from pipeline.render.variant import render

SENDER, RECIPIENT = "brief@lantern.example", "reader@a.example"
HTML_BYTES, TEXT_BYTES = 60_000, 8_000
"""A full issue, as its reader gets it."""
LANGUAGE = "en"
_LINE = "x" * 76
_HEADERS = (
    f"From: <{SENDER}>\r\nTo: <{RECIPIENT}>\r\n"
    "Date: Tue, 22 Feb 2022 06:05:00 +0000\r\nMessage-Id: <1.2@lantern.example>\r\n\r\n"
)
"""As many as smtp-source writes."""


def bare(size: int) -> Message:
    """Return a message with a body of about ``size`` bytes, in lines as smtp-source writes them."""
    body = f"{_LINE}\r\n" * (size // (len(_LINE) + 2))
    return Message(
        id="<1.2@lantern.example>",
        envelope_from=SENDER,
        recipient=RECIPIENT,
        content=(_HEADERS + body).encode(),
    )


def issue_of(slot: Slot, variant: Variant) -> Issue:
    """Return an approved issue that is set in one variant."""
    return Issue(
        newsletter="daily",
        slot=slot,
        status=IssueStatus.APPROVED,
        transport=TransportKind.SMTP,
        variants=(variant,),
    )


def small_variant(newsroom: Newsroom, newsletter: Newsletter) -> Variant:
    """Return the least that the gate lets pass, about 1 KB."""
    lines = [
        marker("greeting"),
        *disclaimers(newsroom, LANGUAGE),
        marker("why"),
        newsroom.settings.publisher.postal_address,
    ]
    link = f'<a href="{marker("leave_url")}">Leave</a>'
    return Variant(
        language=LANGUAGE,
        subject=newsletter.title,
        preview="",
        html=f"<html><body>{''.join(f'<p>{line}</p>' for line in lines)}{link}</body></html>\n",
        text="\n".join((*lines, marker("leave_url"), "")),
    )


def full_variant(newsroom: Newsroom, newsletter: Newsletter) -> Variant:
    """Return an issue of the sample press with as many items as ``TEXT_BYTES`` hold, its HTML filled up to ``HTML_BYTES``."""
    articles = [article for article in load_press(newsroom_folder()).articles if article.on_beat]
    number, variant = 1, _set(newsroom, newsletter, articles[:1])
    while len(variant.text.encode()) < TEXT_BYTES:
        number += 1
        variant = _set(newsroom, newsletter, list(islice(cycle(articles), number)))
    return replace(variant, html=_filled_up(variant.html, articles))


def _set(newsroom: Newsroom, newsletter: Newsletter, articles: list[SampleArticle]) -> Variant:
    slot = Slot(wall="2022-02-22T06:00", instant=datetime(2022, 2, 21, 22, tzinfo=UTC))
    issue = Issue(
        newsletter=newsletter.key,
        slot=slot,
        status=IssueStatus.APPROVED,
        transport=TransportKind.SMTP,
        items=tuple(map(_item, articles)),
    )
    return render(
        issue,
        language=LANGUAGE,
        masthead=masthead(newsroom, newsletter, LANGUAGE),
        templates=newsroom.templates,
    )


def _item(article: SampleArticle) -> Item:
    url = f"https://{article.site}.example/{article.slug}"
    return Item(
        headline=article.title,
        summary=article.lead,
        language=article.language,
        section=article.section or "other",
        sources=(Reference(name=article.site, url=url, language=article.language, title=article.title),),
        why=(),
    )


def _filled_up(html: str, articles: list[SampleArticle]) -> str:
    lacking = HTML_BYTES - len(html.encode())
    prose = " ".join(" ".join(article.paragraphs) for article in articles if article.language == LANGUAGE)
    more = (prose * (lacking // len(prose) + 1))[: max(0, lacking)].replace("&", "+").replace("<", "(")
    lines = "\n".join(more[at : at + 100] for at in range(0, len(more), 100))
    return html.replace("</body>", f"<p>{lines}</p></body>")
