"""Run the migrations on the connection that ``database.migrate`` hands over."""

from alembic import context

import pipeline.store.schema
from subscribers.schema import metadata

assert pipeline.store.schema.issues.metadata is metadata  # noqa: S101  both packages' tables are loaded

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
