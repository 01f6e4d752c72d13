"""What an import tells of a list."""

from __future__ import annotations

from dataclasses import dataclass

from subscribers.transfer.applicants import Refusal


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A row that was added and should be looked at again."""

    row: int
    address: str
    what: str


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What became of a file's rows; ``added + left_alone + refused`` is their number."""

    rows: int
    added: int
    left_alone: int
    refused: int
    first_refused: tuple[Refusal, ...]
    left_elsewhere: int
    """Of those left alone, the ones who left where the list comes from …"""
    leaving: int
    """… of these the readers who leave here with it …"""
    steadfast: int
    """… and those who came here by their own word and stay."""
    roles: int
    """Of those added, addresses of a task and not of a person."""
    disposable: int
    done_before: int
    """Rows that a run which was stopped had done."""
    heads: tuple[str, ...]
    """The header's names that were read …"""
    passed_over: tuple[str, ...]
    """… and those that were not."""
    product: str
    """The product whose list it is, empty when it is nobody's known."""
    advice: str
    """What to do when that product's list cannot say who left, else empty."""
    is_gbk: bool
    """Whether it was read as GBK, for it is not UTF-8."""
    digest: str
