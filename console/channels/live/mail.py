"""Mail through a transport of the organisation's: to everybody on a list, to staff, and one to look at first.

Every verb here is *blind* to the engine: what is not known stays in doubt and is never sent again by itself. Where a transport
can be asked afterwards (GOV.UK Notify), `look` puts what it says into the ledger.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from console.channels.live.mail_settings import addresses_in
from console.channels.live.message import Unfit
from console.channels.live.transport import Control, MailTest
from console.channels.protocol import Done, Failed, InDoubt, Ledger, Order, Outcome, Seen, Sighting
from console.errors import ConsoleError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.channels.live.transport import Transport

__all__ = ["MailChannel", "MailTest"]

FEW: Final = ("send-internal", "send-test")


class MailChannel:
    """One way to reach people as a channel.

    Args:
        name: the playbook's name for it.
        transport: what carries the messages.
        staff: where `send-internal` goes, unless the order says.
        testers: where `send-test` goes, unless the order says.
    """

    kind: Final = "mail"

    def __init__(
        self, name: str, transport: Transport, *, staff: Sequence[str] = (), testers: Sequence[str] = ()
    ) -> None:
        self.name: Final = name
        self._transport = transport
        self._known = {"send-internal": tuple(staff), "send-test": tuple(testers)}
        self._counts: dict[tuple[str, str], dict[str, int]] = {}
        self._controls: dict[str, Control] = {}

    def can(self, verb: str) -> bool:
        """`send` always; the other two when the machine knows whom to send to."""
        return self._transport.can(verb)

    def control(self, recipients: str) -> Control | None:
        """What holds or ends the mailing kept in the ledger of that name; None when it is not on its way here."""
        return self._controls.get(recipients)

    async def act(self, order: Order, ledger: Ledger | None = None) -> Outcome:
        """Carry out one order; see `protocol.Channel`. Being cancelled, it finishes the messages on their way first."""
        try:
            if order.verb == "send":
                return await self._send(order, ledger)
            if order.verb in FEW:
                return await self._send_few(order)
        except Unfit as error:
            return Failed(str(error))
        except ConsoleError as error:
            return Failed(error.what) if order.attempt == 1 else InDoubt(error.what)
        except Exception as error:  # noqa: BLE001 - our own mistake ends as a doubt, not a crash
            return await self._broken(order, ledger, f"The mail channel failed: {type(error).__name__}.")
        return Failed(f"Mail cannot {order.verb}.")

    async def _broken(self, order: Order, ledger: Ledger | None, reason: str) -> Outcome:
        """Failed while nothing can have left, at this attempt or an earlier one; else InDoubt."""
        if order.attempt > 1 or ledger is None:
            return InDoubt(reason)
        try:
            counts = await ledger.counts()
        except ConsoleError:
            return InDoubt(reason)
        return InDoubt(reason) if counts["waiting"] + counts["refused"] < counts["total"] else Failed(reason)

    def as_sent(self, order: Order, address: str) -> str:
        """The whole mail to one address as it would travel, for a person; raises Unfit where there is none to show, and says why."""
        return self._transport.as_sent(order, address)

    async def look(self, order: Order, ledger: Ledger) -> Seen:
        """Ask what became of those in doubt and those accepted, where the transport can be asked."""
        return await self._transport.look(order, ledger)

    async def probe(self, order: Order) -> Seen:
        """A mailing's doubts are people, not one act: `look` asks about those."""
        del order
        return Seen("cannot-see", "What was sent by mail cannot be read back as one act.")

    async def check(self, probe: str, order: Order) -> Seen:
        """`accounted`: what was said of each recipient of the mailing this console ran (the last one, if none is named)."""
        newest = next(reversed(self._counts), (order.incident, ""))
        counts = self._counts.get((order.incident, order.recipients or newest[1]))
        if probe != "accounted" or counts is None:
            return Seen("cannot-see", "This console has not run that mailing since it started.")
        missing = counts["waiting"] + counts["tried"]
        return Seen("disagrees" if missing else "agrees", _canonical(counts), str(missing))

    async def read(self) -> tuple[Sighting, ...] | None:
        """Mail cannot be read."""
        return None

    async def close(self) -> None:
        """Let go of what the transport holds."""
        await self._transport.close()

    async def test(self) -> MailTest:
        """What the transport says of itself; nothing is sent."""
        return await self._transport.test()

    async def _send(self, order: Order, ledger: Ledger | None) -> Outcome:
        if ledger is None:
            return Failed("There is no list of recipients.")
        control = self._controls[order.recipients] = Control()
        try:
            stopped = await self._transport.send(order, ledger, control)
        finally:
            del self._controls[order.recipients]
        counts = await ledger.counts()
        self._counts.pop((order.incident, order.recipients), None)  # so that the newest stands last
        self._counts[order.incident, order.recipients] = counts
        return _mailing_outcome(counts, stopped)

    async def _send_few(self, order: Order) -> Outcome:
        addresses, wrong = addresses_in(order.arguments.get("to", ""))
        if wrong:
            return Failed(f"There is nobody to send to: {'; '.join(wrong)}.")
        addresses = addresses or self._known[order.verb]
        if not addresses:
            return Failed("There is nobody to send to: no address is set for this.")
        return await self._transport.send_few(order, addresses)


def _mailing_outcome(counts: dict[str, int], stopped: str) -> Outcome:
    accepted = counts["accepted"] + counts["bounced"]
    refused, doubtful, waiting = (counts[name] for name in ("refused", "tried", "waiting"))
    proof = _canonical(counts)
    if waiting:
        words = f"{stopped or 'The line stopped.'} {waiting:,} of {counts['total']:,} were not tried."
        if not accepted and not doubtful:
            return Failed(words, proof)
        return InDoubt(f"{words} {accepted:,} accepted, {refused:,} refused, {doubtful:,} not known.", proof)
    if not accepted and not doubtful:
        return Failed(f"All {refused:,} were refused.", proof)
    return Done(proof, accepted=accepted, refused=refused, doubtful=doubtful)


def _canonical(plain: object) -> str:
    return json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
