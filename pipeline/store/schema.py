"""The tables of the press and the ledger; people's tables are in ``subscribers.schema``."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from pipeline.model import DeliveryState, HoldReason, IssueStatus, LetterState, TransportKind
from subscribers.schema import Instant, metadata


def _one_of(column: str, words: type[StrEnum]) -> sa.CheckConstraint:
    return sa.CheckConstraint(sa.column(column).in_([str(word) for word in words]), name=column)


source_states = sa.Table(
    "source_states",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("last_attempt", Instant, nullable=False),
    sa.Column("last_success", Instant),
    sa.Column("last_error", sa.Text),  # null: the last read went well
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("url", sa.Text, nullable=False, unique=True),  # as the feed or list gave it
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("language", sa.Text, nullable=False, server_default="und"),
    sa.Column("published", Instant),
    sa.Column("authors", sa.JSON, nullable=False),
    sa.Column("site", sa.Text),
    sa.Column("digest", sa.Text, nullable=False, server_default=""),
    sa.Column("first_seen", Instant, nullable=False, index=True),
    sa.Column("fetched_at", Instant, nullable=False),
    sa.Column("failure", sa.Text),  # null: text and digest stand
)

issues = sa.Table(
    "issues",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("newsletter", sa.Text, nullable=False),
    sa.Column("slot", sa.Text, nullable=False),  # local wall time, YYYY-MM-DDTHH:MM
    sa.Column("slot_at", Instant, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("hold_reason", sa.Text),
    sa.Column("hold_detail", sa.Text, nullable=False, server_default=""),
    sa.Column("release_at", Instant),  # when a held issue lets itself go
    sa.Column("released_at", Instant),
    sa.Column("planned_at", Instant),
    sa.Column("transport", sa.Text, nullable=False),
    sa.Column("funnel", sa.JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("newsletter", "slot"),
    _one_of("status", IssueStatus),
    _one_of("hold_reason", HoldReason),
    _one_of("transport", TransportKind),
)

issue_items = sa.Table(
    "issue_items",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("issue_id", sa.ForeignKey("issues.id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("sources", sa.JSON, nullable=False),
    sa.Column("why", sa.JSON, nullable=False),
    sa.Column("gloss", sa.JSON, nullable=False),
    sa.Column("is_update", sa.Boolean, nullable=False),
    sa.Column("published", Instant),
    sa.Column("why_it_matters", sa.Text, nullable=False, server_default=""),
    sa.Column("translations", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("news", sa.JSON(none_as_null=True)),  # null: no update
    sa.UniqueConstraint("issue_id", "position"),
)

issue_item_articles = sa.Table(
    "issue_item_articles",
    metadata,
    sa.Column("item_id", sa.ForeignKey("issue_items.id"), primary_key=True),
    sa.Column("article_id", sa.ForeignKey("articles.id"), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
)

issue_left_out = sa.Table(
    "issue_left_out",
    metadata,
    sa.Column("issue_id", sa.ForeignKey("issues.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("article_id", sa.ForeignKey("articles.id")),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
)

issue_variants = sa.Table(
    "issue_variants",
    metadata,
    sa.Column("issue_id", sa.ForeignKey("issues.id"), primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("preview", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

issue_hours = sa.Table(
    "issue_hours",
    metadata,
    sa.Column("issue_id", sa.ForeignKey("issues.id"), primary_key=True),
    sa.Column("timezone", sa.Text, primary_key=True),
    sa.Column("send_at", sa.Text, primary_key=True),  # empty: the newsletter's own
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("not_after", Instant, nullable=False),
)

_WAITING = sa.column("state").in_([str(DeliveryState.PLANNED), str(DeliveryState.DEFERRED)])

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("issue_id", sa.ForeignKey("issues.id"), primary_key=True),
    sa.Column("subscriber_id", sa.ForeignKey("subscribers.id"), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("not_after", Instant, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", Instant),
    sa.Column("next_try", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("code", sa.Integer),  # the relay's last reply
    sa.Column("reason", sa.Text),
    sa.Column("changed_at", Instant, nullable=False),
    _one_of("state", DeliveryState),
    sa.Index("ix_deliveries_waiting", "issue_id", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
    sqlite_with_rowid=False,
)

_QUEUED = sa.column("state") == sa.literal_column("'queued'")

letters = sa.Table(
    "letters",
    metadata,
    sa.Column("token", sa.Text, primary_key=True),
    sa.Column("subscriber_id", sa.ForeignKey("subscribers.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("consent_id", sa.ForeignKey("consents.id")),  # the asking it is about
    sa.Column("state", sa.Text, nullable=False, server_default="queued"),
    sa.Column("queued_at", Instant, nullable=False),
    sa.Column("next_try", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reason", sa.Text),  # why it waits, failed or was dropped
    sa.Column("sent_at", Instant),
    sa.Column("mailbox", sa.Text),  # where it most likely arrives, however the address is spelt
    _one_of("state", LetterState),
    sa.Index("ix_letters_subscriber_id_kind_queued_at", "subscriber_id", "kind", "queued_at"),
    sa.Index("ix_letters_mailbox", "mailbox"),
    sa.Index("ix_letters_queued", "queued_at", sqlite_where=_QUEUED, postgresql_where=_QUEUED),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),  # the work that one process at a time does
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("until", Instant, nullable=False),
)

model_answers = sa.Table(
    "model_answers",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # of the model, the question and the text it is about
    sa.Column("reply", sa.JSON, nullable=False),
    sa.Column("asked_at", Instant, nullable=False, index=True),
)
