"""The real incident screen over a record full of hostile texts; run in a pty by the attack tests.

`python -m support_hostile_face MODE FOLDER`: items, notes, answers, texts, refusals and reasons hold the corpus.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from pathlib import Path

from hostile import HOSTILE as CORPUS
from support_incident import T0, shipped

from console.channels.manual import manual_channels
from console.clock import TurnedClock
from console.engine.conductor import Conductor
from console.engine.gatekeeper import Gatekeeper
from console.engine.opening import Opening, open_incident
from console.engine.session import Session
from console.incident import commands as c
from console.incident import events as e
from console.incident.codec import encode
from console.incident.moment import Now
from console.journal.sqlite import SqliteJournal
from console.tui.app import run_incident
from console.tui.widgets.contacts import Contact
from console.vault.practice import PracticeVault

HOSTILE = {
    name: text.encode("utf-8", "replace").decode() for name, text in CORPUS.items()
}  # no record holds half a pair
MODEL = "press-channels-misused"
ALL = " ".join(HOSTILE.values())
CONTACTS = tuple(Contact(text, text, text, text, text) for text in HOSTILE.values())


async def spoil(journal: SqliteJournal, incident: str, now: Now) -> None:
    """What no command writes any more, but what a record may hold: public texts with characters that nobody sees."""
    edits = (("ignore", ALL[:900]), ("holding", ALL[:3000]))
    edited = [
        e.TextEdited(at=now.wall, boot=now.boot, by="Reid", text=text, part="known", words=words)
        for text, words in edits
    ]
    await journal.append(incident, [encode(event) for event in edited], 1)


async def fill(session: Session) -> None:
    """Everything that a stranger or another person can write."""
    by = "Reid"
    for number, text in enumerate(HOSTILE.values()):
        await session.do(
            c.See(
                by=by,
                channel="account",
                words=text,
                link=f"https://x.example/{number}{text}",
                at_risk=number == 0,
            )
        )
        await session.do(c.Note(by=by, text=text[:4000]))
        await session.do(c.Access(by=by, channel="account", what=text, how="ended", detail=text, proof=text))
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        await session.do(c.Keep(by=by, sha256=sha256, name=text, size=number, note=text))
    for name in ("clear", "click", "bidi"):
        await session.do(c.Join(by=HOSTILE[name], role=HOSTILE[name]))
    await session.do(c.Answer(by=by, step="notify-subscribers/list", value=ALL[:500]))
    await session.do(c.Warn(by=by, what=HOSTILE["clear"]))


async def main(mode: str, folder: Path) -> None:
    """Show it until it is left."""
    clock = TurnedClock(T0, 1_000)
    async with await SqliteJournal.open(folder / "hostile.sqlite3", mode) as journal:
        vault = PracticeVault(7)
        keeper = Gatekeeper(journal, vault, clock, HOSTILE["clear"])
        for name, role in (("Reid", "officer"), ("Lindqvist", "approver")):
            await keeper.enrol(name, [role])
        opening = Opening(
            by="Reid",
            loaded=shipped(MODEL),
            mode=mode,
            zone="Europe/London",
            fields={"account.handle": HOSTILE["clear"], "website.address": HOSTILE["clipboard"]},
        )
        incident = await open_incident(journal, opening, clock.now())
        await spoil(journal, incident, clock.now())
        channels = manual_channels(shipped(MODEL).playbook.channels)
        session = await Session.resume(journal, incident, clock=clock, channels=channels, gatekeeper=keeper)
        await fill(session)
        conductor = Conductor(session)
        conductor.trouble = HOSTILE["clear"]
        code = vault.code_for("Reid", clock.now().wall)
        (folder / "code").write_text(code)
        ending = await run_incident(session, conductor, "Reid", state=folder, contacts=CONTACTS)
        await conductor.stop()
        print("ENDING", ending.what)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
