"""The promise: nobody who left is written to, unless they came back themselves."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pipeline.store.letters import Letters
from subscribers import leaving, optin, settings, store
from subscribers.addresses import parse_address
from subscribers.audience import audience
from subscribers.erasure import erase
from subscribers.errors import RefusedError, UnknownSubscriberError
from subscribers.leaving import Ending
from subscribers.life import GONE, Status
from subscribers.optin import Answer, Asking
from subscribers.schema import consents, subscribers, subscriptions
from subscribers.settings import Choice, Page
from subscribers.transfer.applicants import Offer
from subscribers.transfer.imports import ListImport, import_csv
from tests.contracts.hurry import hurried
from tests.contracts.people import KEY, NOW, sign_up

NEWSLETTERS = ("daily", "weekly")
PEOPLE = tuple(f"{name}@x.example.com" for name in ("ann", "bo", "cy"))
_OFFERS = [
    Offer(newsletter="daily", period="day", language="en", timezone="UTC"),
    Offer(newsletter="weekly", period="week", language="en", timezone="UTC"),
]
_ENDINGS = (leaving.left(origin="test"), leaving.complained(mail="1"), leaving.given_up(why="x", mail="2"))

people = st.sampled_from(PEOPLE)
some_newsletters = st.sets(st.sampled_from(NEWSLETTERS), min_size=1).map(lambda keys: tuple(sorted(keys)))


@dataclass
class Wish:
    """What one person said last, by their own hand."""

    is_away: bool = False
    dropped: set[str] = field(default_factory=set)
    letters: list[int] = field(default_factory=list)
    """Askings of theirs that were neither confirmed nor overtaken."""


class _Nowhere:
    """The rest of the program, which keeps nothing here."""

    def personal_data(self, _connection: sa.Connection, _subscriber_id: int) -> dict[str, object]:
        return {}

    def forget(self, _connection: sa.Connection, _subscriber_id: int) -> None:
        return


class List(RuleBasedStateMachine):
    """A list to which everything happens that can, in any order, beside what its people said."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._home = Path(self._folder.name)
        self._database = hurried(self._home / "newsroom.db")
        self._wishes = {email: Wish() for email in PEOPLE}
        self._all_letters: list[int] = []
        self._imports = 0

    def teardown(self) -> None:
        self._database.close()
        self._folder.cleanup()

    @rule(email=people, newsletters=some_newsletters)
    def the_form_is_sent(self, email: str, newsletters: tuple[str, ...]) -> None:
        asking = Asking(
            address=parse_address(email),
            newsletters=newsletters,
            language="en",
            timezone="UTC",
            claim="shown",
            version="1",
            origin="form",
            network="192.0.2.0/24",
        )
        with self._database.write() as connection:
            optin.ask(connection, asking, suppression_key=KEY, mailer=Letters(), now=NOW)
        self._note_letters(email)

    @rule(email=people, newsletter=st.sampled_from(NEWSLETTERS), claim=st.sampled_from([None, "a fair"]))
    def the_operator_adds(self, email: str, newsletter: str, claim: str | None) -> None:
        person = sign_up(email, newsletter=newsletter)
        try:
            with self._database.write() as connection:
                store.add(connection, person, claim=claim, suppression_key=KEY, mailer=Letters(), now=NOW)
        except RefusedError:
            assert self._wishes[email].is_away
        self._note_letters(email)

    @rule(chosen=st.sets(people, min_size=1), newsletter=st.sampled_from(NEWSLETTERS))
    def a_file_is_imported(self, chosen: set[str], newsletter: str) -> None:
        self._imports += 1
        path = self._home / f"list-{self._imports}.csv"
        path.write_text("email\n" + "\n".join(sorted(chosen)) + "\n", encoding="utf-8")
        wanted = ListImport(
            path=path, offers=_OFFERS, newsletter=newsletter, claim="a fair", suppression_key=KEY
        )
        import_csv(wanted, write=self._database.write, now=NOW)

    @precondition(lambda self: self._all_letters)
    @rule(data=st.data())
    def a_letter_is_confirmed(self, data: st.DataObject) -> None:
        asked = data.draw(st.sampled_from(self._all_letters))
        with self._database.write() as connection:
            terms: dict[str, list[str]] = connection.execute(
                sa.select(consents.c.terms).where(consents.c.id == asked)
            ).scalar_one()
            answer = optin.confirm(
                connection, asked, claim="yes", version="c1", network="", suppression_key=KEY, now=NOW
            )
        owner = next((wish for wish in self._wishes.values() if asked in wish.letters), None)
        assert (answer is Answer.CONFIRMED) == (owner is not None)
        if owner is not None:
            owner.letters.remove(asked)
            owner.dropped -= set(terms["newsletters"])
            owner.is_away = False
            email = next(email for email, wish in self._wishes.items() if wish is owner)
            assert all(email in self._readers(key) for key in terms["newsletters"])

    @rule(email=people, ending=st.sampled_from(_ENDINGS))
    def it_ends(self, email: str, ending: Ending) -> None:
        address = parse_address(email)
        try:
            with self._database.write() as connection:
                leaving.end_by_address(connection, address, ending, suppression_key=KEY, now=NOW)
        except UnknownSubscriberError:
            return
        self._note_end(email)

    @rule(email=people)
    def it_is_erased(self, email: str) -> None:
        where = subscribers.c.email_key == parse_address(email).key
        with self._database.write() as connection:
            was_there = erase(
                connection, where, elsewhere=_Nowhere(), origin="test", suppression_key=KEY, now=NOW
            )
        if was_there:
            self._note_end(email)

    @rule(email=people, newsletters=st.sets(st.sampled_from(NEWSLETTERS)).map(tuple), pauses=st.booleans())
    def the_reader_chooses(self, email: str, newsletters: tuple[str, ...], pauses: bool) -> None:
        with self._database.write() as connection:
            before = store.find_row(connection, subscribers.c.email_key == parse_address(email).key)
            if before is None or before.status in GONE:
                return
            [token] = store.tokens(connection, [parse_address(email).key])
            of_hers = sa.select(subscriptions.c.newsletter).where(subscriptions.c.subscriber_id == before.id)
            had = set(connection.scalars(of_hers))
            choice = Choice(
                newsletters=newsletters,
                name="",
                language="en",
                timezone="UTC",
                send_at=None,
                paused_until=NOW if pauses else None,
            )
            page = Page(offered=NEWSLETTERS, claim="shown", version="1", network="")
            settings.choose(connection, token, choice, page=page, suppression_key=KEY, now=NOW)
        wish = self._wishes[email]
        wish.dropped |= had - set(newsletters)
        if before.status is not Status.PENDING:
            wish.dropped -= set(newsletters)
        if not newsletters:
            self._note_end(email)

    @rule()
    def the_pauses_end(self) -> None:
        with self._database.write() as connection:
            store.resume_due(connection, now=NOW)

    @invariant()
    def nobody_who_left_is_written_to(self) -> None:
        for newsletter in NEWSLETTERS:
            for email in self._readers(newsletter):
                wish = self._wishes[email]
                assert not wish.is_away, f"{email} left and gets {newsletter}"
                assert newsletter not in wish.dropped, f"{email} dropped {newsletter} and gets it"

    def _readers(self, newsletter: str) -> list[str]:
        chosen = audience(newsletter).subquery()
        with self._database.read() as connection:
            rows = sa.select(subscribers.c.email).join(chosen, chosen.c.subscriber_id == subscribers.c.id)
            return list(connection.scalars(rows))

    def _note_letters(self, email: str) -> None:
        """Note the askings that are new."""
        with self._database.read() as connection:
            asked = sa.select(consents.c.id).where(consents.c.kind == "asked").order_by(consents.c.id)
            fresh = [each for each in connection.scalars(asked) if each not in self._all_letters]
        self._all_letters += fresh
        self._wishes[email].letters += fresh

    def _note_end(self, email: str) -> None:
        wish = self._wishes[email]
        wish.is_away = True
        wish.letters.clear()


TestPromise = List.TestCase
TestPromise.settings = hypothesis_settings(max_examples=30, stateful_step_count=30, deadline=None)
