"""Datelines, bylines and calls to subscribe are no part of the story."""

from __future__ import annotations

from time import process_time

import pytest

from pipeline.summarise.boilerplate import is_byline, is_call, is_no_prose, without_dateline


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        pytest.param(
            "WUHAN, Feb 21 (Agency) -- The hall opened.", "The hall opened.", id="en-place-date-agency"
        ),
        pytest.param("BEIJING — Officials met.", "Officials met.", id="en-place"),
        pytest.param("HANGZHOU, China (Agency) - Firms met.", "Firms met.", id="en-place-country"),
        pytest.param("BEIJING, Feb 21 — A batch joined.", "A batch joined.", id="en-place-date"),
        pytest.param(
            "NEW YORK, Feb. 3, 2022 (Agency) — A batch joined.",
            "A batch joined.",
            id="en-place-date-year-agency",
        ),
        pytest.param("Wuhan, Feb 21 — The hall opened.", "The hall opened.", id="en-place-in-small-letters"),
        pytest.param(
            "Monday, 21 February 2022, 11:15 China time BEIJING, Feb 21 — A batch joined.",
            "A batch joined.",
            id="en-after-a-printed-date",
        ),
        pytest.param(
            "21 Feb 2022 BEIJING, Feb 21 — A batch joined.",
            "A batch joined.",
            id="en-after-a-date-without-clock",
        ),
        pytest.param("2022-02-21 09:30 A batch joined.", "A batch joined.", id="printed-date-alone"),
        pytest.param(
            "2022-02-21 09:30 本报讯（记者 甲）大厅启用。", "大厅启用。", id="zh-after-a-printed-date"
        ),
        pytest.param("新华社北京2月21日电（记者甲、乙）大厅启用。", "大厅启用。", id="zh-agency"),
        pytest.param("新华社上海4月2日体育专电（记者甲）比赛结束。", "比赛结束。", id="zh-special"),
        pytest.param(
            "新华社武汉3月2日电题：大厅何时启用？ 新华社记者甲乙、丙丁 大厅启用。",
            "大厅启用。",
            id="zh-heading-and-reporters",
        ),
        pytest.param(
            "新华社武汉3月2日电通讯：一座大厅 新华社记者甲乙丙 丁戊 这一老一小看大厅启用。",
            "这一老一小看大厅启用。",
            id="zh-heading-and-reporters-parted-by-spaces",
        ),
        pytest.param("中新网武汉3月2日电 大厅启用。", "大厅启用。", id="zh-site"),
        pytest.param("本报讯（记者 甲乙）大厅启用。", "大厅启用。", id="zh-our-paper"),
        pytest.param("【快讯】本报讯（记者 甲）大厅启用。", "大厅启用。", id="zh-rubric-too"),
        pytest.param("（记者 甲乙）大厅启用。", "大厅启用。", id="zh-reporter"),
        pytest.param("记者2日从市政府获悉，大厅启用。", "大厅启用。", id="zh-learned-from"),
        pytest.param("据某某社报道，大厅启用。", "大厅启用。", id="zh-reported-by"),
        pytest.param("(Yicai) Feb. 21 -- A batch joined.", "A batch joined.", id="en-agency-before-the-date"),
        pytest.param("SHANGHAI (Reuters) - A batch joined.", "A batch joined.", id="en-place-agency"),
        pytest.param(
            "WUHAN, Feb. 21, 2022 /AgencyWire/ -- A batch joined.",
            "A batch joined.",
            id="en-agency-in-slashes",
        ),
        pytest.param("By Jane Doe, Staff Writer A batch joined.", "A batch joined.", id="en-lost-line-break"),
        pytest.param("IT之家 2 月 21 日消息，大厅启用。", "大厅启用。", id="zh-spaced-date"),
        pytest.param("本报记者 李雷 上海报道 大厅启用。", "大厅启用。", id="zh-reporter-reports"),
        pytest.param("【某某网 记者甲】大厅启用。", "大厅启用。", id="zh-rubric-with-a-reporter"),
        pytest.param("（新华社北京2月21日电）大厅启用。", "大厅启用。", id="zh-agency-in-brackets"),
        pytest.param("〔記者甲乙／桃園報導〕大廳啟用。", "大廳啟用。", id="zh-reporter-in-shell-brackets"),
        pytest.param("武汉2月21日电（记者 甲乙）大厅启用。", "大厅启用。", id="zh-place-and-date"),
        pytest.param("江城晚报武汉专电（记者 甲乙）大厅启用。", "大厅启用。", id="zh-special-without-a-date"),
        pytest.param("文/甲乙 大厅启用。", "大厅启用。", id="zh-credit-then-story"),
        pytest.param("WUHAN, Feb 21 (Agency) --", "", id="a-dateline-alone"),
    ],
)
def test_a_dateline_is_cut(line: str, rest: str) -> None:
    assert without_dateline(line) == rest


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Wuhan opened a hall on Feb 21.", id="en-sentence"),
        pytest.param("VR and AR - two ways to see.", id="en-dash"),
        pytest.param("NFT — a word of three letters — was avoided.", id="en-acronym-and-dash"),
        pytest.param("On Monday at 10:30 the hall opened.", id="en-clock-in-a-sentence"),
        pytest.param("21 February 2022 was a Monday.", id="en-date-as-subject"),
        pytest.param("武汉2月21日启用大厅。", id="zh-sentence"),
        pytest.param("2022年2月21日10:20，大厅启用。", id="zh-clock-in-a-sentence"),
        pytest.param("2022年2月21日，大厅启用。", id="zh-date-first"),
        pytest.param("武汉2月21日电影节开幕。", id="zh-date-before-a-film"),
        pytest.param("本报记者看到大厅启用。", id="zh-reporter-as-actor"),
        pytest.param("IT之家 2 月 21 日上线新栏目。", id="zh-site-as-actor"),
        pytest.param("By March the plant will make headsets.", id="en-by-a-month"),
        pytest.param("记者节活动在北京举行。", id="zh-reporters-day"),
        pytest.param("新华社发布数字藏品。", id="zh-agency-as-actor"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_sentence_stays(line: str) -> None:
    assert without_dateline(line) == line


@pytest.mark.parametrize(
    "line",
    [
        "By Jo Example",
        "来源：某网",
        "记者：甲乙",
        "责任编辑：甲",
        "2026-03-02 10:00",
        "Photo: Agency",
        "By Jane Doe, Staff Writer",
        "By Jane Doe and Joe Bloggs",
        "Jane Doe, Senior Reporter",
        "Photo by J. Doe",
        "Reporting by Jane Doe; Editing by Joe Bloggs",
        "(Writing by Jane Doe; editing by Joe Bloggs)",
        "By Jane Doe, markets reporter",
        "Reporting by the Wuhan bureau; additional reporting by Jane Doe.",
        "记者 甲乙 通讯员 丙丁",
        "图源：某公司",
        "（责任编辑：甲乙）",
        "文/甲乙",
        "图片来源于网络",
        "SHANGHAI (Reuters) -",
        "Monday, 2 March 2026, 10:00 China time",
    ],
)
def test_a_byline_is_known(line: str) -> None:
    assert is_byline(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "By noon the hall was full of people, and it rained.",
        "By March the plant will make headsets.",
        "Photo sharing grew fast in the virtual hall.",
        "Reporters saw the hall.",
        "图片生成模型上线。",
        "记者看到大厅启用。",
        "The hall opened.",
        "2022年2月21日，大厅启用。",
    ],
)
def test_a_story_line_is_no_byline(line: str) -> None:
    assert not is_byline(line)


@pytest.mark.parametrize(
    "sentence",
    [
        "Subscribe to our newsletter.",
        "点击关注我们",
        "扫码下载客户端",
        "All rights reserved.",
        "Listen to this article (3 minutes).",
        "5-minute read",
        "Disclosure: the author holds shares in Kestrel.",
        "Editor's note: this story has been corrected.",
        "This article was updated on Monday to correct a name.",
        "Tip: come before nine.",
        "Sign in to keep reading",
        "Have your say in the comments below.",
        "Prices of collectibles can fall as well as rise.",
        "推广：头显厂价包邮",
        "以上訊息僅供參考。",
        "图片来自网络，侵删。",
        "About Kestrel: Kestrel makes headsets.",
        "Media contact: Jane Doe",
        "Write to press@kestrel.example for more.",
        "Please invest responsibly.",
        "請謹慎投資，盈虧自負。",
        "點擊此處訂閱電子報。",
        "编者按：本文为系列报道之一。",
        "收听本文",
        "全文共2300字，阅读大约需要6分钟。",
    ],
)
def test_a_call_is_known(sentence: str) -> None:
    assert is_call(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The hall opened on Monday.",
        "Listening rooms opened in Wuhan.",
        "Disclosure rules for digital collectibles were tightened.",
        "Read-only badges were handed out.",
        "编者按量计费。",
        "大厅周一启用。",
        "The court ruled on the copyright of a digital collectible.",
        "About 40 firms agreed on one thing: the hall has to stay open.",
        "法院判决平台侵权，须赔偿作者。",
        "Users can subscribe to the service from May.",
        "中签者凭二维码入场。",
        "平台限制数字藏品转载与转赠。",
    ],
)
def test_news_is_no_call(sentence: str) -> None:
    assert not is_call(sentence)


@pytest.mark.parametrize(
    "line",
    [
        "By " + "Jane " * 20_000,
        "By Jane Doe" + " and Jane Doe" * 10_000 + ".",
        "Photo: " + "A. " * 20_000,
        "（记者" * 20_000,
        "本报记者" + " 李雷" * 20_000,
        "Wuhan, " * 20_000,
        "文/" * 20_000,
        "Feb. 21, " * 20_000,
    ],
    ids=lambda line: line[:12],
)
def test_a_hostile_line_is_judged_in_reasonable_time(line: str) -> None:
    start = process_time()
    is_byline(line)
    is_call(line)
    assert process_time() - start < 2


@pytest.mark.parametrize(
    "sentence",
    [
        "🔥🔥🔥",
        "2.",
        "A 5",
        "Name Price",
        "<script>alert(1)</script> The hall opened.",
        "Leave at {{ leave_url }} now.",
    ],
)
def test_signs_cells_and_program_text_are_no_prose(sentence: str) -> None:
    assert is_no_prose(sentence)


@pytest.mark.parametrize(
    "sentence", ["Hall opens.", "大厅启用。", "🔥 The hall opened!", "It costs $5 for < 2 hours.", "x" * 50]
)
def test_plain_sentences_are_prose(sentence: str) -> None:
    assert not is_no_prose(sentence)
