"""What became of a mailing at GOV.UK Notify: statuses copied into the ledger, page by page, until each is final.

Notify lists what a service sent, newest first, 250 a page, for as long as it keeps them (7 days unless the service says otherwise).
A page says of each what its reference is, so the ledger's number of it is known without a search. Who was in doubt and stands
there was accepted. A first look goes through all there is; a later one, in the same console, stops where everything was final.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec import Struct

from console.channels.live.notify_calls import LIST, Calls
from console.channels.live.notify_words import number_in, prefix_of, reference
from console.channels.live.web import Answer, Lost, NotSent, canonical
from console.channels.protocol import Ledger, Order, Recipient, Seen, Told
from console.errors import ConsoleError

if TYPE_CHECKING:
    from collections.abc import Iterable

FINAL: Final = {
    "delivered": "delivered",
    "permanent-failure": "bounced",
    "temporary-failure": "bounced",
    "technical-failure": "bounced",
}
ON_ITS_WAY: Final = ("created", "sending")
MOST_PAGES: Final = 8_000  # two million mails
SINGLY: Final = 100
RATE_PAUSE: Final = 15_000  # ms
RATE_TRIES: Final = 8


class _Open(NamedTuple):
    """A mail that was not at its end yet: when it was made, as Notify writes moments, whose it is, Notify's id for it."""

    made: str
    n: int
    id: str


class _Known(Struct):
    """What this process has seen of one mailing: a byte for each recipient, and from when on something is open.

    Attributes:
        told: 0, 1 for accepted, 2 for final, by number.
        since: what was made before this moment is final, but for those in `singly`; empty: nobody knows.
        singly: the oldest that are open: asked for one by one, so that one slow mailbox does not have every page read again.
        asked_to: who was the last in doubt that was asked for by reference; -1 to begin anew.
    """

    told: bytearray
    since: str = ""
    singly: tuple[_Open, ...] = ()
    asked_to: int = -1


class Looks:
    """Looks at one service's mails.

    Args:
        calls: the service.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._known: dict[str, _Known] = {}

    async def look(self, order: Order, ledger: Ledger) -> Seen:
        """Copy what is new into the ledger; see `transport.Transport.look`."""
        prefix = prefix_of(order)
        known = self._known.setdefault(prefix, _Known(bytearray()))
        try:
            await self._pages(prefix, known, ledger)
            await self._doubts(prefix, known, ledger)
            counts = await ledger.counts()
        except (NotSent, Lost) as error:
            self._known.pop(prefix, None)  # the next look takes nothing for told
            return Seen("cannot-see", f"Notify did not answer: {self._calls.clean(str(error))}")
        except ConsoleError as error:
            self._known.pop(prefix, None)
            return Seen("cannot-see", error.what)
        doubtful = counts["tried"]
        return Seen("disagrees" if doubtful else "agrees", canonical(counts), str(doubtful))

    async def _pages(self, prefix: str, known: _Known, ledger: Ledger) -> None:
        """Every page down to where all is final, then the few that are older; `known` moves on when all of them were seen."""
        newest, older_than = "", ""
        found: deque[_Open] = deque(
            maxlen=SINGLY + 1
        )  # pages come newest first: the last ones are the oldest
        for _ in range(MOST_PAGES):
            mails = await self._page(older_than)
            if not mails:
                break
            newest = newest or _text(mails[0], "created_at")
            told: list[Told] = []
            for mail in mails:
                n = number_in(mail.get("reference"), prefix)
                if n < 0 or known.since > _text(mail, "created_at"):
                    continue
                status = _text(mail, "status")
                told += _told(known, n, status)
                if status not in FINAL:
                    found.append(_Open(_text(mail, "created_at"), n, _text(mail, "id")))
            await _commit(ledger, told)
            last = _text(mails[-1], "id")
            if not last or last == older_than or _text(mails[-1], "created_at") < known.since:
                break
            older_than = last
        left = sorted({*await self._ones(known, ledger), *found})
        known.singly, younger = tuple(left[:SINGLY]), left[SINGLY:]
        known.since = younger[0].made if younger else newest or known.since

    async def _doubts(self, prefix: str, known: _Known, ledger: Ledger) -> None:
        """Ask for those in doubt by reference, so many at a time: one that came late stands on a page that is not read again."""
        asked: list[Recipient] = []
        async for recipient in ledger.doubts():
            if recipient.n > known.asked_to:
                asked.append(recipient)
            if len(asked) == SINGLY:
                break
        known.asked_to = asked[-1].n if len(asked) == SINGLY else -1
        told: list[Told] = []
        for each in asked:
            status = await self._calls.found(reference(prefix, each.n), each.address)
            if each.n < len(known.told):
                known.told[each.n] = 0  # whatever was told of it before, it is in doubt
            told += _told(known, each.n, status or "")
        await _commit(ledger, told)

    async def _ones(self, known: _Known, ledger: Ledger) -> list[_Open]:
        """Ask for each of the few by its id; those that are open still. What Notify keeps no longer is let be."""
        left: list[_Open] = []
        told: list[Told] = []
        for each in known.singly:
            answer = await self._patiently(f"{LIST}/{each.id}", {})
            status = _text(answer.table(), "status") if answer.ok else ""
            told += _told(known, each.n, status)
            if status not in FINAL and answer.status != 404:
                left.append(each)
        await _commit(ledger, told)
        return left

    async def _page(self, older_than: str) -> list[dict[str, Any]]:
        query = {"template_type": "email", **({"older_than": older_than} if older_than else {})}
        answer = await self._patiently(LIST, query)
        mails = answer.table().get("notifications") if answer.ok else None
        if not isinstance(mails, list):
            if answer.ok:
                raise Lost("what it answered is no list of mails")
            raise Lost(self._calls.why_barred(answer))
        return [each for each in mails if isinstance(each, dict)]

    async def _patiently(self, path: str, query: dict[str, str]) -> Answer:
        answer = await self._calls.get(path, query)
        for _ in range(RATE_TRIES):
            if answer.status != 429:
                break
            await self._calls.clock.sleep(RATE_PAUSE)
            answer = await self._calls.get(path, query)
        return answer


def _told(known: _Known, n: int, status: str) -> Iterable[Told]:
    """What a status says of a recipient that this process has not said yet."""
    if n >= len(known.told):
        known.told.extend(bytes(n + 1 - len(known.told)))
    if status in FINAL and known.told[n] < 2:
        known.told[n] = 2
        yield Told(n, FINAL[status], 0, status, looked=True)
    elif status in ON_ITS_WAY and not known.told[n]:
        known.told[n] = 1
        yield Told(n, "accepted", 0, status, looked=True)


async def _commit(ledger: Ledger, told: list[Told]) -> None:
    if told:
        await ledger.commit(told, ())


def _text(mail: dict[str, Any], name: str) -> str:
    found = mail.get(name)
    return found if isinstance(found, str) else ""
