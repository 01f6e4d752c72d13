from __future__ import annotations

import pytest

from pipeline.extract.language import language_of
from tests.extract.pages import CHINESE_TEXT, ENGLISH_TEXT


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        pytest.param(CHINESE_TEXT[0], None, "zh", id="Chinese"),
        pytest.param(CHINESE_TEXT[0], "en", "zh", id="Chinese declared English"),
        pytest.param("PICO 4 与 Meta Quest Pro 对比评测", None, "zh", id="Chinese with Latin names"),
        pytest.param(ENGLISH_TEXT[0], None, "en", id="English"),
        pytest.param(ENGLISH_TEXT[0], "zh-CN", "en", id="English declared Chinese"),
        pytest.param(
            "The firm 腾讯 (Tencent) and the city of 武汉 signed a plan for a park in the north of the city",
            None,
            "en",
            id="English with Han",
        ),
        pytest.param("仮想現実の新しい機器が来月発売される", None, "ja", id="Japanese"),
        pytest.param("가상현실 신제품이 다음 달 출시된다", None, "ko", id="Korean"),
        pytest.param(
            "Die Stadt plant neue Werke für Brillen und Sensoren", "de-AT", "de-AT", id="declared German"
        ),
        pytest.param(
            "Die Stadt plant neue Werke für Brillen und Sensoren", "<script>", "und", id="a tag that is none"
        ),
        pytest.param("Die Stadt plant neue Werke für Brillen und Sensoren", None, "und", id="unknown"),
        pytest.param("", None, "und", id="nothing"),
    ],
)
def test_script_decides_then_small_words_then_the_declaration(
    text: str, declared: str | None, expected: str
) -> None:
    assert language_of(text, declared=declared) == expected
