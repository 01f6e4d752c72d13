"""Rights, room, keys and outbox of the folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import doctor
from pipeline.doctor.finding import Level
from pipeline.doctor.folder import judge_room, keys, outbox, rights, room, secrets
from subscribers.suppression import suppress
from tests.doctor.rooms import NOW, at_work, by_smtp, looked_at, messages, write

_UNPRIVILEGED = """
import os, sys
from pathlib import Path
from pipeline.doctor.folder import rights
from pipeline.doctor.looking import open_to_look
import alembic, sqlalchemy.dialects.sqlite.pysqlite
with open_to_look(Path(sys.argv[1])) as newsroom:
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    print(*(f"{finding.level}: {finding.message}" for finding in rights(newsroom)), sep="\\n")
"""


def test_a_folder_of_ones_own_is_well(tmp_path: Path) -> None:
    with looked_at(write(tmp_path)) as newsroom:
        assert messages([*rights(newsroom), *room(newsroom)], Level.OK)[0] == f"{tmp_path} may be written to"


def test_a_folder_without_rights_is_a_problem(public_folder: Path) -> None:
    write(public_folder)
    (public_folder / "data").mkdir(mode=0o555)
    done = subprocess.run(
        [sys.executable, "-c", _UNPRIVILEGED, str(public_folder)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(doctor.__file__).parents[2],
    )
    assert f"problem: {public_folder / 'data'} may not be written to" in done.stdout


@pytest.mark.parametrize(
    ("free", "level"),
    [
        (99_000_000, Level.PROBLEM),
        (100_000_000, Level.WARNING),
        (999_000_000, Level.WARNING),
        (1_000_000_000, Level.OK),
    ],
)
def test_room_is_judged_by_what_is_free(free: int, level: Level) -> None:
    assert judge_room(Path("/srv"), free).level is level


def test_a_disk_is_named_once_whatever_lies_on_it(tmp_path: Path) -> None:
    (write(tmp_path) / "data").mkdir()
    (tmp_path / "outbox").mkdir()
    with looked_at(tmp_path) as newsroom:
        assert len(list(room(newsroom))) == 1


def test_keys_that_are_not_made_yet_are_well_and_are_not_made(tmp_path: Path) -> None:
    with at_work(write(tmp_path)) as newsroom:
        assert len(messages(keys(newsroom), Level.OK)) == 2
    assert not (tmp_path / "data" / "keys").exists()


def test_keys_for_the_owner_alone_are_well(tmp_path: Path) -> None:
    with at_work(write(tmp_path)) as newsroom:
        assert newsroom.suppression_key
        assert newsroom.return_path_key
        assert len(messages(keys(newsroom), Level.OK)) == 2


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
@pytest.mark.parametrize("name", ["suppression", "return-path"])
def test_a_key_open_to_others_is_a_problem(tmp_path: Path, name: str, mode: int) -> None:
    with at_work(write(tmp_path)) as newsroom:
        assert newsroom.suppression_key
        assert newsroom.return_path_key
        (tmp_path / "data" / "keys" / name).chmod(mode)
        found = messages(keys(newsroom), Level.PROBLEM)
    assert found == [f"key {name} is open to others (mode {mode:03o})"]


def test_a_damaged_key_is_a_problem(tmp_path: Path) -> None:
    with at_work(write(tmp_path)) as newsroom:
        assert newsroom.return_path_key
        (tmp_path / "data" / "keys" / "return-path").write_text("abcd", encoding="ascii")
        assert "cannot be read" in messages(keys(newsroom), Level.PROBLEM)[0]


def test_a_lost_suppression_key_is_a_problem_once_somebody_has_left(tmp_path: Path) -> None:
    with at_work(write(tmp_path)) as newsroom:
        assert newsroom.suppression_key
        shutil.rmtree(tmp_path / "data" / "keys")
        with newsroom.database.write() as connection:
            suppress(connection, "hash", reason="left", now=NOW)
        assert "is gone" in messages(keys(newsroom), Level.PROBLEM)[0]
    assert not (tmp_path / "data" / "keys").exists()


def test_a_password_file_open_to_others_is_a_problem(tmp_path: Path) -> None:
    by_smtp(tmp_path, username="u", password_file="relay-password")
    (tmp_path / "relay-password").write_text("secret", encoding="utf-8")
    (tmp_path / "relay-password").chmod(0o644)
    with looked_at(tmp_path) as newsroom:
        assert messages(secrets(newsroom), Level.PROBLEM) == ["relay-password is open to others (mode 644)"]
        (tmp_path / "relay-password").chmod(0o600)
        assert len(messages(secrets(newsroom), Level.OK)) == 1


def test_the_key_that_signs_is_its_owners_alone(tmp_path: Path) -> None:
    dkim = {"domain": "lantern.press", "selector": "brief", "private_key_file": "dkim.pem"}
    key = write(tmp_path, dkim=dkim) / "dkim.pem"
    key.touch(mode=0o640)
    with looked_at(tmp_path) as newsroom:
        assert messages(secrets(newsroom), Level.PROBLEM) == ["dkim.pem is open to others (mode 640)"]


def test_an_outbox_that_is_not_there_yet_is_nothing_to_speak_of(tmp_path: Path) -> None:
    with looked_at(write(tmp_path)) as newsroom:
        assert list(outbox(newsroom)) == []


def test_a_maildir_is_well_as_outbox(tmp_path: Path) -> None:
    for name in ("tmp", "new", "cur"):
        (write(tmp_path) / "outbox" / name).mkdir(parents=True)
    with looked_at(tmp_path) as newsroom:
        assert len(messages(outbox(newsroom), Level.OK)) == 1


def test_an_empty_folder_will_do_as_outbox(tmp_path: Path) -> None:
    (write(tmp_path) / "outbox").mkdir()
    with looked_at(tmp_path) as newsroom:
        assert len(messages(outbox(newsroom), Level.OK)) == 1


def test_a_folder_of_other_things_is_doubtful_as_outbox(tmp_path: Path) -> None:
    (write(tmp_path) / "outbox").mkdir()
    (tmp_path / "outbox" / "thesis.txt").write_text("", encoding="utf-8")
    with looked_at(tmp_path) as newsroom:
        assert "is no Maildir" in messages(outbox(newsroom), Level.WARNING)[0]


def test_a_file_is_wrong_as_outbox(tmp_path: Path) -> None:
    (write(tmp_path) / "outbox").write_text("", encoding="utf-8")
    with looked_at(tmp_path) as newsroom:
        assert "takes no mail" in messages(outbox(newsroom), Level.PROBLEM)[0]
