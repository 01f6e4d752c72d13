"""A sender and a message that has all it must have, to be spoiled by tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pipeline.deliver.gate import LETTER_HEADERS, Rules
from pipeline.deliver.mailing import Addressee, Mailing, build, build_letter, issue_mailing
from pipeline.deliver.message import Content, Message, Origin, Sender, delivery_name
from pipeline.deliver.signing import Signer
from pipeline.deliver.stationery import Draft
from pipeline.model import Parts

NOW = datetime(2022, 2, 22, 6, 5, tzinfo=UTC)
LEAVE_URL = "https://news.lantern.example/leave/AbCdEfGhIjKlMnOpQrStUv"
DISCLAIMERS = (
    "This is not investment advice. Every investment carries risk; do your own research.",
    "本通讯不构成投资建议。任何投资均有风险，请自行研究。",
)
LEAVE_ADDRESS = "leave+AbCdEfGhIjKlMnOpQrStUv@bounces.lantern.example"
CONFIRM_URL = "https://news.lantern.example/confirm/1.aBcDeF.signature"
ADDRESS = "12 Lantern Lane, Example District, Shanghai 200000"
WHY = "You get this because you subscribed to 元宇宙日报."
RULES = Rules(disclaimers=DISCLAIMERS, postal_address=ADDRESS, why=WHY, leave_url=LEAVE_URL)
LETTER_RULES = replace(RULES, headers=LETTER_HEADERS, links=(CONFIRM_URL,))
SENDER = Sender(
    newsletter="daily",
    title="China Metaverse Daily",
    address="brief@lantern.example",
    contact="editor@lantern.example",
    site_url="https://news.lantern.example",
    return_path_domain="bounces.lantern.example",
    verp_key=b"a key of the tests",
)
ORIGIN = Origin(
    title="Lantern Press",
    address=SENDER.address,
    return_path_domain=SENDER.return_path_domain,
    verp_key=SENDER.verp_key,
)
TEXT = "\n".join(("元宇宙要闻", ".", "..", ".dot", *DISCLAIMERS, WHY, LEAVE_URL, ADDRESS, ""))
HTML = (
    "<html><head><title>t</title></head><body>"
    + "".join(f"<p>{line}</p>" for line in ("元宇宙要闻 = news", *DISCLAIMERS, WHY, ADDRESS))
    + f'<a href="{LEAVE_URL}">Leave · 退订</a></body></html>\n'
)


def content(*, subject: str = "VR in Shanghai", html: str = HTML, text: str = TEXT) -> Content:
    return Content(subject=subject, html=html, text=text, leave_url=LEAVE_URL)


def message(
    of: Content | None = None,
    *,
    sender: Sender = SENDER,
    email: str = "mei@reader.example",
    name: str = "Mei",
    subscriber_id: int = 7,
    now: datetime = NOW,
) -> Message:
    return build(
        sender, of or content(), email=email, name=name, issue_id=3, subscriber_id=subscriber_id, now=now
    )


DRAFT = Draft(
    subject="VR in Shanghai",
    text=Parts(
        fixed=("", "\n元宇宙 = market\n" + "\n".join((*DISCLAIMERS, WHY, ADDRESS)) + "\nLeave: ", "\n"),
        fields=("greeting", "leave_url"),
    ),
    html=Parts(
        fixed=(
            '<html lang="en"><head><title>t</title></head><body><p>',
            "</p>"
            + "".join(f"<p>{line}</p>" for line in ("元宇宙 = market", *DISCLAIMERS, WHY, ADDRESS))
            + '<a href="',
            '">Leave · 退订</a></body></html>\n',
        ),
        fields=("greeting", "leave_url"),
    ),
)
"""A mail with a field at the beginning of each part, and one near its end."""


def mailing(*, signer: Signer | None = None, subject: str = DRAFT.subject, draft: Draft = DRAFT) -> Mailing:
    return issue_mailing(SENDER, replace(draft, subject=subject), issue_id=3, signer=signer)


def mailed(
    of: Mailing | None = None,
    *,
    signer: Signer | None = None,
    email: str = "mei@reader.example",
    name: str = "Mei",
    greeting: str = "Good morning, Mei.",
    subject: str = DRAFT.subject,
    leave_url: str = LEAVE_URL,
    subscriber_id: int = 7,
    now: datetime = NOW,
) -> Message:
    """Return one reader's message of a mailing."""
    to = Addressee(email=email, name=name, leave_url=leave_url)
    values = {"greeting": greeting, "leave_url": leave_url}
    made = of or mailing(signer=signer, subject=subject)
    return made.write(to, values, named=delivery_name(3, subscriber_id), now=now)


def letter(
    *,
    text: str | None = None,
    html: str | None = None,
    name: str = "0a1b2c",
    signer: Signer | None = None,
) -> Message:
    """Return one of our own letters that has all it must have."""
    link = f'<a href="{CONFIRM_URL}">Confirm</a></body>'
    of = content(
        text=f"{TEXT}{CONFIRM_URL}\n" if text is None else text,
        html=HTML.replace("</body>", link) if html is None else html,
    )
    return build_letter(
        ORIGIN, of, email="mei@reader.example", kind="opt-in", token=name, now=NOW, signer=signer
    )
