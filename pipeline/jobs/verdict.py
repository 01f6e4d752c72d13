"""What the replies of one run say about us, the list and the relay, rather than about a reader. Pure."""

from __future__ import annotations

from collections import Counter

from pipeline.deliver.causes import REMEDIES, Cause
from pipeline.deliver.replies import Attempt
from pipeline.model import DeliveryState, HoldReason

LEAST_ATTEMPTS = 200
"""Before so many attempts no share of them holds an issue."""
POLICY_DOMAINS, POLICY_SHARE = 3, 0.01
"""Refusals by policy (5.7.x) of that many domains, or of that share of the attempts, hold the issue."""
UNKNOWN_SHARE = 0.02
"""More than that share of attempts at addresses that do not exist holds the issue: nobody who agreed is asked so late."""

Hold = tuple[HoldReason, str]


class Verdict:
    """Hears every reply of a run, over all its rounds, and says when the issue must be held."""

    def __init__(self, *, connections: int) -> None:
        self._connections = connections
        self._unanswered = self._attempts = self._unknown = self._refusals = 0
        self._domains: set[str] = set()
        self._causes: Counter[Cause] = Counter()
        self._last_refusal = ""

    def hear(self, attempt: Attempt, *, domain: str) -> Hold | None:
        """Take a reply in and return why the issue must be held, or None."""
        self._attempts += 1
        if attempt.state is DeliveryState.ACCEPTED:
            self._unanswered = 0
        elif attempt.state is DeliveryState.UNCERTAIN:
            self._unanswered += 1
        elif attempt.is_ours:
            self._take_refusal(attempt, domain)
        elif attempt.is_no_such_user:
            self._unknown += 1
        return self._after_silence() or self._after_refusals() or self._after_unknown()

    def _take_refusal(self, attempt: Attempt, domain: str) -> None:
        self._refusals += 1
        self._domains.add(domain)
        self._causes[attempt.cause or Cause.POLICY] += 1
        self._last_refusal = attempt.reason or str(attempt.code)

    def _after_silence(self) -> Hold | None:
        if self._unanswered <= self._connections:
            return None
        return HoldReason.UNCERTAIN, f"{self._unanswered} messages in a row got no reply after the dot"

    def _after_refusals(self) -> Hold | None:
        too_many = self._attempts >= LEAST_ATTEMPTS and self._refusals >= POLICY_SHARE * self._attempts
        if not too_many and len(self._domains) < POLICY_DOMAINS:
            return None
        number = len(self._domains)
        [(cause, _)] = self._causes.most_common(1)
        said = f"refused by policy at {number} {'domain' if number == 1 else 'domains'}: {self._last_refusal}"
        return HoldReason.REPLIES, f"{said} (likely cause: {cause}; {REMEDIES[cause]})"

    def _after_unknown(self) -> Hold | None:
        if self._attempts < LEAST_ATTEMPTS or self._unknown <= UNKNOWN_SHARE * self._attempts:
            return None
        share = f"{self._unknown} of {self._attempts} tries ({self._unknown / self._attempts:.1%})"
        return HoldReason.REPLIES, (
            f"{share} met an address that does not exist, which spoils a sender's name; "
            "see where the list came from, take off what is old, then approve the issue"
        )
