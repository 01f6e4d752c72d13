"""Articles on one event stand together, in one language and across two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.model import Article
from pipeline.select.lexicon import Lexicon, load
from pipeline.select.stories import Stories, group
from tests.select.builders import NOON, article

FUND = article(
    "Zhengzhou plans 10 billion yuan metaverse fund",
    "Zhengzhou will set up a metaverse industry fund of 10 billion yuan, the city government said on March 2. "
    "The fund is to back firms that build virtual reality gear and digital humans.",
)
FUND_AGAIN = article(
    "Chinese city of Zhengzhou to back metaverse firms with 10 billion yuan",
    "A fund of 10 billion yuan will support metaverse companies in Zhengzhou, according to a policy paper of the city "
    "government. Makers of virtual reality gear and digital humans can apply.",
    source="evening",
)
FUND_ZH = article(
    "郑州拟设100亿元元宇宙产业基金",
    "郑州市政府3月2日公布，将设立总规模100亿元的元宇宙产业基金，支持虚拟现实设备和数字人企业。",
    source="wanbao",
)
OTHER_CITY = article(
    "Nanjing opens metaverse platform",
    "Nanjing opened a platform for metaverse research on March 2. A university runs it together with 6 firms.",
)
OTHER_CITY_ZH = article(
    "南京元宇宙平台启用", "南京3月2日启用元宇宙研究平台，由高校与6家企业共同运营。", source="wanbao"
)
DISTRICT_FUND_ZH = article(
    "武汉柳汊新区设立元宇宙基金，首期5亿元",
    "武汉柳汊新区3月2日宣布设立元宇宙产业基金，首期规模5亿元，重点投向光学器件和数字人。新区内现有光学企业约三十家。",
)
DISTRICT_PLANT_ZH = article(
    "苇鱼光学武汉产线开工，年产VR头显9万台",
    "武汉头显企业苇鱼光学的第一条产线3月2日在柳汊新区开工，设计年产VR头显9万台，投资3.2亿元，新区提供厂房。",
    source="wanbao",
)
CITY_CLINIC = article(
    "Hefei nurses rehearse in a virtual ward",
    "Forty nurses in Hefei have begun to rehearse in virtual reality. The hospital bought 12 headsets for 2 million yuan.",
)
CITY_ROUND = article(
    "Hefei boot maker Tangleweed raises 60 million yuan for feet in VR",
    "Tangleweed, a Hefei firm that makes boots for virtual reality, has raised 60 million yuan from two funds.",
    source="evening",
)
ORDER = article(
    "Shenzhen lens maker Clearpond wins 150 million yuan order for AR glasses",
    "Clearpond Optics of Shenzhen will make 500,000 waveguide lenses for augmented reality glasses in an order worth 150 "
    "million yuan. The buyer is Rokid, a maker of AR glasses in Hangzhou. Deliveries run from May to next February.",
)
ORDER_AGAIN = article(
    "Rokid's lens order from Clearpond is worth 150 million yuan",
    "Clearpond Optics of Shenzhen is to make 500,000 waveguide lenses for the augmented reality glasses of Rokid, a firm "
    "in Hangzhou. The order is worth 150 million yuan, and deliveries run from May to February.",
    source="evening",
)
NEXT_ROUND = article(
    "AR glasses maker Rokid raises 320 million yuan",
    "Rokid, which makes augmented reality glasses in Hangzhou, has raised 320 million yuan at a value of 2.1 billion yuan. "
    "Half of the money is meant for a second model, due in August, that weighs 60 grams instead of 79; the rest goes into "
    "shops. On Monday the firm placed its largest order of lenses yet, with Clearpond Optics of Shenzhen.",
    source="wanbao",
)
LAYOFFS_ZH = article(
    "字节跳动旗下PICO裁员", "PICO周一开始裁员，涉及约300人，主要是内容部门。公司称将专注于头显硬件。"
)
LAYOFFS_ZH_AGAIN = article(
    "PICO启动裁员 涉及约300人",
    "字节跳动旗下头显公司PICO本周裁员约300人，内容部门受影响最大。",
    source="wanbao",
)
LAUNCH_ZH = article(
    "PICO发布新款一体机", "PICO周一发布新款VR一体机，售价2999元起，下月开售。屏幕由京东方提供。"
)

FIRM_ROUND = article(
    "AR glasses maker Gorsewing raises 280 million yuan",
    "Gorsewing, which makes augmented reality glasses in Hangzhou, has raised 280 million yuan from two funds. "
    "It will hire engineers, open a second assembly hall and pay for lenses from Quillstone.",
)
FIRM_ORDER = article(
    "Quillstone wins 130 million yuan lens order",
    "Quillstone Optics of Shenzhen will make lenses for Gorsewing, whose augmented reality glasses come from Hangzhou. "
    "The order is worth 130 million yuan over two years, and the first boxes leave the works in May.",
    source="evening",
)
OUTAGE = (
    article(
        "云栈元宇宙平台昨夜全网瘫痪",
        "云栈元宇宙平台3月2日晚发生机房火灾，全国用户无法登录，截至发稿尚未恢复。",
    ),
    article(
        "云栈平台机房火灾致服务中断",
        "3月2日晚，云栈元宇宙平台位于贵阳的机房发生火灾，服务中断，消防部门已将火扑灭，无人员伤亡。",
        source="wanbao",
    ),
    article(
        "贵阳消防：云栈机房火灾已扑灭",
        "贵阳消防3月2日深夜通报，云栈元宇宙平台机房火灾已扑灭，无人员伤亡，起火原因正在调查。",
        source="xiaofang",
    ),
    article(
        "成都商户守着瘫痪的虚拟店铺：一夜没有订单",
        "成都一家手工饰品店3月2日晚打不开虚拟店铺。店主听说云栈机房发生火灾，并无人受伤，自己一夜没有订单，损失数千元。",
        source="shangbao",
    ),
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(FUND, FUND_AGAIN, id="english"),
        pytest.param(LAYOFFS_ZH, LAYOFFS_ZH_AGAIN, id="chinese"),
        pytest.param(FUND, FUND_ZH, id="across-languages"),
        pytest.param(OTHER_CITY, OTHER_CITY_ZH, id="across-languages-2"),
    ],
)
def test_one_event_is_one_story(one: Article, other: Article, lexicon: Lexicon) -> None:
    assert len(group([one, other], lexicon)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(FUND, OTHER_CITY, id="two-cities"),
        pytest.param(FUND_ZH, OTHER_CITY_ZH, id="two-cities-in-chinese"),
        pytest.param(FUND, OTHER_CITY_ZH, id="two-cities-across-languages"),
        pytest.param(LAYOFFS_ZH, LAUNCH_ZH, id="one-firm-two-events"),
        pytest.param(DISTRICT_FUND_ZH, DISTRICT_PLANT_ZH, id="one-district-two-events"),
        pytest.param(CITY_CLINIC, CITY_ROUND, id="one-city-and-topic-two-events"),
        pytest.param(FIRM_ROUND, FIRM_ORDER, id="one-firm-two-amounts"),
    ],
)
def test_two_events_are_two_stories(one: Article, other: Article, lexicon: Lexicon) -> None:
    assert len(group([one, other], lexicon)) == 2


def test_an_article_like_a_whole_story_joins_it_though_like_none_of_its_articles(lexicon: Lexicon) -> None:
    *story, side = OUTAGE
    assert all(len(group([article, side], lexicon)) == 2 for article in story)
    assert len(group(OUTAGE, lexicon)) == 1


def test_headlines_alone_are_enough_when_they_say_the_same(lexicon: Lexicon) -> None:
    pair = [
        article("Baidu opens XiRang metaverse to the public"),
        article("Baidu's metaverse XiRang opens to public"),
    ]
    assert len(group(pair, lexicon)) == 1


def test_a_headline_somewhat_like_a_story_of_headlines_stays_out(lexicon: Lexicon) -> None:
    story = [
        article("China unveils three-year action plan to advance metaverse industry"),
        article("China's virtual world: the new metaverse action plan for industry"),
    ]
    other = article("Fujian schools write an action plan to teach painters and guides")
    assert [len(each.articles) for each in group([*story, other], lexicon)] == [2, 1]


def test_every_article_is_in_exactly_one_story(lexicon: Lexicon) -> None:
    articles = [FUND, LAYOFFS_ZH, FUND_ZH, OTHER_CITY, LAUNCH_ZH, FUND_AGAIN, LAYOFFS_ZH_AGAIN]
    told = [article.url for story in group(articles, lexicon) for article in story.articles]
    assert sorted(told) == sorted(article.url for article in articles)


def test_stories_stand_in_the_order_of_their_first_articles(lexicon: Lexicon) -> None:
    stories = group([LAUNCH_ZH, FUND, OTHER_CITY], lexicon)
    assert [story.lead for story in stories] == [LAUNCH_ZH, FUND, OTHER_CITY]


def test_the_outlet_of_highest_standing_leads(lexicon: Lexicon) -> None:
    strong = article(FUND_AGAIN.title, FUND_AGAIN.text, source="ministry", standing=0.9)
    (story,) = group([FUND, strong], lexicon)
    assert story.lead == strong


def test_of_equal_standing_the_longer_article_leads(lexicon: Lexicon) -> None:
    short = article(FUND.title, FUND.text[:110], source="short")
    (story,) = group([short, FUND], lexicon)
    assert story.lead == FUND


def test_the_same_words_a_week_later_are_another_event(lexicon: Lexicon) -> None:
    later = article(
        FUND.title,
        FUND.text,
        url="https://x.example/later",
        published=NOON + timedelta(days=7),
        first_seen=NOON + timedelta(days=7),
    )
    assert len(group([FUND, later], lexicon)) == 2


@pytest.mark.parametrize(
    "published",
    [
        pytest.param(None, id="no-date"),
        pytest.param(datetime(2099, 1, 1, tzinfo=UTC), id="a-date-to-come"),
    ],
)
def test_an_article_without_a_believable_date_may_join(published: datetime | None, lexicon: Lexicon) -> None:
    undated = article(FUND_AGAIN.title, FUND_AGAIN.text, source="x", published=published)
    assert len(group([FUND, undated], lexicon)) == 1


def test_nothing_makes_no_stories(lexicon: Lexicon) -> None:
    assert group([], lexicon) == ()


def test_empty_articles_stay_apart(lexicon: Lexicon) -> None:
    assert (
        len(group([article("", url="https://x.example/1"), article("", url="https://x.example/2")], lexicon))
        == 2
    )


def test_grouping_is_the_same_each_time(lexicon: Lexicon) -> None:
    articles = [FUND, FUND_ZH, FUND_AGAIN, OTHER_CITY]
    assert group(articles, lexicon) == group(articles, lexicon)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            "Tencent halts sales on its collectibles app",
            "Tencent stops selling digital collectibles",
            id="acts",
        ),
        pytest.param("苏州設立十億元元宇宙基金", "苏州设立十亿元元宇宙基金", id="traditional"),
        pytest.param(
            "南京元宇宙產業園揭牌", "Nanjing opens metaverse industrial park", id="traditional-across"
        ),
        pytest.param("百度裁员三百人", "Baidu lays off 300 staff", id="acts-across"),
        pytest.param(
            "无锡设立20亿元元宇宙基金", "Wuxi sets up US$280 million metaverse fund", id="converted-across"
        ),
        pytest.param(
            "快手补贴数字人直播商家",
            "Kuaishou subsidises merchants who livestream with avatars",
            id="things-across",
        ),
    ],
)
def test_headlines_in_other_words_are_one_story(one: str, other: str, lexicon: Lexicon) -> None:
    assert len(group([article(one), article(other)], lexicon)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Baidu launches XiRang app", "Tencent launches collectibles app", id="other-firm"),
        pytest.param("「飞苇科技」完成数千万元A轮融资", "「飞苇科技」完成数千万元B轮融资", id="other-round"),
        pytest.param("Pico 4 goes on sale in China", "Pico Neo 3 goes on sale in China", id="other-model"),
        pytest.param(
            "北京拟设百亿元宇宙基金",
            "Shanghai to set up 10 billion yuan metaverse fund",
            id="other-city-across",
        ),
        pytest.param("百度裁员三百人", "Baidu opens virtual showroom for carmakers", id="other-act-across"),
        pytest.param(
            "苏州设立10亿元元宇宙基金",
            "Wuxi sets up 2 billion yuan metaverse fund",
            id="other-city-and-sum-across",
        ),
        pytest.param("😀😀😀", "🎉🎉", id="emoji"),
        pytest.param("", "Baidu launches XiRang app", id="no-title"),
    ],
)
def test_headlines_of_two_events_stay_apart(one: str, other: str, lexicon: Lexicon) -> None:
    assert len(group([article(one), article(other)], lexicon)) == 2


@pytest.mark.parametrize(
    "title",
    [
        pytest.param(FUND_AGAIN.title.upper(), id="all-capitals"),
        pytest.param(f"🔥 {FUND_AGAIN.title} 🔥", id="emoji"),
        pytest.param(f"{FUND_AGAIN.title}（郑州 元宇宙）メタバース", id="mixed-scripts"),
    ],
)
def test_an_odd_title_keeps_no_article_from_its_story(title: str, lexicon: Lexicon) -> None:
    assert len(group([FUND, article(title, FUND_AGAIN.text, source="odd")], lexicon)) == 1


def test_an_endless_page_is_read_no_further_than_its_lead(lexicon: Lexicon) -> None:
    endless = article(FUND_AGAIN.title * 2000, f"{FUND_AGAIN.text} " * 4000, source="endless")
    assert len(group([FUND, endless], lexicon)) == 1


def test_today_s_article_joins_yesterday_s_story(lexicon: Lexicon) -> None:
    stories = Stories(lexicon)
    (first, _) = stories.add([FUND, OTHER_CITY])
    (second, third) = stories.add([FUND_ZH, LAYOFFS_ZH])
    assert stories.story_of(second) == stories.story_of(first)
    assert stories.story_of(third) == third


def test_one_by_one_makes_the_stories_that_all_at_once_makes(lexicon: Lexicon) -> None:
    articles = [FUND, LAYOFFS_ZH, FUND_ZH, OTHER_CITY, LAUNCH_ZH, FUND_AGAIN, LAYOFFS_ZH_AGAIN, OTHER_CITY_ZH]
    stories = Stories(lexicon)
    numbers = [stories.add([each])[0] for each in articles]
    told = {frozenset(n for n in numbers if stories.story_of(n) == stories.story_of(m)) for m in numbers}
    found = {frozenset(articles.index(a) for a in story.articles) for story in group(articles, lexicon)}
    assert told == found


def test_what_was_told_earlier_stands_behind_what_joins_it(lexicon: Lexicon) -> None:
    strong = article(FUND.title, FUND.text, source="ministry", standing=0.9)
    (story,) = group([FUND_AGAIN], lexicon, earlier=[strong, OTHER_CITY])
    assert story.articles == (FUND_AGAIN, strong)


def test_copies_of_one_press_release_are_one_story(lexicon: Lexicon) -> None:
    exact = [article(FUND.title, FUND.text, url=f"https://x.example/{n}") for n in range(1000)]
    near = [article(FUND.title, f"(Desk {n}) {FUND.text}") for n in range(150)]
    assert len(group([*exact, *near], lexicon)) == 1


def test_what_is_too_old_to_meet_anything_is_forgotten(lexicon: Lexicon) -> None:
    stories = Stories(lexicon)
    for day in range(12):
        at = NOON + timedelta(days=day)
        stories.add(
            article(f"Harbour {day} {n}", f"Word{day}x{n} by itself.", published=at, first_seen=at)
            for n in range(30)
        )
    assert stories.held <= 4 * 30


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Chengdu", "Wuhan", id="cities"),
        pytest.param("Baidu", "Alibaba", id="firms"),
    ],
)
def test_two_of_a_kind_in_like_words_are_two_stories(one: str, other: str, lexicon: Lexicon) -> None:
    text = "{} has issued a three-year plan for the metaverse. It wants 100 partners by 2028."
    articles = [article(f"{name} issues metaverse plan", text.format(name)) for name in (one, other)]
    assert len(group(articles, lexicon)) == 2


def test_the_next_deal_of_a_firm_joins_no_story_of_its_last(lexicon: Lexicon) -> None:
    found = group([ORDER, ORDER_AGAIN, NEXT_ROUND], lexicon=lexicon)

    assert [[each.title for each in story.articles] for story in found] == [
        [ORDER.title, ORDER_AGAIN.title],
        [NEXT_ROUND.title],
    ]


METRO_ZH = article(
    "广州地铁上线元宇宙导览",
    "广州地铁在公园前站上线元宇宙导览服务，乘客用手机扫描即可看到虚拟导览员指路。该服务年内将覆盖50个车站。",
    source="wanbao",
)


def test_few_names_are_enough_across_languages_where_the_titles_agree(lexicon: Lexicon) -> None:
    metro = article(
        "Guangzhou metro lets avatar guide passengers",
        "Passengers can now point a phone and follow a virtual guide, Guangzhou Metro said. It will reach 50 stations.",
    )

    assert len(group([METRO_ZH, metro], lexicon)) == 1


def test_few_names_are_not_enough_where_they_do_not(lexicon: Lexicon) -> None:
    museum = article(
        "Guangzhou museum opens VR hall",
        "A VR hall on the maritime silk road opened at a museum in Guangzhou on Monday, with 50 headsets for visitors.",
    )

    assert len(group([METRO_ZH, museum], lexicon)) == 2


FIRE = [
    article(
        "Fire closes Baidu showroom in Wuhan",
        "A fire closed Baidu's metaverse showroom in Wuhan on March 2. Firefighters brought out 40 visitors, none of them "
        "hurt, and headsets for 3 million yuan burnt.",
        source="a",
    ),
    article(
        "Forty flee as Baidu's virtual showroom in Wuhan burns",
        "Forty visitors fled Baidu's metaverse showroom in Wuhan when a fire broke out. Headsets worth 3 million yuan burnt; "
        "nobody was hurt, firefighters said.",
        source="b",
    ),
    article(
        "Blaze at Baidu showroom in Wuhan",
        "A blaze at Baidu's metaverse showroom in Wuhan burnt headsets for 3 million yuan on March 2. The 40 visitors got "
        "out, firefighters said, and none was hurt.",
        source="c",
    ),
    article(
        "Baidu headsets burn in Wuhan fire",
        "Firefighters put out a fire in Baidu's metaverse showroom in Wuhan. It burnt headsets for 3 million yuan; 40 "
        "visitors were brought out unhurt.",
        source="d",
    ),
]


def test_a_story_of_many_takes_in_a_side_of_its_event_that_one_of_few_does_not(lexicon: Lexicon) -> None:
    side = article(
        "Inspector blames chargers",
        "The fire in Wuhan began at the sockets. Forty visitors got out. Insurers sent three people on Thursday.",
        source="e",
    )

    assert len(group([*FIRE, side], lexicon)) == 1
    assert len(group([*FIRE[:2], side], lexicon)) == 2
