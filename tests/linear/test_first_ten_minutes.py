"""The first ten minutes of the model case, as an officer types them: the notice is out before 5:00, and nobody waited."""

from __future__ import annotations

from support_drill import MINUTE, drill
from support_linear import Officer

from console.incident import events as e
from console.linear.run import run_linear
from console.report.record import read_entries

# Seconds before each line, and the line. A person who has seen it once, reading each page.
TYPED = (
    (40, "1"),  # look: messages we did not write
    (55, "1"),  # call: they have it
    (30, "a"),  # voice: simulate
    (15, "drill voice"),
    (20, "1"),  # I see it on the account
    (2, ""),  # and Enter again, since it is critical
    (10, "a"),  # own account
    (10, "drill account"),
    (15, "1"),
    (5, "o confirm/save"),
    (5, "a"),  # save everything that is false
    (5, "drill send"),
    (10, "o contain/remove-harm"),
    (5, "a"),
    (10, lambda said: said.rsplit("Type ", 1)[1].split(" and")[0]),  # the count of people at risk
    (20, "o contain/cut-link"),
    (60, "1"),
    (3, ""),
    (30, "1"),  # freeze: asked
    (2, ""),
    (30, "1"),  # the queue shows paused
    (2, ""),
    (5, "s"),
    (5, "q"),
)


async def test_the_notice_is_out_before_five_minutes_with_nobody_waiting_for_anybody():
    async with drill(answers={"at-risk": "yes"}) as d:
        officer = Officer(d, *TYPED)
        await run_linear(d.session, d.conductor, "Reid", stdin=officer, stdout=officer.out, drill=d.world)
        assert officer.lines == [], officer.said
        assert officer.times[-1] < 10 * MINUTE
        opened = d.session.state.opened_at
        entries = [entry.event for entry in await read_entries(d.journal, d.session.state.incident)]
        out = {
            event.effect.partition("#")[0]: event.at - opened
            for event in entries
            if isinstance(event, e.EffectDone)
        }
        assert out["pin-ignore-notice/voice"] < 5 * MINUTE
        assert out["pin-ignore-notice/own-account"] < 6 * MINUTE
        assert not any(isinstance(event, e.Approved | e.ApprovalRefused) for event in entries)
        assert d.world.outside.standing("voice")[0].words.startswith("EXERCISE Messages on")
        answered = {event.step: event.at - opened for event in entries if isinstance(event, e.Answered)}
        assert answered["contain/cut-link"] < 8 * MINUTE
        removed = [item for item in d.session.state.items.values() if item.at_risk]
        assert removed
        assert all(item.gone and item.saved for item in removed), officer.said
        assert "Public notice: sent" in officer.said


async def test_every_prompt_says_drill_and_every_page_begins_with_it():
    async with drill(answers={"at-risk": "yes"}) as d:
        officer = Officer(d, *TYPED)
        await run_linear(d.session, d.conductor, "Reid", stdin=officer, stdout=officer.out, drill=d.world)
        assert len(officer.prompts) == len(TYPED)
        assert all(prompt.startswith("DRILL ") and prompt.endswith("> ") for prompt in officer.prompts)
        assert officer.said.startswith("DRILL D-")
        pages = [
            line
            for line in officer.said.splitlines()
            if "Step " in line and ", " in line and line.endswith(".")
        ]
        assert all(line.startswith(("DRILL Step", "Step")) for line in pages)


async def test_it_is_plain_text_one_fact_a_line():
    async with drill() as d:
        officer = Officer(d, *TYPED)
        await run_linear(d.session, d.conductor, "Reid", stdin=officer, stdout=officer.out, drill=d.world)
        assert all(char == "\n" or char.isprintable() for char in officer.said)
        assert not set(officer.said) & set("│┃─━╭╰┌└█▌●○■□⠋")
