"""Mails that come back: what each says of a reader, and when a reader has bounced too often.

``mail`` cuts a mail into its parts; ``dsn``, ``arf`` and ``notice`` find what it reports; ``diagnosis`` judges the reply
that it quotes; ``tokens`` finds whose delivery it speaks of; ``reading`` strings them together; ``policy`` counts. All of that
is pure. ``register`` writes down what follows.
"""
