"""How dates and counts are said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.errors import TemplateError
from pipeline.render.phrases import load_phrases
from pipeline.render.templates import open_templates
from pipeline.select.lexicon import load
from pipeline.select.stages import stages
from tests.render.samples import TEMPLATES

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Monday, 23 November 2026"), ("zh", "2026年11月23日 星期一")]
)
def test_the_date_is_that_of_the_newsletters_zone(language: str, said: str) -> None:
    moment = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    assert load_phrases(TEMPLATES, language).date(moment, SHANGHAI) == said


@pytest.mark.parametrize(
    ("moment", "zone", "said"),
    [
        pytest.param(datetime(2026, 11, 22, 1, 15, tzinfo=UTC), "Asia/Shanghai", "22 Nov, 09:15 UTC+8", id="east"),
        pytest.param(datetime(2026, 7, 1, 12, 0, tzinfo=UTC), "America/St_Johns", "1 Jul, 09:30 UTC-2:30", id="west, half an hour"),
        pytest.param(datetime(2026, 1, 1, 12, 5, tzinfo=UTC), "Europe/London", "1 Jan, 12:05 UTC", id="no offset"),
        pytest.param(datetime(2026, 11, 22, tzinfo=UTC), "Asia/Shanghai", "22 Nov", id="a date alone, in UTC"),
        pytest.param(datetime(2026, 11, 21, 16, tzinfo=UTC), "Asia/Shanghai", "22 Nov", id="a date alone, in the zone"),
        pytest.param(datetime(2026, 11, 22, tzinfo=UTC), "America/New_York", "22 Nov", id="a date alone keeps its day"),
    ],
)  # fmt: skip
def test_a_published_time_names_its_offset(moment: datetime, zone: str, said: str) -> None:
    assert load_phrases(TEMPLATES, "en").published(moment, ZoneInfo(zone)) == said


@pytest.mark.parametrize(("number", "said"), [(0, "0 words"), (1, "1 word"), (1240, "1,240 words")])
def test_counts_agree_in_number(number: int, said: str) -> None:
    assert load_phrases(TEMPLATES, "en").count("words", number) == said


def test_a_phrase_without_its_value_is_named() -> None:
    with pytest.raises(TemplateError, match="cannot say 'why'"):
        load_phrases(TEMPLATES, "en").say("why")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_stage_of_an_update_has_its_words(language: str) -> None:
    words = load_phrases(TEMPLATES, language).words
    assert {f"stage_{stage}" for stage in stages().names} == {
        key for key in words if key.startswith("stage_")
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_section_of_the_shipped_beat_has_a_name(language: str) -> None:
    words = load_phrases(TEMPLATES, language).words
    assert {f"section_{section}" for section in load().beat.sections} <= set(words)


def test_a_newsroom_may_name_sections_of_its_own_and_nothing_else(tmp_path: Path) -> None:
    own = tmp_path / "phrases" / "en.toml"
    own.parent.mkdir()
    own.write_text('section_halls = "Halls"', encoding="utf-8")
    assert load_phrases(open_templates(tmp_path), "en").say("section_halls") == "Halls"
    own.write_text('sektion_halls = "Halls"', encoding="utf-8")
    with pytest.raises(TemplateError, match="unknown phrase 'sektion_halls'"):
        load_phrases(open_templates(tmp_path), "en")
