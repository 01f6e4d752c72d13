"""The tables of ``metabrief.toml``; their keys and meanings are promises to operators."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr

from pipeline.config.values import (
    Approval,
    Contact,
    DomainName,
    Duration,
    Email,
    Language,
    Languages,
    Line,
    Schedule,
    SendAt,
    Url,
    Zone,
)
from pipeline.model import TransportKind


class Section(BaseModel):
    """A table of the configuration; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Publisher(Section):
    """Who publishes, and where readers and the law find them."""

    name: Line
    postal_address: Line
    contact: Contact
    site_url: Url | None = None
    language: Language = "en"


class DatabaseSection(Section):
    """Where the newsroom's memory is."""

    url: str = Field(default="sqlite:///data/metabrief.db", repr=False)
    """May hold a password, so it is shown nowhere."""


class Delivery(Section):
    """How issues go out."""

    transport: TransportKind = TransportKind.OUTBOX
    outbox: str = "outbox"
    connections: int = Field(default=10, ge=1, le=500)
    rate_per_second: float | None = Field(default=None, gt=0)
    not_after: Duration = timedelta(hours=12)
    retry_pauses: tuple[Duration, ...] = Field(
        default=(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)),
        min_length=1,
    )
    check_site: bool = True


class Smtp(Section):
    """The one relay that mail is submitted to."""

    host: Line | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    tls: Literal["none", "starttls", "implicit"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    password_file: str | None = None
    from_address: Email | None = None
    return_path_domain: Line | None = None
    messages_per_connection: int = Field(default=1000, ge=1)


class Dkim(Section):
    """The key that signs."""

    domain: DomainName
    selector: DomainName
    private_key_file: Line
    """RSA in PEM without a password; read when mail is to go out."""


class Newsletter(Section):
    """A product one subscribes to."""

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    title: Line
    schedule: Schedule
    timezone: Zone
    period: Literal["day", "week"] = "day"
    send_at: SendAt = "now"
    approval: Approval = "auto"
    languages: Languages = ("en", "zh")
    max_items: int = Field(default=12, ge=1, le=25)
    min_items: int = Field(default=3, ge=0)
    on_thin: Literal["hold", "skip", "send"] = "hold"

    @property
    def zone(self) -> ZoneInfo:
        """Return the newsletter's zone."""
        return ZoneInfo(self.timezone)

    @property
    def variants(self) -> tuple[str, ...]:
        """Return the language settings an issue is set in, the newsletter's own first."""
        return (*self.languages, "both") if len(self.languages) > 1 else self.languages

    @property
    def period_length(self) -> timedelta:
        """Return how far back an issue looks."""
        return timedelta(days=1) if self.period == "day" else timedelta(days=7)


class Web(Section):
    """Where the public pages listen."""

    host: Line = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    proxies: tuple[IPvAnyNetwork, ...] = ()
    """Whose word on where a request came from is believed, besides that of a proxy on this machine."""


class Intake(Section):
    """Where mails that come back arrive: bounces, complaints, and readers' wishes to leave."""

    mailbox: Line = "data/intake"
    """A Maildir of the newsroom's own; what was read is removed from it after 30 days."""
    host: Line = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65535)
    """Where ``serve`` takes mail; without one another program puts it into the mailbox."""
    protocol: Literal["smtp", "lmtp"] = "smtp"


class Signup(Section):
    """How many sign-ups by the form are let in within an hour; more are asked to come back later."""

    per_network: int = Field(default=30, ge=1)
    """A network is what one customer commonly holds: a /24, or a /56 of IPv6."""
    in_all: int = Field(default=1000, ge=1, le=100_000)


class Metrics(Section):
    """Where the counters of the public pages are shown, in Prometheus' form."""

    host: Line = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65535)
    """Without one they are shown nowhere."""


class Desk(Section):
    """Where the operator's desk listens."""

    host: Line = "127.0.0.1"
    port: int = Field(default=8081, ge=0, le=65535)


class Sources(Section):
    """Which sources are read."""

    shipped: bool = True


class Fetch(Section):
    """How sources are read."""

    allow_private: tuple[str, ...] = ()
    contact: Line | None = None
    pause: Duration = timedelta(seconds=1)
    """Between two requests to one host."""


class Summarise(Section):
    """How stories are summed up."""

    method: Literal["extractive", "llm"] = "extractive"


class Llm(Section):
    """An OpenAI-compatible endpoint, and how much of it an issue may use."""

    base_url: Url
    model: Line
    api_key: SecretStr | None = None
    api_key_file: str | None = None
    why_it_matters: bool = True
    """Whether an item may have one line of that, written by the model and marked so."""
    timeout: Duration = timedelta(seconds=30)
    """Of one question."""
    issue_timeout: Duration = timedelta(minutes=2)
    issue_tokens: int = Field(default=200_000, ge=0)
    """In and out together, as the server counts them."""
    answer_tokens: int = Field(default=1000, ge=1)
    price_in: float | None = Field(default=None, ge=0)
    price_out: float | None = Field(default=None, ge=0)
    """Of a million tokens, in whatever currency ``max_cost`` is in."""
    max_cost: float | None = Field(default=None, ge=0)


class Disclaimer(Section):
    """What a newsroom adds to the fixed disclaimer."""

    en: str = ""
    zh: str = ""
