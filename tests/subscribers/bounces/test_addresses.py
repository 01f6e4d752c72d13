"""Addresses in running text."""

from __future__ import annotations

import pytest

from subscribers.bounces.addresses import address, addresses, without_addresses


def test_addresses_stand_in_order_and_each_once_in_any_case() -> None:
    text = "<ann@a.example>, Bob@B.example; ann@A.example. (收件人：安@例子.测试)"
    assert addresses(text) == ["ann@a.example", "Bob@B.example", "安@例子.测试"]


@pytest.mark.parametrize("text", ["", "ann", "ann@", "@a.example", "ann@localhost", "a\u202eb@c.example"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert address(text) == ""


def test_the_address_between_brackets_is_the_one() -> None:
    assert address("b@b.example <ann@a.example>") == "ann@a.example"


def test_a_name_in_an_address_is_no_word_of_the_text() -> None:
    assert without_addresses("550 <spam.blocked@a.example> unknown") == "550 <@> unknown"
