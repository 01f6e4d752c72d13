"""Read a page politely and safely: robots, pace, guard, sizes and times; recorded or replayed on request."""
