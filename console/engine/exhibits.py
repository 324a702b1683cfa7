"""Bringing a file in as evidence: read without trust, kept under its SHA-256, and then, when it is on the disk, recorded."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from console.channels.postmark import is_message_id
from console.channels.saved_mail import MailHead, head_of
from console.errors import BadInput
from console.incident import commands as c
from console.incident import events as e
from console.kept import begins, take_in
from console.text import visible

if TYPE_CHECKING:
    from console.engine.session import Session

LONGEST_NAME: Final = 120
NOT_YET: Final = "0" * 64
MAIL: Final = "eml"


class Brought(Struct, frozen=True, kw_only=True):
    """What came of a file that was brought in.

    Attributes:
        name: what it was called where it came from, as it can be shown.
        path: where it is kept.
        item: the item that it shows, as the record has it.
        mail: what it says of itself, where it is a mail.
        events: what was written down; nothing where it was known already.
    """

    sha256: str
    size: int
    name: str
    path: str
    item: str = ""
    mail: MailHead | None = None
    events: tuple[e.AnyEvent, ...] = ()

    def words(self) -> str:
        """A line for who brought it in."""
        about = f" of {self.item}" if self.item else ""
        what = f"{self.name}: kept{about}" if self.events else f"{self.name}: known already{about}"
        told = f". It says: {self.mail.words()}" if self.mail is not None and self.mail.words() else ""
        return f"{what}, {self.size:,} bytes, SHA-256 {self.sha256}{told}"


async def bring_in(
    session: Session, by: str, source: Path, folder: Path, *, item: str = "", note: str = "", seen: str = ""
) -> Brought:
    """Keep a file and write it down.

    Args:
        session: the incident's.
        by: who brings it.
        source: the file, outside.
        folder: the incident's evidence.
        item: the item that it shows.
        note: what is said of it.
        seen: the channel on which the mail in it is reported as a false item.

    Raises:
        BadInput: the file cannot be used; `seen`, and it is no mail.
        Refused, NotFound: the record would not take it; nothing is kept then.
        ConsoleError: the disk does not take it.
    """
    named = visible(source.name)[:LONGEST_NAME]

    def keep(ending: str, head: bytes, sha256: str = NOT_YET, size: int = 0) -> c.Keep:
        mail = head_of(head) if ending == MAIL else None
        if seen and mail is None:
            raise BadInput(
                f"{visible(str(source))} is no saved mail, so it does not say what was sent.",
                do="Report the item first, then bring the file in as a picture of it.",
            )
        return c.Keep(
            by=by,
            sha256=sha256,
            name=named,
            size=size,
            item=item,
            note=_note(note, mail),
            seen=seen,
            words=mail.subject if mail is not None and seen else "",
            message_id=mail.message_id if mail is not None and is_message_id(mail.message_id) else "",
        )

    session.refuse_early(keep(*await asyncio.to_thread(begins, source)))
    taken = await asyncio.to_thread(take_in, source, folder)
    # What is written down is what the copy says: the file may have been another a moment before.
    events = await session.do(keep(taken.ending, taken.head, taken.sha256, taken.size))
    shows = (each.item for each in session.state.files if each.sha256 == taken.sha256 and each.item)
    return Brought(
        sha256=taken.sha256,
        size=taken.size,
        name=named,
        path=str(taken.path),
        item=item or next(shows, ""),
        mail=head_of(taken.head) if taken.ending == MAIL else None,
        events=events,
    )


def _note(note: str, mail: MailHead | None) -> str:
    """What is said of it, and what it says of itself."""
    told = mail.words() if mail is not None else ""
    return ". ".join(part for part in (note.strip().rstrip("."), told) if part)
