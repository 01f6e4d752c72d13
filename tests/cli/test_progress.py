"""How sending is seen: a bar for a person at a terminal, a line of JSON a batch for a program, the pace for both."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from rich.console import Console

from pipeline.cli.bar import shown_bar
from pipeline.cli.logs import batch_log
from pipeline.cli.progress import Pace, mailing
from pipeline.cli.telling import alarm_line, sent_line
from pipeline.deliver.ledger import Tally
from pipeline.deliver.replies import Attempt
from pipeline.jobs.batch import Batch
from pipeline.jobs.send import SendReport
from pipeline.model import DeliveryState
from pipeline.store.complaints import Complaints
from tests.contracts.people import issue

ACCEPTED = Attempt(state=DeliveryState.ACCEPTED, code=250, reason="kept")
BATCH = Batch(issue_id=7, newsletter="daily", seconds=0.5, states={"accepted": 500}, codes={250: 500})


class Screen(io.StringIO):
    """A terminal that a test can read."""

    def isatty(self) -> bool:
        return True


def test_the_bar_tells_how_far_it_is_and_is_gone_at_the_end() -> None:
    screen = Screen()
    with shown_bar(Console(file=screen, force_terminal=True, width=100, _environ={})) as bar:
        bar.expect(1200)
        bar.advance()
        bar.expect(1200)  # a second round
    assert "1 of 1,201 mails" in screen.getvalue()
    assert "left" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K")


def test_a_terminal_gets_a_bar_and_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with mailing() as begin:
        heard = begin()
        heard.hearers.round_begun(1)
        heard.hearers.delivered(ACCEPTED)
        heard.hearers.batch(BATCH)
    assert "mails" in screen.getvalue()
    assert '"batch"' not in screen.getvalue()


def test_a_pipe_gets_a_line_a_batch_and_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with mailing() as begin:
        heard = begin()
        heard.hearers.round_begun(500)
        heard.hearers.delivered(ACCEPTED)
        heard.hearers.batch(BATCH)
    captured = capsys.readouterr()
    logged = json.loads(captured.err)
    assert captured.out == ""
    assert logged.pop("at").endswith("Z")
    assert logged == {
        "event": "batch",
        "level": "info",
        "issue": 7,
        "newsletter": "daily",
        "mails": 500,
        "seconds": 0.5,
        "rate": 1000.0,
        "states": {"accepted": 500},
        "codes": {"250": 500},
    }


def test_a_log_on_a_full_disk_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("sys.stderr", Full())
    batch_log()(BATCH)


def test_the_pace_runs_from_the_first_round_to_the_last_mail() -> None:
    seconds: Iterator[float] = iter([0.0, 10.0, 12.0, 14.0, 99.0])
    pace = Pace(clock=lambda: next(seconds))
    pace.begin()
    pace.add()
    pace.add()
    pace.begin()  # another round
    assert (pace.mails, pace.seconds) == (2, 4.0)


@pytest.mark.parametrize(
    ("mails", "told"),
    [
        pytest.param(1200, "; 1,200 mails in 8.0 s, 150/s", id="many"),
        pytest.param(1, "", id="one says nothing"),
    ],
)
def test_the_line_tells_the_rate(mails: int, told: str) -> None:
    moments = iter([0.0, 0.0, *([8.0] * mails)])
    pace = Pace(clock=lambda: next(moments))
    pace.begin()
    for _ in range(mails):
        pace.add()
    ended = SendReport(issue=issue(), tally=Tally(accepted=mails), next_try=None)
    line = sent_line(ended, pace=pace)
    assert line.endswith(f"+ 0 expired{told}")


def test_the_alarm_says_how_many_of_how_many() -> None:
    line = alarm_line(Complaints(number=31, accepted=20_000))
    assert line.startswith("ALARM: 31 complaints in 7 days on 20,000 mails")
