"""An update says in a line what is new in it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add it; updates of before say nothing."""
    op.add_column("issue_items", sa.Column("news", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("issue_items", "news")
