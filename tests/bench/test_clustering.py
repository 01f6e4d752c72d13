"""The stream that stories are timed on is the same each time, and the command says what it measured."""

from __future__ import annotations

import pytest

from bench import clustering
from bench.clustering import Measured, cluster, cluster_copies, exponent, remember
from bench.stream import stream
from pipeline.select.lexicon import load


def test_the_stream_is_the_same_each_time() -> None:
    lexicon = load()
    assert [t.article.title for t in stream(20, lexicon=lexicon)] == [
        t.article.title for t in stream(20, lexicon=lexicon)
    ]


def test_the_events_of_a_stream_are_found_again() -> None:
    assert cluster(150).right > 0.9


def test_copies_are_one_story() -> None:
    assert cluster_copies(60).right == 1


def test_the_exponent_is_one_when_seconds_grow_with_the_articles() -> None:
    runs = [Measured(articles=n, seconds=n / 100, memory_mb=0, right=1) for n in (1000, 3000)]
    assert exponent(runs) == pytest.approx(1)


def test_the_command_says_which_promise_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = Measured(articles=1000, seconds=1e6, memory_mb=1e6, right=1)
    monkeypatch.setattr(clustering, "_alone", lambda *_: slow)
    monkeypatch.setattr(clustering, "calibrate", lambda: 1.0)
    assert clustering.main(["--most", "1000"]) == 1
    assert "not kept: 10000 articles in 60 s" in capsys.readouterr().out


def test_a_memory_of_no_days_holds_nothing() -> None:
    assert remember(0).articles == 0
