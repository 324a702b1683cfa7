"""The first ten minutes of the model case by keys, in a real terminal of 80 by 24: live by hand, and as a drill."""

import sqlite3

import pytest
from support_incident import MINUTE, T0
from support_player import Player
from support_pty import Terminal

from console.incident import events as e
from console.incident.codec import decode
from console.journal.sqlite import SqliteJournal

VOICE = "pin-ignore-notice/voice"


@pytest.fixture
def player(tmp_path):
    """Starts the launcher in a mode; everything is ended with the test."""
    started = []

    def start(mode, officer=""):
        terminal = Terminal(["python", "-m", "support_tui_app", mode, str(tmp_path), officer])
        started.append(terminal)
        return Player(terminal, tmp_path)

    yield start
    for terminal in started:
        terminal.__exit__()


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


async def test_live_by_hand(player, tmp_path):
    officer = player("live")
    screen = officer.terminal
    screen.wait(lambda t: t.lines[0].startswith(" LIVE ") and "DO THESE AT ONCE" in t.text)
    officer.type("1", lambda t: "1" in t.lines[9])
    screen.press("enter", "enter")
    officer.type("23:16", lambda t: "23:16" in t.lines[16])
    screen.press("enter", "enter")
    officer.on("1.1")
    officer.turn(30, "23:18:30")
    officer.choose("1", "1.2")
    officer.turn(60, "23:19:30")
    officer.choose("1", "2.1")
    assert "NOTICE NOT SENT YET" in screen.text
    officer.confirm("voice")
    screen.wait("Do it by hand: Open X. Paste the text. Post it.")
    officer.until("t", "Messages on our website, @ExamplePolice and our e-mails from 23:16 are not")
    officer.until("escape", lambda _: officer.step == "2.1")
    officer.turn(75, "23:20:45")
    officer.choose("1", "2.2")
    screen.wait("NOTICE sent 23:20")
    assert "4 min since first false post" in screen.lines[0]

    officer.choose("3", "2.4")  # cannot sign in: the way round is taken, nobody is waited for
    officer.turn(60, "23:21:45")
    officer.until("down", "open 3.2 here")
    officer.until("enter", lambda _: officer.step == "3.2")
    officer.turn(180, "23:24:45")
    officer.choose("1", "3.1")
    officer.turn(200, "23:28:05")
    screen.wait("LATE")
    officer.until("q", "q again leaves")
    screen.press("q")
    assert screen.end() == 0
    assert "ENDING left" in screen.text

    happened = await record(tmp_path / "live.sqlite3", "live")
    assert happened[0].at == T0
    assert notice_at(happened) < 5 * MINUTE
    assert not [each for each in happened if isinstance(each, e.Approved | e.Deferred)]
    answers = {each.step: each.value for each in happened if isinstance(each, e.Answered)}
    assert answers["contain/cut-link"] == "gone"
    assert [each for each in happened if isinstance(each, e.GuideShown)]


async def test_a_drill(player, tmp_path):
    officer = player("practice", "Reid")
    screen = officer.terminal
    officer.on("1.1")
    assert screen.lines[0].startswith("/ DRILL /")
    assert "".join(line[0] for line in screen.lines[1:6]) == "DRILL"
    officer.turn(40, "23:18:40")
    officer.choose("1", "1.2")
    assert "tell the drill lead" in screen.text
    officer.turn(60, "23:19:40")
    officer.choose("1", "2.1")
    officer.confirm("drill voice")
    officer.turn(5, "23:19:45")
    screen.wait("NOTICE sent 23:19")
    officer.turn(15, "23:20:00")
    officer.on("2.1")
    officer.choose("1", "2.2")
    officer.confirm("drill account")  # on this night's seed nobody hears the end of it
    officer.turn(5, "23:20:05")
    screen.wait("We do not know if it went out.")
    officer.until("enter", "2  It did not")
    assert screen.lines[0].startswith("/ DRILL /  IN DOUBT 2.2")
    assert "Looked again" in screen.text
    officer.until("1", "[1] It happened")
    screen.press("enter")
    screen.wait(lambda _: officer.step)
    officer.until("r", "THIS IS REAL?")
    officer.until("1", "[1] Yes")
    screen.press("enter")
    assert screen.end() == 0
    assert "ENDING real incident open press-channels-misused" in screen.text

    happened = await record(tmp_path / "practice.sqlite3", "practice")
    assert notice_at(happened) < 5 * MINUTE
    assert isinstance(happened[-1], e.Closed)
    with sqlite3.connect(tmp_path / "practice.sqlite3") as database:
        assert database.execute("pragma application_id").fetchone()[0] != 0
    assert not (tmp_path / "live.sqlite3").exists()
