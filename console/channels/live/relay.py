"""The organisation's own relay as a transport, over SMTP (RFC 5321).

SMTP has no idempotency key and cannot be read back: what is not known stays in doubt and is never sent again by itself.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

from console.apart import NotStarted
from console.channels.live.mailing import Mailing, Pace
from console.channels.live.message import build
from console.channels.live.preview import of_a_list, readable
from console.channels.live.smtp import Answer, Connection, NoConnection, tls_context
from console.channels.live.transport import Control, MailTest
from console.channels.protocol import Done, Failed, InDoubt, Seen
from console.errors import ConsoleError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from console.channels.live.mail_settings import MailSettings
    from console.channels.live.message import Copies
    from console.channels.live.smtp import Secret
    from console.channels.protocol import Ledger, Order, Outcome, Waiting
    from console.clock import Clock

SECONDS_TO_LEAVE: Final = 10
T = TypeVar("T")


class Relay:
    """One relay. It satisfies `transport.Transport`.

    Args:
        settings: from `MailSettings.read`.
        secret: gives the password at the moment of login; only asked when a user is set.
        clock: for the Date header and for pauses.
        apart: whether a mailing is sent by a process of its own, so that an officer's keys wait for nothing.
    """

    def __init__(self, settings: MailSettings, secret: Secret, clock: Clock, *, apart: bool = False) -> None:
        self._settings = settings
        self._secret = secret
        self._clock = clock
        self._apart = apart

    def can(self, verb: str) -> bool:
        """`send` always; the other two when the machine knows whom to send to."""
        known = {
            "send": True,
            "send-internal": self._settings.internal_to,
            "send-test": self._settings.test_to,
        }
        return bool(known.get(verb))

    async def send(self, order: Order, ledger: Ledger, control: Control) -> str:
        """As `Transport.send`. Being cancelled, it finishes the messages on their way first."""
        copies = build(self._settings, order, self._clock.now().wall)
        await ledger.counts()  # one that cannot be read fails here, before anything is opened
        if self._apart:
            from console.channels.live.sender import send_apart

            with suppress(NotStarted):
                return await _gently(
                    send_apart(self._settings, self._secret, copies, ledger, control), control
                )
        mailing = mailing_of(self._settings, self._secret, copies, ledger, self._clock, control)
        await _gently(mailing.run(), control)
        return mailing.stopped

    async def send_few(self, order: Order, addresses: Sequence[str]) -> Outcome:
        """One envelope each, one after the other, no second try of anything."""
        copies = build(self._settings, order, self._clock.now().wall)
        answers: dict[str, Answer] = {}
        left = 0

        async def leaves() -> None:
            nonlocal left
            left += 1

        connection = connections_of(self._settings, self._secret)()
        try:
            await connection.open()
            for n, address in enumerate(addresses):
                answers[address] = await connection.deliver(
                    copies.sender(address, n), address, copies.to(address, n), leaves
                )
                if not connection.alive:
                    break
        except NoConnection as error:
            return Failed(error.words)
        except ConsoleError as error:
            return InDoubt(error.what) if left else Failed(error.what)
        finally:
            await connection.quit()
        return _few_outcome(tuple(addresses), answers, copies)

    def as_sent(self, order: Order, address: str) -> str:
        """The whole mail to one address, decoded."""
        return readable(build(self._settings, order, self._clock.now().wall), address, 0)

    async def look(self, order: Order, ledger: Ledger) -> Seen:
        """SMTP cannot be read back."""
        del order, ledger
        return Seen("cannot-see", "A mail relay cannot be asked what it delivered.")

    async def close(self) -> None:
        """No connection outlives an act."""

    async def test(self) -> MailTest:
        """Connect, secure, greet, log in, and leave; nothing is sent."""
        settings = self._settings
        lines = []
        try:
            connection = connections_of(settings, self._secret)()
        except ConsoleError as error:
            return MailTest(ok=False, lines=(error.what, "Nothing was sent."))
        try:
            await connection.open()
            lines += [
                f"Connected to {settings.host} port {settings.port}: {_SECURED[settings.tls]}.",
                f"Logged in as {settings.user}." if settings.user else "No login is set.",
                f"The relay answers: {await connection.noop()}.",
            ]
            size = "size" in connection.offers()
            lines += [
                f"It offers {', '.join(connection.offers()) or 'no extensions'}.{'' if size else ' No size limit told.'}",
                (
                    f"A mailing goes over {settings.connections} connections"
                    f"{', in groups of commands' if connection.pipelines else ', one command at a time: it offers no PIPELINING'}."
                ),
            ]
        except NoConnection as error:
            return MailTest(ok=False, lines=(*lines, error.words, "Nothing was sent."))
        except ConsoleError as error:
            return MailTest(ok=False, lines=(*lines, error.what, "Nothing was sent."))
        finally:
            await connection.quit()
        lines += [
            f"It cannot be seen from here whether it accepts {settings.sender} as the sender: send a test mail.",
            "Nothing is signed here: DKIM and S/MIME are the relay's to add.",
            *of_a_list(settings),
            *(f"Guided by hand: {verb}, because {name} is not set." for verb, name in self._unset()),
        ]
        return MailTest(ok=True, lines=tuple(lines))

    def _unset(self) -> list[tuple[str, str]]:
        pairs = (("send-internal", "internal-to"), ("send-test", "test-to"))
        return [(verb, name) for verb, name in pairs if not self.can(verb)]


_SECURED: Final = {
    "implicit": "TLS from the start",
    "starttls": "TLS by STARTTLS",
    "none": "no TLS, this machine only",
}


class connections_of:  # noqa: N801 - called as a function; it keeps what all its connections share
    """Makes connections that share one TLS context, which takes longer to load than a session to open.

    Raises:
        ChannelError: the certificate's file cannot be used.
    """

    def __init__(self, settings: MailSettings, secret: Secret) -> None:
        self._settings = settings
        self._secret = secret
        self._context = None if settings.tls == "none" else tls_context(settings)

    def __call__(self) -> Connection:
        """One that is not open yet."""
        return Connection(self._settings, self._secret, self._context)


def mailing_of(
    settings: MailSettings, secret: Secret, copies: Copies, ledger: Waiting, clock: Clock, control: Control
) -> Mailing:
    """A mailing over this relay, not begun."""
    pace = Pace(
        connections=settings.connections,
        retry_after=settings.retry_after * 1_000,
        timeout=settings.timeout,
        answer_timeout=settings.answer_timeout,
    )
    return Mailing(connections_of(settings, secret), copies, ledger, clock, pace, control)


async def _gently(sending: Coroutine[object, object, T], control: Control) -> T:
    """Await it; when cancelled, let the messages on their way be answered, so that a person who quits makes no doubts."""
    task = asyncio.ensure_future(sending)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        control.stop("The console was closed.")
        await asyncio.wait({task}, timeout=SECONDS_TO_LEAVE)
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
        raise


def _few_outcome(addresses: tuple[str, ...], answers: dict[str, Answer], copies: Copies) -> Outcome:
    words = {address: answer.word for address, answer in answers.items()}
    said = {address: f"{answer.word} {answer.said}".strip() for address, answer in answers.items()}
    proof = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    accepted = sum(word == "accepted" for word in words.values())
    doubtful = [address for address, word in words.items() if word == "doubt"]
    if doubtful:
        return InDoubt(f"The relay did not answer for {', '.join(doubtful)}.", proof)
    if accepted == 0:
        return Failed("The relay took none of it.", proof)
    remote = copies.message_id(addresses[0])
    return Done(proof, remote, accepted=accepted, refused=len(addresses) - accepted)
