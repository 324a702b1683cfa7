"""One message to everybody on a ledger: several connections side by side, each recipient claimed before it is sent to.

Everybody waiting is gone through in passes; who is put off, or whose domain is left alone for a while (`holds`), is passed over
and met again in a later one. When the line stops by itself, with the rest left waiting:
- nobody can be reached any more, or the relay refuses us;
- three messages in a row, each the first on its connection, went without an answer; or four a connection in all;
- the relay as a whole puts us off, after rests of growing length; or fifty are refused and none was ever accepted;
- the ledger cannot be written, or another console is sending from it.
Nobody is sent to twice: only what was definitely not accepted is tried again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from console.channels.address import is_safe
from console.channels.live.gate import Gate
from console.channels.live.guard import Guard
from console.channels.live.holds import WAITS, Holds
from console.channels.live.pipeline import Line
from console.channels.live.plainline import PlainLine
from console.channels.live.readahead import LOW, ReadAhead
from console.channels.live.smtp import Answer, Connection, NoConnection
from console.channels.protocol import Recipient, Told, Waiting
from console.errors import ConsoleError

if TYPE_CHECKING:
    from console.channels.live.dispatcher import Sending
    from console.channels.live.message import Copies
    from console.channels.live.transport import Control
    from console.clock import Clock

RECONNECT_AFTER: Final = (1_000, 2_000, 4_000)  # ms, when the last connection is gone
UNSENT_BEFORE_PUT_OFF: Final = 2
GROW_AFTER: Final = 100  # accepted per connection, before one more is tried where the relay took no more

_OUTCOMES: Final = {"accepted": "accepted", "refused": "refused", "doubt": "doubt"}


class Pace(NamedTuple):
    """How it is sent.

    Attributes:
        connections: how many at once, at most.
        retry_after: ms of the first pause of one put off.
        timeout, answer_timeout: seconds, as `MailSettings` has them.
    """

    connections: int
    retry_after: int
    timeout: float
    answer_timeout: float


class Mailing:
    """One run over the waiting recipients of a ledger.

    Args:
        connect: gives a connection that is not open yet.
        copies: the message.
        ledger: who, and what became of each.
        clock: for pauses.
        pace: how it is sent.
        control: may hold or end it; `note` says what it is at.

    Attributes:
        stopped: why the line stopped before everybody was tried, for a person; else empty.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        copies: Copies,
        ledger: Waiting,
        clock: Clock,
        pace: Pace,
        control: Control,
    ) -> None:
        self._connect = connect
        self._copies = copies
        self._ready = copies.travelling()
        self._ledger = ledger
        self._clock = clock
        self._pace = pace
        self._control = control
        self._guard = Guard(pace.connections)
        self._holds = Holds(pace.retry_after)
        self._gate = Gate(ledger, self.stop)
        self._wake = asyncio.Event()
        self._ahead = ReadAhead(ledger, self._look_again, self.stop)
        self._lines: set[Sending] = set()
        self._opening: set[asyncio.Task[None]] = set()
        self._unsent: dict[int, int] = {}
        self._claimed: set[int] = set()
        self._over = False
        self._rested = 0
        self._rest_until = 0
        self._failures = 0
        self._worked = False
        self._allowed = pace.connections
        self._good = 0
        self._tried = 0
        self.stopped = ""
        control.watch(self._look_again)

    @property
    def claimed(self) -> int:
        """How many were claimed in this run."""
        return self._gate.claimed

    async def run(self) -> None:
        """Send to everybody waiting; returns when all is told, or the line stopped. What the ledger cannot do stops it."""
        with self._gate:
            again = not self._ended
            while again:
                before = self._tried
                await self._pass()
                await self._gate.drained()
                again = await self._rest(idle=self._tried == before)
        self.stop(self._control.stopped or self._left_alone())

    def stop(self, words: str) -> None:
        """Let each connection finish the message it is at, then end; those left keep waiting."""
        self.stopped = self.stopped or words
        self._look_again()

    @property
    def _ended(self) -> bool:
        return bool(self.stopped or self._control.stopped)

    def _look_again(self) -> None:
        self._wake.set()

    # -- passes --------------------------------------------------------------------------------------------------------

    async def _pass(self) -> None:
        """Everybody waiting, once, but for those who are held."""
        self._over = False
        self._ahead.begin()
        try:
            while True:
                self._wake.clear()
                self._tend()
                if not (self._lines or self._opening) and (self._ended or self._over or (self._ahead.over)):
                    return
                await self._wake.wait()
        finally:
            await self._ahead.end()
            for line in list(self._lines):
                line.cut("the mailing ended")
            for task in self._opening:
                task.cancel()
            await asyncio.gather(*self._opening, return_exceptions=True)

    def _tend(self) -> None:
        """Wake who is idle, let go of whom nobody needs, open as many connections as there is work for."""
        over = self._ended or self._over
        self._note()
        for line in list(self._lines):
            if over or (self._ahead.over and line.idle):
                line.leave()
            elif line.idle:
                line.begin()
        if over or self._control.paused or self._clock.now().wall < self._rest_until:
            return
        have = len(self._lines) + len(self._opening)
        for _ in range(min(self._allowed - have, len(self._ahead.people))):
            task = asyncio.get_running_loop().create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opened)

    async def _open(self) -> None:
        """Open one connection and set it to work; what goes wrong decides how many there may be."""
        if self._failures:
            await self._control.rest(self._clock, (0, *RECONNECT_AFTER)[min(self._failures - 1, 3)])
            if self._ended:
                return
        try:
            connection = self._connect()
            await connection.open()
            line = (
                Line(
                    self,
                    connection.transport,
                    timeout=self._pace.timeout,
                    answer_timeout=self._pace.answer_timeout,
                    words=connection.clean,
                )
                if connection.pipelines
                else PlainLine(self, connection)
            )
        except NoConnection as error:
            self._not_opened(error)
            return
        except ConsoleError as error:
            self.stop(error.what)
            return
        self._lines.add(line)
        line.begin()

    def _opened(self, task: asyncio.Task[None]) -> None:
        self._opening.discard(task)
        self._wake.set()

    def _not_opened(self, error: NoConnection) -> None:
        others = len(self._lines) + len(self._opening) - 1
        if others > 0:
            self._allowed = max(1, min(self._allowed, others))
            self._good = 0
        elif not self._worked or not error.passing or self._failures > len(RECONNECT_AFTER):
            self.stop(error.words)
        else:
            self._failures += 1

    async def _rest(self, *, idle: bool) -> bool:
        """Wait until somebody may be tried again; False when nobody will."""
        if self._ended:
            return False
        now = self._clock.now().wall
        until = self._rest_until or self._holds.next_at(now)
        if until is None or (idle and until <= now):
            return False
        self._rest_until = 0
        wait = until - now
        if wait > 0:
            self._control.note = f"Resting for {wait // 1000 + 1} s: {self._holds.put_off:,} were put off."
            await self._control.rest(self._clock, wait)
        await self._control.turn()
        return not self._ended

    def _left_alone(self) -> str:
        """Who was left waiting because a domain took nothing."""
        domains = self._holds.exhausted()
        return f"{', '.join(domains[:5])} put us off until the end." if domains else ""

    def _note(self) -> None:
        words = [f"{len(self._lines)} connections" if len(self._lines) != 1 else "1 connection"]
        if self._allowed < self._pace.connections:
            words.append(f"the relay takes no more than {self._allowed}")
        if self._holds.put_off:
            words.append(f"{self._holds.put_off:,} put off, to be tried again")
        if alone := self._holds.left_alone(self._clock.now().wall):
            words.append(f"left alone for a while: {', '.join(alone[:3])}{' ...' if len(alone) > 3 else ''}")
        self._control.note = "; ".join(words)

    # -- dispatcher.Dispatcher -----------------------------------------------------------------------------------------

    def following(self) -> Recipient | None:
        """The next recipient who is not held."""
        if self._over or self._control.paused or self._ended:
            return None
        queue, holds = self._ahead.people, self._holds
        now = self._clock.now().wall if self._rest_until or holds.active else 0
        if now < self._rest_until:
            return None
        while queue:
            recipient = queue.popleft()
            if now and holds.held(recipient.n, recipient.address, now):
                continue
            if len(queue) < LOW:
                self._ahead.hungry()
            self._tried += 1
            if is_safe(recipient.address):
                return recipient
            self._gate.told(Told(recipient.n, "refused", text="an address that was not checked"))
        self._ahead.hungry()
        if self._ahead.dry:
            self._wake.set()
        return None

    def copy(self, recipient: Recipient) -> bytes:
        """The message to one, as it travels after DATA."""
        return self._ready.joined(recipient.address)

    def message(self, recipient: Recipient) -> bytes:
        """The message to one."""
        return self._copies.joined(recipient.address)

    def sender(self, recipient: Recipient) -> str:
        """The envelope's sender."""
        return self._copies.sender(recipient.address, recipient.n)

    def claim(self, recipient: Recipient, line: Sending) -> None:
        """Claim one; the line is told when it is durable."""
        self._claimed.add(recipient.n)
        self._gate.claim(recipient.n, line)

    def answered(self, recipient: Recipient, answer: Answer, line: Sending) -> None:
        """Keep what became of one, and see what it says of the line."""
        n, word = recipient.n, answer.word
        claimed = n in self._claimed
        self._claimed.discard(n)
        if outcome := _OUTCOMES.get(word):
            self._gate.told(Told(n, outcome, answer.code, answer.text))
            if word != "doubt":
                self._holds.answered(n, recipient.address)
        else:
            self._not_now(recipient, answer, claimed=claimed)
        if answer.code:
            self._failures = 0
            self._worked = True
        self._growing(answer)
        if why := self._guard.look(answer, fresh=line.fresh):
            self.stop(why)
        elif self._guard.tired and not self._over:
            self._tire(answer)

    def ended(self, line: Sending) -> None:
        """A connection is gone."""
        self._lines.discard(line)
        self._wake.set()

    def _not_now(self, recipient: Recipient, answer: Answer, *, claimed: bool) -> None:
        """It was not accepted, and may be tried again: this recipient later, or anybody when the trouble is the relay's."""
        n = recipient.n
        tries = self._unsent.get(n, 0) + 1
        if answer.word == "later" or (answer.word == "unsent" and tries > UNSENT_BEFORE_PUT_OFF):
            self._unsent.pop(n, None)
            if not self._holds.later(n, recipient.address, answer.text, self._clock.now().wall):
                self._gate.told(Told(n, "refused", answer.code, answer.text))
                return
            self._gate.told(Told(n, "later", answer.code, answer.text))
            return
        if answer.word == "unsent":
            self._unsent[n] = tries
        if claimed:
            self._gate.told(Told(n, "later", answer.code, answer.text))
        self._ahead.people.appendleft(recipient)
        if answer.word == "busy" and "too many" in answer.text.lower():
            self._allowed = max(1, min(self._allowed, len(self._lines) - 1))
            self._good = 0

    def _growing(self, answer: Answer) -> None:
        if answer.word == "accepted":
            self._rested = 0
            self._good += 1
            if self._allowed < self._pace.connections and self._good >= GROW_AFTER * self._allowed:
                self._allowed += 1
                self._good = 0
                self._wake.set()

    def _tire(self, answer: Answer) -> None:
        """The relay as a whole puts us off: rest, longer each time, and in the end stop."""
        self._over = True
        if self._rested >= len(WAITS):
            self.stop(f"The relay puts us off again and again: {answer.said}")
            return
        self._rest_until = self._clock.now().wall + self._pace.retry_after * WAITS[self._rested]
        self._rested += 1
        self._wake.set()
