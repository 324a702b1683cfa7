"""Helpers of the journal's tests: raw hands on the file, as another program or an attacker would have them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from console.journal import chain, schema


def raw(path, *statements, values=()):
    """Run statements on the file by plain sqlite3, each in autocommit, and return the rows of the last."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        rows = []
        for statement in statements:
            rows = connection.execute(statement, values if "?" in statement else ()).fetchall()
        return rows


def unlocked(path, *statements, values=()):
    """As `raw`, by somebody who takes the triggers off first and puts them back after."""
    triggers = raw(path, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    drop = [f"DROP TRIGGER {name}" for name, _sql in triggers]
    return raw(path, *drop, *statements, *(sql for _name, sql in triggers), values=values)


def rechained(path, stream, mode="live"):
    """Make every hash of a stream anew, as somebody would who knows how it is made."""
    previous = chain.genesis(stream, schema.APPLICATION_IDS[mode])
    for seq, body in raw(
        path, "SELECT seq, body FROM events WHERE stream = ? ORDER BY seq", values=(stream,)
    ):
        previous = chain.link(previous, body)
        unlocked(
            path, "UPDATE events SET hash = ? WHERE stream = ? AND seq = ?", values=(previous, stream, seq)
        )
