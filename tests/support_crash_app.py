"""A program that fails in the way it is told to, with a secret in its local variables; run in a pty by tests.

`python -m support_crash_app WAY FOLDER`
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from textual.widget import Widget
from textual.widgets import Static

from console.errors import JournalPoisoned
from console.tui.base import ConsoleApp

CANARY = "JBSWY3DPEHPK3PXP"


def fail(secret):
    again = [secret] * 3
    raise RuntimeError(f"cannot use {again}")


class Drawing(Widget):
    def render_line(self, _y):
        return fail(CANARY)


class Failing(ConsoleApp):
    def __init__(self, way, folder):
        super().__init__(mode="live", state=folder)
        self.way = way

    def compose(self):
        self.secret = CANARY
        yield Static("ready", markup=False)
        if self.way == "draw":
            yield Drawing()

    def key_x(self):
        code = CANARY
        if self.way == "key":
            fail(code)
        elif self.way == "worker":
            self.run_worker(self.work(code))
        elif self.way == "timer":
            self.set_timer(0.01, lambda: fail(code))
        elif self.way == "ours":
            raise JournalPoisoned("The disk is full.", "Nothing more is sent.")
        elif self.way == "markup":
            self.mount(Static(f"[/b] {code}"))
        elif self.way == "task":
            self.lost = asyncio.get_running_loop().create_task(self.work(code))
            self.lost.add_done_callback(lambda _: setattr(self, "lost", None))
        elif self.way == "panic":
            self.panic(code)
        elif self.way == "group":
            raise ExceptionGroup(code, [ValueError(code)])
        else:
            self.exit(3, message=f"left \x1b[2J {self.way}")

    async def work(self, secret):
        fail(secret)


if __name__ == "__main__":
    app = Failing(sys.argv[1], Path(sys.argv[2]))
    app.run()
    sys.exit(app.return_code)
