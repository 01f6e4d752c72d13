"""What can go wrong with a list.

SubscriberError
├── AddressError            an address or setting cannot be used; that row or call is refused
├── RefusedError            this person may not be added again; only they can come back themselves
├── UnknownSubscriberError  nobody has this address or token
├── FilterError             a filter cannot be read; nothing was looked for
├── LinkError               a signed link is too old or was never ours; a new one can be asked for
├── ImportFileError         a file cannot be read as a list; nothing of it was taken
└── ExportFileError         a file cannot be written; what was there before still is
"""


class SubscriberError(Exception):
    """Say in one line what failed, which person or file, and what to do."""


class AddressError(SubscriberError):
    """An address or setting cannot be used; carries the ``column`` it stood in.

    ``kind`` says what is wrong where a page has other words for it than for whatever else is wrong in that column.
    """

    def __init__(self, message: str, *, column: str, kind: str = "") -> None:
        super().__init__(message)
        self.column = column
        self.kind = kind or column


class RefusedError(SubscriberError):
    """This person left, complained or was erased; only they can come back, by a new confirmed opt-in."""


class UnknownSubscriberError(SubscriberError):
    """Nobody on the list has this address or token."""


class FilterError(SubscriberError):
    """A filter cannot be read; nothing was looked for."""

    exit_code = 2  # wrong use


class ImportFileError(SubscriberError):
    """A file cannot be read as a list; nothing of it was taken."""


class ExportFileError(SubscriberError):
    """A file cannot be written; what was there before still is."""


class LinkError(SubscriberError):
    """A signed link is too old or was never ours; carries the ``purpose`` it was read for."""

    def __init__(self, message: str, *, purpose: str, is_expired: bool) -> None:
        super().__init__(message)
        self.purpose = purpose
        self.is_expired = is_expired
