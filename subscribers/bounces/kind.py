"""What a mail that came back is."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a mail says of a delivery, or that it says nothing of one."""

    HARD = "hard"
    """The address or its host does not exist."""
    SOFT = "soft"
    """The address could not be reached for now: full, switched off, busy, silent."""
    OURS = "ours"
    """We were refused: policy, reputation, authentication, content, size, rate."""
    COMPLAINT = "complaint"
    """The reader called the mail spam."""
    LEAVE = "leave"
    """The reader asks to be let go."""
    AUTO_REPLY = "auto-reply"
    NONE = "none"
    """Something else: a person's mail, or news that all went well."""
