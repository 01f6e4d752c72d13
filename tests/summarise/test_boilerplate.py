"""Datelines, bylines and calls to subscribe are no part of the story."""

from __future__ import annotations

import pytest

from pipeline.summarise.boilerplate import is_byline, is_call, without_dateline


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        pytest.param(
            "WUHAN, Feb 21 (Agency) -- The hall opened.", "The hall opened.", id="en-place-date-agency"
        ),
        pytest.param("BEIJING — Officials met.", "Officials met.", id="en-place"),
        pytest.param("HANGZHOU, China (Agency) - Firms met.", "Firms met.", id="en-place-country"),
        pytest.param("新华社北京2月21日电（记者甲、乙）大厅启用。", "大厅启用。", id="zh-agency"),
        pytest.param("新华社上海4月2日体育专电（记者甲）比赛结束。", "比赛结束。", id="zh-special"),
        pytest.param("中新网武汉3月2日电 大厅启用。", "大厅启用。", id="zh-site"),
        pytest.param("本报讯（记者 甲乙）大厅启用。", "大厅启用。", id="zh-our-paper"),
        pytest.param("【快讯】本报讯（记者 甲）大厅启用。", "大厅启用。", id="zh-rubric-too"),
        pytest.param("（记者 甲乙）大厅启用。", "大厅启用。", id="zh-reporter"),
        pytest.param("记者2日从市政府获悉，大厅启用。", "大厅启用。", id="zh-learned-from"),
        pytest.param("据某某社报道，大厅启用。", "大厅启用。", id="zh-reported-by"),
    ],
)
def test_a_dateline_is_cut(line: str, rest: str) -> None:
    assert without_dateline(line) == rest


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Wuhan opened a hall on Feb 21.", id="en-sentence"),
        pytest.param("VR and AR - two ways to see.", id="en-dash"),
        pytest.param("武汉2月21日启用大厅。", id="zh-sentence"),
        pytest.param("记者节活动在北京举行。", id="zh-reporters-day"),
        pytest.param("新华社发布数字藏品。", id="zh-agency-as-actor"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_sentence_stays(line: str) -> None:
    assert without_dateline(line) == line


@pytest.mark.parametrize(
    "line", ["By Jo Example", "来源：某网", "记者：甲乙", "责任编辑：甲", "2026-03-02 10:00", "Photo: Agency"]
)
def test_a_byline_is_known(line: str) -> None:
    assert is_byline(line)


@pytest.mark.parametrize(
    "line", ["By noon the hall was full of people, and it rained.", "记者看到大厅启用。", "The hall opened."]
)
def test_a_story_line_is_no_byline(line: str) -> None:
    assert not is_byline(line)


@pytest.mark.parametrize(
    "sentence", ["Subscribe to our newsletter.", "点击关注我们", "扫码下载客户端", "All rights reserved."]
)
def test_a_call_is_known(sentence: str) -> None:
    assert is_call(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The hall opened on Monday.",
        "大厅周一启用。",
        "The court ruled on the copyright of a digital collectible.",
        "Users can subscribe to the service from May.",
        "中签者凭二维码入场。",
        "平台限制数字藏品转载与转赠。",
    ],
)
def test_news_is_no_call(sentence: str) -> None:
    assert not is_call(sentence)
