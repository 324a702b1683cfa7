"""The first ten minutes of the model case in plain lines, in a real terminal process: live by hand, and as a drill."""

import sqlite3

import pytest
from support_incident import MINUTE, T0
from support_pty import Terminal

from console.incident import events as e
from console.incident.codec import decode
from console.journal.sqlite import SqliteJournal

VOICE = "pin-ignore-notice/voice"


class Typist:
    """Types a line, waits for the next prompt, and turns the clock in between."""

    def __init__(self, mode, folder, officer=""):
        args = ["python", "-m", "support_tui_app", mode, str(folder), officer, "linear"]
        self.screen = Terminal(args, columns=80, rows=24)
        self._turns = folder / "turn"

    @property
    def said(self):
        """Everything printed so far, as one text."""
        return bytes(self.screen.raw).decode().replace("\r\n", "\n")

    def prompted(self, prompt, since=0):
        """Wait until the last thing printed is that prompt; what was printed since."""
        self.screen.wait(lambda _: self.said[since:].endswith(f"{prompt}> "))
        return self.said[since:]

    def type(self, line, prompt):
        """A line, and the prompt it leads to."""
        mark = len(self.said)
        self.screen.type(line + "\n")
        return self.prompted(prompt, mark + len(line))

    def turn(self, seconds, clock, prompt):
        """Let so many seconds pass; the status says when they have."""
        with self._turns.open("a") as file:
            file.write(f"{seconds * 1_000}\n")
        while f"The time is {clock}." not in self.type("s", prompt):
            pass

    def news(self, words):
        """Wait for what is printed while nobody types."""
        self.screen.wait(lambda _: words in self.said)


@pytest.fixture
def typist(tmp_path):
    started = []

    def start(mode, officer=""):
        started.append(Typist(mode, tmp_path, officer))
        return started[-1]

    yield start
    for each in started:
        each.screen.__exit__()


async def record(path, mode):
    async with await SqliteJournal.open(path, mode) as journal:
        name = next(each for each in await journal.streams() if not each.startswith("@"))
        return [decode(row.body) for row in await journal.read(name, 0, 1000)]


def notice_at(happened):
    """When the first notice was out, in ms since opening."""
    effects = {each.effect for each in happened if isinstance(each, e.EffectIntended) and each.step == VOICE}
    done = [each for each in happened if isinstance(each, e.EffectDone) and each.effect in effects]
    assert done, "the notice never went out"
    return done[0].at - happened[0].at


async def test_live_by_hand(typist, tmp_path):
    officer = typist("live")
    officer.prompted("LIVE Who are you?")
    assert "Save.\nSay ignore.\nCut the link.\n" in officer.type("Reid", "Enter is website account email")
    officer.type("", "not-sure; Enter is not-sure")
    officer.type("23:16", "a number or a word; Enter is not-sure")
    officer.type("", "LIVE 1.1")
    officer.turn(30, "23:18:30", "LIVE 1.1")
    officer.type("1", "LIVE 1.2")
    officer.turn(60, "23:19:30", "LIVE 1.2")
    officer.type("1", "LIVE 2.1")
    assert "Public notice: NOT SENT YET." in officer.type("s", "LIVE 2.1")
    shown = officer.type("a", "Type voice and Enter to go on. Anything else sends nothing")
    assert "This goes out for real:" in shown
    assert "Move 2: Paste the text." in officer.type("voice", "LIVE 2.1")
    officer.turn(75, "23:20:45", "LIVE 2.1")
    officer.type("1", "1 selected: I see it on the account. Enter answers, anything else cancels")
    officer.type("", "LIVE 2.2")
    assert "Public notice: sent 23:20." in officer.type("s", "LIVE 2.2")
    officer.type("3", "LIVE 2.4")  # cannot sign in: the way round is taken, nobody is waited for
    officer.type("3.2", "LIVE 3.2")
    officer.turn(180, "23:23:45", "LIVE 3.2")
    officer.type("1", "Enter answers, anything else cancels")
    officer.type("", "LIVE 3.1")
    officer.turn(240, "23:27:45", "LIVE 3.1")
    officer.news("LATE ")
    officer.screen.type("q\n")
    assert officer.screen.end() == 0
    assert "Come back: incident resume L-20190719-1" in officer.said
    assert b"\x1b" not in bytes(officer.screen.raw)

    happened = await record(tmp_path / "live.sqlite3", "live")
    assert happened[0].at == T0
    assert happened[0].answers["first-seen"] == str(T0 - 2 * MINUTE)
    assert notice_at(happened) < 5 * MINUTE
    assert not [each for each in happened if isinstance(each, e.Approved | e.Deferred)]
    answers = {each.step: each.at - T0 for each in happened if isinstance(each, e.Answered)}
    assert answers["contain/cut-link"] < 8 * MINUTE
    assert [each for each in happened if isinstance(each, e.GuideShown)]


async def test_a_drill(typist, tmp_path):
    officer = typist("practice", "Reid")
    officer.prompted("DRILL 1.1")
    assert "EXERCISE. Nothing here reaches the world." in officer.said
    officer.turn(40, "23:18:40", "DRILL 1.1")
    assert "DRILL: call nobody. Tell the drill lead." in officer.type("1", "DRILL 1.2")
    officer.turn(60, "23:19:40", "DRILL 1.2")
    officer.type("1", "DRILL 2.1")
    officer.type("a", "Type drill voice and Enter to go on. Anything else sends nothing")
    officer.type("drill voice", "DRILL 2.1")
    officer.turn(5, "23:19:45", "DRILL 2.1")
    officer.news("Done: 2.1")
    officer.type("1", "Enter answers, anything else cancels")
    officer.type("", "DRILL 2.2")
    officer.turn(270, "23:24:15", "DRILL 2.2")
    officer.news("Is it you? Is anyone hurt? (call BBC newsdesk)")
    officer.screen.type("real\n")
    officer.screen.end()
    assert "incident open press-channels-misused" in officer.said
    pages = [line for line in officer.said.split("\n") if "> " in line]
    assert all(line.startswith("DRILL ") for line in pages), pages

    happened = await record(tmp_path / "practice.sqlite3", "practice")
    assert notice_at(happened) < 5 * MINUTE
    assert isinstance(happened[-1], e.Closed)
    with sqlite3.connect(tmp_path / "practice.sqlite3") as database:
        assert database.execute("pragma application_id").fetchone()[0] != 0
    assert not (tmp_path / "live.sqlite3").exists()
