"""Looks a newsroom over and says what is well, doubtful or wrong; it changes nothing and mails nobody."""
