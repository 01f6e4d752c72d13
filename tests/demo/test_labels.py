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
FIRST = datetime.fromisoformat("2022-02-21T06:00+08:00")
WINDOWS = {
    day: (FIRST + timedelta(days=day - 1), FIRST + timedelta(days=day, minutes=-30)) for day in (1, 2, 3)
}
HARD_CASES = {
    "near-miss": 28,
    "advertisement": 3,
    "injection": 1,
    "script": 1,
    "impossible-date": 1,
    "rewrite": 3,
    "wire-copy": 2,
}
"""How many articles there are at least of each kind."""
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


def told_before(article: SampleArticle) -> list[SampleArticle]:
    """Return what earlier days told of the article's event."""
    return [a for a in ARTICLES if a.event == article.event and a.day < article.day]


def numbers(*texts: str) -> set[str]:
    return {number for text in texts for number in re.findall(r"\d+", text)}


def length(text: str, language: str) -> int:
    return han_count(text) if language == "zh" else len(WORD.findall(text))


def test_ten_sites_or_more_print_eighty_articles_or_more() -> None:
    assert len(sample().sites) >= 10
    assert len(ARTICLES) >= 80


def test_about_half_the_articles_are_chinese() -> None:
    assert 0.4 <= Counter(article.language for article in ARTICLES)["zh"] / len(ARTICLES) <= 0.6


def test_about_half_the_articles_are_on_the_beat() -> None:
    assert 0.4 <= sum(article.on_beat for article in ARTICLES) / len(ARTICLES) <= 0.7


def test_titles_name_one_article_each() -> None:
    titles = [article.title for article in ARTICLES if article.same_as is None]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(("kind", "least"), HARD_CASES.items())
def test_each_hard_case_is_there(kind: str, least: int) -> None:
    assert sum(article.kind == kind for article in ARTICLES) >= least


@EACH
def test_a_hard_case_is_what_its_kind_says(article: SampleArticle) -> None:
    assert article.advertisement == (article.kind == "advertisement")
    assert bool(article.html) == (article.kind == "script")
    assert bool(article.same_as) == (article.kind == "wire-copy")
    assert bool(article.printed_date) == (article.kind == "impossible-date")
    assert not (article.on_beat and article.kind in {"near-miss", "advertisement"})


def test_a_rewrite_tells_an_event_that_an_earlier_day_told() -> None:
    for article in ARTICLES:
        earlier = [other for other in by_event(ARTICLES)[article.event] if other.day < article.day]
        assert article.kind != "rewrite" or (earlier and not article.update)


def test_one_wire_copy_has_another_title() -> None:
    titles = {article.place: article.title for article in ARTICLES}
    assert any(article.same_as and article.title != titles[article.same_as] for article in ARTICLES)


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
    off = [article for article in ARTICLES if not article.on_beat and article.same_as is None]
    assert all(len(told) == 1 for told in by_event(off).values())


def test_events_are_told_by_several_sites_on_one_day_some_of_them_across_languages() -> None:
    shared = [
        told
        for day in WINDOWS
        for told in by_event(on_beat(day)).values()
        if len({article.site for article in told}) > 1
    ]
    languages = [{article.language for article in told} for told in shared]
    assert languages.count({"en", "zh"}) >= 6
    assert {"en"} in languages


@pytest.mark.parametrize(("day", "least"), [(1, 8), (2, 4), (3, 4)])
def test_each_day_has_stories_of_its_own(day: int, least: int) -> None:
    known = {event for earlier in range(1, day) for event in by_event(on_beat(earlier))}
    assert len(by_event(on_beat(day)).keys() - known) >= least


UPDATES = [article for article in ARTICLES if article.update]
REPEATS = [article for article in ARTICLES if article.on_beat and not article.update and told_before(article)]


@pytest.mark.parametrize("update", UPDATES, ids=lambda update: update.place)
def test_an_update_has_a_number_that_no_earlier_title_of_its_event_has(update: SampleArticle) -> None:
    earlier = told_before(update)
    assert earlier
    assert update.on_beat
    assert numbers(update.title) - numbers(*(article.title for article in earlier))


@pytest.mark.parametrize("repeat", REPEATS, ids=lambda repeat: repeat.place)
def test_a_repeat_has_no_number_in_its_title_that_was_not_told(repeat: SampleArticle) -> None:
    assert numbers(repeat.title) <= numbers(
        *(text for a in told_before(repeat) for text in (a.title, a.lead))
    )


def test_an_update_is_updated_again() -> None:
    assert {update.event for update in UPDATES if update.day == 2} & {
        update.event for update in UPDATES if update.day == 3
    }


def test_each_later_day_repeats_what_was_told_and_updates_it() -> None:
    assert {repeat.day for repeat in REPEATS} == {update.day for update in UPDATES} == {2, 3}


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
