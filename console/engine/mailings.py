"""Which ledger a mailing is kept in, made before anything leaves: each mailing has its own, and nobody is in two of one step.

The list that was chosen is a ledger itself, and the first mailing to it uses it. Another step, or the next round of a
repeating one, gets a copy, or it would find everybody written down as served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from console.channels.doubles import Doubles
from console.channels.protocol import Told
from console.engine.ledger import JournalLedger
from console.engine.spool import Spool
from console.errors import RecordBroken
from console.incident.mailed import mailed_before
from console.incident.manifest import from_bytes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from console.incident.manifest import Manifest
    from console.incident.state import State
    from console.journal.protocol import Journal

SERVED: Final = "an earlier list of this step had them"
SERVED_PLACE: Final = -1  # where nobody on a list stands
PAGE: Final = 500  # so few that no key waits for them

T = TypeVar("T")


async def prepare(journal: Journal, state: State, manifest: Manifest, ledger: JournalLedger) -> None:
    """Make the mailing's ledger whole, and take out whoever an earlier list of the same step has reached or may have.

    Raises:
        RecordBroken: the list that was approved is not kept here any more.
    """
    if not await ledger.whole():
        source = next(
            (each.ledger for each in state.lists.values() if each.sha256 == manifest.recipients_sha256), ""
        )
        await _copy(JournalLedger(journal, source) if source else None, ledger, manifest.recipients_sha256)
    if ledger.sha256 != manifest.recipients_sha256:
        raise RecordBroken(
            "The list that is kept is not the one that was approved.", do="NOTHING HAS BEEN SENT."
        )
    earlier = [from_bytes(plan.raw.encode()).recipients for plan in mailed_before(state, manifest)]
    if earlier:
        await _take_out([JournalLedger(journal, each) for each in earlier], ledger)


async def _copy(source: JournalLedger | None, ledger: JournalLedger, sha256: str) -> None:
    """Freeze everybody of one ledger in another; both may hold millions."""
    with Spool() as spool:
        if source is not None:
            async for page in _pages(each.address async for each in source.people()):
                spool.add(page)
        if source is None or spool.sha256 != sha256:
            raise RecordBroken(
                "The list that was approved is not kept here any more.",
                do="Choose it again. Nothing was sent.",
            )
        await ledger.create(spool, sha256)


async def _take_out(earlier: list[JournalLedger], ledger: JournalLedger) -> None:
    """Write down as served whoever another ledger reached, or may have."""
    with Doubles() as seen:
        for each in earlier:
            async for page in _pages(each.reached()):
                seen.add((address.lower(), SERVED_PLACE) for address in page)
        async for people in _pages(ledger.waiting()):
            seen.add((each.address.lower(), each.n) for each in people)
        told: list[Told] = []
        for n, first in seen.again():
            if n != SERVED_PLACE == first:
                told.append(Told(n, "refused", 0, SERVED))
            if len(told) == PAGE:
                await ledger.commit(told, ())
                told = []
        if told:
            await ledger.commit(told, ())


async def _pages(of: AsyncIterator[T]) -> AsyncIterator[list[T]]:
    page: list[T] = []
    async for each in of:
        page.append(each)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page
