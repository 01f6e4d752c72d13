"""Letters know the mailbox that they most likely arrive in."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the mailbox; letters of before count by their reader alone."""
    op.add_column("letters", sa.Column("mailbox", sa.Text(), nullable=True))
    op.create_index("ix_letters_mailbox", "letters", ["mailbox"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_letters_mailbox", table_name="letters")
    op.drop_column("letters", "mailbox")
