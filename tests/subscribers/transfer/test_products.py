"""What other products' columns say of a person."""

from __future__ import annotations

import pytest

from subscribers.errors import AddressError
from subscribers.transfer.products import has_left, see_no_doubt, whole_name


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        pytest.param({}, False, id="nothing said"),
        pytest.param({"status": ""}, False, id="an empty status"),
        pytest.param({"status": "Enabled"}, False, id="listmonk: enabled"),
        pytest.param({"status": "blocklisted"}, True, id="listmonk: blocklisted"),
        pytest.param({"status": "regular"}, False, id="Buttondown: regular"),
        pytest.param({"status": " Unsubscribed "}, True, id="unsubscribed"),
        pytest.param({"status": "active"}, False, id="ours: active"),
        pytest.param({"status": "bounced"}, True, id="ours: bounced"),
        pytest.param({"status": "complained"}, True, id="ours: complained"),
        pytest.param({"unsub_time": "2021-04-01 10:00:00"}, True, id="Mailchimp: unsubscribed"),
        pytest.param({"clean_time": "2021-04-01 10:00:00"}, True, id="Mailchimp: cleaned"),
        pytest.param({"email_disabled": "true"}, True, id="Substack: disabled"),
        pytest.param({"email_disabled": "False"}, False, id="Substack: not disabled"),
        pytest.param({"email_disabled": ""}, False, id="Substack: nothing said"),
        pytest.param({"subscription_status": "unsubscribed"}, True, id="listmonk: left a list"),
        pytest.param({"unsub_time": "", "status": "unsubscribed"}, True, id="one column is enough"),
        pytest.param({"subscribed_to_emails": "true"}, False, id="Ghost: subscribed"),
        pytest.param({"subscribed_to_emails": "false"}, True, id="Ghost: not subscribed"),
        pytest.param({"subscribed_to_emails": "true", "deleted_at": "2021-04-01"}, True, id="Ghost: deleted"),
    ],
)
def test_who_left_elsewhere_is_told_from_who_did_not(cells: dict[str, str], verdict: bool) -> None:
    assert has_left(cells) is verdict


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        pytest.param({"status": "disabled"}, "status", id="listmonk: disabled"),
        pytest.param({"status": "pending"}, "status", id="never confirmed"),
        pytest.param({"status": "gold"}, "status", id="a status of another sense"),
        pytest.param({"unsub_time": " "}, "unsub_time", id="no time in a list of those who left"),
        pytest.param({"email_disabled": "maybe"}, "email_disabled", id="neither true nor false"),
    ],
)
def test_a_row_that_does_not_say_that_they_may_be_written_to_is_refused(
    cells: dict[str, str], column: str
) -> None:
    with pytest.raises(AddressError) as caught:
        see_no_doubt(cells)
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"name": "Ann Lee", "first name": "Bo"}, "Ann Lee"),
        ({"name": "", "first name": "Ann", "last name": " Lee "}, "Ann Lee"),
        ({"name": "   ", "first name": "Ann", "last name": "Lee"}, "Ann Lee"),
        ({"first name": "Ann", "last name": ""}, "Ann"),
        ({"last name": "Lee"}, "Lee"),
        ({"first name": "小明", "last name": "王"}, "王小明"),
        ({"first name": "Ann", "last name": "王"}, "Ann 王"),
        ({}, ""),
    ],
)
def test_first_and_last_name_make_one(cells: dict[str, str], name: str) -> None:
    assert whole_name(cells) == name
