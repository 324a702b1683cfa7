"""The doors into the face: one incident, the questions before one opens, and home. Each is an app of its own process.

Live and practice never share a process: what is chosen at home comes back as an `Ending`, and the door that asked begins
another process for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.errors import ConsoleError, JournalBusy
from console.tui import safety
from console.tui.base import ConsoleApp
from console.tui.seat import Beforehand, Ending, Opening, Seat
from console.tui.theme import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.screen import Screen

    from console.clock import Clock
    from console.drill.world import World
    from console.engine.conductor import Conductor
    from console.engine.session import Session
    from console.home import Home
    from console.playbook.model import Playbook
    from console.report.brief import Contact

LOOP_EVERY = 1_000


class FaceApp(ConsoleApp):
    """What the three doors share: contacts one key away, and how they were left."""

    def __init__(
        self, *, mode: Mode, state: Path, clock: Clock | None = None, contacts: Sequence[Contact] = ()
    ) -> None:
        super().__init__(mode=mode, state=state, clock=clock)
        self.contacts = contacts
        self.ending = Ending()

    def do_contacts(self) -> None:
        """Who to call."""
        from console.tui.widgets.contacts import ContactsScreen, shown

        if not isinstance(self.screen, ContactsScreen):
            self.push_screen(ContactsScreen(self.mode, [shown(each) for each in self.contacts]))

    def do_help(self) -> None:
        """The keys of the screen underneath."""
        from console.tui.screen import ConsoleScreen
        from console.tui.widgets.help import HelpScreen

        screen = self.screen
        if isinstance(screen, ConsoleScreen) and not isinstance(screen, HelpScreen):
            rows = [(line,) for line in screen.ABOUT]
            self.push_screen(HelpScreen(self.mode, screen.actions(), screen.board, rows))

    def do_leave(self) -> None:
        """Leave."""
        self.leave()

    def finish(self, ending: Ending) -> None:
        """Leave in this way."""
        self.ending = ending
        self.exit(0)


class IncidentApp(FaceApp):
    """One officer at one incident.

    Args:
        seat: where they sit; an empty name is asked for first.
        back: whether the incident was open before, so that they are told what happened meanwhile.
    """

    def __init__(
        self,
        seat: Seat,
        *,
        state: Path,
        clock: Clock | None = None,
        contacts: Sequence[Contact] = (),
        back: bool = False,
    ) -> None:
        mode: Mode = "live" if seat.state.live else "practice"
        super().__init__(mode=mode, state=state, clock=clock, contacts=contacts)
        self.seat = seat
        self._back = back
        self._beats: asyncio.Task[None] | None = None
        self._trouble = ""

    def get_default_screen(self) -> Screen[Any]:
        """The incident itself, so that the first frame waits for one screen only; an empty one while it is asked who acts."""
        return self._made() if self.seat.officer else super().get_default_screen()

    def on_mount(self) -> None:
        """Ask who it is, if that is not known."""
        super().on_mount()
        if not self.seat.officer:
            self._ask_who()

    def _ask_who(self) -> None:
        from console.tui.screens.begin import who_form

        async def known(values: Mapping[str, str]) -> None:
            self.seat.officer = values["officer"]

        def named(values: object) -> None:
            if values is None:
                self.leave()
            else:
                self.push_screen(self._made())

        names = [*self.seat.known, *self.seat.state.officers, *self.seat.state.cursors]
        self.push_screen(who_form(self.seat.state.playbook.title, names, known), named)

    def _made(self) -> Screen[Any]:
        from console.tui.screens.incident import IncidentScreen

        return IncidentScreen(self.seat, back=self._back)

    def furnished(self) -> None:
        """The first frame is out: what goes on by itself may begin."""
        if self._beats is None:
            self._beats = asyncio.create_task(self._beat_on(), name="beat")

    def on_unmount(self) -> None:
        """Stop what goes on by itself."""
        super().on_unmount()
        if self._beats is not None:
            self._beats.cancel()

    async def still(self) -> None:
        """Return when nothing of this app goes on any more."""
        if self._beats is not None:
            self._beats.cancel()
            await asyncio.gather(self._beats, return_exceptions=True)

    async def _beat_on(self) -> None:
        """Each second: other consoles' moves, time, checks, the watch, a drill's script."""
        await self._join()
        self.run_worker(self._open_vault(), group="vault")
        self.run_worker(self._verify_prefix(), group="prefix")
        clock = self.seat.session.clock
        while True:
            due = clock.now().boot + LOOP_EVERY
            await self._beat()
            await clock.sleep(max(due - clock.now().boot, 0))

    async def _join(self) -> None:
        from console.incident import commands as c

        seat = self.seat
        if seat.state.end is None and seat.officer not in seat.state.officers:
            try:
                await seat.session.do(c.Join(by=seat.officer))
            except ConsoleError as error:
                self._tell(error.diagnostics())

    async def _beat(self) -> None:
        seat = self.seat
        try:
            if seat.drill is not None:
                await seat.drill.beat()
            await seat.conductor.beat()
        except JournalBusy:
            return
        except ConsoleError as error:
            self._tell(error.diagnostics())
            return
        except Exception as error:  # noqa: BLE001 - a fault of our own in the background must not stop the watch in silence
            safety.keep_crash(error, self.state_folder, self.clock.now().wall)
            self._tell(
                f"Something in the background failed ({type(error).__name__}). Your answers are saved; it is tried again."
            )
            return
        if seat.conductor.trouble:
            self._tell(seat.conductor.trouble)

    def _tell(self, words: str) -> None:
        """Say once what goes wrong in the background."""
        if words != self._trouble:
            self._trouble = words
            self.tell(" ".join(words.split("\n")))

    def tell(self, words: str) -> None:
        """Where everything is said on the incident screen, so that nothing is covered; elsewhere as a toast."""
        from console.tui.screens.desk import Desk

        if isinstance(self.screen, Desk):
            self.screen.also(words)
        else:
            self.notify(words, severity="warning")

    async def _open_vault(self) -> None:
        """Have it opened before a gate needs it; the screen waits for nothing."""
        keeper = self.seat.session.gatekeeper
        try:
            if keeper is not None:
                await keeper.ready()
        except ConsoleError as error:
            self._tell(f"{error.diagnostics()} Until the vault is open, no gate is.")

    async def _verify_prefix(self) -> None:
        """Check the part of the record that a snapshot stood for, while the officer works."""
        try:
            await self.seat.session.verify_prefix()
        except ConsoleError as error:
            self._tell(f"THE RECORD DOES NOT VERIFY. {error.diagnostics()}")

    def leave(self) -> None:
        """The incident goes on."""
        self.finish(Ending("left", officer=self.seat.officer))

    def real(self, command: str) -> None:
        """The drill was broken off because it is real."""
        self.finish(Ending("real", command, self.seat.officer))


class BeginApp(FaceApp):
    """What is asked before an incident opens: who, memory items, opening questions, all on one page."""

    def __init__(
        self,
        playbook: Playbook,
        known: Beforehand,
        *,
        mode: Mode,
        state: Path,
        clock: Clock,
        contacts: Sequence[Contact] = (),
        fingers: Clock | None = None,
    ) -> None:
        super().__init__(mode=mode, state=state, clock=fingers, contacts=contacts)
        self._playbook = playbook
        self._known = known
        self._time = clock
        self.opening: Opening | None = None

    def on_mount(self) -> None:
        """Ask."""
        from console.tui.screens.begin import begin_form

        super().on_mount()

        async def submit(values: Mapping[str, str]) -> None:
            from console.engine.asking import answer_to

            now, zone = self._time.now(), self._known.zone
            answers = {
                question.slug: answer_to(question, values[question.slug], now, zone)
                for question in self._playbook.ask
            }
            self.opening = Opening(values.get("officer", self._known.officer), answers)

        form = begin_form(
            self._playbook, self._known, submit, clock=self._time, practice=self.mode == "practice"
        )
        self.push_screen(form, lambda _values: self.leave())


class HomeApp(FaceApp):
    """Home: what is open, what can be opened, what can be rehearsed."""

    def __init__(
        self, home: Home, *, state: Path, contacts: Sequence[Contact] = (), fingers: Clock | None = None
    ) -> None:
        super().__init__(mode="live", state=state, clock=fingers, contacts=contacts)
        self._home = home

    def on_mount(self) -> None:
        """Show it."""
        from console.tui.screens.home import HomeScreen

        super().on_mount()
        self.push_screen(HomeScreen(self._home, self.finish))

    @property
    def world(self) -> str:
        """Home is neither."""
        return "HOME"


async def run_incident(
    session: Session,
    conductor: Conductor,
    officer: str,
    *,
    state: Path,
    clock: Clock | None = None,
    contacts: Sequence[Contact] = (),
    drill: World | None = None,
    known: Sequence[str] = (),
    back: bool = True,
) -> Ending:
    """Walk an officer through an incident until they leave it. The caller stops the conductor afterwards.

    Args:
        session: the incident; `claim_orphans` was called on it.
        conductor: what carries out its acts.
        officer: who acts, as claimed; asked for when empty.
        state: the state folder, for texts that leave the console and a crash's redacted trace.
        clock: the machine's clock for fingers and file names; never a drill's.
        contacts: the machine's contacts.
        drill: a drill's world; None for a live incident.
        known: officers' names on this host.
        back: whether the incident was open before.
    """
    seat = Seat(session, conductor, state, officer, contacts, drill, known)
    app = IncidentApp(seat, state=state, clock=clock, contacts=contacts, back=back)
    try:
        await app.run_async()
    finally:
        await app.still()
    return app.ending


async def run_opening(
    playbook: Playbook,
    known: Beforehand,
    *,
    practice: bool,
    state: Path,
    clock: Clock,
    contacts: Sequence[Contact] = (),
) -> Opening | None:
    """Ask what is asked before an incident opens; None when the officer went back and nothing is to be opened.

    Args:
        playbook: what is to be opened; its memory items come first.
        known: what needs not be asked, and what a drill's players are told first.
        practice: whether it is a drill.
        state: the state folder.
        clock: tells the moment that a typed time of day was.
        contacts: the machine's contacts.
    """
    mode: Mode = "practice" if practice else "live"
    app = BeginApp(playbook, known, mode=mode, state=state, clock=clock, contacts=contacts)
    await app.run_async()
    return app.opening


async def run_home(home: Home, *, state: Path, contacts: Sequence[Contact] = ()) -> Ending:
    """Show home; what was chosen there is for the caller to begin, in a process of its own.

    Returns:
        `resume` with an incident's id, `open` with a playbook's, `drill` with a scenario's, or `left`.
    """
    app = HomeApp(home, state=state, contacts=contacts)
    await app.run_async()
    return app.ending
