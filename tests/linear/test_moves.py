"""Each move of the plain face, typed as an officer types it."""

from __future__ import annotations

import io

import pytest
from support_drill import MINUTE, SECOND, drill, resumed
from support_incident import T0
from support_linear import Officer

from console.channels.practice_world import Odds
from console.clock import TurnedClock
from console.incident import commands as c
from console.linear.moves import MOVES, find, help_lines
from console.linear.run import run_linear

DOUBT = Odds(fail=0, doubt=1, happened=1, refuse=0, unanswered=0, late=(0, 0), mail_late=(0, 0))


async def walk(d, *lines, officer="Reid", drill_world=True, **more):
    typist = Officer(d, *lines)
    world = d.world if drill_world else None
    await run_linear(d.session, d.conductor, officer, stdin=typist, stdout=typist.out, drill=world, **more)
    assert typist.lines == [], typist.said
    return typist.said


def test_every_move_is_found_by_its_letter_and_by_its_word():
    for move in MOVES:
        for name in filter(None, (move.letter, move.word)):
            assert find(name) == (move, "")
            assert find(f"{name} more words") == (move, "more words")
    assert find("nonsense") == (None, "nonsense")
    letters = [move.letter for move in MOVES if move.letter]
    assert len(letters) == len(set(letters))
    assert len(help_lines(practice=True)) == len(MOVES) + 2 > len(help_lines(practice=False))


async def test_who_are_you_is_asked_first_and_stands_on_what_is_done():
    async with drill() as d:
        said = await walk(d, "", "Okafor", "n we have it", "q", officer="")
        assert said.startswith("DRILL Who are you?> ")
        assert "You are Okafor." in said
        assert "Okafor" in d.session.state.officers
        assert d.session.state.last.by in ("Okafor", "")


async def test_enter_alone_never_answers_and_never_sends():
    async with drill() as d:
        await d.session.do(c.Move(by="Reid", step="pin-ignore-notice/voice"))
        said = await walk(d, "", "a", "", "q")
        assert "Enter alone does nothing." in said
        assert "NOTHING HAS BEEN SENT." in said
        assert d.session.state.effects == {}


async def test_a_critical_answer_wants_a_second_enter_and_anything_else_cancels():
    async with drill() as d:
        await d.session.do(c.Move(by="Reid", step="contain/cut-link"))
        said = await walk(d, "1", "no", "q")
        assert "1 selected: The app is gone from the list. Enter answers, anything else cancels" in said
        assert d.session.state.of("contain/cut-link").answer is None
        await walk(d, "1", "", "q")
        assert d.session.state.of("contain/cut-link").answer.value == "gone"


async def test_defer_note_undo_and_going_to_a_step():
    async with drill() as d:
        said = await walk(d, "d 15", "u", "1", "u", "n They \x1b[31mknow\x07", "3.2", "q")
        assert "Put off for 15 minutes" in said
        assert said.count("Taken back.") == 2
        assert "characters that cannot be seen were left out" in said
        assert "DRILL Step 3.2, contain/cut-link." in said
        assert d.session.state.of("confirm/look").answer is None


async def test_a_text_is_edited_part_by_part_with_its_length_after_each():
    async with drill() as d:
        await d.session.do(c.Move(by="Reid", step="pin-ignore-notice/voice"))
        said = await walk(d, "t", "1", "1", "Someone else is posting as us.", "1", "", "", "q")
        assert said.count(" of 280 characters on X") >= 2
        assert "EXERCISE Someone else is posting as us. Ignore them" in said
        assert d.session.state.texts["ignore"] == {"known": "Someone else is posting as us."}
        assert "known stays as it is." in said


async def test_words_are_copied_to_a_file_that_begins_with_exercise(tmp_path):
    async with drill() as d:
        await d.session.do(c.Move(by="Reid", step="pin-ignore-notice/voice"))
        path = tmp_path / "notice.txt"
        said = await walk(d, f"x {path}", f"x {path}", "q")
        assert path.read_text().startswith("EXERCISE ")
        assert path.stat().st_mode & 0o777 == 0o600
        assert "Name a file that is not there yet." in said


async def test_a_false_item_is_reported_saved_by_hand_and_seen_gone():
    async with drill() as d:
        said = await walk(
            d,
            *("seen voice https://example.org/1", "Send money", "2"),
            *("i", "3", "all on my phone"),
            "gone i1",
            *("i", ""),
            "q",
        )
        item = next(item for item in d.session.state.items.values() if item.channel == "voice")
        assert (item.link, item.at_risk, item.saved) == (
            "https://example.org/1",
            True,
            "by hand: all on my phone",
        )
        assert d.session.state.items["i1"].gone
        assert "PUTS SOMEONE AT RISK. Send money" in said


async def test_what_nobody_knows_yet_is_judged_by_a_typed_line_or_from_the_list():
    async with drill() as d:
        for n in (1, 2):
            await d.session.do(
                c.See(channel="voice", link=f"https://example.org/{n}", words=f"Post {n}", verdict="unknown")
            )
        one, two = list(d.session.state.items)[-2:]
        place = str(list(d.session.state.items).index(two) + 1)
        said = await walk(
            d, f"mark {one} false risk", f"mark {one} perhaps", "mark i99 false", "i", "4", place, "q"
        )
        first, second = (d.session.state.items[each] for each in (one, two))
        assert (first.verdict, first.at_risk, second.verdict) == ("bogus", True, "ours")
        assert f"Saved. {one} is false and puts someone at risk." in said
        assert "For example: mark i3 false" in said
        assert "There is no item i99." in said
        assert f"Saved. {two} is ours." in said


async def test_a_doubt_shows_what_was_seen_and_has_no_default():
    async with drill(odds=DOUBT) as d:
        await d.session.do(c.Move(by="Reid", step="pin-ignore-notice/voice"))
        said = await walk(d, "a", "drill voice", "", "4", "3", "cannot get through", "q")
        assert "DOUBT We do not know if it went out" in said
        assert "What was seen: " in said
        assert '{"posted"' in said
        assert "There is no default." in said
        (effect,) = d.session.state.effects.values()
        assert (effect.status, effect.parked) == ("doubt", True)
        await d.session.do(c.Move(by="Reid", step="pin-ignore-notice/voice"))
        await walk(d, "1", "I see it there", "q")
        assert next(iter(d.session.state.effects.values())).status == "done"


async def test_a_wrong_code_says_that_nothing_was_sent_and_asks_again():
    async with drill() as d:
        await d.session.do(c.Move(by="Reid", step="correct/holding"))
        said = await walk(d, "g", "000000", "letters", "", "a", "q")
        assert said.count("NOTHING HAS BEEN SENT") >= 3
        assert "Tries left: 4" in said
        assert "g asks for it" in said
        assert d.session.state.effects == {}


async def test_the_emergency_path_is_loud():
    async with drill() as d:
        await d.session.do(c.Move(by="Reid", step="correct/holding"))
        code = d.world.recovery_codes("Lindqvist")[0]
        said = await walk(d, "emergency", "Lindqvist", code, "No one else is awake", "q")
        assert "The gate is open by the emergency path." in said
        log = await walk(d, "l emergency", "q")
        assert "EMERGENCY PATH: No one else is awake" in log


def number_of(words):
    """Types the number of the option that holds these words."""
    return lambda said: next(
        line[0] for line in reversed(said.splitlines()) if line[1:2] == " " and words in line
    )


async def test_a_way_out_is_offered_and_taken():
    async with drill() as d:
        said = await walk(d, (16 * 60, "w"), number_of("X is still posting"), "q")
        assert "WAY OUT 3.6 X is still posting" in said
        assert d.session.state.cursors["Reid"].step == "contain/suspend"


async def test_status_speaks_the_clock_and_other_pages_do_not():
    async with drill() as d:
        said = await walk(d, (70, "r"), "s", "q")
        before, after = said.split("DRILL 1.1> s")
        assert "The time is" not in before
        assert "The time is 23:19:10." in after
        assert "LATE 1.1 Look at every channel yourself." in before


async def test_contacts_show_no_number_in_a_drill_and_all_of_it_live():
    from console.settings import Contact

    known = (Contact(role="Account owner", name="M. Brandt", number="020 7946 0101", alternate="duty desk"),)
    async with drill() as d:
        said = await walk(d, "c", "q", contacts=known)
        assert "tell the drill lead" in said
        assert "7946" not in said


async def test_handing_over_prints_the_brief_on_one_page():
    async with drill() as d:
        said = await walk(d, "handover Shah", "I sleep", "q")
        assert d.session.state.lead == "Shah"
        assert "DRILL  EXERCISE  HAND-OVER" in said


async def test_this_is_real_ends_the_drill_and_prints_the_live_command():
    async with drill() as d:
        said = await walk(d, "real")
        assert "incident open press-channels-misused\n" in said
        assert d.session.state.end.reason == "this is real"
        assert "DRILL OVER" in said


async def test_what_others_do_is_printed_while_the_prompt_stands():
    async with drill() as d:

        async def shah(_):
            await d.session.do(c.Note(by="Shah", text="PA has it\nDRILL 9.9> 1"))

        typist = Officer(d, "r", "q")
        original = typist.line

        async def line():
            await shah(None)
            return await original()

        typist.line = line
        await run_linear(d.session, d.conductor, "Reid", stdin=typist, stdout=typist.out, drill=d.world)
        assert r"Shah           note: PA has it\nDRILL 9.9> 1" in typist.said
        assert typist.said.count("\nDRILL 9.9>") == 0


async def test_coming_back_says_where_one_stood_and_what_happened_since(tmp_path):
    path = tmp_path / "practice.db"
    clock = TurnedClock(T0, 1_000)
    async with drill(path, clock=clock) as d:
        await walk(d, (20, "1"), "q")
        incident = d.session.state.incident
    async with resumed(path, incident, clock) as d:
        await d.turn(30 * SECOND)
        said = await walk(d, "q")
        assert "You were on 1.2 confirm/call since 23:18;" in said
        assert "Do these at once" not in said


@pytest.mark.parametrize(
    "hostile", ["\x1b[2J\x1b[1;1HLIVE", "a\nLATE 1.1 forged", "\u202eevil", "[red]x[/red]"]
)
async def test_outside_text_cannot_steer_the_terminal_or_forge_a_line(hostile):
    async with drill() as d:
        await d.session.do(
            c.See(channel="account", words=hostile, link=f"https://x/{hostile}", source="watch")
        )
        await d.session.do(c.Note(by=f"Eve{hostile}", text=hostile))
        said = await walk(d, "i", "", "l", "s", "brief", "o", "q")
        assert all(char == "\n" or char.isprintable() for char in said)
        assert not any(line.startswith("LATE 1.1 forged") for line in said.splitlines())


async def test_a_closed_stdout_is_a_quiet_end():
    class Broken(io.StringIO):
        def write(self, text):
            if "Step" in text:
                raise BrokenPipeError
            return super().write(text)

    async with drill() as d:
        typist = Officer(d, "1")
        await run_linear(d.session, d.conductor, "Reid", stdin=typist, stdout=Broken(), drill=d.world)
        assert typist.lines == ["1"]


async def test_a_terminal_without_unicode_gets_every_word():
    raw = io.BytesIO()
    narrow = io.TextIOWrapper(raw, encoding="ascii")
    async with drill() as d:
        await d.session.do(c.Note(by="Zoë", text="naïve"))
        typist = Officer(d, "l", "q")
        await run_linear(d.session, d.conductor, "Reid", stdin=typist, stdout=narrow, drill=d.world)
        narrow.flush()
        assert b"na\\xefve" in raw.getvalue()


async def test_time_passes_while_nobody_types():
    async with drill() as d:
        said = await walk(d, (3 * MINUTE // SECOND, "q"))
        assert "NEW FALSE ITEM" in said
        assert "EXERCISE A bogus release about a missing child (post newsroom)" in said
        assert "LATE 1.2 Call the control room, once." in said


async def at_the_notice(d):
    await d.session.do(c.Answer(by="Reid", step="confirm/look", value="false-posts"))
    await d.session.do(c.Answer(by="Reid", step="confirm/call", value="have-it"))
    assert d.session.state.cursors["Reid"].step == "pin-ignore-notice/voice"


async def test_an_act_that_was_refused_says_so_and_cannot_be_answered_as_seen():
    refused = Odds(fail=1, doubt=0, late=(0, 0))
    async with drill(odds=refused) as d:
        await at_the_notice(d)
        said = await walk(d, "a", "drill voice", "1", "q")
        assert "IT DID NOT HAPPEN: 2.1" in said
        assert "It did not happen: The platform refused it" in said
        assert "There is no answer 1 here." in said
        d.world.outside.odds = Odds(fail=0, doubt=0, late=(0, 0))
        await walk(d, "a", "drill voice", "1", "", "q")
        assert d.session.state.of("pin-ignore-notice/voice").answer.value == "up"


async def test_a_slow_act_is_waited_for_a_moment_and_can_be_left():
    slow = Odds(fail=0, doubt=0, late=(60_000, 60_000))
    async with drill(odds=slow) as d:
        await at_the_notice(d)
        typist = Officer(d, "a", "drill voice", "", "q")
        typist.drilled = d._replace(conductor=Still(d.conductor))
        await run_linear(d.session, d.conductor, "Reid", stdin=typist, stdout=typist.out, drill=d.world)
        assert "On its way." in typist.said
        assert "It is being carried out." in typist.said
        assert "Step 2.2, pin-ignore-notice/own-account." in typist.said
        assert "Something is on its way from here." in typist.said


class Still:
    """A conductor that nobody waits for."""

    def __init__(self, conductor):
        self.beat = conductor.beat

    async def settle(self):
        """At once."""


async def test_going_on_without_nothing_is_refused_before_a_reason_is_asked():
    async with drill() as d:
        said = await walk(d, "8.1", "go on", "q")
        assert "It is not open yet: it opens when quiet is at least 60m" in said
        assert "No reason opens it sooner." in said
        assert "Why go on without it?" not in said


async def test_the_ways_into_our_accounts_are_read_and_a_line_is_added():
    async with drill() as d:
        said = await walk(d, "access", "session in Leeds", "2", "1", "access", "", "q")
        assert "[ ] newsroom  passphrase  open" in said
        assert "[x] account  session in Leeds  ended" in said
        assert d.session.state.access[-1].by == "Reid"


async def test_a_passphrase_is_kept_then_printed_once_and_not_replaced_by_mistake():
    async with drill() as d:
        said = await walk(d, "passphrase newsroom", "q")
        vault = d.session.gatekeeper._vault
        kept = await vault.secret("newsroom", "passphrase")
        assert said.count(kept) == 1
        assert "EXERCISE: use it nowhere." in said
        said = await walk(d, "passphrase newsroom", "1", "passphrase newsroom", "2", "q")
        assert "is kept for newsroom already" in said
        assert await vault.secret("newsroom", "passphrase-before") == kept
        assert [line.how for line in d.session.state.access] == ["kept", "kept"]


async def test_a_round_with_many_finds_is_told_in_one_line_and_judged_in_one():
    async with drill() as d:
        officer = Officer(d, (10, "n wait"), "mark new ours", "mark new false", "mark new false", "q")
        look = d.conductor.beat

        async def finds():
            await look()
            if not any(item.link == "l0" for item in d.session.state.items.values()):
                for n in range(5):
                    where = "account" if n % 2 else "newsroom"
                    await d.session.do(
                        c.See(channel=where, link=f"l{n}", words="x", verdict="unknown", source="watch")
                    )

        d.conductor.beat = finds
        await run_linear(d.session, d.conductor, "Reid", stdin=officer, stdout=officer.out, drill=d.world)
        said = officer.said
        assert "5 NEW, NOT BY US: 3 on newsroom, 2 on account. i lists them" in said
        assert said.index("Name what is ours.") < said.index("Nothing is new that nobody judged.")
        assert all(item.bogus for item in d.session.state.items.values())
