"""What is stored is looked at alike on either database."""

from __future__ import annotations

from pathlib import Path

from pipeline.doctor.examination import examine
from pipeline.doctor.finding import Level
from pipeline.store import articles
from pipeline.store.database import HEAD, Database
from tests.doctor.rooms import NOW, article, looked_at, write


def test_a_database_is_reached_and_all_that_is_stored_looked_at(tmp_path: Path, database: Database) -> None:
    with database.write() as connection:
        articles.keep_article(connection, article("harbour", at=NOW))
        articles.note_read(connection, "harbour", error=None, now=NOW)
    url = database.url.render_as_string(hide_password=False)
    if database.url.get_backend_name() == "postgresql":
        url += "&password=hunter2" if "?" in url else "?password=hunter2"
    with looked_at(write(tmp_path / "home", database={"url": url})) as newsroom:
        found = examine(newsroom)
    wanted = {"database", "clock", "readers", "sources", "schedule", "issues"}
    stored = {finding.topic: finding for finding in reversed(found) if finding.topic in wanted}
    assert set(stored) == wanted
    assert {topic for topic, finding in stored.items() if finding.level is not Level.OK} == {"readers"}
    assert stored["database"].message.endswith(f"answers, schema {HEAD}")
    assert not any("hunter2" in finding.message for finding in found)
