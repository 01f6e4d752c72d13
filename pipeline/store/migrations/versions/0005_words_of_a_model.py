"""Words of a language model: its answers, and what of them stands in an item."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add them; items of before have none."""
    op.create_table(
        "model_answers",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_model_answers")),
    )
    op.create_index(op.f("ix_model_answers_asked_at"), "model_answers", ["asked_at"])
    op.add_column("issue_items", sa.Column("why_it_matters", sa.Text(), nullable=False, server_default=""))
    op.add_column("issue_items", sa.Column("translations", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("issue_items", "translations")
    op.drop_column("issue_items", "why_it_matters")
    op.drop_index(op.f("ix_model_answers_asked_at"), table_name="model_answers")
    op.drop_table("model_answers")
