"""Whether a composed issue goes out, waits for a person, or is passed over."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model import HoldReason, IssueStatus


@dataclass(frozen=True, kw_only=True)
class Yield:
    """What came of a slot: how much was read, how much is worth telling, what is wrong with the page."""

    sources_enabled: int
    sources_read: int
    items: int
    lint_errors: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a newsletter wants done."""

    min_items: int
    on_thin: str
    """``hold``, ``skip`` or ``send``."""
    approval: str
    """``auto``, ``editor`` or ``auto-after:…``."""
    wants_hold: bool = False
    """The operator asked to look first."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """How composing ends."""

    status: IssueStatus
    reason: HoldReason | None = None
    detail: str = ""


def decide(found: Yield, policy: Policy) -> Decision:
    """Say how composing ends: errors first, then thin days, then whoever wants to look."""
    if found.lint_errors:
        return _held(HoldReason.LINT, "; ".join(found.lint_errors[:3]))
    if not found.sources_enabled:
        return _held(
            HoldReason.THIN,
            "no source is enabled; add some to sources.toml, or set [sources] shipped = true",
        )
    if 2 * found.sources_read < found.sources_enabled:
        return _held(
            HoldReason.THIN, f"only {found.sources_read} of {found.sources_enabled} sources were read"
        )
    thin = found.items < max(policy.min_items, 1)
    few = f"only {found.items} of the {max(policy.min_items, 1)} items wanted"
    if thin and policy.on_thin == "skip":
        return Decision(status=IssueStatus.SKIPPED, detail=few)
    if thin and policy.on_thin == "hold":
        return _held(HoldReason.THIN, few)
    if policy.wants_hold:
        return _held(HoldReason.OPERATOR, "held as asked")
    if policy.approval != "auto":
        return _held(HoldReason.APPROVAL, "waits for an editor")
    return Decision(status=IssueStatus.APPROVED)


def _held(reason: HoldReason, detail: str) -> Decision:
    return Decision(status=IssueStatus.HELD, reason=reason, detail=detail)
