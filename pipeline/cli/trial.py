"""``try``: one stage on your own file, or on many rows of JSON; needs no newsroom, but heeds the beat of the one it is in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from pipeline.cli.opening import DONE, FAILED, counting, own_lexicon, say, standard_input
from pipeline.errors import MetabriefError, UsageError

if TYPE_CHECKING:
    from pipeline.trial.rows import Answer, Row, Unread

app = typer.Typer(help="Try one stage on your own file.", no_args_is_help=True, rich_markup_mode=None)

_FILE_HELP = "A page (HTML), a text with its title in the first line, or a JSON object."
File = Annotated[Path | None, typer.Argument(metavar="FILE", help=_FILE_HELP)]
Rows = Annotated[
    Path | None,
    typer.Option(
        "--jsonl", metavar="IN", help="Many rows instead, one JSON object a line; - for standard input."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(short_help="The article of a page.")
def extract(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A page (HTML).")] = None,
    url: Annotated[str | None, typer.Option("--url", help="Where the page came from.")] = None,
    jsonl: Rows = None,
    as_json: AsJson = False,
) -> None:
    """Extract the article of a page: title, text, date, authors.

    Rows: {id, path or html_base64, url?, content_type?}; a path is relative to IN.
    """
    from datetime import UTC, datetime
    from functools import partial

    from pipeline.trial.files import page_row
    from pipeline.trial.rows import answer
    from pipeline.trial.stages import UNKNOWN_PAGE, try_extract

    _require_one(file, jsonl, url)
    folder = jsonl.parent if jsonl else Path()
    stage = partial(try_extract, folder=folder, now=datetime.now(UTC))
    judge = partial(answer, stage=stage, unknown=UNKNOWN_PAGE)
    if jsonl:
        _answer_rows(jsonl, judge)
    elif file:
        _show(judge(page_row(file, url=url)), _extracted, as_json=as_json)


def _extracted(found: Answer) -> Iterator[str]:
    yield found["title"] or "(no title)"
    yield " · ".join(
        (
            found["published"] or "no date",
            ", ".join(found["authors"]) or "no author",
            found["site"] or "no site",
            found["language"] or "no language",
        )
    )
    yield ""
    yield found["text"]


@app.command(short_help="Whether an article is on the beat.")
def select(context: typer.Context, file: File = None, jsonl: Rows = None, as_json: AsJson = False) -> None:
    """Judge whether an article is on the beat, and say why.

    Rows: {id, title, text?, url?, language?}.
    """
    from functools import partial

    from pipeline.select.lexicon import load
    from pipeline.trial.rows import answer
    from pipeline.trial.stages import try_select

    _require_one(file, jsonl)
    judge = partial(answer, stage=partial(try_select, lexicon=load(own_lexicon(context))))
    if jsonl:
        _answer_rows(jsonl, judge)
    elif file:
        _show(judge(_file_row(file)), _selected, as_json=as_json)


def _selected(found: Answer) -> Iterator[str]:
    yield f"{'on' if found['relevant'] else 'off'} the beat, score {found['score']:.2f}"
    yield from (f"  {reason}" for reason in found["why"])


@app.command(short_help="Which articles tell of one event.")
def cluster(
    context: typer.Context,
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help=_FILE_HELP)] = None,
    jsonl: Rows = None,
    as_json: AsJson = False,
) -> None:
    """Group articles that tell of the same event.

    Rows: {id, title, text?, published?, source?, group?}; only rows of one group are compared.
    """
    from pipeline.select.lexicon import load
    from pipeline.trial.stages import try_cluster

    _require_one(files or None, jsonl)
    if jsonl:
        with _rows(jsonl) as rows:
            _print_rows(try_cluster(rows, lexicon=load(own_lexicon(context))))
        return
    paths = files or []
    found = try_cluster(map(_file_row, paths), lexicon=load(own_lexicon(context)))
    if as_json:
        _print_rows(found)
    else:
        for line in _clustered(list(zip(paths, found, strict=True))):
            say(line)
    raise typer.Exit(FAILED if any(each["error"] for each in found) else DONE)


def _clustered(found: Sequence[tuple[Path, Answer]]) -> Iterator[str]:
    for story in dict.fromkeys(each["story"] for _, each in found if "story" in each):
        yield f"story {story}"
        yield from (f"  {path}" for path, each in found if each.get("story") == story)
    yield from (f"not read: {path}: {each['error']}" for path, each in found if each["error"])


@app.command(short_help="An article in one to three sentences.")
def summarise(
    file: File = None,
    sentences: Annotated[
        int | None, typer.Option("--sentences", min=1, metavar="N", help="So many whole sentences.")
    ] = None,
    language: Annotated[str | None, typer.Option("--language", metavar="L", help="en, zh, …")] = None,
    jsonl: Rows = None,
    as_json: AsJson = False,
) -> None:
    """Sum an article up in its own sentences.

    Rows: {id, title, text, language?, sentences?}.
    """
    from pipeline.trial.rows import Unread, answer
    from pipeline.trial.stages import try_summarise

    _require_one(file, jsonl, sentences, language)
    if jsonl:
        _answer_rows(jsonl, lambda row: answer(row, try_summarise))
    elif file:
        row = _file_row(file)
        if not isinstance(row, Unread):
            told = {"sentences": sentences, "language": language}
            row = {**row, **{key: value for key, value in told.items() if value is not None}}
        _show(answer(row, try_summarise), lambda found: [found["summary"]], as_json=as_json)


@app.command(short_help="Whether a source says what its summary says.")
def check(
    context: typer.Context,
    source: Annotated[
        Path | None,
        typer.Argument(metavar="SOURCE", help="A page, a text, or a JSON object with source and summary."),
    ] = None,
    summary: Annotated[str | None, typer.Option("--summary", metavar="TEXT", help="The summary.")] = None,
    summary_file: Annotated[
        Path | None, typer.Option("--summary-file", metavar="F", help="A file with the summary.")
    ] = None,
    jsonl: Rows = None,
    as_json: AsJson = False,
) -> None:
    """Check that a summary says only what its source says: numbers, names, quotations, yes or no, plan or fact.

    Rows: {id, source, summary}.
    """
    from functools import partial

    from pipeline.select.lexicon import load
    from pipeline.trial.files import check_row
    from pipeline.trial.rows import answer
    from pipeline.trial.stages import try_check

    _require_one(source, jsonl, summary, summary_file)
    if summary is not None and summary_file is not None:
        raise UsageError("give either --summary TEXT or --summary-file F")
    judge = partial(answer, stage=partial(try_check, lexicon=load(own_lexicon(context))))
    if jsonl:
        _answer_rows(jsonl, judge)
    elif source:
        told = _summary_of(summary_file) if summary_file else summary
        _show(judge(check_row(_file_row(source), summary=told)), _checked, as_json=as_json)


def _summary_of(file: Path) -> str:
    from pipeline.extract.charset import decode
    from pipeline.trial.stages import read_file

    try:
        return decode(read_file(file))
    except MetabriefError as error:
        raise MetabriefError(f"{file}: {error}") from error


def _checked(found: Answer) -> Iterator[str]:
    yield f"{'supported' if found['supported'] else 'not supported'}, score {found['score']:.2f}"
    yield from (f"  not in the source: {words}" for words in found["unsupported"])


@app.command(short_help="What a mail that came back says.")
def bounce(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="A mail; - is standard input.")] = None,
    jsonl: Rows = None,
    as_json: AsJson = False,
) -> None:
    """Read a mail that came back: a bounce, a complaint, a wish to leave, an automatic answer, or none of them.

    Rows: {id, path}; a path is relative to IN.
    """
    from pipeline.trial.bounce import in_words, try_bounce, try_piped
    from pipeline.trial.files import page_row
    from pipeline.trial.rows import answer

    _require_one(file, jsonl)
    if jsonl:
        folder = jsonl.parent
        _answer_rows(jsonl, lambda row: answer(row, lambda fields: try_bounce(fields, folder=folder)))
    elif file:
        is_piped = str(file) == "-"
        found = answer(
            page_row(file),
            lambda fields: (
                try_piped(standard_input("a file")) if is_piped else try_bounce(fields, folder=Path())
            ),
        )
        _show(found, in_words, as_json=as_json)


def _require_one(file: object, jsonl: Path | None, *options: object) -> None:
    if (file is None) == (jsonl is None):
        raise UsageError("give either FILE or --jsonl IN")
    if jsonl is not None and any(option is not None for option in options):
        raise UsageError("with --jsonl each row says for itself what the other options say of one file")


def _file_row(file: Path) -> Row | Unread:
    from datetime import UTC, datetime

    from pipeline.trial.files import file_row

    return file_row(file, now=datetime.now(UTC))


def _show(found: Answer, tell: Callable[[Answer], Iterable[str]], *, as_json: bool) -> None:
    """Print one file's answer; an error ends the command with status 1 either way."""
    if as_json:
        _print_rows([found])
    elif found.get("error"):
        raise MetabriefError(f"{found['id']}: {found['error']}")
    else:
        for line in tell(found):
            say(line)
    raise typer.Exit(FAILED if found.get("error") else DONE)


def _answer_rows(jsonl: Path, judge: Callable[[Row | Unread], Answer]) -> None:
    with _rows(jsonl) as rows:
        _print_rows(map(judge, rows))


def _print_rows(rows: Iterable[Answer]) -> None:
    """Print answers as they come; where they go to a file, a person at a terminal sees how many there were."""
    from pipeline.trial.rows import to_line

    is_seen = sys.stdout.isatty()
    shown: AbstractContextManager[Callable[[], None]] = (
        nullcontext(lambda: None) if is_seen else counting("rows")
    )
    with shown as advance:
        for row in rows:
            typer.echo(to_line(row), nl=False)
            advance()


@contextmanager
def _rows(jsonl: Path) -> Iterator[Iterator[Row | Unread]]:
    from pipeline.trial.rows import read_rows

    with _opened(jsonl) as lines:
        yield read_rows(lines)


def _opened(jsonl: Path) -> AbstractContextManager[IO[bytes]]:
    if str(jsonl) == "-":
        return nullcontext(standard_input("a file of rows"))
    try:
        return jsonl.open("rb")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise MetabriefError(
            f"{jsonl}: cannot be read ({reason}); name a file of rows, or - for standard input"
        ) from error
