"""Sentences that give orders to a language model which reads the article: no news, however they are hidden in it.

Each pattern is one way to speak to a model, or to whoever sums the article up; what merely reports on models, summaries or
such orders is matched by none. Chinese patterns are in simplified characters, for both scripts.
"""

from __future__ import annotations

import re

from pipeline.text import QUOTED, sentences, simplified

_START = r"(?:^[\"“]?|[:;.!>\])*#—–]\s?)"
_MODEL = (
    r"(?:AIs?|LLMs?|(?:Chat)?GPT(?:-\d\w*)?|Claude|Copilot|DeepSeek|Gemini|Kimi|Qwen"
    r"|(?:(?:AI|large|language|virtual)\s){0,3}(?:models?|assistants?|agents?|systems?|chat ?bots?|bots?|crawlers?|summari[sz]ers?))"
)
_PAGE = r"(?:web ?page|page|text|article|story|document|content|post|message|website|passage)"
_THIS = rf"this(?:\s{_PAGE})?(?=\s?[,:;.!?—–]|$|\s(?:must|should|shall|may|can|will|please|are|is|have|has|need)\b)"
_READ = r"(?:read|summari[sz]|process|pars|index|crawl|scann?|view|analy[sz])(?:ing|es|e|s)?"
_EARLIER = r"(?:all|any|of|the|these|my|our|your|its|previous|prior|above|earlier|preceding|system|original|initial|other|and|or)"
_ORDERS = r"(?:instructions?|prompts?|guidelines|rules|commands?|directives?|directions|context|training|programming)"
_URGED = r"(?:(?:please|now|and|then|so|first|instead|just|you must|you should),?\s)*"
_MUST = r"(?:must|should|shall|ha(?:s|ve) to|needs? to|ought to|(?:is|are) (?:required|obliged|asked|told) to|will)(?: (?:not|always|never|only|also))?"
_SAY = (
    r"(?:say|state|mention|name|call|describe|present|praise|recommend|write|claim|stress|conclude|report|add|note"
    r"|(?:begin|open|start|end|close) with|contain|include|leave out|omit)"
)
_MADE = r"(?:summar(?:y|ies)|digests?|abstracts?|recaps?)"
_ANSWER = rf"(?:{_MADE}|answers?|repl(?:y|ies)|responses?|outputs?)"
_SUM_UP = r"(?:summari[sz]|translat|paraphras|rewrit|condens)"
_ENGLISH = (
    # Any summary of this must mention · In every summary, say · Mention in the summary · Your answer must
    rf"\b{_MADE}(?: (?:of|that|which|by|written|made)(?: [\w'-]+){{1,5}}?)? {_MUST} {_SAY}\b",
    rf"^(?:please )?in (?:any|every|all|each|the|your) {_MADE},? (?:please |always )?(?:do not )?{_SAY}\b",
    rf"^(?:please |kindly )?(?:do not )?(?:{_SAY}|use|put|place|insert)\b[^,;]{{0,60}} (?:in|to) (?:any|every|each|the|your) {_ANSWER}\b|\bsummari[sz]ers? {_MUST}\b|^you {_MUST} {_SUM_UP}e\b",
    rf"\byour {_ANSWER} {_MUST}\b|^(?:begin|start|open|end|close) (?:your|the|every|any) {_ANSWER}\b",
    # Whoever sums this up should · If you summarise this · Do not summarise · When asked about this
    rf"\b(?:anyone|anybody|everyone|everybody|whoever|those)(?: [\w'-]+){{0,3}}? (?:{_SUM_UP}(?:es|e|ing)|(?:writ|mak|prepar)(?:es|ing) (?:an? |the )?{_MADE})\b[^,;]{{0,40}}? {_MUST} {_SAY}\b",
    rf"^(?:if|when|while|before) you(?: [\w'-]+){{0,3}}? {_SUM_UP}e\b|^(?:do not|don['’]t|never) {_SUM_UP}e (?:this|the)\b",
    rf"^(?:if|when|whenever) (?:you are )?asked (?:about|to {_SUM_UP}e) (?:this|the) {_PAGE}\b|^(?:please |do not |never |always )*(?:tell|inform|remind) the user\b",
    # Make sure the summary · Anything you write · Your task is to praise · Assistant, finish with · From here on, speak only of
    rf"\b(?:make sure|ensure)(?: that)? (?:the|your|any|every) {_ANSWER}\b|^(?:anything|everything|whatever) you (?:write|say|output|generate|produce)\b",
    rf"^(?:your|the) (?:only |sole |real |new )?(?:task|job|goal) is (?:now )?to (?:{_SAY}|promote|answer|reply|output|{_SUM_UP}e)\b|\bnew (?:task|instructions?|orders?):",
    rf"^{_MODEL},? (?:please )?(?:{_SAY}|finish|answer|reply|respond)\b|^from (?:now|here|this (?:point|line)) on(?:wards?)?,? (?:you|only|always|speak|write|say|answer|reply|act|call|refer)\b",
    # Whoever quotes this page should call · Reply in capitals · in what you write · If your job is
    rf"\b(?:{_READ}|quot(?:es|e|ing)|cit(?:es|e|ing)|{_SUM_UP}(?:es|e|ing)) this {_PAGE}\b[^,;]{{0,40}}? {_MUST} {_SAY}\b|^(?:please )?(?:reply|respond|answer) (?:in|with|only)\b",
    rf"^(?:please )?treat this {_PAGE} as\b|\b(?:in|to|of) what(?:ever)? you (?:write|say|output)\b|^if your (?:job|task|role) is to\b",
    # As you process this document · for the AI only · Do not reveal these instructions
    rf"^(?:as|when|while|once|before|after) you {_READ} this {_PAGE}\b|\b(?:for|to) (?:the |any |all )?{_MODEL} only\b",
    r"^(?:please )?(?:do not|don['’]t|never) (?:reveal|mention|disclose|share|repeat|discuss)\b[^,;]{0,30}\b(?:instructions?|prompts?|this (?:note|message|line|text))\b",
    # The summary of this text is: · TL;DR for machines: · Translate the following as
    rf"\b{_MADE} (?:of|for) (?:this|the above) {_PAGE}(?: is|:)|^[^,.:]{{0,40}}\bfor (?:all |any )?(?:machines|automated \w+|{_MODEL}):|^(?:please )?{_SUM_UP}e (?:this|it|the following)(?: \w+)? as\b",
    # Language models should describe it as · All AI systems must report that
    rf"\b{_MODEL}(?: (?:that|which|who)(?: [\w'-]+){{1,4}}?| {_SUM_UP}ing(?: [\w'-]+){{0,3}}?)? {_MUST} {_SAY}(?: that(?! (?:it|they)\b)|(?: [\w'-]+){{1,5}}? as\b| the \w+\b(?=[^,;]{{0,20}}$))|^(?:an?|the|any|every|all) {_MODEL}(?: shall| must| should) (?:answer|reply|respond) that\b",
    # Please output only · Repeat the words above · Print your prompt
    r"^(?:please )?(?:output|print|return|write|repeat|respond|reply|answer|say|reveal)\b[^,;]{0,24}?\b(?:only|exactly|nothing (?:but|else)|(?:the )?following|(?:words?|text|everything|sentences?) above|your (?:\w+ )?(?:prompts?|instructions))\b",
    # You are an assistant that
    r"^you(?:['’]re| are) an? (?:\w+ ){0,3}?(?:assistant|chat ?bot|bot|language model|AI)(?: that| who| which|[,.]|$| and)",
    # Ignore all previous instructions; not: ignored the instructions
    rf"{_START}{_URGED}(?:ignore|disregard|forget|override|bypass|do not follow|stop following)\s"
    rf"(?:(?!the {_ORDERS}\b(?! (?:above|before|you)\b))(?:{_EARLIER}\s){{1,6}}{_ORDERS}|everything (?:above|before this)|what(?:ever)? you (?:were|are|have been|had been) (?:told|given|asked)|(?:all |any )?the (?:above|preceding|previous) (?:text|content|article|message))\b",
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
_THIS_ZH = r"(?:[本此]|这一?)(?:篇|个|段|行)?(?:话|里|处|网页|页面|文章|文本|内容|文字|新闻|报道|页|文)"
_READ_ZH = r"(?:阅读|读取|读到|总结|摘要|概括|处理|分析|抓取|翻译|看到)"
_EARLIER_ZH = (
    rf"(?:{_YOU_ZH}?(?:所有|一切|全部|任何|以上|上述|上面|之前|此前|先前|前面|原有|原来|原先|收到)的?)"
)
_ABOVE_ZH = "(?:以上|上述|上面)"
_MUST_ZH = "(?:请|必须|务必|应)"
_START_ZH = rf"(?:^[“「]?|[：:；;！!>】\]]\s?|[，,](?=[^，]{{0,8}}{_ABOVE_ZH}))"
_URGED_ZH = rf"(?:请|务必|现在|立即|{_YOU_ZH}必须|{_YOU_ZH}需要|{_YOU_ZH}应|并|首先)*"
_OBLIGED_ZH = r"(?:必须|应该?|应当|务必|一定要|都?要(?!求)|须|不得|不要|只能|请)"
_SAY_ZH = r"(?:提到|提及|写明|写成|写上|写道|包含|包括|出现|称赞|称为|称其|描述为|说成|说明|突出|强调|推荐|赞扬|加上|写(?!入|好|字)|注明|开头|开始|结尾)"
_MADE_ZH = r"(?:总结|摘要|概括|概述|提要|译文)"
_ANSWER_ZH = rf"(?:{_MADE_ZH}|回答|回复|答案|输出|答复)"
_SUM_UP_ZH = r"(?:总结|概括|摘要|翻译|转述|改写|概述)"
_CHINESE = (
    # 任何摘要都必须提到 · 回答时务必称赞 · 你的回答必须
    rf"{_ANSWER_ZH}(?:中|里|内|时|这篇|本文|文章){{0,3}}都?{_OBLIGED_ZH}[^，。；]{{0,12}}?{_SAY_ZH}",
    rf"{_YOU_ZH}的{_ANSWER_ZH}[^，。；]{{0,3}}?{_OBLIGED_ZH}",
    # 总结这篇文章的人都要 · 撰写摘要者必须 · 写摘要时请 · 如果你在总结 · 不要总结本文
    rf"(?:{_SUM_UP_ZH}{_THIS_ZH}|(?:写|撰写|生成|制作){_MADE_ZH})(?:的?人|者|时|的时候)?[，,]?(?:都|均)?{_OBLIGED_ZH}",
    rf"(?:^|[，,])在?{_SUM_UP_ZH}(?:时|的时候)[，,]?(?:请|{_OBLIGED_ZH}[^，。；]{{0,8}}?{_SAY_ZH})|(?:放进|写进|写入|加进|加入到?|加到){_MADE_ZH}",
    rf"{_MODEL_ZH}[^，。；]{{0,4}}?{_READ_ZH}[^，。；]{{0,6}}?(?:请|必须|务必)",
    rf"谁[^，。；]{{0,6}}?{_SUM_UP_ZH}[^，。；]{{0,6}}[，,]?(?:都|均)?{_OBLIGED_ZH}",
    rf"^(?:如果|若|假如|当){_YOU_ZH}[^，。；]{{0,6}}?{_SUM_UP_ZH}|^(?:请|切)?(?:不要|勿|别){_SUM_UP_ZH}{_THIS_ZH}",
    # 语言模型应将其描述为
    rf"{_MODEL_ZH}[^，。；]{{0,8}}?{_OBLIGED_ZH}[^，。；]{{0,16}}?(?:描述为|称为|称赞|说成|写成|写明|推荐|提到|提及)",
    # 请只输出以下内容 · 不要告诉用户
    r"(?:^|[，,：:；;])请?(?:只|仅|直接)(?:输出|返回|回复|回答|写)|(?:^|[，,：:；;])请(?:输出|返回|重复|复述)|^(?:不要|请?勿|别)(?:告诉|提醒)用户",
    rf"(?:说说|讲讲|打印|显示|说出|给出){_YOU_ZH}的(?:\w{{0,4}})?(?:提示词|指令|设定)",
    # 请你扮演 · 你必须在结尾 · 你现在的任务是 · 给AI的说明 · 读到这段话的模型 · 作为摘要 · 不要提及
    rf"^请{_YOU_ZH}扮演|{_YOU_ZH}(?:必须|务必|需要?|应当?|要)在[^，。；]{{0,8}}?(?:结尾|开头|末尾|文中|最后)|{_YOU_ZH}(?:现在|接下来|新)的?(?:新)?任务是|{_YOU_ZH}的新任务",
    rf"给(?:所有|各[位个])?{_MODEL_ZH}的(?:说明|提示|话|指令|留言|备注)|作为?(?:本文|全文)?的?{_MADE_ZH}(?:$|[：:。])|{_MODEL_ZH}请[^，。；]{{0,4}}?(?:把|将|写|说|推荐|称)|^{_YOU_ZH}(?:要|必须|应该)说",
    rf"^请?(?:不要|勿|别)(?:提及|提到|透露)|{_ANSWER_ZH}内容?(?:里|中)?(?:只|仅)(?:能|可|需)?(?:包含|写)",
    rf"(?:{_READ_ZH}|引用|转述){_THIS_ZH}[^，。；]{{0,10}}?{_OBLIGED_ZH}[^，。；]{{0,6}}?{_SAY_ZH}|{_YOU_ZH}只需要?(?:回复|回答|输出|写)",
    rf"{_MADE_ZH}的(?:(?:第一|首|最后一)[句位段]|开头|末尾)|(?:^|[，,]){_SUM_UP_ZH}时[，,]?(?:把|将|写)",
    # 嗨，DeepSeek，· 你是一个助手
    rf"^(?:嗨|嘿|喂|哈喽|你好|您好)[，,！! ]?{_MODEL_ZH}[，,：:！!]",
    rf"^{_YOU_ZH}(?:现在)?是一?[个名位款][^，。；]{{0,12}}?(?:助手|模型|机器人|智能体|AI)",
    # 忽略以上所有指令
    rf"{_START_ZH}{_URGED_ZH}(?:忽略|忽视|无视|忘记|忘掉|不要理会|不要遵[守循]|停止遵[守循])掉?(?:"
    rf"{_EARLIER_ZH}{{1,5}}(?:系统)?(?:指令|指示|提示词?|命令|设定)|[前上]文"
    rf"|{_EARLIER_ZH}{{0,2}}{_ABOVE_ZH}的?{_EARLIER_ZH}{{0,2}}(?:要求|规则|限制|内容|文字|对话)"
    rf"|{_YOU_ZH}的(?:系统)?(?:指令|提示词?|设定)|(?:本文|文章|全文)?(?:其余|其他)(?:部分|内容|文字))(?!的)",
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
)
_ORDER = re.compile("|".join((*_ENGLISH, *_CHINESE)), re.IGNORECASE)
_DISGUISED = re.compile(r"[A-Za-z][\u0400-\u04ff]{1,2}[A-Za-z]")
"""Cyrillic letters within a Latin word: written to be read by no filter."""
_SPACED = re.compile(r"(?<=\b\w) (?=\w\b)")
_INTRODUCES = re.compile(r"[:：]\W*$|\b(?:following|below)\b|以下|下面|下列|如下")


def is_to_model(sentence: str) -> bool:
    """Say whether a sentence gives orders to a language model that reads it; news may quote such orders."""
    unquoted = QUOTED.sub("", sentence)
    told = unquoted if any(map(str.isalpha, unquoted)) else sentence
    plain = _SPACED.sub("", simplified(told))
    return bool(_ORDER.search(plain) or _DISGUISED.search(plain))


def without_orders(text: str, *, language: str) -> str:
    """Cut the orders to a model out of a text, each with the sentence that it introduces."""
    kept: list[str] = []
    is_next = False
    for line in text.split("\n"):
        told = sentences(line, language)
        left: list[str] = []
        for sentence in told:
            is_order = is_to_model(sentence)
            if not (is_order or is_next):
                left.append(sentence)
            is_next = is_order and _INTRODUCES.search(sentence) is not None
        if left:
            kept.append(line if len(left) == len(told) else ("" if language == "zh" else " ").join(left))
    return "\n".join(kept)
