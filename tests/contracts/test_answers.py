"""A language model's answers are kept by what was asked, and forgotten when no issue can ask again."""

from __future__ import annotations

from datetime import timedelta

from pipeline.store import answers
from pipeline.store.database import Database
from tests.contracts.people import NOW


def test_an_answer_is_found_by_its_question(database: Database) -> None:
    with database.write() as connection:
        answers.keep(connection, {"a": {"summary": "一座馆启用。"}, "b": {"summary": "B."}}, now=NOW)
    with database.read() as connection:
        assert answers.find(connection, "a") == {"summary": "一座馆启用。"}
        assert answers.find(connection, "c") is None


def test_the_first_answer_stays(database: Database) -> None:
    for words in ("first", "second"):
        with database.write() as connection:
            answers.keep(connection, {"a": {"summary": words}}, now=NOW)
    with database.read() as connection:
        assert answers.find(connection, "a") == {"summary": "first"}


def test_an_old_answer_is_forgotten(database: Database) -> None:
    with database.write() as connection:
        answers.keep(connection, {"a": {"summary": "A."}}, now=NOW)
    with database.write() as connection:
        answers.keep(connection, {"b": {"summary": "B."}}, now=NOW + answers.KEPT + timedelta(seconds=1))
    with database.read() as connection:
        assert answers.find(connection, "a") is None
