"""The dictionary links words and sounds of two languages that no list of ours holds."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipeline.select.dictionary import spells, translated


def test_titles_of_one_event_share_more_than_those_of_two() -> None:
    chinese = "消防队用虚拟仿真演练隧道救援"

    told = translated(chinese, "Firefighters rehearse tunnel rescue in virtual simulation")
    other = translated(chinese, "Firefighters order new engines for the harbour")

    assert told > 0.4 > 0.2 > other


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("「榕荫」发布头显", "Start-up Rongyin shows a headset"),
        ("吕梁设元宇宙馆", "Lüliang opens a hall, says Luliang"),
    ],
)
def test_a_name_is_known_again_by_its_sound(chinese: str, english: str) -> None:
    assert spells(chinese, english)
    assert not spells(chinese, "Start-up Gantry shows a headset")


def test_one_character_spells_no_name() -> None:
    assert not spells("窗", "Chuang opens")


@pytest.mark.parametrize("text", ["", "🐉", "PICO 4", "123", "\n\u200b"])
def test_a_title_without_chinese_words_shares_nothing(text: str) -> None:
    assert translated(text, "Dragon 4 Pico") == 0
    assert not spells(text, "Long Dragon")


def test_it_is_read_only_where_two_languages_meet() -> None:
    program = (
        "import pipeline.select.stories; from pipeline.select.dictionary import dictionary;"
        "assert dictionary.cache_info().currsize == 0"
    )

    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
