"""One stage at a time on what a person brings: rows of JSON or files in, answers out; no newsroom is needed."""
