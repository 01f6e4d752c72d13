"""The colours of the mail can be read."""

from __future__ import annotations

import re

import pytest

from tests.render.samples import TEMPLATES

COLOURS = dict(re.findall(r'set (\w+) = "(#[0-9a-f]{6})"', TEMPLATES.layers("issue/palette.mjml.j2")[0]))


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", ["", "dark_"])
@pytest.mark.parametrize("ground", ["page", "card"])
@pytest.mark.parametrize("text", ["ink", "muted", "accent"])
def test_text_stands_out_from_its_ground(mode: str, ground: str, text: str) -> None:
    light, dark = sorted((luminance(COLOURS[mode + ground]), luminance(COLOURS[mode + text])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
