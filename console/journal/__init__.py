"""Where it is kept: the append-only, hash-chained record."""
