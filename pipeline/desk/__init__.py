"""The editor's desk: an issue looked at on one's own machine before anyone gets it."""
