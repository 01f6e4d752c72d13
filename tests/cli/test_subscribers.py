"""subscribers add, import, list, unsubscribe: from the operator's side."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Metabrief

DAILY = ("--newsletter", "daily")
AGREED = ("--consent", "agreed at a reading")


def listed(metabrief: Metabrief, home: Path) -> dict[str, dict[str, object]]:
    rows = metabrief("--home", home, "subscribers", "list", "--json").json
    return {row["email"]: row for row in rows}


def test_add_with_consent_is_active_and_takes_the_newsletters_own_settings(
    metabrief: Metabrief, home: Path
) -> None:
    assert metabrief("--home", home, "subscribers", "add", "ann@test.example", *DAILY, *AGREED).code == 0
    assert listed(metabrief, home)["ann@test.example"] == {
        "email": "ann@test.example",
        "status": "active",
        "name": "",
        "language": "en",
        "timezone": "Asia/Shanghai",
        "tags": [],
        "newsletters": ["daily"],
    }


def test_add_takes_every_setting(metabrief: Metabrief, home: Path) -> None:
    metabrief("--home", home, "subscribers", "add", "bao@test.example", *DAILY, *AGREED, "--name", "宝", "--language", "both",
              "--timezone", "Europe/Berlin", "--hour", "7", "--tag", "vip", "--tag", "press")  # fmt: skip
    row = listed(metabrief, home)["bao@test.example"]
    assert (row["name"], row["language"], row["timezone"]) == ("宝", "both", "Europe/Berlin")
    assert row["tags"] == ["press", "vip"]


def test_add_without_consent_is_pending(metabrief: Metabrief, home: Path) -> None:
    ended = metabrief("--home", home, "subscribers", "add", "pen@test.example", *DAILY)
    assert ended.code == 0
    assert listed(metabrief, home)["pen@test.example"]["status"] == "pending"


def test_one_who_left_is_not_added_again(metabrief: Metabrief, home: Path) -> None:
    metabrief("--home", home, "subscribers", "add", "lea@test.example", *DAILY, *AGREED)
    assert metabrief("--home", home, "subscribers", "unsubscribe", "lea@test.example").code == 0
    assert metabrief("--home", home, "subscribers", "unsubscribe", "lea@test.example").code == 0
    ended = metabrief("--home", home, "subscribers", "add", "LEA@test.example", *DAILY, *AGREED)
    assert ended.code == 1
    assert "stays away" in ended.err
    assert listed(metabrief, home)["lea@test.example"]["status"] == "unsubscribed"


def test_unsubscribing_a_stranger_says_so(metabrief: Metabrief, home: Path) -> None:
    ended = metabrief("--home", home, "subscribers", "unsubscribe", "who@test.example")
    assert ended.code == 1
    assert "who@test.example" in ended.err


def test_import_adds_refuses_and_leaves_alone_each_with_its_reason(
    metabrief: Metabrief, home: Path, tmp_path: Path
) -> None:
    metabrief("--home", home, "subscribers", "add", "lea@test.example", *DAILY, *AGREED)
    metabrief("--home", home, "subscribers", "unsubscribe", "lea@test.example")
    file = tmp_path / "list.csv"
    file.write_text(
        "email,name,language,timezone,hour,frequency,tags\n"
        "ann@test.example,Ann,zh,Europe/Berlin,07:30,daily,a;b\n"
        "lea@test.example,Lea,,,,,\n"
        "not an address,,,,,,\n"
        "cat@test.example,,klingon,,,,\n"
        "dan@test.example,,,,,weekly,\n",
        encoding="utf-8",
    )
    ended = metabrief("--home", home, "subscribers", "import", file, *DAILY, *AGREED)
    assert ended.code == 0
    assert "5 rows = 1 added + 1 left alone + 3 refused" in ended.out
    assert "row 4, email" in ended.out
    assert "row 5, language" in ended.out
    assert "row 6, frequency" in ended.out
    people = listed(metabrief, home)
    assert set(people) == {"ann@test.example", "lea@test.example"}
    assert people["lea@test.example"]["status"] == "unsubscribed"
    assert people["ann@test.example"]["tags"] == ["a", "b"]


def test_a_file_that_is_no_list_is_not_taken(metabrief: Metabrief, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_text("name\nAnn\n", encoding="utf-8")
    assert metabrief("--home", home, "subscribers", "import", file, *DAILY, *AGREED).code == 1
    assert (
        metabrief("--home", home, "subscribers", "import", tmp_path / "gone.csv", *DAILY, *AGREED).code == 1
    )


@pytest.mark.parametrize(
    ("words", "names"),
    [
        pytest.param(("add", "no address", *DAILY, *AGREED), "no address", id="address"),
        pytest.param(("add", "a@test.example", *DAILY, *AGREED, "--language", "fr"), "fr", id="language"),
        pytest.param(
            ("add", "a@test.example", *DAILY, *AGREED, "--timezone", "Mars/Base"), "Mars/Base", id="zone"
        ),
        pytest.param(("add", "a@test.example", *DAILY, *AGREED, "--hour", "25"), "25", id="hour"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    metabrief: Metabrief, home: Path, words: tuple[str, ...], names: str
) -> None:
    ended = metabrief("--home", home, "subscribers", *words)
    assert ended.code == 1
    assert names in ended.err
    assert listed(metabrief, home) == {}
