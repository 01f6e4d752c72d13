"""What programs read of sending: one line of JSON a batch on standard error; never an address, a token or a secret."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.jobs.batch import Batch


def batch_log() -> Callable[[Batch], None]:
    """Return what writes a batch down; a log on a full disk ends nothing."""
    from pipeline.jobs.logger import json_logger

    logger = json_logger()

    def write_down(batch: Batch) -> None:
        mails = sum(batch.states.values())
        with suppress(OSError):
            logger.info(
                "batch",
                issue=batch.issue_id,
                newsletter=batch.newsletter,
                mails=mails,
                seconds=round(batch.seconds, 3),
                rate=round(mails / batch.seconds, 1) if batch.seconds else None,
                states=dict(batch.states),
                codes={str(code): number for code, number in batch.codes.items()},
            )

    return write_down
