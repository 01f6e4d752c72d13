"""The demo: a small press, a mail server, six readers and two days, all real and all on loopback."""
