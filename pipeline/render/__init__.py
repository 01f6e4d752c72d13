"""Rendering: from an issue to what a mail client shows, with fields left open for each reader.

view          the issue as a template sees it          (pure)
templates     the newsroom's files, else the shipped   (Jinja2, sandboxed)
phrases       every fixed word of the mail, by language
mjml          set MJML → HTML                          (structure looks it over first)
plaintext     columns, wrapping, the text part
personalise   fields → one reader's letter
lint          what must never leave                    (anatomy takes the HTML apart)
variant       the whole way, for one language setting
"""
