"""The outbox: a Maildir in which each delivery is one file, durable before it counts as accepted."""

from __future__ import annotations

import asyncio
import glob
import os
import tempfile
from pathlib import Path

from pipeline.deliver.message import Message
from pipeline.deliver.replies import Attempt, Start
from pipeline.deliver.work import P, Single, Work
from pipeline.errors import TransportError
from pipeline.model import DeliveryState


class Outbox:
    """Puts messages into a Maildir; a message that is there already is not written again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._is_made = False

    async def run(self, work: Work[P]) -> None:
        """Write what ``work`` gives until it has nothing more. Raises ``TransportError`` when nothing can be written.

        The bytes are on disk before the fence is asked, so a full disk is found while the row can still go back.
        """
        while (parcel := work.ready() or await work.next()) is not None:
            await asyncio.sleep(0)  # lets signals in, for nothing else waits here
            await self._put(work, parcel)

    async def deliver(self, message: Message, start: Start) -> Attempt | None:
        """Write one message; None when ``start`` said no. Raises as ``run`` does."""
        single = Single(message, start)
        await self.run(single)
        return single.attempt

    async def _put(self, work: Work[P], parcel: P) -> None:
        name = parcel.message.id.strip("<>").replace("/", "_")
        try:
            self._make_folders()
            draft = None if self._is_there(name) else self._draft(parcel.message)
        except OSError as error:
            work.put_back(parcel, is_lost=True)
            raise TransportError(self._trouble(error)) from error
        try:
            if await self._may_start(work, parcel):
                work.settle(parcel, self._publish(draft, name))
        finally:
            if draft is not None:
                draft.unlink(missing_ok=True)

    async def _may_start(self, work: Work[P], parcel: P) -> bool:
        try:
            return await work.start(parcel)
        except BaseException:
            work.put_back(parcel, is_lost=False)
            raise

    def _make_folders(self) -> None:
        if not self._is_made:
            for name in ("tmp", "new", "cur"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            self._is_made = True

    async def close(self) -> None:
        """Nothing is held open."""

    def _is_there(self, name: str) -> bool:
        return (self.folder / "new" / name).exists() or any(
            (self.folder / "cur").glob(f"{glob.escape(name)}*")
        )

    def _draft(self, message: Message) -> Path:
        """Write a file of this call's own in ``tmp``, whole and synced, or leave none."""
        descriptor, path = tempfile.mkstemp(dir=self.folder / "tmp")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(f"Return-Path: <{message.envelope_from}>\r\n".encode() + message.content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            Path(path).unlink(missing_ok=True)
            raise
        return Path(path)

    def _publish(self, draft: Path | None, name: str) -> Attempt:
        """Give the draft its name, and sync the folder so that it is there after a power cut.

        A failure defers: the next try finds the file or writes it, so nothing comes twice.
        """
        try:
            if draft is not None:
                draft.rename(self.folder / "new" / name)
            sync_folder(self.folder / "new")
        except OSError as error:
            return Attempt(state=DeliveryState.DEFERRED, reason=self._trouble(error))
        return Attempt(state=DeliveryState.ACCEPTED)

    def _trouble(self, error: OSError) -> str:
        return f"outbox {self.folder} takes no mail: {error.strerror}; make room or mend its rights, then send again"


def sync_folder(path: Path) -> None:
    """See that the names in a folder survive a power cut."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
