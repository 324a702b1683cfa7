"""Bounces read back into a mailing: whose mail came back, and why.

A bounce is a stranger's claim. It is held to the list: it can say of somebody whom the mail went to that it did not arrive, and of
nobody else anything. Nothing is ever sent because of one. Read twice, a mailbox changes nothing.
"""

from __future__ import annotations

import asyncio
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct

from console.channels.bounce import DELAYED, FAILED, Bounce, read_bounce
from console.channels.ledger import BOUNCED, after
from console.channels.mailbox import as_one_file, messages
from console.channels.postmark import SHORT_MARK, key_of, mark
from console.channels.protocol import Told
from console.engine.following import Following
from console.errors import BadInput, NotFound
from console.incident import commands as c
from console.incident.manifest import from_bytes
from console.kept import plain, take_in
from console.text import counted, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.engine.ledger import JournalLedger
    from console.incident.manifest import Manifest

LARGEST: Final = 16 * 1024**3  # bytes of a mailbox
TOGETHER: Final = 500  # outcomes in one row of the ledger
AT_ONCE: Final = 200  # messages read in one go beside the screen
MOST_NAMED: Final = 1_000


class Returned(Struct, frozen=True, kw_only=True):
    """What was in a mailbox.

    Attributes:
        messages: how many there were.
        bounced: of how many people it is new that the mail came back; `known` were written down before.
        delayed: speak of a mail that is still waited for; nothing is written down.
        other: say neither, such as an answer while somebody is away.
        unknown: number in the file and words, for the first of those of which nobody can be named; `unmatched` is how many.
        unsent: name somebody on the list to whom nothing was sent, or who was refused: nothing is written down.
        sha256: of the file that is kept.
    """

    messages: int
    bounced: int = 0
    known: int = 0
    delayed: int = 0
    other: int = 0
    unmatched: int = 0
    unknown: tuple[tuple[int, str], ...] = ()
    unsent: int = 0
    sha256: str = ""

    def lines(self) -> tuple[str, ...]:
        """What an officer is told."""
        told = [
            f"{counted(self.messages, 'message')}: {counted(self.bounced, 'person', 'people')} whose mail came back, written down."
        ]
        pairs = (
            (self.known, "known already"),
            (self.delayed, "still waited for by a server: not counted"),
            (self.other, "say neither, such as answers while away: not counted"),
            (self.unsent, "name somebody to whom nothing was sent: not counted"),
            (self.unmatched, "of nobody on the list: not counted"),
        )
        told += [f"{many:,} {words}" for many, words in pairs if many]
        told += [f"  message {number}: {words}" for number, words in self.unknown]
        return (*told, f"The mailbox is kept as evidence, SHA-256 {self.sha256}.")


class _Claim(NamedTuple):
    number: int
    bounce: Bounce


class _Mailing(NamedTuple):
    """A mailing and what its copies are known by: one key for each wording that went to this list."""

    effect: str
    ledger: str
    keys: tuple[bytes, ...]


class Returns(Following):
    """Following, and what came back into a mailbox."""

    async def bounces(self, by: str, path: Path, folder: Path, step: str = "") -> Returned:
        """Read a mailbox of bounces into the mailings of this incident, and keep it as evidence.

        Args:
            by: who brings it.
            path: an mbox, a saved mail, a maildir or a folder of mails.
            folder: the incident's evidence.
            step: whose mailing alone; else all, the newest first.

        Raises:
            NotFound: nothing was mailed.
            BadInput: the mailbox cannot be read, or holds no message; nothing is kept then.
        """
        mailings = self._mailed(step)
        if not mailings:
            raise NotFound("No mailing has been begun.", do="Bounces are read back into what was sent.")
        kept, claims, others = await asyncio.to_thread(_read, path, folder)
        failed = [claim for claim in claims if claim.bounce.fate == FAILED]
        found = {"bounced": 0, "known": 0, "unsent": 0}
        for mailing in mailings:
            failed = await self._settled(mailing, failed, found)
        delayed = len(claims) - sum(claim.bounce.fate == FAILED for claim in claims)
        told = Returned(
            messages=len(claims) + others,
            delayed=delayed,
            other=others,
            unmatched=len(failed),
            unknown=tuple((each.number, _words(each.bounce)) for each in failed[:MOST_NAMED]),
            sha256=kept.sha256,
            **found,
        )
        note = f"Bounces read back: {told.bounced} new, {told.known} known, {told.delayed} delayed, {told.unmatched} of nobody on the list"
        name = visible(path.name)[:120] or "bounces"
        await self.session.do(c.Keep(by=by, sha256=kept.sha256, name=name, size=kept.size, note=note))
        return told

    def told(self, step: str) -> JournalLedger:
        """The ledger of a step's mailing; raises NotFound where it has mailed nobody."""
        ledger = self._ledger_of(step)
        if ledger is None:
            raise NotFound(f"{step} has mailed nobody yet.", do="Send it first.")
        return ledger

    def mailed_steps(self) -> tuple[str, ...]:
        """The steps that have mailed to a list, the newest first."""
        state = self.session.state
        found = (
            effect.step
            for effect in reversed(list(state.effects.values()))
            if from_bytes(state.plans[effect.digest].raw.encode()).recipients
        )
        return tuple(dict.fromkeys(found))

    def _mailed(self, step: str) -> list[_Mailing]:
        """The mailings of this incident, the newest first, each ledger once."""
        state = self.session.state
        found: dict[str, tuple[str, list[Manifest]]] = {}
        for effect in reversed(list(state.effects.values())):
            manifest = from_bytes(state.plans[effect.digest].raw.encode())
            if manifest.recipients and not effect.guided and step in ("", effect.step):
                found.setdefault(manifest.recipients, (effect.id, []))[1].append(manifest)
        return [_Mailing(effect, name, _keys(manifests)) for name, (effect, manifests) in found.items()]

    async def _settled(self, mailing: _Mailing, claims: list[_Claim], found: dict[str, int]) -> list[_Claim]:
        """Write down what fits this mailing; gives the claims that speak of nobody on its list."""
        ledger = self.ledger(mailing.ledger)
        if ledger is None or not claims or not await ledger.whole():
            return claims
        numbers = await self._numbers(ledger, mailing.keys, claims)
        new: dict[int, Told] = {}
        for claim in claims:
            n = numbers.get(claim.number)
            if n is None:
                continue
            before = ledger.state(n)
            if n in new or before == BOUNCED:
                found["known"] += 1
            elif after(before, "bounced") is None:
                found["unsent"] += 1
            else:
                new[n] = Told(n, "bounced", claim.bounce.code, claim.bounce.text, looked=True)
        waiting = iter(new.values())
        while some := list(islice(waiting, TOGETHER)):
            await ledger.commit(some, ())
        found["bounced"] += len(new)
        if new:
            await self._account(mailing.effect, ledger)
        return [claim for claim in claims if claim.number not in numbers]

    async def _numbers(
        self, ledger: JournalLedger, keys: tuple[bytes, ...], claims: list[_Claim]
    ) -> dict[int, int]:
        """The number on the list of whom each claim speaks, by the claim's own number.

        What names our copy itself goes before an address that a server wrote: the envelope's sender, then the Message-ID.
        """
        wanted = _Wanted(claims, self.session.state.incident)
        async for recipient in ledger.people():
            wanted.look(recipient.n, recipient.address.lower(), keys)
        return wanted.numbers()


def _keys(manifests: list[Manifest]) -> tuple[bytes, ...]:
    found = (key_of(each.incident, each.step, each.subject, each.text) for each in manifests)
    return tuple(dict.fromkeys(found))


def _read(path: Path, folder: Path) -> tuple[_Kept, list[_Claim], int]:
    """Keep the mailbox, then read the copy: what is written down is what is kept."""
    with as_one_file(path, folder) as source:
        taken = take_in(source, folder, LARGEST)
    claims, others = [], 0
    with plain(taken.path) as (file, _):
        for number, raw in enumerate(messages(file), 1):
            bounce = read_bounce(raw)
            if bounce.fate in (FAILED, DELAYED):
                claims.append(_Claim(number, bounce))
            else:
                others += 1
    if not claims and not others:
        taken.path.unlink()
        raise BadInput(f"{visible(str(path))} holds no message.")
    return _Kept(taken.sha256, taken.size), claims, others


class _Kept(NamedTuple):
    sha256: str
    size: int


class _Wanted:
    """What claims name, and whom of the list each of these is; one pass over the list fills it."""

    def __init__(self, claims: Iterable[_Claim], incident: str) -> None:
        self._claims = [claim for claim in claims if _is_ours(claim.bounce, incident)]
        named = [each.bounce for each in self._claims]
        self._marks = {name for each in named for name in each.marks}
        self._shorts = {(path.n, path.short) for each in named for path in each.paths if path.short}
        self._places = {n for n, _ in self._shorts}
        paths = {path.address.lower() for each in named for path in each.paths if path.address}
        self._addresses = paths | {name.lower() for each in named for name in each.addresses}
        self._found: dict[object, int] = {}

    def look(self, n: int, address: str, keys: tuple[bytes, ...]) -> None:
        """One person on the list."""
        if address in self._addresses:
            self._found[address] = n
        if self._marks or n in self._places:
            for key in keys:
                own = mark(key, address)
                if own in self._marks:
                    self._found[own] = n
                if (n, own[:SHORT_MARK]) in self._shorts:
                    self._found[n, own[:SHORT_MARK]] = n

    def numbers(self) -> dict[int, int]:
        """By claim."""
        found = {}
        for claim in self._claims:
            names: list[object] = [
                (path.n, path.short) if path.short else path.address.lower() for path in claim.bounce.paths
            ]
            names += [*claim.bounce.marks, *(name.lower() for name in claim.bounce.addresses)]
            n = next((self._found[name] for name in names if name in self._found), None)
            if n is not None:
                found[claim.number] = n
        return found


def _is_ours(bounce: Bounce, incident: str) -> bool:
    """Whether it may be about a mail of this incident: it names no envelope, or one of ours."""
    return not bounce.paths or any(path.incident == incident for path in bounce.paths)


def _words(bounce: Bounce) -> str:
    """How one that fits nobody is listed."""
    whom = ", ".join(bounce.addresses[:2]) or "it names nobody"
    return " ".join(part for part in (f"{whom}:", bounce.text or bounce.subject) if part)
