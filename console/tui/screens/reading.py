"""What is looked at from the incident screen: texts, log, items, contacts, help, the brief; in a drill the phones too."""

from __future__ import annotations

from typing import Final

from console.incident.board_box import Box
from console.tui.screens.forms import Forms
from console.tui.text import Part

Rows = list[tuple[Part, ...]]
LEGEND: Final[tuple[tuple[str, str], ...]] = (
    ("[ ]", "to do"),
    ("[x]", "done, with what was seen"),
    ("[!]", "late, or it failed"),
    ("[~]", "on its way"),
    ("[W]", "waits for somebody's code"),
    ("[D]", "put off; it comes back"),
    ("[?]", "we do not know if it went out"),
    ("[O]", "skipped, with a name and a reason"),
    ("[-]", "not needed"),
)
PLANNED: Final = ("hands", "running", "doubt", "interrupted")


class Reading(Forms):
    """Moves that change nothing by themselves."""

    def start_typing(self, what: str, first: str = "") -> None:
        """Open the text line."""
        raise NotImplementedError

    def do_note(self) -> None:
        """Write a note into the log."""
        self.start_typing("note")

    # -- texts -------------------------------------------------------------------------------------------------------

    def do_text(self) -> None:
        """The text of this step: to be copied once it is planned, to be read and edited before."""
        box = self.board.box
        if box is None or not box.text_slug:
            self.do_texts()
        elif box.stage in PLANNED and box.manifest is not None:
            self.copy(_whole(box), box.text_slug)
        else:
            self.flow(self._text(box.text_slug, box.step))

    def copy(self, text: str, slug: str) -> None:
        """Take a text out of the console."""
        from console.tui.widgets.copy import CopyScreen

        stem = f"{self.seat.state.incident}-{slug}"
        self.app.push_screen(CopyScreen(text, self.seat.folder / "texts", stem))

    async def _text(self, slug: str, step: str = "") -> None:
        from console.tui.screens.texts import TextScreen

        await self.ask(TextScreen(self.seat, slug, step))

    def do_texts(self) -> None:
        """One of all the texts."""
        self.flow(self._texts())

    async def _texts(self) -> None:
        from console.tui.widgets.choose import Choose

        texts = self.seat.state.playbook.texts
        names = [f"{text.slug} ({text.kind})" for text in texts]
        if not texts:
            self.say("This playbook has no texts.")
            return
        taken = await self.ask(Choose("Texts", [], "Which one?", names))
        if taken is not None:
            await self._text(texts[taken].slug)

    # -- the record --------------------------------------------------------------------------------------------------

    def do_log(self) -> None:
        """Everything that happened."""
        from console.tui.screens.log import LogScreen

        self.app.push_screen(LogScreen(self.seat))

    def do_items(self) -> None:
        """What was published."""
        from console.tui.screens.items import ItemsScreen

        self.app.push_screen(ItemsScreen(self.seat, self))

    def do_evidence(self) -> None:
        """What is saved and what is not."""
        rows: Rows = []
        for item in self.seat.state.items.values():
            if not item.bogus:
                continue
            saved = item.saved or "NOT SAVED"
            rows.append(
                (
                    (f"{item.id:<5}", "strong"),
                    f"{item.channel}  {item.words or item.link}  ",
                    (saved, "plain" if item.saved else "late"),
                )
            )
        board = self.board
        rows.insert(
            0,
            (
                (
                    f"{board.items_saved} of {board.items} false items are saved, {board.items_left} still up.",
                    "strong",
                ),
            ),
        )
        self._page("Evidence", rows)

    def _page(self, title: str, rows: Rows) -> None:
        from console.tui.widgets.help import Page

        self.app.push_screen(Page(self.app_mode, title, rows))

    # -- whom to call, and help --------------------------------------------------------------------------------------

    def do_help(self) -> None:
        """This screen's keys, plain help on the step, and what the marks mean."""
        from console.tui.widgets.help import HelpScreen

        rows: Rows = []
        box = self.board.box
        if box is not None:
            rows += _step_rows(box)
        rows += [(("The marks", "head"),)]
        rows += [((f"{mark}  ", "strong"), words) for mark, words in LEGEND]
        rows += [
            (("Arrows or j k move through the list; left and right go from phase to phase.", "plain"),),
            (("A digit chooses an answer. Enter answers. Enter never sends.", "plain"),),
        ]
        self.app.push_screen(HelpScreen(self.app_mode, self.actions(), self.board, rows))

    def do_linear(self) -> None:
        """How to go on with the plain face."""
        incident = self.seat.state.incident
        self.say(f"Leave with q, then type: incident resume {incident} --linear")

    async def show_brief(self) -> None:
        """The one-page brief, with a way to copy it."""
        from console.report.brief import brief
        from console.tui.widgets.copy import CopyScreen

        seat = self.seat
        words = brief(seat.state, seat.session.clock.now().wall, seat.officer, seat.contacts)
        await self.ask(CopyScreen(words, seat.folder / "texts", f"{seat.state.incident}-brief"))

    # -- a drill's own -----------------------------------------------------------------------------------------------

    def do_phone(self) -> None:
        """The practice phones."""
        drill = self.seat.drill
        if drill is None:
            self.say("Practice phones are for drills. A live code comes from the officer's own phone.")
            return
        names = (self.seat.officer, *drill.approvers)
        rows: Rows = [((drill.phone_words(name), "drill"),) for name in names]
        self._page("Practice phones", rows)

    def do_debrief(self) -> None:
        """Times against targets, so far."""
        self.flow(self._debrief())

    async def _debrief(self) -> None:
        drill = self.seat.drill
        if drill is not None:
            found = await drill.debrief()
            self._page("DRILL debrief", [(line,) for line in found.lines()])

    def do_real(self) -> None:
        """This is real: asked once, then the drill is over."""
        self.flow(self._real())

    async def _real(self) -> None:
        from console.drill.world import end_as_real, real_command
        from console.tui.widgets.choose import Choose

        if self.seat.drill is None:
            self.say("This is LIVE already.")
            return
        rows: Rows = [
            (("The drill ends here. Nothing of it reached the world.", "strong"),),
            (("To open the real incident, this is typed next:", "plain"),),
            ((real_command(self.seat.session), "strong"),),
        ]
        taken = await self.ask(
            Choose(
                "THIS IS REAL?",
                rows,
                "Is something real happening?",
                ["Yes: end the drill", "No: go on with it"],
            )
        )
        if taken == 0:
            self.console.real(await end_as_real(self.seat.session, self.seat.officer))


def _whole(box: Box) -> str:
    """The planned words as they are to be pasted, the subject first."""
    manifest = box.manifest
    if manifest is None:
        return box.text.text if box.text is not None else ""
    return f"{manifest.subject}\n\n{manifest.text}" if manifest.subject else manifest.text


def _step_rows(box: Box) -> Rows:
    rows: Rows = [((f"Step {box.number}: {box.do}.", "strong"),)]
    if box.why:
        rows.append((("Why   ", "muted"), box.why))
    rows += [
        (("How   " if not place else "      ", "muted"), f"- {move}") for place, move in enumerate(box.how)
    ]
    rows += [
        (("Hands " if not place else "      ", "muted"), f"- {move}") for place, move in enumerate(box.guide)
    ]
    if box.link:
        rows.append((("Link  ", "muted"), (box.link, "info")))
    rows += [(("Waits ", "muted"), why) for why in box.waits]
    if box.critical:
        rows.append(("It is critical: it cannot be ticked, it is answered with what you see.",))
    if box.outward:
        rows.append(("Enter only shows what would go out. Sending is a key of its own, after a typed word.",))
    if box.gated:
        rows.append(("It needs a code. A code never sends: sending comes after it.",))
    if box.tells:
        rows.append((("Known ", "muted"), box.tells))
    return [*rows, ("",)]
