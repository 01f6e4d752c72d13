"""The outbox: a Maildir in which each delivery is one file, durable before it counts as accepted."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from pipeline.deliver.message import Message
from pipeline.deliver.replies import Attempt, Start
from pipeline.errors import TransportError
from pipeline.model import DeliveryState


class Outbox:
    """Puts messages into a Maildir; a message that is there already is not written again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def open(self) -> None:
        """Make the folders. Raises ``TransportError``."""
        try:
            for name in ("tmp", "new", "cur"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TransportError(f"outbox {self.folder} cannot be made: {error.strerror}") from error

    async def deliver(self, message: Message, start: Start) -> Attempt | None:
        """Write one message; None when ``start`` said no. Raises ``TransportError`` when nothing can be written.

        The bytes are on disk before ``start`` is asked, so a full disk is found while the row can still go back.
        """
        name = message.id.strip("<>").replace("/", "_")
        try:
            draft = None if self._is_there(name) else self._draft(name, message)
            if not start():
                if draft:
                    draft.unlink()
                return None
            if draft:
                self._publish(draft)
        except OSError as error:
            raise TransportError(
                f"outbox {self.folder} takes no mail: {error.strerror}; make room or mend its rights, then send again"
            ) from error
        return Attempt(state=DeliveryState.ACCEPTED)

    async def close(self) -> None:
        """Nothing is held open."""

    def _is_there(self, name: str) -> bool:
        return (self.folder / "new" / name).exists() or any(
            (self.folder / "cur").glob(f"{glob.escape(name)}*")
        )

    def _draft(self, name: str, message: Message) -> Path:
        draft = self.folder / "tmp" / name
        with draft.open("wb") as file:
            file.write(f"Return-Path: <{message.envelope_from}>\r\n".encode() + message.content)
            file.flush()
            os.fsync(file.fileno())
        return draft

    def _publish(self, draft: Path) -> None:
        """Rename and sync the folder, so that the file is there after a power cut."""
        draft.rename(self.folder / "new" / draft.name)
        folder = os.open(self.folder / "new", os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
