"""From a variant to the reader: the ledger's rules, the message, the gate, the transports."""
