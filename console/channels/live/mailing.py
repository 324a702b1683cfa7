"""One message to everybody on a ledger: several connections side by side, each recipient claimed before it is sent to.

When the line stops by itself, with the rest left waiting:
- nobody can be reached any more, or the relay refuses us;
- three messages in a row, each the first on its connection, went without an answer; or four a connection in all;
- twenty answers in a row put us off, or fifty refuse and none ever accepted: the trouble is not the recipients';
- the ledger cannot be written, or another console is sending from it.
Those put off are tried once more at the end; who is put off again counts as refused. Nobody is sent to twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Final

from console.channels.live.message import Template
from console.channels.live.smtp import Answer, Connection, NoConnection
from console.channels.protocol import Ledger, Recipient
from console.clock import Clock
from console.errors import ConsoleError

DOUBTS_IN_A_ROW: Final = 2
DOUBTS_A_CONNECTION: Final = 4
PUT_OFF_IN_A_ROW: Final = 20
REFUSED_BEFORE_ANY: Final = 50
RECONNECT_AFTER: Final = (1_000, 2_000, 4_000)  # ms, when the last connection is gone

Progress = Callable[[dict[str, int]], None]


class Mailing:
    """One run over the waiting recipients of a ledger.

    Args:
        connect: gives a connection that is not open yet.
        template: the message.
        sender: the envelope's sender.
        ledger: who, and what became of each.
        clock: for pauses.
        connections: how many at once.
        retry_after: ms before those who were put off are tried once more.
        progress: called with counts as `Ledger.counts` gives them after each answer; must be quick and not raise.

    Attributes:
        stopped: why the line stopped by itself, for a person; empty when everybody was tried.
        claimed: how many were claimed in this run.
        resting: whether it only waits for the last round; then nothing is on its way.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        template: Template,
        sender: str,
        ledger: Ledger,
        clock: Clock,
        *,
        connections: int,
        retry_after: int,
        progress: Progress | None = None,
    ) -> None:
        self._connect = connect
        self._template = template
        self._sender = sender
        self._ledger = ledger
        self._clock = clock
        self._width = connections
        self._retry_after = retry_after
        self._progress = progress
        self._guard = _Guard(connections)
        self._source: AsyncIterator[Recipient] = ledger.waiting()
        self._turn = asyncio.Lock()
        self._returned: list[Recipient] = []
        self._open: set[Connection] = set()
        self._counts: dict[str, int] = {}
        self._last_round = False
        self._put_off = False
        self._working = 0
        self.stopped = ""
        self.claimed = 0
        self.resting = False

    async def run(self) -> None:
        """Send to everybody waiting, then once more to those put off; returns when all is told or the line stopped.

        Raises:
            ConsoleError: the ledger cannot be read at all; nothing was sent.
        """
        self._counts = await self._ledger.counts()
        try:
            first = await self._first()
            if first is None:
                return
            await self._round(first)
            if self._put_off and not self.stopped:
                self.resting = True
                await self._clock.sleep(self._retry_after)
                self.resting = False
                self._last_round = True
                self._source = self._ledger.waiting()
                await self._round(None)
        finally:
            for connection in self._open:
                connection.cut()

    def stop(self, words: str) -> None:
        """Let each connection finish the message it is at, then end; those left keep waiting."""
        self.stopped = self.stopped or words

    async def _first(self) -> Connection | None:
        """One connection before anything is claimed: a relay that cannot be used must fail at once."""
        try:
            return await self._connected()
        except NoConnection as error:
            self.stop(error.words)
            return None

    async def _connected(self) -> Connection:
        connection = self._connect()
        await connection.open()
        self._open.add(connection)
        return connection

    async def _round(self, first: Connection | None) -> None:
        self._working = self._width
        async with asyncio.TaskGroup() as group:
            for _ in range(self._width):
                group.create_task(self._work(first))
                first = None
        if isinstance(self._source, AsyncGenerator):
            await self._source.aclose()

    async def _work(self, connection: Connection | None) -> None:
        """One connection's worth of sending. Ledger trouble stops the whole line; nothing is raised."""
        try:
            while not self.stopped and (recipient := await self._next()) is not None:
                connection = await self._serve(recipient, connection)
                if connection is None:
                    return
            if connection is not None:
                await connection.quit()
        except ConsoleError as error:
            self.stop(error.what)
        finally:
            self._working -= 1

    async def _next(self) -> Recipient | None:
        if self._returned:
            return self._returned.pop()
        async with self._turn:
            return await anext(self._source, None)

    async def _serve(self, recipient: Recipient, connection: Connection | None) -> Connection | None:
        """Deal with one recipient; a connection that breaks before anything left is replaced once."""
        answer = Answer("unsent")
        for _ in range(2):
            connection = await self._ready(connection)
            if connection is None:
                self._returned.append(recipient)  # for the connections that are left
                return None
            answer = await self._deliver(connection, recipient)
            if answer.word != "unsent":
                break
        await self._told(recipient, answer, fresh=connection is not None and connection.fresh)
        return connection

    async def _ready(self, connection: Connection | None) -> Connection | None:
        """An open connection; None when this one ends and others go on, or when the line stopped."""
        if connection is not None:
            if connection.alive:
                return connection
            self._open.discard(connection)
        for pause in (0, *RECONNECT_AFTER):
            if pause:
                await self._clock.sleep(pause)
            if self.stopped:
                return None
            try:
                return await self._connected()
            except NoConnection as error:
                if self._working > 1:
                    return None
                if not error.passing or pause == RECONNECT_AFTER[-1]:
                    self.stop(error.words)
                    return None
        return None

    async def _deliver(self, connection: Connection, recipient: Recipient) -> Answer:
        async def claim() -> None:
            await self._ledger.tried((recipient,))
            self.claimed += 1

        try:
            message = self._template.to(recipient.address)
        except ValueError as error:
            return Answer("refused", text=str(error))
        return await connection.deliver(self._sender, recipient.address, message, claim)

    async def _told(self, recipient: Recipient, answer: Answer, *, fresh: bool) -> None:
        outcome = {"busy": "later", "barred": "later", "unsent": "later"}.get(answer.word, answer.word)
        self._put_off |= outcome == "later"
        if answer.word == "later" and self._last_round:
            outcome = "refused"
        await self._ledger.told(recipient.n, outcome, answer.code, answer.text)
        why = self._guard.look(answer, fresh=fresh)
        if why:
            self.stop(why)
        if self._progress is not None:
            self._count(outcome)
            self._progress(dict(self._counts))

    def _count(self, outcome: str) -> None:
        """Follow the ledger without asking it to write sooner than it would."""
        after = {"accepted": "accepted", "refused": "refused", "doubt": "tried"}.get(outcome)
        if after is not None:
            self._counts["waiting"] -= 1
            self._counts[after] += 1


class _Guard:
    """Looks at the run of answers and says when to stop the line."""

    def __init__(self, connections: int) -> None:
        self._most_doubts = DOUBTS_A_CONNECTION * connections
        self._doubts = self._doubts_in_a_row = self._put_off = self._refused = 0
        self._accepted = False

    def look(self, answer: Answer, *, fresh: bool) -> str:
        """Why to stop, for a person; empty to go on."""
        if answer.word == "doubt":
            self._doubts += 1
            self._doubts_in_a_row += fresh
        elif answer.code:
            self._doubts_in_a_row = 0
        self._accepted |= answer.word == "accepted"
        self._refused += answer.word == "refused"
        self._put_off = self._put_off + 1 if answer.word in ("later", "busy", "unsent") else 0
        said = f"{answer.code or ''} {answer.text}".strip()
        if answer.word == "barred":
            return f"The relay refuses us as the sender: {said}"
        if self._doubts_in_a_row > DOUBTS_IN_A_ROW or self._doubts > self._most_doubts:
            return f"The relay took {self._doubts} messages and did not answer: {said}"
        if self._put_off >= PUT_OFF_IN_A_ROW:
            return f"The relay puts us off again and again: {said}"
        if self._refused >= REFUSED_BEFORE_ANY and not self._accepted:
            return f"The relay refused the first {self._refused} and accepted nobody: {said}"
        return ""
