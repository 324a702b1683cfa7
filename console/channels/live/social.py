"""What the two open networks share: rate windows that are waited out, looks that one stale copy cannot decide, doubts that need time.

Copies of public answers stand in caches for minutes (RFC 9111), and a request whose answer was lost may still be on its way. So
nothing is told from one look that a copy may have answered, and nothing is told as *not done* before it can no longer arrive.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from console.channels.live.adapter import Adapter
from console.channels.live.arrivals import Arrivals, clock_time, key_of
from console.channels.live.web import LONGEST_WAIT, Answer, Lost, NotSent, canonical, repeat
from console.channels.protocol import Done, Failed, InDoubt, Ledger, Order, Outcome, Seen
from console.errors import ConsoleError
from console.text import visible

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from console.channels.live.adapter import Look, Secrets
    from console.channels.live.wire import Keeper
    from console.clock import Clock

APART: Final = (
    30_000  # ms between two looks before what they agree on counts, where a cache may have answered
)
STALE: Final = 300_000  # ms after which a copy is no copy any more, and the public really sees it
MINUTE: Final = 60_000
Told = TypeVar("Told", bound=msgspec.Struct)
_WAITS: Final = {"agrees": APART, "disagrees": APART, "behind": STALE}


class Social(Adapter):
    """An adapter for a network of posts, pins and deletions.

    Attributes:
        title: what people call the network.
        patience: ms that a rate window may make an idempotent verb wait.
    """

    title = ""
    patience = LONGEST_WAIT

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        super().__init__(name, settings, secrets, clock, keeper)
        self._begun: dict[str, int] = {}  # when an effect was first tried, boot ms
        self._arrivals = Arrivals(clock)
        self._shaky: set[str] = set()  # effects of which some try was lost
        self._unsettled: dict[str, str] = {}  # the words of posts that are in doubt
        self._made: dict[str, str] = {}  # which effect a post of ours is known to come from
        self._seen: dict[str, tuple[str, int]] = {}  # what a look last said, and since when it has

    # -- acts --------------------------------------------------------------------------------------------------------

    async def act(self, order: Order, ledger: Ledger | None = None) -> Outcome:
        """Carry out one order; a later try is a failure only where an earlier one did not arrive either."""
        key = key_of(order)
        self._begun.setdefault(key, self._clock.now().boot)
        outcome = await super().act(order, ledger)
        if order.verb in self._probes:
            if not isinstance(outcome, Failed) or key in self._shaky:
                self._arrivals.tried(key)
            if isinstance(outcome, Failed) and (order.attempt > 1 or key in self._shaky):
                outcome = await self._looked_back(order, outcome)
        if order.verb == "post":
            self._posted(order, outcome)
        return self._clean(outcome)

    def _posted(self, order: Order, outcome: Outcome) -> None:
        """Remember whose a post is, so that two effects with the same words are not taken for each other."""
        key = key_of(order)
        self._unsettled.pop(key, None)
        if isinstance(outcome, Done):
            self._made[outcome.remote] = key
        elif isinstance(outcome, InDoubt):
            self._unsettled[key] = order.text

    async def _looked_back(self, order: Order, failed: Failed) -> Outcome:
        seen = await self.probe(order)
        if seen.verdict == "agrees":
            return Done(seen.raw, seen.value)
        if seen.verdict == "disagrees":
            return failed
        return InDoubt(
            f"This try failed, and whether an earlier one arrived cannot be seen. {failed.reason}",
            failed.proof,
        )

    async def _patient(self, key: str, request: Callable[[], Awaitable[Answer]]) -> Answer:
        """An idempotent request, made until it is answered; a rate window is waited out as long as patience lasts.

        Args:
            key: the effect's, so that it is remembered when one of several tries may have arrived unseen.
            request: one try.
        """

        async def once() -> Answer:
            try:
                answer = await request()
            except Lost:
                self._shaky.add(key)
                raise
            if answer.status >= 500:
                self._shaky.add(key)
            return answer

        waited = 0
        while True:
            answer = await repeat(self._clock, once)
            wait = answer.wait(self._clock.now().wall) or MINUTE
            if answer.status != 429 or waited + wait > self.patience:
                return answer
            self.held = f"{self.title} lets the next one go at {self._at(wait)}."
            await self._clock.sleep(wait)
            self.held = ""
            waited += wait

    def _held_up(self, answer: Answer) -> Failed:
        """What a rate window means for an act that does not wait for its end: nothing was done."""
        wait = answer.wait(self._clock.now().wall)
        when = f"before {self._at(wait)}" if wait else "for a while"
        return Failed(f"Nothing was done: {self.title} lets no more through {when}.", answer.proof())

    def _at(self, wait: int) -> str:
        return clock_time(self._clock.now().wall + wait)

    # -- looks -------------------------------------------------------------------------------------------------------

    async def _look(self, look: Look | None, order: Order) -> Seen:
        return self._clean(await super()._look(look, order))

    def _settled(self, order: Order, happened: bool | None, raw: str, value: str = "") -> Seen:
        """What a look into a doubt says. That nothing happened is said only once nothing can arrive any more."""
        if happened is None:
            return Seen("cannot-see", raw)
        if happened:
            if order.verb == "post":
                self._posted(order, Done(raw, value))
            return Seen("agrees", raw, value)
        seen = self._arrivals.nothing_yet(key_of(order), raw)
        if seen.verdict == "disagrees":
            self._unsettled.pop(key_of(order), None)
        return seen

    def _weighed(
        self, key: str, *, outside: bool | None, inside: bool | None, raw: str, value: str = ""
    ) -> Seen:
        """What two views together say of a claim: the public's, which may be a copy, and the account's own, which is none.

        Args:
            key: what is looked at: a later look at the same is held against this one.
            outside: whether the public view bears the claim out; None when it could not be had.
            inside: the same of the account's own.
            raw: both answers.
            value: what an agreeing look fills in.
        """
        if outside and inside:
            self._seen.pop(key, None)
            return Seen("agrees", raw, value)
        if inside is False or (inside is None and outside is False):
            says, words = "disagrees", "It is not so yet"
        elif outside is None:
            return Seen("cannot-see", raw)
        elif outside:
            says, words = "agrees", "It looks so once"
        else:
            says, words = "behind", f"{self.title} says so; what the public is shown may be an older copy"
        now = self._clock.now().boot
        before, since = self._seen.get(key, ("", now))
        if before != says:
            since = now
        self._seen[key] = (says, since)
        if now - since >= _WAITS[says]:
            return Seen("agrees", raw, value) if says == "agrees" else Seen("disagrees", raw)
        return Seen("cannot-see", f"{words}; it counts from {self._at(since + _WAITS[says] - now)} on. {raw}")

    # -- for subclasses ----------------------------------------------------------------------------------------------

    async def _told(self, name: str, what: str) -> str:
        """A secret that an act cannot do without; raises NotSent when there is none or the vault is shut."""
        try:
            secret = await self._secret(name)
        except ConsoleError as error:
            raise NotSent(error.what) from error
        if not secret:
            raise NotSent(f"No {what} is kept for {visible(self.name)}. Run incident channels set.")
        if not (secret.isascii() and secret.isprintable()):
            raise NotSent(f"The {what} that is kept cannot be one. Run incident channels set.")
        return secret

    async def _may_be_told(self, name: str) -> str:
        """A secret, or nothing."""
        try:
            return await self._secret(name)
        except ConsoleError:
            return ""

    def _clean(self, told: Told) -> Told:
        """The same without any secret: a hostile answer may repeat what it was sent."""
        fields = msgspec.structs.asdict(told).items()
        words: dict[str, Any] = {
            name: self._redactor.text(each) for name, each in fields if isinstance(each, str)
        }
        return msgspec.structs.replace(told, **words)


def digest(order: Order) -> bytes:
    """32 bytes that are this effect's alone. An effect's id is its incident's own, so the incident is in it, and the words."""
    return hashlib.sha256(canonical([order.incident, order.effect, order.text]).encode()).digest()


def unfit(text: str, length: int, limit: int, title: str) -> str:
    """Why a text cannot be posted, in one sentence; empty when it can."""
    if not text.strip():
        return "There are no words to post."
    if any(ord(char) < 32 and char not in "\n\t" for char in text) or not _encodes(text):
        return "The text holds characters that cannot be sent."
    if length > limit:
        return f"The text has {length:,} characters; {title} takes {limit:,}."
    return ""


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def wall_of(stamp: object) -> int:
    """A timestamp of an answer (RFC 3339) as wall ms UTC; 0 when it is none."""
    if not isinstance(stamp, str) or len(stamp) > 40:
        return 0
    try:
        found = datetime.fromisoformat(stamp)
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return 0


def table(value: Any) -> dict[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[dict[str, Any]]:
    """The JSON objects of a value that is a list; nothing of any other."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def said(value: Any) -> str:
    """A string or whole number of an answer as text; empty for anything else."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
