"""How good the judgement is, measured: ``python -m bench.evaluate``. Not shipped.

corpora (labelled sets) ─▶ tasks (rows for `metabrief try`, and a plain method beside it) ─▶ scores ─▶ report
"""
