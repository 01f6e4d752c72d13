"""Articles of our own writing for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.model import Page

FETCHED = datetime(2022, 2, 22, 6, 0, tzinfo=UTC)

ENGLISH_TEXT = (
    "Wuhan will set aside land and money for companies that build virtual reality equipment, the city said on Monday.",
    "The plan names three districts where workshops for headsets, sensors and displays are to open before the end of next year.",
    "Officials said that public services, from museums to driving schools, would be the first to use what is made there.",
)
CHINESE_TEXT = (
    "武汉市二月二十一日发布虚拟现实产业行动方案，提出用两年时间建成三个产业园区，重点支持头戴设备、传感器和显示器件的研发与生产。",
    "方案提出，博物馆、驾校等公共服务机构将率先使用本地企业的产品，市级财政安排专项资金给予补贴，单个项目最高不超过五百万元。",
    "市经信局负责人表示，园区将向中小企业开放测试平台，并与高校共建实验室，培养从事数字人和三维建模的专业人才。",
)


def english(
    *, head: str = "", text: tuple[str, ...] = ENGLISH_TEXT, before: str = "", after: str = ""
) -> str:
    """Return an English news page with the usual things around the article."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text)
    return f"""<!doctype html><html lang="en"><head><title>Wuhan plans headset parks | River Daily</title>{head}</head><body>
<nav><a href="/">Home</a> <a href="/tech">Tech</a></nav><article><h1>Wuhan plans headset parks</h1>{before}{body}{after}</article>
<div class="cookie-banner">We use cookies to make this site better.</div><footer>All rights reserved by River Daily</footer></body></html>"""


def chinese(
    *, head: str = "", text: tuple[str, ...] = CHINESE_TEXT, before: str = "", charset: str = "utf-8"
) -> str:
    """Return a Chinese news page with the usual things around the article."""
    body = "".join(f"<p>　　{paragraph}</p>" for paragraph in text)
    return f"""<html><head><meta charset="{charset}"><title>武汉发布虚拟现实产业行动方案_江城日报</title>{head}</head><body>
<div class="nav"><a href="/">首页</a><a href="/keji">科技</a></div><h1>武汉发布虚拟现实产业行动方案</h1>{before}
<div class="content">{body}<p>责任编辑：王小编</p></div><div class="footer">版权所有 江城日报社</div></body></html>"""


def page(
    text: str | bytes, *, url: str = "https://river.example/news/story", content_type: str = "text/html"
) -> Page:
    """Return a page of these bytes as fetched."""
    body = text if isinstance(text, bytes) else text.encode()
    return Page(url=url, final_url=url, body=body, content_type=content_type, fetched_at=FETCHED)
