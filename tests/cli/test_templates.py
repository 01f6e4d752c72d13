"""templates list: what may be changed, and what was."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Metabrief


def test_list_tells_own_files_from_shipped_ones(metabrief: Metabrief, home: Path) -> None:
    own = home / "templates" / "text" / "closing.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text("the end\n", encoding="utf-8")
    rows = {row["name"]: row for row in metabrief("--home", home, "templates", "list", "--json").json}
    assert rows["text/closing.txt.j2"] == {"name": "text/closing.txt.j2", "path": str(own), "is_own": True}
    assert rows["issue/issue.mjml.j2"]["is_own"] is False
    assert "own      text/closing.txt.j2" in metabrief("--home", home, "templates", "list").out
