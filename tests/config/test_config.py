"""``metabrief.toml``: every key, its default, and what is said of a wrong one."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from pipeline import config
from pipeline.config import SAMPLE_ADDRESS, Settings
from pipeline.errors import ConfigurationError

PUBLISHER = {"name": "Press", "postal_address": "12 Lantern Street", "contact": "a@x.example.com"}
NEWSLETTER: dict[str, Any] = {
    "key": "daily",
    "title": "Daily",
    "schedule": "0 6 * * *",
    "timezone": "Asia/Shanghai",
}
SITE = {"site_url": "https://news.example.org"}
SMTP = {
    "host": "smtp.example.org",
    "port": 587,
    "from_address": "b@x.example.com",
    "return_path_domain": "bounces.example.org",
}
SECRET = "hunter2"
LLM = {"base_url": "https://x.example/v1", "model": "m"}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("METABRIEF_")]:
        monkeypatch.delenv(name)


def check(*, newsletter: Any = None, **tables: Any) -> Settings:
    return config.check(
        {"publisher": PUBLISHER, "newsletter": [NEWSLETTER] if newsletter is None else newsletter} | tables,
        where="metabrief.toml",
    )


def refused(**tables: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        check(**tables)
    message = str(caught.value)
    assert "\n" not in message
    return message


def over_smtp(**smtp: Any) -> dict[str, Any]:
    return {"publisher": PUBLISHER | SITE, "delivery": {"transport": "smtp"}, "smtp": SMTP | smtp}


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DEFAULTS: list[tuple[str, Any]] = [
    ("publisher.name", "Press"),
    ("publisher.postal_address", "12 Lantern Street"),
    ("publisher.site_url", None),
    ("publisher.contact", "a@x.example.com"),
    ("publisher.language", "en"),
    ("database.url", "sqlite:///data/metabrief.db"),
    ("delivery.transport", "outbox"),
    ("delivery.outbox", "outbox"),
    ("delivery.connections", 10),
    ("delivery.rate_per_second", None),
    ("delivery.not_after", 12 * HOUR),
    ("delivery.retry_pauses", (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR)),
    ("delivery.check_site", True),
    ("smtp.host", None),
    ("smtp.port", None),
    ("smtp.tls", "starttls"),
    ("smtp.username", None),
    ("smtp.password", None),
    ("smtp.password_file", None),
    ("smtp.from_address", None),
    ("smtp.return_path_domain", None),
    ("dkim", None),
    ("newsletter.0.key", "daily"),
    ("newsletter.0.title", "Daily"),
    ("newsletter.0.schedule", "0 6 * * *"),
    ("newsletter.0.timezone", "Asia/Shanghai"),
    ("newsletter.0.period", "day"),
    ("newsletter.0.send_at", "now"),
    ("newsletter.0.approval", "auto"),
    ("newsletter.0.languages", ("en", "zh")),
    ("newsletter.0.max_items", 12),
    ("newsletter.0.min_items", 3),
    ("newsletter.0.on_thin", "hold"),
    ("web.host", "127.0.0.1"),
    ("web.port", 8080),
    ("intake", None),
    ("desk.host", "127.0.0.1"),
    ("desk.port", 8081),
    ("sources.shipped", True),
    ("fetch.allow_private", ()),
    ("fetch.contact", None),
    ("summarise.method", "extractive"),
    ("llm", None),
    ("disclaimer.en", ""),
    ("disclaimer.zh", ""),
]


@pytest.mark.parametrize(("key", "default"), DEFAULTS, ids=[key for key, _ in DEFAULTS])
def test_every_key_has_its_default(key: str, default: object) -> None:
    value: Any = check()
    for part in key.split("."):
        value = value[int(part)] if part.isdigit() else getattr(value, part)
    assert value == default


CHOICES: list[tuple[str, str, Any, Any]] = [
    ("delivery", "rate_per_second", 2.5, 2.5),
    ("delivery", "not_after", "90s", timedelta(seconds=90)),
    ("delivery", "retry_pauses", ["2d"], (timedelta(days=2),)),
    ("delivery", "outbox", "elsewhere", "elsewhere"),
    ("smtp", "tls", "implicit", "implicit"),
    ("smtp", "tls", "none", "none"),
    ("web", "host", "0.0.0.0", "0.0.0.0"),
    ("desk", "port", 9000, 9000),
    ("sources", "shipped", False, False),
    ("fetch", "allow_private", ["127.0.0.1:8088", "127.0.0.0/8"], ("127.0.0.1:8088", "127.0.0.0/8")),
    ("disclaimer", "zh", "另外", "另外"),
]


@pytest.mark.parametrize(
    ("table", "key", "written", "value"), CHOICES, ids=[f"{c[0]}.{c[1]}={c[2]}" for c in CHOICES]
)
def test_a_key_can_be_set_alone_and_the_others_keep_their_defaults(
    table: str, key: str, written: object, value: object
) -> None:
    section = getattr(check(**{table: {key: written}}), table)
    assert isinstance(section, BaseModel)
    assert getattr(section, key) == value
    others = {name for name in type(section).model_fields if name != key}
    assert all(getattr(section, name) == getattr(getattr(check(), table), name) for name in others)


def test_an_intake_that_is_only_named_reads_its_own_maildir_and_takes_no_mail() -> None:
    intake = check(intake={}).intake
    assert intake is not None
    assert (intake.mailbox, intake.host, intake.port, intake.protocol) == (
        "data/intake",
        "127.0.0.1",
        None,
        "smtp",
    )


@pytest.mark.parametrize(
    "wrong", [{"protocol": "pop3"}, {"port": 65536}, {"mailbox": ""}, {"mail": "x"}], ids=str
)
def test_a_wrong_key_of_the_intake_is_named(wrong: dict[str, Any]) -> None:
    assert f"[intake] {next(iter(wrong))}" in refused(intake=wrong)


@pytest.mark.parametrize(
    ("change", "values"),
    [
        ({"approval": "editor"}, "editor"),
        ({"approval": "auto-after:45m"}, "auto-after:45m"),
        ({"send_at": "07:30"}, "07:30"),
        ({"period": "week"}, "week"),
        ({"on_thin": "skip"}, "skip"),
        ({"on_thin": "send"}, "send"),
        ({"languages": ["zh"]}, ("zh",)),
    ],
)
def test_a_newsletter_takes_what_the_contract_offers(change: dict[str, Any], values: object) -> None:
    [newsletter] = check(newsletter=[NEWSLETTER | change]).newsletter
    assert getattr(newsletter, next(iter(change))) == values


@pytest.mark.parametrize(
    ("languages", "variants"),
    [(["en", "zh"], ("en", "zh", "both")), (["zh", "en"], ("zh", "en", "both")), (["zh"], ("zh",))],
)
def test_two_languages_make_three_variants(languages: list[str], variants: tuple[str, ...]) -> None:
    assert check(newsletter=[NEWSLETTER | {"languages": languages}]).newsletter[0].variants == variants


WRONG_NEWSLETTERS: list[tuple[dict[str, Any], str]] = [
    ({"schedule": "0 6 * * 1"}, "[newsletter 1] schedule: schedule '0 6 * * 1' names weekdays by digit"),
    ({"schedule": "daily"}, "cron takes five"),
    ({"timezone": "Beijing"}, "[newsletter 1] timezone: 'Beijing' is not an IANA zone"),
    ({"send_at": "7:30"}, "write HH:MM, such as 07:30, or now"),
    ({"send_at": "24:00"}, "write HH:MM"),
    ({"approval": "auto-after:soon"}, "'soon' is no duration"),
    ({"approval": "later"}, "write auto, editor or auto-after:45m"),
    ({"languages": []}, "[newsletter 1] languages"),
    ({"languages": ["de"]}, "[newsletter 1] languages"),
    ({"languages": ["en", "en"]}, "a language stands twice"),
    ({"max_items": 0}, "[newsletter 1] max_items"),
    ({"period": "month"}, "[newsletter 1] period"),
    ({"key": "Daily News"}, "[newsletter 1] key"),
    ({"titel": "x"}, "[newsletter 1] titel is not a known key; the nearest is 'title'"),
]
WRONG_TABLES: list[tuple[dict[str, Any], str]] = [
    ({"newsletter": []}, "[newsletter]"),
    ({"newsletter": NEWSLETTER}, "write [[newsletter]]"),
    ({"newsletter": [NEWSLETTER, NEWSLETTER]}, "two newsletters have the key 'daily'"),
    ({"publisher": {}}, "[publisher] name is required; add it; [publisher] postal_address is required"),
    ({"publisher": PUBLISHER | {"name": " "}}, "[publisher] name: must be one line"),
    ({"publisher": PUBLISHER | {"name": "a\nb"}}, "[publisher] name: must be one line"),
    ({"publisher": PUBLISHER | {"contact": "nobody"}}, "is no e-mail address"),
    ({"publisher": PUBLISHER | {"site_url": "news.example.org"}}, "write https://…"),
    ({"publisher": PUBLISHER | {"site_url": "https://x.example\nBcc: y"}}, "is no web address"),
    ({"publisher": PUBLISHER | {"site_url": "https://x.example/?a=b"}}, "is no web address"),
    ({"publisher": PUBLISHER | {"site_url": "https://x.example/#a"}}, "is no web address"),
    ({"delivery": {"transport": "fax"}}, "[delivery] transport"),
    ({"delivery": {"not_after": "soon"}}, "write a number and s, m, h or d"),
    ({"delivery": {"not_after": "9" * 30 + "d"}}, "longer than anything lasts"),
    ({"delivery": {"retry_pauses": []}}, "[delivery] retry_pauses"),
    ({"delivery": {"connections": 0}}, "[delivery] connections"),
    ({"smtp": {"port": 70000}}, "[smtp] port"),
    ({"smtp": {"hots": "x"}}, "[smtp] hots is not a known key; the nearest is 'host'"),
    ({"smpt": {}}, "[smpt] is not a known key; the nearest is 'smtp'"),
    ({"_env_file": "x"}, "[_env_file] is not a known key"),
    ({"summarise": {"method": "llm"}}, 'method = "llm" also needs [llm] base_url, [llm] model'),
    ({"llm": {"base_url": "https://x.example/v1"}}, "[llm] model is required; add it"),
    ({"llm": LLM | {"base_url": "x.example"}}, "[llm] base_url: 'x.example' is no web address"),
    ({"llm": LLM | {"base_url": "http://x.example:99999"}}, "[llm] base_url: Port out of range"),
    ({"llm": LLM | {"max_cost": 1}, "summarise": {"method": "llm"}}, "max_cost also needs [llm] price_in"),
]
WRONG_TABLES += [({"newsletter": [NEWSLETTER | change]}, words) for change, words in WRONG_NEWSLETTERS]


@pytest.mark.parametrize(("tables", "words"), WRONG_TABLES, ids=[words for _, words in WRONG_TABLES])
def test_a_wrong_key_is_refused_with_its_place_and_the_right_form(tables: dict[str, Any], words: str) -> None:
    message = refused(**tables)
    assert message.startswith("metabrief.toml: ")
    assert words in message


def test_a_configuration_error_is_exit_2() -> None:
    assert ConfigurationError.exit_code == 2


@pytest.mark.parametrize("key", ["host", "port", "from_address", "return_path_domain"])
def test_smtp_needs_its_keys(key: str) -> None:
    tables = over_smtp()
    tables["smtp"].pop(key)
    assert f'transport = "smtp" also needs [smtp] {key}' in refused(**tables)


def test_smtp_needs_a_site() -> None:
    assert "[publisher] site_url" in refused(**over_smtp() | {"publisher": PUBLISHER})


def test_smtp_with_all_its_keys_is_taken() -> None:
    assert check(**over_smtp()).delivery.transport == "smtp"


DKIM = {"domain": "x.example.com", "selector": "brief-2022", "private_key_file": "keys/dkim.pem"}


def test_smtp_with_a_key_that_signs_is_taken() -> None:
    dkim = check(**over_smtp() | {"dkim": DKIM}).dkim
    assert dkim is not None
    assert dkim.model_dump() == DKIM


@pytest.mark.parametrize("key", DKIM)
def test_a_key_that_signs_wants_all_its_keys(key: str) -> None:
    rest = {name: value for name, value in DKIM.items() if name != key}
    assert f"[dkim] {key} is required" in refused(dkim=rest)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("domain", "x.example.com; l=0"),
        ("domain", "例子.中国"),
        ("domain", "https://x.example.com"),
        ("domain", ""),
        ("selector", "brief\r\nBcc: a"),
        ("selector", "a b"),
        ("private_key_file", ""),
    ],
)
def test_a_wrong_key_of_dkim_is_named(key: str, value: str) -> None:
    assert f"[dkim] {key}" in refused(dkim=DKIM | {key: value})


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("publisher", "site_url", "https://例子.中国"),
        ("publisher", "contact", "a@例子.中国"),
        ("smtp", "from_address", "王@x.example.com"),
    ],
)
def test_what_headers_take_in_ascii_alone_is_refused_otherwise(table: str, key: str, value: str) -> None:
    tables = over_smtp()
    said = refused(**tables | {table: tables[table] | {key: value}})
    assert f"[{table}] {key}" in said
    assert "xn--" in said


def test_the_sample_address_is_good_for_the_outbox_alone() -> None:
    sample = PUBLISHER | SITE | {"postal_address": SAMPLE_ADDRESS}
    check(publisher=sample)
    assert "still the sample" in refused(**over_smtp() | {"publisher": sample})


@pytest.mark.parametrize(
    ("publisher", "web", "expected"),
    [
        ({"site_url": "https://news.example.org/"}, {}, "https://news.example.org"),
        ({"site_url": "https://example.org/news/"}, {}, "https://example.org/news"),
        ({}, {}, "http://127.0.0.1:8080"),
        ({}, {"port": 9090}, "http://127.0.0.1:9090"),
    ],
)
def test_links_begin_with_the_site_or_else_the_local_server(
    publisher: dict[str, str], web: dict[str, int], expected: str
) -> None:
    assert check(publisher=PUBLISHER | publisher, web=web).site_url == expected


@pytest.mark.parametrize(
    ("variable", "value", "path", "expected"),
    [
        ("METABRIEF_SMTP__PORT", "2525", "smtp.port", 2525),
        ("METABRIEF_PUBLISHER__NAME", "Other", "publisher.name", "Other"),
        ("METABRIEF_WEB__HOST", "0.0.0.0", "web.host", "0.0.0.0"),
        ("METABRIEF_DELIVERY__CHECK_SITE", "false", "delivery.check_site", False),
        ("METABRIEF_DELIVERY__RETRY_PAUSES", '["9m"]', "delivery.retry_pauses", (9 * MINUTE,)),
        ("METABRIEF_SMTP__PASSWORD", SECRET, "smtp.password", SecretStr(SECRET)),
    ],
)
def test_the_environment_wins_over_the_file_key_by_key(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, path: str, expected: object
) -> None:
    monkeypatch.setenv(variable, value)
    settings: Any = check(smtp={"port": 587, "host": "kept"})
    assert settings.smtp.host == "kept"
    assert settings.publisher.contact == PUBLISHER["contact"]
    for part in path.split("."):
        settings = getattr(settings, part)
    assert settings == expected


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("METABRIEF_SMTP__HOTS", "x", "[smtp] hots is not a known key; the nearest is 'host'"),
        (
            "METABRIEF_SMPT__HOST",
            "x",
            "METABRIEF_SMPT__HOST is not a known key; the nearest is 'smtp'",
        ),
        ("METABRIEF_DELIVERY__RETRY_PAUSES", "1m", "write a list as JSON"),
        ("METABRIEF_SMTP", SECRET, "METABRIEF_SECTION__KEY"),
    ],
)
def test_a_wrong_variable_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    message = refused()
    assert words in message
    assert SECRET not in message


def test_the_newsrooms_own_variable_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METABRIEF_HOME", "/somewhere")
    check()


@pytest.mark.parametrize(
    "tables",
    [
        {"smtp": {"password": SECRET}},
        {"llm": {"base_url": "https://x.example", "model": "m", "api_key": SECRET}},
        {"database": {"url": f"postgresql://u:{SECRET}@h/d"}},
    ],
    ids=["smtp", "llm", "database"],
)
def test_a_secret_is_neither_shown_nor_told(tables: dict[str, Any]) -> None:
    settings = check(**tables)
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)
    assert SECRET not in refused(**tables, publisher={})
    [(name, table)] = tables.items()
    assert SECRET not in refused(**{name: {**table, "hots": SECRET}})


@pytest.mark.parametrize("wrong", [SECRET, [SECRET], {"password": [SECRET]}, {"port": SECRET}])
def test_a_secret_in_the_wrong_place_is_not_told(wrong: object) -> None:
    assert SECRET not in refused(smtp=wrong)


def test_a_secret_comes_as_such_or_from_a_file_of_the_newsroom(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{SECRET}\n")

    def read(value: SecretStr | None, file: str | None) -> str | None:
        return config.read_secret(value, file, home=tmp_path, key="[smtp] password")

    assert read(SecretStr("given"), "password") == "given"
    assert read(None, "password") == SECRET
    assert read(None, str(tmp_path / "password")) == SECRET
    assert read(None, None) is None
    with pytest.raises(ConfigurationError, match=r"\[smtp\] password_file nowhere cannot be read"):
        read(None, "nowhere")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist; make a newsroom with: metabrief init"),
        (b"[publisher", "is no TOML"),
        (b"\xff\xfe", "is no TOML"),
        (b"", "[publisher] is required"),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / config.FILE).write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        config.load(tmp_path)
    assert str(tmp_path / config.FILE) in str(caught.value)
    assert words in str(caught.value)


def test_a_newsletter_is_found_by_key_or_the_others_are_named() -> None:
    settings = check(newsletter=[NEWSLETTER, NEWSLETTER | {"key": "weekly"}])
    assert settings.find_newsletter("weekly").key == "weekly"
    with pytest.raises(ConfigurationError, match="'dayly'; this newsroom has: daily, weekly"):
        settings.find_newsletter("dayly")


def test_a_model_without_its_client_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    tables: dict[str, Any] = {"summarise": {"method": "llm"}, "llm": LLM}
    assert check(**tables).summarise.method == "llm"
    monkeypatch.setitem(sys.modules, "openai", None)
    assert 'pip install "metabrief[llm]"' in refused(**tables)
