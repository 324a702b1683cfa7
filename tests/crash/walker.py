"""One console's life in the walk of the model playbook, from whatever stands to the end, or to its death.

    python tests/crash/walker.py FOLDER PORT [--people N] [--busy SEQ] [--vault] [--die POINT:NTH | any:NTH | relay:NTH]

The record is FOLDER/live.db; mail goes to the relay at PORT (see relay.py) and everything else through an officer's hands.
Every life does what an officer does who looks at the board: the next step, or the doubt that is shown. It prints, unbuffered:

    stands SEQ HASH          where it found the incident
    shown JSON               what it shows to be in doubt, once it has come back
    acked SEQ HASH           each state that it published, so that a screen showed it
    ended SEQ JSON           the walk is over; JSON as for `shown`

and dies by SIGKILL at the NTH passing of the named crash point (`any` counts them all; `relay` is the moment when the relay
has kept a message and has not answered yet).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from support_incident import MINUTE, T0, shipped

from console.channels.live.mail import MailChannel
from console.channels.live.mail_settings import MailSettings
from console.channels.manual import manual_channels
from console.channels.recipients import digest_of
from console.clock import TurnedClock
from console.engine import faults
from console.engine.conductor import Conductor
from console.engine.gatekeeper import Gatekeeper
from console.engine.ledger import JournalLedger
from console.engine.opening import Opening, open_incident
from console.engine.session import Session
from console.errors import GateDenied, NotFound
from console.incident import commands as c
from console.incident.board_box import stage_of
from console.incident.codec import decode, decode_house
from console.incident.cursor import next_step
from console.incident.facts import items_for
from console.incident.house import HOUSE
from console.incident.manifest import from_bytes
from console.incident.planning import confirmation, gate_wants, manifest_for, step_of
from console.journal import sqlite
from console.journal.sqlite import SqliteJournal
from console.vault.keychain import open_keychain
from console.vault.practice import PracticeVault
from console.vault.totp import code_at

ENGINE_POINTS = tuple(f"engine/{point}" for point in faults.POINTS)
JOURNAL_POINTS = tuple(f"journal/{point}" for point in sqlite.FAULTS)
POINTS = (*ENGINE_POINTS, *JOURNAL_POINTS)
RELAY = "relay"

REID, LINDQVIST = "Reid", "Lindqvist"
ROLES = {REID: ("officer",), LINDQVIST: ("approver",)}
SEED = 7
STEPS_AT_MOST = 600
MOVES_A_BEAT = 3
CODE_TRIES = 8
SAVE = "confirm/save"
SEND, ACCOUNTED = "notify-subscribers/send", "notify-subscribers/accounted"
SEEN = (
    ("account", "https://x.com/ExamplePolice/status/1", True),
    ("account", "https://x.com/ExamplePolice/status/2", False),
    ("newsroom", "https://news.example.org/1", False),
    ("website", "https://www.example.org/news/1", False),
)
ANSWERS = {
    "confirm/look": "false-posts",
    "confirm/call": "have-it",
    "confirm/save": "all",
    "pin-ignore-notice/voice": "up",
    "pin-ignore-notice/own-account": "up",
    "pin-ignore-notice/pin": "yes",
    "contain/remove-harm": "gone",
    "contain/cut-link": "gone",
    "contain/freeze": "asked",
    "contain/pause-queue": "paused",
    "rotate-mynewsdesk/keep": "kept",
    "rotate-mynewsdesk/passphrase": "changed",
    "rotate-mynewsdesk/two-factor": "enforced",
    "rotate-mynewsdesk/strangers": "none-left",
    "rotate-mynewsdesk/key": "replaced",
    "rotate-mynewsdesk/log-ins": "0",
    "rotate-mynewsdesk/apps": "0",
    "rotate-mynewsdesk/access-list": "Reid, Shah",
    "remove/account": "gone",
    "remove/newsroom": "gone",
    "remove/website": "gone",
    "correct/if-asked": "the BBC, on the landline",
    "correct/named": "the family, by the control room",
    "correct/authorities": "Okafor, 1234",
    "correct/scope": "the log-in list of the newsroom",
    "correct/update": "on the website and the account",
    "notify-subscribers/list": "today's export",
    "notify-subscribers/text": "right",
    "notify-subscribers/test": "right",
    "clear/sweep": "0",
    "clear/access": "Reid, Shah",
    "clear/unpin": "yes",
    "close/report": "sent",
    "close/watch": "nothing new",
}


@dataclass(frozen=True)
class Life:
    """What one life is given: where, to whom, and what kills it."""

    folder: Path
    port: int
    people: int = 40
    busy: int = 0
    real_vault: bool = False
    die: str = ""

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
class Deadly:
    """Counts the passings of crash points, and ends the process at the one it was given."""

    die: str = ""
    passed: Counter = field(default_factory=Counter)

    def at(self, room):
        return lambda point: self.pass_by(f"{room}/{point}")

    def pass_by(self, point):
        for name in (point, "any"):
            self.passed[name] += 1
            if self.die == f"{name}:{self.passed[name]}":
                os.kill(os.getpid(), signal.SIGKILL)


def ask_relay(port, words):
    """One question to the relay (see relay.py), answered as a number."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line, line.makefile("rwb") as talk:
        talk.readline()
        talk.write(f"ASK {words}\r\n".encode())
        talk.flush()
        return int(talk.readline().split()[1])


def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


class Officer:
    """Reid at the keyboard: looks at the board, does what is next, and looks again."""

    def __init__(self, life, session, conductor, clock, code_of):
        self.life = life
        self.session = session
        self.conductor = conductor
        self.clock = clock
        self.code_of = code_of

    @property
    def state(self):
        return self.session.state

    async def do(self, command):
        return await self.session.do(command)

    async def walk(self):
        await self.settle_in()
        for move in range(STEPS_AT_MOST):
            if self.state.end is not None:
                return
            self.clock.turn(10_000)
            if move % MOVES_A_BEAT == 0:
                await self.conductor.beat()
            await self.one_move()
        raise AssertionError(f"the walk does not end: {next_step(self.state, REID, self.clock.now().wall)}")

    async def settle_in(self):
        """What an officer tells at first, and again on coming back where it is not in the record yet."""
        if self.state.end is not None:
            return
        await self.do(c.Note(by=REID, text="at the desk"))
        await self.do(c.Amend(by=REID, slug="at-risk", value="yes"))
        for channel, link, at_risk in SEEN:
            await self.do(c.See(by=REID, channel=channel, link=link, at_risk=at_risk))
        await self.do(c.EditText(by=REID, text="holding", part="known", words="Somebody else posted as us."))
        while self.state.seq < self.life.busy:
            await self.do(c.Note(by=REID, text=f"call {self.state.seq}"))
        if "mailer" not in self.state.lists:
            name = f"{self.state.incident}/mailer"
            people = self.life.addresses
            await JournalLedger(self.session.journal, name).create(people)
            await self.do(
                c.Freeze(by=REID, channel="mailer", ledger=name, sha256=digest_of(people), count=len(people))
            )

    async def one_move(self):
        now = self.clock.now().wall
        cursor = self.state.cursors[REID].step
        name = cursor if self.is_open(cursor, now) else next_step(self.state, REID, now)
        if not name:
            await self.wait_or_close()
            return
        step = step_of(self.state, name)
        if any(not self.state.items[item].saved for item in items_for(self.state, step)):
            step = step_of(self.state, SAVE)
        await getattr(self, f"at_{stage_of(self.state, step, now, REID)}")(step)

    def is_open(self, name, now):
        """Whether there is something to do where the cursor stands."""
        step = self.state.playbook.step(name)
        stages = ("doubt", "interrupted", "gate", "send", "hands")
        return step is not None and stage_of(self.state, step, now, REID) in stages

    async def wait_or_close(self):
        if self.state.of("close/talk").answer is not None:
            await self.do(c.Close(by=REID, reason="over"))
            return
        await self.do(c.Look(by=REID, channels=("account", "newsroom", "website")))
        self.clock.turn(10 * MINUTE)
        await self.conductor.beat()

    async def at_needs(self, step):
        await self.wait_or_close()

    at_shut = at_needs

    async def at_doubt(self, step):
        """Look first, then say what was seen: in the inbox for a mail, at one's own hands for a guided act."""
        doubts = await self.conductor.probe(REID, step.name)
        happened = step.act is not None and step.act.channel == "mailer" and not doubts[0].guided
        if happened:
            happened = bool(ask_relay(self.life.port, f"has {self.inbox(step.act.verb)}"))
        await self.do(c.Resolve(by=REID, step=step.name, verdict="happened" if happened else "not"))

    def inbox(self, verb):
        return f"{verb}@{self.life.tag}"

    async def at_interrupted(self, step):
        plan = self.state.plan_of(step.name)
        await self.go(step, confirmation(self.state, step, from_bytes(plan.raw.encode())))

    async def at_gate(self, step):
        plan = await self.conductor.ask(REID, step.name)
        for officer in (REID, LINDQVIST):
            now = self.state.plans[plan.digest]
            wants = gate_wants(step, now, REID)
            if any((officer == REID) == ("own" in each) for each in wants):
                await self.present(step, officer, plan.digest)

    async def present(self, step, officer, digest):
        """A code of a fresh step; after failures that a death left behind, when the waiting is over."""
        for _ in range(CODE_TRIES):
            self.clock.turn(30_000)
            try:
                code = self.code_of(officer, self.clock.now().wall)
                await self.conductor.approve(REID, step.name, officer, code, digest=digest)
            except GateDenied as error:
                if "Wait" not in error.do and "wait" not in error.what + error.do:
                    raise
                self.clock.turn(MINUTE)
            else:
                return

    async def at_send(self, step):
        plan = self.state.plan_of(step.name)
        manifest = (
            from_bytes(plan.raw.encode())
            if plan is not None and step.gate is not None
            else manifest_for(self.state, step, REID, self.clock.now().wall, "")
        )
        await self.go(step, confirmation(self.state, step, manifest))

    async def go(self, step, confirm):
        await self.conductor.act(REID, step.name, confirm=confirm)
        async with asyncio.timeout(60):
            await self.conductor.settle()

    async def at_hands(self, step):
        await self.conductor.shown(REID, step.name)
        await self.at_answer(step)

    async def at_answer(self, step):
        if step.name == "contain/freeze" and not self.state.of(step.name).history:
            await self.do(c.Defer(by=REID, step=step.name, minutes=5))
            return
        if step.name == ACCOUNTED and (names := await self.conductor.doubtful(SEND)):
            await self.do(c.Skip(by=REID, step=step.name, reason=f"phoned: {', '.join(names)}"))
            return
        count = {"notify-subscribers/count": self.life.people, ACCOUNTED: 0}.get(step.name, "done")
        value = str(ANSWERS.get(step.name, count))
        await self.do(
            c.Answer(by=REID, step=step.name, value=value, words="I see it" if value == "done" else "")
        )

    async def in_doubt(self):
        """What the console shows to be in doubt."""
        stopped = [each.step for each in self.state.effects.values() if each.status == "interrupted"]
        names = await self.conductor.doubtful(SEND) if self.state.effects_of(SEND) else []
        return json.dumps(
            {"doubts": self.session.board(REID).doubts, "interrupted": stopped, "doubtful": names}
        )


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
        vault = await open_keychain(life.folder / "vault", lambda: "correct horse battery staple")
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

    return MailChannel("mailer", MailSettings.read("mailer", settings), no_secret, clock)


async def incident_of(journal, clock):
    found = [name for name in await journal.streams() if name.startswith("L-")]
    if found:
        return found[0]
    opening = Opening(
        by=REID,
        loaded=shipped("press-channels-misused"),
        mode="live",
        configured={"mailer": "mail"},
        fields={"account.handle": "@ExamplePolice"},
        zone="Europe/London",
    )
    return await open_incident(journal, opening, clock.now())


async def live(life, deadly):
    """Walk on from whatever stands; returns the passings of crash points when the walk has ended."""
    async with await SqliteJournal.open(life.path, "live", faults=deadly.at("journal")) as journal:
        clock = TurnedClock(*await last_moment(journal))
        clock.turn(1_000)
        vault, code_of = await vault_for(life, journal, clock)
        gatekeeper = Gatekeeper(journal, vault, clock, "desk")
        await enrolled(gatekeeper, life.folder)
        incident = await incident_of(journal, clock)
        channels = {
            **manual_channels(shipped("press-channels-misused").playbook.channels),
            "mailer": mailer(life, clock),
        }
        session = await Session.resume(
            journal,
            incident,
            clock=clock,
            channels=channels,
            gatekeeper=gatekeeper,
            faults=deadly.at("engine"),
        )
        conductor = Conductor(session, faults=deadly.at("engine"))
        officer = Officer(life, session, conductor, clock, code_of)
        say("stands", session.state.seq - 1, session._head.hex())
        session.subscribe(lambda state, _events: say("acked", state.seq - 1, session._head.hex()))
        await session.claim_orphans()
        say("shown", await officer.in_doubt())
        await officer.walk()
        say("ended", session.state.seq - 1, await officer.in_doubt())
    return deadly.passed


def run(life):
    """One life; returns the passings of crash points, if it is survived."""
    if life.die.startswith(f"{RELAY}:"):
        ask_relay(life.port, f"arm {life.tag} {os.getpid()} {life.die.partition(':')[2]}")
    return asyncio.run(live(life, Deadly(life.die)))


def main(argv):
    parser = argparse.ArgumentParser(description="One console's life in the walk of the model playbook.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--busy", type=int, default=0, metavar="SEQ")
    parser.add_argument("--vault", action="store_true", dest="real_vault")
    parser.add_argument("--die", default="", metavar="POINT:NTH")
    run(Life(**vars(parser.parse_args(argv))))


if __name__ == "__main__":
    main(sys.argv[1:])
