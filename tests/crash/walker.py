"""One console's life in the walk of the model playbook, from whatever stands to the end, or to its death.

    python tests/crash/walker.py FOLDER PORT [--people N] [--busy SEQ] [--vault] [--die POINT:NTH] [--disk KIND:NTH]

The record is FOLDER/live.db; mail goes to the relay at PORT (see relay.py) and everything else through an officer's hands
(see night.py). A life prints, unbuffered:

    stands SEQ HASH          where it found the incident
    shown JSON               what it shows to be in doubt, once it has come back
    acked SEQ HASH           each state that it published, so that a screen showed it
    poisoned JSON            the disk failed; what came of everything that was tried after that
    ended SEQ JSON           the walk is over; JSON as for `shown`

It dies by SIGKILL at the NTH passing of the named crash point: `engine/…`, `journal/…`, `any` of them, or `relay`, the
moment when the relay has kept a message and has not answered yet. Its disk fails from the NTH write on: `gone` takes
nothing any more, `torn` breaks off in the middle of a page. It is full, `pages`, when the file has NTH pages.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import resource
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from night import LINDQVIST, REID, Officer, ask_relay, shut
from support_incident import T0, shipped

from console.channels.live.mail import MailChannel
from console.channels.live.mail_settings import MailSettings
from console.channels.live.relay import Relay
from console.channels.manual import manual_channels
from console.clock import TurnedClock
from console.engine.conductor import Conductor
from console.engine.gatekeeper import Gatekeeper
from console.engine.opening import Opening, open_incident
from console.engine.session import Session
from console.errors import JournalPoisoned, NotFound
from console.incident.codec import decode, decode_house
from console.incident.house import HOUSE
from console.journal.sqlite import SqliteJournal
from console.vault.keychain import open_file
from console.vault.practice import PracticeVault
from console.vault.totp import code_at

ROLES = {REID: ("officer",), LINDQVIST: ("approver",)}
SEED = 7


WRITES = ("journal/before-insert", "journal/before-snapshot")
FAILING = {"gone": 0, "torn": 2_000}  # bytes that any file may have from then on


@dataclass(frozen=True)
class Life:
    """What one life is given: where, to whom, what ends it, and whether it only stands up and goes."""

    folder: Path
    port: int
    people: int = 40
    busy: int = 0
    real_vault: bool = False
    die: str = ""
    disk: str = ""
    walks: bool = True

    @property
    def path(self):
        return self.folder / "live.db"

    @property
    def tag(self):
        """Tells this walk's mail from that of others at the same relay."""
        return f"{self.folder.name}.example"

    @property
    def addresses(self):
        return [f"reader{n}@{self.tag}" for n in range(self.people)]


@dataclass
class Hazard:
    """Counts the passings of crash points, and ends the process or its disk at the one it was given."""

    die: str = ""
    disk: str = ""
    passed: Counter = field(default_factory=Counter)

    def at(self, room):
        return lambda point: self.pass_by(f"{room}/{point}")

    def pass_by(self, point):
        for name in (point, "any"):
            self.passed[name] += 1
            if self.die == f"{name}:{self.passed[name]}":
                os.kill(os.getpid(), signal.SIGKILL)
        if point in WRITES:
            self.passed["writes"] += 1
            kind, _, nth = self.disk.partition(":")
            if kind in FAILING and self.passed["writes"] == int(nth):
                _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
                resource.setrlimit(resource.RLIMIT_FSIZE, (FAILING[kind], hard))

    async def fill(self, journal):
        """Let the disk be full at so many pages."""
        kind, _, pages = self.disk.partition(":")
        if kind == "pages":
            await journal._connection.execute_fetchall(f"PRAGMA max_page_count = {pages}")


def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


async def last_moment(journal):
    """The latest time that the record knows; a clock goes on from there."""
    wall, boot = T0, 1_000
    for stream in await journal.streams():
        read = decode_house if stream == HOUSE else decode
        event = read((await journal.head(stream)).body)
        wall, boot = max(wall, event.at), max(boot, event.boot)
    return wall, boot


async def enrolled(gatekeeper, folder):
    """Enrol who is missing; with a real vault their phones are the files beside the record."""
    house = await gatekeeper.house()
    for officer, roles in ROLES.items():
        if house.named(officer) is None:
            with contextlib.suppress(NotFound):
                await gatekeeper.remove(officer)  # a seed that a death left behind
            made = await gatekeeper.enrol(officer, roles)
            (folder / f"{officer}.phone").write_text(made.secret)


async def vault_for(life, journal, clock):
    if life.real_vault:
        vault = open_file(life.folder / "vault", lambda: "correct horse battery staple")
        return vault, lambda officer, wall: code_at((life.folder / f"{officer}.phone").read_text(), wall)
    house = await Gatekeeper(journal, PracticeVault(SEED), clock, "desk").house()
    vault = PracticeVault(SEED, house.officers)
    return vault, vault.code_for


def mailer(life, clock):
    settings = {
        "host": "127.0.0.1",
        "port": str(life.port),
        "tls": "none",
        "from": "Example Police <news@example.org>",
        "retry-after": "0",
        "internal-to": f"send-internal@{life.tag}",
        "test-to": f"send-test@{life.tag}",
    }

    async def no_secret():
        return None

    read = MailSettings.read("mailer", settings)
    relay = Relay(read, no_secret, clock)
    return MailChannel("mailer", relay, staff=read.internal_to, testers=read.test_to)


async def incident_of(journal, clock):
    found = [name for name in await journal.streams() if name.startswith("L-")]
    if found:
        return found[0]
    opening = Opening(
        by=REID,
        loaded=shipped("press-channels-misused"),
        mode="live",
        configured={"mailer": "mail"},
        by_hand=("mailer.capture", "evidence.export"),  # as on a machine that mails, and no more
        fields={"account.handle": "@ExamplePolice"},
        zone="Europe/London",
    )
    return await open_incident(journal, opening, clock.now())


async def live(life, hazard):
    """Walk on from whatever stands; returns the passings of crash points when that is over."""
    async with await SqliteJournal.open(life.path, "live", faults=hazard.at("journal")) as journal:
        await hazard.fill(journal)
        officer = None
        try:
            officer = await come_back(life, hazard, journal)
            if life.walks:
                await officer.walk()
                say("ended", officer.state.seq - 1, await officer.in_doubt())
        except JournalPoisoned:
            say("poisoned", await shut(journal, officer))
    return hazard.passed


async def come_back(life, hazard, journal):
    """Open the incident or go on with it, as a console does that knows nothing but the file."""
    clock = TurnedClock(*await last_moment(journal))
    clock.turn(1_000)
    vault, code_of = await vault_for(life, journal, clock)
    gatekeeper = Gatekeeper(journal, vault, clock, "desk")
    await enrolled(gatekeeper, life.folder)
    incident = await incident_of(journal, clock)
    named = shipped("press-channels-misused").playbook.channels
    session = await Session.resume(
        journal,
        incident,
        clock=clock,
        channels={**manual_channels(named), "mailer": mailer(life, clock)},
        gatekeeper=gatekeeper,
        faults=hazard.at("engine"),
    )
    officer = Officer(life, session, Conductor(session, faults=hazard.at("engine")), clock, code_of)
    say("stands", session.state.seq - 1, session._head.hex())
    session.subscribe(lambda state, _events: say("acked", state.seq - 1, session._head.hex()))
    await session.claim_orphans()
    say("shown", await officer.in_doubt())
    return officer


def run(life):
    """One life; returns the passings of crash points, if it is survived."""
    if life.die.startswith("relay:"):
        ask_relay(life.port, f"arm {life.tag} {os.getpid()} {life.die.partition(':')[2]}")
    return asyncio.run(live(life, Hazard(life.die, life.disk)))


def main(argv):
    parser = argparse.ArgumentParser(description="One console's life in the walk of the model playbook.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--busy", type=int, default=0, metavar="SEQ")
    parser.add_argument("--vault", action="store_true", dest="real_vault")
    parser.add_argument("--die", default="", metavar="POINT:NTH")
    parser.add_argument("--disk", default="", metavar="KIND:NTH")
    run(Life(**vars(parser.parse_args(argv))))


if __name__ == "__main__":
    main(sys.argv[1:])
