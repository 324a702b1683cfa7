"""What Enter does on the box, by the stage its step stands in, when nothing is chosen."""

from __future__ import annotations

from console.incident.board_box import Box
from console.tui.screens.desk import Desk
from console.tui.screens.doubts import choose_people, settle_doubt, show_mailing
from console.tui.screens.sending import send, through_gate


def enter(desk: Desk, box: Box) -> None:
    """Enter on a box in one of these stages, with nothing chosen."""
    match box.stage:
        case "doubt":
            desk.flow(settle_doubt(desk, box.step))
        case "interrupted":
            desk.flow(show_mailing(desk, box.step))
        case "running" if box.takes == "recipients":
            desk.flow(show_mailing(desk, box.step))
        case "settled":
            desk.flow(desk.next_step())
        case "gate":
            desk.flow(through_gate(desk, box.step))
        case "send" if box.takes == "recipients" and not box.people and not box.guided:
            desk.flow(choose_people(desk))
        case "send":
            desk.flow(send(desk, box.step))
        case _:
            desk.say("It is being carried out. You can go on with another step.")
