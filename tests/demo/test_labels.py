"""What the sample press promises to whoever judges by it: its labels are whole, and its hard cases are there."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from pipeline.demo.sample import Sample, SampleArticle, load_press, newsroom_folder
from pipeline.text import clean, han_count

SECTIONS = {"policy", "companies", "technology", "collectibles"}
WINDOWS = {
    1: (datetime.fromisoformat("2022-02-21T07:00+08:00"), datetime.fromisoformat("2022-02-22T05:30+08:00")),
    2: (datetime.fromisoformat("2022-02-22T06:30+08:00"), datetime.fromisoformat("2022-02-23T05:30+08:00")),
}
WORD = re.compile(r"[A-Za-z0-9][\w'’.,%-]*")
SENTENCE = {"en": re.compile(r"(?<=[.!?])[”\"]?\s+(?=[A-Z“\"])"), "zh": re.compile(r"(?<=[。！？])")}


def sample() -> Sample:
    return load_press(newsroom_folder())


ARTICLES = sample().articles
EACH = pytest.mark.parametrize("article", ARTICLES, ids=lambda article: f"{article.site}/{article.slug}")


def by_event(articles: Sequence[SampleArticle]) -> dict[str, list[SampleArticle]]:
    events = defaultdict(list)
    for article in articles:
        events[article.event].append(article)
    return dict(events)


def on_beat(day: int) -> list[SampleArticle]:
    return [article for article in ARTICLES if article.on_beat and article.day == day]


def length(text: str, language: str) -> int:
    return han_count(text) if language == "zh" else len(WORD.findall(text))


def test_there_are_at_least_24_articles() -> None:
    assert len(ARTICLES) >= 24


def test_half_the_articles_are_chinese() -> None:
    assert abs(2 * Counter(article.language for article in ARTICLES)["zh"] - len(ARTICLES)) <= 2


def test_at_least_14_articles_are_on_the_beat() -> None:
    assert sum(article.on_beat for article in ARTICLES) >= 14


def test_titles_and_slugs_name_one_article_each() -> None:
    assert len({article.title for article in ARTICLES}) == len(ARTICLES)
    assert len({(article.site, article.slug) for article in ARTICLES}) == len(ARTICLES)


@EACH
def test_an_article_is_published_within_its_day(article: SampleArticle) -> None:
    earliest, latest = WINDOWS[article.day]
    assert earliest <= article.published <= latest
    assert article.published.utcoffset() == timedelta(hours=8)


@EACH
def test_only_what_is_on_the_beat_has_a_section(article: SampleArticle) -> None:
    assert (article.section in SECTIONS) if article.on_beat else (article.section is None)


@EACH
def test_an_article_has_decent_length(article: SampleArticle) -> None:
    least, most = {"en": (90, 350), "zh": (200, 700)}[article.language]
    assert 3 <= len(article.paragraphs) <= 7
    assert least <= length("\n".join(article.paragraphs), article.language) <= most


@EACH
def test_the_first_two_sentences_are_short_enough_to_quote(article: SampleArticle) -> None:
    most = {"en": 60, "zh": 100}[article.language]
    first_two = SENTENCE[article.language].split(article.lead)[:2]
    assert all(0 < length(sentence, article.language) <= most for sentence in first_two if sentence)


@EACH
def test_on_the_beat_the_lead_carries_a_number(article: SampleArticle) -> None:
    number = r"\d|\b(?:two|three|six|fifteen|sixty|second)\b|[两三四五六七八九十]"
    assert not article.on_beat or re.search(number, article.lead, re.IGNORECASE)


@EACH
def test_an_article_is_clean_text_in_the_language_it_claims(article: SampleArticle) -> None:
    text = "\n".join(article.paragraphs)
    assert clean(text) == text
    assert (han_count(text) > 0) == (article.language == "zh")


@EACH
def test_every_article_says_why_it_is_there(article: SampleArticle) -> None:
    assert len(article.note.split()) >= 5


@pytest.mark.parametrize("event", sorted(by_event(ARTICLES)))
def test_articles_on_one_event_agree_on_beat_and_section(event: str) -> None:
    told = by_event(ARTICLES)[event]
    assert len({(article.on_beat, article.section) for article in told}) == 1


def test_every_event_off_the_beat_is_told_once() -> None:
    off = [article for article in ARTICLES if not article.on_beat]
    assert all(len(told) == 1 for told in by_event(off).values())


def test_two_events_are_told_by_several_sites_on_one_day_and_one_of_them_across_languages() -> None:
    shared = [
        told
        for day in WINDOWS
        for told in by_event(on_beat(day)).values()
        if len({article.site for article in told}) > 1
    ]
    languages = [{article.language for article in told} for told in shared]
    assert len(shared) >= 2
    assert {"en", "zh"} in languages
    assert {"en"} in languages


def test_day_one_has_at_least_eight_stories() -> None:
    assert len(by_event(on_beat(1))) >= 8


def test_day_two_has_at_least_four_new_stories() -> None:
    assert len(by_event(on_beat(2)).keys() - by_event(on_beat(1)).keys()) >= 4


def test_an_update_follows_a_day_one_story_of_its_event_with_a_new_number() -> None:
    updates = [article for article in ARTICLES if article.update]
    assert updates
    for update in updates:
        earlier = [article for article in on_beat(1) if article.event == update.event]
        assert update.day == 2
        assert earlier
        told = {number for article in earlier for number in re.findall(r"\d+", article.title)}
        assert set(re.findall(r"\d+", update.title)) - told


def test_day_two_repeats_a_day_one_event_without_a_new_number() -> None:
    first = by_event(on_beat(1))
    repeats = [article for article in on_beat(2) if article.event in first and not article.update]
    assert repeats
    for repeat in repeats:
        told = {
            number
            for article in first[repeat.event]
            for number in re.findall(r"\d+", article.title + article.lead)
        }
        assert set(re.findall(r"\d+", repeat.title)) <= told


@pytest.mark.parametrize(
    ("event", "bait"),
    [
        ("name-change-essay", "metaverse"),
        ("battery-plant", "合肥"),
        ("bramblecoin-price", "metaverse"),
        ("sleep-meta-analysis", "meta-analysis"),
        ("hongkong-table", "元宇宙"),
        ("car-park-meeting", "virtual meeting"),
        ("multiverse-film", "多元宇宙"),
        ("nordic-ferry", "元宇宙"),
        ("virtual-power-plant", "virtual"),
    ],
)
def test_a_near_miss_is_off_the_beat_though_it_holds_the_bait(event: str, bait: str) -> None:
    (article,) = by_event(ARTICLES)[event]
    assert not article.on_beat
    assert bait in "\n".join(article.paragraphs)


def test_articles_come_in_order_of_time() -> None:
    assert all(earlier.published <= later.published for earlier, later in pairwise(ARTICLES))


def test_every_article_belongs_to_a_site_that_works() -> None:
    assert {article.site for article in ARTICLES} == {
        site.key for site in sample().sites if site.status == 200
    }


@pytest.mark.parametrize("folder", ["articles", "sites"])
def test_every_folder_of_the_press_belongs_to_a_listed_site(folder: str) -> None:
    keys = {site.key for site in sample().sites}
    assert {path.name for path in (newsroom_folder() / folder).iterdir()} <= keys
