"""Words that turn a statement round when one stands for the other, in English and Chinese."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Opposites:
    """Two groups of words of which each denies the other."""

    kind: str
    one: re.Pattern[str]
    other: re.Pattern[str]


def _words(english: str, chinese: str) -> re.Pattern[str]:
    latin = "|".join(word.replace("_", r"\s") for word in english.split())
    return re.compile(rf"\b(?:{latin})\b|{'|'.join(chinese.split())}", re.IGNORECASE)


DIRECTION = Opposites(
    kind="direction",
    one=_words(
        "up(?!_to) rose rises risen rising increased? increases increasing grew grows grown growing growth climbed climbs gain(?:s|ed)?"
        " jump(?:s|ed)? surged? soared? higher improved raised? lift(?:s|ed)? boost(?:s|ed)? hiked? expand(?:s|ed)? widen(?:s|ed)? doubled? tripled? longer faster rebound(?:s|ed)?",
        "上涨 上升 增长 增加 增至 升至 涨幅 收涨 攀升 提高 提升 扩大 回升 上漲 增長 上调 调高 走高 略增 略多 略高 更多 更高 高于 多于 延长 加快 翻[番倍] [增升涨]",
    ),
    other=_words(
        "down fell falls fallen falling decreased? decreases decreasing declined? declines declining drop(?:s|ped)? shrank shrinks"
        " slipped slid slumped? tumbled lower(?:s|ed)? cut cuts trim(?:s|med)? slashed? reduced? plunged? narrow(?:s|ed)? halved? shorten(?:s|ed)? shorter sank dipped eased fewer shed(?:s|ding)?",
        "下跌 下降 减少 降至 跌至 跌幅 收跌 下滑 降低 缩小 回落 萎缩 减至 減少 缩减 下调 调低 走低 略减 略少 略低 更少 更低 (?<!不)低于 少于 缩短 压缩 放缓 [减降跌砍]",
    ),
)  # fmt: skip
BOUND = Opposites(
    kind="bound",
    one=_words(
        "at_least (?<!no_)(?<!not_)more_than over above exceed(?:s|ed|ing)? no_fewer_than no_less_than not_less_than upwards_of",
        "至少 最少 不少于 不低于 (?<!不)超过 (?<!不)超過 逾 以上 (?<!不)高于",
    ),
    other=_words(
        "at_most less_than fewer_than under below no_more_than not_more_than nearly almost up_to",
        "至多 最多 不超过 不超過 不足 不到 低于 以下 以内 接近 将近 不高于 (?<=[，。、\\s])近(?=\\d)",
    ),
)  # fmt: skip
PLAN_OR_FACT = Opposites(
    kind="plan or fact",
    one=_words("(?:has|have)(?!_(?:approved|agreed|announced|proposed|pledged|promised|planned|vowed|earmarked|set_aside|budgeted)) already now opened launched built completed sold", "已 完成 现有 目前 累计"),
    other=_words(
        "will would plan(?:s|ned)? planning aims? hopes? intends? expects? expected target(?:s|ed)? may might could by_the_end_of proposed due_to",
        "将 拟 计划 预计 有望 力争 目标 可能 打算 争取 规划",
    ),
)  # fmt: skip
MEASURES = (DIRECTION, BOUND, PLAN_OR_FACT)
"""Which way a number goes, on which side of it the truth lies, and whether it is reached or only meant to be."""
STAGE = Opposites(
    kind="stage",
    one=_words(
        "adopted approved passed set_up established enacted finali[sz]ed in_force took_effect takes_effect",
        "(?<!未)(?:审议|表决|正式|获得|已|获)通过 通过(?=[。，；\\s《了该这]|一项|$) (?<!未)获批 (?<!未)获得?批准 生效 施行 正式实施 颁布 (?<!拟)出台",
    ),
    other=_words(
        "propos(?:es|ed?|als?) drafts? draft(?:ed|ing)? consultation considering mulls? under_review submitted",
        "草案 征求意见 征求意見 拟议 提议 意见稿 讨论稿 提交审议 提请审议 审[议评核查]中 初审 拟出台 拟制定",
    ),
)  # fmt: skip
LINK = Opposites(
    kind="negation",
    one=_words("(?<!not_)linked_to (?<!not_)related_to", "与[^，。；]{1,20}(?:有关|相关)"),
    other=_words("unrelated nothing_to_do_with not_linked not_related", "无关"),
)  # fmt: skip
OVERALL = (STAGE, LINK)
"""Of these it is enough that a source has no word of the one group anywhere, and one of the other."""
