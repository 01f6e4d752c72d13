"""How fast mail goes out, each figure beside another program or a limit of the machine, in the same run.

``python -m bench.delivery all`` measures everything, ``… client`` one row; ``docs/benchmarks.md`` says what each is.
"""
