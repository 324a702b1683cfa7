"""Which of millions of texts stand somewhere before, exactly, in bounded memory and in time that grows with their number alone.

They are dealt out over files by a hash that nobody outside can foresee, so that equal ones meet in the same file, and each file
is small enough to be looked through in memory. The files have no names, can be opened by nobody else, and are gone with their process.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import IO, Self

FILES: Final = 64  # of two million texts some 31,000 meet in one


class Doubles:
    """Texts without line breaks and tabs, each with its place, a whole number. Closed by `with`; OSError when the disk is full."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._files: list[IO[bytes]] = [
            self._open.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
            for _ in range(FILES)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def add(self, entries: Iterable[tuple[str, int]]) -> None:
        """Deal these out; what is added first counts as standing first."""
        dealt: list[list[str]] = [[] for _ in range(FILES)]
        for text, place in entries:
            dealt[hash(text) % FILES].append(f"{text}\t{place}\n")
        for file, lines in zip(self._files, dealt, strict=True):
            file.write("".join(lines).encode())

    def again(self) -> Iterator[tuple[int, int]]:
        """For each text that stands somewhere before: its place, and the first one's. In the order of no particular thing."""
        for file in self._files:
            file.seek(0)
            known: dict[bytes, bytes] = {}
            for line in file:
                text, _, place = line.rpartition(b"\t")
                first = known.setdefault(text, place)
                if first is not place:
                    yield int(place), int(first)
