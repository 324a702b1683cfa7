"""The officer of the walk: looks at the board of the model playbook, does what is next there, and looks again.

Nothing here knows of crash points. Coming back after a death is no other case than coming back from a cup of tea: what is
shown in doubt is looked into first, what the record has not got yet is told again.
"""

from __future__ import annotations

import asyncio
import json
import socket

from support_incident import MINUTE

from console.channels.recipients import digest_of
from console.engine.ledger import JournalLedger
from console.errors import ConsoleError, GateDenied
from console.incident import commands as c
from console.incident.board_box import stage_of
from console.incident.counting import people_to_count
from console.incident.cursor import next_step
from console.incident.facts import items_for
from console.incident.manifest import from_bytes
from console.incident.planning import confirmation, gate_wants, manifest_for, step_of

REID, LINDQVIST = "Reid", "Lindqvist"
STEPS_AT_MOST = 600
MOVES_A_BEAT = 3
CODE_TRIES = 8
SAVE = "confirm/save"
MAILS = ("correct/staff", "notify-subscribers/test", "notify-subscribers/send")
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


def ask_relay(port, words):
    """One question to the relay (see relay.py), answered as a number."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line, line.makefile("rwb") as talk:
        talk.readline()
        talk.write(f"ASK {words}\r\n".encode())
        talk.flush()
        return int(talk.readline().split()[1])


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
        known = {item.link for item in self.state.items.values()}
        for channel, link, at_risk in (each for each in SEEN if each[1] not in known):
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
                people = str(people_to_count(self.session.state, self.session.state.plans[digest]))
                await self.conductor.approve(REID, step.name, officer, code, digest=digest, people=people)
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
        """What the console shows to be in doubt: effects of the steps that the board names, mailings that stopped, people."""
        shown = self.session.board(REID).doubts
        effects = self.state.effects.values()
        doubts = [each.id for each in effects if each.status == "doubt" and each.step in shown]
        stopped = [each.id for each in effects if each.status == "interrupted"]
        names = await self.conductor.doubtful(SEND) if self.state.effects_of(SEND) else []
        return json.dumps({"doubts": doubts, "interrupted": stopped, "doubtful": names})

    def every_move(self):
        """All that writes or sends, by name, whether or not it is its turn."""
        do, conductor = self.session.do, self.conductor
        yield "note", lambda: do(c.Note(by=REID, text="can you hear me?"))
        yield "answer", lambda: do(c.Answer(by=REID, step="contain/cut-link", value="gone"))
        yield "ask", lambda: conductor.ask(REID, "correct/holding")
        yield "list", lambda: JournalLedger(self.session.journal, "another").create(["ann@example.org"])
        yield "code", lambda: self.session.gatekeeper.present(REID, self.code_now(), "can you hear me?")
        for step in (*MAILS, "pin-ignore-notice/voice", "remove/account"):
            yield f"act {step}", lambda step=step: conductor.act(REID, step, confirm=self.confirm_for(step))

    def code_now(self):
        self.clock.turn(60_000)
        return self.code_of(REID, self.clock.now().wall)

    def confirm_for(self, name):
        step = step_of(self.state, name)
        return confirmation(self.state, step, manifest_for(self.state, step, REID, self.clock.now().wall, ""))


async def shut(journal, officer):
    """Whether every gate is shut on a record that cannot be written any more, as JSON.

    `tried` says what came of every move; `mails` how many messages the relay had before and after them.
    """
    if officer is None:
        return json.dumps(
            {"tried": {"append": await outcome(journal.append("@house", [b"{}"], 0))}, "mails": [0, 0]}
        )
    counted = f"count {officer.life.tag}"
    mails = [ask_relay(officer.life.port, counted)]
    tried = {name: await outcome(move()) for name, move in officer.every_move()}
    await outcome(officer.conductor.settle())
    mails.append(ask_relay(officer.life.port, counted))
    return json.dumps({"tried": tried, "mails": mails})


async def outcome(move):
    try:
        await move
    except ConsoleError as error:
        return type(error).__name__
    return "done"
