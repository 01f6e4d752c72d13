"""What other products' columns say of a person."""

from __future__ import annotations

import pytest

from subscribers.errors import AddressError
from subscribers.transfer.products import (
    LEAVERS,
    PRODUCTS,
    advice,
    has_left,
    is_doubtful,
    is_unasked,
    recognise,
    see_no_doubt,
    whole_name,
)


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
        pytest.param({"subscribed_to_emails": "2021-04-01"}, False, id="subscribed on a day"),
        pytest.param({"unsubscribed": " TRUE "}, True, id="yes"),
        pytest.param({"退订": "是"}, True, id="yes in Chinese"),
        pytest.param({"unsubscribed at": "2021-01-01 10:00:00"}, True, id="a moment"),
        pytest.param({"unsubscribed": "Jan 3, 2021 10:00"}, True, id="a day, its month in letters"),
        pytest.param({"unsubscribed": "3 January 2021"}, True, id="a day before its month"),
        pytest.param({"unsubscribe date": "3/14/2021"}, True, id="a day as in America"),
        pytest.param({"退订日期": "2021年3月4日"}, True, id="a day in Chinese"),
        pytest.param({"opted out": "no", "bounced": "1"}, True, id="one of several"),
        pytest.param({"opted out": "No", "bounced": "0", "退订": "否", "blocked": " "}, False, id="none"),
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
        pytest.param({"unsubscribed": "maybe"}, "unsubscribed", id="neither yes nor no"),
        pytest.param({"unsubscribed at": "0000-00-00"}, "unsubscribed at", id="no day"),
        pytest.param({"subscribed_to_emails": "sometimes"}, "subscribed_to_emails", id="neither, subscribed"),
    ],
)
def test_a_row_that_does_not_say_that_they_may_be_written_to_is_refused(
    cells: dict[str, str], column: str
) -> None:
    with pytest.raises(AddressError) as caught:
        see_no_doubt(cells)
    assert caught.value.column == column


@pytest.mark.parametrize("column", sorted(LEAVERS))
def test_each_column_of_leavers_is_believed(column: str) -> None:
    assert has_left({column: "yes"})
    assert not has_left({column: "no"})


@pytest.mark.parametrize(
    ("head", "verdict"),
    [
        ("unsub flag", True),
        ("opted out of mails", True),
        ("soft bounces", True),
        ("spam complaints", True),
        ("suppression", True),
        ("block list", True),
        ("do not mail", True),
        ("是否已退订", True),
        ("notes", False),
        ("optin time", False),
        ("blog", False),
        ("unsub reason", True),
    ],
)
def test_a_header_that_may_say_who_left_is_doubtful(head: str, verdict: bool) -> None:
    assert is_doubtful(head, None) is verdict


def test_a_products_own_column_that_only_looks_so_is_not_doubtful() -> None:
    mailchimp = recognise(["unsub time"])
    assert not is_doubtful("unsub reason", mailchimp)
    assert is_doubtful("unsub flag", mailchimp)
    assert all(product.otherwise for product in PRODUCTS if product.tellers)


@pytest.mark.parametrize(
    ("file_name", "is_unsure", "never_asked"),
    [
        ("subscribed_members_export_1.csv", False, False),
        ("Copy of Subscribed_members.csv", False, False),
        ("customers.csv", True, False),
        ("unsubscribed_members_export_1.csv", True, False),
        ("nonsubscribed_members_export_1.csv", True, True),
        ("2026 NonSubscribed_members.csv", True, True),
    ],
)
def test_mailchimps_files_are_told_apart_by_their_names(
    file_name: str, is_unsure: bool, never_asked: bool
) -> None:
    mailchimp = recognise(["leid"])
    assert ("does not say whether" in advice(mailchimp, ["email"], file_name=file_name)) is is_unsure
    assert advice(mailchimp, ["email", "unsub_time"], file_name=file_name) == ""
    assert is_unasked(mailchimp, file_name) is never_asked
    assert not is_unasked(None, file_name)


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
