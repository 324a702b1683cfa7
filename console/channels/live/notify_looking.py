"""What became of a mailing at GOV.UK Notify: statuses copied into the ledger, page by page, until each is final.

Notify lists what a service sent, newest first, 250 a page, for as long as it keeps them (7 days unless the service says otherwise).
A page says of each what its reference is, so the ledger's number of it is known without a search. Who was in doubt and stands
there was accepted. A first look goes through all there is; a later one, in the same console, stops where everything was final.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from console.channels.live.notify_calls import LIST, Calls
from console.channels.live.notify_words import number_in, prefix_of
from console.channels.live.web import Answer, Lost, NotSent, canonical
from console.channels.protocol import Ledger, Order, Seen, Told
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
RATE_PAUSE: Final = 15_000  # ms
RATE_TRIES: Final = 8


class _Known(Struct):
    """What this process has seen of one mailing: a byte for each recipient, and from when on something is open.

    Attributes:
        told: 0, 1 for accepted, 2 for final, by number.
        since: what was made before this moment, as Notify writes moments, is final; empty: nobody knows.
    """

    told: bytearray
    since: str = ""


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
            counts = await ledger.counts()
        except (NotSent, Lost) as error:
            return Seen("cannot-see", f"Notify did not answer: {self._calls.clean(str(error))}")
        except ConsoleError as error:
            return Seen("cannot-see", error.what)
        doubtful = counts["tried"]
        return Seen("disagrees" if doubtful else "agrees", canonical(counts), str(doubtful))

    async def _pages(self, prefix: str, known: _Known, ledger: Ledger) -> None:
        """Every page down to where all is final; `known.since` moves only when all of them were seen."""
        newest, oldest_open, older_than = "", "", ""
        for _ in range(MOST_PAGES):
            mails = await self._page(older_than)
            if not mails:
                break
            newest = newest or _text(mails[0], "created_at")
            told: list[Told] = []
            for mail in mails:
                n = number_in(mail.get("reference"), prefix)
                status = _text(mail, "status")
                if n >= 0 and status not in FINAL:
                    oldest_open = _text(mail, "created_at")
                if n >= 0:
                    told += _told(known, n, status)
            await _commit(ledger, told)
            last = _text(mails[-1], "id")
            if not last or last == older_than or _text(mails[-1], "created_at") < known.since:
                break
            older_than = last
        known.since = min(filter(None, (newest, oldest_open)), default=known.since)

    async def _page(self, older_than: str) -> list[dict[str, Any]]:
        query = {"template_type": "email", **({"older_than": older_than} if older_than else {})}
        answer = await self._patiently(query)
        mails = answer.table().get("notifications") if answer.ok else None
        if not isinstance(mails, list):
            if answer.ok:
                raise Lost("what it answered is no list of mails")
            raise Lost(self._calls.why_barred(answer))
        return [each for each in mails if isinstance(each, dict)]

    async def _patiently(self, query: dict[str, str]) -> Answer:
        answer = await self._calls.get(LIST, query)
        for _ in range(RATE_TRIES):
            if answer.status != 429:
                break
            await self._calls.clock.sleep(RATE_PAUSE)
            answer = await self._calls.get(LIST, query)
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
