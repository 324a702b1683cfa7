"""A program that shows the hostile corpus in every widget of the face; run in a pty by the attack tests.

`python -m support_hostile_app MODE FOLDER`: `x` shows the next text on the main screen, `1` to `7` open a dialog with all of them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hostile import HOSTILE
from textual.widgets import Static

from console.tui import actions
from console.tui import text as drawing
from console.tui.base import ConsoleApp
from console.tui.screen import ConsoleScreen
from console.tui.widgets.codebox import Checked, CodeBox, Gate
from console.tui.widgets.confirm import Confirm, Question
from console.tui.widgets.contacts import Contact, ContactsScreen
from console.tui.widgets.copy import CopyScreen
from console.tui.widgets.footer import Footer
from console.tui.widgets.frame import Frame
from console.tui.widgets.help import HelpScreen
from console.tui.widgets.lines import Fixed, Lines, Row

NAMES = list(HOSTILE)
ALL = "\n".join(HOSTILE.values())


class Main(ConsoleScreen[None]):
    WHERE = actions.INCIDENT

    def compose(self):
        self.number = 0
        self.one = Static(classes="prose")
        self.many = Static(classes="prose")
        self.many.styles.height = 5
        self.rows = Lines()
        self.keys = Footer()
        self.frame = Frame(self.app.mode, self.one, self.many, self.rows, self.keys)
        yield self.frame

    def on_mount(self):
        self.keys.show(actions.footer(self.WHERE, None))
        self.show()
        self.rows.focus()

    def show(self):
        hostile = HOSTILE[NAMES[self.number]]
        self.frame.banner.show([f"number {self.number}", hostile], "23:30")
        self.one.update(drawing.line(f"one {self.number} ", (hostile[:200], "late")))
        self.many.update(drawing.lines(hostile[:400]))
        self.rows.show(Fixed([Row((f"row {row} ", (hostile, "danger"), " after")) for row in range(40)]))

    def key_x(self):
        self.number = (self.number + 1) % len(NAMES)
        self.show()

    def do_choose(self, digit):
        rows = [(text, (text, "late")) for text in HOSTILE.values()]
        mode = self.app.mode

        async def check(code):
            return Checked(good=False, words=ALL[:300])

        self.app.push_screen(
            {
                1: lambda: Confirm(Question(ALL[:100], rows, "account"), mode),
                2: lambda: CodeBox(
                    Gate(ALL[:100], rows, HOSTILE["clear"]), mode, check, lambda: [(ALL[:60], "late")]
                ),
                3: lambda: HelpScreen(mode, self.actions(), None, rows),
                4: lambda: ContactsScreen(mode, [Contact(t, t, t, t, t) for t in HOSTILE.values()]),
                5: lambda: CopyScreen(ALL[:3000], self.app.state_folder, "text"),
            }[digit]()
        )

    def do_note(self):
        for hostile in list(HOSTILE.values())[:24]:
            self.app.notify(hostile, title=hostile)


class Hostile(ConsoleApp):
    def on_mount(self):
        super().on_mount()
        self.push_screen(Main())

    def do_leave(self):
        self.exit(0, message=f"left with {self.alarms} alarms {HOSTILE['clear']}")


if __name__ == "__main__":
    app = Hostile(mode=sys.argv[1], state=Path(sys.argv[2]))
    app.run()
    sys.exit(app.return_code)
