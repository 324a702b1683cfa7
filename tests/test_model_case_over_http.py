"""The night of 19 July 2019, live, with every platform and the mail relay over HTTP and SMTP, in every face, to the end."""

from __future__ import annotations

import asyncio

import pytest
from model_case.by_moves import at_no_face
from model_case.in_lines import in_plain_lines
from model_case.machine import Machine
from model_case.night import Night
from model_case.on_screen import at_the_screen
from model_case.record import Record
from model_case.town import MINUTE, NightClock, Town
from support_incident import T0

from console.tui.screens import sending

# ms between two posts of the attacker: where every find is judged by ten fingers, they are fewer
QUICK = {"account": 5_000, "newsroom": 2 * MINUTE, "website": 3 * MINUTE}
SLOW = {"account": 25_000, "newsroom": 2 * MINUTE, "website": 3 * MINUTE}


@pytest.fixture
def town(tmp_path, request):
    with Town(NightClock(T0 - 5 * MINUTE, 1_000), tmp_path, request.param) as town:
        yield town


@pytest.fixture
def machine(tmp_path, town, monkeypatch, capsys):
    made = Machine(tmp_path, town.clock, monkeypatch, capsys)
    made.connect(town)
    made.write_list()
    return made


async def walked(town, machine, face, pace=15_000):
    await machine.enrol()
    town.attacker.begin()
    town.clock.turn(2 * MINUTE)
    incident = await machine.open(**{"first-seen": str(T0 - 2 * MINUTE), "at-risk": "yes"})
    async with (
        machine.session(incident) as (session, conductor),
        face(session, conductor, machine) as hands,
    ):
        await Night(session, conductor, town, machine, hands, pace).whole()
    await machine.learn_secrets()
    return await Record.read(town, machine, incident)


@pytest.mark.parametrize("town", [QUICK], indirect=True)
def test_by_moves_alone(town, machine):
    asyncio.run(walked(town, machine, at_no_face)).holds()


@pytest.mark.parametrize("town", [SLOW], indirect=True)
def test_at_the_screen(town, machine, monkeypatch):
    # The two seconds before the letter that sends are held to elsewhere.
    monkeypatch.setattr(sending, "ARMED", 1)
    asyncio.run(walked(town, machine, at_the_screen)).holds()


@pytest.mark.parametrize("town", [SLOW], indirect=True)
def test_in_plain_lines(town, machine):
    asyncio.run(walked(town, machine, in_plain_lines)).holds()
