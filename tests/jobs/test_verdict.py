"""What holds an issue: refusals by policy, too many addresses that do not exist, a relay that swallows mail."""

from __future__ import annotations

import pytest

from pipeline.deliver.causes import Cause
from pipeline.deliver.replies import Attempt
from pipeline.jobs.verdict import Hold, Verdict
from pipeline.model import DeliveryState as State
from pipeline.model import HoldReason

ACCEPTED = Attempt(state=State.ACCEPTED, code=250)
DEFERRED = Attempt(state=State.DEFERRED, code=451)
UNCERTAIN = Attempt(state=State.UNCERTAIN)
UNKNOWN = Attempt(state=State.REJECTED, code=550, is_no_such_user=True)
FULL = Attempt(state=State.REJECTED, code=552)
SPF = Attempt(state=State.DEFERRED, code=550, reason="5.7.23 no", is_ours=True, cause=Cause.SPF)
POLICY = Attempt(state=State.DEFERRED, code=550, reason="5.7.1 no", is_ours=True, cause=Cause.POLICY)


def heard(*attempts: Attempt, connections: int = 10) -> Hold | None:
    """Return what the last of these attempts, all at one domain, leads to."""
    verdict = Verdict(connections=connections)
    found = None
    for attempt in attempts:
        found = verdict.hear(attempt, domain="a.example")
    return found


@pytest.mark.parametrize(
    ("unknown", "others", "held"),
    [
        pytest.param(199, 0, False, id="too few to tell"),
        pytest.param(4, 196, False, id="two in a hundred"),
        pytest.param(5, 195, True, id="more"),
        pytest.param(20, 980, False, id="two in a hundred of more"),
        pytest.param(21, 979, True, id="more of more"),
    ],
)
def test_addresses_that_do_not_exist_hold_the_issue(unknown: int, others: int, *, held: bool) -> None:
    found = heard(*[UNKNOWN] * min(unknown, 4), *[ACCEPTED] * others, *[UNKNOWN] * max(0, unknown - 4))
    assert (found is not None) is held


def test_addresses_that_do_not_exist_hold_the_issue_once_there_are_enough_attempts() -> None:
    assert heard(*[UNKNOWN] * 5, *[ACCEPTED] * 194) is None
    assert heard(*[UNKNOWN] * 5, *[ACCEPTED] * 195) is not None


def test_a_list_of_addresses_that_do_not_exist_is_told_with_what_to_do() -> None:
    assert heard(*[ACCEPTED] * 190, *[UNKNOWN] * 10) == (
        HoldReason.REPLIES,
        "10 of 200 tries (5.0%) met an address that does not exist, which spoils a sender's name; "
        "see where the list came from, take off what is old, then approve the issue",
    )


def test_no_other_rejection_speaks_of_the_list() -> None:
    assert heard(*[FULL] * 300, *[DEFERRED] * 300) is None


@pytest.mark.parametrize(
    ("refused", "others", "held"),
    [
        pytest.param(199, 0, False, id="too few to tell"),
        pytest.param(1, 199, False, id="fewer than one in a hundred"),
        pytest.param(2, 198, True, id="one in a hundred"),
    ],
)
def test_refusals_by_policy_of_one_domain_hold_the_issue(refused: int, others: int, *, held: bool) -> None:
    found = heard(*[POLICY] * refused, *[ACCEPTED] * others)
    assert (found is not None) is held


def test_refusals_by_policy_of_three_domains_hold_the_issue() -> None:
    verdict = Verdict(connections=10)
    domains = ("a.example", "b.example", "a.example", "c.example")
    found = [verdict.hear(POLICY, domain=domain) for domain in domains]
    assert [each and each[0] for each in found] == [None, None, None, HoldReason.REPLIES]


def test_a_refusal_is_told_with_its_likely_cause_and_what_to_do() -> None:
    verdict = Verdict(connections=10)
    for domain, attempt in (("a.example", SPF), ("b.example", SPF), ("c.example", POLICY)):
        found = verdict.hear(attempt, domain=domain)
    assert found == (
        HoldReason.REPLIES,
        "refused by policy at 3 domains: 5.7.1 no (likely cause: SPF; add this relay to the SPF record of "
        "[smtp] return_path_domain; see metabrief doctor)",
    )


@pytest.mark.parametrize(
    ("attempts", "held"),
    [
        pytest.param([UNCERTAIN] * 3, False, id="one a connection"),
        pytest.param([UNCERTAIN] * 4, True, id="one more"),
        pytest.param([UNCERTAIN] * 3 + [ACCEPTED] + [UNCERTAIN] * 3, False, id="one accepted in between"),
        pytest.param([UNCERTAIN] * 3 + [DEFERRED, UNCERTAIN], True, id="one deferred in between"),
    ],
)
def test_silence_after_the_dot_in_a_row_holds_the_issue(attempts: list[Attempt], *, held: bool) -> None:
    found = heard(*attempts, connections=3)
    assert (found and found[0]) == (HoldReason.UNCERTAIN if held else None)
