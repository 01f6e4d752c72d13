"""The bench of delivery: what it makes of figures, and that each of its ways really sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from bench.delivery import mails, ours, peers, sending, sink
from bench.delivery.__main__ import main
from bench.delivery.apart import apart, beside
from bench.delivery.distance import distance, round_trip
from bench.delivery.figures import Row, as_markdown, rounds
from bench.delivery.newsroom import Wanted, make
from bench.delivery.rows import QUICK, ledger, message
from bench.delivery.sink import MissingError, Sink
from pipeline.app import open_newsroom
from pipeline.deliver.gate import MAX_HTML_BYTES

needs_sink = pytest.mark.skipif(
    sink.find(sink.PROGRAM) is None, reason="no smtp-sink here; to run these tests: apt-get install postfix"
)
ROW = Row(what="w", unit="/s", ours=(30, 10, 20), against="p", theirs=(10, 10, 5), reach=3)


@pytest.fixture
def to() -> Iterator[Sink]:
    with sink.sink(counts=True) as running:
        yield running


def newsroom(home: Path, port: int, *, is_full: bool, readers: int = 30) -> Path:
    make(home, Wanted(readers=readers, port=port, connections=4, is_full=is_full))
    return home


def test_a_ratio_is_the_median_of_its_rounds() -> None:
    assert ROW.ratio == 3
    assert ROW.is_reached
    assert not replace(ROW, reach=3.1).is_reached


def test_a_ceiling_is_reached_from_below() -> None:
    assert replace(ROW, reach=3, is_ceiling=True).is_reached
    assert not replace(ROW, reach=2.9, is_ceiling=True).is_reached


def test_the_table_tells_each_figure_and_what_was_missed() -> None:
    rows = as_markdown([ROW, replace(ROW, what="v", reach=4)]).splitlines()
    assert rows[2:] == [
        "| w | 20 /s | p | 10 /s | 3.00 | 1.00–4.00 | ≥ 3 |  |",
        "| v | 20 /s | p | 10 /s | 3.00 | 1.00–4.00 | ≥ 4 | missed |",
    ]


def test_each_round_begins_with_another_way() -> None:
    order: list[str] = []
    number = count(1.0)

    def way(name: str) -> Callable[[], float]:
        def run() -> float:
            order.append(name)
            return next(number)

        return run

    assert rounds({"a": way("a"), "b": way("b")}, 3) == {"a": (1, 4, 5), "b": (2, 3, 6)}
    assert "".join(order) == "abbaab"


def test_who_lacks_a_program_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sink, "PROGRAM", "smtp-sink-of-nobody")
    assert main(["ledger", "--quick"]) == MissingError.exit_code == 2
    assert "apt-get install postfix" in capsys.readouterr().err


def test_a_full_issue_has_the_size_that_is_promised_and_may_leave(tmp_path: Path) -> None:
    home = newsroom(tmp_path, 25, is_full=True, readers=1)
    with open_newsroom(home) as opened:
        variant = mails.full_variant(opened, opened.settings.newsletter[0])
    assert mails.HTML_BYTES <= len(variant.html.encode()) < MAX_HTML_BYTES
    assert mails.TEXT_BYTES <= len(variant.text.encode()) < 1.2 * mails.TEXT_BYTES
    assert b"DKIM-Signature:" in sending.first_message(home).content


@needs_sink
def test_what_each_client_counts_has_arrived(to: Sink) -> None:
    bare, each = mails.bare(5_000), {"messages": 40, "connections": 4}
    assert ours.client(to.port, bare, **each) > 0
    assert peers.smtp_source(to.port, size=5_000, **each) > 0
    assert peers.smtplib_async(to.port, bare, **each) > 0
    assert to.messages == 120


@needs_sink
def test_a_sink_is_kept_busy_until_told_otherwise(to: Sink) -> None:
    with beside(ours.feed, to.port, mails.bare(5_000), 1_000.0):
        while to.messages < 20:
            round_trip(to.port, times=1)


@needs_sink
def test_over_a_distance_each_round_trip_takes_as_long_as_was_asked_and_all_arrives(to: Sink) -> None:
    with distance(to.port, round_trip_seconds=0.03) as far:
        assert round_trip(far, times=3) >= 0.028
        ours.client(far, mails.bare(40_000), messages=20, connections=4)
    assert to.messages == 20


@needs_sink
@pytest.mark.parametrize("is_full", [True, False], ids=["full", "small"])
def test_an_issue_is_sent_by_the_command_itself(tmp_path: Path, to: Sink, is_full: bool) -> None:
    sent = apart(sending.by_command, newsroom(tmp_path, to.port, is_full=is_full))
    assert sent.accepted == to.messages == 30
    assert 20 < sent.memory_mb < 1_000


@needs_sink
def test_the_ledger_is_measured_beside_the_client_without() -> None:
    rows = tuple(ledger(replace(QUICK, rounds=1, messages=60)))
    assert len(rows) == 2
    assert all(min(*row.ours, *row.theirs) > 0 for row in rows)


def test_writing_is_measured_beside_bare_signatures() -> None:
    rows = tuple(message(replace(QUICK, rounds=1, turns=1)))
    assert len(rows) == 2
    assert all(0 < row.ratio < 1 for row in rows)
