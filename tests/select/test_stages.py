"""How far a thing has come is told by the first word of a clause that says so."""

from __future__ import annotations

import pytest

from pipeline.select.stages import stages_in

TOLD = {
    "Lotus to buy Reed": "planned",
    "莲花拟收购芦苇": "planned",
    "Wuxi plans to set up a metaverse fund": "planned",
    "公司拟投资10亿元，设立元宇宙基金": "planned",
    "网信办发布数字人管理办法（征求意见稿）": "draft",
    "Wuxi adopts plan for fund": "adopted",
    "China has finalised its rules, in force from July": "adopted",
    "China's rules for digital humans take effect": "adopted",
    "Plans for metaverse fund approved": "adopted",
    "数字人办法将于7月1日起施行": "adopted",
    "元宇宙游戏获批": "adopted",
    "無錫正式設立元宇宙基金": "founded",
    "Wuxi has set up its fund": "founded",
    "元宇宙行动计划发布": "launched",
    "Wuxi opens metaverse park": "launched",
    "Lotus raises about $20 million": "funded",
    "Plan to set up metaverse fund scrapped": "dropped",
    "Lotus withdraws bid for Reed": "dropped",
    "Lotus calls off takeover": "dropped",
    "收购计划取消": "dropped",
    "莲花终止收购芦苇": "dropped",
    "无锡撤回元宇宙基金方案": "dropped",
    "数字藏品平台叫停转售": "stopped",
    "Lotus denies plans to close studio": "denied",
    "Lotus has not launched its headset": "",
    "莲花尚未推出头显": "",
    "莲花的虚拟现实业务": "",
    "莲花回应称正在了解": "",
    "Lotus's plans for the metaverse": "",
    "Wuxi raises fund to 25 billion yuan": "",
}


@pytest.mark.parametrize(("text", "stage"), TOLD.items(), ids=TOLD)
def test_a_clause_tells_one_stage(text: str, stage: str) -> None:
    assert stages_in(text) == ((stage,) if stage else ())


def test_clauses_tell_a_stage_each() -> None:
    assert stages_in("Lotus halts resale and opens a school. Reed sues.") == ("stopped", "launched", "sued")
