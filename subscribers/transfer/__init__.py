"""Lists come in and go out as CSV.

```
sheet ─▶ applicants ─▶ staging ─▶ admission ─▶ enrolment
cells     checked       by key     decided      written
```
``seams`` tells a cell of several lines from rows that a quote swallowed, ``products`` knows how others write their
lists, ``imports`` strings the steps together, ``exports`` is the way back.
"""
