"""See and change one's settings by the link in each mail, which shows no address in full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response

from subscribers import preferences, settings
from subscribers.errors import AddressError
from subscribers.life import GONE, Status
from subscribers.settings import Choice
from subscribers.web.door import Door
from subscribers.web.guard import Form, form_of
from subscribers.web.pages import answer, client_network, page, page_language
from subscribers.web.readers import Reader, find_reader
from subscribers.web.wording import wording
from subscribers.web.zones import zone_name, zone_options


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What the form shows in its fields."""

    newsletters: tuple[str, ...]
    name: str
    language: str
    timezone: str
    hour: str
    pause: str
    """The local day on which mail begins again, ``YYYY-MM-DD``."""


async def show(door: Door, request: Request) -> Response:
    """Show the settings of the link's owner."""
    reader = await _find(door, request)
    return _form(door, request, reader) if reader else answer(door, request, "unknown", status=404)


async def send(door: Door, request: Request) -> Response:
    """Save what the reader chose."""
    form = await form_of(request)
    reader = await _find(door, request)
    if reader is None:
        return answer(door, request, "unknown", status=404)
    if reader.status in GONE or reader.status is Status.PENDING:
        return _form(door, request, reader, status=404)
    try:
        choice = _choice(door, form, reader)
    except AddressError as error:
        return _form(door, request, reader, filled=_typed(door, form, reader), problem=error, status=422)
    token, seen = request.path_params["token"], _seen(door, request, form, reader)
    saved = await door.writing.run(lambda connection: _save(door, connection, token, choice, seen))
    door.counters.use("left" if saved and saved.status in GONE else "preferences")
    return _form(door, request, saved or reader, is_saved=True)


def _seen(door: Door, request: Request, form: Form, reader: Reader) -> settings.Page:
    shown = wording(door, page_language(door, request, reader.language))
    return settings.Page(
        offered=_offered(door, form),
        claim=shown.text,
        version=shown.version,
        network=client_network(request),
    )


def _save(
    door: Door, connection: sa.Connection, token: str, choice: Choice, seen: settings.Page
) -> Reader | None:
    settings.choose(
        connection, token, choice, page=seen, suppression_key=door.suppression_key, now=door.clock()
    )
    return find_reader(connection, token)


def _choice(door: Door, form: Form, reader: Reader) -> Choice:
    """Return what was chosen; a field that was not sent leaves its setting. Raises ``AddressError``."""
    offered = _offered(door, form)
    door.see_offered(form.all("newsletter"))
    timezone = reader.timezone
    if form.has("timezone"):
        timezone = preferences.parse_timezone(form.one("timezone"))
    hour, pause = form.one("hour"), form.one("pause")
    send_at = preferences.parse_hour(hour) if hour else None
    paused_until = preferences.parse_pause(pause, timezone=timezone, now=door.clock()) if pause else None
    return Choice(
        newsletters=tuple(key for key in offered if key in form.all("newsletter")),
        name=preferences.parse_name(form.one("name")) if form.has("name") else reader.name,
        language=preferences.parse_language(form.one("language"))
        if form.has("language")
        else reader.language,
        timezone=timezone,
        send_at=send_at if form.has("hour") else reader.send_at,
        paused_until=paused_until if form.has("pause") else reader.paused_until,
    )


def _offered(door: Door, form: Form) -> tuple[str, ...]:
    """Return the newsletters that the page had boxes for; a form that names none at all changes none."""
    known = tuple(each.key for each in door.newsletters)
    if form.has("newsletter") and not form.has("offered"):
        return known
    return tuple(key for key in known if key in form.all("offered"))


def _form(
    door: Door,
    request: Request,
    reader: Reader,
    *,
    filled: Filled | None = None,
    problem: AddressError | None = None,
    is_saved: bool = False,
    status: int = 200,
) -> Response:
    language = page_language(door, request, reader.language)
    filled = filled or _settings(reader, now=door.clock())
    return page(
        door,
        request,
        "preferences",
        email=reader.email,
        language=reader.language,
        status=status,
        state=_state(reader),
        token=request.path_params["token"],
        newsletters=door.newsletters,
        filled=filled,
        zone=zone_name(filled.timezone, language),
        zones=zone_options(language),
        tomorrow=_tomorrow(door, reader),
        words=wording(door, language),
        problem=problem,
        is_saved=is_saved,
    )


def _tomorrow(door: Door, reader: Reader) -> str:
    today = door.clock().astimezone(ZoneInfo(reader.timezone)).date()
    return (today + timedelta(days=1)).isoformat()


def _state(reader: Reader) -> str:
    if reader.status in GONE:
        return "gone"
    return "pending" if reader.status is Status.PENDING else "reader"


def _settings(reader: Reader, *, now: datetime) -> Filled:
    is_paused = reader.status is Status.PAUSED and reader.paused_until and reader.paused_until > now
    until = reader.paused_until if is_paused else None
    return Filled(
        newsletters=reader.newsletters,
        name=reader.name,
        language=reader.language,
        timezone=reader.timezone,
        hour=reader.send_at or "",
        pause=until.astimezone(ZoneInfo(reader.timezone)).date().isoformat() if until else "",
    )


def _typed(door: Door, form: Form, reader: Reader) -> Filled:
    """Return the form as it was sent; what it had no field for, as it is set."""
    is_set = _settings(reader, now=door.clock())
    names = ("name", "language", "timezone", "hour", "pause")
    typed = {name: form.one(name) if form.has(name) else getattr(is_set, name) for name in names}
    return Filled(newsletters=form.all("newsletter") if form.has("offered") else is_set.newsletters, **typed)


async def _find(door: Door, request: Request) -> Reader | None:
    token = request.path_params["token"]
    return await door.reading.run(lambda connection: find_reader(connection, token))
