"""What is asked before some answers are given: whether it is the end, and for the codes over the answer itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.incident.narrate import answer_words
from console.tui.screens.gates import open_gate

if TYPE_CHECKING:
    from console.incident.board_box import Box
    from console.tui.screens.fingers import Fingers
    from console.tui.text import Part


async def ask_first(desk: Fingers, box: Box, value: str, words: str) -> None:
    """Ask what must be asked before the answer, then give it; nothing is written down when the officer goes back."""
    ends = value in box.ends
    if ends and not await _is_the_end(desk, box, value):
        desk.say("Nothing was answered. It goes on.")
        return
    if box.says and box.stage == "gate" and not await open_gate(desk, box.step, answer=value):
        return
    await desk.give(box, value, words, confirmed=ends)


async def _is_the_end(desk: Fingers, box: Box, value: str) -> bool:
    """Whether the officer means to end it all. The safe choice stands first, and Enter alone takes none."""
    from console.tui.widgets.choose import Choose

    what = "LIVE incident" if desk.seat.state.live else "drill"
    rows: list[tuple[Part, ...]] = [
        ((f"{box.number} {answer_words(desk.seat.state, box.step, value)}", "strong"),),
        ((f"This answer ENDS the {what}: every other step is dropped.", "danger"),),
        (("It cannot be taken back.", "plain"),),
    ]
    options = ["No: go back, nothing is answered", f"Yes: nothing at all is wrong, end the {what}"]
    return await desk.ask(Choose("THIS ENDS IT?", rows, "Is nothing at all wrong?", options)) == 1
