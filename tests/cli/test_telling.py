"""How an issue's way is told: no line may read as a contradiction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.cli.telling import funnel_line, item_lines
from tests.contracts.people import issue


@pytest.mark.parametrize(
    ("funnel", "told"),
    [
        pytest.param(
            {"entries": 12, "pages": 1, "articles": 0, "collected": 9, "on_beat": 3, "stories": 2, "new": 2, "items": 2},
            "just read: 12 entries, 1 new page, 0 articles; 9 articles since the last issue → 3 on the beat → 2 stories → 2 new → 2 items",
            id="what was read before counts too",
        ),
        pytest.param(
            {"entries": 1, "pages": 2, "articles": 1, "collected": 1, "on_beat": 1, "stories": 1, "new": 1, "items": 1},
            "just read: 1 entry, 2 new pages, 1 article; 1 article since the last issue → 1 on the beat → 1 story → 1 new → 1 item",
            id="one of each",
        ),
        pytest.param({"collected": 0, "items": 0}, "0 articles since the last issue → 0 items", id="composed alone"),
        pytest.param({"items": 2, "guesses": 1}, "2 items → 1 guesses", id="a step of another version"),
    ],
)  # fmt: skip
def test_what_was_read_just_now_is_told_apart_from_what_came_in(funnel: dict[str, int], told: str) -> None:
    assert funnel_line(replace(issue(), funnel=funnel)) == f"issue 0: {told}"


def test_an_items_mark_news_lines_and_words_in_other_languages_are_shown() -> None:
    words = {"headline": "郑州基金", "summary": "增至120亿元。", "why_it_matters": ""}
    shown = {
        "headline": "Zhengzhou fund grows",
        "summary": "It is 12 billion yuan now.",
        "language": "en",
        "section": "policy",
        "sources": [{"name": "The Quay", "url": "https://quay.example/1"}],
        "why_it_matters": "More firms can apply.",
        "is_update": True,
        "news": {
            "facts": [
                {"kind": "stage", "en": "adopted", "was_en": ""},
                {"kind": "number", "en": "12 billion yuan", "was_en": "10 billion yuan"},
            ],
            "since": "2026-03-02T06:00:00+08:00",
        },
        "translations": [
            {**words, "language": "zh", "outlet": "码头报", "is_by_machine": False},
            {**words, "language": "ja", "outlet": None, "is_by_machine": True, "why_it_matters": "w"},
        ],
    }
    assert list(item_lines(2, shown)) == [
        "2. Update · Zhengzhou fund grows  [policy, en]",
        "new since 2026-03-02: now adopted; 12 billion yuan (was 10 billion yuan)",
        "It is 12 billion yuan now.",
        "why it matters (machine-written): More firms can apply.",
        "The Quay",
        "by 码头报, zh: 郑州基金",
        "增至120亿元。",
        "machine-translated, ja: 郑州基金",
        "增至120亿元。",
        "why it matters (machine-written): w",
    ]
