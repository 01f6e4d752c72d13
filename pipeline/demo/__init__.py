"""The demo: a small press, a mail server, six readers and three days, all real and all on loopback."""
