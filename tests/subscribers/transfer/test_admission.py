"""The rules of an import: who is taken, and whom it never touches."""

from __future__ import annotations

import pytest

from subscribers.life import GONE, Status
from subscribers.transfer.admission import Known, Verdict, judge


def known(
    status: Status, *, consent_id: int | None = None, is_subscribed: bool = False, is_dropped: bool = False
) -> Known:
    return Known(
        id=1, status=status, is_subscribed=is_subscribed, consent_id=consent_id, is_dropped=is_dropped
    )


@pytest.mark.parametrize(
    ("person", "is_suppressed", "verdict"),
    [
        pytest.param(None, False, Verdict.TAKEN, id="a stranger"),
        pytest.param(None, True, Verdict.LEFT_ALONE, id="a suppressed stranger"),
        pytest.param(known(Status.PENDING), False, Verdict.TAKEN, id="pending"),
        pytest.param(known(Status.PENDING), True, Verdict.LEFT_ALONE, id="pending since they were erased"),
        pytest.param(known(Status.PENDING, is_subscribed=True), False, Verdict.TAKEN, id="asked for it"),
        pytest.param(known(Status.ACTIVE), False, Verdict.TAKEN, id="active with another newsletter"),
        pytest.param(known(Status.ACTIVE), True, Verdict.TAKEN, id="active again by their own word"),
        pytest.param(known(Status.PAUSED), False, Verdict.TAKEN, id="paused"),
        pytest.param(
            known(Status.ACTIVE, is_subscribed=True, consent_id=7), False, Verdict.LEFT_ALONE, id="has it"
        ),
        pytest.param(
            known(Status.ACTIVE, is_subscribed=True, is_dropped=True),
            False,
            Verdict.LEFT_ALONE,
            id="dropped it",
        ),
    ],
)
def test_who_may_be_added_is_taken_and_all_others_left_alone(
    person: Known | None, is_suppressed: bool, verdict: Verdict
) -> None:
    assert judge(has_left=False, known=person, is_suppressed=is_suppressed, resumed=None) is verdict


@pytest.mark.parametrize("status", sorted(GONE))
@pytest.mark.parametrize("is_suppressed", [True, False])
@pytest.mark.parametrize("is_subscribed", [True, False])
def test_nobody_who_is_gone_is_ever_taken(status: Status, is_suppressed: bool, is_subscribed: bool) -> None:
    person = known(status, is_subscribed=is_subscribed)
    verdict = judge(has_left=False, known=person, is_suppressed=is_suppressed, resumed=None)
    assert verdict is Verdict.LEFT_ALONE


@pytest.mark.parametrize("person", [None, known(Status.ACTIVE), known(Status.PENDING)])
def test_who_left_elsewhere_is_never_taken(person: Known | None) -> None:
    assert judge(has_left=True, known=person, is_suppressed=False, resumed=None) is Verdict.LEFT_ELSEWHERE


@pytest.mark.parametrize(
    ("consent_id", "verdict"), [(7, Verdict.TAKEN_BEFORE), (6, Verdict.LEFT_ALONE), (None, Verdict.TAKEN)]
)
def test_an_import_that_goes_on_knows_whom_it_took_before(consent_id: int | None, verdict: Verdict) -> None:
    person = known(Status.ACTIVE, is_subscribed=True, consent_id=consent_id)
    assert judge(has_left=False, known=person, is_suppressed=False, resumed=7) is verdict
