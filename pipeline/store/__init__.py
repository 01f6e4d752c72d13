"""What the newsroom remembers: articles, issues and the ledger of deliveries, on SQLite or PostgreSQL."""
