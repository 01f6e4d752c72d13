"""How fast a long list comes in, beside the least that any import must do: ``python -m bench.imports [ROWS]``.

The bare way is `csv` and `executemany` of the addresses into a unique column of SQLite, in one transaction, with the
database set as ours is. Ours checks, normalises, finds doubles, asks who is suppressed, keeps consent and makes tokens.
Both run in processes of their own, in turn, and the medians count.
"""

from __future__ import annotations

import csv
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median

ROWS = 1_000_000
ROUNDS = 3
FLOOR, STRETCH = 0.2, 0.3
MEMORY_MB = 300
SUPPRESSED = 20_000
_KEY = b"suppression key of the bench"
_BIG = ("qq.com", "gmail.com", "163.com", "outlook.com", "126.com")
_HEADER = ("email", "name", "language", "timezone", "hour", "tags")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One run: how long it took, and the most memory that its process held."""

    seconds: float
    memory_mb: float


def write_list(path: Path, rows: int) -> None:
    """Write a list as lists are: most people at five domains, one in a thousand twice or spoilt."""
    seeded = Random(4)  # noqa: S311 — the same list every time
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for number in range(rows):
            big = seeded.random() < 0.8
            domain = seeded.choice(_BIG) if big else f"firm{seeded.randrange(30_000)}.example.com"
            local = f"{seeded.randrange(10**9):x}{number % 997:x}.{seeded.choice(('li', 'Ann', 'wang', 'm'))}"
            email = "nobody" if number % 1000 == 999 else f"{local}@{domain}"
            zone = seeded.choice(("Asia/Shanghai", "Europe/Berlin", ""))
            writer.writerow(
                (email, f"Ann Li {number}", seeded.choice(("en", "zh", "both", "")), zone,
                 seeded.choice(("", "7", "07:30")), seeded.choice(("", "", "", "vip")))
            )  # fmt: skip


def bare(path: Path, folder: Path) -> Measured:
    """Import the addresses alone."""
    began = time.perf_counter()
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as connection:
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE addresses (email TEXT UNIQUE)",
            "BEGIN IMMEDIATE",
        ):
            connection.execute(statement)
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.reader(file)
            next(reader)
            addresses = ((row[0],) for row in reader)
            connection.executemany("INSERT OR IGNORE INTO addresses VALUES (?)", addresses)
        connection.execute("COMMIT")
    return _measured(began)


def ours(path: Path, folder: Path) -> Measured:
    """Import the list as ``subscribers import`` does, into a database that knows people who left."""
    from pipeline.store.database import Database
    from subscribers.schema import suppressions
    from subscribers.suppression import address_hash
    from subscribers.transfer.applicants import Offer
    from subscribers.transfer.imports import ListImport, import_csv

    database = Database(f"sqlite:///{folder / 'newsroom.db'}")
    database.migrate()
    now = datetime.now(UTC)
    with database.write() as connection:
        hashed = (address_hash(f"left{number}@qq.com", key=_KEY) for number in range(SUPPRESSED))
        rows = [{"address_hash": each, "reason": "left", "at": now} for each in hashed]
        connection.execute(suppressions.insert(), rows)
    offer = Offer(newsletter="daily", period="day", language="en", timezone="Asia/Shanghai")
    wanted = ListImport(
        path=path, offers=(offer,), newsletter="daily", claim="the form of our site", suppression_key=_KEY
    )
    began = time.perf_counter()
    done = import_csv(wanted, write=database.write, now=now)
    measured = _measured(began)
    database.close()
    if done.rows != done.added + done.left_alone + done.refused or not done.added:
        raise SystemExit(f"the import lost rows: {done}")
    return measured


def _measured(began: float) -> Measured:
    seconds = time.perf_counter() - began
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Measured(seconds=seconds, memory_mb=kilobytes / 1024)


def _apart(way: Callable[[Path, Path], Measured], path: Path) -> Measured:
    with (
        tempfile.TemporaryDirectory(prefix="metabrief-bench-") as folder,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process,  # with memory of its own
    ):
        return process.submit(way, path, Path(folder)).result()


def main(rows: int) -> int:
    """Print both ways and their ratio; 1 when it is below the floor or memory above the ceiling."""
    with tempfile.TemporaryDirectory(prefix="metabrief-bench-") as folder:
        path = Path(folder) / "list.csv"
        write_list(path, rows)
        runs = [(_apart(bare, path), _apart(ours, path)) for _ in range(ROUNDS)]
    plain = median(run.seconds for run, _ in runs)
    whole = median(run.seconds for _, run in runs)
    memory = max(run.memory_mb for _, run in runs)
    ratio = plain / whole
    print(f"import of {rows:,} rows: {whole:.1f} s, bare {plain:.1f} s")  # noqa: T201
    print(f"  ratio {ratio:.2f} (floor {FLOOR}, stretch {STRETCH})")  # noqa: T201
    print(f"  memory {memory:.0f} MB (at most {MEMORY_MB})")  # noqa: T201
    return int(ratio < FLOOR or memory > MEMORY_MB)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
