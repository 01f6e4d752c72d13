from __future__ import annotations

import pytest

from pipeline.extract.charset import decode, plausibility
from tests.extract.pages import CHINESE_TEXT, chinese, english

TRADITIONAL = "臺北市政府宣布將與業者合作，在今年夏天推出虛擬實境導覽服務，民眾可以透過手機預約體驗，預計將有超過三萬人次參與這項活動。"


@pytest.mark.parametrize(
    ("charset", "declared", "header"),
    [
        pytest.param("utf-8", "utf-8", "text/html; charset=utf-8", id="all agree"),
        pytest.param("gbk", "gbk", "text/html", id="meta alone"),
        pytest.param("gbk", "gbk", "text/html; charset=iso-8859-1", id="header latin"),
        pytest.param("gbk", "gb2312", "text/html; charset=utf-8", id="header wrong"),
        pytest.param("utf-8", "gb2312", "text/html; charset=gbk", id="both wrong"),
        pytest.param("gb18030", "none", "text/html", id="nothing said"),
        pytest.param("gb18030", "none", "text/html; charset=utf8mb4", id="nothing known said"),
        pytest.param("gb18030", "unicode_escape", "text/html; charset=zip", id="nonsense said"),
        pytest.param("gbk", "none", "text/html; charset=GB2312", id="header alone"),
        pytest.param("gbk", "gb2312", "text/html; charset=iso-8859-1", id="header latin, meta narrower"),
        pytest.param("gbk", "none", "text/html; charset=utf-8", id="header wrong, nothing else"),
    ],
)
def test_a_simplified_page_is_read_without_loss(charset: str, declared: str, header: str) -> None:
    text = chinese(charset=declared).replace("武汉", "朱镕基武汉")
    assert decode(text.encode(charset), header) == text


@pytest.mark.parametrize(
    "header",
    ["text/html; charset=big5", "text/html", "text/html; charset=utf-8", "text/html; charset=iso-8859-1"],
)
def test_a_big5_page_is_read_without_loss(header: str) -> None:
    assert decode(f"<p>{TRADITIONAL}</p>".encode("big5"), header) == f"<p>{TRADITIONAL}</p>"


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_decides(charset: str) -> None:
    assert decode("元宇宙".encode(charset), "text/html; charset=gbk") == "元宇宙"


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [english(), chinese()], ids=["English", "Chinese"])
def test_utf_16_without_its_mark_is_seen(charset: str, text: str) -> None:
    assert decode(text.encode(charset), "text/html; charset=utf-8") == text


def test_western_accents_stay_what_they_are() -> None:
    text = "Zoë’s café in Zürich opened a naïve exhibition – a déjà vu for some of the guests"
    assert decode(text.encode("cp1252"), "text/html; charset=iso-8859-1") == text


def test_a_page_cut_in_the_middle_of_a_character_loses_only_that() -> None:
    whole = "".join(CHINESE_TEXT)
    assert decode(whole.encode()[:-1], "text/html; charset=utf-8") == whole[:-1] + "\ufffd"
    assert decode(whole.encode("gbk")[:-1], "text/html; charset=gbk")[:-1] == whole[:-1]


def test_japanese_in_its_own_charset_is_read() -> None:
    text = "仮想現実の新しい機器が来月発売されると、同社は月曜日に発表した。"
    assert decode(text.encode("shift_jis"), "text/html; charset=Shift_JIS") == text


def test_mojibake_looks_worse_than_writing() -> None:
    assert plausibility(TRADITIONAL) > 0.95
    assert plausibility(TRADITIONAL.encode("big5").decode("gb18030", "replace")) < 0.8
    assert plausibility(CHINESE_TEXT[0].encode("gbk").decode("cp1252", "replace")) < 0.3


@pytest.mark.parametrize("body", [b"", b"\xff", b"\x80\x81\x82", bytes(range(256))])
def test_any_bytes_give_a_text(body: bytes) -> None:
    assert isinstance(decode(body), str)
