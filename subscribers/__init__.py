"""Who gets the newsletter, since when, by what consent, and how they leave.

``life`` says what may happen to a subscriber, ``store`` writes it down, ``consent`` and ``suppression``
keep the proof, ``transfer`` brings lists in and out, ``audience`` tells the pipeline who gets an issue,
``web`` is the reader's own door. Nothing here knows the pipeline.
"""
