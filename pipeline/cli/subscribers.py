"""``subscribers``: the list, from the operator's side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.opening import DONE, console, opened, say, say_json

if TYPE_CHECKING:
    from pipeline.app import Newsroom
    from pipeline.config import Newsletter
    from subscribers.store import SignUp
    from subscribers.transfer import Offer

app = typer.Typer(help="Keep the lists.", no_args_is_help=True, rich_markup_mode=None)

ToNewsletter = Annotated[str, typer.Option("--newsletter", metavar="KEY", help="The newsletter's key.")]
_SHOWN_REFUSALS = 20


@app.command(short_help="Add one reader.")
def add(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL")],
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

    with opened(context) as newsroom:
        chosen = newsroom.settings.find_newsletter(newsletter)
        settings = {"language": language, "timezone": timezone, "hour": hour}
        sign_up = _sign_up(email, chosen, name=name, tags=tag or [], **settings)
        with newsroom.database.write() as connection:
            status = store.add(
                connection,
                sign_up,
                claim=(consent or "").strip() or None,
                suppression_key=newsroom.suppression_key,
                mailer=Letters(),
                now=newsroom.clock(),
            )
    queued = "; an opt-in letter is queued" if status == "pending" else ""
    say(f"{sign_up.address.email} is {status} for {chosen.key}{queued}")


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
    from subscribers.store import SignUp

    return SignUp(
        address=preferences.parse_address(email),
        newsletter=newsletter.key,
        language=preferences.parse_language(language) if language else newsletter.languages[0],
        timezone=preferences.parse_timezone(timezone) if timezone else newsletter.timezone,
        name=preferences.parse_name(name),
        send_at=preferences.parse_hour(hour) if hour else None,
        tags=tuple(preferences.parse_name(tag) for tag in tags),
    )


@app.command("import", short_help="Import a list from CSV.")
def import_list(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv")],
    newsletter: ToNewsletter,
    consent: Annotated[
        str, typer.Option("--consent", metavar="TEXT", help="Where and how these people agreed.")
    ],
) -> None:
    """Import a list; each row is added, left alone or refused with its reason."""
    from subscribers import transfer

    if not consent.strip():
        raise typer.BadParameter("say where and how these people agreed", param_hint="--consent")
    with opened(context) as newsroom:
        chosen = newsroom.settings.find_newsletter(newsletter)
        done = transfer.import_csv(
            file,
            offers=_offers(newsroom),
            newsletter=chosen.key,
            claim=consent.strip(),
            suppression_key=newsroom.suppression_key,
            write=newsroom.database.write,
            now=newsroom.clock(),
        )
    for refusal in done.refused[:_SHOWN_REFUSALS]:
        say(f"row {refusal.row}, {refusal.column}: {refusal.why}")
    if len(done.refused) > _SHOWN_REFUSALS:
        say(f"… and {len(done.refused) - _SHOWN_REFUSALS} more refused rows")
    say(f"{done.rows} rows = {done.added} added + {done.left_alone} left alone + {len(done.refused)} refused")
    raise typer.Exit(DONE)


def _offers(newsroom: Newsroom) -> list[Offer]:
    from subscribers.transfer import Offer

    return [
        Offer(newsletter=each.key, period=each.period, language=each.languages[0], timezone=each.timezone)
        for each in newsroom.settings.newsletter
    ]


@app.command("list", short_help="List everyone.")
def list_subscribers(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """List everyone but the erased."""
    from rich.table import Table

    from subscribers.people import listing

    with opened(context) as newsroom, newsroom.database.read() as connection:
        people = listing(connection)
    rows: list[dict[str, Any]] = [
        {
            "email": person.email,
            "status": person.status,
            "name": person.name,
            "language": person.language,
            "timezone": person.timezone,
            "tags": list(person.tags),
            "newsletters": list(person.newsletters),
        }
        for person in people
    ]
    if as_json:
        say_json(rows)
        return
    if not rows:
        say("nobody yet; add readers with: metabrief subscribers add EMAIL --newsletter KEY --consent TEXT")
        return
    table = Table("email", "status", "name", "language", "timezone", "newsletters", "tags", box=None)
    for row in rows:
        cells = (", ".join(value) if isinstance(value, list) else str(value) for value in row.values())
        email, status, name, language, timezone, tags, newsletters = cells
        table.add_row(email, status, name, language, timezone, newsletters, tags)
    console().print(table)


@app.command(short_help="End all newsletters of an address.")
def unsubscribe(context: typer.Context, email: Annotated[str, typer.Argument(metavar="EMAIL")]) -> None:
    """End all newsletters of an address, at once and also for mails already planned."""
    from subscribers import leaving
    from subscribers.preferences import parse_address

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
