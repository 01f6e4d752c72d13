"""``subscribers show``: everything that is kept of one person, and what it proves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.opening import opened, say, say_json

if TYPE_CHECKING:
    import sqlalchemy as sa

    from pipeline.app import Newsroom
    from subscribers.addresses import Address

_SHOWN = 10
"""So many of the newest deliveries and letters; --json has all."""
_KINDS = {
    "import": "imported, and vouched for by the operator",
    "operator": "vouched for by the operator",
    "asked": "asked for by letter",
    "confirmed": "confirmed",
    "preferences": "chose more",
    "left": "left all newsletters",
    "bounced": "given up, for mail came back",
    "complained": "complained to their provider",
}


def show_person(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show everything that is kept of one person: settings, the record of their consent, bounces, mails."""
    from subscribers.addresses import parse_address

    address = parse_address(email)
    with opened(context) as newsroom, newsroom.database.read() as connection:
        record = person_record(newsroom, connection, address)
    if as_json:
        say_json(record)
    else:
        _show(record)


def person_record(newsroom: Newsroom, connection: sa.Connection, address: Address) -> dict[str, Any]:
    """Return what is kept of the person with this address, ready for JSON. Raises ``UnknownSubscriberError``."""
    from pipeline.jobs.elsewhere import Elsewhere
    from pipeline.jobs.intake import quiet_of
    from subscribers import people, suppression
    from subscribers.bounces.policy import judge
    from subscribers.bounces.register import bounces_of
    from subscribers.life import Status

    key = newsroom.suppression_key
    person = people.find_by_address(connection, address, suppression_key=key)
    away = suppression.find(connection, suppression.address_hash(address.key, key=key))
    bounces = bounces_of(connection, person.id)
    # who was given up was so for what their bounces came to then
    now = (
        max(each.at for each in bounces) if bounces and person.status is Status.BOUNCED else newsroom.clock()
    )
    standing = judge(bounces, now=now, quiet=quiet_of(newsroom, connection, person.id))
    return {
        **people.personal_data(connection, person.id),
        "flags": flags(address),
        "suppressed": {"since": away.at.isoformat(), "reason": away.reason} if away else None,
        "bounce_points": standing.points,
        "bounces_say": standing.why,
        **Elsewhere(newsroom).personal_data(connection, person.id),
    }


def flags(address: Address) -> list[str]:
    """Return what deserves a second look about an address."""
    from subscribers.addresses import is_disposable, is_role, suggest_domain

    meant = suggest_domain(address.email)
    found = {
        "a mailbox of a task, not of a person": is_role(address),
        "a mailbox that may be gone in ten minutes": is_disposable(address),
        f"did they mean {meant}?": meant is not None,
    }
    return [words for words, holds in found.items() if holds]


def _show(record: dict[str, Any]) -> None:
    say(f"{record['email']}: {record['status']}, on the list since {_minute(record['on_the_list_since'])}")
    hour = record["hour"] or "the newsletter's own hour"
    _say_if("name", record["name"])
    _say_if("settings", f"language {record['language']}, {record['timezone']}, at {hour}")
    _say_if("paused until", record["paused_until"] and _minute(record["paused_until"]))
    _say_if("tags", ", ".join(record["tags"]))
    _say_if("look again", "; ".join(record["flags"]))
    if away := record["suppressed"]:
        _say_if("suppressed", f"since {_minute(away['since'])} ({away['reason']}); only they can come back")
    _show_consent(record)
    _show_bounces(record)
    for letter in _newest(record["letters"], "letters of our own"):
        say(f"  {_minute(letter['queued_at'])}  {letter['kind']}: {letter['state']}")
    for sent in _newest(record["deliveries"], "deliveries"):
        say(f"  {sent['slot']}  {sent['newsletter']}: {sent['state']}  {sent['subject'] or ''}")


def _say_if(what: str, words: str | None) -> None:
    if words:
        say(f"  {what:<14}{words}")


def _show_consent(record: dict[str, Any]) -> None:
    say("\nnewsletters")
    for each in record["newsletters"]:
        agreed = each["agreed_on_record"]
        rests = f"agreed to on record {agreed}" if agreed else "not confirmed yet"
        ended = f"; given up {_minute(each['given_up'])}" if each["given_up"] else ""
        say(f"  {each['newsletter']}: since {_minute(each['since'])}, {rests}{ended}")
    say("\nrecords, which are never changed")
    for each in record["records"]:
        say(f"  {each['record']}. {_minute(each['at'])}  {told(each)}")
        if each["words"] not in ("", _KINDS.get(each["kind"])):
            say(f"     “{each['words']}”")


def told(record: dict[str, Any]) -> str:
    """Return what a consent record proves, in words; what was shown or claimed stands beside it."""
    covers = record["covers"] or {}
    asked_for = " and ".join(covers.get("newsletters", ()))
    parts = (
        f"{_KINDS.get(record['kind'], record['kind'])} ({record['came_by']})",
        record["network"] and f"from {record['network']}",
        asked_for and f"for {asked_for}",
        covers.get("language") and f"language {covers['language']}",
        record["form_version"] and f"form {record['form_version']}",
    )
    return ", ".join(filter(None, parts))


def _show_bounces(record: dict[str, Any]) -> None:
    if record["bounces"]:
        say(f"\nmail that came back: {record['bounces_say']}")
    for each in record["bounces"]:
        words = " ".join(filter(None, (each["kind"], each["status"], each["reason"])))
        say(f"  {_minute(each['at'])}  {words}\n     mail {each['mail']}")


def _newest(rows: list[dict[str, Any]], what: str) -> list[dict[str, Any]]:
    """Say how many there are and return the newest."""
    if rows:
        among = f", of which the newest {_SHOWN}" if len(rows) > _SHOWN else ""
        say(f"\n{what}: {len(rows)}{among}")
    return rows[-_SHOWN:]


def _minute(moment: str) -> str:
    """Return an ISO moment, which is UTC, to the minute."""
    return f"{moment[:16].replace('T', ' ')} UTC"
