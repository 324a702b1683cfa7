"""What nobody knows until an officer says so: doubts looked into and settled, and acts that only hands do and eyes see."""

from __future__ import annotations

from socket import gethostname

import pytest
from support_conductor import KINDS, STAFF, VOICE, Scripted, desk, opened, standing
from support_incident import T0

from console.channels.protocol import Done, InDoubt, Seen
from console.clock import TurnedClock
from console.errors import Refused
from console.incident import commands as c
from console.incident.facts import achieved, attested_by
from console.incident.planning import step_of
from console.journal.sqlite import SqliteJournal

SAVE = "confirm/save"


@pytest.fixture
def at(tmp_path):
    return lambda *channels, **more: standing(tmp_path / "live.db", *channels, **more)


def done(desk, step):
    return achieved(desk.state, step_of(desk.state, step))


# --- doubts, and what settles them


@pytest.mark.parametrize(
    ("seen", "suggests"),
    [
        (Seen("agrees", "200 t-1"), "happened"),
        (Seen("disagrees", "404"), "not"),
        (Seen("cannot-see", "401"), "unknown"),
        (RuntimeError("boom"), "unknown"),
    ],
)
async def test_a_doubt_is_looked_into_before_anybody_is_asked(at, seen, suggests):
    voice = Scripted("voice", InDoubt("no answer"), probes=[seen])
    async with at(voice) as d:
        await d.act(VOICE)
        (effect,) = await d.conductor.probe("Reid", VOICE)
        assert effect.status == "doubt"  # a look settles nothing; an officer does
        _, probed = d.session.recent[-1]
        assert (type(probed).__name__, probed.suggests) == ("EffectProbed", suggests)
        assert "boom" not in probed.raw
        assert len(voice.orders) == 1


@pytest.mark.parametrize("end", [InDoubt("no answer"), RuntimeError("boom")])
async def test_what_only_looks_is_never_in_doubt(at, end):
    async with at(Scripted("evidence", end), Scripted("voice")) as d:
        await d.session.do(c.See(by="Reid", channel="voice", link="https://x.com/a/status/1"))
        await d.act(SAVE)
        assert d.effect(SAVE).status == "failed"
        assert not d.state.items["i1"].saved
        await d.act(SAVE)  # nobody has to say anything before it is tried again


async def test_a_look_that_died_with_its_console_is_not_in_doubt(tmp_path):
    clock, evidence = TurnedClock(T0, 1_000), Scripted("evidence")
    async with await SqliteJournal.open(tmp_path / "live.db", "live") as journal:
        incident = await opened(journal, clock, "evidence", "voice")
        dead = await desk(journal, incident, clock, evidence, holder="gone/boot/1/1")
        await dead.session.do(c.See(by="Reid", channel="voice", link="https://x.com/a/status/1"))
        await dead.session.do(c.Act(by="Reid", step=SAVE, nonce="n", holder=f"{gethostname()}/boot/1/1"))
        alive = await desk(journal, incident, clock, evidence)
        assert await alive.session.claim_orphans() == 1
        assert alive.effect(SAVE).status == "failed"


@pytest.mark.parametrize(
    ("verdict", "status", "parked"),
    [("happened", "done", False), ("not", "failed", False), ("unknown", "doubt", True)],
)
async def test_an_officer_settles_a_doubt(at, verdict, status, parked):
    voice = Scripted("voice", InDoubt("no answer"), Done("201"))
    async with at(voice) as d:
        await d.act(VOICE)
        await d.session.do(c.Resolve(by="Reid", step=VOICE, verdict=verdict))
        effect = d.effect(VOICE)
        assert (effect.status, effect.parked) == (status, parked)
        if verdict == "not":
            await d.act(VOICE)
            assert len(voice.orders) == 2
            return
        with pytest.raises(Refused):
            await d.act(VOICE)
        assert len(voice.orders) == 1
        assert effect.attested == (verdict == "happened")
        assert (VOICE in d.session.board("Reid").doubts) == parked


async def test_a_parked_doubt_can_still_be_settled(at):
    async with at(Scripted("voice", InDoubt("no answer"))) as d:
        await d.act(VOICE)
        await d.session.do(c.Resolve(by="Reid", step=VOICE, verdict="unknown"))
        assert d.state.cursors["Reid"].step != VOICE
        await d.session.do(c.Resolve(by="Shah", step=VOICE, verdict="happened"))
        assert d.effect(VOICE).status == "done"
        with pytest.raises(Refused, match="in doubt"):
            await d.session.do(c.Resolve(by="Shah", step=VOICE, verdict="not"))


# --- by hand


async def test_a_guided_act_waits_for_hands_and_is_only_seen_by_them(at):
    async with at() as d:
        await d.conductor.act("Reid", VOICE, confirm="voice")
        effect = d.effect(VOICE)
        assert (effect.guided, effect.shown, effect.status) == (True, False, "intended")
        await d.conductor.shown("Reid", VOICE)
        await d.conductor.shown("Reid", VOICE)
        assert d.kinds().count("GuideShown") == 1
        await d.answer(VOICE, "up")
        assert d.effect(VOICE).attested
        assert done(d, VOICE)
        assert attested_by(d.state, step_of(d.state, VOICE)) == "Reid"


async def test_hands_that_could_not_leave_a_failure_and_the_way_on(at):
    async with at() as d:
        await d.conductor.act("Reid", VOICE, confirm="voice")
        await d.answer(VOICE, "no-account")
        assert d.effect(VOICE).status == "failed"
        assert not done(d, VOICE)
        assert d.state.cursors["Reid"].step == "pin-ignore-notice/own-account"


async def test_a_verb_that_is_left_to_hands_is_guided_on_a_channel_that_acts(tmp_path):
    clock = TurnedClock(T0, 1_000)
    mailer = Scripted("mailer")
    async with await SqliteJournal.open(tmp_path / "live.db", "live") as journal:
        d = await desk(journal, await opened(journal, clock, "mailer"), clock, mailer)
        by_hand = ("mailer.send-internal",)
        await d.session.do(
            c.Configure(by="Reid", configured={"mailer": KINDS["mailer"]}, by_hand=by_hand, fields={})
        )
        await d.conductor.act("Reid", STAFF, confirm="mailer")
        assert d.effect(STAFF).guided
        assert mailer.orders == []
