"""The reader's own doors: sign up, confirm, see and change one's settings, get or erase one's data, leave.

``app`` puts them together, ``guard`` stands before them, ``door`` holds what they work with. Plain HTML without a
script; a GET changes nothing.
"""

from subscribers.web.app import reader_app
from subscribers.web.door import Door, Offered
from subscribers.web.guard import HEADERS, away
from subscribers.web.pages import masked, page

__all__ = ["HEADERS", "Door", "Offered", "away", "masked", "page", "reader_app"]
