"""One night from its seed: platforms that misbehave, an officer, a console that dies and is opened again on the same record."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import random
import socket
from collections import Counter

from nights.book import book
from nights.edges import DEFINITE, DONE, HEAVY, LOOKS, NOTHING, STOPS, NightClock
from nights.officer import Officer
from nights.places import ACCOUNTS, Room, Website
from nights.truth import Truth
from support_incident import T0

from console.channels.live.archive import Archive
from console.channels.live.evidence import EvidenceChannel
from console.channels.live.registry import live_channels
from console.channels.manual import manual_channels
from console.engine.conductor import Conductor
from console.engine.opening import Opening, open_incident
from console.engine.session import Session, load_state
from console.errors import Refused
from console.incident.codec import decode
from console.playbook.kinds import KINDS
from console.report.verify import verify_incident
from console.vault.practice import PracticeVault

LIFE = contextvars.ContextVar("LIFE", default=None)
PATIENT, HASTY = (
    20.0,
    0.15,
)  # seconds that an answer may take: the second on a night with answers that never come
MOVES = (4, 9)  # at least, and fewer than
AT_A_LOOK = tuple(each for each in (*NOTHING, *DONE, *DEFINITE) if each != "lost")
AT_A_CHANGE = (*NOTHING, *DONE, *DEFINITE, "drop-after", "lost", "lost")
RESTART = 1_500  # ms until the next console is open
MINUTE = 60_000
DAWN = 8  # looks, a minute apart, after which every doubt must be settled


def in_lives(loop, coroutine, **more):
    """A task that is known to belong to the life of a console, if it does."""
    task = asyncio.Task(coroutine, loop=loop, **more)
    context = more.get("context")
    life = LIFE.get() if context is None else context.get(LIFE)
    if life is not None:
        life.add(task)
    return task


class Night:
    """Args:
    seed: what makes it the same night again.
    journal: where its incident is kept, among others.
    folder: where evidence is kept, by incident.
    mend: changes the channels of every console of this night, for tests that must fail.

    Attributes:
        moves: what happened, in order.
        tally: how often each kind of thing came about.
    """

    def __init__(self, seed, journal, folder, mend=None):
        self.seed, self.journal, self._mend = seed, journal, mend
        self.chance = random.Random(seed)
        self.clock = NightClock(T0, 1_000)
        self.clock.waits = self._meanwhile
        self.moves, self.tally = [], Counter()
        made = [self.chance.choice(ACCOUNTS)] if self.chance.random() < 0.9 else []
        made += [Website] if self.chance.random() < 0.15 or not made else []
        made += [Room] if self.chance.random() < 0.12 else []
        self.places = {each.name: each(self) for each in made}
        self.book = book(*self.places)
        self.odds = self.chance.choice([0.0, 0.15, 0.3, 0.5])
        self.heavy = self.chance.random() < 0.04
        self.stops = self.chance.choice([0, 0, 1, 1, 2])
        self.fuse = self.chance.randrange(1, 80) if self.chance.random() < 0.3 else 0
        self.calm = True
        self.incident, self.folder = "", folder / str(seed)
        self.vault = PracticeVault(7)
        self.channels, self.session, self.conductor = {}, None, None
        self.life, self.dead, self.lives = set(), False, 0
        self._glancing = False
        self._asked = Counter()
        self._waits = random.Random(f"{seed} waits")
        self.truth = None

    # -- what platforms ask ------------------------------------------------------------------------------------------

    def word(self, stand, request):
        """What goes wrong with a request."""
        place = self.truth.place_of(stand)
        change = place.change(request)
        word = self._chosen(bool(change), self.luck_of(stand, request))
        self.truth.passed.append((place.name, change, word))
        if word:
            self.moves.append(f"        {word}: {request.method} {request.path}")
        return word

    def luck_of(self, stand, request):
        """The request's own chance: several at once meet the same, in whatever order they come."""
        asked = f"{request.method} {request.path} {sorted(request.query)}"
        self._asked[asked] += 1
        return random.Random(f"{self.seed} {asked} {self._asked[asked]}")

    def _chosen(self, change, luck):
        if self.calm:
            return ""
        if self.stops and not self._glancing and luck.random() < (0.15 if change else 0.01):
            self.stops -= 1
            return luck.choice(STOPS)
        if change and not self._glancing and luck.random() < 0.1:
            return luck.choice(LOOKS)
        if luck.random() >= self.odds * (1 if change else 0.4):
            return ""
        if self.heavy and luck.random() < 0.3:
            return luck.choice(HEAVY)
        return luck.choice(AT_A_CHANGE if change else AT_A_LOOK)

    async def glance(self):
        """The watch looks at everything, whatever else is on its way."""
        if self._glancing or self.dead:
            return
        self._glancing = True
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await self.in_life(self.conductor.beat())
        finally:
            self._glancing = False

    async def halt(self):
        """The officer stops whatever the console carries out."""
        for step in list(self.conductor._running):
            await self.in_life(self.conductor.halt(step))

    async def kill(self):
        """The console is gone from one moment to the next."""
        self._strike()

    def _strike(self):
        self.dead = True
        for task in self.life:
            task.cancel()

    def _fault(self, point):
        """A named point of the engine is passed."""
        if self.fuse and not self.calm:
            self.fuse -= 1
            if not self.fuse:
                self.moves.append(f"        killed {point}")
                self._strike()
                raise asyncio.CancelledError

    async def _meanwhile(self):
        """Something waits for time: the watch may look beside it, which may itself have to wait for what waits."""
        if not self.calm and self._waits.random() < 0.1:
            self.in_life(self.glance())
            await asyncio.sleep(0)

    def in_life(self, coroutine):
        """A task that dies with this console."""
        context = contextvars.copy_context()
        context.run(LIFE.set, self.life)
        return asyncio.get_running_loop().create_task(coroutine, context=context)

    # -- the console -------------------------------------------------------------------------------------------------

    async def wake(self):
        """A console is opened on the incident."""
        self.lives += 1
        self.session = await Session.resume(
            self.journal,
            self.incident,
            clock=self.clock,
            channels=self.channels,
            holder=f"{socket.gethostname()}/night/{self.lives}/0",
            faults=self._fault,
        )
        await self._judge_what_was_missed()
        self.session.subscribe(self.truth.see)
        self.conductor = Conductor(self.session, faults=self._fault)
        await self.session.claim_orphans()

    async def _judge_what_was_missed(self):
        rows = await self.journal.read(self.incident, self.truth.seq, 10_000)
        self.truth.see(self.session.state, [decode(row.body) for row in rows])

    def _connect(self):
        named = self.book.playbook.channels
        settings = {name: {"connect": "yes", **place.settings()} for name, place in self.places.items()}
        made = live_channels(settings, self.vault, self.clock, lambda: Archive(self.folder))
        for each in made.values():
            each._wire._longest = HASTY if self.heavy else PATIENT
        self.channels = {**manual_channels(named), **made}
        self.channels["evidence"] = EvidenceChannel(self.channels, self.folder, self.clock)
        if self._mend is not None:
            self._mend(self.channels)

    async def _disconnect(self):
        for each in self.channels.values():
            await each.close()

    async def _open(self):
        self.truth = Truth(self.places, self.folder, self.tally)
        self._connect()
        by_hand = tuple(
            f"{name}.{verb}"
            for name, place in self.places.items()
            for verb in KINDS[place.kind].verbs
            if not self.channels[name].can(verb)
        )
        opening = Opening(
            by="Reid",
            loaded=self.book,
            mode="live",
            configured={name: place.kind for name, place in self.places.items()},
            by_hand=by_hand,
        )
        self.incident = await open_incident(self.journal, opening, self.clock.now())
        await self._lived(self.wake())

    # -- the night ---------------------------------------------------------------------------------------------------

    async def go(self):
        """From the first look to the dawn. Raises AssertionError with everything that happened when anything was not so."""
        asyncio.get_running_loop().set_task_factory(in_lives)
        try:
            async with contextlib.AsyncExitStack() as stack:
                for place in self.places.values():
                    await stack.enter_async_context(place.stand)
                    for name, value in place.secrets().items():
                        await self.vault.keep_secret(place.name, name, value)
                stack.push_async_callback(self._disconnect)
                await self._open()
                officer = Officer(self)
                self.calm = False
                more = 3 if "newsroom" in self.places else 0
                for _ in range(self.chance.randrange(*MOVES) + more):
                    await self._made(officer)
                self.calm = True
                await self._dawn(officer)
                await self._record()
        except Exception as error:
            told = "\n    ".join(self.moves)
            again = f"PYTHONPATH=tests python -m nights {self.seed}"
            what = str(error) if isinstance(error, AssertionError) else repr(error)
            raise AssertionError(f"night {self.seed} ({again}): {what}\n    {told}") from error

    async def _made(self, officer, move=None):
        move = move or officer.chooses()
        self.moves.append(str(move))
        await self._lived(officer.does(move))
        assert not self.truth.wrong, "; ".join(self.truth.wrong)
        assert "could not be read (" not in self.conductor.trouble, self.conductor.trouble

    async def _lived(self, coroutine):
        """Do it in a console's life; when that ended meanwhile, the next one begins."""
        with contextlib.suppress(asyncio.CancelledError):
            await self.in_life(coroutine)
        ends = await asyncio.gather(*self.life, return_exceptions=True)
        failed = (each for each in ends if isinstance(each, Exception) and not isinstance(each, Refused))
        self.truth.wrong += map(repr, failed)
        if self.dead:
            self.tally["deaths"] += 1
            await self._disconnect()
            self._connect()
            self.life, self.dead = set(), False
            self.clock.turn(RESTART)
            await self._lived(self.wake())

    async def _dawn(self, officer):
        """All is well again: every doubt can be settled, in a few minutes."""
        for each in self.channels.values():
            if hasattr(each, "_wire"):
                each._wire._longest = PATIENT
        for _ in range(DAWN):
            if not officer.doubts():
                return
            await self._made(officer, ("settle",))
            self.clock.turn(MINUTE)
        raise AssertionError(f"in doubt for ever: {officer.doubts()}")

    async def _record(self):
        """The record tells the same again from its bytes, and verifies."""
        state, _, _ = await load_state(self.journal, self.incident)
        assert state == self.session.state
        (await verify_incident(self.journal, self.incident)).insist()
