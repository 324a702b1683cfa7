"""One wording to everybody on a ledger through GOV.UK Notify: several requests on their way, each claimed before it leaves.

The first one goes alone: what Notify made of it must hold our words. When the line stops by itself, the rest is left waiting:
- the day is used up; the key, the clock or the settings are not taken; what Notify makes of our words is not ours;
- nobody can be reached, or what is taken is not answered;
- the first twenty are all refused;
- the ledger cannot be written, or another console is sending from it.
Who is in doubt is looked for by reference after a while: found is accepted, not found stays in doubt, because a request that was
slow may still arrive. Nobody is sent to twice.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from console.channels.live.notify_calls import Calls, Verdict
from console.channels.live.notify_pace import Pace
from console.channels.live.web import Lost, NotSent
from console.channels.protocol import Ledger, Recipient, Told
from console.errors import ConsoleError
from console.text import counted

if TYPE_CHECKING:
    from console.channels.live.notify_words import Letter
    from console.channels.live.transport import Control, Progress

PAUSES: Final = (2_000, 5_000, 10_000, 20_000, 40_000)  # ms between tries of one alone, while nothing answers
IN_A_ROW: Final = 3  # without an answer, before the line is held
RATE_PAUSES: Final = (2_000, 5_000, 15_000, 30_000, 60_000)  # ms, while Notify says there were too many
RATE_LIMITED: Final = 20  # times in a row that it may say so, each after its pause
REFUSED_BEFORE_ANY: Final = 20
DOUBTS_A_CONNECTION: Final = 4
LOOK_AFTER: Final = (30_000, 120_000)  # ms after a doubt, and after the first look
DAY_IS_FULL: Final = (
    "GOV.UK Notify takes no more mails of this service today: its day's limit is used up. It starts anew at midnight; then let "
    "the mailing go on, and only those who wait are sent to."
)


class Sending:
    """One run over the waiting recipients of a ledger.

    Args:
        calls: the service.
        letter: the words.
        ledger: who, and what became of each.
        control: may hold or end it.
        pace: how fast.
        progress: called with counts as `Ledger.counts` gives them; must be quick and not raise.
    """

    def __init__(
        self,
        calls: Calls,
        letter: Letter,
        ledger: Ledger,
        control: Control,
        pace: Pace,
        progress: Progress | None = None,
    ) -> None:
        self._calls = calls
        self._letter = letter
        self._ledger = ledger
        self._control = control
        self._clock = calls.clock
        self._pace = pace
        self._progress = progress
        self._width = calls.settings.connections
        self._source = ledger.waiting()
        self._more = True  # whether the source may give another
        self._back: deque[Recipient] = deque()  # put off, so waiting again
        self._aside: list[tuple[int, Verdict]] = []  # refused before anybody was accepted
        self._told: list[Told] = []
        self._flying: set[asyncio.Task[None]] = set()
        self._moved = asyncio.Event()
        self._mistake: BaseException | None = None  # our own
        self._held_until = 0  # boot ms
        self._accepted = False
        self._row = self._alone = self._limited = 0
        self._doubts: list[
            tuple[int, int, int, str]
        ] = []  # a heap: boot ms of the next look, n, looks, address
        self._looker: asyncio.Task[None] | None = None
        self._lost = 0  # doubts that no look resolved yet
        self._ended = ""
        self._answers = {
            "accepted": self._was_accepted,
            "refused": self._was_refused,
            "rate": self._was_rate,
            "day": self._was_day,
            "barred": self._was_barred,
            "unsent": self._was_unsent,
            "doubt": self._was_doubt,
        }

    async def run(self) -> str:
        """Send to everybody waiting; why it ended before everybody was tried, or nothing.

        Raises:
            ConsoleError: the ledger cannot be read at all; nothing was sent.
        """
        await self._ledger.counts()
        try:
            await self._all()
            await self._settle()
        except ConsoleError as error:
            self._end(error.what)
            with suppress(ConsoleError):  # what was on its way is answered, and worth keeping if it can be
                await self._landed()
        finally:
            left = [*self._flying, *([self._looker] if self._looker is not None else [])]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            if isinstance(self._source, AsyncGenerator):
                await self._source.aclose()
        return self._why()

    def _why(self) -> str:
        if self._mistake is not None:
            raise self._mistake
        return self._control.stopped or self._ended

    def _end(self, words: str) -> None:
        self._ended = self._ended or words

    # -- the line --------------------------------------------------------------------------------------------------------

    async def _all(self) -> None:
        while not self._why():
            if self._control.paused:
                await self._landed()
                await self._control.turn()
                continue
            self._look_if_due()
            people = await self._next()
            await self._commit(people)
            if self._why():  # a person ended it while the claims were written: none of these has left
                self._told += [Told(each.n, "later") for each in people]
                break
            self._launch(people)
            if not people and not self._flying and not self._more and not self._back:
                break
            await self._wait(idle=not people)
        await self._landed()
        if not self._why():
            self._told += [Told(n, "refused", verdict.code, verdict.text) for n, verdict in self._aside]
            await self._commit()

    async def _next(self) -> list[Recipient]:
        """Who is claimed next: as many as there are free hands, and as the pace allows."""
        now = self._clock.now().boot
        people: list[Recipient] = []
        while (
            len(self._flying) + len(people) < self._hands
            and now >= self._held_until
            and not self._pace.wait(now)
            and (recipient := await self._one()) is not None
        ):
            self._pace.take(now)
            people.append(recipient)
        return people

    @property
    def _hands(self) -> int:
        """How many may be on their way: one until Notify has made our words right, and while it does not answer."""
        return self._width if self._accepted and self._row < IN_A_ROW else 1

    async def _one(self) -> Recipient | None:
        if self._back:
            return self._back.popleft()
        recipient = await anext(self._source, None) if self._more else None
        self._more = recipient is not None
        return recipient

    async def _commit(self, people: Sequence[Recipient] = ()) -> None:
        """Write down what was said, and who is about to be sent to, in one."""
        told, self._told = self._told, []
        if told or people:
            await self._ledger.commit(told, [each.n for each in people])
            if self._progress is not None:
                self._progress(await self._ledger.counts())

    def _launch(self, people: list[Recipient]) -> None:
        alone = self._hands == 1
        for recipient in people:
            flight = asyncio.create_task(self._fly(recipient, alone=alone))
            self._flying.add(flight)
            flight.add_done_callback(self._land)

    def _land(self, flight: asyncio.Task[None]) -> None:
        self._flying.discard(flight)
        self._moved.set()
        if not flight.cancelled():
            self._mistake = self._mistake or flight.exception()

    async def _wait(self, *, idle: bool) -> None:
        """Until something came back, or the pace allows the next."""
        self._moved.clear()
        if self._told:
            return
        now = self._clock.now().boot
        full = len(self._flying) >= self._hands or not (self._more or self._back)
        if full and self._flying:
            await self._moved.wait()
        elif idle:
            await self._rest(max(self._held_until - now, self._pace.wait(now)))

    async def _rest(self, ms: int) -> None:
        """Let `ms` pass, or less when something comes back or a person ends it."""
        rest = asyncio.ensure_future(self._control.rest(self._clock, ms))
        try:
            await asyncio.wait((rest, *self._flying), return_when=asyncio.FIRST_COMPLETED)
        finally:
            rest.cancel()
            await asyncio.gather(rest, return_exceptions=True)

    async def _landed(self) -> None:
        """Everybody on the way has been answered, and it is written down."""
        while self._flying:
            await asyncio.wait(self._flying)
        await self._commit()

    # -- answers ---------------------------------------------------------------------------------------------------------

    async def _fly(self, recipient: Recipient, *, alone: bool) -> None:
        try:
            verdict = await self._calls.post(self._letter, recipient.n, recipient.address)
        except ConsoleError as error:
            verdict = Verdict("barred", text=error.what)
        self._answers[verdict.word](recipient, verdict, alone)

    def _tell(self, recipient: Recipient, outcome: str, verdict: Verdict) -> None:
        self._told.append(Told(recipient.n, outcome, verdict.code, verdict.text))

    def _answered(self) -> None:
        self._row = self._alone = 0

    def _was_accepted(self, recipient: Recipient, verdict: Verdict, _alone: bool) -> None:
        self._answered()
        self._limited = 0
        self._control.note = ""
        self._tell(recipient, "accepted", verdict)
        if verdict.differs:
            self._end(f"Somebody was sent what nobody approved: {verdict.differs}. Look at the template.")
        elif not self._accepted:
            self._accepted = True  # so it is the others' addresses that were refused, not our settings
            self._told += [Told(n, "refused", each.code, each.text) for n, each in self._aside]
            self._aside = []

    def _was_refused(self, recipient: Recipient, verdict: Verdict, _alone: bool) -> None:
        self._answered()
        if self._accepted:
            self._tell(recipient, "refused", verdict)
            return
        self._tell(recipient, "later", verdict)
        self._aside.append((recipient.n, verdict))
        if len(self._aside) >= REFUSED_BEFORE_ANY:
            self._end(
                f"Notify refused the first {len(self._aside)} and accepted nobody: {verdict.text}. They are waiting still."
            )

    def _was_rate(self, recipient: Recipient, verdict: Verdict, _alone: bool) -> None:
        """Too many in this minute, perhaps by another system of the service: wait, then go on."""
        self._answered()
        self._tell(recipient, "later", verdict)
        self._back.append(recipient)
        now = self._clock.now().boot
        if now < self._held_until:
            return  # it was on its way when the first of these came back
        self._held_until = now + RATE_PAUSES[min(self._limited, len(RATE_PAUSES) - 1)]
        self._control.note = "Notify takes no more in this minute: it goes on by itself"
        self._limited += 1
        if self._limited > RATE_LIMITED:
            self._end(f"Notify says again and again that too much is sent by this service: {verdict.text}")

    def _was_day(self, recipient: Recipient, verdict: Verdict, _alone: bool) -> None:
        self._tell(recipient, "later", verdict)
        self._end(f"{DAY_IS_FULL} Notify says: {verdict.text}")

    def _was_barred(self, recipient: Recipient, verdict: Verdict, _alone: bool) -> None:
        self._tell(recipient, "later", verdict)
        self._end(verdict.text)

    def _was_unsent(self, recipient: Recipient, verdict: Verdict, alone: bool) -> None:
        self._tell(recipient, "later", verdict)
        self._back.append(recipient)
        self._unanswered(f"GOV.UK Notify cannot be reached: {verdict.text}", alone=alone)

    def _was_doubt(self, recipient: Recipient, verdict: Verdict, alone: bool) -> None:
        self._tell(recipient, "doubt", verdict)
        due = self._clock.now().boot + LOOK_AFTER[0]
        heapq.heappush(self._doubts, (due, recipient.n, 0, recipient.address))
        self._lost += 1
        words = f"Notify took {counted(self._lost, 'mail')} and did not say what became of it: {verdict.text}"
        if self._lost > DOUBTS_A_CONNECTION * self._width:
            self._end(words)
        self._unanswered(words, alone=alone)

    def _unanswered(self, words: str, *, alone: bool) -> None:
        self._row += 1
        if self._row < IN_A_ROW:
            return
        now = self._clock.now().boot
        self._alone += alone
        if self._alone >= len(PAUSES):
            self._end(words)
            return
        self._held_until = max(self._held_until, now + PAUSES[self._alone])
        self._control.note = "Notify does not answer: one at a time until it does"

    # -- doubts ----------------------------------------------------------------------------------------------------------

    def _look_if_due(self) -> None:
        """Look for one whose time has come, beside the sending."""
        if self._looker is not None and self._looker.done():
            self._looker.result()
            self._looker = None
        if self._looker is None and self._doubts and self._doubts[0][0] <= self._clock.now().boot:
            self._looker = asyncio.create_task(self._look())

    async def _settle(self) -> None:
        """At the end, look for those in doubt, each when its time has come."""
        if self._looker is not None:
            await self._looker
        while self._doubts and not self._why():
            await self._control.rest(self._clock, max(0, self._doubts[0][0] - self._clock.now().boot))
            if not self._why():
                await self._look()
                await self._commit()

    async def _look(self) -> None:
        """Ask for the next one by its reference. Found is accepted; not found, twice, stays in doubt."""
        due, n, looks, address = heapq.heappop(self._doubts)
        try:
            status = await self._calls.found(self._letter.reference(n), address)
        except (NotSent, Lost, ConsoleError):
            status = None
        if status:
            self._told.append(Told(n, "accepted", 0, status, looked=True))
            self._lost -= 1
        elif looks + 1 < len(LOOK_AFTER):
            heapq.heappush(self._doubts, (due + LOOK_AFTER[looks + 1], n, looks + 1, address))
        self._moved.set()
