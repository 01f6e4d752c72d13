"""Filters: what they say no to, in words that help, and that no text of theirs becomes SQL."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st

from subscribers.errors import FilterError
from subscribers.filters import LONGEST, parse_filter
from subscribers.schema import metadata, subscribers

KEYS = "(keys: tag, language, status, newsletter, since, before, domain, source, name, email)"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("tga:vip", f"'tga:vip' is not understood; did you mean tag? {KEYS}", id="a slip"),
        pytest.param("zone:UTC", f"'zone:UTC' is not understood; see the keys {KEYS}", id="no such key"),
        pytest.param("status:active ann", f"'ann' is not understood; to look for a part of an address write email:ann {KEYS}", id="no key"),
        pytest.param("tag:", "'tag:' has no value", id="no value"),
        pytest.param('-tag:"" ', "'-tag:\"\"' has no value", id="an empty value"),
        pytest.param("tag:,,", "'tag:,,' has no value", id="commas alone"),
        pytest.param('name:"Wang', "opens a quote and does not close it", id="an open quote"),
        pytest.param("status:aktive", "'aktive' is none of them; did you mean active?", id="a status misspelt"),
        pytest.param("status:erased", "'erased' is none of them", id="the erased are nobody"),
        pytest.param("language:fr", "'fr' is none of them (known: en, zh, both)", id="a language unknown"),
        pytest.param("source:api", "(known: import, form, operator)", id="a source unknown"),
        pytest.param("since:yesterday", "'yesterday' is no day; write it as 2026-01-31", id="no day"),
        pytest.param("before:2026-02-30", "'2026-02-30' is no day", id="a day that never was"),
        pytest.param("domain:qq", "'qq' is no domain; write one such as qq.com", id="no domain"),
        pytest.param("name:\udcff", "has no value", id="no text"),
        pytest.param("tag:a " * LONGEST, f"at most {LONGEST} characters", id="endless"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_named_with_what_can(text: str, says: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("word", ["newsletter:dayly", "-newsletter:old,dayly"])
def test_a_newsletter_that_nobody_can_have_is_named_with_the_nearest(word: str) -> None:
    with pytest.raises(
        FilterError, match=r"'dayly' is none of them; did you mean daily\? \(known: daily, old\)"
    ):
        parse_filter(word, newsletters={"old", "daily"})


ENGINES = (sa.create_engine("sqlite://"), sa.create_engine("postgresql+psycopg://"))  # never connected
WORDS = st.lists(
    st.tuples(
        st.sampled_from(["tag", "-tag", "name", "email", "-newsletter", "status", "tga", ""]),
        st.sampled_from([":", "：", ""]),
        st.text(max_size=20),
    ).map("".join)
)


@given(WORDS.map(" ".join))
@example("tag:'; DROP TABLE subscribers; --")
@example("name:%_/\\")
@example("email:" + ",".join(map(chr, range(0x4E00, 0x4E00 + 490))))
def test_a_filter_is_a_condition_or_a_clear_no_and_its_values_are_never_sql(text: str) -> None:
    try:
        where = parse_filter(text)
    except FilterError:
        return
    for engine in ENGINES:
        statement = str(sa.select(subscribers.c.id).where(where).compile(engine))
        assert "DROP" not in statement
        assert not any(ord(letter) > 127 for letter in statement)


def test_the_longest_filter_is_one_that_a_database_takes() -> None:
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine, [subscribers])
    values = ",".join(map(chr, range(0x4E00, 0x4E00 + (LONGEST - 5) // 2)))
    with engine.connect() as connection:
        assert connection.execute(sa.select(subscribers).where(parse_filter(f"name:{values}"))).all() == []
    engine.dispose()
