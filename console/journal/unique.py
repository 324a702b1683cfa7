"""Which texts were seen before, and where: exact for millions of them, in bounded memory.

They are kept in a database of SQLite's own temporary kind: a file that nobody else can open, that has no name from the moment it
is made, and that is gone when it is closed or its process dies. Nothing in it has to survive, so nothing is flushed.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from console.errors import BadList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType
    from typing import Self

CACHE: Final = 14 * 1024  # KiB of pages kept in memory
_TAKE: Final = "INSERT INTO seen VALUES (?, ?) ON CONFLICT (text) DO UPDATE SET place = place WHERE met(excluded.place, place)"


class Unique:
    """A set of texts on disk, each with the place of its first sight. Used by one thread; closed by leaving `with`."""

    def __init__(self) -> None:
        self._again: dict[int, int] = {}
        self._database = sqlite3.connect("", isolation_level=None)
        for pragma in (
            "temp_store = FILE",
            f"cache_size = -{CACHE}",
            "journal_mode = OFF",
            "synchronous = OFF",
        ):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute("CREATE TABLE seen (text TEXT PRIMARY KEY, place INTEGER) WITHOUT ROWID")
        self._database.create_function("met", 2, self._met)
        self._database.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def take(self, entries: Sequence[tuple[str, int]]) -> Mapping[int, int]:
        """Take texts in, each with its place; for those that were seen at another one before: the place of the first sight by theirs.

        Raises:
            BadList: there is no room for them on the disk.
        """
        self._again = {}
        try:
            # In their order, so that neighbours meet in one page; among equals the first sight comes first.
            self._database.executemany(_TAKE, sorted(entries))
        except sqlite3.Error as error:
            raise BadList(
                f"The list could not be looked through for doubles ({error}).",
                means="Nothing was chosen.",
                do="Make room on the disk of temporary files, then choose it again.",
            ) from error
        return self._again

    def _met(self, place: int, first: int) -> bool:
        """Called by SQLite for a text that is there already; nothing of it is changed."""
        if place != first:
            self._again[place] = first
        return False
