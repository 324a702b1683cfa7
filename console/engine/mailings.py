"""Which ledger a mailing is kept in, made before anything leaves: each mailing has its own, and nobody is in two of one step.

The list that was chosen is a ledger itself, and the first mailing to it uses it. Another step, or the next round of a
repeating one, gets a copy, or it would find everybody written down as served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.channels.recipients import digest_of
from console.engine.ledger import JournalLedger
from console.errors import RecordBroken
from console.incident.mailed import mailed_before
from console.incident.manifest import from_bytes

if TYPE_CHECKING:
    from console.incident.manifest import Manifest
    from console.incident.state import State
    from console.journal.protocol import Journal

SERVED: Final = "an earlier list of this step had them"


async def prepare(journal: Journal, state: State, manifest: Manifest, ledger: JournalLedger) -> None:
    """Make the mailing's ledger whole, and take out whoever an earlier list of the same step has reached or may have.

    Raises:
        RecordBroken: the list that was approved is not kept here any more.
    """
    if not await ledger.whole():
        source = next(
            (each.ledger for each in state.lists.values() if each.sha256 == manifest.recipients_sha256), ""
        )
        addresses = [each.address async for each in JournalLedger(journal, source).people()] if source else []
        if not addresses or digest_of(addresses) != manifest.recipients_sha256:
            raise RecordBroken(
                "The list that was approved is not kept here any more.",
                do="Choose it again. Nothing was sent.",
            )
        await ledger.create(addresses)
    if ledger.sha256 != manifest.recipients_sha256:
        raise RecordBroken(
            "The list that is kept is not the one that was approved.", do="NOTHING HAS BEEN SENT."
        )
    served: set[str] = set()
    for plan in mailed_before(state, manifest):
        earlier = JournalLedger(journal, from_bytes(plan.raw.encode()).recipients)
        served |= {address.lower() async for address in earlier.reached()}
    if served:
        twice = [each async for each in ledger.waiting() if each.address.lower() in served]
        for recipient in twice:
            await ledger.told(recipient.n, "refused", 0, SERVED)
        await ledger.flush()
