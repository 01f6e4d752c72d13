from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import ExtractionError
from pipeline.model import Entry
from pipeline.sources.address import LONGEST
from pipeline.sources.feed import MOST_ENTRIES, parse_feed
from tests.sources.pages import page, paper

EIGHT = datetime(2022, 2, 21, 8, 0, tzinfo=UTC)
RSS = """<rss version="2.0"><channel><link>https://morning.example/</link>
<item><title>Shanghai funds headsets</title><link>https://morning.example/1</link>
<pubDate>Mon, 21 Feb 2022 16:00:00 +0800</pubDate><description>&lt;p&gt;A &lt;b&gt;fund&lt;/b&gt; opens.&lt;/p&gt;</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">Shanghai funds &lt;i&gt;headsets&lt;/i&gt;</title>
<link href="https://morning.example/1"/><updated>2022-02-21T08:00:00Z</updated><summary>A fund opens.</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<item rdf:about="https://morning.example/1"><title>Shanghai funds headsets</title><link>https://morning.example/1</link>
<dc:date>2022-02-21T16:00:00+08:00</dc:date><description>A fund opens.</description></item></rdf:RDF>"""
BROKEN = RSS.replace("<channel>", "<channel><title>News & more</title>").replace("</channel></rss>", "")


@pytest.mark.parametrize("text", [RSS, ATOM, RDF, BROKEN], ids=["rss", "atom", "rdf", "broken"])
def test_every_form_of_feed_gives_the_same_entry(text: str) -> None:
    expected = Entry(
        source="morning",
        url="https://morning.example/1",
        title="Shanghai funds headsets",
        published=EIGHT,
        summary="A fund opens.",
    )
    assert parse_feed(page(text), paper()) == (expected,)


def item(inner: str, *, before: str = "") -> str:
    return f'<rss version="2.0"><channel>{before}<item>{inner}</item></channel></rss>'


def published(date: str, *, language: str = "en") -> datetime | None:
    text = item(f"<title>t</title><link>https://morning.example/1</link><pubDate>{date}</pubDate>")
    return parse_feed(page(text), paper(language))[0].published


@pytest.mark.parametrize(
    ("date", "language", "expected"),
    [
        ("Mon, 21 Feb 2022 08:00:00 GMT", "en", EIGHT),
        ("Mon, 21 Feb 2022 16:00:00 +0800", "zh", EIGHT),
        ("2022-02-21 16:00:00", "zh", EIGHT),
        ("2022-02-21 08:00:00", "en", EIGHT),
        ("2022-02-21 16:00:00  +0800", "zh", EIGHT),
        ("Mon, 21 Feb 2022 16:00:00 CST", "zh", EIGHT),
        ("2022年2月21日 16:00", "zh", EIGHT),
        ("2022/02/21 16:00:00", "zh", EIGHT),
        ("2022-02-21", "en", datetime(2022, 2, 21, tzinfo=UTC)),
        ("0000-00-00 00:00:00", "zh", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "en", None),
        ("Tue, 01 Jan 2099 00:00:00 GMT", "en", None),
        ("yesterday", "en", None),
        ("", "en", None),
        ("Mon, 99 Feb 2022 99:00:00 GMT", "en", None),
    ],
)
def test_a_date_is_read_as_utc_and_an_impossible_one_is_none(
    date: str, language: str, expected: datetime | None
) -> None:
    assert published(date, language=language) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("AT&amp;amp;T &amp;lt;b&amp;gt;buys&amp;lt;/b&amp;gt;", "AT&T buys"),
        ("<![CDATA[Tencent&#8217;s <em>hall</em>\n opens]]>", "Tencent’s hall opens"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Pico", "Pico"),
        ("5 &lt; 6 and 7 &gt; 3", "5 < 6 and 7 > 3"),
        ("\u202eHTC\u0007 元宇宙", "HTC 元宇宙"),
    ],
)
def test_a_title_is_one_plain_line(title: str, expected: str) -> None:
    text = item(f"<title>{title}</title><link>https://morning.example/1</link>").replace("\u0007", "&#7;")
    assert parse_feed(page(text), paper())[0].title == expected


@pytest.mark.parametrize(
    ("inner", "before", "expected"),
    [
        pytest.param("<link>/2022/a</link>", "", "https://morning.example/2022/a", id="to the host"),
        pytest.param(
            "<link>a?b=1&amp;c=2</link>",
            "<link>https://other.example/news/</link>",
            "https://other.example/news/a?b=1&c=2",
            id="to the feed's link",
        ),
        pytest.param("<link>//cdn.example/a</link>", "", "https://cdn.example/a", id="to the scheme"),
        pytest.param(
            "<guid>https://morning.example/guid</guid>",
            "",
            "https://morning.example/guid",
            id="from the identifier",
        ),
        pytest.param(
            "<link>\n https://morning.example/a b \n</link>",
            "",
            "https://morning.example/a%20b",
            id="with spaces",
        ),
    ],
)
def test_links_become_whole_addresses(inner: str, before: str, expected: str) -> None:
    assert parse_feed(page(item(f"<title>t</title>{inner}", before=before)), paper())[0].url == expected


def test_xml_base_is_honoured() -> None:
    text = ATOM.replace("<feed ", '<feed xml:base="https://base.example/deep/" ').replace(
        "https://morning.example/1", "story"
    )
    assert parse_feed(page(text), paper())[0].url == "https://base.example/deep/story"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://morning.example/a",
        "mailto:a@b.example",
        "https://good.example@evil.example/",
        "http://",
    ],
)
def test_what_is_no_web_address_stands_as_the_feed_gave_it(link: str) -> None:
    entries = parse_feed(page(item(f"<title>t</title><link>{link}</link>")), paper())
    assert [entry.url for entry in entries] == [link]


def test_an_endless_address_stays_recognisable_as_one() -> None:
    link = f"https://morning.example/{'x' * 9_999}"
    entries = parse_feed(page(item(f"<title>t</title><link>{link}</link>")), paper())
    assert [len(entry.url) for entry in entries] == [LONGEST + 1]


def test_an_entry_without_an_address_is_none() -> None:
    assert parse_feed(page(item("<title>t</title><link></link>")), paper()) == ()


def test_an_address_stands_once() -> None:
    twice = item(
        "<title>a</title><link>https://morning.example/1</link></item><item><title>b</title><link>https://morning.example/1#top</link>"
    )
    assert [entry.title for entry in parse_feed(page(twice), paper())] == ["a"]


def test_a_long_feed_is_cut() -> None:
    items = "".join(
        f"<item><title>{number}</title><link>https://morning.example/{number}</link></item>"
        for number in range(1_000)
    )
    entries = parse_feed(page(f'<rss version="2.0"><channel>{items}</channel></rss>'), paper())
    assert [entry.title for entry in entries] == [str(number) for number in range(MOST_ENTRIES)]


def test_a_feed_without_entries_is_empty() -> None:
    assert parse_feed(page('<rss version="2.0"><channel><title>quiet</title></channel></rss>'), paper()) == ()


def test_a_feed_in_gbk_is_read() -> None:
    text = '<?xml version="1.0" encoding="gb2312"?>' + item(
        "<title>元宇宙产业镕合</title><link>https://morning.example/1</link>"
    )
    assert parse_feed(page(text.encode("gbk")), paper("zh"))[0].title == "元宇宙产业镕合"


def test_a_feed_sent_as_html_is_still_a_feed() -> None:
    assert len(parse_feed(page(RSS, content_type="text/html"), paper())) == 1


@pytest.mark.parametrize(
    ("head", "advice"),
    [
        (
            '<link rel="alternate" type="application/rss+xml" href="/feed.xml">',
            r"look for https://morning\.example/feed\.xml",
        ),
        ("<title>404</title>", r"look for a feed link on https://morning\.example/, or set listing"),
    ],
)
def test_a_web_page_in_place_of_a_feed_is_said(head: str, advice: str) -> None:
    text = f"<!DOCTYPE html><html><head>{head}</head><body>Welcome</body></html>"
    with pytest.raises(
        ExtractionError, match=rf"https://morning\.example/rss is an HTML page, not a feed; {advice}"
    ):
        parse_feed(page(text, content_type="text/html"), paper())


@pytest.mark.parametrize(
    "body", [b"", b" \n", b"\0" * 500, b'{"version": "x"}', b"plain words", b"<rss", b"\xff\xfe\xff"]
)
def test_what_is_no_feed_is_said_in_one_line(body: bytes) -> None:
    with pytest.raises(ExtractionError) as caught:
        parse_feed(page(body), paper())
    assert "\n" not in str(caught.value)


def test_a_body_that_names_a_file_does_not_open_it(tmp_path: Path) -> None:
    (tmp_path / "feed").write_text(RSS)
    with pytest.raises(ExtractionError):
        parse_feed(page(str(tmp_path / "feed")), paper())


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY x "&a;&a;">]>',
    ],
    ids=["from outside", "growing"],
)
def test_a_feed_with_entities_of_its_own_is_refused(doctype: str) -> None:
    with pytest.raises(ExtractionError, match="entities of its own"):
        parse_feed(
            page(doctype + item("<title>a&x;b</title><link>https://morning.example/1</link>")), paper()
        )


def test_deep_nesting_does_not_crash() -> None:
    assert parse_feed(page('<rss version="2.0"><channel>' + "<a>" * 10_000), paper()) == ()
