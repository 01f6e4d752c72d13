"""Our own letters on their way to a real relay: sent once, whatever happens on it, and only while they are wanted."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.app import Newsroom, open_newsroom
from pipeline.deliver.message import Delivered, read_delivery_token
from pipeline.jobs.letters import GIVEN_UP_AFTER, LetterReport, send_letters
from pipeline.jobs.stopping import Stop
from pipeline.store.letters import Letters
from pipeline.store.schema import letters as rows
from subscribers import optin, store
from subscribers.addresses import parse_address
from subscribers.links import Links, Purpose
from subscribers.optin import Answer, Asking
from subscribers.schema import subscribers
from subscribers.store import Letter
from tests.deliver.relay import CONNECT, CUT, DATA, DOT, MAIL, RCPT, SILENT, Mail, Relay
from tests.jobs.newsroom import Clock, Desk, desk
from tests.jobs.waiting import until

ANN, BOB = "ann@a.example", "bob@b.example"
MINUTE = timedelta(minutes=1)
Scene = Callable[[Desk, Relay], Coroutine[Any, Any, None]]


def play(home: Path, scene: Scene, *, asked: Sequence[str] = (ANN,), **settings: Any) -> None:
    """Run a scene with an open newsroom, a relay, and people who have just filled in the form."""

    async def played() -> None:
        async with Relay() as relay:
            with desk(home, port=relay.port, **settings) as at:
                for email in asked:
                    ask(at.newsroom, email)
                await scene(at, relay)

    asyncio.run(played())


def ask(newsroom: Newsroom, email: str = ANN, *, language: str = "en", newsletter: str = "daily") -> None:
    asking = Asking(
        address=parse_address(email),
        newsletters=(newsletter,),
        language=language,
        timezone="Asia/Shanghai",
        claim="<b>whatever was shown</b>",
        version="1",
        origin="form",
        network="192.0.2.0/24",
    )
    with newsroom.database.write() as connection:
        optin.ask(
            connection,
            asking,
            suppression_key=newsroom.suppression_key,
            mailer=Letters(),
            now=newsroom.clock(),
        )


def call_for(newsroom: Newsroom, kind: Letter) -> None:
    with newsroom.database.write() as connection:
        Letters().queue(connection, subscriber_id=1, kind=kind, now=newsroom.clock())


def states(newsroom: Newsroom) -> list[str]:
    """Return where each letter stands, the oldest first."""
    with newsroom.database.read() as connection:
        return list(
            connection.scalars(sa.select(rows.c.state).order_by(rows.c.queued_at, rows.c.subscriber_id))
        )


def parsed(mail: Mail) -> EmailMessage:
    message: EmailMessage = message_from_bytes(mail.content, _class=EmailMessage, policy=default)
    return message


def text_of(mail: Mail) -> str:
    return str(next(iter(parsed(mail).iter_parts())).get_content())


def link_in(mail: Mail, purpose: str) -> str:
    """Return the last part of the one link of that purpose."""
    [link] = set(re.findall(rf"https://news\.lantern\.example/{purpose}/(\S+)", text_of(mail)))
    return str(link)


def test_who_signed_up_gets_one_letter_whose_link_confirms(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        report = await send_letters(at.newsroom)
        assert report == LetterReport(sent=1)
        assert await send_letters(at.newsroom) == LetterReport()
        [mail] = relay.mails
        assert mail.recipient == ANN
        assert str(parsed(mail)["Subject"]) == "Please confirm: China Metaverse Daily"
        links = Links(at.newsroom.link_keys, clock=at.newsroom.clock)
        asked_id = links.read(Purpose.CONFIRM, link_in(mail, "confirm"))
        key = at.newsroom.suppression_key
        with at.newsroom.database.write() as connection:
            answer = optin.confirm(
                connection, asked_id, claim="", version="", network="", suppression_key=key, now=at.clock()
            )
        assert answer is Answer.CONFIRMED
        assert states(at.newsroom) == ["sent"]

    play(tmp_path, scene)


@pytest.mark.parametrize("purpose", [Purpose.DOWNLOAD, Purpose.ERASE])
def test_who_asked_for_their_data_or_its_end_gets_a_link_about_themselves(
    tmp_path: Path, purpose: Purpose
) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        call_for(at.newsroom, Letter(purpose))
        await send_letters(at.newsroom)
        [mail] = relay.mails
        links = Links(at.newsroom.link_keys, clock=at.newsroom.clock)
        assert links.read(purpose, link_in(mail, purpose)) == 1

    async def with_reader(at: Desk, relay: Relay) -> None:
        make_reader(at.newsroom)
        await scene(at, relay)

    play(tmp_path, with_reader, asked=())


def make_reader(newsroom: Newsroom, email: str = ANN) -> None:
    person = store.SignUp(
        address=parse_address(email), newsletter="daily", language="en", timezone="Asia/Shanghai"
    )
    with newsroom.database.write() as connection:
        store.add(
            connection,
            person,
            claim="agreed at the desk",
            suppression_key=newsroom.suppression_key,
            mailer=Letters(),
            now=newsroom.clock(),
        )


def test_who_gets_it_already_is_told_so_with_the_way_to_their_settings(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        make_reader(at.newsroom)
        ask(at.newsroom)
        await send_letters(at.newsroom)
        [mail] = relay.mails
        with at.newsroom.database.read() as connection:
            token = connection.scalar(sa.select(subscribers.c.token))
        assert link_in(mail, "preferences") == token
        assert "/confirm/" not in text_of(mail)

    play(tmp_path, scene, asked=())


@pytest.mark.parametrize(
    ("language", "words", "missing"),
    [("en", "One step left", "还差一步"), ("zh", "还差一步", "One step"), ("both", "还差一步", "\0")],
)
def test_a_letter_speaks_the_language_that_was_asked_for(
    tmp_path: Path, language: str, words: str, missing: str
) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        make_reader(at.newsroom)
        with at.newsroom.database.write() as connection:
            connection.execute(subscribers.update().values(language="en", status="unsubscribed"))
        ask(at.newsroom, language=language)
        await send_letters(at.newsroom)
        text = text_of(relay.mails[0])
        assert words in text
        assert missing not in text

    play(tmp_path, scene, asked=())


def test_a_letter_says_nothing_of_what_stood_in_the_form_and_calls_nobody_by_name(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        with at.newsroom.database.write() as connection:
            connection.execute(subscribers.update().values(name="Buy at x.example"))
        await send_letters(at.newsroom)
        content = str(parsed(relay.mails[0]))
        assert "whatever was shown" not in content
        assert "x.example" not in content.replace("a.example", "")

    play(tmp_path, scene)


def test_what_comes_back_of_a_letter_leads_to_it(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        await send_letters(at.newsroom)
        [mail] = relay.mails
        token = mail.envelope_from.removeprefix("bounces+").removesuffix("@bounces.lantern.example")
        delivered = read_delivery_token(token, key=at.newsroom.return_path_key)
        with at.newsroom.database.read() as connection:
            assert delivered == Delivered(letter=connection.scalar(sa.select(rows.c.token)))
        assert len(mail.envelope_from.partition("@")[0]) <= 64, "RFC 5321, 4.5.3.1.1"

    play(tmp_path, scene)


@pytest.mark.parametrize("is_read", [True, False], ids=["read", "not read"])
def test_a_letter_names_a_mail_address_to_leave_only_where_it_is_read(
    tmp_path: Path, *, is_read: bool
) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        await send_letters(at.newsroom)
        ways = str(parsed(relay.mails[0])["List-Unsubscribe"])
        assert ways.startswith("<https://news.lantern.example/leave/")
        assert (", <mailto:leave+" in ways) is is_read
        assert ("@bounces.lantern.example?subject=unsubscribe>" in ways) is is_read

    play(tmp_path, scene, smtp=["[intake]"] if is_read else [])


def test_a_passing_refusal_puts_a_letter_off_and_a_lasting_one_ends_it(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(RCPT, "451 4.2.1 later", to=ANN)
        relay.always(RCPT, "550 5.1.1 no such user", to=BOB)
        assert await send_letters(at.newsroom) == LetterReport(waiting=1, failed=1)
        assert states(at.newsroom) == ["queued", "failed"]
        assert await send_letters(at.newsroom) == LetterReport(), "its pause is not over"
        relay.always(RCPT, "250 fine", to=ANN)
        at.clock.forward(MINUTE)
        assert await send_letters(at.newsroom) == LetterReport(sent=1)
        assert relay.recipients == [ANN]

    play(tmp_path, scene, asked=(ANN, BOB))


def test_whoever_orders_it_sends_what_is_put_off_at_once(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(RCPT, "451 later")
        await send_letters(at.newsroom)
        assert await send_letters(at.newsroom, ignore_pauses=True) == LetterReport(sent=1)

    play(tmp_path, scene)


def test_a_letter_refused_after_its_dot_is_tried_again(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(DOT, "451 4.3.0 later")
        assert await send_letters(at.newsroom) == LetterReport(waiting=1)
        at.clock.forward(MINUTE)
        assert await send_letters(at.newsroom) == LetterReport(sent=1)

    play(tmp_path, scene)


def test_a_letter_is_given_up_after_three_days(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(RCPT, "451 later")
        await send_letters(at.newsroom)
        at.clock.forward(GIVEN_UP_AFTER - MINUTE)
        assert await send_letters(at.newsroom) == LetterReport(waiting=1)
        at.clock.forward(MINUTE)
        assert await send_letters(at.newsroom) == LetterReport(failed=1)
        relay.always(RCPT, "250 fine")
        at.clock.forward(GIVEN_UP_AFTER)
        assert await send_letters(at.newsroom, ignore_pauses=True) == LetterReport()
        assert states(at.newsroom) == ["failed"]

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("step", "reply", "words"),
    [
        pytest.param(CONNECT, CUT, "cannot be reached", id="away"),
        pytest.param(CONNECT, "421 4.7.28 too fast", "refuses us", id="it wants a pause"),
        pytest.param(MAIL, "550 5.7.1 not you", "refuses us", id="it wants nothing from us"),
    ],
)
def test_where_there_is_no_way_out_all_wait_and_the_relay_is_left_alone(
    tmp_path: Path, step: str, reply: str, words: str
) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(step, reply)
        report = await send_letters(at.newsroom)
        assert (report.waiting, report.sent, words in report.trouble) == (2, 0, True)
        tried = relay.connections
        await send_letters(at.newsroom)
        assert relay.connections == tried <= 2
        relay.always(step, {CONNECT: "220 back", MAIL: "250 fine"}[step])
        at.clock.forward(MINUTE)
        assert await send_letters(at.newsroom) == LetterReport(sent=2)

    play(tmp_path, scene, asked=(ANN, BOB))


def test_a_connection_that_the_relay_closes_between_letters_is_opened_again(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(MAIL, "250 fine", CUT)
        assert await send_letters(at.newsroom) == LetterReport(sent=2)
        assert relay.recipients == [ANN, BOB]

    play(tmp_path, scene, asked=(ANN, BOB))


def test_one_at_whom_the_relay_hangs_up_holds_up_no_other(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(RCPT, CUT, to=ANN)
        assert await send_letters(at.newsroom) == LetterReport(sent=2, waiting=1)
        assert relay.recipients == [BOB, "cem@c.example"]
        for pause in at.newsroom.settings.delivery.retry_pauses[:2]:
            assert await send_letters(at.newsroom) == LetterReport(), "its own pause grows"
            at.clock.forward(pause)
            assert await send_letters(at.newsroom) == LetterReport(waiting=1)

    play(tmp_path, scene, asked=(ANN, BOB, "cem@c.example"))


def test_where_two_in_a_row_lose_the_connection_the_rest_waits_and_is_never_given_up_untried(
    tmp_path: Path,
) -> None:
    asked = (ANN, BOB, "cem@c.example", "dan@d.example")

    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(RCPT, CUT)
        report = await send_letters(at.newsroom)
        assert (report.waiting, report.sent, "was lost" in report.trouble) == (4, 0, True)
        with at.newsroom.database.read() as connection:
            tries = list(connection.scalars(sa.select(rows.c.attempts).order_by(rows.c.subscriber_id)))
        assert tries == [1, 1, 0, 0]
        relay.always(RCPT, "250 fine")
        at.clock.forward(GIVEN_UP_AFTER + MINUTE)
        assert await send_letters(at.newsroom) == LetterReport(sent=4)

    play(tmp_path, scene, asked=asked)


def test_two_at_whom_the_relay_hangs_up_make_way_for_the_others(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        for email in (ANN, BOB):
            relay.always(RCPT, CUT, to=email)
        for _ in range(20):
            await send_letters(at.newsroom)
            at.clock.forward(MINUTE)
        assert relay.recipients == ["cem@c.example", "dan@d.example"]

    play(tmp_path, scene, asked=(ANN, BOB, "cem@c.example", "dan@d.example"))


def test_where_nothing_can_be_reached_nobody_is_given_up(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.always(CONNECT, CUT)
        await send_letters(at.newsroom)
        at.clock.forward(GIVEN_UP_AFTER + MINUTE)
        assert (await send_letters(at.newsroom)).failed == 0
        assert states(at.newsroom) == ["queued", "queued"]

    play(tmp_path, scene, asked=(ANN, BOB))


def test_silence_after_the_dot_is_the_end_of_a_letter(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(DOT, CUT)
        assert await send_letters(at.newsroom) == LetterReport(uncertain=1)
        at.clock.forward(GIVEN_UP_AFTER)
        assert await send_letters(at.newsroom, ignore_pauses=True) == LetterReport()
        assert states(at.newsroom) == ["started"]
        assert relay.recipients == [ANN]

    play(tmp_path, scene)


def test_who_asks_again_after_an_hour_gets_another(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(DOT, CUT)
        await send_letters(at.newsroom)
        for hours, letters in ((0.5, 1), (0.5, 2)):
            at.clock.forward(timedelta(hours=hours))
            ask(at.newsroom)
            await send_letters(at.newsroom)
            assert len(relay.mails) == letters

    play(tmp_path, scene)


def test_who_thinks_again_before_their_letter_leaves_is_asked_about_the_last_they_said(
    tmp_path: Path,
) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        at.clock.forward(timedelta(seconds=10))
        ask(at.newsroom, language="zh")
        assert await send_letters(at.newsroom) == LetterReport(sent=1)
        assert "还差一步" in text_of(relay.mails[0])
        links = Links(at.newsroom.link_keys, clock=at.newsroom.clock)
        assert links.read(Purpose.CONFIRM, link_in(relay.mails[0], "confirm")) == 2

    play(tmp_path, scene)


def test_who_thinks_again_while_their_letter_is_on_its_way_gets_one_about_the_last(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        def again() -> None:
            relay.on.clear()
            ask(at.newsroom, language="zh")

        relay.on[RCPT] = again
        assert await send_letters(at.newsroom) == LetterReport()
        assert await send_letters(at.newsroom) == LetterReport(sent=1)
        assert "还差一步" in text_of(relay.mails[0])

    play(tmp_path, scene)


def test_whom_strangers_sign_up_again_and_again_gets_ever_fewer_letters(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        await send_letters(at.newsroom)
        at.leave(ANN)
        for _ in range(24 * 9):
            at.clock.forward(timedelta(hours=1))
            ask(at.newsroom)
            await send_letters(at.newsroom)
        with at.newsroom.database.read() as connection:
            queued = list(connection.scalars(sa.select(rows.c.queued_at).order_by(rows.c.queued_at)))
        hours = [(after - before) / timedelta(hours=1) for before, after in pairwise(queued)]
        assert hours == [1, 1, 24, 7 * 24]

    play(tmp_path, scene)


def test_who_leaves_before_the_dot_gets_no_letter(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.on[DATA] = lambda: at.leave(ANN)
        assert await send_letters(at.newsroom) == LetterReport(sent=1)
        assert relay.recipients == [BOB]
        assert states(at.newsroom) == ["dropped", "sent"]

    play(tmp_path, scene, asked=(ANN, BOB))


def test_two_senders_at_once_send_each_letter_once(tmp_path: Path) -> None:
    asked = [f"reader{number}@x.example" for number in range(12)]

    async def scene(at: Desk, relay: Relay) -> None:
        with open_newsroom(tmp_path, clock=Clock()) as second:
            await asyncio.gather(send_letters(at.newsroom), send_letters(second))
        assert relay.recipients == sorted(asked)
        assert set(states(at.newsroom)) == {"sent"}

    play(tmp_path, scene, asked=asked)


def test_one_reader_who_cannot_be_written_to_harms_no_other(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        assert await send_letters(at.newsroom) == LetterReport(sent=1, failed=1)

    play(tmp_path, scene, asked=("王@例子.中国", BOB))


def test_a_letter_about_newsletters_that_are_no_more_is_dropped(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        ask(at.newsroom, newsletter="gone")
        assert await send_letters(at.newsroom) == LetterReport()
        assert states(at.newsroom) == ["dropped"]

    play(tmp_path, scene, asked=())


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("{{ leave_url }}", "the leave link"),
        ("{{ url }}", "the link it is about"),
        ("{% for passage in passages %}", "letter.txt.j2"),
    ],
)
def test_without_what_it_must_hold_no_letter_leaves_until_the_template_is_mended(
    tmp_path: Path, lacking: str, words: str
) -> None:
    own = tmp_path / "templates" / "mail" / "letter.txt.j2"
    own.parent.mkdir(parents=True)
    own.write_text(Path("templates/mail/letter.txt.j2").read_text(encoding="utf-8").replace(lacking, ""))

    async def scene(at: Desk, relay: Relay) -> None:
        report = await send_letters(at.newsroom)
        assert (report.waiting, words in report.trouble) == (1, True)
        assert ANN not in report.trouble
        assert relay.mails == []
        own.unlink()
        with open_newsroom(tmp_path, clock=at.clock) as again:
            at.clock.forward(MINUTE)
            assert await send_letters(again) == LetterReport(sent=1)

    play(tmp_path, scene)


def test_a_letter_into_the_outbox_is_a_file_named_by_it(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        ask(at.newsroom)
        assert asyncio.run(send_letters(at.newsroom)) == LetterReport(sent=1)
        with at.newsroom.database.read() as connection:
            token = connection.scalar(sa.select(rows.c.token))
        [file] = (tmp_path / "outbox" / "new").iterdir()
    assert file.name.startswith(f"opt-in.letter.{token}.")


def test_a_stop_ends_the_wait_for_a_relay_and_the_letter_goes_on_waiting(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        stop = asyncio.Event()
        relay.once(RCPT, SILENT)
        relay.on[RCPT] = stop.set
        report = await asyncio.wait_for(send_letters(at.newsroom, stop=stop), 5)
        assert (report, states(at.newsroom)) == (LetterReport(), ["queued"])

    play(tmp_path, scene)


def test_a_stop_waits_for_the_reply_to_the_dot(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        stop, release = asyncio.Event(), asyncio.Event()

        def reached() -> None:
            stop.set()
            asyncio.get_running_loop().call_later(0.3, release.set)

        relay.on[DOT], relay.gate[DOT] = reached, release
        assert await send_letters(at.newsroom, stop=stop) == LetterReport(sent=1)
        assert states(at.newsroom) == ["sent", "queued"]

    play(tmp_path, scene, asked=(ANN, BOB))


def test_a_stop_at_once_leaves_a_letter_on_the_wire_uncertain_and_says_so(tmp_path: Path) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        stop = Stop()

        def reached() -> None:
            stop.set()
            stop.end_at_once()

        relay.once(DOT, SILENT)
        relay.on[DOT] = reached
        report = await asyncio.wait_for(send_letters(at.newsroom, stop=stop), 20)
        assert (report, states(at.newsroom)) == (LetterReport(uncertain=1), ["started", "queued"])

    play(tmp_path, scene, asked=(ANN, BOB))


@pytest.mark.parametrize(
    ("step", "killed", "later"),
    [
        pytest.param(DATA, "queued", "sent", id="before the dot"),
        pytest.param(DOT, "started", "started", id="after the dot"),
    ],
)
def test_a_killed_sender_sends_no_letter_twice(tmp_path: Path, step: str, killed: str, later: str) -> None:
    async def scene(at: Desk, relay: Relay) -> None:
        relay.once(step, SILENT)
        reached = asyncio.Event()
        relay.on[step] = reached.set
        call = "from pipeline.cli import main; main()"
        words = ("--home", str(tmp_path), "subscribers", "letters", "--send")
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", call, *words)
        await asyncio.wait_for(reached.wait(), 30)
        process.kill()
        assert await process.wait() == -signal.SIGKILL
        await until(lambda: step == DATA or relay.mails)
        assert states(at.newsroom) == [killed]
        for _ in range(2):
            at.clock.forward(timedelta(days=1))
            await send_letters(at.newsroom, ignore_pauses=True)
        assert (relay.recipients, states(at.newsroom)) == ([ANN], [later])

    play(tmp_path, scene)
