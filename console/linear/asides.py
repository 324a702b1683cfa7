"""Moves beside the steps: status, log, notes, contacts, brief, handing over, opening answers, lists, and a drill's own."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from console.engine.asking import answer_to, typed_form, understood
from console.engine.lists import choice_of, keep_list, mailers, read_list
from console.incident import commands as c
from console.incident.counting import said_number
from console.incident.moment import age_words
from console.linear.page import status, steps
from console.report.brief import brief
from console.report.debrief import debrief
from console.report.record import read_entries
from console.report.timeline import timeline
from console.text import counted

if TYPE_CHECKING:
    from console.engine.lists import Held
    from console.linear.face import Face

LOG_LINES: Final = 20
LIST_WAYS: Final = {
    "encoding": "Written in, such as utf-8 or cp1252",
    "delimiter": "Between columns: comma, semicolon, tab, bar or none",
    "column": "The column of addresses, its name or its number",
    "without": "A file of people who get no mail",
}


async def show_status(face: Face, rest: str) -> None:
    """Where the incident stands, with the clock; what the channels wait for and cost."""
    del rest
    conductor = face.conductor
    told = (*conductor.channel_notes(beside_the_board=True), *conductor.channel_costs())
    face.talk.say(*status(face.board(), face.state, conductor.unwatched_why()), *told)


async def show_steps(face: Face, rest: str) -> None:
    """Every step with its mark."""
    del rest
    face.talk.head("All steps:")
    face.talk.say(*steps(face.board()))


async def show_log(face: Face, rest: str) -> None:
    """The last lines of the log; words after `l` are looked for in all of it."""
    entries = await read_entries(face.session.journal, face.state.incident)
    found = deque(timeline(entries, face.state, wanted=rest), maxlen=LOG_LINES)
    face.talk.head(f"Log, the last {len(found)} lines:" if found else "Log: nothing fits.")
    face.talk.say(*(line.drawn() for line in found))


async def note(face: Face, rest: str) -> None:
    """Write something down."""
    text = rest or await face.talk.ask("Note; Enter goes back")
    if not text:
        return
    box = face.box()
    await face.session.do(c.Note(by=face.officer, text=text, step=box.step if box is not None else ""))
    face.talk.say("Saved.")


async def show_contacts(face: Face, rest: str) -> None:
    """Whom to call. In a drill nobody is called, so no number is shown."""
    del rest
    if not face.state.live:
        face.talk.say("DRILL: call nobody. Tell the drill lead whom you would call.")
    if not face.contacts:
        face.talk.say("No contacts are set on this machine. Use the printed card.")
    for each in face.contacts:
        number = each.number if face.state.live else "tell the drill lead"
        other = getattr(each, "alternate", "")
        alternate = f", else {other}" if other and face.state.live else ""
        checked = getattr(each, "checked", "")
        tried = f", checked {checked}" if checked else ", never checked"
        face.talk.say(f"{each.role}: {each.name}, {number}{alternate}{tried}.")


async def show_brief(face: Face, rest: str) -> None:
    """The one-page brief."""
    del rest
    face.talk.say(*brief(face.state, face.now, face.officer, face.contacts).splitlines())


async def hand_over(face: Face, rest: str) -> None:
    """Give the lead to somebody, with the brief."""
    to = rest or await face.talk.ask("Who takes the lead? Their name; Enter goes back")
    if not to:
        return
    words = await face.talk.ask("A word for them; Enter for none")
    await face.session.do(c.HandOver(by=face.officer, to=to, note=words))
    await show_brief(face, "")
    face.talk.say(f"Saved. {to} leads.")


async def amend(face: Face, rest: str) -> None:
    """Correct an opening answer; both are kept."""
    del rest
    asked = face.state.playbook.ask
    now, zone = face.session.clock.now(), face.state.zone
    stands = [typed_form(each, face.state.answers.get(each.slug, ""), now, zone) for each in asked]
    options = [f"{each.say} It stands as: {value}" for each, value in zip(asked, stands, strict=True)]
    place = await face.talk.pick("Which answer to correct?", options) if asked else 0
    if not place:
        return
    question = asked[place - 1]
    words = ", ".join(choice.slug for choice in question.options)
    words = words or ("as 23:16, or yesterday 23:16" if question.kind == "time" else "as text")
    typed = await face.talk.ask(f"{question.say} ({words}); Enter leaves it")
    if not typed:
        return
    now = face.session.clock.now()
    value = answer_to(question, typed, now, zone)
    if told := understood(question, typed, now, zone):
        face.talk.say(told)
    await face.session.do(c.Amend(by=face.officer, slug=question.slug, value=value))
    face.talk.say("Saved. The record keeps both.")


async def choose(face: Face, rest: str) -> None:
    """Choose the files with the recipients of a mailing."""
    if not face.state.live:
        face.talk.say("DRILL: the practice list is chosen already. A real list is never read in a drill.")
        return
    channels = mailers(face.state)
    if not channels:
        face.talk.say("This playbook mails nobody.")
        return
    channel = channels[0]
    if len(channels) > 1:
        place = await face.talk.pick("For which channel?", channels)
        if not place:
            return
        channel = channels[place - 1]
    typed = rest or await face.talk.ask(
        "The file with the addresses, several with ; between; Enter goes back"
    )
    said = {"path": typed}
    while said["path"]:
        with await read_list(face.session, channel, choice_of(said)) as found:
            if not await _keeps(face, channel, found):
                return
        for name, asks in LIST_WAYS.items():
            said[name] = await face.talk.ask(f"{asks}; Enter for as it is found")


async def _keeps(face: Face, channel: str, found: Held) -> bool:
    """Report on a list and keep it when its count is typed; True when it is to be read another way."""
    report = found.report
    face.talk.say(
        f"{counted(report.accepted, 'person', 'people')}. {counted(report.duplicates, 'line')} stood twice,"
        f" {counted(report.refused, 'holds', 'hold')} no address.",
        *(f"{each.path}, read as {each.words()}." for each in report.files[:LOG_LINES]),
        f"Last changed {age_words(report.age(face.now))} ago. Most at {', '.join(f'{name} {many:,}' for name, many in report.top_domains)}.",
        *(
            f"{counted(report.suppressed, 'line')} left out by {each.path}."
            for each in report.suppression[:1]
        ),
        *(
            [f"{counted(report.unclear, 'line')} of the suppression list hold no address."]
            * bool(report.unclear)
        ),
        *report.findings[:LOG_LINES],
    )
    asks = (
        f"Type {report.accepted} and Enter to go on with this list; w reads it another way, Enter goes back"
    )
    typed = await face.talk.ask(asks)
    if typed.strip().lower() == "w":
        return True
    if said_number(typed) != report.accepted:
        face.talk.say("No list was chosen.")
        return False
    await keep_list(face.session, face.officer, channel, found)
    face.talk.say(
        f"{counted(report.accepted, 'person is', 'people are')} on the list. Nothing has been sent."
    )
    return False


async def show_debrief(face: Face, rest: str) -> None:
    """Times against targets, so far."""
    del rest
    face.talk.say(*await debrief_lines(face))


async def debrief_lines(face: Face) -> tuple[str, ...]:
    """The debrief's table as lines; a drill's against its scenario."""
    if face.drill is not None:
        return (await face.drill.debrief()).lines()
    entries = await read_entries(face.session.journal, face.state.incident)
    return debrief(entries, face.state, face.now).lines()


async def phones(face: Face, rest: str) -> None:
    """A drill's practice phones."""
    if face.drill is None:
        face.talk.say("Practice phones are for drills. A live code comes from the officer's own phone.")
        return
    names = [rest] if rest else [face.officer, *face.drill.approvers]
    face.talk.say(*(face.drill.phone_words(name) for name in names))


async def real(face: Face, rest: str) -> None:
    """This is real: end the drill and print the live command."""
    del rest
    if face.drill is None or face.state.live:
        face.talk.say("This is LIVE already.")
        return
    from console.drill.world import end_as_real

    command = await end_as_real(face.session, face.officer)
    face.talk.say("The drill is over. For the real thing, run:", command)


async def again(face: Face, rest: str) -> None:
    """The current step once more."""
    del rest
    face.show_step(again=True)


async def leave(face: Face, rest: str) -> None:
    """Leave; the incident goes on."""
    del rest
    if not face.leaving and any(
        effect.status == "intended" and not effect.guided and effect.holder == face.session.holder
        for effect in face.state.effects.values()
    ):
        word = await face.talk.ask(
            "Something is on its way from here. Leaving now, we will not know its end. q leaves, Enter stays"
        )
        if word != "q":
            return
    face.leaving = True
    incident = face.state.incident
    goes_on = f"{incident} goes on. Come back: incident resume {incident}"
    face.talk.say(f"You left. {goes_on if face.state.end is None else f'{incident} is closed.'}")
