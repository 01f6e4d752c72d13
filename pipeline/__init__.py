"""The whole way of an issue, to be read in a minute.

    for each source in sources.catalogue:
        fetch.http          read its feed or list                  (robots, pace, guard)
        sources.feed        → entries      … or sources.listing
        fetch.http          read each new entry                    → pages
        extract.body        → articles                             (charset, dates, language)
    select.relevance        keep what is on the beat
    select.duplicates       the same text told twice is one
    select.stories          the same event told by several is one story
    select.novelty          what this newsletter has sent does not come again
    select.ranking          the best first                         (every verdict says why)
    summarise.extractive    one to three sentences                 (summarise.faithfulness checks them)
    summarise.llm           … or a model's words, where they hold, and translations
    compose.sections        → items in sections                    (compose.quorum: enough to send?)
    render.mjml, .plaintext → one variant a language, with fields  (render.lint looks it over)
    deliver.ledger          one row a reader                       (store.deliveries keeps it)
    deliver.mailing         fill the fields, sign → a message      (deliver.gate, .pattern let it leave)
    deliver.outbox, .smtp   → the reader, exactly once

``jobs`` strings the stages together, ``schedule`` says when, ``app`` builds everything, ``cli`` is its face.
"""
