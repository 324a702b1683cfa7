"""Practice twins: every kind of channel, acting on a `PracticeWorld` and on nothing else.

They keep the promises of `kinds.py`: a *blind* act cannot be probed, an *idempotent* one changes nothing the second time,
and one that ended in doubt may or may not have happened. They answer late, they are refused, they end in doubt, all on
the world's seed, so that an officer has met the question *did it go out?* before the night it counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from console.channels.control import Control
from console.channels.practice_world import READABLE, PracticeWorld
from console.channels.protocol import (
    Channel,
    Done,
    Failed,
    InDoubt,
    Ledger,
    Order,
    Outcome,
    Recipient,
    Seen,
    Sighting,
)
from console.errors import ConsoleError
from console.incident.access import AccessChange
from console.playbook.kinds import RESERVED, kind_of
from console.playbook.model import Channel as Named

PAGE: Final = 50
REMOVALS: Final = ("delete", "unpublish", "delete-at-risk")
_NO_ANSWER: Final = "No answer came within 30 seconds."
_REFUSED: Final = "The platform refused it: 429 too many requests. Nothing was posted."


class PracticeChannel:
    """One channel of a practice world.

    Args:
        name: the playbook's name for it.
        kind: one of `kinds.KINDS`, or a reserved channel's name.
        world: what it acts on.
    """

    def __init__(self, name: str, kind: str, world: PracticeWorld) -> None:
        self.name: Final = name
        self.kind: Final = kind
        self._controls: dict[str, Control] = {}
        self._world = world
        spec = kind_of(name, kind)
        self._verbs = {} if spec is None else spec.verbs

    def can(self, verb: str) -> bool:
        """Every verb of its kind; and any way of removing, where its kind has one."""
        if verb in REMOVALS:
            return any(removal in self._verbs for removal in REMOVALS)
        return verb in self._verbs

    def control(self, recipients: str) -> Control | None:
        """As `control.Holdable`."""
        return self._controls.get(recipients)

    async def act(self, order: Order, ledger: Ledger | None = None) -> Outcome:
        """Carry out one order in the practice world; see `protocol.Channel`."""
        world = self._world
        chance = world.chance(order.effect, order.attempt)
        await world.wait(chance, world.odds.late)
        if not self.can(order.verb):
            return Failed(f"{self.kind} cannot {order.verb}.")
        if order.effect in world.done:
            return world.done[order.effect]
        if chance.random() < world.odds.fail:
            return Failed(_REFUSED)
        if order.verb == "send":
            return await self._send(order, ledger)
        if chance.random() < world.odds.doubt:
            if chance.random() < world.odds.happened:
                self._carry_out(order)
            return InDoubt(_NO_ANSWER)
        return self._carry_out(order)

    async def probe(self, order: Order) -> Seen:
        """Whether it happened, for every class but *blind*."""
        if order.verb not in self._verbs or self._verbs[order.verb].effect == "blind":
            return Seen("cannot-see")
        done = self._world.done.get(order.effect)
        return (
            Seen("disagrees", "404 nothing there")
            if done is None
            else Seen("agrees", done.proof, done.remote)
        )

    async def check(self, probe: str, order: Order) -> Seen:
        """Look at the practice world as anybody outside could: at all of the channel, whatever item the order names."""
        world = self._world
        if probe == "accounted":
            newest = next(reversed(world.mailings), "")
            counts = world.mailings.get(order.recipients or newest)
            return Seen("cannot-see") if counts is None else _none_left(counts["waiting"] + counts["tried"])
        if probe in ("pinned", "unpinned"):
            remote = world.pinned(self.name)
            return _agrees((probe == "pinned") == bool(remote), remote)
        if probe == "banner-down":
            return _agrees(not world.banner(self.name), world.banner(self.name))
        if probe == "banner-up":
            return _agrees(bool(world.banner(self.name)), world.banner(self.name))
        here = self.name if probe == "absent" else ""
        left = [each for each in world.standing(here) if each.bogus]
        if probe == "at-risk-absent":
            left = [each for each in left if each.at_risk]
        elif probe == "complete":
            left = [each for each in left if each.remote not in world.captured]
        elif probe not in ("absent", "all-absent"):
            return Seen("cannot-see")
        return _none_left(len(left), " ".join(each.remote for each in left))

    async def read(self) -> tuple[Sighting, ...] | None:
        """What stands there, newest first; None for kinds that nobody can read."""
        if self.kind not in READABLE:
            return None
        return tuple(
            Sighting(each.remote, each.words, each.link, each.published)
            for each in self._world.standing(self.name)
        )

    async def close(self) -> None:
        """Holds nothing."""

    def _carry_out(self, order: Order) -> Outcome:
        outcome = self._in_the_world(order)
        if isinstance(outcome, Done):
            self._world.done[order.effect] = outcome
        return outcome

    def _in_the_world(self, order: Order) -> Outcome:
        world, verb = self._world, order.verb
        if verb in REMOVALS:
            channel = "" if self.kind in RESERVED else self.name
            at_risk = verb == "delete-at-risk"
            gone = [each.remote for each in world.remove(order.item, channel, at_risk=at_risk)]
            return Done(_canonical({"removed": gone}), order.item, accepted=len(gone))
        if verb == "post":
            places = world.speaking() if self.kind == "voices" else [self.name]
            posted = [world.say(place, order.text).remote for place in places]
            return Done(_canonical({"posted": posted}), posted[0] if posted else "", accepted=len(posted))
        if verb == "pin":
            remote = world.pin(self.name)
            return (
                Done(_canonical({"pinned": remote}), remote)
                if remote
                else Failed("There is no post of ours to pin.")
            )
        if verb == "unpin":
            world.unpin(self.name)
        elif verb == "banner":
            world.set_banner(self.name, order.text)
        elif verb == "banner-off":
            world.set_banner(self.name, "")
        elif verb == "capture":
            sha256 = world.capture(order.item, "")
            return (
                Done(_canonical({"sha256": sha256}), sha256)
                if sha256
                else Failed("Nothing stands there to save.")
            )
        elif verb == "rotate":
            return Done(
                _canonical({"old": 401, "new": 200}),
                access=(AccessChange("the console's own key", "changed"),),
            )
        elif verb in ("send-internal", "send-test"):
            world.mailed[order.arguments.get("to") or verb] += 1
            return Done(_canonical({"accepted": 1}), f"<{order.effect}@practice>", accepted=1)
        return Done(_canonical({verb: self.name}))

    async def _send(self, order: Order, ledger: Ledger | None) -> Outcome:
        """A mailing: each claimed before it is sent to; on a bad day the line stops in the middle."""
        if ledger is None:
            return Failed("There is no list of recipients.")
        try:
            total = (await ledger.counts())["waiting"]
            chance = self._world.chance(order.effect, order.attempt, "line")
            stop_at = (
                chance.randrange(total) if total and chance.random() < self._world.odds.doubt else total + 1
            )
            control = self._controls[order.recipients] = Control()
            try:
                stopped = await self._send_pages(order, ledger, control, stop_at)
            finally:
                del self._controls[order.recipients]
            counts = await ledger.counts()
        except ConsoleError as error:
            return InDoubt(error.what)
        self._world.mailings[order.recipients] = counts
        proof = _canonical(counts)
        if stopped:
            return InDoubt(
                f"{_NO_ANSWER} {counts['waiting']:,} of {counts['total']:,} were not tried.", proof
            )
        return Done(proof, accepted=counts["accepted"], refused=counts["refused"], doubtful=counts["tried"])

    async def _send_pages(self, order: Order, ledger: Ledger, control: Control, stop_at: int) -> bool:
        """Send until nobody waits, or until recipient number `stop_at` of this run got no answer; whether it stopped."""
        served = 0
        page: list[Recipient] = []
        async for recipient in ledger.waiting():
            page.append(recipient)
            stop = served + len(page) == stop_at
            if stop or len(page) == PAGE:
                await self._send_page(order, ledger, page, unanswered=stop)
                served += len(page)
                page = []
                await control.turn()
            if stop:
                return True
        await self._send_page(order, ledger, page)
        return False

    async def _send_page(
        self, order: Order, ledger: Ledger, page: list[Recipient], *, unanswered: bool = False
    ) -> None:
        """Fifty at most; with `unanswered` the last of them gets no answer."""
        if not page:
            return
        world, odds = self._world, self._world.odds
        await ledger.tried(page)
        await world.wait(world.chance(order.effect, "page", page[0].n), odds.mail_late)
        for recipient in page:
            again = (
                (order.attempt,) if world.mailed[recipient.address] else ()
            )  # another try has luck of its own
            luck = world.chance(order.effect, recipient.n, *again).random()
            silent = unanswered and recipient is page[-1]
            if luck < odds.refuse and not silent:
                await ledger.told(recipient.n, "refused", 550, "no such user here")
                continue
            world.mailed[recipient.address] += 1
            if silent or luck < odds.refuse + odds.unanswered:
                await ledger.told(recipient.n, "doubt", 0, "no answer")
            else:
                await ledger.told(recipient.n, "accepted", 250, "2.0.0 practice")


def practice_channels(channels: Iterable[Named], world: PracticeWorld) -> dict[str, Channel]:
    """A twin for each of a playbook's channels and for the reserved ones, all in one world."""
    kinds = {channel.name: channel.kinds[0] for channel in channels}
    world.connect(kinds)
    return {
        name: PracticeChannel(name, kind, world)
        for name, kind in {**kinds, **{name: name for name in RESERVED}}.items()
    }


def _agrees(agrees: bool, raw: str) -> Seen:
    return Seen("agrees" if agrees else "disagrees", raw)


def _none_left(left: int, raw: str = "") -> Seen:
    return Seen("disagrees" if left else "agrees", raw, str(left))


def _canonical(plain: object) -> str:
    return json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
