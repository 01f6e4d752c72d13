"""``subscribers``: the list, from the operator's side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli import people, person, transfer
from pipeline.cli.opening import opened, say
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.config import Newsletter
    from subscribers.store import SignUp

app = typer.Typer(help="Keep the lists.", no_args_is_help=True, rich_markup_mode=None)

app.command("list", short_help="List everyone, or a segment.")(people.list_people)
app.command("show", short_help="Show all that is kept of one person.")(person.show_person)
app.command("stats", short_help="Count the list.")(people.count_people)
app.command("import", short_help="Import a list from CSV.")(transfer.import_list)
app.command("export", short_help="Write the list as CSV.")(transfer.export_list)

Email = Annotated[str, typer.Argument(metavar="EMAIL")]
ToNewsletter = Annotated[str, typer.Option("--newsletter", metavar="KEY", help="The newsletter's key.")]


@app.command(short_help="Add one reader.")
def add(
    context: typer.Context,
    email: Email,
    newsletter: ToNewsletter,
    name: Annotated[str, typer.Option("--name")] = "",
    language: Annotated[str | None, typer.Option("--language", help="en, zh or both.")] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", help="An IANA zone.")] = None,
    hour: Annotated[str | None, typer.Option("--hour", help="The reader's hour: 7 or 07:30.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="May be given again.")] = None,
    consent: Annotated[
        str | None,
        typer.Option("--consent", metavar="TEXT", help="Where and how they agreed; without it: pending."),
    ] = None,
) -> None:
    """Add one reader: active with --consent, else pending until they confirm."""
    from pipeline.store.letters import Letters
    from subscribers import store
    from subscribers.errors import RefusedError

    with opened(context) as newsroom:
        chosen = newsroom.settings.find_newsletter(newsletter)
        settings = {"language": language, "timezone": timezone, "hour": hour}
        sign_up = _sign_up(email, chosen, name=name, tags=tag or [], **settings)
        try:
            with newsroom.database.write() as connection:
                is_known = store.is_known(connection, sign_up.address)
                status = store.add(
                    connection,
                    sign_up,
                    claim=transfer.readable(consent or "") or None,
                    suppression_key=newsroom.suppression_key,
                    mailer=Letters(),
                    now=newsroom.clock(),
                )
        except RefusedError as error:
            raise RefusedError(f"{error}, at {newsroom.settings.site_url}/subscribe") from error
    queued = "; an opt-in letter is queued" if status == "pending" else ""
    say(f"{sign_up.address.email} is {status} for {chosen.key}{queued}")
    if is_known and (name or any(settings.values())):
        say("they were on the list already: their name and settings are left as they are")
    for flag in person.flags(sign_up.address):
        say(f"look again at {sign_up.address.email}: {flag}")


def _sign_up(
    email: str,
    newsletter: Newsletter,
    *,
    name: str,
    tags: list[str],
    language: str | None,
    timezone: str | None,
    hour: str | None,
) -> SignUp:
    """Check every setting; what is not given is the newsletter's own."""
    from subscribers import preferences
    from subscribers.addresses import parse_address
    from subscribers.store import SignUp
    from subscribers.tags import parse_tag

    return SignUp(
        address=parse_address(email),
        newsletter=newsletter.key,
        language=preferences.parse_language(language) if language else newsletter.languages[0],
        timezone=preferences.parse_timezone(timezone) if timezone else newsletter.timezone,
        name=preferences.parse_name(name),
        send_at=preferences.parse_hour(hour) if hour else None,
        tags=tuple(parse_tag(tag) for tag in tags),
    )


@app.command(short_help="End all newsletters of an address.")
def unsubscribe(context: typer.Context, email: Email) -> None:
    """End all newsletters of an address, at once and also for mails already planned."""
    from subscribers import leaving
    from subscribers.addresses import parse_address

    address = parse_address(email)
    with opened(context) as newsroom, newsroom.database.write() as connection:
        leaving.end_by_address(
            connection,
            address,
            leaving.left(origin="subscribers unsubscribe"),
            suppression_key=newsroom.suppression_key,
            now=newsroom.clock(),
        )
    say(f"{address.email} is unsubscribed from everything")


@app.command("tag", short_help="Tag a person, or take a tag off.")
def tag_person(
    context: typer.Context,
    email: Email,
    tag: Annotated[str, typer.Argument(metavar="TAG")],
    remove: Annotated[bool, typer.Option("--remove", help="Take it off.")] = False,
) -> None:
    """Tag a person, or take a tag off; twice is fine."""
    from subscribers import tags
    from subscribers.addresses import parse_address
    from subscribers.people import find_by_address

    address, word = parse_address(email), tags.parse_tag(tag)
    with opened(context) as newsroom, newsroom.database.write() as connection:
        key = newsroom.suppression_key
        found = find_by_address(connection, address, suppression_key=key)
        if remove:
            had = tags.remove(connection, found.id, word)
        else:
            tags.add(connection, found.id, [word])
        now = find_by_address(connection, address, suppression_key=key).tags
    if remove:
        done = f"no longer has the tag {word}" if had else f"had no tag {word}"
    else:
        done = f"has the tag {word}"
    say(f"{found.email} {done}; tags: {', '.join(now) or 'none'}")


@app.command(short_help="Forget a person for good.")
def erase(
    context: typer.Context,
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it, only say what would go.")] = False,
) -> None:
    """Forget a person for good: what is left is a hash of the address, that keeps it from being added again."""
    from pipeline.jobs.elsewhere import Elsewhere
    from subscribers import erasure
    from subscribers.addresses import parse_address
    from subscribers.schema import subscribers

    address = parse_address(email)
    with opened(context) as newsroom:
        with newsroom.database.read() as connection:
            record = person.person_record(newsroom, connection, address)
        if not yes:
            raise UsageError(_what_would_go(record))
        with newsroom.database.write() as connection:
            erasure.erase(
                connection,
                subscribers.c.email_key == address.key,
                elsewhere=Elsewhere(newsroom),
                origin="subscribers erase",
                suppression_key=newsroom.suppression_key,
                now=newsroom.clock(),
            )
    say(f"{address.email} is erased; only a hash of the address is kept, and nothing is sent there again")


def _what_would_go(record: dict[str, Any]) -> str:
    """Return in a line what erasing takes away."""
    counts = {
        "newsletters": len(record["newsletters"]),
        "tags": len(record["tags"]),
        "bounces": len(record["bounces"]),
        "letters": len(record["letters"]),
    }
    told = ", ".join(f"{what}: {number}" for what, number in counts.items())
    return (
        f"nothing is erased yet; of {record['email']} ({record['status']}) would go for good: address, name, settings, "
        f"mails in the outbox and the intake, {told}; what stays without a name: records: {len(record['records'])}, "
        f"deliveries: {len(record['deliveries'])}; do it with: metabrief subscribers erase {record['email']} --yes"
    )
