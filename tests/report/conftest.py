"""One drill that went through everything a report speaks of, as stored bytes; made once."""

from __future__ import annotations

import asyncio

import pytest
from support_drill import MINUTE, SECOND, drill

from console.errors import GateDenied
from console.incident import commands as c
from console.report.record import read_entries

STEP = "correct/holding"


async def _play(path):
    async with drill(path, answers={"at-risk": "yes"}) as d:
        do, conductor = d.session.do, d.conductor
        await d.turn(20 * SECOND, 5 * SECOND)
        await do(c.Answer(by="Reid", step="confirm/look", value="false-posts"))
        await conductor.act("Reid", "pin-ignore-notice/voice", confirm="drill voice")
        await d.carried_out()
        await do(c.Answer(by="Reid", step="pin-ignore-notice/voice", value="up"))
        await d.turn(3 * MINUTE, 10 * SECOND)
        await conductor.act("Reid", "confirm/save")
        await d.carried_out()
        await do(c.Answer(by="Reid", step="contain/cut-link", value="locked"))
        await do(c.Undo(by="Reid"))
        await do(c.Answer(by="Reid", step="contain/cut-link", value="gone"))
        await do(c.Defer(by="Reid", step="contain/freeze", minutes=30))
        await do(c.Skip(by="Reid", step="contain/pause-queue", reason="nothing is planned"))
        await _gated(d)
        await _mailing(d)
        return d.session.state.incident


async def _gated(d):
    """A wrong code, a text changed after a code, a second person late, then the line is given by voice."""
    plan = await d.conductor.ask("Reid", STEP)
    with pytest.raises(GateDenied, match="not right"):
        await d.conductor.approve("Reid", STEP, "Reid", "000000", digest=plan.digest)
    await d.conductor.approve("Reid", STEP, "Reid", d.world.phone_code("Reid"), digest=plan.digest)
    await d.session.do(c.EditText(by="Reid", text="holding", part="doing", words="We are cutting them off."))
    plan = await d.conductor.ask("Reid", STEP)
    await d.turn(2 * MINUTE, 10 * SECOND)
    for officer in ("Reid", "Lindqvist"):
        code = d.world.phone_code(officer)
        await d.conductor.approve("Reid", STEP, officer, code, digest=plan.digest, came="phone")
    await d.conductor.act("Reid", STEP)
    await d.conductor.shown("Reid", STEP)
    await d.session.do(c.Answer(by="Reid", step=STEP, value="done"))


async def _mailing(d):
    people = str(d.session.state.lists["mailer"].count)
    for step, value in {"list": "today's", "text": "right", "count": people}.items():
        await d.session.do(c.Answer(by="Reid", step=f"notify-subscribers/{step}", value=value))
    await d.conductor.act("Reid", "notify-subscribers/test", confirm="drill mailer")
    await d.carried_out()
    await d.session.do(c.Answer(by="Reid", step="notify-subscribers/test", value="right"))
    await d.turn(MINUTE, 10 * SECOND)
    plan = await d.conductor.ask("Reid", "notify-subscribers/send")
    for officer in ("Reid", "Lindqvist"):
        code = d.world.phone_code(officer) or d.world._vault.code_for(officer, d.clock.now().wall)
        await d.conductor.approve(
            "Reid", "notify-subscribers/send", officer, code, digest=plan.digest, people=str(people)
        )
    await d.conductor.act("Reid", "notify-subscribers/send", confirm=f"drill {people}")
    await d.carried_out()


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    """The path of a practice record with one whole drill in it, and the drill's id."""
    path = tmp_path_factory.mktemp("report") / "practice.db"
    return path, asyncio.run(_play(path))


@pytest.fixture
async def record(played):
    """The entries of that drill."""
    from console.journal.sqlite import SqliteJournal

    path, incident = played
    async with await SqliteJournal.open(path, "practice") as journal:
        return await read_entries(journal, incident)
