"""What a newsroom keeps of a reader beside the list: shown whole, and gone when they are erased, theirs alone."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from base64 import encodebytes
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.errors import MetabriefError
from pipeline.jobs.elsewhere import Elsewhere
from pipeline.jobs.intake import intake_folder, kept_folder, read_intake
from pipeline.jobs.mailboxes import make_maildir
from pipeline.store.database import BUSY_SECONDS
from pipeline.store.letters import Letters
from pipeline.store.schema import deliveries, letters
from subscribers import erasure
from subscribers.schema import bounces, subscribers
from subscribers.store import Letter
from tests.jobs import returned
from tests.jobs.newsroom import NOW, Desk, desk
from tests.jobs.scenes import go

READERS = ("ann@a.example", "joann@a.example", *(f"r{n}@b.example" for n in range(3, 12)))
ANN = 1
"""Whose number and address are parts of others'."""


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    """Open a newsroom whose issue lies in the outbox, with a letter queued for two readers."""
    with desk(tmp_path, *READERS) as at:
        asyncio.run(go(at))
        with at.newsroom.database.write() as connection:
            for reader in (ANN, 11):
                Letters().queue(connection, subscriber_id=reader, kind=Letter.DOWNLOAD, now=NOW)
        yield at


def forget(at: Desk) -> None:
    with at.newsroom.database.write() as connection:
        Elsewhere(at.newsroom).forget(connection, ANN)


def erase(at: Desk, connection: sa.Connection) -> None:
    where, key = subscribers.c.id == ANN, at.newsroom.suppression_key
    elsewhere = Elsewhere(at.newsroom)
    erasure.erase(connection, where, elsewhere=elsewhere, origin="test", suppression_key=key, now=NOW)


def in_outbox(at: Desk) -> list[str]:
    return sorted(path.name for path in (at.newsroom.home / "outbox").rglob("*") if path.is_file())


def token_of(at: Desk, table: sa.Table, column: str) -> str:
    with at.newsroom.database.read() as connection:
        return str(connection.scalar(sa.select(table.c.token).where(table.c[column] == ANN)))


def test_a_readers_data_are_their_deliveries_and_letters(at: Desk) -> None:
    with at.newsroom.database.read() as connection:
        found = Elsewhere(at.newsroom).personal_data(connection, ANN)
    stamp = NOW.isoformat()
    assert json.loads(json.dumps(found)) == {
        "deliveries": [
            {
                "newsletter": "daily",
                "slot": "2022-02-22T06:00",
                "subject": "VR in Shanghai",
                "state": "accepted",
                "at": stamp,
            }
        ],
        "letters": [{"kind": "download", "queued_at": stamp, "state": "queued"}],
    }


def test_of_one_who_has_nothing_there_is_nothing(at: Desk) -> None:
    with at.newsroom.database.read() as connection:
        assert Elsewhere(at.newsroom).personal_data(connection, 99) == {"deliveries": [], "letters": []}


def test_mails_in_the_outbox_go_and_no_others(at: Desk) -> None:
    outbox = at.newsroom.home / "outbox"
    before = in_outbox(at)
    [mine] = (name for name in before if name.startswith("daily.1.1."))
    token = token_of(at, letters, "subscriber_id")
    (outbox / "new" / mine).rename(outbox / "cur" / f"{mine}:2,S")
    (outbox / "new" / f"download.letter.{token}.0123456789abcdef@lantern.example").write_bytes(b"")
    (outbox / "new" / f"download.letter.{token}x.0123456789abcdef@lantern.example").write_bytes(b"")
    (outbox / "tmp" / "draft").write_bytes(b"Return-Path: <bounces+3.1.0123456789abcdef@x.example>\r\n")
    (outbox / "tmp" / "another").write_bytes(b"Return-Path: <bounces+1.3.0123456789abcdef@x.example>\r\n")
    forget(at)
    others = {*before} - {mine} | {"another", f"download.letter.{token}x.0123456789abcdef@lantern.example"}
    assert {*in_outbox(at)} == others


def test_mails_that_came_back_go_and_no_others(at: Desk) -> None:
    folder = intake_folder(at.newsroom)
    make_maildir(folder)
    [sent] = (at.newsroom.home / "outbox" / "new").glob("daily.1.1.*")
    [other] = (at.newsroom.home / "outbox" / "new").glob("daily.1.11.*")
    mails = {
        "counts": returned.dsn(
            f"bounces+{returned.token(sent.read_bytes())}@x.example", "somebody@x.example"
        ),
        "leaves": returned.letter(
            f"leave+{token_of(at, subscribers, 'id')}@x.example", reader="x@y.example", subject=""
        ),
        "answers": returned.letter("brief@x.example", reader="Ann <ANN@a.example>", subject="away"),
        "another": returned.dsn(f"bounces+{returned.token(other.read_bytes())}@x.example", READERS[10]),
        "alike": returned.letter(
            "brief@x.example", reader=READERS[1], subject="from ann@a.example.org and -ann@a.example"
        ),
    }
    for name, mail in mails.items():
        (folder / "new" / name).write_bytes(mail)
    assert read_intake(at.newsroom).counted == 3
    assert len([*kept_folder(at.newsroom).iterdir()]) == 3
    forget(at)
    assert sorted(path.name for path in (folder / "cur").iterdir()) == ["alike:2,S", "another:2,S"]
    assert len([*kept_folder(at.newsroom).iterdir()]) == 1


def test_what_reports_of_imports_say_of_a_reader_goes_and_nothing_else(at: Desk) -> None:
    folder = at.newsroom.home / "data" / "imports"
    folder.mkdir(parents=True)
    report, other = folder / "list-1.refused.csv", folder / "list-2.refused.csv"
    head = "row,column,value,why\r\n"
    report.write_text(f"{head}2,email,Ann <ANN@a.example>,none\r\n3,email,joann@a.example,none\r\n")
    other.write_text(f"{head}2,email,nobody,none\r\n")
    before = other.stat()
    forget(at)
    assert (
        report.read_bytes().decode()
        == f"{head}2,email,Ann <(erased)>,none\r\n3,email,joann@a.example,none\r\n"
    )
    assert report.stat().st_mode & 0o777 == 0o600
    assert other.stat() == before
    assert len(list(folder.iterdir())) == 2


def test_letters_go_and_what_a_relay_said_and_the_ledger_stays(at: Desk) -> None:
    with at.newsroom.database.write() as connection:
        connection.execute(deliveries.update().values(reason="550 <ann@a.example> unknown"))
    forget(at)
    with at.newsroom.database.read() as connection:
        reasons = list(
            connection.scalars(sa.select(deliveries.c.reason).order_by(deliveries.c.subscriber_id))
        )
        assert list(connection.scalars(sa.select(letters.c.subscriber_id))) == [11]
    assert reasons == [None, *["550 <ann@a.example> unknown"] * 10]
    assert at.tally == {"accepted": 11}


def test_erasing_twice_is_fine_and_leaves_nothing_to_find(at: Desk) -> None:
    for _ in range(2):
        with at.newsroom.database.write() as connection:
            erase(at, connection)
    mails = [path for path in at.newsroom.home.rglob("*@*") if path.is_file()]
    assert [path.name for path in mails if re.search(rb"\bann@a\.example", path.read_bytes())] == []
    assert len(in_outbox(at)) == 10


@pytest.mark.parametrize("is_read_from", [False, True], ids=["alone", "while somebody reads"])
def test_no_file_of_the_database_holds_the_address_of_the_erased(at: Desk, *, is_read_from: bool) -> None:
    with at.newsroom.database.write() as connection:
        connection.execute(subscribers.update().values(name="Ann Arbor").where(subscribers.c.id == ANN))
    database = at.newsroom.database
    with database.read() if is_read_from else nullcontext() as reading:
        if reading is not None:
            reading.scalar(sa.select(subscribers.c.id))
        with database.write() as connection:
            erase(at, connection)
    with database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == BUSY_SECONDS * 1000
    if not is_read_from:
        file = Path(str(database.url.database))
        files = [each.read_bytes() for each in file.parent.glob(f"{file.name}*")]
        assert ["Ann Arbor" in str(each) for each in files] == [False] * len(files) != []


def test_a_mail_that_counted_goes_however_it_is_encoded(at: Desk) -> None:
    folder = intake_folder(at.newsroom)
    make_maildir(folder)
    [sent] = (at.newsroom.home / "outbox" / "new").glob("daily.1.1.*")
    told = returned.dsn("x", READERS[0], original=[f"X: <bounces+{returned.token(sent.read_bytes())}@x>"])
    mail = b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + encodebytes(told)
    (folder / "new" / "a").write_bytes(mail)
    (folder / "new" / "b").write_bytes(mail + b"another")
    with at.newsroom.database.write() as connection:
        row = {"subscriber_id": ANN, "delivery": "1.1", "kind": "soft", "is_sure": False, "status": ""}
        digest = hashlib.sha256(mail).hexdigest()
        connection.execute(bounces.insert(), row | {"reason": "", "mail": digest, "at": NOW})
    forget(at)
    assert [path.name for path in (folder / "new").iterdir()] == ["b"]


def test_nothing_outside_the_newsroom_is_touched(at: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "daily.1.1.0123456789abcdef@lantern.example"
    outside.write_bytes(b"To: ann@a.example")
    for folder in (at.newsroom.home / "outbox" / "new", intake_folder(at.newsroom) / "new"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / outside.name).symlink_to(outside)
    forget(at)
    assert outside.exists()


def test_a_newsroom_without_mails_forgets_all_the_same(tmp_path: Path) -> None:
    with desk(tmp_path, "ann@a.example") as at:
        forget(at)
        assert not (tmp_path / "outbox").exists()


def test_a_file_that_cannot_be_removed_is_told(at: Desk) -> None:
    [sent] = (at.newsroom.home / "outbox" / "new").glob("daily.1.1.*")
    sent.unlink()
    make_maildir(intake_folder(at.newsroom))
    kept_folder(at.newsroom).mkdir()
    digest = "0" * 64
    (kept_folder(at.newsroom) / f"{digest}.eml").mkdir()  # nobody's rights stop a test that runs as root
    with at.newsroom.database.write() as connection:
        row = {
            "subscriber_id": ANN,
            "delivery": "",
            "kind": "hard",
            "is_sure": False,
            "status": "",
            "reason": "",
        }
        connection.execute(sa.insert(bounces), row | {"mail": digest, "at": NOW})
    with pytest.raises(
        MetabriefError, match="cannot be removed: Is a directory; see its rights, then erase again"
    ):
        forget(at)
