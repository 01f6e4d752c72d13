"""Which sites are read, and what their feeds and list pages hold."""
