"""The list: what was shown and confirmed, pauses, imports, bounces, and how far a letter got."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_QUEUED = sa.text("state = 'queued'")
_PAUSED = sa.text("status = 'paused'")


def upgrade() -> None:
    """Add what the list has to remember."""
    _widen_consents()
    op.add_column("subscribers", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE subscribers SET token_hash = substr(token_hash, 1, 32)")
    op.add_column("subscriptions", sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True))
    _order_subscriptions("subscriber_id", "newsletter", has_row_ids=False)
    op.create_index(
        "ix_subscribers_paused",
        "subscribers",
        ["paused_until"],
        sqlite_where=_PAUSED,
        postgresql_where=_PAUSED,
    )
    _make_imports()
    _make_bounces()
    _widen_letters()


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_letters_queued", table_name="letters", sqlite_where=_QUEUED, postgresql_where=_QUEUED)
    op.drop_index("ix_letters_subscriber_id_kind_queued_at", table_name="letters")
    with op.batch_alter_table("letters") as letters:
        letters.drop_constraint("fk_letters_consent_id_consents", type_="foreignkey")
        letters.drop_constraint(op.f("ck_letters_state"), type_="check")
        for column in ("reason", "attempts", "next_try", "state", "consent_id"):
            letters.drop_column(column)
    op.drop_table("bounces")
    op.drop_table("imports")
    op.drop_index("ix_subscribers_paused", table_name="subscribers")
    _order_subscriptions("newsletter", "subscriber_id", has_row_ids=True)
    op.drop_column("subscriptions", "dropped_at")
    _hash_tokens_whole()
    op.drop_column("subscribers", "paused_until")
    op.drop_index("uq_consents_confirms", table_name="consents")
    op.drop_index(op.f("ix_consents_subscriber_id"), table_name="consents")
    for column in ("address_hash", "confirms", "terms", "network", "version"):
        op.drop_column("consents", column)


def _order_subscriptions(*columns: str, has_row_ids: bool) -> None:
    """Put what one person has side by side, which looking one up and importing many both need."""
    kept = {"sqlite_with_rowid": has_row_ids}
    with op.batch_alter_table("subscriptions", recreate="auto", table_kwargs=kept) as subscriptions:
        subscriptions.drop_constraint("pk_subscriptions", type_="primary")
        subscriptions.create_primary_key("pk_subscriptions", list(columns))


def _hash_tokens_whole() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT id, token FROM subscribers WHERE token IS NOT NULL")).all():
        whole = {"whole": hashlib.sha256(row.token.encode()).hexdigest(), "id": row.id}
        connection.execute(sa.text("UPDATE subscribers SET token_hash = :whole WHERE id = :id"), whole)


def _widen_consents() -> None:
    for column in (
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column("terms", sa.JSON(), nullable=True),
        sa.Column("confirms", sa.Integer(), nullable=True),
        sa.Column("address_hash", sa.Text(), nullable=True),
    ):
        op.add_column("consents", column)
    op.create_index("uq_consents_confirms", "consents", ["confirms"], unique=True)
    op.create_index(op.f("ix_consents_subscriber_id"), "consents", ["subscriber_id"])


def _make_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_imports_consent_id_consents")),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_imports")),
    )


def _make_bounces() -> None:
    op.create_table(
        "bounces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_sure", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name=op.f("fk_bounces_subscriber_id_subscribers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sa.UniqueConstraint("mail", "subscriber_id", name=op.f("uq_bounces_mail_subscriber_id")),
    )
    op.create_index(op.f("ix_bounces_subscriber_id"), "bounces", ["subscriber_id"])


def _widen_letters() -> None:
    """Rebuild the table, to which nothing refers; letters of before are queued if they were not sent."""
    with op.batch_alter_table("letters") as letters:
        letters.add_column(sa.Column("consent_id", sa.Integer(), nullable=True))
        letters.add_column(sa.Column("state", sa.Text(), nullable=False, server_default="queued"))
        letters.add_column(sa.Column("next_try", sa.DateTime(timezone=True), nullable=True))
        letters.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        letters.add_column(sa.Column("reason", sa.Text(), nullable=True))
        letters.create_foreign_key("fk_letters_consent_id_consents", "consents", ["consent_id"], ["id"])
        letters.create_check_constraint(
            "state", sa.column("state").in_(("queued", "started", "sent", "failed", "dropped"))
        )
    op.execute("UPDATE letters SET state = 'sent' WHERE sent_at IS NOT NULL")
    op.create_index(
        "ix_letters_subscriber_id_kind_queued_at", "letters", ["subscriber_id", "kind", "queued_at"]
    )
    op.create_index(
        "ix_letters_queued", "letters", ["queued_at"], sqlite_where=_QUEUED, postgresql_where=_QUEUED
    )
