"""An import run again, stopped or only rehearsed: one record, one truth."""

from __future__ import annotations

import signal
import subprocess
import sys

from subscribers import leaving
from subscribers.life import Status
from subscribers.transfer import imports
from subscribers.transfer.imports import import_csv, rehearse_csv
from tests.contracts.lists import (
    Desk,
    counts,
    desk,
    end,
    status_of,
    suppressed,
    wanted,
)
from tests.contracts.people import NOW, add, sign_up

__all__ = ["desk"]


def test_a_second_run_of_a_finished_import_makes_no_second_consent(desk: Desk) -> None:
    desk.imports("email\na@x.example.com\n")
    report = desk.imports("email\na@x.example.com\n")
    assert counts(report) == (1, 0, 1, 0)
    assert report.done_before == 0
    assert desk.consents() == ["agreed at the fair"]


def test_who_left_after_an_import_stays_away_when_it_is_run_again(desk: Desk) -> None:
    desk.imports("email\na@x.example.com\n")
    end(desk, "a@x.example.com", leaving.left(origin="test"))
    assert counts(desk.imports("email\na@x.example.com\n")) == (1, 0, 1, 0)
    assert status_of(desk, "a@x.example.com") is Status.UNSUBSCRIBED


def test_a_list_of_which_nobody_is_taken_leaves_no_record(desk: Desk) -> None:
    desk.imports("email\nnobody\n")
    assert desk.consents() == []


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from pipeline.store.database import Database
from subscribers.transfer.applicants import Offer
from subscribers.transfer.imports import ListImport, import_csv

def watch(step, done, of):
    if step == "done":
        os.kill(os.getpid(), signal.SIGKILL)

database = Database(sys.argv[1])
offer = Offer(newsletter="daily", period="day", language="en", timezone="Asia/Shanghai")
wanted = ListImport(
    path=Path(sys.argv[2]), offers=(offer,), newsletter="daily", claim="agreed at the fair",
    suppression_key=b"suppression key of the tests",
)
import_csv(wanted, write=database.write, now=datetime(2022, 2, 22, 6, 5, tzinfo=UTC), watch=watch)
"""


def test_an_import_that_was_killed_goes_on_under_the_same_record_and_counts_the_whole(desk: Desk) -> None:
    number = imports.BATCH + 1
    text = "email\nnobody\n" + "".join(f"r{i}@x.example.com\n" for i in range(number))
    path = desk.folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    url = desk.database.url.render_as_string(hide_password=False)
    killed = subprocess.run([sys.executable, "-c", KILLED, url, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert desk.readers() == imports.BATCH
    report = desk.imports(text)
    assert counts(report) == (number + 1, number, 0, 1)
    assert report.done_before == imports.BATCH
    assert desk.readers() == number
    assert desk.consents() == ["agreed at the fair"]
    assert counts(desk.imports(text)) == (number + 1, 0, number, 1)


def test_a_rehearsal_says_the_same_and_writes_nothing(desk: Desk) -> None:
    with desk.database.write() as connection:
        add(connection, sign_up("left@x.example.com"))
        add(connection, sign_up("pending@x.example.com"), claim=None)
    end(desk, "left@x.example.com", leaving.left(origin="test"))
    path = desk.folder / "list.csv"
    path.write_text(
        "email,status,tags\nleft@x.example.com,,\npending@x.example.com,,\ninfo@x.example.com,,vip\n"
        "info@x.example.com,,\ngone@x.example.com,unsubscribed,\nnobody,,\nodd@x.example.com,odd,\n",
        encoding="utf-8",
    )
    before, away, records = desk.people(), suppressed(desk), desk.consents()
    rehearsed = rehearse_csv(wanted(path), read=desk.database.read, now=NOW)
    assert (desk.people(), suppressed(desk), desk.consents()) == (before, away, records)
    assert counts(rehearsed) == (7, 2, 3, 2)
    assert rehearsed == import_csv(wanted(path), write=desk.database.write, now=NOW)
