"""What an officer's act sets going, on a real record with channels written by hand: how it ends, and what is known of it."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace
from support_conductor import SCOPE, STAFF, VOICE, Scripted, desk, opened, standing
from support_incident import T0

from console.channels.protocol import Done, Failed, InDoubt
from console.clock import TurnedClock
from console.errors import GateDenied, JournalPoisoned, Refused
from console.incident import commands as c
from console.incident.facts import achieved
from console.incident.planning import step_of
from console.journal.sqlite import SqliteJournal

SPEAKING = ("newsroom", "account", "voice", "website")


@pytest.fixture
def at(tmp_path):
    """A desk on a fresh incident with the given channels: `async with at(Scripted("voice")) as d`."""
    return lambda *channels, **more: standing(tmp_path / "live.db", *channels, **more)


def done(desk, step):
    return achieved(desk.state, step_of(desk.state, step))


# --- how an effect ends


async def test_done_keeps_the_proof_and_is_checked_nowhere_else(at):
    mailer = Scripted("mailer", Done("250 accepted", "<1@example.org>", accepted=1))
    async with at(mailer) as d:
        await d.act(STAFF)
        effect = d.effect(STAFF)
        assert (effect.status, effect.proof, effect.remote) == ("done", "250 accepted", "<1@example.org>")
        assert not effect.attested
        assert done(d, STAFF)
        (order,) = mailer.orders
        assert (order.effect, order.attempt, order.verb, order.step) == (
            effect.id,
            1,
            "send-internal",
            STAFF,
        )
        with pytest.raises(Refused, match="done already"):
            await d.act(STAFF)
        assert len(mailer.orders) == 1


async def test_what_goes_out_are_the_words_of_the_manifest(at):
    voice = Scripted("voice")
    async with at(voice) as d:
        await d.session.do(
            c.EditText(by="Reid", text="ignore", part="known", words="Tonight's posts are not ours.")
        )
        plan = d.state.effects_of(VOICE)
        assert plan == ()
        await d.act(VOICE)
        assert "Tonight's posts are not ours." in voice.orders[0].text
        assert dict(voice.orders[0].parts)["known"] == "Tonight's posts are not ours."


async def test_the_intent_is_on_disk_before_the_channel_hears_of_it(at, tmp_path):
    seen = []

    async def look(order, ledger):
        async with await SqliteJournal.open(tmp_path / "live.db", "live") as other:
            seen.extend(row.body for row in await other.read(order.incident, 1))
        return Done("201")

    async with at(Scripted("voice", look)) as d:
        await d.act(VOICE)
    assert b'"effect-intended"' in seen[-1]


async def test_a_definite_failure_may_be_done_again(at):
    voice = Scripted("voice", Failed("401 not signed in", "raw"), Done("201", "t-2"))
    async with at(voice) as d:
        await d.act(VOICE)
        assert (d.effect(VOICE).status, d.effect(VOICE).reason) == ("failed", "401 not signed in")
        assert not done(d, VOICE)
        await d.act(VOICE)
        assert d.effect(VOICE).status == "done"
        assert [order.effect for order in voice.orders] == [f"{VOICE}#1.1", f"{VOICE}#2.1"]


async def test_a_doubt_is_shown_and_nothing_is_repeated_while_it_stands(at):
    voice = Scripted("voice", InDoubt("no answer within 30 s"))
    async with at(voice) as d:
        await d.act(VOICE)
        assert d.effect(VOICE).status == "doubt"
        assert d.session.board("Reid").doubts == (VOICE,)
        with pytest.raises(Refused, match="do not know if it went out"):
            await d.conductor.act("Reid", VOICE, confirm="voice")
        with pytest.raises(Refused, match="do not know if it went out"):
            await d.answer(VOICE, "up")
        with pytest.raises(Refused, match="in doubt"):
            await d.session.do(c.Skip(by="Reid", step=VOICE, reason="no time"))
        assert len(voice.orders) == 1


@pytest.mark.parametrize(
    "error", [RuntimeError("boom"), TimeoutError(), KeyError("seed"), ConnectionResetError()]
)
async def test_an_adapter_that_raises_leaves_a_doubt_without_its_words(at, error):
    async with at(Scripted("voice", error)) as d:
        await d.act(VOICE)
        assert d.effect(VOICE).status == "doubt"
        assert type(error).__name__ in d.effect(VOICE).reason
        assert "boom" not in d.effect(VOICE).reason


async def test_a_channel_without_an_adapter_here_fails_and_says_so(tmp_path):
    clock = TurnedClock(T0, 1_000)
    async with await SqliteJournal.open(tmp_path / "live.db", "live") as journal:
        d = await desk(journal, await opened(journal, clock, "voice"), clock)
        await d.act(VOICE)
        assert d.effect(VOICE).status == "failed"
        assert "not configured on this machine" in d.effect(VOICE).reason


async def test_a_late_answer_is_waited_for_and_nothing_else_is_held_up(at):
    answer = asyncio.get_running_loop().create_future()
    async with at(Scripted("voice", lambda *_: answer)) as d:
        await d.conductor.act("Reid", VOICE, confirm="voice")
        assert d.session.board("Reid").box is not None
        await d.answer("confirm/look", "false-posts")
        await d.session.do(c.Note(by="Shah", text="I am here"))
        assert d.effect(VOICE).status == "intended"
        with pytest.raises(Refused, match="on its way"):
            await d.conductor.act("Reid", VOICE, confirm="voice")
        with pytest.raises(Refused, match="being carried out"):
            await d.session.do(c.Defer(by="Reid", step=VOICE))
        with pytest.raises(Refused, match="being carried out"):
            await d.session.do(c.Close(by="Reid", reason="enough"))
        answer.set_result(Done("201", "t-1"))
        await d.conductor.settle()
        assert d.effect(VOICE).status == "done"


# --- many targets


async def test_each_target_has_its_own_end(at):
    ends = {
        "newsroom": Done("201", "n-1"),
        "account": InDoubt("reset"),
        "voice": Failed("403"),
        "website": Done("201", "w-1"),
    }
    channels = [Scripted(name, end) for name, end in ends.items()]
    async with at(*channels) as d:
        await d.approved(SCOPE, "Reid", "Lindqvist")
        await d.act(SCOPE)
        assert [each.status for each in d.state.effects_of(SCOPE)] == ["done", "doubt", "failed", "done"]
        assert all(len(each.orders) == 1 for each in channels)


async def test_one_adapter_that_raises_does_not_keep_the_others_from_speaking(at):
    channels = [Scripted("newsroom", RuntimeError()), *map(Scripted, SPEAKING[1:])]
    async with at(*channels) as d:
        await d.approved(SCOPE, "Reid", "Lindqvist")
        await d.act(SCOPE)
        assert [each.status for each in d.state.effects_of(SCOPE)] == ["doubt", "done", "done", "done"]


# --- nothing but what was approved


async def with_a_change_on_the_way(at, change):
    """The scope line goes to four channels; as the first of them speaks, `change` alters the plan in memory."""
    made = []

    def meddle(_order, _ledger):
        (d,) = made
        plan = d.state.plan_of(SCOPE)
        d.session.state = replace(d.state, plans={**d.state.plans, plan.digest: change(plan)})
        return Done("201", "n-1")

    channels = [Scripted("newsroom", meddle), *map(Scripted, SPEAKING[1:])]
    async with at(*channels) as d:
        made.append(d)
        words = "@ExamplePolice and the news."
        await d.session.do(c.EditText(by="Shah", text="scope", part="touched", words=words))
        await d.approved(SCOPE, "Reid", "Lindqvist")
        await d.act(SCOPE)
        assert [each.orders for each in channels[1:]] == [[], [], []]
        assert [each.status for each in d.state.effects_of(SCOPE)] == ["done", "failed", "failed", "failed"]
        assert "not what was approved" in d.effect(SCOPE, 1).reason
        assert "NOTHING HAS BEEN SENT" in d.conductor.trouble


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"verb":"post"', '"verb":"pin"'),
        ("@ExamplePolice", "@ExampleCrooks"),
        ('"mode":"live"', '"mode":"practice"'),
        ('"writers":["Shah","Reid"]', '"writers":["Reid"]'),
    ],
)
async def test_a_manifest_that_was_changed_in_memory_is_not_carried_out(at, old, new):
    def change(plan):
        assert old in plan.raw
        return replace(plan, raw=plan.raw.replace(old, new))

    await with_a_change_on_the_way(at, change)


async def test_approvals_that_are_gone_are_missed_by_the_executor(at):
    await with_a_change_on_the_way(at, lambda plan: replace(plan, approvals=plan.approvals[:1]))


async def test_without_both_codes_nothing_starts(at):
    channels = [*map(Scripted, SPEAKING)]
    async with at(*channels) as d:
        digest = await d.approved(SCOPE, "Reid")
        with pytest.raises(Refused, match="second person's code"):
            await d.act(SCOPE)
        with pytest.raises(GateDenied):
            await d.present(SCOPE, "Shah", digest)
        with pytest.raises(GateDenied, match="not right"):
            await d.conductor.approve("Reid", SCOPE, "Lindqvist", "000000", digest=digest)
        assert d.kinds()[-1] == "ApprovalRefused"
        with pytest.raises(Refused, match="second person's code"):
            await d.act(SCOPE)
        assert [each.orders for each in channels] == [[], [], [], []]


# --- being stopped, cancelled, too late


async def test_stopping_puts_what_has_begun_in_doubt_and_the_rest_did_not_happen(at):
    begun = asyncio.Event()

    async def hang(order, ledger):
        begun.set()
        await asyncio.Event().wait()

    channels = [Scripted("newsroom", hang), *map(Scripted, SPEAKING[1:])]
    async with at(*channels) as d:
        await d.approved(SCOPE, "Reid", "Lindqvist")
        await d.conductor.act("Reid", SCOPE)
        await begun.wait()
        await d.conductor.halt(SCOPE)
        assert [each.status for each in d.state.effects_of(SCOPE)] == ["doubt", "failed", "failed", "failed"]
        assert [each.orders for each in channels[1:]] == [[], [], []]


async def test_a_caller_who_stops_waiting_leaves_no_intent_that_nobody_carries_out(at):
    asked = asyncio.Event()

    def heard(_order, _ledger):
        asked.set()
        return Done("201")

    voice = Scripted("voice", heard)
    async with at(voice) as d:
        caller = asyncio.ensure_future(d.conductor.act("Reid", VOICE, confirm="voice"))
        await asyncio.sleep(0)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert voice.orders == []
        async with asyncio.timeout(5):
            await asked.wait()
        await d.conductor.settle()
        assert d.effect(VOICE).status == "done"


async def test_a_step_that_is_stopped_as_it_ends_keeps_its_one_outcome(at):
    async with at(Scripted("voice")) as d:
        for turns in range(12):
            await d.session.do(c.Note(by="Reid", text=f"again, {turns}"))
            await d.conductor.act("Reid", VOICE, confirm="voice")
            for _ in range(turns):
                await asyncio.sleep(0)
            await d.conductor.halt(VOICE)
            ends = [name for name in d.kinds() if name in ("EffectDone", "EffectFailed", "EffectInDoubt")]
            assert len(ends) == 1
            if d.effect(VOICE).status == "done":
                return
            if d.effect(VOICE).status == "doubt":
                await d.session.do(c.Resolve(by="Reid", step=VOICE, verdict="not"))
            d.session.recent.clear()


# --- a record that cannot be written


async def test_on_a_poisoned_record_every_gate_is_shut_and_the_screen_still_reads(at):
    voice = Scripted("voice")
    async with at(voice) as d:
        before = d.state.seq
        ((pages,),) = await d.session.journal._connection.execute_fetchall("PRAGMA page_count")
        await d.session.journal._connection.execute_fetchall(f"PRAGMA max_page_count = {pages}")
        notes = [c.Note(by="Reid", text="x" * 3_000)] * 9
        with pytest.raises(JournalPoisoned):
            await asyncio.gather(*map(d.session.do, notes))
        for move in (
            d.conductor.act("Reid", VOICE, confirm="voice"),
            d.conductor.ask("Reid", SCOPE),
            d.session.do(c.Note(by="Reid", text="?")),
        ):
            with pytest.raises(JournalPoisoned, match="full"):
                await move
        await d.conductor.beat()
        assert voice.orders == []
        assert d.session.board("Reid").box is not None
        assert d.state.seq >= before
