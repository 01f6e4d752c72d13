"""The list goes out, and comes in again without loss."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

from pipeline.store.database import Database
from subscribers import leaving
from subscribers.life import Status
from subscribers.schema import subscribers
from subscribers.transfer.exports import export_csv
from subscribers.transfer.writing import writer
from tests.contracts.lists import (
    Desk,
    counts,
    desk,
    end,
)
from tests.contracts.people import add, sign_up

__all__ = ["desk"]


def exported(desk: Desk) -> str:
    file = io.StringIO()
    with desk.database.read() as connection:
        export_csv(connection, writer(file))
    return file.getvalue()


def test_the_list_goes_out_and_comes_in_elsewhere_without_loss(desk: Desk, tmp_path: Path) -> None:
    desk.imports(
        "email,name,language,timezone,hour,newsletters,tags,paused_until\n"
        '+a@x.example.com,=1+1,both,Europe/Berlin,7,"daily,weekly","vip,press",\n'
        "王@例子.公司,王小明,zh,,,weekly,,2022-12-01T00:00:00+00:00\n"
    )
    other = Desk(Database(f"sqlite:///{tmp_path / 'other' / 'newsroom.db'}"), tmp_path)
    other.database.migrate()
    assert counts(other.imports(exported(desk))) == (2, 2, 0, 0)
    before, after = desk.people(), other.people()
    assert before["王@例子.公司"].status is Status.PAUSED
    assert {name: replace(person, id=0) for name, person in after.items()} == {
        name: replace(person, id=0) for name, person in before.items()
    }
    assert before["+a@x.example.com"].newsletters == ("daily", "weekly")
    other.database.close()


def test_our_own_list_brings_nobody_back_and_takes_nobody_for_confirmed(desk: Desk, tmp_path: Path) -> None:
    with desk.database.write() as connection:
        for name in ("left", "bounced", "complained", "erased"):
            add(connection, sign_up(f"{name}@x.example.com"))
        add(connection, sign_up("pending@x.example.com"), claim=None)
    end(desk, "left@x.example.com", leaving.left(origin="test"))
    end(desk, "bounced@x.example.com", leaving.given_up(why="test", mail="1"))
    end(desk, "complained@x.example.com", leaving.complained(mail="1"))
    end(desk, "erased@x.example.com", leaving.erased(origin="test"))
    text = exported(desk)
    assert "erased@" not in text
    other = Desk(Database(f"sqlite:///{tmp_path / 'other' / 'newsroom.db'}"), tmp_path)
    other.database.migrate()
    assert counts(other.imports(text)) == (4, 0, 3, 1)
    assert other.people() == {}
    assert counts(desk.imports(text)) == (4, 0, 3, 1)
    assert desk.readers() == 0
    other.database.close()


def test_a_segment_goes_out_alone_and_a_newsletter_nobody_agreed_to_does_not(desk: Desk) -> None:
    with desk.database.write() as connection:
        add(connection, sign_up("a@x.example.com", tags=("vip",)))
        add(connection, sign_up("a@x.example.com", newsletter="weekly"), claim=None)
        add(connection, sign_up("b@x.example.com"))
    file = io.StringIO()
    with desk.database.read() as connection:
        number = export_csv(connection, writer(file), where=subscribers.c.email_key == "a@x.example.com")
    assert number == 1
    [row] = csv.DictReader(io.StringIO(file.getvalue()))
    assert (row["email"], row["newsletters"], row["tags"], row["status"]) == (
        "a@x.example.com", "daily", "vip", "active",
    )  # fmt: skip
