"""Is a thing named only to say that this is not it, or that somebody has no part in it?"""

from __future__ import annotations

import re

from pipeline.text import simplified

_LOOK_AROUND = 40
_NAME = "\0"
"""Stands for the thing named."""
_DENIED = re.compile(
    r"\b(?:unlike|nothing to do with|no (?:link|connection|relation) (?:to|with)|not to be confused with)(?:\s(?:the|a|an|any|its))?\s(?:\w+\s)?\0"
    r"|\b(?:no|not|never|without|den(?:y|ies|ied)|rule[sd]? out|\w+n't)\s(?:\w+\s)?"
    r"(?:plan(?:s|ning)?|intentions?|business|involve(?:d|ment)|engaged|active|interest(?:ed)?|part|role|presence|exposure|stake|enter(?:ed|ing)?|link(?:s|ed)?|invest(?:ed|ments?)?)"
    r"(?:\s(?:for|to|in|into|of|with|by|enter(?:ing)?|invest(?:ing)?|move|be|on|join|build|launch|from|the|a|an|any|its)){0,4}\s\0"
    r"|(?:不追|并非|不是|不同于|有别于|不像|不提)\0"
    r"|(?:没有|暂无|尚无|并无)(?:任何|相关)?\0(?:的|相关)*(?:业务|产品|布局|计划|项目|收入)"
    r"|(?:并未|尚未|从未|暂未|未曾?(?!来)|没有|不会?|不曾|不打算|不计划)(?:直接|实际|计划|打算)?(?:涉及|涉足|布局|开展|从事|参与|进军|进入|拥有|投资)[^，。；：]{0,6}(?:、[^，。；：]{0,12})?\0"
    r"|\0[”」』\s]?并?(?:无关|[不没](?:相干|沾边|有关系))",
    re.IGNORECASE,
)
_MAY_DENY = re.compile(r"unlike|no|never|without|den[yi]|rule|n['’]t|[不非無无未沒没別别彆]", re.IGNORECASE)
"""Every pattern above has one of these: most names stand among none, and need no closer look."""


def is_denied(text: str, start: int, end: int) -> bool:
    """Say whether what a text names from ``start`` to ``end`` is denied right there."""
    before, after = text[max(start - _LOOK_AROUND, 0) : start], text[end : end + _LOOK_AROUND]
    if not _MAY_DENY.search(before) and not _MAY_DENY.search(after):
        return False
    return _DENIED.search(simplified(f"{before}{_NAME}{after}").replace("’", "'")) is not None
