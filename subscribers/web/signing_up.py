"""Sign up by a form, of ours or on another site; the answer never tells whether an address was known."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from starlette.requests import Request
from starlette.responses import Response

from subscribers import optin
from subscribers.addresses import Address, parse_address, suggest_domain
from subscribers.errors import AddressError
from subscribers.limits import Verdict
from subscribers.optin import Asking
from subscribers.preferences import LANGUAGES, one_line, parse_language
from subscribers.web.door import Door, Offered
from subscribers.web.guard import Form, form_of
from subscribers.web.pages import answer, client_network, page, page_language
from subscribers.web.wording import shown_wording, wording

TRAP = "reference"
"""A field that people do not see and programs fill in."""
_SITE = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,100}")
_UNTOLD = "another site"
"""Which of them its browser keeps to itself."""


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What the form shows in its fields."""

    email: str
    newsletters: tuple[str, ...]
    language: str


async def show(door: Door, request: Request) -> Response:
    """Show the form."""
    filled = Filled(email="", newsletters=(door.usual.key,), language=page_language(door, request))
    return _form(door, request, filled)


async def send(door: Door, request: Request) -> Response:
    """Take a form in, from whatever site."""
    form = await form_of(request, from_anywhere=True)
    if form.one(TRAP):
        return _counted(door, "honeypot", answer(door, request, "asked"))
    try:
        asking = _asking(door, request, form)
    except AddressError as error:
        return _counted(door, "bad", _form(door, request, _filled(door, form), problem=error))
    suggested = None if form.has("sure") else _suggested(asking.address.email)
    if suggested:
        return _counted(door, "typo", _suggestion(door, request, form, suggested=suggested))
    return await _knock(door, request, asking)


def _suggested(email: str) -> str | None:
    """Return the address with the big domain that was probably meant."""
    domain = suggest_domain(email)
    return f"{email.rpartition('@')[0]}@{domain}" if domain else None


async def _knock(door: Door, request: Request, asking: Asking) -> Response:
    """Ask the address's owner, if the limits allow; the answer is the same for all but those who are many."""
    now = door.clock()
    admission = door.limits.admit(asking.address.key, network=asking.network, now=now)
    if admission.is_news:
        _tell_operator(door, admission.wait)
    if admission.verdict in (Verdict.NETWORK, Verdict.OVERALL):
        return _counted(door, admission.verdict, _later(door, request, admission.wait))
    if admission.verdict is Verdict.LET_IN:
        await door.writing.run(
            lambda connection: optin.ask(
                connection, asking, suppression_key=door.suppression_key, mailer=door.mailer, now=now
            )
        )
    return _counted(door, admission.verdict, answer(door, request, "asked"))


def _tell_operator(door: Door, wait: timedelta) -> None:
    minutes = ceil(wait / timedelta(minutes=1))
    logging.getLogger(__name__).warning(
        "sign-ups are asked to come back later: %s came in within the hour; the next is let in after %s minutes",
        len(door.limits),
        minutes,
    )


def _asking(door: Door, request: Request, form: Form) -> Asking:
    """Return what a form asks for. Raises ``AddressError``."""
    chosen = _chosen(door, form)
    site = _other_site(request, form)
    shown = shown_wording(door, form.one("form"), site=site)
    return Asking(
        address=_address(form),
        newsletters=tuple(each.key for each in chosen),
        language=parse_language(form.one("language") or chosen[0].languages[0]),
        timezone=chosen[0].timezone,
        claim=shown.text,
        version=shown.version,
        origin=f"form at {site}" if site else "form",
        network=client_network(request),
    )


def _address(form: Form) -> Address:
    address = parse_address(form.one("email"))
    if not address.email.rpartition("@")[0].isascii():
        raise AddressError(
            f"{address.email!r} can be written to only by SMTPUTF8 (RFC 6531), which we do not speak",
            column="email",
            kind="international",
        )
    return address


def _chosen(door: Door, form: Form) -> tuple[Offered, ...]:
    keys = form.all("newsletter")
    if not keys and form.has("form"):  # our own form, with every box unticked
        raise AddressError("choose at least one newsletter", column="newsletter")
    door.see_offered(keys)
    return tuple(each for each in door.newsletters if each.key in keys) or (door.usual,)


def _other_site(request: Request, form: Form) -> str | None:
    """Return the site that a form was sent from, when its browser says so and it is not ours.

    Our own page that asks about a slip carries on what the browser said before.
    """
    origin = request.headers.get("origin", "")
    if _SITE.fullmatch(origin) and origin.partition("//")[2] != request.headers.get("host"):
        return origin
    if request.headers.get("sec-fetch-site") == "cross-site":
        return _UNTOLD
    told = form.one("site")
    return told if told == _UNTOLD or _SITE.fullmatch(told) else None


def _filled(door: Door, form: Form) -> Filled:
    """Return the form as it was sent; another site's may have had fewer fields."""
    newsletters = form.all("newsletter") if form.has("form") else (door.usual.key,)
    return Filled(email=one_line(form.one("email")), newsletters=newsletters, language=form.one("language"))


def _form(door: Door, request: Request, filled: Filled, *, problem: AddressError | None = None) -> Response:
    return page(
        door,
        request,
        "subscribe",
        status=422 if problem else 200,
        newsletters=door.newsletters,
        languages=_languages(door),
        filled=filled,
        problem=problem,
        words=wording(door, page_language(door, request)),
        contact=door.contact,
        trap=TRAP,
    )


def _languages(door: Door) -> tuple[str, ...]:
    made = {language for each in door.newsletters for language in each.languages}
    return tuple(language for language in LANGUAGES if language in made)


def _suggestion(door: Door, request: Request, form: Form, *, suggested: str) -> Response:
    return page(
        door,
        request,
        "suggestion",
        can_switch=False,
        suggested=suggested,
        typed=form.one("email"),
        fields=form.fields,
        site=_other_site(request, form) or "",
    )


def _later(door: Door, request: Request, wait: timedelta) -> Response:
    response = answer(door, request, "later", status=429)
    response.headers["Retry-After"] = str(max(1, ceil(wait.total_seconds())))
    return response


def _counted(door: Door, outcome: str, response: Response) -> Response:
    door.counters.sign_up(outcome)
    return response
