"""GOV.UK Notify as a transport of a mail channel: one request a recipient, each found again by its reference.

Source: docs.notifications.service.gov.uk `rest-api.html`; the description of the API is alphagov/notifications-tech-docs `openapi`.
What it cannot: the sender's address is Notify's own, no Message-ID and so no thread, no attachment, no copy taken back.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from console.channels.live.message import Unfit
from console.channels.live.notify_calls import Calls, Verdict
from console.channels.live.notify_looking import Looks
from console.channels.live.notify_pace import Pace
from console.channels.live.notify_sending import Sending
from console.channels.live.notify_words import Letter
from console.channels.live.transport import MailTest
from console.channels.live.web import Lost, NotSent, canonical
from console.channels.protocol import Done, Failed, InDoubt, Ledger, Order, Outcome, Recipient, Seen
from console.errors import ConsoleError
from console.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.channels.live.notify_calls import Secret
    from console.channels.live.notify_settings import NotifySettings
    from console.channels.live.notify_words import Template
    from console.channels.live.transport import Control, Progress
    from console.channels.live.wire import Keeper
    from console.clock import Clock

SECONDS_TO_LEAVE: Final = 10
MOST_SHOWN: Final = 400  # characters of a template
LOOK_AFTER: Final = 10_000  # ms, for one of a few that is in doubt: a person waits for it
LIMITS: Final = (
    "It takes 3,000 mails a minute from all systems of the service, 250,000 a day until midnight; in trial mode 50, to its team.",
    "The rest of a longer list waits for the next day.",
    "Mails come from an address at notifications.service.gov.uk, which subscribers do not know: let the text say who writes.",
    "It cannot thread under the false mail, attach a file, or send from another address. Nothing sent can be taken back.",
    "Whether the key is a live one cannot be seen: a team key reaches the team alone, a test key nobody. Send a test mail.",
    "Notify keeps what became of each mail for 7 days unless the service says otherwise: the console copies it meanwhile.",
)


class Notify:
    """One service at Notify. It satisfies `transport.Transport`.

    Args:
        settings: from `NotifySettings.read`.
        secret: gives the API key; asked when it is first wanted.
        clock: the machine's.
        keeper: where exchanges are kept; few of each sort are.
    """

    def __init__(self, settings: NotifySettings, secret: Secret, clock: Clock, keeper: Keeper) -> None:
        self._settings = settings
        self._calls = Calls(settings, secret, clock, keeper)
        self._looks = Looks(self._calls)
        self._pace = Pace(settings.per_minute)  # of this console, whichever mailing it is
        self._clock = clock

    def can(self, verb: str) -> bool:
        """`send` always; the other two when the machine knows whom to send to."""
        known = {
            "send": True,
            "send-internal": self._settings.internal_to,
            "send-test": self._settings.test_to,
        }
        return bool(known.get(verb))

    async def send(
        self, order: Order, ledger: Ledger, control: Control, progress: Progress | None = None
    ) -> str:
        """Send to everybody waiting; see `transport.Transport.send`. Cancelled, it lets what is on its way be answered."""
        letter = Letter(self._settings, order, await self._calls.template())
        sending = Sending(self._calls, letter, ledger, control, self._pace, progress)
        task = asyncio.create_task(sending.run())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            # What is on its way is answered first, so that a person who quits makes no doubts.
            control.stop("The console was closed.")
            await asyncio.wait({task}, timeout=SECONDS_TO_LEAVE)
            task.cancel()
            await asyncio.wait({task})
            raise

    async def send_few(self, order: Order, addresses: Sequence[str]) -> Outcome:
        """One request each, one after the other. One in doubt is looked for; nobody is sent to again.

        A later attempt looks for each first, and sends to those alone whom Notify does not know of.
        """
        letter = Letter(self._settings, order, await self._calls.template())
        verdicts: dict[str, Verdict] = {}
        for recipient in map(Recipient, range(len(addresses)), addresses):
            verdict = await self._one_of_few(letter, recipient, again=order.attempt > 1)
            verdicts[recipient.address] = verdict
            if verdict.word not in ("accepted", "refused"):
                break
        return _few_outcome(addresses, verdicts, letter)

    async def _one_of_few(self, letter: Letter, recipient: Recipient, *, again: bool) -> Verdict:
        if again:
            known = await self._found(letter, recipient)
            if known is None:
                return Verdict(
                    "doubt", text="nothing was sent: what Notify has of it could not be seen first"
                )
            if known:
                return Verdict("accepted", 200, known)
        verdict = await self._calls.post(letter, recipient.n, recipient.address)
        if verdict.word == "doubt":
            await self._clock.sleep(LOOK_AFTER)
            known = await self._found(letter, recipient)
            if known:
                return Verdict("accepted", 200, known)
        return verdict

    async def _found(self, letter: Letter, recipient: Recipient) -> str | None:
        try:
            return await self._calls.found(letter.reference(recipient.n), recipient.address)
        except (NotSent, Lost):
            return None

    def as_sent(self, order: Order, address: str) -> str:
        """It is made over there, from a template."""
        del order, address
        raise Unfit("GOV.UK Notify makes the mail of its own template: send a test mail to see it whole.")

    async def look(self, order: Order, ledger: Ledger) -> Seen:
        """Copy what became of each into the ledger, as far as Notify still keeps it."""
        return await self._looks.look(order, ledger)

    async def test(self) -> MailTest:
        """Ask who the key belongs to and what the template is; nothing is sent, nothing is changed."""
        lines: list[str] = []
        try:
            lines.append(f"The key is one of the service {await self._calls.service()}.")
            template = await self._calls.template()
            lines.append(
                f"Notify takes it. The template is {visible(template.name)}, version {template.version}."
            )
            why = template.unsuited(self._settings)
            lines += [why] if why else self._shown(template)
        except ConsoleError as error:
            return MailTest(ok=False, lines=(*lines, error.what, "Nothing was sent."))
        pairs = (("send-internal", "internal-to"), ("send-test", "test-to"))
        lines += [*LIMITS, *self._unset(pairs)]
        return MailTest(ok=not why, lines=tuple(lines))

    def _shown(self, template: Template) -> list[str]:
        settings = self._settings
        lines = [
            f"Our text stands in it at (({settings.notice})), between the template's own words:",
            visible(template.body)[:MOST_SHOWN],
        ]
        if not template.takes_subject(settings):
            lines.append(
                f"Its subject is its own, {visible(template.subject)[:100]}: a mailing is refused unless just that is approved. "
                f"Give it (({settings.subject}))."
            )
        if not settings.unsubscribe:
            lines.append("list-unsubscribe is not set: mail programs show no button to unsubscribe.")
        return lines

    def _unset(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        return [
            f"Guided by hand: {verb}, because {name} is not set."
            for verb, name in pairs
            if not self.can(verb)
        ]

    async def close(self) -> None:
        """Let go of connections."""
        await self._calls.close()


def _few_outcome(addresses: Sequence[str], verdicts: dict[str, Verdict], letter: Letter) -> Outcome:
    proof = canonical(
        {
            address: f"{each.word} {each.code or ''} {each.text}".replace("  ", " ").strip()
            for address, each in verdicts.items()
        }
    )
    words = [each.word for each in verdicts.values()]
    accepted = words.count("accepted")
    if "doubt" in words:
        doubtful = ", ".join(address for address, each in verdicts.items() if each.word == "doubt")
        return InDoubt(f"Notify did not say what became of the mail to {doubtful}.", proof)
    if not accepted:
        last = next(reversed(verdicts.values()), Verdict("unsent", text="there is nobody to send to"))
        return Failed(f"Notify took none of it: {last.text or last.word}", proof)
    differs = next((each.differs for each in verdicts.values() if each.differs), "")
    if differs:
        return InDoubt(f"It was sent, but not as it was approved: {differs}. Look at the template.", proof)
    return Done(proof, letter.reference(0), accepted=accepted, refused=len(addresses) - accepted)
