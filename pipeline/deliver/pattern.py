"""The gate for the many messages of a mailing: each must be what was checked once, but for its reader's values.

The bytes that all have in common were seen to hold what a message must hold; here they are compared one by one,
and between them only values may stand that can neither hide them nor add anything to them.
"""

from __future__ import annotations

import html
import re
from binascii import a2b_qp
from collections.abc import Callable
from dataclasses import replace

from pipeline.deliver import gate
from pipeline.deliver.gate import Rules, is_mailbox
from pipeline.deliver.message import Message, leaving
from pipeline.deliver.stationery import Field, Form, Place
from pipeline.errors import GateError

LEAVE_FIELD = "leave_url"

_HEAD = re.compile(rb"[ -~]*(?:\r\n[ \t]+[!-~][ -~]*)*")
_TEXT = re.compile(rb"[\t -<>-~]*(?:=(?:[0-9A-F]{2}|\r\n)[\t -<>-~]*)*")
_HTML = re.compile(rb"[\t !#-&(-;?-~]*(?:=(?:(?!2[27]|3[CE])[0-9A-F]{2}|\r\n)[\t !#-&(-;?-~]*)*")
"""Values that begin no line of their own, and in HTML no tag and no attribute either."""


class Pattern:
    """What a mailing's messages must look like, learnt from one that was checked thoroughly."""

    def __init__(self, form: Form, sample: Message, rules: Rules) -> None:
        """Learn from a message and its reader's rules. Raises ``GateError`` naming everything it lacks.

        Without its reader's values, but for the leave links, it must hold all that it must, for the next has others.
        """
        self._form = form
        self._rules = rules
        self._to = _places(form, "To", Place.HEAD)
        self._ways = _places(form, "List-Unsubscribe", Place.HEAD)
        self._leave = tuple(at for at, field in enumerate(form.fields) if field.name == LEAVE_FIELD)
        self._html = _in(form, Place.HTML)
        self._free = (
            (
                tuple(at for at in _in(form, Place.HEAD) if at not in (*self._to, *self._ways)),
                _HEAD.fullmatch,
            ),
            (_in(form, Place.TEXT), _TEXT.fullmatch),
            (self._html, _HTML.fullmatch),
        )
        gate.check(sample, rules)
        values = form.values(sample.content, sample.lengths)
        if values is None:
            raise GateError(f"message {sample.id} may not leave: it is not what its mailing was made to be")
        gate.check(replace(sample, content=self._blank(values)), rules)
        self._room = gate.MAX_HTML_BYTES - gate.html_size(sample) + self._html_size(values)
        self.check(sample, leave_url=rules.leave_url, leave_address=rules.leave_address)

    def check(self, message: Message, *, leave_url: str, leave_address: str) -> None:
        """Let the message pass whose reader leaves so, or raise ``GateError`` naming everything it lacks."""
        values = self._form.values(message.content, message.lengths)
        faults = (
            ["fixed words"] if values is None else self._faults(message, values, leave_url, leave_address)
        )
        if faults:
            gate.check(message, replace(self._rules, leave_url=leave_url, leave_address=leave_address))
            said = f"not as they were checked are its {', '.join(faults)}"
            raise GateError(f"message {message.id} may not leave: {said}")

    def _faults(self, message: Message, values: list[bytes], leave_url: str, leave_address: str) -> list[str]:
        wrong = [at for places, is_harmless in self._free for at in _harmful(values, places, is_harmless)]
        recipient = message.recipient.encode()
        wrong += [at for at in self._to if not is_mailbox(values[at], recipient)]
        ways = leaving(leave_url, leave_address).encode()
        wrong += [at for at in self._ways if values[at] != ways]
        url = leave_url.encode()
        wrong += [at for at in self._leave if values[at] != url and not self._leads_to(leave_url, at, values)]
        names = [f"{self._form.fields[at].name} in the {self._form.fields[at].place}" for at in wrong]
        return names if self._is_short(message, values) else [*names, f"length above {gate.MAX_HTML_BYTES:,}"]

    def _leads_to(self, leave_url: str, at: int, values: list[bytes]) -> bool:
        is_html = self._form.fields[at].place is Place.HTML
        return a2b_qp(values[at]) == (html.escape(leave_url) if is_html else leave_url).encode()

    def _is_short(self, message: Message, values: list[bytes]) -> bool:
        """Say whether the HTML is; the values' lengths together are no less than what HTML there is of them."""
        return sum(message.lengths) <= self._room or self._html_size(values) <= self._room

    def _html_size(self, values: list[bytes]) -> int:
        return sum(len(a2b_qp(values[at])) for at in self._html)

    def _blank(self, values: list[bytes]) -> bytes:
        kept = [
            value if field.place is Place.HEAD or field.name == LEAVE_FIELD else b""
            for field, value in zip(self._form.fields, values, strict=True)
        ]
        return self._form.filled(kept)


def _places(form: Form, name: str, place: Place) -> tuple[int, ...]:
    field = Field(name=name, place=place)
    return tuple(at for at, each in enumerate(form.fields) if each == field)


def _in(form: Form, place: Place) -> tuple[int, ...]:
    return tuple(at for at, field in enumerate(form.fields) if field.place is place)


def _harmful(
    values: list[bytes], places: tuple[int, ...], is_harmless: Callable[[bytes], object]
) -> list[int]:
    """Return where a value is not harmless; as a rule all are, so they are looked at together first."""
    if is_harmless(b" ".join([values[at] for at in places])):
        return []
    return [at for at in places if not is_harmless(values[at])]
