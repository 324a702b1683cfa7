"""What is reported and steered by a few typed lines: items, putting off, skipping, amending, handing over, closing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from console.engine.asking import answer_to
from console.errors import Refused
from console.incident import commands as c
from console.incident.decide import open_critical
from console.incident.state import CLOSE, Item
from console.playbook.model import Question
from console.tui.screens.desk import Desk
from console.tui.text import Part
from console.tui.widgets.form import Field, Form

VERDICTS: Final = (("bogus", "false"), ("ours", "ours"), ("unknown", "not known"))
YES_NO: Final = (("yes", "Yes"), ("no", "No"))
WENT: Final = (("gone", "It is gone"), ("removed", "We removed it"), ("hidden", "Hidden by a suspension"))
PUT_OFF: Final = 10
Submit = Callable[[Mapping[str, str]], Awaitable[object]]
Rows = Sequence[Sequence[Part]]


class Forms(Desk):
    """The palette's moves that ask for a line or two. Each writes one fact, and only when the form is handed in."""

    async def through_gate(self, name: str, *, harm_now: str = "", answer: str = "") -> bool:
        """Collect the codes of a gate."""
        raise NotImplementedError

    def _form(
        self, title: str, fields: Sequence[Field], submit: Submit, rows: Rows = (), verb: str = ""
    ) -> None:
        async def go() -> None:
            await self.ask(Form(title, rows, fields, submit, verb or "write it down"))

        self.flow(go())

    # -- items -------------------------------------------------------------------------------------------------------

    def do_seen(self) -> None:
        """Report something that was published."""
        channels = [(each.name, each.name) for each in self.seat.state.playbook.channels]

        async def submit(values: Mapping[str, str]) -> None:
            await self.do(
                c.See(
                    by=self.seat.officer,
                    channel=values["channel"],
                    words=values["words"],
                    link=values["link"],
                    at_risk=values["risk"] == "yes",
                    when=self._moment(values["when"]),
                )
            )

        fields = [
            Field("channel", "On which channel?", channels[0][0] if channels else "", channels, needed=True),
            Field("words", "What does it say? Its first words are enough."),
            Field("link", "Its address, if you have it."),
            Field(
                "risk",
                "Does it put someone at risk (threat, missing person, money)?",
                "no",
                YES_NO,
                needed=True,
            ),
            Field("when", "When was it published, as 23:16? Empty is now."),
        ]
        self._form("Report a false item", fields, submit)

    def _moment(self, typed: str) -> int:
        if not typed:
            return 0
        question = Question("when", "When was it published?", "time", default=("not-sure",))
        moment = answer_to(question, typed, self.seat.session.clock.now(), self.seat.state.zone)
        return int(moment) if moment.isdecimal() else 0

    def _items(self, wanted: Callable[[Item], bool]) -> list[tuple[str, str]]:
        return [
            (item.id, f"{item.id} {item.channel}  {(item.words or item.link)[:48]}")
            for item in self.seat.state.items.values()
            if wanted(item)
        ]

    def do_save(self) -> None:
        """Say where an item is saved, or all that are not saved yet."""
        left = self._items(lambda item: item.bogus and not item.saved)
        if not left:
            self.say("Every false item is saved.")
            return

        async def submit(values: Mapping[str, str]) -> None:
            item = "" if values["item"] == "all" else values["item"]
            await self.do(c.Save(by=self.seat.officer, item=item, where=values["where"]))

        choices = [("all", f"all {len(left)} that are not saved yet"), *left]
        fields = [
            Field("item", "Which one?", "all", choices, needed=True),
            Field(
                "where", "How many did you save, and where? For example: 3 pictures on my phone.", needed=True
            ),
        ]
        self._form("Saved by hand", fields, submit)

    def do_gone(self) -> None:
        """Report that an item went."""
        left = self._items(lambda item: not item.gone)
        if not left:
            self.say("Nothing on the list stands there any more.")
            return

        async def submit(values: Mapping[str, str]) -> None:
            await self.do(c.Gone(by=self.seat.officer, item=values["item"], how=values["how"]))

        fields = [
            Field("item", "Which one?", "", left, needed=True),
            Field("how", "What became of it?", "gone", WENT, needed=True),
        ]
        self._form("An item went", fields, submit)

    def do_mark(self) -> None:
        """Change what an item is held to be."""
        every = self._items(lambda item: bool(item.id))
        if not every:
            self.say("Nothing is on the list yet.")
            return

        async def submit(values: Mapping[str, str]) -> None:
            risk = {"yes": True, "no": False}.get(values["risk"])
            await self.do(
                c.Mark(by=self.seat.officer, item=values["item"], verdict=values["verdict"], at_risk=risk)
            )

        fields = [
            Field("item", "Which one?", "", every, needed=True),
            Field("verdict", "What is it? Empty leaves it.", "", VERDICTS),
            Field("risk", "Does it put someone at risk? Empty leaves it.", "", YES_NO),
        ]
        self._form("Mark an item", fields, submit)

    async def do_looked(self) -> None:
        """Say that one looked and saw nothing more that is false."""
        if await self.attempt(self.do(c.Look(by=self.seat.officer))):
            self.say("Written down: you looked and saw nothing more that is false.")

    # -- the step ----------------------------------------------------------------------------------------------------

    def do_defer(self) -> None:
        """Put the boxed step off."""
        box = self.board.box
        if box is None:
            return
        step = box.step

        async def submit(values: Mapping[str, str]) -> None:
            minutes = int(values["minutes"]) if values["minutes"].isdecimal() else 0
            await self.do(c.Defer(by=self.seat.officer, step=step, minutes=minutes))

        fields = [
            Field("minutes", "For how many minutes? 0: until its phase ends.", str(PUT_OFF), needed=True)
        ]
        self._form(f"Put off {box.number} {box.do}", fields, submit)

    def do_skip(self) -> None:
        """Go past the boxed step with a reason."""
        self._with_reason(
            "Skip",
            "Why? It stands in the record.",
            lambda step, why: c.Skip(by=self.seat.officer, step=step, reason=why),
        )

    def do_waive(self) -> None:
        """Go on without what the boxed step waits for, with a reason."""
        self._with_reason(
            "Go on without what it waits for",
            "Why? It stands in the record.",
            lambda step, why: c.Waive(by=self.seat.officer, step=step, reason=why),
        )

    def _with_reason(self, title: str, label: str, make: Callable[[str, str], c.AnyCommand]) -> None:
        box = self.board.box
        if box is None:
            return
        step = box.step

        async def submit(values: Mapping[str, str]) -> None:
            await self.do(make(step, values["reason"]))

        rows: list[tuple[Part, ...]] = [((f"{box.number} {box.do}", "strong"),)]
        rows += [((f"Waits for {why}", "late"),) for why in box.waits]
        self._form(title, [Field("reason", label, needed=True)], submit, rows)

    # -- the incident ------------------------------------------------------------------------------------------------

    def do_amend(self) -> None:
        """Correct opening answers; both are kept."""
        state = self.seat.state
        fields = opening_fields(state.playbook.ask, state.answers)
        if not fields:
            self.say("This playbook asked nothing at opening.")
            return

        async def submit(values: Mapping[str, str]) -> None:
            for question in state.playbook.ask:
                value = answer_to(question, values[question.slug], self.seat.session.clock.now(), state.zone)
                if value != state.answers.get(question.slug, ""):
                    await self.do(c.Amend(by=self.seat.officer, slug=question.slug, value=value))

        self._form("Correct an opening answer", fields, submit, verb="keep both answers")

    def do_hand_over(self) -> None:
        """Give the lead to somebody, with the brief."""

        async def submit(values: Mapping[str, str]) -> None:
            await self.do(c.HandOver(by=self.seat.officer, to=values["to"], note=values["note"]))

        async def go() -> None:
            fields = [
                Field("to", "Who takes the lead? Their name.", needed=True),
                Field("note", "A word for them; may stay empty."),
            ]
            if await self.ask(Form("Hand over", (), fields, submit, "hand over the lead")) is not None:
                await self.show_brief()

        self.flow(go())

    async def show_brief(self) -> None:
        """The one-page brief."""
        raise NotImplementedError

    def do_close(self) -> None:
        """End the incident; with critical steps open through the approver's gate."""
        self.flow(self._close())

    async def _close(self) -> None:
        seat = self.seat
        left = open_critical(seat.state, seat.session.clock.now().wall)
        numbers = seat.state.playbook.numbers
        rows: list[tuple[Part, ...]] = [
            ((f"Still open and critical: {numbers.get(name, '')} {step.do}", "late"),)
            for name in left
            if (step := seat.state.playbook.step(name)) is not None
        ]
        if left:
            rows.append(("It needs a reason, and an approver's code.",))

        async def checked(values: Mapping[str, str]) -> None:
            if not left:
                await self.do(c.Close(by=seat.officer, reason=values["reason"]))
            elif not values["reason"]:
                raise Refused("Closing with critical steps open needs a reason.", code="reason")

        label = "Why close with these open?" if left else "A word on how it ended; may stay empty."
        values = await self.ask(
            Form(
                "Close the incident", rows, [Field("reason", label)], checked, "go on" if left else "close it"
            )
        )
        if values is not None and left and await self.through_gate(CLOSE, answer=values["reason"]):
            await self.do(c.Close(by=seat.officer, reason=values["reason"]))


def opening_fields(questions: Sequence[Question], answers: Mapping[str, str]) -> list[Field]:
    """A line for each opening question, with what stands there."""
    fields = []
    for question in questions:
        value = answers.get(question.slug, " ".join(question.default))
        choices = (
            []
            if question.kind == "time"
            else [(each.slug, each.words or each.slug) for each in question.options]
        )
        hint = "  As 23:16, or not-sure." if question.kind == "time" else ""
        fields.append(Field(question.slug, question.say + hint, value, choices, many=question.kind == "pick"))
    return fields
