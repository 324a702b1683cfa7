"""What every platform adapter shares: its settings and secrets, one wire, and outcomes for whatever happens on it.

An adapter names its verbs in `_acts`, its probes in `_checks` and what can be looked into after a doubt in `_probes`, each a
method of its own. What is not in these tables it cannot do, and a person's hands do it.
"""

from __future__ import annotations

from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Final, Protocol

import httpx
from msgspec.structs import replace

from console.channels.live.need import Need, Tried
from console.channels.live.redact import Redactor
from console.channels.live.web import ended, looked, place_of
from console.channels.live.wire import LONGEST, Keeper, Wire
from console.channels.protocol import Done, Failed, InDoubt, Ledger, Order, Outcome, Seen, Sighting
from console.playbook.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from console.clock import Clock

    Act = Callable[[Order], Awaitable[Outcome]]
    Look = Callable[[Order], Awaitable[Seen]]


class Secrets(Protocol):
    """One channel's secrets."""

    async def get(self, name: str) -> str:
        """The secret of that name; empty when there is none. Raises VaultError."""
        ...

    async def keep(self, name: str, value: str) -> None:
        """Keep it, read back before this returns. Raises VaultError."""
        ...


class Adapter:
    """One platform as a channel; see `console.channels.protocol.Channel`. Subclasses fill the tables and the methods.

    Args:
        name: the playbook's name for it.
        settings: what this machine knows of it, checked by its module's NEEDS.
        secrets: asked when they are first wanted.
        clock: the machine's.
        keeper: where every exchange is kept.

    Attributes:
        title: what people call the platform.
        held: what the officer is told while a rate window makes an act wait; empty when none does.
        spent: what this process has spent there, in millionths of a dollar as far as prices are known; 0 where nothing costs.
        notes: what else a person should know of it at this moment, by what it is about: a look that cannot be had.
    """

    kind: str = ""
    title: str = ""
    reads_everything: Final = True  # what `read` shows is not false for standing there: a person judges it
    base: str = ""  # the platform's own address; the setting `base` takes its place
    longest: float = LONGEST  # seconds that one exchange may take

    def __init__(
        self, name: str, settings: Mapping[str, str], secrets: Secrets, clock: Clock, keeper: Keeper
    ) -> None:
        self.name: Final = name
        self.held = ""
        self.spent = 0
        self.notes: dict[str, str] = {}
        self._settings = settings
        self._secrets = secrets
        self._clock = clock
        self._redactor = Redactor()
        self._base = (settings.get("base", "") or self.base).rstrip("/")
        self._wire = Wire(clock, keeper, self._redactor, open_to=self._open_to(), longest=self.longest)
        self._acts: dict[str, Act] = {}
        self._probes: dict[str, Look] = {}
        self._checks: dict[str, Look] = {}
        self._http: httpx.AsyncClient | None = None

    @property
    def look_every(self) -> int:
        """How often the watch reads it, in ms."""
        return KINDS[self.kind].look_every

    @property
    def cost(self) -> str:
        """What this process has spent there, for a person; empty where nothing was."""
        return (
            f"about {dollars(self.spent)} spent at {self.title} since this console started"
            if self.spent
            else ""
        )

    # -- what a channel is -------------------------------------------------------------------------------------------

    def can(self, verb: str) -> bool:
        """Whether it carries this verb out by itself."""
        return verb in self._acts

    async def act(self, order: Order, ledger: Ledger | None = None) -> Outcome:
        """Carry out one order; raises nothing."""
        del ledger
        act = self._acts.get(order.verb)
        if act is None:
            return Failed(f"The console cannot {order.verb} there; a person can.")
        try:
            return self._recordable(await ended(act(order)))
        except Exception as error:  # noqa: BLE001 - our own mistake ends as a doubt, not a crash
            return InDoubt(f"The adapter of {self.name} failed ({type(error).__name__}).")
        finally:
            self.held = ""

    async def probe(self, order: Order) -> Seen:
        """Look whether an order that is in doubt happened."""
        return await self._look(self._probes.get(order.verb), order)

    async def check(self, probe: str, order: Order) -> Seen:
        """Look from outside at what a step claims."""
        return await self._look(self._checks.get(probe), order)

    async def read(self) -> tuple[Sighting, ...] | None:
        """What is published there, newest first; None when it cannot be read."""
        return None

    async def test(self) -> Tried:
        """Prove it with calls that only look, and say what it can and cannot do."""
        raise NotImplementedError

    async def close(self) -> None:
        """Let go of connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None
        await self._wire.aclose()

    # -- for adapters ------------------------------------------------------------------------------------------------

    async def _look(self, look: Look | None, order: Order) -> Seen:
        if look is None:
            return Seen("cannot-see")
        try:
            seen = await looked(look(order))
            return replace(seen, raw=self._redactor.words(seen.raw))
        except Exception as error:  # noqa: BLE001 - a look that fails tells nothing, and that is said
            return Seen("cannot-see", f"the adapter of {self.name} failed ({type(error).__name__})")

    def _recordable(self, outcome: Outcome) -> Outcome:
        """The outcome as the record may hold it: a platform may answer with the very secret it was sent."""
        words = self._redactor.words
        if isinstance(outcome, Done):
            return replace(outcome, proof=words(outcome.proof), remote=words(outcome.remote))
        return replace(outcome, reason=words(outcome.reason), proof=words(outcome.proof))

    def _client(self) -> httpx.AsyncClient:
        """The one client for the platform's API and public pages, made at its first use.

        It knows no credentials and keeps no cookie: what signs in must not colour what a stranger is shown.
        """
        if self._http is None:
            none = CookieJar(DefaultCookiePolicy(allowed_domains=()))
            self._http = httpx.AsyncClient(
                transport=self._wire, base_url=self._base, trust_env=False, cookies=none
            )
        return self._http

    async def _secret(self, name: str) -> str:
        """A secret, known to the redactor before anything can be kept that holds it."""
        value = await self._secrets.get(name)
        self._redactor.learn(value)
        return value

    def _open_to(self) -> tuple[str, ...]:
        """`host:port` of every address that a person configured: these may be inside the house."""
        return tuple(place for value in (self._base, *self._settings.values()) if (place := place_of(value)))


def dollars(millionths: int) -> str:
    """An amount as people write it, such as `$0.42`, rounded up to a cent."""
    cents = -(-millionths // 10_000)
    return f"${cents // 100:,}.{cents % 100:02}"


__all__ = ["Adapter", "Need", "Secrets", "Tried", "dollars"]
