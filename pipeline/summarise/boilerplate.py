"""What stands in an article and is no part of its story: datelines, bylines, notes, calls to subscribe."""

from __future__ import annotations

import re

from pipeline.imprint import after_printed_date, is_imprint
from pipeline.text import simplified, word_count

_HAN = r"[\u4e00-\u9fff]"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_PLACE = r"[A-Z][A-Za-z.'’-]+(?:[ ,]+[A-Z][A-Za-z.'’-]+){0,3}"
_DATE = rf"(?:,?\s{_MONTH}\s\d{{1,2}}(?:,\s\d{{4}})?,?|,?\s\d{{1,2}}\s{_MONTH}(?:\s\d{{4}})?,?)"
_AGENCY = r"\s?(?:\([A-Z][\w .’'-]{1,30}\)|/[A-Z][\w .’'-]{1,30}/)"
_NAME = (
    r"(?:[A-Z][\w.'’-]*|(?:and|by|for|in|of|at|with|the|de|van|von|bin|staff|special|senior|writer|reporter|correspondent"
    r"|contributor|columnist|editor|additional|reporting|editing|bureau|newsroom|desk|(?:[a-z]+\s)?reporter)\b)"
)
_NAMES = rf"{_NAME}(?:[\s,;|/&·]+{_NAME}){{0,15}}"
_ROLE = r"(?i:(?:staff|senior|special)\s(?:writer|reporter|correspondent|editor))"
_DATELINE_EN = re.compile(
    "^(?:"
    rf"{_PLACE}{_DATE}?{_AGENCY}\s?(?:[-–—:]+\s?)?"  # Wuhan, Feb 21 (Agency) -
    rf"|{_PLACE}{_DATE}\s?[-–—]{{1,2}}\s?"  # Wuhan, Feb 21 —
    rf"|(?:{_MONTH}\s\d{{1,2}},?)?{_AGENCY}{_DATE}?\s?[-–—]{{1,2}}\s?"  # (Agency) Feb. 21 --
    rf"|(?![A-Z]{{1,3}}\s?[-–—])[A-Z][A-Z.'’ -]{{2,30}}(?:,\s[A-Z][A-Za-z. ]{{1,30}}?)?{_DATE}?(?:{_AGENCY})?\s?[-–—]{{1,2}}\s"  # WUHAN, China -
    rf"|(?i:by)\s[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){{1,3}},\s{_ROLE}\s"  # By A. Writer, Staff Writer
    ")"
)

_NAMED = r"\s?[:：|丨｜/／]\s?"
_CREDITS_ZH = (
    r"(?:(?:本文|本期|原文|图片|圖片)?(?:来源|來源|作者|原标题|原標題|图源|圖源|题图|配图|[文图圖]|撰文|摄影|攝影|供图|供圖|出品|校对|校對|审核|審核|责编|責編)"
    rf"|{_HAN}{{0,4}}(?:编辑|編輯|记者|記者|通讯员)){_NAMED}"
)
_REPORTERS = r"(?:[（(][^）)]{1,60}[）)])?"
_WIRE = rf"(?:(?:{_HAN}{{0,4}}[专專])?[电電讯訊]|消息|报道|報道)"
_DAY = r"\d{1,2}\s?月\s?\d{1,2}\s?日?"
_NAME_ZH = r"[\u4e00-\u9fff·]{2,4}"
_HEADING_ZH = (  # 电题：某某大厅启用 某社记者甲乙、丙丁 and then the story
    rf"(?:[^（(。\n]{{0,60}}?\s(?:{_HAN}{{2,4}}[社网報报])?[记記]者\s?{_NAME_ZH}(?:[、\s]\s?{_NAME_ZH}(?=[、\s]))*(?=\s)"
    r"|\s?[题題][:：][^（(。\n]{0,60}?(?=[（(]|$))?"
)
_DATELINE_ZH = re.compile(
    "^(?:"
    r"【[^】]{1,30}】\s*(?=\S)"
    rf"|[〔［][^〕］]{{0,12}}(?:记者|記者)[^〕］]{{0,40}}[〕］]\s*"
    rf"|[（(](?:[^（）()]{{0,16}}(?:记者|記者|\d日[电電讯訊])|本报|見習記者|通讯员|{_CREDITS_ZH})[^）)]{{0,40}}[）)]\s*"
    rf"|(?:{_HAN}{{2,8}}[社网報报]|中新{_HAN}{{0,4}}|央视{_HAN}{{0,4}})[\u4e00-\u9fff·]{{0,12}}?{_DAY}"  # 某社某地2月21日电
    rf"{_WIRE}\s?(?:综合新华社驻外记者报道)?{_HEADING_ZH}{_REPORTERS}[：:，,]?\s*"
    rf"|(?:{_HAN}{{2,8}}[社网報报]{_HAN}{{0,6}}专|{_HAN}{{2,8}}{_DAY})[电電]\s?[（(][^）)]{{0,12}}[记記]者[^）)]{{1,50}}[）)]\s*"  # 某地2月21日电（记者 甲乙）
    rf"|(?:本报|本網|本网|本刊|{_HAN}{{2,6}}[网社]|{_HAN}{{2,5}}日报){_HAN}{{0,8}}?(?:{_DAY})?(?:综合)?{_WIRE}\s?"  # 本报讯
    rf"{_REPORTERS}(?:记者[\u4e00-\u9fff·、 ]{{2,16}}报道)?[：:，,]?\s*"
    rf"|[A-Za-z\d]{{0,10}}{_HAN}{{0,8}}\s?(?:\d{{4}}\s?年\s?)?{_DAY}\s?[早晚]?间?{_WIRE}\s?{_REPORTERS}[：:，,]\s*"  # 某站 2 月 21 日消息，
    rf"|{_HAN}{{0,4}}[记記]者\s?[^从從在就对對向昨今曾独獨发發协協，。！？]{{2,20}}?(?:综合|摄影)?[报報][道導](?![了过過称稱的中])[：:，,]?\s*"
    r"|(?:[^，。]{0,8}记者[^，。]{0,30}(?:获悉|了解到|采访发现|看到)|据(?:悉|了解|介绍))[，,：:]\s*"
    r"|据[^，。]{2,16}(?:消息|报道|報道)[，,：:]\s*"
    rf"|{_CREDITS_ZH}[^\s，。！？]{{1,12}}\s+"  # 文/甲乙 and then the story
    ")"
)

_WORK = r"(?:(?:staff |file )?(?:written|reported|edited|writing|story|text|words|photos?|photographs?|pictures?|images?|illustrations?|video|(?:additional )?reporting|editing))"
_LABEL = r"(?:photos?|pictures?|images?|graphic|illustration|video|credits?|sources?|captions?|editors?|editing|writ(?:ers?|ing)|report(?:ers?|ing)|authors?)"
_BYLINE = re.compile(
    rf"^(?:[(\[]?(?:(?i:{_WORK})\s)?(?i:by|courtesy of):?\s{_NAMES}\.?[)\]]?"  # By A. Writer, Staff Writer
    rf"|[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){{1,3}},\s{_ROLE}\.?"
    rf"|(?i:(?:{_LABEL}\s)?{_LABEL})\s?[:：](?:[^.!?]|\b[A-Z]\.|\.(?=\w)){{0,100}}[.!?]?"  # Photo: Agency
    r"|(?i:updated|published|posted)\b[^.!?,]{0,60}"
    rf"|[（(\[]?{_CREDITS_ZH}(?:[^。]{{0,60}}|[^\s。]{{0,60}}。)"
    rf"|(?:[记記]者|通[讯訊][员員]|[实實][习習]生|[摄攝]影)\s{_NAME_ZH}(?:[\s、]+(?:[记記]者|通[讯訊][员員]|[实實][习習]生|[摄攝]影|{_NAME_ZH})){{0,12}}"
    r"|【[^】]{0,30}(?:记者|記者|报道|報道|[讯訊]|编辑)[^】]{0,20}】|[图圖]片?(?:源|来自|来源于|來自)(?:于|自)?(?:网络|網絡).{0,12}"
    r")$"
)

_NOTE = re.compile(
    r"^(?:(?:full )?(?:disclosure|disclaimer|corrections?|clarification|(?:editor|author)(?:[’']?s[’']?|ial)? note|note to (?:readers|editors))\s?[:：—–-]"
    r"|(?:listen|watch|read|see)(?: (?:also|more|now|next))?\s?:|\d+[- ]min(?:ute)?s?[- ](?:read|listen)\b|(?:estimated )?(?:reading|listening) time\b"
    r"|(?:listen to|hear|watch|print|save|e-?mail|bookmark) (?:this|the full) (?:article|story|report|podcast|page)\b"
    r"|this (?:article|story|report|post) (?:has been|was) (?:corrected|updated|amended|translated)|an? (?:earlier|previous) version of this (?:article|story|report|post)\b"
    r"|(?:media |press )?contacts?\s?:|(?-i:About [A-Z])[\w.’'& -]{1,60}:"
    r"|the (?:author|writer) (?:holds|owns|has) (?:no )?(?:shares|positions?)"
    r"|(?:编者[按注]|编辑注|更正|勘误|声明|(?:利益)?披露|(?:风险|温馨)提示)\s?[:：]"
    r"|(?:点击)?(?:收听|朗读)(?:本文|全文)|(?:本文|全文)共?约?\s?\d+\s?字|(?:预计)?阅读(?:本文|全文)?(?:时间|[约需])+[:：]?\s?\d)",
    re.IGNORECASE,
)
_CALLS = (
    r"^(?:\[ad\]|tip:|have your say\b)|^(?:subscribe|sign up|follow|share|read more|click|log in|advertisement|related|scroll down)\b",
    r"\b(?:subscribe|sign (?:up|in)|log in) (?:here|now|today|(?:to|for) our|to (?:read|keep|continue))\b",
    r"\b(?:click here|read more (?:at|on|here)|follow us|contact us|our newsletter|all rights reserved)\b",
    r"\b(?:we use cookies|our (?:privacy policy|app)|terms of (?:use|service)|copyright (?:©|\d{4}))|©|\w@\w[\w-]*\.\w",
    r"\bthis (?:article|story) (?:was (?:originally|first)|originally|first) (?:published|appeared)\b|\bnot investment advice\b",
    r"\b(?:gamble|drink|invest|trade) responsibly\b|\bat your own risk\b|\bcan (?:go down|fall) as well as (?:up|rise)\b|\brely on this (?:article|report)\b",
    r"^(?:推广|广告|本报热线)\s?[:：]|记得(?:点|追看|关注)|仅供参考|切勿轻信|认准.{0,6}渠道|小编|侵删|订阅电子报|现在下单|关注“|请勿",
    r"点击(?:关注|上方|阅读|下方|这里|此处|查看|订阅)|扫码|(?:扫描|识别).{0,6}二维码|关注我们|关注.{0,8}公众号|微信公众号[:：]",
    r"版权所有|未经(?:授权|许可|允许)|转载(?:请|须|需)|(?:禁止|谢绝|不得)转载|欢迎(?:订阅|关注|留言|投稿)|投稿邮箱|下载.{0,6}(?:APP|客户端)",
    r"免责声明|不构成投资建议|(?:风险|盈亏|后果)自[负担]|请(?:谨慎|理性|审慎)|投资有风险|股市有风险|有赚有赔|阅读原文|本文(?:来自|首发|作者|系作者)|延伸阅读|相关阅读|猜你喜欢|长按识别",
)
_CALL = re.compile("|".join(_CALLS), re.IGNORECASE)
_CODE = re.compile(
    r"</?(?:script|style|iframe|object|embed|svg)\b|<\?php|\{\{|\}\}|\{%|%\}|\$\{", re.IGNORECASE
)
_CLOCK = re.compile(r"\d:\d\d")
_ENDS = re.compile(r"[.!?。！？…:：][”’」』》）)\"'\s]*$")
FEWEST_WORDS, LONGEST_CELL = 3, 40
"""Words and characters of a line without a full stop: “Hall opens.” may be news, “Name Price” is none."""
_LONGEST_CALL = 200
"""Longer sentences that hold such words tell of them, as news on an app's privacy policy does."""


def without_dateline(line: str) -> str:
    """Return a paragraph without the place, date, agency and reporters it opens with; empty if it holds no more.

    A date printed before them goes too; one that opens a sentence of its own stays.
    """
    told = after_printed_date(line)
    opened, printed = _without_openers(told), line[: len(line) - len(told)]
    is_furniture = opened != told or (_CLOCK.search(printed) and printed[-1].isspace())
    return opened if printed and is_furniture else _without_openers(line)


def _without_openers(line: str) -> str:
    pattern = _DATELINE_ZH if re.search(_HAN, line[:40]) else _DATELINE_EN
    stripped = line
    for _ in range(3):  # 【栏目】 本报讯 （记者 …）
        shorter = pattern.sub("", stripped, count=1).lstrip(" 　:：-–—")
        if shorter == stripped:
            break
        stripped = shorter
    return stripped


def is_byline(line: str) -> bool:
    """Say whether a whole line only names who wrote, took, edited or published, or when, or is a dateline alone."""
    if not line.strip():
        return False
    return is_imprint(line) or _BYLINE.match(line.strip()) is not None or not without_dateline(line)


def is_no_prose(sentence: str) -> bool:
    """Say whether a sentence is signs, a cell of a table or program text."""
    is_cell = (
        len(sentence) < LONGEST_CELL and word_count(sentence) < FEWEST_WORDS and not _ENDS.search(sentence)
    )
    return is_cell or not any(map(str.isalpha, sentence)) or _CODE.search(sentence) is not None


def is_call(sentence: str) -> bool:
    """Say whether a sentence speaks to the reader of the site and not of the story."""
    plain = simplified(sentence)
    return _NOTE.match(plain) is not None or (len(plain) < _LONGEST_CALL and _CALL.search(plain) is not None)
