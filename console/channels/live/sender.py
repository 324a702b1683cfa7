"""A mailing sent by a process of its own: an officer's keys wait for nothing, and the record stays with the console.

The other process knows the relay, the message and whoever comes next; it holds no record. It asks for people and for commits,
and lets no message leave before the console said that the claim is durable. Its end, or ours, leaves at most one message a
connection in doubt. They speak in frames over a socket that only they hold:

    console                              sender
    Job                           ──▶
                                  ◀──    Want(fresh), Commit(told, claims), Note, Ended
    People, Committed, Hold, Stop ──▶

When the console is gone, the socket ends, and the sender with it.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from console.apart import NotStarted
from console.channels.live.mail_settings import MailSettings
from console.channels.live.message import Copies
from console.channels.live.relay import mailing_of
from console.channels.live.sender_frames import (
    Commit,
    Committed,
    Ended,
    Frames,
    Hold,
    Job,
    Note,
    People,
    Stop,
    ToConsole,
    ToSender,
    Want,
)
from console.channels.live.transport import Control
from console.channels.protocol import Recipient, Told
from console.clock import SystemClock
from console.errors import ChannelError, ConsoleError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from console.channels.live.smtp import Secret
    from console.channels.protocol import Ledger

PAGE: Final = 500  # people in a frame
NOTE_EVERY: Final = 0.5  # seconds
LAST: Final = 19  # of 19: the officer's keys go first; a relay is what such a process waits for


# -- the console's side ------------------------------------------------------------------------------------------------


async def send_apart(
    settings: MailSettings, secret: Secret, copies: Copies, ledger: Ledger, control: Control
) -> str:
    """Send to everybody waiting, by another process; see `Transport.send`.

    Raises:
        NotStarted: there can be no other process; nothing was sent.
        ConsoleError: nothing was sent.
    """
    password = await secret() if settings.user else None
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "console.channels.live.sender", str(theirs.fileno())),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # a Ctrl-C at the keyboard is the console's to answer
            )
        except OSError as error:
            ours.close()
            raise NotStarted(f"Another process could not be started: {error.strerror}.") from error
    frames = Frames(*await asyncio.open_connection(sock=ours))
    frames.put(Job(settings, copies, password))
    try:
        return await _Serving(frames, ledger, control).run()
    finally:
        frames.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 5)
        if process.returncode is None:
            process.kill()
            await process.wait()


class _Serving:
    """Answers what the sender asks."""

    def __init__(self, frames: Frames, ledger: Ledger, control: Control) -> None:
        self._frames = frames
        self._ledger = ledger
        self._control = control
        self._source: AsyncIterator[Recipient] | None = None
        control.watch(self._controlled)

    async def run(self) -> str:
        """Until the sender says that it is over, or is gone."""
        self._controlled()
        decoder = msgspec.msgpack.Decoder(ToConsole)
        try:
            while (asked := await self._frames.take(decoder)) is not None:
                if isinstance(asked, Ended):
                    if asked.trouble:
                        raise ChannelError(asked.trouble)
                    return asked.stopped
                await self._answer(asked)
        finally:
            await self._let_go()
        return "The process that sends ended by itself."

    async def _answer(self, asked: Want | Commit | Note) -> None:
        if isinstance(asked, Note):
            self._control.note = asked.words
        elif isinstance(asked, Commit):
            try:
                await self._ledger.commit([Told(*each) for each in asked.told], asked.claims)
            except ConsoleError as error:
                self._frames.put(Committed(error.what))
            else:
                self._frames.put(Committed())
        else:
            try:
                self._frames.put(People(await self._page(fresh=asked.fresh)))
            except ConsoleError as error:
                self._frames.put(Stop(error.what))
                self._frames.put(People([]))

    async def _page(self, *, fresh: bool) -> list[tuple[int, str]]:
        if fresh:
            await self._let_go()
        if self._source is None:
            self._source = self._ledger.waiting()
        page: list[tuple[int, str]] = []
        while len(page) < PAGE and (recipient := await anext(self._source, None)) is not None:
            page.append((recipient.n, recipient.address))
        return page

    async def _let_go(self) -> None:
        source, self._source = self._source, None
        if isinstance(source, AsyncGenerator):
            await source.aclose()

    def _controlled(self) -> None:
        if self._control.stopped:
            self._frames.put(Stop(self._control.stopped))
        else:
            self._frames.put(Hold(self._control.paused))


# -- the sender's side -------------------------------------------------------------------------------------------------


class _Gone(ConsoleError):
    """The console is gone: nothing can be claimed."""


class _Remote:
    """The console's ledger, over the socket. It satisfies `protocol.Waiting`."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self.people: asyncio.Queue[list[tuple[int, str]]] = asyncio.Queue()
        self.committed: asyncio.Queue[str] = asyncio.Queue()

    async def waiting(self) -> AsyncIterator[Recipient]:
        """Who waits, a page after the other."""
        fresh = True
        while True:
            self._frames.put(Want(fresh))
            fresh = False
            page = await self.people.get()
            if not page:
                return
            for n, address in page:
                yield Recipient(n, address)

    async def commit(self, told: Sequence[Told], claims: Sequence[int]) -> None:
        """As `Ledger.commit`; one at a time."""
        self._frames.put(Commit([each[:4] for each in told], list(claims)))
        if trouble := await self.committed.get():
            raise _Gone(trouble)


async def _send(connected: socket.socket) -> None:
    frames = Frames(*await asyncio.open_connection(sock=connected))
    decoder = msgspec.msgpack.Decoder(ToSender)
    job = await frames.take(decoder)
    if not isinstance(job, Job):
        return
    remote, control = _Remote(frames), Control()
    hearing = asyncio.create_task(_hear(frames, decoder, remote, control))
    noting = asyncio.create_task(_note(frames, control))

    async def secret() -> str | None:
        return job.password

    try:
        mailing = mailing_of(job.settings, secret, job.copies, remote, SystemClock(), control)
        await mailing.run()
        frames.put(Ended(mailing.stopped))
    except ConsoleError as error:
        frames.put(Ended(trouble=error.what))
    noting.cancel()
    await hearing  # until the console has read it and closed


async def _hear(
    frames: Frames, decoder: msgspec.msgpack.Decoder[ToSender], remote: _Remote, control: Control
) -> None:
    while (heard := await frames.take(decoder)) is not None:
        if isinstance(heard, People):
            remote.people.put_nowait(heard.people)
        elif isinstance(heard, Committed):
            remote.committed.put_nowait(heard.trouble)
        elif isinstance(heard, Stop):
            control.stop(heard.words)
        elif isinstance(heard, Hold):
            (control.pause if heard.on else control.resume)()
    # The console is gone. What is on its way is in doubt in its record, whatever a relay might still say.
    os._exit(0)


async def _note(frames: Frames, control: Control) -> None:
    said = ""
    while True:
        await asyncio.sleep(NOTE_EVERY)
        if control.note != said:
            said = control.note
            frames.put(Note(said))


def _runner() -> Callable[[Coroutine[object, object, None]], None]:
    """What runs an event loop: uvloop's costs half as much a message."""
    try:
        import uvloop
    except ImportError:  # a platform that has none
        return asyncio.run
    run: Callable[[Coroutine[object, object, None]], None] = uvloop.run
    return run


def main() -> None:
    """Send what comes over the socket whose number is the argument."""
    os.nice(LAST)
    _runner()(_send(socket.socket(fileno=int(sys.argv[1]))))


if __name__ == "__main__":
    main()
