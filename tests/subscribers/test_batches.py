"""Many requests, one transaction."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from subscribers.web.batches import Batches

TABLE = sa.Table("t", sa.MetaData(), sa.Column("number", sa.Integer, primary_key=True))


class Book:
    """A database that counts its transactions and can be kept from beginning one."""

    def __init__(self, path: Path) -> None:
        self.engine = sa.create_engine(f"sqlite:///{path}")
        TABLE.create(self.engine)
        self.begun = 0
        self.may_begin = threading.Event()
        self.may_begin.set()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        self.may_begin.wait(5)
        self.begun += 1
        if self.begun > 100:
            raise OSError("the database is away")
        with self.engine.begin() as connection:
            yield connection

    def numbers(self) -> list[int]:
        with self.engine.connect() as connection:
            return list(connection.scalars(sa.select(TABLE.c.number).order_by(TABLE.c.number)))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = Book(tmp_path / "book.db")
    yield book
    book.engine.dispose()


def write_down(number: int) -> Callable[[sa.Connection], int]:
    def job(connection: sa.Connection) -> int:
        connection.execute(TABLE.insert(), {"number": number})
        return number

    return job


async def all_at_once(batches: Batches, numbers: list[int]) -> list[object]:
    jobs = [batches.run(write_down(number)) for number in numbers]
    return await asyncio.gather(*jobs, return_exceptions=True)


def test_what_comes_together_is_kept_together(book: Book) -> None:
    assert asyncio.run(all_at_once(Batches(book.write), list(range(50)))) == list(range(50))
    assert book.numbers() == list(range(50))
    assert book.begun == 1


def test_one_that_fails_takes_none_of_the_others_with_it(book: Book) -> None:
    outcomes = asyncio.run(all_at_once(Batches(book.write), [1, 2, 2, 3]))
    assert [each for each in outcomes if isinstance(each, int)] == [1, 2, 3]
    assert isinstance(outcomes[2], sa.exc.IntegrityError)
    assert book.numbers() == [1, 2, 3]


def test_a_database_that_is_away_is_asked_once_not_by_each(book: Book) -> None:
    book.begun = 100
    outcomes = asyncio.run(all_at_once(Batches(book.write), [1, 2, 3]))
    assert [str(each) for each in outcomes] == ["the database is away"] * 3
    assert book.begun == 101


def test_no_transaction_grows_beyond_a_hundred(book: Book) -> None:
    asyncio.run(all_at_once(Batches(book.write), list(range(250))))
    assert book.begun == 3


def test_who_gives_up_waiting_stops_nobody(book: Book) -> None:
    async def given_up() -> object:
        book.may_begin.clear()
        batches = Batches(book.write)
        first = asyncio.create_task(batches.run(write_down(1)))
        second = asyncio.create_task(batches.run(write_down(2)))
        await asyncio.sleep(0)
        first.cancel()
        book.may_begin.set()
        return await second

    assert asyncio.run(given_up()) == 2
    assert book.numbers() == [1, 2]
