"""A whole drill in plain lines, by what is printed alone: to the close, with second persons' codes over practice phones."""

from __future__ import annotations

from support_drill import MINUTE, drill
from support_linear import Player

from console.incident import events as e
from console.linear.run import run_linear
from console.report.record import read_entries
from console.report.verify import verify_incident


async def test_a_whole_drill_to_the_close():
    async with drill(answers={"at-risk": "yes"}) as d:
        player = Player(d, until=4 * 3_600)
        await run_linear(d.session, d.conductor, "Reid", stdin=player, stdout=player.out, drill=d.world)
        state = d.session.state
        assert state.end is not None, player.said[-3_000:]
        assert state.end.open_critical == ()
        assert "DRILL OVER" in player.said
        entries = await read_entries(d.journal, state.incident)
        by_phone = {
            each.event.officer
            for each in entries
            if isinstance(each.event, e.Approved) and each.event.came == "phone"
        }
        assert by_phone == {"Lindqvist"}
        readers = [count for address, count in d.world.outside.mailed.items() if address.startswith("reader")]
        assert readers == [1] * state.lists["mailer"].count
        assert all(item.gone for item in state.items.values() if item.channel != "mailer")
        verified = await verify_incident(d.journal, state.incident)
        assert verified.verdict == "stands", verified.sentences()
        assert verified.effects > 20


async def test_an_officer_who_is_locked_out_is_led_to_the_suspension():
    async with drill() as d:
        player = Player(d, {"contain/cut-link": "3"}, until=15 * 60)
        await run_linear(d.session, d.conductor, "Reid", stdin=player, stdout=player.out, drill=d.world)
        assert "DRILL Step 3.6, contain/suspend." in player.said


async def test_it_stops_where_the_input_ends_and_nothing_is_lost(tmp_path):
    path = tmp_path / "practice.db"
    async with drill(path) as d:
        player = Player(d, until=200)
        await run_linear(d.session, d.conductor, "Reid", stdin=player, stdout=player.out, drill=d.world)
        saved = player.said.count("Saved. ")
        entries = await read_entries(d.journal, d.session.state.incident)
        assert saved == sum(1 for each in entries if isinstance(each.event, e.Answered)) > 3
        assert d.session.state.end is None
        assert d.clock.now().wall - d.session.state.opened_at < 5 * MINUTE
