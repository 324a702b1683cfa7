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

CACHE: Final = 12 * 1024  # KiB of pages kept in memory


class Unique:
    """A set of texts on disk, each with the place of its first sight. Used by one thread; closed by leaving `with`."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        for pragma in (
            "temp_store = FILE",
            f"cache_size = -{CACHE}",
            "journal_mode = OFF",
            "synchronous = OFF",
        ):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute("CREATE TABLE seen (text TEXT PRIMARY KEY, place INTEGER) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def take(self, entries: Sequence[tuple[str, int]]) -> Mapping[int, int]:
        """Take texts in, each with its place; of those that were seen before, by their index here, the place of the first sight.

        Args:
            entries: places grow from call to call and within one.

        Raises:
            BadList: there is no room for them on the disk.
        """
        before = self._database.total_changes
        try:
            # In their order, so that neighbours meet in one page; among equals the first sight comes first.
            self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", sorted(entries))
            if self._database.total_changes - before == len(entries):
                return {}
            return self._again(entries)
        except sqlite3.Error as error:
            raise BadList(
                f"The list could not be looked through for doubles ({error}).",
                means="Nothing was chosen.",
                do="Make room on the disk of temporary files, then choose it again.",
            ) from error

    def _again(self, entries: Sequence[tuple[str, int]]) -> dict[int, int]:
        found = {}
        for index, (text, place) in enumerate(entries):
            ((first,),) = self._database.execute("SELECT place FROM seen WHERE text = ?", (text,))
            if first != place:
                found[index] = first
        return found
