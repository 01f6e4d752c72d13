"""Mails as they lie about: in a Maildir, in an mbox, or in a stream; each read whole, none larger than it may be."""

from __future__ import annotations

import fcntl
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import MetabriefError

LARGEST = 10 * 2**20
"""Bytes of a mail that are looked at; a bounce returns at most what we sent, which is a hundredth of it."""
_FOLDERS = ("tmp", "new", "cur")
_CHUNK = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A mail that could not be read, or not be marked as read; the others go on."""

    name: str
    why: str


Found = bytes | Unread


def make_maildir(folder: Path) -> None:
    """See that a Maildir is there. Raises ``MetabriefError``."""
    try:
        for name in _FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise MetabriefError(
            f"mailbox {folder} cannot be made: {error.strerror}; see its folder's rights"
        ) from error


def mails_at(path: Path) -> Iterator[Found]:
    """Return the mails of a Maildir, all of them; of an mbox; or the one in a file. Raises ``MetabriefError``."""
    if path.is_dir():
        return maildir_mails(path)
    try:
        return _file_mails(path.open("rb"), path)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise MetabriefError(
            f"{path} cannot be read: {why}; name a Maildir, an mbox, or - for standard input"
        ) from error


def maildir_mails(folder: Path, *, unread_only: bool = False) -> Iterator[Found]:
    """Return the mails of a Maildir; each is marked as read when the next one is asked for.

    Raises ``MetabriefError`` when it is none.
    """
    if not all((folder / name).is_dir() for name in ("new", "cur")):
        raise MetabriefError(f"{folder} is no Maildir: it has no new and cur; name one, an mbox, or -")
    return _marked(folder, unread_only=unread_only)


def _marked(folder: Path, *, unread_only: bool) -> Iterator[Found]:
    listed = [*maildir_files(folder, "cur", "new")]  # before any is moved from the one to the other
    for path in listed:
        if unread_only and _is_seen(path):
            continue
        try:
            yield _content(path)
            _mark_read(path, folder)  # so what stopped half-way is read again
        except FileNotFoundError:
            continue  # somebody else was quicker
        except OSError as error:
            yield Unread(name=path.name, why=error.strerror or type(error).__name__)


def maildir_files(folder: Path, *names: str) -> Iterator[Path]:
    """Return the files in these folders of a Maildir, by name; links and other things are passed over.

    Raises ``MetabriefError`` when one cannot be listed.
    """
    for name in names:
        try:
            with os.scandir(folder / name) as entries:
                files = sorted(entry.name for entry in entries if entry.is_file(follow_symlinks=False))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise MetabriefError(
                f"{folder / name} cannot be read: {error.strerror}; see its rights"
            ) from error
        yield from (folder / name / file for file in files if not file.startswith("."))


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST)


def _flags(path: Path) -> str:
    return path.name.partition(":2,")[2]


def _is_seen(path: Path) -> bool:
    return path.parent.name == "cur" and "S" in _flags(path)


def _mark_read(path: Path, folder: Path) -> None:
    if not _is_seen(path):
        flags = "".join(sorted({*_flags(path), "S"}))
        path.rename(folder / "cur" / f"{path.name.partition(':2,')[0]}:2,{flags}")


def remove_old(folder: Path, *, before: datetime) -> None:
    """Remove the files of a folder that were last changed before a moment."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        old = [
            entry.path
            for entry in entries
            if entry.is_file(follow_symlinks=False) and entry.stat().st_mtime < before.timestamp()
        ]
        for path in old:
            Path(path).unlink(missing_ok=True)


def _file_mails(file: BinaryIO, path: Path) -> Iterator[Found]:
    with file:
        try:
            yield from stream_mails(file, size=_whole_size(file))
        except OSError as error:
            raise MetabriefError(f"{path} cannot be read to its end: {error.strerror}") from error


def _whole_size(file: BinaryIO) -> int:
    """Return how far a file reaches when nobody is writing to it, so that no mail is read half."""
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return sys.maxsize
    with suppress(OSError):  # where locks are unknown, nobody else locks it either
        fcntl.lockf(file, fcntl.LOCK_SH)
    size = os.fstat(file.fileno()).st_size
    with suppress(OSError):
        fcntl.lockf(file, fcntl.LOCK_UN)
    return size


def stream_mails(file: BinaryIO, *, size: int = sys.maxsize) -> Iterator[bytes]:
    """Return the mails in the next ``size`` bytes: of an mbox when they begin with ``From ``, else the one that they are.

    Memory is that of one mail, whatever lies in the stream (RFC 4155; a mail begins after a blank line).
    """
    mail = bytearray()
    is_mbox: bool | None = None
    starts_line = after_blank = True
    while chunk := file.readline(min(_CHUNK, size)):
        size -= len(chunk)
        begins = starts_line and after_blank and chunk.startswith(b"From ")
        is_mbox = begins if is_mbox is None else is_mbox
        if is_mbox and begins:
            if mail:
                yield _without_last_blank(mail)
            mail.clear()
        elif len(mail) < LARGEST:
            mail += chunk
        after_blank = starts_line and chunk in (b"\n", b"\r\n")
        starts_line = chunk.endswith(b"\n")
    if mail:
        yield _without_last_blank(mail) if is_mbox else bytes(mail[:LARGEST])


def _without_last_blank(mail: bytearray) -> bytes:
    """Return a mail of an mbox without the blank line that parts it from the next."""
    for end in (b"\r\n\r\n", b"\n\n"):
        if mail.endswith(end):
            return bytes(mail[: -len(end) // 2][:LARGEST])
    return bytes(mail[:LARGEST])
