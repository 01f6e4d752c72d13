"""What the replies of one run say about us and the relay, rather than about readers. Pure."""

from __future__ import annotations

from pipeline.deliver.replies import Attempt
from pipeline.model import DeliveryState, HoldReason

POLICY_DOMAINS, POLICY_SHARE, POLICY_ATTEMPTS = 3, 0.01, 200
"""Refusals by policy (5.7.x) of that many domains, or of that share of so many attempts, hold the issue."""

Hold = tuple[HoldReason, str]


class Verdict:
    """Hears every reply of a run and says when the issue must be held."""

    def __init__(self, *, connections: int) -> None:
        self._connections = connections
        self._unanswered = self._attempts = self._policy_refusals = 0
        self._policy_domains: set[str] = set()

    def hear(self, attempt: Attempt, *, domain: str) -> Hold | None:
        """Take a reply in and return why the issue must be held, or None."""
        self._attempts += 1
        if attempt.state is DeliveryState.ACCEPTED:
            self._unanswered = 0
        elif attempt.state is DeliveryState.UNCERTAIN:
            return self._after_silence()
        elif attempt.is_ours:
            return self._after_refusal(attempt, domain)
        return None

    def _after_silence(self) -> Hold | None:
        self._unanswered += 1
        if self._unanswered <= self._connections:
            return None
        return HoldReason.UNCERTAIN, f"{self._unanswered} messages in a row got no reply after the dot"

    def _after_refusal(self, attempt: Attempt, domain: str) -> Hold | None:
        self._policy_refusals += 1
        self._policy_domains.add(domain)
        too_many = (
            self._attempts >= POLICY_ATTEMPTS and self._policy_refusals >= POLICY_SHARE * self._attempts
        )
        if not too_many and len(self._policy_domains) < POLICY_DOMAINS:
            return None
        refused = f"refused by policy at {len(self._policy_domains)} domains: {attempt.reason}"
        return HoldReason.REPLIES, refused
