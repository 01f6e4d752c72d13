"""A small file system that tests fill, and a limit on what a process may write."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHUNK = b"\0" * 4096


@dataclass(frozen=True, kw_only=True)
class Disk:
    """A file system that only commands run through ``prefix`` see at its place."""

    prefix: tuple[str, ...]
    folder: Path
    """Its files, as this process sees them."""

    def fill(self) -> None:
        """Leave no room at all."""
        with (self.folder / "filler").open("ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(CHUNK)
            except OSError:
                pass

    def free(self) -> None:
        """Make room again."""
        (self.folder / "filler").unlink()


def can_mount() -> bool:
    """Say whether this user may mount file systems in a namespace of their own."""
    words = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@contextmanager
def small_disk(place: Path, *, megabytes: int) -> Iterator[Disk]:
    """Mount an empty file system at ``place``, in a mount namespace of its own."""
    script = f'mount -t tmpfs -o size={megabytes}m tmpfs "$1" && echo ready && exec cat'
    words = ["unshare", "--mount", "sh", "-c", script, "sh", str(place)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"ready\n"
        prefix = ("nsenter", f"--mount=/proc/{holder.pid}/ns/mnt")
        yield Disk(prefix=prefix, folder=Path(f"/proc/{holder.pid}/root{place}"))


def limit_files(pid: int, size: int | None) -> None:
    """Let a process write no file beyond ``size`` bytes, as on a full disk; None lifts that."""
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))
