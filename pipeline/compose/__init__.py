"""Composing: from items to an issue, and the words that every issue must carry."""
