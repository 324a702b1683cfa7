"""Mail through the organisation's relay: to everybody on a list, to staff, and one to look at first.

SMTP has no idempotency key and cannot be read back: every verb here is *blind*. What is not known stays in doubt and is
never sent again by itself.
"""

from __future__ import annotations

import asyncio
import json
from typing import Final

from console.channels.live.mail_settings import MailSettings, addresses_in
from console.channels.live.mailing import Mailing, Progress
from console.channels.live.message import Template, Unfit
from console.channels.live.smtp import Answer, Connection, NoConnection, Secret, tls_context
from console.channels.live.transport import MailTest
from console.channels.protocol import Done, Failed, InDoubt, Ledger, Order, Outcome, Seen, Sighting
from console.clock import Clock
from console.errors import ConsoleError

SECONDS_TO_LEAVE: Final = 10


class MailChannel:
    """One relay as a channel.

    Args:
        name: the playbook's name for it.
        settings: from `MailSettings.read`.
        secret: gives the password at the moment of login; only asked when a user is set.
        clock: for the Date header and for pauses.

    Attributes:
        on_progress: called with `Ledger.counts` while a mailing runs; set it before the act.
    """

    kind: Final = "mail"

    def __init__(self, name: str, settings: MailSettings, secret: Secret, clock: Clock) -> None:
        self.name: Final = name
        self.on_progress: Progress | None = None
        self._settings = settings
        self._secret = secret
        self._clock = clock
        self._counts: dict[tuple[str, str], dict[str, int]] = {}

    def can(self, verb: str) -> bool:
        """`send` always; the other two when the machine knows whom to send to."""
        known = {
            "send": True,
            "send-internal": self._settings.internal_to,
            "send-test": self._settings.test_to,
        }
        return bool(known.get(verb))

    async def act(self, order: Order, ledger: Ledger | None = None) -> Outcome:
        """Carry out one order; see `protocol.Channel`. Being cancelled, it finishes the messages on their way first."""
        claimed = _Claimed(order.attempt)
        try:
            template = Template(self._settings, order, self._clock.now().wall)
            if order.verb == "send":
                return await self._send(order, template, ledger, claimed)
            if order.verb in ("send-internal", "send-test"):
                return await self._send_few(order, template, claimed)
        except Unfit as error:
            return Failed(str(error))
        except ConsoleError as error:
            return claimed.outcome(error.what)
        except Exception as error:  # noqa: BLE001 - our own mistake ends as a doubt, not a crash
            return claimed.outcome(f"The mail channel failed: {type(error).__name__}.")
        return Failed(f"Mail cannot {order.verb}.")

    async def probe(self, order: Order) -> Seen:
        """SMTP cannot be read back."""
        del order
        return Seen("cannot-see", "A mail relay cannot be asked what it delivered.")

    async def check(self, probe: str, order: Order) -> Seen:
        """`accounted`: what the relay said of each recipient of the mailing this console ran (the last one, if none is named)."""
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
        """No connection outlives an act."""

    async def test(self) -> MailTest:
        """Connect, secure, greet, log in, and leave; nothing is sent."""
        settings = self._settings
        lines = []
        try:
            connection = self._connection_maker()()
        except ConsoleError as error:
            return MailTest(ok=False, lines=(error.what, "Nothing was sent."))
        try:
            await connection.open()
            secured = {
                "implicit": "TLS from the start",
                "starttls": "TLS by STARTTLS",
                "none": "no TLS, this machine only",
            }
            lines.append(f"Connected to {settings.host} port {settings.port}: {secured[settings.tls]}.")
            lines.append(f"Logged in as {settings.user}." if settings.user else "No login is set.")
            lines.append(f"The relay answers: {await connection.noop()}.")
            size = "size" in connection.offers()
            lines.append(
                f"It offers {', '.join(connection.offers()) or 'no extensions'}.{'' if size else ' No size limit told.'}"
            )
        except NoConnection as error:
            return MailTest(ok=False, lines=(*lines, error.words, "Nothing was sent."))
        except ConsoleError as error:
            return MailTest(ok=False, lines=(*lines, error.what, "Nothing was sent."))
        finally:
            await connection.quit()
        lines += [
            f"It cannot be seen from here whether it accepts {settings.sender} as the sender: send a test mail.",
            *(f"Guided by hand: {verb}, because {name} is not set." for verb, name in self._unset()),
        ]
        return MailTest(ok=True, lines=tuple(lines))

    def _unset(self) -> list[tuple[str, str]]:
        pairs = (("send-internal", "internal-to"), ("send-test", "test-to"))
        return [(verb, name) for verb, name in pairs if not self.can(verb)]

    def _connection_maker(self) -> _Maker:
        return _Maker(self._settings, self._secret)

    async def _send(
        self, order: Order, template: Template, ledger: Ledger | None, claimed: _Claimed
    ) -> Outcome:
        if ledger is None:
            return Failed("There is no list of recipients.")
        mailing = Mailing(
            self._connection_maker(),
            template,
            self._settings.bounces,
            ledger,
            self._clock,
            connections=self._settings.connections,
            retry_after=self._settings.retry_after * 1_000,
            progress=self.on_progress,
        )
        try:
            await _leave_gently(mailing)
        finally:
            claimed.count = mailing.claimed
        counts = await ledger.counts()
        self._counts.pop((order.incident, order.recipients), None)  # so that the newest stands last
        self._counts[order.incident, order.recipients] = counts
        return _mailing_outcome(counts, mailing.stopped)

    async def _send_few(self, order: Order, template: Template, claimed: _Claimed) -> Outcome:
        """One envelope each, one after the other, no second try of anything."""
        known = self._settings.internal_to if order.verb == "send-internal" else self._settings.test_to
        addresses, wrong = addresses_in(order.arguments.get("to", ""))
        if wrong:
            return Failed(f"There is nobody to send to: {'; '.join(wrong)}.")
        addresses = addresses or known
        if not addresses:
            return Failed("There is nobody to send to: no address is set for this.")
        answers: dict[str, Answer] = {}
        connection = self._connection_maker()()
        try:
            await connection.open()
            for address in addresses:
                answers[address] = await connection.deliver(
                    self._settings.bounces, address, template.to(address), claimed.claim
                )
                if not connection.alive:
                    break
        except NoConnection as error:
            return Failed(error.words)
        finally:
            await connection.quit()
        return _few_outcome(addresses, answers, template)


class _Maker:
    """Makes connections that share one TLS context, which takes longer to load than a session to open."""

    def __init__(self, settings: MailSettings, secret: Secret) -> None:
        self._settings = settings
        self._secret = secret
        self._context = None if settings.tls == "none" else tls_context(settings)

    def __call__(self) -> Connection:
        return Connection(self._settings, self._secret, self._context)


class _Claimed:
    """How many messages may have left, so that a failure of our own is told apart from a doubt."""

    def __init__(self, attempt: int) -> None:
        self.count = 0
        self._first = attempt == 1

    async def claim(self) -> None:
        """One message is about to leave."""
        self.count += 1

    def outcome(self, reason: str) -> Outcome:
        """Failed while nothing can have left, at this attempt or an earlier one; else InDoubt."""
        return Failed(reason) if self._first and not self.count else InDoubt(reason)


async def _leave_gently(mailing: Mailing) -> None:
    """Run it; when cancelled, let the messages on their way be answered, so that a person who quits makes no doubts."""
    task = asyncio.create_task(mailing.run())
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        mailing.stop("The console was closed.")
        if not mailing.resting:
            await asyncio.wait({task}, timeout=SECONDS_TO_LEAVE)
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
        raise


def _mailing_outcome(counts: dict[str, int], stopped: str) -> Outcome:
    accepted, refused, doubtful, waiting = (
        counts[name] for name in ("accepted", "refused", "tried", "waiting")
    )
    proof = _canonical(counts)
    if waiting:
        words = f"{stopped or 'The line stopped.'} {waiting:,} of {counts['total']:,} were not tried."
        if not accepted and not doubtful:
            return Failed(words, proof)
        return InDoubt(f"{words} {accepted:,} accepted, {refused:,} refused, {doubtful:,} not known.", proof)
    if not accepted and not doubtful:
        return Failed(f"The relay refused all {refused:,}.", proof)
    return Done(proof, accepted=accepted, refused=refused, doubtful=doubtful)


def _few_outcome(addresses: tuple[str, ...], answers: dict[str, Answer], template: Template) -> Outcome:
    words = {address: answer.word for address, answer in answers.items()}
    proof = _canonical(
        {
            address: f"{answer.word} {answer.code or ''} {answer.text}".replace("  ", " ").strip()
            for address, answer in answers.items()
        }
    )
    accepted = sum(word == "accepted" for word in words.values())
    doubtful = [address for address, word in words.items() if word == "doubt"]
    if doubtful:
        return InDoubt(f"The relay did not answer for {', '.join(doubtful)}.", proof)
    if accepted == 0:
        return Failed("The relay took none of it.", proof)
    remote = template.message_id(addresses[0])
    return Done(proof, remote, accepted=accepted, refused=len(addresses) - accepted)


def _canonical(plain: object) -> str:
    return json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
