"""The ledger: who changed what, when, from which value to which. Append-only, and the history of every record."""
