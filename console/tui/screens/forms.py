"""What is reported and steered by a few typed lines: items, putting off, skipping, amending, handing over, closing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from console.engine.asking import answer_to, typed_form, understood
from console.errors import Refused
from console.incident import commands as c
from console.incident.decide import open_critical, still_to_do
from console.incident.reports import risk_at_first
from console.incident.state import CLOSE, Item
from console.playbook.model import Question
from console.tui.screens.desk import Desk
from console.tui.screens.gates import open_gate
from console.tui.screens.reading import show_brief
from console.tui.text import Part
from console.tui.views.standing import waiting
from console.tui.widgets.form import Field, Form

if TYPE_CHECKING:
    from console.clock import Clock

VERDICTS: Final = (("bogus", "false"), ("ours", "ours"), ("unknown", "not known"))
YES_NO: Final = (("yes", "Yes"), ("no", "No"))
WENT: Final = (("gone", "It is gone"), ("removed", "We removed it"), ("hidden", "Hidden by a suspension"))
PUT_OFF: Final = 10
MOST_NAMED: Final = 4
AS_TYPED: Final = "As 23:16, yesterday 23:16, or not-sure."
WHEN: Final = Question("when", "When was it published?", "time", default=("not-sure",))
Submit = Callable[[Mapping[str, str]], Awaitable[object]]
Rows = Sequence[Sequence[Part]]


def _form(
    desk: Desk, title: str, fields: Sequence[Field], submit: Submit, rows: Rows = (), verb: str = ""
) -> None:
    async def go() -> None:
        await desk.ask(Form(title, rows, fields, submit, verb or "write it down"))

    desk.flow(go())


# -- items -------------------------------------------------------------------------------------------------------


def seen(desk: Desk) -> None:
    """Report something that was published."""
    channels = [(each.name, each.name) for each in desk.seat.state.playbook.channels]

    async def submit(values: Mapping[str, str]) -> None:
        await desk.do(
            c.See(
                by=desk.seat.officer,
                channel=values["channel"],
                words=values["words"],
                link=values["link"],
                at_risk=values["risk"] == "yes",
                when=_moment(desk, values["when"]),
            )
        )

    fields = [
        Field("channel", "On which channel?", channels[0][0] if channels else "", channels, needed=True),
        Field("words", "What does it say? Its first words are enough."),
        Field("link", "Its address, if you have it."),
        Field(
            "risk",
            "Does it put someone at risk (threat, missing person, money)?",
            risk_at_first(desk.seat.state),
            YES_NO,
            needed=True,
        ),
        Field(
            "when",
            "When was it published, as 23:16? Empty is now.",
            heard=_hearing(WHEN, desk.seat.session.clock, desk.seat.state.zone),
        ),
    ]
    _form(desk, "Report a false item", fields, submit)


def _moment(desk: Desk, typed: str) -> int:
    if not typed:
        return 0
    moment = answer_to(WHEN, typed, desk.seat.session.clock.now(), desk.seat.state.zone)
    return int(moment) if moment.isdecimal() else 0


def _items(desk: Desk, wanted: Callable[[Item], bool]) -> list[tuple[str, str]]:
    return [
        (item.id, f"{item.id} {item.channel}  {(item.words or item.link)[:48]}")
        for item in desk.seat.state.items.values()
        if wanted(item)
    ]


def save(desk: Desk) -> None:
    """Say where an item is saved, or all that are not saved yet."""
    left = _items(desk, lambda item: item.bogus and not item.saved)
    if not left:
        desk.say("Every false item is saved.")
        return

    async def submit(values: Mapping[str, str]) -> None:
        item = "" if values["item"] == "all" else values["item"]
        await desk.do(c.Save(by=desk.seat.officer, item=item, where=values["where"]))

    choices = [("all", f"all {len(left)} that are not saved yet"), *left]
    fields = [
        Field("item", "Which one?", "all", choices, needed=True),
        Field("where", "How many did you save, and where? For example: 3 pictures on my phone.", needed=True),
    ]
    _form(desk, "Saved by hand", fields, submit)


def gone(desk: Desk) -> None:
    """Report that an item went."""
    left = _items(desk, lambda item: not item.gone)
    if not left:
        desk.say("Nothing on the list stands there any more.")
        return

    async def submit(values: Mapping[str, str]) -> None:
        await desk.do(c.Gone(by=desk.seat.officer, item=values["item"], how=values["how"]))

    fields = [
        Field("item", "Which one?", "", left, needed=True),
        Field("how", "What became of it?", "gone", WENT, needed=True),
    ]
    _form(desk, "An item went", fields, submit)


def mark(desk: Desk) -> None:
    """Change what an item is held to be."""
    every = _items(desk, lambda item: bool(item.id))
    if not every:
        desk.say("Nothing is on the list yet.")
        return

    async def submit(values: Mapping[str, str]) -> None:
        risk = {"yes": True, "no": False}.get(values["risk"])
        await desk.do(
            c.Mark(by=desk.seat.officer, item=values["item"], verdict=values["verdict"], at_risk=risk)
        )

    fields = [
        Field("item", "Which one?", "", every, needed=True),
        Field("verdict", "What is it? Empty leaves it.", "", VERDICTS),
        Field("risk", "Does it put someone at risk? Empty leaves it.", "", YES_NO),
    ]
    _form(desk, "Mark an item", fields, submit)


async def looked(desk: Desk) -> None:
    """Say that one looked and saw nothing more that is false."""
    if await desk.attempt(desk.do(c.Look(by=desk.seat.officer))):
        desk.say("Written down: you looked and saw nothing more that is false.")


# -- the step ----------------------------------------------------------------------------------------------------


def defer(desk: Desk) -> None:
    """Put the boxed step off."""
    box = desk.board.box
    if box is None:
        return
    step = box.step

    async def submit(values: Mapping[str, str]) -> None:
        minutes = int(values["minutes"]) if values["minutes"].isdecimal() else 0
        await desk.do(c.Defer(by=desk.seat.officer, step=step, minutes=minutes))

    fields = [Field("minutes", "For how many minutes? 0: until its phase ends.", str(PUT_OFF), needed=True)]
    _form(desk, f"Put off {box.number} {box.do}", fields, submit)


def skip(desk: Desk) -> None:
    """Go past the boxed step with a reason."""
    _with_reason(
        desk,
        "Skip",
        "Why? It stands in the record.",
        lambda step, why: c.Skip(by=desk.seat.officer, step=step, reason=why),
    )


def waive(desk: Desk) -> None:
    """Go on without what the boxed step waits for, with a reason."""
    _with_reason(
        desk,
        "Go on without what it waits for",
        "Why? It stands in the record.",
        lambda step, why: c.Waive(by=desk.seat.officer, step=step, reason=why),
    )


def _with_reason(desk: Desk, title: str, label: str, make: Callable[[str, str], c.AnyCommand]) -> None:
    box = desk.board.box
    if box is None:
        return
    step = box.step

    async def submit(values: Mapping[str, str]) -> None:
        await desk.do(make(step, values["reason"]))

    rows: list[tuple[Part, ...]] = [((f"{box.number} {box.do}", "strong"),)]
    rows += [(("".join(waiting(why)), "late"),) for why in box.waits]
    _form(desk, title, [Field("reason", label, needed=True)], submit, rows)


# -- the incident ------------------------------------------------------------------------------------------------


def amend(desk: Desk) -> None:
    """Correct opening answers; both are kept."""
    state = desk.seat.state
    clock = desk.seat.session.clock
    fields = opening_fields(state.playbook.ask, state.answers, clock, state.zone)
    stood = {field.name: field.value for field in fields}
    if not fields:
        desk.say("This playbook asked nothing at opening.")
        return

    async def submit(values: Mapping[str, str]) -> None:
        for question in state.playbook.ask:
            if values[question.slug] == stood[question.slug]:
                continue  # a moment is kept to the second, and shown to the minute
            value = answer_to(question, values[question.slug], clock.now(), state.zone)
            if value != state.answers.get(question.slug, ""):
                await desk.do(c.Amend(by=desk.seat.officer, slug=question.slug, value=value))

    _form(desk, "Correct an opening answer", fields, submit, verb="keep both answers")


def hand_over(desk: Desk) -> None:
    """Give the lead to somebody, with the brief."""

    async def submit(values: Mapping[str, str]) -> None:
        await desk.do(c.HandOver(by=desk.seat.officer, to=values["to"], note=values["note"]))

    async def go() -> None:
        fields = [
            Field("to", "Who takes the lead? Their name.", needed=True),
            Field("note", "A word for them; may stay empty."),
        ]
        if await desk.ask(Form("Hand over", (), fields, submit, "hand over the lead")) is not None:
            await show_brief(desk)

    desk.flow(go())


def close(desk: Desk) -> None:
    """End the incident; with critical steps open through the approver's gate."""
    desk.flow(_close(desk))


async def _close(desk: Desk) -> None:
    seat = desk.seat
    left = open_critical(seat.state, seat.session.clock.now().wall)
    numbers = seat.state.playbook.numbers
    rows: list[tuple[Part, ...]] = []
    if left:
        listed = ", ".join(numbers.get(name, name) for name in left)
        rows.append(((f"Still open and critical: {listed}.", "late"),))
        rows.append(("Closing all the same needs a reason, and an approver's code.",))

    others = still_to_do(seat.state, seat.session.clock.now().wall)
    if others:
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        rows.append((f"Not done either: {'; '.join(others[:MOST_NAMED])}{more}.",))

    async def checked(values: Mapping[str, str]) -> None:
        if not left:
            await desk.do(c.Close(by=seat.officer, reason=values["reason"]))
        elif not values["reason"]:
            raise Refused("Closing with critical steps open needs a reason.", code="reason")

    label = "Why close with these open?" if left else "A word on how it ended; may stay empty."
    values = await desk.ask(
        Form("Close the incident", rows, [Field("reason", label)], checked, "go on" if left else "close it")
    )
    if values is not None and left and await open_gate(desk, CLOSE, answer=values["reason"]):
        await desk.do(c.Close(by=seat.officer, reason=values["reason"]))


def opening_fields(
    questions: Sequence[Question], answers: Mapping[str, str], clock: Clock, zone: str, hint: str = AS_TYPED
) -> list[Field]:
    """A line for each opening question, with what stands there.

    Args:
        questions: the playbook's.
        answers: what was answered before; the safe defaults for what was not.
        clock: tells the moment that a typed time of day was.
        zone: the IANA zone in which people read times.
        hint: said beside a question for a time.
    """
    fields = []
    for question in questions:
        kept = answers.get(question.slug, " ".join(question.default))
        if question.kind == "time":
            value = typed_form(question, kept, clock.now(), zone)
            heard = _hearing(question, clock, zone)
            fields.append(Field(question.slug, f"{question.say}  {hint}", value, heard=heard))
            continue
        choices = [(each.slug, each.words or each.slug) for each in question.options]
        fields.append(Field(question.slug, question.say, kept, choices, many=question.kind == "pick"))
    return fields


def _hearing(question: Question, clock: Clock, zone: str) -> Callable[[str], tuple[str, str]]:
    """How a typed time is understood, put back into its line, and said where it is not simply today's."""

    def heard(typed: str) -> tuple[str, str]:
        now = clock.now()
        words = understood(question, typed, now, zone)
        return typed_form(question, answer_to(question, typed, now, zone), now, zone) if typed else "", words

    return heard
