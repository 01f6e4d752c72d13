"""Too many complaints ask for a person."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.doctor.complaints import complaints
from pipeline.doctor.finding import Level
from subscribers import consent
from tests.doctor.rooms import NOW, at_work, write


@pytest.mark.parametrize(
    ("number", "level"),
    [pytest.param(0, None, id="none"), (19, Level.OK), (20, Level.PROBLEM)],
)
def test_complaints_are_counted_and_many_are_a_problem(
    tmp_path: Path, number: int, level: Level | None
) -> None:
    with at_work(write(tmp_path)) as newsroom:
        with newsroom.database.write() as connection:
            for _ in range(number):
                consent.record(
                    connection,
                    kind=consent.Kind.COMPLAINED,
                    claim="",
                    origin="mail",
                    now=NOW - timedelta(days=1),
                )
        found = list(complaints(newsroom))
    assert [each.level for each in found] == ([] if level is None else [level])
    assert all(each.message.startswith(f"{number} complaints on 0 mails in 7 days") for each in found)
    assert all(bool(each.remedy) is (each.level is Level.PROBLEM) for each in found)
