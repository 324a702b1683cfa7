"""Rows that are fetched from the journal page by page, while the list already stands."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from console.tui.widgets.lines import Row

PAGE: Final = 256
KEPT: Final = 64
WAITING: Final = Row(("...",), selectable=False)

Fetch = Callable[[int, int], Awaitable[Sequence[Row]]]


class Pages:
    """A source for `Lines` over something that answers later.

    A row that is not here yet is drawn as `...`; its page is fetched once and the list is told to draw again. At most
    `KEPT` pages are remembered, so a million rows cost what sixteen thousand do.
    """

    def __init__(
        self,
        count: int,
        fetch: Fetch,
        spawn: Callable[[Awaitable[None]], object],
        arrived: Callable[[], object],
    ) -> None:
        """Start with nothing fetched.

        Args:
            count: how many rows there are.
            fetch: gives the rows from start up to stop.
            spawn: runs a coroutine in the background, such as a Textual worker.
            arrived: called when a page has come, to draw again.
        """
        self._count = count
        self._fetch = fetch
        self._spawn = spawn
        self._arrived = arrived
        self._pages: OrderedDict[int, Sequence[Row]] = OrderedDict()
        self._under_way: set[int] = set()

    def __len__(self) -> int:
        return self._count

    def grow(self, count: int) -> None:
        """There are more rows; the page that was the last one is fetched again."""
        if count != self._count:
            self._pages.pop(self._count // PAGE, None)
            self._count = count

    def rows(self, start: int, stop: int) -> Sequence[Row]:
        """What is here, and `...` for the rest."""
        return [self._row(index) for index in range(start, min(stop, self._count))]

    def _row(self, index: int) -> Row:
        number, place = divmod(index, PAGE)
        page = self._pages.get(number)
        if page is None:
            if number not in self._under_way:
                self._under_way.add(number)
                self._spawn(self._load(number))
            return WAITING
        return page[place] if place < len(page) else WAITING

    async def _load(self, number: int) -> None:
        try:
            page = await self._fetch(number * PAGE, min((number + 1) * PAGE, self._count))
        finally:
            self._under_way.discard(number)
        self._pages[number] = page
        self._pages.move_to_end(number)
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        self._arrived()
