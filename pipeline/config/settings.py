"""The whole configuration, checked as one."""

from __future__ import annotations

from importlib.util import find_spec

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from pipeline.config.sections import (
    DatabaseSection,
    Delivery,
    Desk,
    Disclaimer,
    Dkim,
    Fetch,
    Intake,
    Llm,
    Metrics,
    Newsletter,
    Publisher,
    Signup,
    Smtp,
    Sources,
    Summarise,
    Web,
)
from pipeline.config.values import is_https_or_loopback, wrong
from pipeline.errors import ConfigurationError
from pipeline.model import TransportKind

SAMPLE_ADDRESS = "1 Sample Street, Sampletown, 00000"
"""What ``init`` writes; good for the outbox only."""


class Settings(BaseSettings):
    """The whole configuration of a newsroom."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    publisher: Publisher
    newsletter: tuple[Newsletter, ...] = Field(min_length=1)
    database: DatabaseSection = DatabaseSection()
    delivery: Delivery = Delivery()
    smtp: Smtp = Smtp()
    dkim: Dkim | None = None
    web: Web = Web()
    signup: Signup = Signup()
    metrics: Metrics = Metrics()
    intake: Intake | None = None
    desk: Desk = Desk()
    sources: Sources = Sources()
    fetch: Fetch = Fetch()
    summarise: Summarise = Summarise()
    llm: Llm | None = None
    disclaimer: Disclaimer = Disclaimer()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  ours reads one prefix, without a .env file
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        env = EnvSettingsSource(settings_cls, env_prefix="METABRIEF_", env_nested_delimiter="__")
        return env, init_settings

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        keys = [newsletter.key for newsletter in self.newsletter]
        double = next((key for key in keys if keys.count(key) > 1), None)
        if double:
            raise wrong(f"two newsletters have the key {double!r}; give each its own")
        if self.delivery.transport is TransportKind.SMTP:
            self._fits_smtp()
        if self.summarise.method == "llm":
            self._fits_llm()
        return self

    def _fits_llm(self) -> None:
        if self.llm is None:
            raise wrong('[summarise] method = "llm" also needs [llm] base_url, [llm] model')
        if self.llm.max_cost is not None and None in (self.llm.price_in, self.llm.price_out):
            raise wrong("[llm] max_cost also needs [llm] price_in, [llm] price_out")
        if find_spec("openai") is None:
            raise wrong(
                '[summarise] method = "llm" needs the client; install it with: pip install "metabrief[llm]"'
            )

    def _fits_smtp(self) -> None:
        wanted = ("host", "port", "from_address", "return_path_domain")
        missing = [f"[smtp] {key}" for key in wanted if getattr(self.smtp, key) is None]
        missing += ["[publisher] site_url"] if self.publisher.site_url is None else []
        if missing:
            raise wrong(f'transport = "smtp" also needs {", ".join(missing)}')
        if not is_https_or_loopback(self.site_url):
            raise wrong(
                "[publisher] site_url must be https://… for smtp: mail programs leave over nothing else (RFC 8058)"
            )
        if self.publisher.postal_address == SAMPLE_ADDRESS:
            raise wrong("[publisher] postal_address is still the sample; smtp needs your own")

    @property
    def site_url(self) -> str:
        """Return the base of leave, preference and archive links; without one of its own, the local web server's."""
        return self.publisher.site_url or f"http://{self.web.host}:{self.web.port}"

    def find_newsletter(self, key: str) -> Newsletter:
        """Return a newsletter by its key. Raises ``ConfigurationError``."""
        found = next((newsletter for newsletter in self.newsletter if newsletter.key == key), None)
        if found is None:
            known = ", ".join(newsletter.key for newsletter in self.newsletter)
            raise ConfigurationError(f"there is no newsletter {key!r}; this newsroom has: {known}")
        return found


class FileSettings(Settings):
    """The same from tables alone: the environment is not asked."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let nothing but what was passed in count."""
        return (init_settings,)
