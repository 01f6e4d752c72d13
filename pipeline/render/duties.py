"""What a mail must say in both its parts: disclaimer, postal address, the way out, and why it came."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.render.links import scheme
from pipeline.render.specimen import Problem, Specimen, error, squeezed, warning

_NO_ADVICE = re.compile(
    r"not(?:constitute|tobetakenas|meantas|intendedas)?(?:any|an)?investmentadvice|[不非](?:构成|構成|是|作为|作為)?(?:任何)?(?:投资建议|投資建議)"
)
_RISK = re.compile(r"risk|风险|風險")
_RESEARCH = re.compile(r"yourown|自行|自己|独立研究|獨立研究")
_LEAVE = re.compile(r"unsubscri|opt-?out|退订|退訂|取消订阅|取消訂閱", re.IGNORECASE)
_WHY = re.compile(
    r"you(?:['’]re|are)?(?:get|receiv|subscribed|signedup)|becauseyou|[您你]?(?:收到|订阅|訂閱).{0,40}(?:因为|因為|订阅|訂閱)"
)
_STREET = r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Boulevard|Blvd|Drive|Way|Square|Sq|Court|Place|Highway|Parkway|Plaza|Terrace|Quay|Row|Crescent|Close|Alley|Broadway|Mews)"
_POSTAL = (
    re.compile(rf"\b\d{{1,6}}[A-Za-z]?(?:-\d+)?,? +(?:[A-Z0-9][\w.'’-]* +){{1,5}}{_STREET}\b"),
    re.compile(r"\bP\.? ?O\.? +Box +\d+", re.IGNORECASE),
    re.compile(r"\b[A-ZÄÖÜ][\wäöüß.-]*(?:str\.|straße|strasse|weg|platz|allee|gasse) +\d+"),
    re.compile(
        r"\b(?:rue|avenue|boulevard|via|calle|place)\b.{2,40}\b\d{4,5} +[A-Z]|\b\d+,? +(?:rue|avenue|boulevard)\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b[A-Z]{2},? +\d{5}(?:-\d{4})?\b"),
    re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? +\d[A-Z]{2}\b"),
    re.compile(r"\b[A-Z][a-z]+,? +\d{6}\b"),
    re.compile(r", *\d{5} +[A-Z][a-z]+"),
    re.compile(r"[路街道巷弄段里村] *[A-Za-z]?\d+(?:[-－]\d+)? *[号號弄]"),
    re.compile(r"(?:邮编|郵編|邮政编码|郵政編碼|信箱)[:：]? *[A-Za-z]?\d+"),
)


def duties(mail: Specimen) -> Iterator[Problem]:
    """Yield what the mail owes its reader and does not hold."""
    yield from _disclaimer(mail)
    yield from _postal_address(mail)
    yield from _leave_link(mail)
    yield from _why(mail)


def _disclaimer(mail: Specimen) -> Iterator[Problem]:
    for part, seen in mail.parts:
        text = squeezed(seen)
        if not _NO_ADVICE.search(text):
            yield error(
                "disclaimer", part, "nothing says that this is not investment advice; add the disclaimer"
            )
        elif any(squeezed(whole) not in text for whole in mail.disclaimers):
            yield error("disclaimer", part, "the disclaimer is not whole; print it as it is given")
        elif not (_RISK.search(text) and _RESEARCH.search(text)):
            yield warning(
                "disclaimer-incomplete", part, "name the risk and the reader's own research beside it"
            )


def _postal_address(mail: Specimen) -> Iterator[Problem]:
    for part, seen in mail.parts:
        if mail.postal_address is not None:
            wanted = squeezed(mail.postal_address)
            is_there = bool(wanted) and wanted in squeezed(seen)
        else:
            is_there = any(shape.search(seen) for shape in _POSTAL)
        if not is_there:
            yield error(
                "postal-address", part, "no postal address of the publisher; add it to the closing words"
            )


def _leave_link(mail: Specimen) -> Iterator[Problem]:
    links = [link for link in mail.anatomy.named("a", "area") if not link.is_hidden]
    leaving = [
        link.get("href") for link in links if _LEAVE.search(link.text) or _LEAVE.search(link.get("href"))
    ]
    leaving = [url for url in leaving if scheme(url) in {"http", "https"}]
    if mail.leave_url is not None:
        leaving = [link.get("href") for link in links if link.get("href") == mail.leave_url]
    if not leaving:
        yield error("leave-link", "html", "no link by which a reader leaves; add one to the closing words")
    if mail.text is not None and not _leads_out(mail.text, mail.leave_url, leaving):
        yield error("leave-link", "text", "no address by which a reader leaves; add it to the closing words")


def _leads_out(text: str, leave_url: str | None, leaving: list[str]) -> bool:
    if leave_url is not None:
        return leave_url in text
    says_so = re.search(
        rf"(?:{_LEAVE.pattern})[^\n]*\n?[^\n]*https?://|https?://\S*(?:{_LEAVE.pattern})", text, re.IGNORECASE
    )
    return bool(says_so) or any(url in text for url in leaving)


def _why(mail: Specimen) -> Iterator[Problem]:
    for part, seen in mail.parts:
        text = squeezed(seen)
        if mail.why is not None and squeezed(mail.why) not in text:
            yield error("why", part, "nothing says why the reader gets this; add the field `why`")
        elif mail.why is None and not _WHY.search(text):
            yield warning("why", part, "nothing seems to say why the reader gets this")
