"""One module a command; each is imported when it is called, so that `gatepost --help` answers at once."""
