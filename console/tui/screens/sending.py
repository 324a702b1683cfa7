"""From a step to the world: read once more, codes, the typed word, the moves by hand, and doubts. It decides nothing."""

from __future__ import annotations

from typing import ClassVar, Final

from console.incident import commands as c
from console.incident.board_box import Box
from console.incident.manifest import Manifest, from_bytes
from console.incident.moment import hhmmss
from console.incident.planning import confirmation, step_of
from console.incident.wordings import zone_of
from console.playbook.kinds import kind_of
from console.playbook.model import Step
from console.tui.screens.gates import Gates
from console.tui.text import Part
from console.tui.views import outgoing
from console.tui.views.box import VERDICTS

ARMED: Final = 2_000


class Sending(Gates):
    """What Enter does on a step that goes out, and the palette's gate, doubt and harm-now."""

    ENTERS: ClassVar[tuple[str, ...]] = ("send", "gate", "doubt", "interrupted", "running", "settled")

    async def next_step(self) -> None:
        """Go to the step that comes next."""
        raise NotImplementedError

    def enter(self, box: Box) -> None:
        """Enter on a box in one of these stages, with nothing chosen."""
        match box.stage:
            case "doubt":
                self.flow(self.settle_doubt(box.step))
            case "interrupted":
                self.flow(self.show_mailing(box.step))
            case "running" if box.takes == "recipients":
                self.flow(self.show_mailing(box.step))
            case "settled":
                self.flow(self.next_step())
            case "gate":
                self.flow(self.through_gate(box.step))
            case "send" if box.takes == "recipients" and not box.people and not box.guided:
                self.flow(self.choose_people())
            case "send":
                self.flow(self.send(box.step))
            case _:
                self.say("It is being carried out. You can go on with another step.")

    # -- sending -----------------------------------------------------------------------------------------------------

    async def send(self, name: str, *, harm_now: str = "") -> None:
        """Show exactly what goes out, have the word typed, then do it or show the moves by hand."""
        seat = self.seat
        step = step_of(seat.state, name)
        if not self._pure(step):
            plan = await seat.conductor.ask(seat.officer, name, harm_now=harm_now)
            typed = await self._confirmed(step, from_bytes(plan.raw.encode()))
            if typed is None:
                return
            await seat.conductor.act(seat.officer, name, confirm=typed, digest=plan.digest, harm_now=harm_now)
        else:
            await seat.conductor.act(seat.officer, name)
        self.refresh_board()
        self.call_after_refresh(self._tell_shown, name)

    def _pure(self, step: Step) -> bool:
        """Whether the act only looks and nothing is to be confirmed, such as saving evidence."""
        if step.act is None or step.confirm or step.gate is not None:
            return False
        kind = kind_of(step.act.channel, "")
        spec = kind.verbs.get(step.act.verb) if kind is not None else None
        return spec is not None and spec.effect == "pure"

    async def _tell_shown(self, name: str) -> None:
        """The moves by hand are on the screen: only from here on may they have been followed."""
        box = self.board.box
        if box is not None and box.step == name and box.stage == "hands":
            await self.attempt(self.seat.conductor.shown(self.seat.officer, name))
            self.say("By hand, in the box above. t copies the text. When it is done, say what you see.")

    async def _confirmed(self, step: Step, manifest: Manifest) -> str | None:
        """What was typed to let it go; None when the officer went back."""
        from console.tui.widgets.confirm import Confirm, Question

        state = self.seat.state
        box = self.board.box
        guided = box is not None and box.step == step.name and box.guided
        word = confirmation(state, step, manifest)
        if not state.live and not word:
            word = "drill"
        number = state.playbook.numbers.get(step.name, "")
        title = f"{'SEND' if state.live else 'SIMULATE'} {number}  {step.do}"
        if guided:
            verb = (
                "Go on: the moves by hand come next"
                if state.live
                else "Simulate: the moves by hand come next"
            )
        else:
            verb = ""
        question = Question(
            title,
            outgoing.rows_of(manifest, state, guided=guided),
            word,
            counts=step.confirm == "count",
            verb=verb,
            armed=ARMED,
        )
        sent = await self.ask(Confirm(question, self.app_mode))
        if not sent:
            self.say("NOTHING HAS BEEN SENT." if state.live else "DRILL: nothing has been simulated.")
            return None
        return word if confirmation(state, step, manifest) else ""

    def do_harm_now(self) -> None:
        """Remove before it is saved, with a reason."""
        box = self.board.box
        if box is None or box.takes != "items" or not box.unsaved:
            self.say("Nothing here waits to be saved.")
            return
        self.flow(self._harm_now(box.step))

    async def _harm_now(self, step: str) -> None:
        from console.tui.widgets.form import Field, Form

        async def taken(values: object) -> None:
            del values

        rows: list[tuple[Part, ...]] = [
            (("What is removed before it is saved is lost as evidence.", "late"),)
        ]
        fields = [Field("reason", "What harm does it do at this moment?", needed=True)]
        values = await self.ask(Form("Harm now", rows, fields, taken, "read it once more, then remove"))
        if values is not None:
            box = self.board.box
            if box is not None and box.gated:
                await self.through_gate(step, harm_now=values["reason"])
            else:
                await self.send(step, harm_now=values["reason"])

    # -- doubts ------------------------------------------------------------------------------------------------------

    def do_doubt(self) -> None:
        """Settle a doubt: this step's, else the first there is."""
        box = self.board.box
        here = box.step if box is not None and box.step in self.board.doubts else ""
        step = here or (self.board.doubts[0] if self.board.doubts else "")
        if step:
            self.flow(self.settle_doubt(step))

    async def settle_doubt(self, step: str) -> None:
        """Look first, show what was seen and when, then ask: it happened, it did not, cannot tell yet."""
        from console.tui.widgets.choose import Choose

        seat = self.seat
        effects = await seat.conductor.probe(seat.officer, step)
        zone = zone_of(seat.state)
        number = seat.state.playbook.numbers.get(step, "")
        for place, effect in enumerate(effects, 1):
            manifest = from_bytes(seat.state.plans[effect.digest].raw.encode())
            at = hhmmss(seat.session.clock.now().wall, zone)
            rows: list[tuple[Part, ...]] = [
                (("We do not know if it went out. It is never repeated by itself.", "danger"),),
                (("What happened  ", "muted"), f"{hhmmss(effect.at, zone)} {effect.reason}"),
                (
                    ("Looked again   ", "muted"),
                    f"{at} {effect.proof or 'nothing can be read back; look yourself'}",
                ),
                ("",),
                *outgoing.rows_of(manifest, seat.state, whole=False),
            ]
            of = f" ({place} of {len(effects)}: {effect.item or effect.channel})" if len(effects) > 1 else ""
            title = f"IN DOUBT {number}{of}"
            taken = await self.ask(Choose(title, rows, "Did it happen?", [each.words for each in VERDICTS]))
            if taken is None:
                return
            verdict = VERDICTS[taken].slug
            await self.do(c.Resolve(by=seat.officer, step=step, verdict=verdict, effect=effect.id))

    # -- mailings ----------------------------------------------------------------------------------------------------

    async def show_mailing(self, step: str) -> None:
        """How far it is, who is in doubt; stop it, or go on with those who were not tried."""
        from console.tui.screens.mailing import MailingScreen

        while await self.ask(MailingScreen(self.seat, step)) == "go-on":
            plan = self.seat.state.plan_of(step)
            found = step_of(self.seat.state, step)
            if plan is None:
                return
            typed = await self._confirmed(found, from_bytes(plan.raw.encode()))
            if typed is not None:
                await self.seat.conductor.act(self.seat.officer, step, confirm=typed)

    def do_mailing(self) -> None:
        """Show the mailing of this step, else of the first step that mails."""
        mails = [
            effect.step
            for effect in self.seat.state.effects.values()
            if effect.total or effect.status == "interrupted"
        ]
        box = self.board.box
        step = box.step if box is not None and box.takes == "recipients" else (mails[0] if mails else "")
        if step and self.seat.state.plan_of(step) is not None:
            self.flow(self.show_mailing(step))
        else:
            self.say("No mailing has begun.")

    def do_people(self) -> None:
        """Choose the list of a mailing."""
        self.flow(self.choose_people())

    async def choose_people(self) -> None:
        """Read a file, show its report by line, have the count typed, then keep it."""
        from console.tui.screens.people import choose

        await choose(self)
