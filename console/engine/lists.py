"""Choosing whom a mailing goes to: files are read and reported on, and what a person confirms is frozen in a ledger.

Reading is done in a process of its own, so that no key waits for it. The addresses it finds stay in a file without a name, which
nobody else can open and which is gone with this process; so what is kept is what was reported on, whatever becomes of the files.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from console.apart import NotStarted, apart
from console.channels.listfile import Said
from console.channels.recipients import Choice, ListReport, digest_of, names_of
from console.engine.ledger import JournalLedger
from console.engine.spool import Spool
from console.errors import NotFound, WrongMode
from console.incident import commands as c
from console.places import expanded, is_file, is_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from console.engine.session import Session
    from console.incident.events import AnyEvent
    from console.incident.state import State

SUPPRESSION = "suppression"


class Held:
    """A list that was read: its report, and its addresses in order, to be gone through as often as one likes. Closed by `with`."""

    def __init__(self, report: ListReport, spool: Spool) -> None:
        self.report = report
        self._spool = spool

    def __iter__(self) -> Iterator[str]:
        return iter(self._spool)

    def read_back(self) -> str:
        """The digest of the addresses as they stand in the file."""
        return self._spool.read_back()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spool.__exit__(kind, error, trace)


async def read_list(session: Session, channel: str, choice: Choice) -> Held:
    """Read a list for a channel's mailing, without the people on the suppression list that this machine sets for it.

    Raises:
        BadList: it cannot be used, or the suppression list cannot; the error has a line for each finding.
        WrongMode: in a drill, where no real list is read.
        NotFound: there is no such mail channel.
    """
    state = session.state
    if not state.live:
        raise WrongMode(
            "A drill has a list of its own.", do="No real address belongs into it. Go on without."
        )
    if channel not in mailers(state):
        raise NotFound(f"There is no mail channel {channel}.", do=f"There are: {', '.join(mailers(state))}.")
    return await held(msgspec.structs.replace(choice, without=(*without(state, channel), *choice.without)))


async def held(choice: Choice) -> Held:
    """Read the files of a choice; raises BadList."""
    with ExitStack() as failed:
        spool = failed.enter_context(Spool())
        report = await _read(choice, spool.file)
        failed.pop_all()
    return Held(report, spool)


async def _read(choice: Choice, file: BinaryIO) -> ListReport:
    number = file.fileno()
    try:
        said = await apart(
            "console.engine.listing", str(number), given=msgspec.msgpack.encode(choice), keeps=(number,)
        )
    except NotStarted:  # where no other process can be had, this one reads
        from console.engine.listing import read_into

        file.seek(0)
        file.truncate()
        return await asyncio.to_thread(read_into, choice, file)
    return msgspec.msgpack.decode(said, type=ListReport)


def choice_of(said: Mapping[str, str]) -> Choice:
    """The choice that a person's words make: `path` and `without` with `;` between files, `encoding`, `delimiter`, `column`."""
    return Choice(
        _paths(said.get("path", "")),
        _paths(said.get("without", "")),
        Said(said.get("encoding", ""), said.get("delimiter", ""), said.get("column", "")),
    )


def _paths(typed: str) -> tuple[str, ...]:
    """Files with `;` between; a name with one in it is that file's when there is one."""
    whole = expanded(typed.strip())
    if not typed.strip() or is_file(whole) or is_folder(whole):
        return (str(whole),) if typed.strip() else ()
    return tuple(str(expanded(each.strip())) for each in typed.split(";") if each.strip())


def mailers(state: State) -> tuple[str, ...]:
    """The channels of this incident that mail."""
    return tuple(each.name for each in state.playbook.channels if "mail" in each.kinds)


def without(state: State, channel: str) -> tuple[str, ...]:
    """The suppression list that this machine's settings name for a channel, if they name one."""
    named = state.fields.get(f"{channel}.{SUPPRESSION}", "")
    return (str(expanded(named)),) if named else ()


async def keep_list(session: Session, by: str, channel: str, found: Held) -> tuple[AnyEvent, ...]:
    """Freeze a list that was read for a channel's mailing; what was planned for another list is void.

    Raises:
        Refused: there is no such channel.
    """
    report = found.report
    chosen = c.Freeze(
        by=by,
        channel=channel,
        ledger=ledger_name(session, channel, report.sha256),
        sha256=report.sha256,
        count=report.accepted,
        duplicates=report.duplicates,
        refused=report.refused,
        source=report.source,
        age=report.age(session.clock.now().wall),
        domains=tuple(name for name, _ in report.top_domains),
        at_domains=tuple(many for _, many in report.top_domains),
        suppressed=report.suppressed,
        suppression=names_of(report.suppression),
        read_as=report.read_as,
    )
    return await freeze_list(session, found, chosen)


async def freeze_list(session: Session, addresses: Iterable[str], chosen: c.Freeze) -> tuple[AnyEvent, ...]:
    """Keep the addresses in the ledger that `chosen` names, then say in the record that they were chosen.

    Args:
        session: the incident's.
        addresses: in order; gone through more than once.
        chosen: what stands in the record of them.

    Raises:
        ValueError: its digest is not theirs.
    """
    held_ones = addresses.read_back if isinstance(addresses, Held) else lambda: digest_of(addresses)
    if await asyncio.to_thread(held_ones) != chosen.sha256:
        raise ValueError("the digest is not of these addresses")
    await JournalLedger(session.journal, chosen.ledger).create(addresses, chosen.sha256)
    return await session.do(chosen)


def ledger_name(session: Session, channel: str, sha256: str) -> str:
    """The name of a list's ledger: another list gets another one, the same list the same."""
    return f"{session.state.incident}/{channel}/{sha256[:12]}"
