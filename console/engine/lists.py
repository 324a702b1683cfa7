"""Choosing whom a mailing goes to: a file is read, reported on, and frozen line by line in a ledger."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from console.channels.recipients import ListReport, digest_of, freeze
from console.engine.ledger import JournalLedger
from console.incident import commands as c

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.engine.session import Session


async def choose_list(session: Session, by: str, channel: str, path: Path) -> ListReport:
    """Read a file of recipients and freeze it for a channel's mailing; what was planned for another list is void.

    Raises:
        BadList: the file cannot be used; the error has a line for each finding.
        Refused: there is no such channel.
    """
    report, addresses = await asyncio.to_thread(freeze, path)
    await freeze_list(
        session,
        addresses,
        c.Freeze(
            by=by,
            channel=channel,
            ledger=ledger_name(session, channel, report.sha256),
            sha256=report.sha256,
            count=report.accepted,
            duplicates=report.duplicates,
            refused=report.refused,
            source=path.name,
            age=report.age(session.clock.now().wall),
            domains=tuple(name for name, _ in report.top_domains),
        ),
    )
    return report


async def freeze_list(session: Session, addresses: Sequence[str], chosen: c.Freeze) -> None:
    """Keep the addresses in the ledger that `chosen` names, then say in the record that they were chosen."""
    if digest_of(addresses) != chosen.sha256:
        raise ValueError("the digest is not of these addresses")
    await JournalLedger(session.journal, chosen.ledger).create(addresses)
    await session.do(chosen)


def ledger_name(session: Session, channel: str, sha256: str) -> str:
    """The name of a list's ledger: another list gets another one, the same list the same."""
    return f"{session.state.incident}/{channel}/{sha256[:12]}"
