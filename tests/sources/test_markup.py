from __future__ import annotations

import time

import pytest

from pipeline.sources.markup import plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a<script>b</script>c<SCRIPT x>d</Script >e", "a c e", id="scripts"),
        pytest.param("a<style>b</style>c", "a c", id="a style"),
        pytest.param("a<!-- <p>b</p> -->c<!---->d", "a c d", id="comments"),
        pytest.param("a&lt;!-- b --&gt;c", "a c", id="an escaped comment"),
        pytest.param("Why <script> tags matter", "Why tags matter", id="a script that never ends"),
        pytest.param("a <!-- b", "a <!-- b", id="a comment that never ends"),
        pytest.param("a<scripts>b</scripts>c", "a b c", id="another element"),
        pytest.param(f"a<!--{'b' * 5_000}-->c", "a c", id="a long comment"),
    ],
)
def test_what_shows_nothing_is_left_out(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize("part", ["<script", "<style", "<!--", "&lt;script", "<a ", "<?"])
def test_beginnings_without_an_end_are_looked_at_once(part: str) -> None:
    began = time.process_time()
    plain(part * 20_000)
    assert time.process_time() - began < 0.1
