"""Lists come in and go out as CSV.

```
sheet ─▶ applicants ─▶ staging ─▶ admission ─▶ enrolment
cells     checked       by key     decided      written
```
``seams`` tells a cell of several lines from rows that a quote swallowed, ``products`` knows how others write their
lists, ``tagging`` is the part of the writing that is for tags, ``imports`` strings the steps together and fills in the
``report``, ``exports`` is the way back.
"""
