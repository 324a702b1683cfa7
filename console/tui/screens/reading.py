"""What is looked at from the incident screen: texts, log, items, contacts, help, the brief; in a drill the phones too."""

from __future__ import annotations

from typing import Final

from console.incident.board_box import Box
from console.tui.screens.desk import Desk
from console.tui.text import Part
from console.tui.views.lay import EDGES

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
LEAST_WIDTH: Final = 48
PLANNED: Final = ("hands", "running", "doubt", "interrupted")


def note(desk: Desk) -> None:
    """Write a note into the log."""
    desk.start_typing("note")


# -- texts -------------------------------------------------------------------------------------------------------


def text(desk: Desk) -> None:
    """The text of this step: to be copied once it is planned, to be read and edited before."""
    box = desk.board.box
    if box is None or not box.text_slug:
        texts(desk)
    elif box.stage in PLANNED and box.manifest is not None:
        copy(desk, _whole(box), box.text_slug)
    else:
        desk.flow(_text(desk, box.text_slug, box.step))


def copy(desk: Desk, text: str, slug: str) -> None:
    """Take a text out of the console."""
    from console.tui.widgets.copy import CopyScreen

    stem = f"{desk.seat.state.incident}-{slug}"
    desk.app.push_screen(CopyScreen(text, desk.seat.folder / "texts", stem))


async def _text(desk: Desk, slug: str, step: str = "") -> None:
    from console.tui.screens.texts import TextScreen

    await desk.ask(TextScreen(desk.seat, slug, step))


def texts(desk: Desk) -> None:
    """One of all the texts."""
    desk.flow(_texts(desk))


async def _texts(desk: Desk) -> None:
    from console.tui.widgets.choose import Choose

    texts = desk.seat.state.playbook.texts
    names = [f"{text.slug} ({text.kind})" for text in texts]
    if not texts:
        desk.say("This playbook has no texts.")
        return
    taken = await desk.ask(Choose("Texts", [], "Which one?", names))
    if taken is not None:
        await _text(desk, texts[taken].slug)


def links(desk: Desk) -> None:
    """Every address of this step, whole: for the mouse, the clipboard, a file, or a phone."""
    from console.text import visible
    from console.tui.widgets.copy import CopyScreen

    box = desk.board.box
    if box is None or not desk.seat.state.live:
        desk.say("A drill shows no links." if box is not None else "No step is left to do.")
        return
    lines = [f"Link: {box.link}"] if box.link else []
    lines += [visible(line) for each in box.addresses for line in each.lines()]
    if not any("https://" in line or "http://" in line for line in lines):
        desk.say("This step has no links.")
        return
    stem = f"{desk.seat.state.incident}-links"
    desk.app.push_screen(CopyScreen("\n".join(lines), desk.seat.folder / "texts", stem, at_once=False))


def whole_mail(desk: Desk) -> None:
    """The mail of this step as it would travel."""
    desk.flow(_whole_mail(desk))


async def _whole_mail(desk: Desk) -> None:
    from console.engine.previewing import as_sent
    from console.tui.widgets.help import Page

    box = desk.board.box
    if box is None:
        desk.say("No step is left to do.")
        return
    mail = await as_sent(desk.seat.session, desk.seat.officer, box.step)
    await desk.ask(Page(desk.app_mode, "The mail as it would travel", mail_rows(mail)))


def mail_rows(mail: str) -> Rows:
    """A mail's lines as rows."""
    return [(line,) for line in mail.split("\n")]


# -- the record --------------------------------------------------------------------------------------------------


def log(desk: Desk) -> None:
    """Everything that happened."""
    from console.tui.screens.log import LogScreen

    desk.app.push_screen(LogScreen(desk.seat))


def items(desk: Desk) -> None:
    """What was published."""
    from console.tui.screens.items import ItemsScreen

    desk.app.push_screen(ItemsScreen(desk.seat, desk))


def access(desk: Desk) -> None:
    """What became of every way into our accounts."""
    from console.incident.access import OPEN
    from console.incident.access_ledger import ledger, line_words
    from console.incident.wordings import zone_of

    state = desk.seat.state
    lines = ledger(state, desk.seat.session.clock.now().wall)
    zone = zone_of(state)
    rows: Rows = [((line_words(each, zone), "late" if each.how == OPEN else "plain"),) for each in lines]
    rows += [
        ("",),
        (("^P access line adds one. ^P passphrase makes one, kept before it is shown.", "muted"),),
    ]
    _page(desk, "Ways into our accounts", rows)


def channels(desk: Desk) -> None:
    """Each channel with what stands there still, what it waits for or does not see, and what it cost."""
    from console.tui.views.records import channel_rows

    conductor = desk.seat.conductor
    rows: Rows = [(("Channel, and its last false item", "head"),)]
    rows += channel_rows(desk.seat.state, max(desk.size.width - EDGES, LEAST_WIDTH))
    rows += [((each, "info"),) for each in conductor.channel_notes()]
    rows += [((each, "plain"),) for each in conductor.channel_costs()]
    _page(desk, "Channels", rows)


def _page(desk: Desk, title: str, rows: Rows) -> None:
    from console.tui.widgets.help import Page

    desk.app.push_screen(Page(desk.app_mode, title, rows))


# -- whom to call, and help --------------------------------------------------------------------------------------


def help_page(desk: Desk) -> None:
    """This screen's keys, plain help on the step, and what the marks mean."""
    from console.tui.widgets.help import HelpScreen

    rows: Rows = []
    box = desk.board.box
    if box is not None:
        rows += _step_rows(box)
    rows += [(("The marks", "head"),)]
    rows += [((f"{mark}  ", "strong"), words) for mark, words in LEGEND]
    rows += [
        (("Arrows or j k move through the list; left and right go from phase to phase.", "plain"),),
        (("A digit chooses an answer. Enter answers. Enter never sends.", "plain"),),
    ]
    desk.app.push_screen(HelpScreen(desk.app_mode, desk.actions(), desk.board, rows))


def linear(desk: Desk) -> None:
    """How to go on with the plain face."""
    incident = desk.seat.state.incident
    desk.say(f"Leave with q, then type: incident resume {incident} --linear")


async def show_brief(desk: Desk) -> None:
    """The one-page brief, with a way to copy it."""
    from console.report.brief import brief
    from console.tui.widgets.copy import CopyScreen

    seat = desk.seat
    words = brief(seat.state, seat.session.clock.now().wall, seat.officer, seat.contacts)
    await desk.ask(CopyScreen(words, seat.folder / "texts", f"{seat.state.incident}-brief"))


# -- a drill's own -----------------------------------------------------------------------------------------------


def phone(desk: Desk) -> None:
    """The practice phones."""
    drill = desk.seat.drill
    if drill is None:
        desk.say("Practice phones are for drills. A live code comes from the officer's own phone.")
        return
    names = (desk.seat.officer, *drill.approvers)
    rows: Rows = [((drill.phone_words(name), "drill"),) for name in names]
    _page(desk, "Practice phones", rows)


def debrief(desk: Desk) -> None:
    """Times against targets, so far."""
    desk.flow(_debrief(desk))


async def _debrief(desk: Desk) -> None:
    drill = desk.seat.drill
    if drill is not None:
        found = await drill.debrief()
        width = max(desk.size.width - EDGES, LEAST_WIDTH)
        _page(desk, "DRILL debrief", [(line,) for line in found.lines(width)])


def real(desk: Desk) -> None:
    """This is real: asked once, then the drill is over."""
    desk.flow(_real(desk))


async def _real(desk: Desk) -> None:
    from console.drill.world import end_as_real, real_command
    from console.tui.widgets.choose import Choose

    if desk.seat.drill is None:
        desk.say("This is LIVE already.")
        return
    rows: Rows = [
        (("The drill ends here. Nothing of it reached the world.", "strong"),),
        (("To open the real incident, this is typed next:", "plain"),),
        ((real_command(desk.seat.session), "strong"),),
    ]
    taken = await desk.ask(
        Choose(
            "THIS IS REAL?",
            rows,
            "Is something real happening?",
            ["Yes: end the drill", "No: go on with it"],
        )
    )
    if taken == 0:
        desk.console.real(await end_as_real(desk.seat.session, desk.seat.officer))


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
