"""The one place where live adapters and the keyring are plugged in. Only live verbs load it; practice cannot.

A vault is opened when it is first needed, or at once where an officer must not be asked for its passphrase at a gate.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from console import settings as machine
from console.apart import NotStarted, apart
from console.channels.manual import manual_channels
from console.clock import Clock, SystemClock
from console.engine.conductor import Conductor
from console.engine.gatekeeper import Gatekeeper
from console.engine.session import Session
from console.errors import VaultError, VaultLocked
from console.incident.able import CAPTURE
from console.incident.commands import Configure
from console.journal.sqlite import SqliteJournal
from console.playbook.kinds import KINDS
from console.vault.passphrase import passphrase_from, wants_file, wants_person

if TYPE_CHECKING:
    from pathlib import Path

    from console.channels.baseline import Baseline
    from console.channels.live.wire import Keeper
    from console.channels.peacetime import Kept
    from console.channels.protocol import Channel
    from console.places import Places
    from console.playbook.model import Channel as Named
    from console.vault.keychain import KeychainVault
    from console.vault.protocol import Enrolment

Ask = Callable[[], str]
Again = Callable[[VaultError], bool]


class LateVault:
    """The live vault, opened at its first use. It satisfies `console.vault.protocol.Vault`.

    Args:
        places: where the encrypted file is, or would be.
        ask: asks a person for its passphrase; None when there is nobody to ask.
    """

    def __init__(self, places: Places, ask: Ask | None) -> None:
        self._places = places
        self._ask = ask
        self._opened: KeychainVault | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> KeychainVault:
        """The vault, its passphrase asked for if it needs one; raises VaultLocked or VaultRefused."""
        async with self._opening:
            if self._opened is None:
                from console.places import make_private
                from console.vault.keychain import open_keychain

                make_private(self._places.state)
                phrase = passphrase_from(os.environ, self._ask)
                self._opened = await open_keychain(self._places.vault_file, phrase)
            return self._opened

    async def unlock(self, phrase: str) -> None:
        """As the protocol says; the key is derived beside the screen, which goes on meanwhile."""
        async with self._opening:
            if self._opened is None and wants_file(self._places.vault_file):
                from console.vault.keychain import open_file

                self._opened = await asyncio.to_thread(open_file, self._places.vault_file, lambda: phrase)

    def ask_nobody(self) -> None:
        """A screen has the terminal from here on: what needs a person's passphrase is refused instead."""
        self._ask = _not_at_a_gate

    @property
    def store(self) -> str:
        """The name of the store that is in use, or will be."""
        if self._opened is not None:
            return self._opened.store
        return "encrypted file" if wants_file(self._places.vault_file) else "desktop keyring"

    async def ready(self) -> None:
        """As the protocol says; tried in a process of its own where nobody has to type."""
        if self._opened is not None:
            return
        if wants_person(self._places.vault_file):
            await self.open()
            return
        from console.places import make_private

        make_private(self._places.state)
        try:
            await apart("console.vault.trial", str(self._places.vault_file))
        except NotStarted:
            await self.open()

    async def prove(self) -> None:
        """As the protocol says."""
        await (await self.open()).prove()

    async def enrol(self, officer: str) -> Enrolment:
        """As the protocol says."""
        return await (await self.open()).enrol(officer)

    async def forget(self, officer: str) -> None:
        """As the protocol says."""
        await (await self.open()).forget(officer)

    async def match(self, officer: str, code: str, wall: int) -> int | None:
        """As the protocol says."""
        return await (await self.open()).match(officer, code, wall)

    async def recovery(self, code: str, hashes: tuple[str, ...]) -> str | None:
        """As the protocol says; needs no store, so it works while that is locked."""
        from console.vault import recovery

        return await asyncio.to_thread(recovery.find, code, hashes)

    async def secret(self, channel: str, name: str) -> str | None:
        """As the protocol says."""
        return await (await self.open()).secret(channel, name)

    async def keep_secret(self, channel: str, name: str, value: str) -> None:
        """As the protocol says."""
        await (await self.open()).keep_secret(channel, name, value)

    async def forget_secret(self, channel: str, name: str) -> None:
        """As the protocol says."""
        await (await self.open()).forget_secret(channel, name)


def _not_at_a_gate() -> str:
    raise VaultLocked(
        "The vault is not open: no passphrase that opens it was given here.",
        do="In the screen: ^P vault. In plain lines: q, then incident resume.",
    )


def _has_terminal() -> bool:
    """Whether this process has a terminal, whatever its stdin is."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def person_to_ask() -> Ask | None:
    """Asks on the terminal for the vault's passphrase; None when no terminal is there."""
    import click

    if not (sys.stdin.isatty() or _has_terminal()):
        return None
    return lambda: str(click.prompt("Passphrase of the vault", hide_input=True, err=True))


def somebody_is_asked(places: Places) -> bool:
    """Whether opening this machine's vault asks a person for its passphrase, which a screen would be in the way of."""
    return wants_person(places.vault_file)


def live_vault(places: Places, ask: Ask | None = None) -> LateVault:
    """This machine's vault, not opened yet."""
    return LateVault(places, ask or person_to_ask())


def adapters(
    settings: machine.Settings,
    vault: LateVault,
    clock: Clock,
    wanted: Mapping[str, str] | None = None,
    evidence: Path | None = None,
) -> dict[str, Channel]:
    """The live adapters that these settings are enough for; with `wanted`, only those of these names and kinds.

    Args:
        settings: the machine's.
        vault: where their secrets are.
        clock: the machine's.
        wanted: kinds by channel name, as an incident knows them.
        evidence: the folder where exchanges with platforms are kept; None keeps them in this process only.
    """
    if not any(machine.acts(values) for values in settings.channels.values()):
        return {}  # an adapter's libraries are not loaded for nothing
    from console.channels.live.registry import live_channels

    def keeper() -> Keeper:
        from console.channels.live.archive import Archive, Kept

        return Kept() if evidence is None else Archive(evidence)

    made = live_channels(settings.channels, vault, clock, keeper)
    if wanted is None:
        return made
    return {name: channel for name, channel in made.items() if wanted.get(name) == channel.kind}


def able(channels: tuple[Named, ...], settings: machine.Settings, places: Places) -> dict[str, str]:
    """Which of a playbook's channels the console can act on by itself here, `name: kind`."""
    found = adapters(settings, live_vault(places), SystemClock())
    return {
        each.name: found[each.name].kind
        for each in channels
        if each.name in found and found[each.name].kind in each.kinds
    }


def left_to_hands(channels: tuple[Named, ...], settings: machine.Settings, places: Places) -> tuple[str, ...]:
    """What able channels cannot do by themselves, or not with their settings, such as `mailer.send-internal`.

    `capture` among it: saving an item is asked of the channel that holds it.
    """
    found = adapters(settings, live_vault(places), SystemClock())
    named = [found[each.name] for each in channels if each.name in found and found[each.name].kind in KINDS]
    verbs = tuple(
        f"{each.name}.{verb}" for each in named for verb in KINDS[each.kind].verbs if not each.can(verb)
    )
    unseen = (f"{each.name}.{CAPTURE}" for each in named if not hasattr(each, CAPTURE))
    return (*verbs, *unseen, *(("evidence.export",) if named else ()))


async def take_settings(
    session: Session, settings: machine.Settings, places: Places, baselines: Mapping[str, Kept]
) -> None:
    """Let an open incident know what this machine's settings allow, and what was saved in peace time, where that changed."""
    if session.state.end is not None:
        return
    named = session.state.playbook.channels
    await session.do(
        Configure(
            configured=able(named, settings, places),
            by_hand=left_to_hands(named, settings, places),
            fields=machine.fields(settings),
            baselines={name: each.sha256 for name, each in baselines.items()},
        )
    )


class _Tuning:
    """Keeps a session's channels what the settings say: what is sent is sent by the very settings that the record knows.

    Awaited before anything is planned, approved or begun. A change of settings is a fact of the incident, and voids what
    was approved before it.
    """

    def __init__(
        self, session: Session, channels: dict[str, Channel], vault: LateVault, places: Places
    ) -> None:
        self._session = session
        self._channels = channels
        self._vault = vault
        self._places = places
        self._known: machine.Settings | None = None
        self.baselines: dict[str, Baseline] = {}
        self.trouble = ""

    async def take(self, settings: machine.Settings) -> None:
        """Tell the incident, then act by these settings."""
        from console.channels.peacetime import all_kept

        named = able(self._session.state.playbook.channels, settings, self._places)
        kept, wrong = all_kept(self._places.baselines, {each: settings.channels[each] for each in named})
        self.trouble = "\n".join(wrong)
        await take_settings(self._session, settings, self._places, kept)
        self.baselines.clear()
        self.baselines |= {name: each.baseline for name, each in kept.items()}
        state = self._session.state
        self._channels |= manual_channels(state.playbook.channels)
        evidence = self._places.evidence(state.incident)
        made = adapters(settings, self._vault, self._session.clock, state.configured, evidence)
        self._channels |= made
        if any(hasattr(each, CAPTURE) for each in made.values()):
            from console.channels.live.evidence import EvidenceChannel

            self._channels["evidence"] = EvidenceChannel(self._channels, evidence, self._session.clock)
        self._known = settings

    async def __call__(self) -> None:
        """Look at the settings once more."""
        settings, _ = machine.usable(self._places.settings_file)
        if settings != self._known:
            await self.take(settings)


async def _open_at_once(vault: LateVault, again: Again | None) -> None:
    while True:
        try:
            await vault.open()
        except VaultError as error:
            if again is None:
                raise
            if again(error):
                continue
            vault.ask_nobody()
        return


@asynccontextmanager
async def live_session(
    places: Places,
    incident: str,
    *,
    ask: Ask | None = None,
    vault_now: bool = False,
    again: Again | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[tuple[Session, Conductor]]:
    """The session of a live incident on this machine, and what carries out its acts; closed at the end.

    Args:
        places: where the record and the settings are.
        incident: an `L-` id.
        ask: asks a person for the vault's passphrase; by default on the terminal.
        vault_now: open the vault before anything else, so that nobody is asked at a gate.
        again: told when the vault cannot be opened at once; whether to try once more. If not, the incident goes on, its
            gates stay shut.
        clock: tells the time to all of it, its channels included; None for the machine's.

    Raises:
        NotFound: there is no such incident here.
        VaultError: `vault_now` without `again`, and it cannot be opened.
    """
    clock = clock or SystemClock()
    vault = live_vault(places, ask)
    if vault_now:
        await _open_at_once(vault, again)
    settings, trouble = machine.usable(places.settings_file)
    async with await SqliteJournal.open(places.database("live"), "live") as journal:
        keeper = Gatekeeper(journal, vault, clock, socket.gethostname())
        channels: dict[str, Channel] = {}
        session = await Session.resume(journal, incident, clock=clock, channels=channels, gatekeeper=keeper)
        tuning = _Tuning(session, channels, vault, places)
        await tuning.take(settings)
        conductor = Conductor(session, ready=tuning)
        conductor.baselines = tuning.baselines
        conductor.trouble = "\n".join(each for each in (trouble, tuning.trouble) if each)
        try:
            yield session, conductor
        finally:
            await conductor.stop()
            for channel in channels.values():
                await channel.close()


@asynccontextmanager
async def live_house(
    places: Places, *, ask: Ask | None = None, clock: Clock | None = None
) -> AsyncIterator[tuple[Gatekeeper, LateVault]]:
    """The live officers of this machine, with the vault that holds their seeds; the machine's clock unless one is given."""
    vault = live_vault(places, ask)
    async with await SqliteJournal.open(places.database("live"), "live") as journal:
        yield Gatekeeper(journal, vault, clock or SystemClock(), socket.gethostname()), vault
