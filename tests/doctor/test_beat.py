"""What the doctor says of the beat."""

from __future__ import annotations

from pathlib import Path

from pipeline.doctor.beat import beat
from pipeline.doctor.finding import Level
from tests.doctor.rooms import looked_at, messages, write

OWN = """
extends = "shipped"

[beat]
en = "halls of mirrors"
sections = ["policy", "companies", "technology", "collectibles", "halls"]
"""


def test_the_shipped_beat_is_well(tmp_path: Path) -> None:
    with looked_at(write(tmp_path)) as newsroom:
        (found,) = beat(newsroom)
    assert found.level is Level.OK
    assert found.message.startswith("China’s metaverse: ")


def test_a_section_without_a_name_is_told_in_each_language(tmp_path: Path) -> None:
    home = write(tmp_path)
    (home / "lexicon.toml").write_text(OWN, encoding="utf-8")
    with looked_at(home) as newsroom:
        found = list(beat(newsroom))
    assert found[0].message.startswith("halls of mirrors: ")
    assert messages(found, Level.WARNING) == [
        "section 'halls' has no name in en: its items stand under “Also of note”",
        "section 'halls' has no name in zh: its items stand under “其他动态”",
    ]
