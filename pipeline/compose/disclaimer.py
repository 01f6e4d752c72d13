"""The words without which nothing leaves: hope, no investment advice, risk, own research."""

from __future__ import annotations

from pipeline.text import clean

LANGUAGES = ("en", "zh")

_FIXED = {
    "en": (
        "We share this news in the hope that it helps you. It is not investment advice. "
        "Every investment carries risk, in this industry above all: "
        "please do your own research before you decide anything."
    ),
    "zh": (
        "我们整理这些资讯，希望对您有所帮助。以上内容不构成投资建议。"
        "任何投资都有风险，这一行业尤其如此；作出任何决定之前，请务必自行研究。"
    ),
}


def disclaimer(language: str, addition: str = "") -> str:
    """Return the fixed disclaimer in ``en`` or ``zh``, the newsroom's addition after it on a line of its own.

    The fixed words stay whole whatever is added. Raises ``KeyError`` for any other language.
    """
    return "\n".join(part for part in (_FIXED[language], clean(addition)) if part)
