"""A small issue of our own writing, English and Chinese, and the masthead above it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pipeline.compose.disclaimer import disclaimer
from pipeline.model import Fact, Issue, IssueStatus, Item, News, Reference, Slot, Translation, TransportKind
from pipeline.render import personalise
from pipeline.render.masthead import Masthead
from pipeline.render.phrases import load_phrases
from pipeline.render.templates import open_templates
from pipeline.render.variant import render

LEAVE_URL = "https://news.lantern.example/leave/AbCdEfGhIjKlMnOpQrStUv"
PREFERENCES_URL = "https://news.lantern.example/preferences/AbCdEfGhIjKlMnOpQrStUv"
TEMPLATES = open_templates()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def source(name: str, path: str, language: str) -> Reference:
    return Reference(name=name, url=f"https://{path}", language=language)


ENGLISH = Item(
    headline="Five ministries publish a three-year plan for the industrial metaverse",
    summary="Five ministries published a plan that asks for three to five globally competitive companies by 2027. It names digital twins for factories, standards for avatars and a list of pilot cities.",
    language="en",
    section="policy",
    sources=(
        source("Harbour Times", "harbour.example/a/1", "en"),
        replace(source("灯塔日报", "dengta.example/b/2", "zh"), title="五部门发布工业元宇宙三年计划"),
    ),
    why=("plan",),
    published=at(22, 1, 15),
    gloss=("工信部", "数字孪生"),
)
CHINESE = Item(
    headline="云脉科技发布新一代混合现实头显，重量降至 280 克",
    summary="云脉科技在杭州发布新一代混合现实头显，整机重量 280 克，售价 5,999 元起，明年一月开始交付。",
    language="zh",
    section="companies",
    sources=tuple(
        source(f"外滩第{n}报", f"waitan{at}.example/x?id={at}&from=feed", "zh")
        for at, n in enumerate("一二三四五六", 1)
    ),
    why=("headset",),
    published=at(22, 3),
    gloss=("Yunmai", "Hangzhou", "mixed reality"),
    is_update=True,
    news=News(
        facts=(
            Fact(kind="stage", en="launched", zh="launched"),
            Fact(kind="number", en="5,999 yuan", zh="5,999 元", was_en="6,499 yuan", was_zh="6,499 元"),
        ),
        since=at(20, 23),
    ),
)
RETOLD = replace(
    CHINESE,
    sources=(
        *CHINESE.sources,
        replace(source("Harbour Times", "harbour.example/a/3", "en"), title="Yunmai shows a lighter headset"),
    ),
)
"""The same, and one more outlet, in the other language."""
COLLECTIBLE = Item(
    headline="Court treats a digital collectible as property",
    summary="The court granted an injunction over 12 collectibles held in a dormant wallet.",
    language="en",
    section="collectibles",
    sources=(source("Peak Post", "peak.example/court", "en"),),
    why=("collectible",),
    published=at(22, 0),
)
GUIDE = Item(
    headline="四川一县启用虚拟导游",
    summary="虚拟导游会说普通话、四川话和英语。",
    language="zh",
    section="elsewhere",
    sources=(source("岷江新闻", "minjiang.example/1", "zh"),),
    why=("guide",),
)
TOLD = Translation(
    language="en",
    headline="Yunmai shows a lighter headset",
    summary="Yunmai, a firm in Hangzhou, showed a headset of 280 grams.",
    outlet=Reference(name="Harbour Times", url="https://harbour.example/a/3", language="en"),
    published=at(22, 5, 30),
)
"""The words of the outlet that tells of the headset in English."""


def issue(*items: Item) -> Issue:
    return Issue(
        newsletter="daily",
        slot=Slot(wall="2026-11-23T07:00", instant=at(22, 23)),
        status=IssueStatus.APPROVED,
        transport=TransportKind.OUTBOX,
        items=items,
    )


FULL = issue(ENGLISH, CHINESE, COLLECTIBLE, GUIDE)
CHINESE_ONLY = issue(
    replace(RETOLD, translations=(TOLD,), why_it_matters="新头显更轻。"),
    replace(
        GUIDE,
        why_it_matters="游客可以听懂。",
        translations=(
            Translation(
                language="en",
                headline="A county in Sichuan turns on a virtual guide",
                summary="The virtual guide speaks Mandarin, Sichuanese and English.",
                why_it_matters="Visitors can understand it.",
            ),
        ),
    ),
    replace(
        GUIDE,
        headline="泉州古城启用增强现实路牌",
        summary="泉州古城启用 40 块增强现实路牌。",
        gloss=("Quanzhou", "augmented reality"),
    ),
)
"""Three ways to tell an English reader: in an outlet's words, in a machine's, and by a gloss."""


def masthead(language: str, publisher_language: str = "en") -> Masthead:
    languages = ("en", "zh") if language == "both" else (language,)
    phrased_in = publisher_language if language == "both" else language
    is_chinese = "zh" in (language, publisher_language)
    return Masthead(
        newsletter="daily",
        title="元宇宙日报" if is_chinese else "China Metaverse Daily",
        beat="中国元宇宙" if phrased_in == "zh" else "China’s metaverse",
        publisher="灯笼社" if is_chinese else "Lantern Press",
        publisher_language=publisher_language,
        postal_address="上海市示例区灯笼路12号 邮编200000"
        if is_chinese
        else "12 Lantern Lane, Example District, Shanghai 200000",
        contact="editor@lantern.example",
        timezone="Asia/Shanghai",
        disclaimers=tuple(disclaimer(each) for each in languages),
        site_url="https://news.lantern.example/",
    )


def filled(of: Issue, language: str, head: Masthead | None = None) -> tuple[str, str]:
    """Return the HTML and text one reader gets."""
    head = head or masthead(language)
    variant = render(of, language=language, masthead=head, templates=TEMPLATES)
    phrases = load_phrases(TEMPLATES, head.publisher_language if language == "both" else language)
    values = personalise.reader_values(
        phrases, title=head.title, name="Mei", leave_url=LEAVE_URL, preferences_url=PREFERENCES_URL
    )
    html = personalise.fill(personalise.compile(variant.html), values)
    text = personalise.fill(personalise.compile(variant.text), values, escape=personalise.plain)
    return html, text


def with_headline(headline: str) -> Item:
    return replace(ENGLISH, headline=headline)
