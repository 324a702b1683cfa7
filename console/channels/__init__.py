"""The world outside: one protocol, its practice twins and its live adapters."""
