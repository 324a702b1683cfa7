"""A passphrase made during an incident: the vault keeps it, the access ledger says so, and the words go to one screen alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.errors import VaultLocked
from console.incident import commands as c

if TYPE_CHECKING:
    from console.engine.session import Session

WHAT: Final = "new passphrase"


async def make_passphrase(session: Session, by: str, channel: str, *, again: bool = False) -> str:
    """The words, once; they are in the vault and the ledger has its line when this returns.

    Raises:
        NotFound: the playbook has no such channel.
        Refused: one is kept already and `again` was not said; the incident is closed.
        VaultError: it cannot be kept.
    """
    line = c.Access(
        by=by,
        channel=channel,
        what=WHAT,
        how="kept",
        detail="made here, kept in the vault and read back before it was shown",
        verified=True,
    )
    session.refuse_early(line)
    if session.gatekeeper is None:
        raise VaultLocked(
            "This incident has no vault.", do="Make one at a command line: incident passphrase."
        )
    made = await session.gatekeeper.make_passphrase(channel, again=again)
    await session.do(line)
    return made
