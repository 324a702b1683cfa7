"""The plain face of a live incident on a machine with no secrets: everything is done by hand, and says so."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from support_book import DECIDED, loaded_of
from support_drill import Drilled
from support_incident import T0, shipped
from support_linear import Officer

from console.channels.manual import manual_channels
from console.clock import TurnedClock
from console.engine.conductor import Conductor
from console.engine.gatekeeper import Gatekeeper
from console.engine.opening import Opening, open_incident
from console.engine.session import Session
from console.incident import commands as c
from console.journal.sqlite import SqliteJournal
from console.linear.run import run_linear
from console.report.record import read_entries
from console.settings import Contact
from console.vault.practice import PracticeVault


class Quiet:
    """Stands where a drill has its world."""

    async def beat(self):
        """Nothing is scripted."""


@asynccontextmanager
async def live(loaded=None):
    clock = TurnedClock(T0, 1_000)
    async with await SqliteJournal.open(":memory:", "live") as journal:
        loaded = loaded or shipped("press-channels-misused")
        opening = Opening(by="Reid", loaded=loaded, mode="live", zone="Europe/London")
        incident = await open_incident(journal, opening, clock.now())
        vault = PracticeVault(7)
        gatekeeper = Gatekeeper(journal, vault, clock, "desk")
        for name, roles in {"Reid": ("officer",), "Lindqvist": ("approver",)}.items():
            await gatekeeper.enrol(name, roles)
        session = await Session.resume(
            journal,
            incident,
            clock=clock,
            channels=manual_channels(loaded.playbook.channels),
            gatekeeper=gatekeeper,
        )
        conductor = Conductor(session)
        d = Drilled(session, conductor, Quiet(), clock, journal)
        d.session.vault = vault
        yield d
        await conductor.stop()


async def walk(d, *lines, **more):
    typist = Officer(d, *lines)
    await run_linear(d.session, d.conductor, "Reid", stdin=typist, stdout=typist.out, **more)
    assert typist.lines == [], typist.said
    return typist


async def test_live_is_on_every_prompt_and_drill_nowhere():
    async with live() as d:
        typist = await walk(d, "s", "real", "phone", "i", "", "q")
        assert all(prompt.startswith("LIVE ") for prompt in typist.prompts)
        assert "DRILL" not in typist.said
        assert "EXERCISE" not in typist.said
        assert "This is LIVE already." in typist.said
        assert "A live code comes from the officer's own phone." in typist.said
        assert d.session.state.end is None


async def test_the_notice_goes_out_by_hand_and_reads_seen_not_checked():
    async with live() as d:
        await d.session.do(c.Move(by="Reid", step="pin-ignore-notice/voice"))
        typist = await walk(d, "a", "voice", "1", "", "o", "q")
        assert "LIVE This goes out for real:" in typist.said
        assert "Type voice and Enter to go on. Anything else sends nothing" in typist.said
        assert "Move 1: " in typist.said
        assert typist.said.index("Type voice") < typist.said.index("Move 1: ")
        (effect,) = d.session.state.effects.values()
        assert (effect.status, effect.guided, effect.shown, effect.attested) == ("done", True, True, True)
        assert "Public notice" not in typist.said


async def test_two_people_open_a_gate_and_the_code_comes_by_phone():
    async with live() as d:
        await d.session.do(c.Move(by="Reid", step="correct/holding"))
        vault = d.session.vault

        def code(name):
            return lambda _said: vault.code_for(name, d.clock.now().wall)

        typist = await walk(
            d,
            *("g", code("Reid"), "Lindqvist", "1", code("Lindqvist")),
            *("a", "send"),
            *("1", "q"),
        )
        assert "Read this to them, slowly:" in typist.said
        assert "check code words are: " in typist.said
        assert "The gate is open. NOTHING HAS BEEN SENT." in typist.said
        plan = d.session.state.plan_of("correct/holding")
        assert [each.officer for each in plan.approvals] == ["Reid", "Lindqvist"]


async def test_an_answer_behind_a_gate_is_chosen_then_approved_and_given():
    async with live(loaded_of(DECIDED)) as d:
        vault = d.session.vault

        def code(name):
            return lambda _said: vault.code_for(name, d.clock.now().wall)

        typist = await walk(d, "1", code("Reid"), "Lindqvist", "2", code("Lindqvist"), "q")
        assert "Choose the answer, then they are asked for." in typist.said
        assert "1 Publish them" in typist.said
        assert "If it cannot be done" not in typist.said
        assert "Give these words" not in typist.said
        assert "Saved. 1.1 Publish them." in typist.said
        assert d.session.state.of("decide/publish").answer.value == "publish"


async def test_the_writer_cannot_be_the_second_person():
    async with live() as d:
        await d.session.do(c.Move(by="Reid", step="correct/holding"))
        await d.session.do(c.EditText(by="Lindqvist", text="holding", part="doing", words="We act."))
        typist = await walk(d, "g", "", "q")
        assert "It still needs" in typist.said
        plan = d.session.state.plan_of("correct/holding")
        assert plan.approvals == ()
        code = d.session.vault.code_for("Reid", d.clock.now().wall)
        hers = d.session.vault.code_for("Lindqvist", d.clock.now().wall)
        typist = await walk(d, "g", code, "Lindqvist", "2", hers, "", "a", "q")
        assert "Lindqvist: cannot: wrote it" in typist.said
        assert "The gate is open" not in typist.said
        assert "It needs a code first" in typist.said
        assert d.session.state.effects == {}


async def test_closing_over_open_critical_steps_wants_an_approver_over_the_reason():
    async with live() as d:
        code = d.session.vault.code_for("Lindqvist", d.clock.now().wall)
        typist = await walk(d, "close", "false alarm", "Lindqvist", "1", code, "close")
        assert "critical steps not done" in typist.said
        entries = await read_entries(d.journal, d.session.state.incident)
        assert entries[-1].event.approved_by == "Lindqvist"
        assert entries[-1].event.open_critical
        assert "LIVE OVER" in typist.said


@pytest.mark.parametrize("typed", ["", "no", "y", "3"])
async def test_standing_down_is_asked_and_enter_alone_does_not_mean_it(typed):
    async with live() as d:
        typist = await walk(d, "3", typed, "q")
        assert "3 Nothing wrong here (ENDS the incident)" in typist.said
        assert "this answer ENDS the LIVE incident." in typist.said
        assert "Nothing was answered. It goes on." in typist.said
        assert d.session.state.end is None


async def test_standing_down_closes_after_a_yes():
    async with live() as d:
        typist = await walk(d, "3", "yes")
        assert d.session.state.end.stand_down
        assert "Stood down 23:18 by Reid" in typist.said
        typist = await walk(d, "", "u", "?", "n all was well", "q")
        assert "take back" not in typist.said
        assert "n, note: write a note" in typist.said
        assert "Nothing more is asked." in typist.said
        assert "is closed. Open a new incident" in typist.said.replace("\n", " ")
        assert "goes on" not in typist.said
        assert "You left. L-20190719-1 is closed." in typist.said


async def test_an_answer_goes_over_another_officers_only_once_that_was_printed():
    async with live() as d:

        def answers(value):
            return lambda _said: value

        typist = await walk(d, "1", "1", "1.2", "q")
        assert "Saved. 1.2 They have it." in typist.said
        await d.session.do(c.Move(by="Reid", step="contain/cut-link"))
        await d.session.do(c.Answer(by="Shah", step="contain/cut-link", value="listed"))
        typist = await walk(d, answers("1"), "", "q")
        assert "Shah saw 23:18: It is still listed" in typist.said
        assert 'Shah had answered "It is still listed" at 23:18. Yours stands now' in typist.said
        assert d.session.state.of("contain/cut-link").answer.by == "Reid"


async def test_an_answer_that_does_not_do_it_says_that_the_step_stays_open():
    async with live() as d:
        await d.session.do(c.Move(by="Reid", step="contain/cut-link"))
        typist = await walk(d, "2", "", "q")
        assert "3.2 stays open: that answer leads to 3.6." in typist.said


async def test_contacts_are_one_letter_away():
    async with live() as d:
        contact = Contact(role="Owner", name="M. Brandt", number="020 7946 0101", alternate="duty desk")
        typist = await walk(d, "c", "q", contacts=(contact,))
        assert "Owner: M. Brandt, 020 7946 0101, else duty desk, never checked." in typist.said


async def test_a_list_of_recipients_is_read_and_reported(tmp_path):
    path = tmp_path / "subscribers.csv"
    path.write_text("email\nann@example.org\nann@example.org\nnot an address\nbob@example.org\n")
    async with live() as d:
        typist = await walk(
            d, f"list {path}", "", f"list {path}", "3", f"list {path}", "2", "list /no/such/file", "q"
        )
        assert "2 people. 1 line stood twice, 1 holds no address." in typist.said
        assert "subscribers.csv, read as utf-8, column email." in typist.said
        assert f"{path}:3:1 duplicate of line 2" in typist.said
        assert typist.said.count("No list was chosen.") == 2
        assert d.session.state.lists["mailer"].count == 2
        assert "/no/such/file" in typist.said


async def test_a_list_that_was_read_wrongly_is_read_as_one_says(tmp_path):
    path, out = tmp_path / "subscribers.csv", tmp_path / "out.txt"
    path.write_text("email;reach\nann@example.org;bob@example.org\ncarol@example.org;dan@example.org\n")
    out.write_text("DAN@example.org\n")
    async with live() as d:
        typist = await walk(d, f"list {path}", "w", "", "semicolon", "2", str(out), "1", "q")
        assert "read as utf-8, semicolon between columns, column email." in typist.said
        assert "read as utf-8, semicolon between columns, column reach." in typist.said
        assert f"1 line left out by {out}." in typist.said
        chosen = d.session.state.lists["mailer"]
        assert (chosen.count, chosen.suppressed, chosen.suppression) == (1, 1, "out.txt")


@pytest.mark.parametrize(
    "typed", ["99", "0", "9.9", "zebra", "w", "u", "go on", "skip", "go on x", "gone i9", "amend"]
)
async def test_a_move_that_cannot_be_made_says_so_and_changes_nothing(typed):
    async with live() as d:
        lines = [typed, "", "q"] if typed in ("skip", "go on", "amend") else [typed, "q"]
        before = d.session.state.steps
        typist = await walk(d, *lines)
        assert d.session.state.steps == before
        assert len(typist.said.splitlines()) > 10


async def test_what_a_channel_waits_for_is_told_once_and_stands_in_the_status():
    async with live() as d:
        account = d.session.channels["account"]
        account.held = "X lets the next one go at 23:47 UTC."
        account.cost = "about $0.42 spent at X since this console started"
        typist = await walk(d, "", "", "s", "q")
        assert typist.said.count("account: X lets the next one go at 23:47 UTC.") == 2
        assert typist.said.count("account: about $0.42 spent at X since this console started.") == 1
