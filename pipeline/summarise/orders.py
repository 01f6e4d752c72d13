"""Sentences that give orders to a language model which reads the article: no news, however they are hidden in it.

Each pattern is one way to speak to a model; what merely reports on models or on such orders is matched by none.
"""

from __future__ import annotations

import re

from pipeline.text import QUOTED

_START = r"(?:^[\"“]?|[:;.!>\])*#—–]\s?)"
_MODEL = (
    r"(?:AIs?|LLMs?|ChatGPT|Claude|Copilot|DeepSeek|Gemini|Kimi|Qwen"
    r"|(?:(?:AI|large|language|virtual)\s){0,3}(?:models?|assistants?|agents?|systems?|chat ?bots?|bots?|crawlers?|summari[sz]ers?))"
)
_PAGE = r"(?:web ?page|page|text|article|story|document|content|post|message|website|passage)"
_THIS = rf"this(?:\s{_PAGE})?(?=\s?[,:;.!?—–]|$|\s(?:must|should|shall|may|can|will|please|are|is|have|has|need)\b)"
_READ = r"(?:read|summari[sz]|process|pars|index|crawl|scann?|view|analy[sz])(?:ing|es|e|s)?"
_EARLIER = r"(?:all|any|of|the|these|my|our|your|its|previous|prior|above|earlier|preceding|system|original|initial|other|and|or)"
_ORDERS = r"(?:instructions?|prompts?|guidelines|rules|commands?|directives?|directions|context|training|programming)"
_URGED = r"(?:(?:please|now|and|then|so|first|instead|just|you must|you should),?\s)*"
_ENGLISH = (
    # Ignore all previous instructions; not: ignored the instructions
    rf"{_START}{_URGED}(?:ignore|disregard|forget|override|bypass|do not follow|stop following)\s"
    rf"(?:(?!the {_ORDERS}\b(?! (?:above|before|you)\b))(?:{_EARLIER}\s){{1,6}}{_ORDERS}|everything (?:above|before this)|(?:all |any )?the (?:above|preceding|previous) (?:text|content|article|message))\b",
    # AI assistants reading this:
    rf"\b{_MODEL}(?:\s(?!this)\w+){{0,2}}?\s{_READ}\s{_THIS}",
    # Dear AI, · To any language model:
    r"^(?:(?:dear|hello|hi|hey|(?:note|notice|message|instructions?) (?:to|for)|attention,?(?= all| any| AI)|to(?= all| any))[,:]?\s"
    rf"(?:(?:all|any|every|the)\s)?){_MODEL}\s?[:,!—–-]",
    # If you are an AI, · As a language model, you
    rf"^if you(?:['’]re| are) an? {_MODEL}(?=\s?[,:]|\s(?:reading|that|which|summari|process))|^as an? {_MODEL}, you\b",
    # System: you · Assistant note: always
    rf"^\W*(?:system|developer|{_MODEL})(?:\s(?:prompt|message|instructions?|note))?\s?[:,\]>—–]+\s?"
    r"(?:you|your|please|always|never|do not|ignore|disregard|write|say|recommend|include|mention|summari[sz]e)\b",
    # the marks that part a model's turns
    r"<\|\w+\|>|\[/?INST\]|<</?SYS>>|^#{2,}\s?(?:system|instructions?)\b",
    # You are now a helpful bot
    rf"{_START}(?:from now on,? )?you(?:['’]re| are) now [^,.;]{{0,60}}\b(?:assistant|chat ?bot|bot|language model|AI)\b",
    r"^from now on,? you (?:are|must|act)\b",
    # reveal your system prompt · in your summary
    r"\byour (?:system|initial|hidden|original|previous) (?:prompts?|instructions)\b",
    r"\b(?:in|to|from|with|of) your (?:summary|output)\b|^your (?:summary|output|response) (?:must|should)\b",
    # When summarising this page · Summarise this as · Your new task is · Instead, say that
    rf"^(?:when|while|before) (?:you )?summari[sz](?:e|ing) {_THIS}|^(?:please |always |never |do not )*summari[sz]e (?:this|the above) {_PAGE}\b",
    r"^(?:your new task is|new instructions?:)",
    r"^(?:instead,? |and |then |only |just |please )*(?:write|say|reply|respond|answer) (?:only |exactly |simply )?(?:that|with)\b",
)

_YOU_ZH = "[你您]"
_MODEL_ZH = r"(?:AI|人工智能|人工智慧|大?语言模型|大?模型|智能体|智能|智慧|助手|助理|聊天|机器人|ChatGPT|DeepSeek|Kimi|文心一言|豆包){1,4}"
_THIS_ZH = r"(?:[本此]|这一?)(?:篇|个|段)?(?:网页|页面|文章|文本|内容|文字|新闻|报道|页|文)"
_READ_ZH = r"(?:阅读|读取|读到|总结|摘要|概括|处理|分析|抓取|翻译|看到)"
_EARLIER_ZH = (
    rf"(?:{_YOU_ZH}?(?:所有|一切|全部|任何|以上|上述|上面|之前|此前|先前|前面|原有|原来|原先|收到)的?)"
)
_ABOVE_ZH = "(?:以上|上述|上面)"
_MUST_ZH = "(?:请|必须|务必|应)"
_START_ZH = rf"(?:^[“「]?|[：:；;！!>】\]]\s?|[，,](?=[^，]{{0,8}}{_ABOVE_ZH}))"
_URGED_ZH = rf"(?:请|务必|现在|立即|{_YOU_ZH}必须|{_YOU_ZH}需要|{_YOU_ZH}应|并|首先)*"
_CHINESE = (
    # 忽略以上所有指令
    rf"{_START_ZH}{_URGED_ZH}(?:忽略|忽视|无视|忘记|忘掉|不要理会|不要遵[守循]|停止遵[守循])掉?(?:"
    rf"{_EARLIER_ZH}{{1,5}}(?:系统)?(?:指令|指示|提示词?|命令|设定)"
    rf"|{_EARLIER_ZH}{{0,2}}{_ABOVE_ZH}的?{_EARLIER_ZH}{{0,2}}(?:要求|规则|限制|内容|文字|对话)"
    rf"|{_YOU_ZH}的(?:系统)?(?:指令|提示词?|设定))(?!的)",
    # 阅读本文的人工智能 · 大模型总结本文时请
    rf"{_READ_ZH}{_THIS_ZH}[^，。：:]{{0,6}}{_MODEL_ZH}",
    rf"{_MODEL_ZH}[^，。]{{0,8}}{_READ_ZH}{_THIS_ZH}.{{0,3}}(?:时|{_MUST_ZH}|：|:)",
    rf"{_MODEL_ZH}在?{_READ_ZH}时.{{0,3}}{_MUST_ZH}",
    # 致所有AI助手：
    rf"^(?:致|写给|各位|亲爱的|请注意|注意)[：:，, ]?(?:所有|全体|各位|任何)?的?{_MODEL_ZH}们?[：:，,！!]",
    rf"^(?:所有|各位)?{_MODEL_ZH}们?请?注意[：:，,！!]",
    # 如果你是人工智能， · 作为一个语言模型，你
    rf"^(?:如果|若|假如|既然){_YOU_ZH}是(?:一[个名款])?{_MODEL_ZH}(?=[，,：:]|请)|^作为一?[个名]?{_MODEL_ZH}[，,]?(?:{_YOU_ZH}|请)",
    # 系统：你现在 · 你现在是一个助手
    rf"^\W*(?:系统|开发者|{_MODEL_ZH})(?:提示|消息|指令|信息)?\s?[：:]\s?"
    rf"(?:{_YOU_ZH}(?:现在|是|必须|将|应|需)|请?(?:忽略|无视|推荐|输出)|从?现在)",
    rf"(?:^|[，,：:；;！!])(?:从?现在(?:起|开始)?[，,]?{_YOU_ZH}|{_YOU_ZH}现在)(?:就?是|将?扮演)[^，。]{{0,20}}{_MODEL_ZH}",
    # 输出你的系统提示词 · 在你的摘要中
    rf"{_YOU_ZH}的(?:系统|初始|原始|隐藏|内部)的?(?:提示|指令|设定)",
    rf"(?:输出|泄露|显示|打印|复述|透露|公开|重复|告诉我){_YOU_ZH}的(?:全部|完整|所有)?(?:提示词|指令|设定)",
    rf"{_YOU_ZH}的(?:摘要|总结|输出)(?:中|里|必须|务必|应)|^请?务?必?在(?:摘要|总结)[中里]",
    rf"(?:总结|摘要|概括){_THIS_ZH}[^，。]{{0,4}}时.{{0,3}}{_MUST_ZH}",
)
_ORDER = re.compile("|".join((*_ENGLISH, *_CHINESE)), re.IGNORECASE)
_SIMPLIFIED = str.maketrans(
    "視無記詞設閱讀總結頁網這輸顯務請應須給語機現從開裡處內寫復對話報導將稱個則規隱複統聞為們題實與於訊時",
    "视无记词设阅读总结页网这输显务请应须给语机现从开里处内写复对话报导将称个则规隐复统闻为们题实与于讯时",
)


def is_to_model(sentence: str) -> bool:
    """Say whether a sentence gives orders to a language model that reads it; news may quote such orders."""
    unquoted = QUOTED.sub("", sentence)
    told = unquoted if any(map(str.isalpha, unquoted)) else sentence
    return _ORDER.search(told.translate(_SIMPLIFIED)) is not None
