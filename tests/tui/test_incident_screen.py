"""The incident screen: places and order, what a key does, what stands when time passes or somebody else moves."""

import pytest
from support_book import DECIDED, loaded_of
from support_face import CALL, CUT, LOOK, MINUTE, T0, VOICE, drill_face, live_face, seen, until

from console.errors import JournalPoisoned
from console.incident import commands as c
from console.incident import events as e
from console.tui import actions

TOLD = """\
format: 1
id: told-to-two
version: 1.0.0
title: Told to two
opens-when: Somebody must be told.
phases:
- id: tell
  title: Tell
  steps:
  - id: callers
    do: Answer the callers
    answer: {people: "Who called?"}
  - id: named
    do: Phone the people who are named
    answer: {people: "Who was reached?"}
"""


def rows(face):
    return face.text.split("\n")


def answers(face):
    return [event for _, event in face.session.recent if isinstance(event, e.Answered)]


# -- what stands where ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)], ids=str)
@pytest.mark.parametrize("where", [LOOK, VOICE])
async def test_a_live_screen(tmp_path, snapshot, size, where):
    async with live_face(tmp_path, size=size, before=until(where)) as face:
        await face.wait("NOW")
        assert face.text == snapshot


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_a_drill_screen(tmp_path, snapshot, size):
    async with drill_face(tmp_path, size=size) as face:
        await face.wait(lambda: "EXERCISE test" in face.text and "check does not agree" in face.text)
        assert face.text == snapshot


async def test_the_places_at_80_by_24(tmp_path):
    async with live_face(tmp_path, before=[seen()]) as face:
        shown = rows(face)
        assert len(shown) == 24
        assert shown[0].startswith(" LIVE ")
        for part in ("L-20190719-1", "Reid", "0 min since first false post", "23:18:00"):
            assert part in shown[0]
        assert shown[1].index("STREAM") < shown[1].index("NOTICE") < shown[1].index("UPDATE")
        assert "1 CONFIRM" in shown[2]
        assert shown[4].startswith("  >[ ] 1.1")
        order = [
            next(i for i, row in enumerate(shown) if words in row)
            for words in ("NOW 1.1", "Next", "Saved.", "? help")
        ]
        assert order == sorted(order)
        assert order[-1] == 23


async def test_a_window_that_is_too_small_offers_the_plain_face(tmp_path):
    async with live_face(tmp_path, size=(50, 14)) as face:
        await face.wait("--linear")
        assert rows(face)[0].startswith(" LIVE ")


async def test_late_and_critical_are_words(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        face.clock.turn(6 * MINUTE)
        await face.wait("LATE 1m")
        assert "CRITICAL" in face.text
        assert "late" in rows(face)[2]


async def test_steps_not_needed_fold_into_one_row_that_enter_opens(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await face.press("down", "down", "down", "down")
        await face.wait("1 step not needed so far")
        assert "2.5" not in face.text
        await face.press("enter")
        await face.wait("2.5 Phone the notice")


# -- answering --------------------------------------------------------------------------------------------------------


async def test_a_digit_selects_and_enter_answers(tmp_path):
    async with live_face(tmp_path) as face:
        await face.press("1")
        await face.wait("[1] Messages we did not write")
        assert not answers(face)
        await face.press("2")
        await face.wait("Enter: answer 2, May be ours")
        await face.press("1", "enter")
        await face.wait("NOW 1.2")
        assert [event.value for event in answers(face)] == ["false-posts"]


async def test_enter_alone_answers_nothing(tmp_path):
    async with live_face(tmp_path) as face:
        await face.press("enter", "enter", "enter")
        await face.wait("Choose with a digit first")
        assert not answers(face)


async def test_a_digit_that_is_no_answer_says_so(tmp_path):
    async with live_face(tmp_path) as face:
        await face.press("9")
        await face.wait("9 is not one of the answers here.")


async def test_keys_are_deaf_for_half_a_second_after_the_box_changes(tmp_path):
    async with live_face(tmp_path) as face:
        await face.press("1", "enter")
        await face.wait("NOW 1.2")
        await face.pilot.press("1", "enter")
        face.fingers.turn(499)
        await face.pilot.press("1", "enter")
        await face.pilot.pause()
        assert len(answers(face)) == 1
        assert "[1]" not in face.text
        await face.press("1")
        await face.wait("[1] They have it")


async def test_another_answer_to_another_box_is_never_given_by_the_same_fingers(tmp_path):
    """Somebody else answers the step while the finger is on its way: the key meets nothing."""
    async with live_face(tmp_path, before=[c.Join(by="Shah")]) as face:
        await face.press("1")
        await face.do(c.Answer(by="Shah", step=LOOK, value="false-posts"))
        await face.to(CALL)
        await face.pilot.press("enter")
        assert [event.by for event in answers(face)] == ["Shah"]


async def test_another_officers_answer_is_replaced_only_by_fingers_that_saw_it(tmp_path):
    async with live_face(tmp_path, before=[c.Join(by="Shah")]) as face:
        await face.to(CUT)
        await face.press("1")
        await face.do(c.Answer(by="Shah", step=CUT, value="listed"))
        await face.wait("Shah saw 23:18: It is still listed")
        await face.pilot.press("enter")
        assert [event.by for event in answers(face)] == ["Shah"]
        await face.press("1", "enter")
        await face.wait('Shah had answered "It is still listed" at 23:18.')
        assert answers(face)[-1].by == "Reid"


async def test_an_answer_that_does_not_do_it_says_that_the_step_stays_open(tmp_path):
    async with live_face(tmp_path) as face:
        await face.to(CUT)
        await face.press("2", "enter")
        await face.wait("3.2 stays open: that answer leads to 3.6.")


async def test_an_answer_behind_a_gate_is_chosen_then_approved_and_given(tmp_path):
    async with live_face(tmp_path, loaded=loaded_of(DECIDED)) as face:
        await face.wait("1  Publish them")
        assert "If it cannot be done" not in face.text
        await face.press("1", "enter")
        await face.wait("GATE 1.1")
        await face.type(face.code("Reid"))
        await face.press("enter")
        await face.wait("Who gives the second person's code?")
        await face.press("3", "enter")
        await face.wait("Code of Lindqvist")
        await face.type(face.code("Lindqvist"))
        await face.press("enter")
        await face.wait(lambda: answers(face))
        assert (answers(face)[-1].value, bool(answers(face)[-1].digest)) == ("publish", True)


# -- the end ----------------------------------------------------------------------------------------------------------


async def test_an_answer_that_ends_it_all_says_so_and_is_asked_with_the_safe_choice_first(tmp_path):
    async with live_face(tmp_path) as face:
        await face.wait("Nothing wrong here (ENDS the incident)")
        await face.press("3")
        await face.wait("Enter: answer 3, Nothing wrong here (ENDS the incident)")
        await face.press("enter")
        await face.wait("This answer ENDS the LIVE incident")
        await face.press("enter")
        await face.wait("Choose with a digit first.")
        await face.press("1", "enter")
        await face.wait("Nothing was answered. It goes on.")
        assert face.session.state.end is None
        await face.press("3", "enter")
        await face.wait("This answer ENDS the LIVE incident")
        await face.press("2", "enter")
        await face.wait("Stood down 23:18 by Reid: Nothing wrong here")
        assert face.session.state.end.stand_down


async def test_what_was_ended_asks_nothing_and_offers_nothing_to_take_back(tmp_path):
    ended = [c.Answer(by="Reid", step=LOOK, value="nothing", confirmed=True)]
    async with live_face(tmp_path, before=ended) as face:
        face.clock.turn(60 * MINUTE)
        await face.wait("00:18:00")
        assert "LATE" not in face.text
        assert "NOW" not in face.text
        assert "UPDATE" not in face.text
        assert "u takes back" not in face.text
        assert "1-9 choose" not in face.text
        await face.press("q")
        await face.wait("q again leaves. L-20190719-1 is closed")
        assert "goes on" not in face.text


async def test_words_are_typed_in_the_box_and_never_lost_by_escape(tmp_path):
    step = "notify-subscribers/list"
    async with live_face(tmp_path) as face:
        await face.to(step)
        await face.wait("Which list, from which day?")
        await face.press("enter")
        await face.wait("Enter answers, Esc goes back")
        await face.type("news n l")
        await face.press("escape")
        await face.wait("Enter: type the answer")
        await face.press("enter")
        await face.wait("news n l")
        await face.press("enter")
        await face.wait(lambda: answers(face))
        assert answers(face)[-1].value == "news n l"


async def test_what_was_answered_to_one_step_does_not_begin_the_answer_to_the_next(tmp_path):
    async with live_face(tmp_path, loaded=loaded_of(TOLD)) as face:
        await face.press("enter")
        await face.wait("Enter answers, Esc goes back")
        await face.type("BBC")
        await face.press("enter")
        await face.wait("Who was reached?")
        await face.press("enter")
        await face.wait("Enter answers, Esc goes back")
        assert "BBC" not in face.app.focused.value


async def test_a_number_begins_with_its_first_digit(tmp_path):
    async with live_face(tmp_path) as face:
        await face.do(c.Answer(by="Reid", step="notify-subscribers/list", value="today's"))
        await face.to("notify-subscribers/count")
        await face.press("4", "2")
        await face.wait("42")
        await face.press("enter")
        await face.wait(lambda: answers(face)[-1].value == "42")


async def test_a_refusal_is_said_in_plain_words_until_the_next_key(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await face.press("u")
        await face.wait("took back")
        face.app.screen.board = face.app.screen.board
        await face.to("remove/account")
        await face.press("enter")
        await face.wait("It waits.")
        await face.press("j")
        await face.wait(lambda: "It waits." not in face.text)


async def test_undo_takes_back_only_ones_own_answer(tmp_path):
    async with live_face(tmp_path, before=[c.Answer(by="Shah", step=LOOK, value="false-posts")]) as face:
        await face.press("u")
        await face.wait("There is no answer of yours to take back.")
        await face.to(CALL)
        await face.press("1", "enter")
        await face.wait("u takes back 1.2")
        await face.press("u")
        await face.wait(lambda: face.session.state.of(CALL).answer is None)
        assert face.session.state.of(LOOK).answer is not None


async def test_a_note_is_a_line_and_its_letters_are_text(tmp_path):
    async with live_face(tmp_path) as face:
        await face.press("n")
        await face.wait("Note. Enter writes it down")
        await face.type("quit 1 q")
        await face.press("enter")
        await face.wait("note: quit 1 q")
        assert face.app.is_running
        assert not answers(face)


# -- moving -----------------------------------------------------------------------------------------------------------


async def test_the_cursor_goes_through_all_phases_and_enter_opens_a_row(tmp_path):
    async with live_face(tmp_path) as face:
        await face.press("j", "j", "j")
        await face.wait("2 WARN")
        await face.wait("Enter: open 2.1 here")
        await face.press("right")
        await face.wait("3 CONTAIN")
        await face.press("k")
        await face.press("escape")
        await face.wait("1 CONFIRM")
        assert face.session.board("Reid").box.step == LOOK
        await face.press("right", "right", "down", "enter")
        await face.wait("NOW 3.2")
        assert face.session.state.cursors["Reid"].step == CUT


async def test_a_digit_concerns_the_box_wherever_the_cursor_was(tmp_path):
    async with live_face(tmp_path) as face:
        await face.press("down", "1")
        await face.wait("Enter: answer 1")
        await face.press("enter")
        await face.wait("NOW 1.2")
        assert answers(face)[-1].step == LOOK


async def test_a_way_out_is_offered_once_by_bell_and_moves_only_by_its_key(tmp_path):
    rang = []
    async with live_face(tmp_path, before=until(VOICE)) as face:
        face.app.bell = lambda: rang.append(1)
        face.clock.turn(7 * MINUTE)
        await face.wait("WAY OUT (w)")
        assert "No account to speak from: Phone the notice" in face.text
        assert face.session.board("Reid").box.step == VOICE
        face.clock.turn(MINUTE)
        await face.wait("23:26:00")
        assert rang == [1]
        await face.press("w")
        await face.wait("NOW 2.5")


async def test_other_consoles_moves_are_seen(tmp_path):
    async with live_face(tmp_path) as face:
        await face.do(c.Note(by="Shah", text="on my way"))
        await face.wait("note: on my way")


async def test_who_comes_back_is_told_for_one_key(tmp_path):
    async with live_face(
        tmp_path, back=True, before=[*until(CALL), c.Note(by="Shah", text="on my way")]
    ) as face:
        await face.wait("You were on 1.2 confirm/call since 23:18; one thing happened since.")
        await face.press("j")
        await face.wait(lambda: "You were on" not in face.text)


async def test_who_it_is_is_asked_first(tmp_path):
    async with live_face(tmp_path, officer="") as face:
        await face.wait("1 Reid   2 Shah")
        await face.type("Okafor")
        await face.press("enter")
        await face.wait("Okafor")
        await face.wait("NOW 1.1")
        await face.press("1", "enter")
        await face.wait(lambda: answers(face))
        assert answers(face)[-1].by == "Okafor"


async def test_q_leaves_at_the_second_time_and_escape_never(tmp_path):
    async with live_face(tmp_path) as face:
        await face.press("escape", "escape", "q", "j", "q")
        await face.wait("q again leaves")
        assert face.app.is_running
        await face.press("q")
        await face.wait(lambda: not face.app.is_running)
        assert face.app.ending.what == "left"


# -- the record -------------------------------------------------------------------------------------------------------


async def test_a_record_that_cannot_be_written_stands_above_all(tmp_path):
    async with live_face(tmp_path) as face:
        face.session.poisoned = "The disk is full."
        await face.wait("THE RECORD CANNOT BE WRITTEN")
        await face.press("1", "enter")
        await face.wait("The disk is full.")
        assert not answers(face)
        with pytest.raises(JournalPoisoned):
            await face.session.do(c.Note(by="Reid", text="x"))


def test_every_action_of_the_palette_is_written_somewhere():
    from importlib import import_module

    from console.tui.screens.desk import MOVES
    from console.tui.screens.incident import IncidentScreen

    for action in actions.on_screen(actions.INCIDENT):
        name = f"do_{action.id.replace('-', '_')}"
        where = MOVES.get(action.id, "")
        module, _, function = where.partition(":")
        written = bool(where) and hasattr(
            import_module(f"console.tui.screens.{module}"), function or action.id.replace("-", "_")
        )
        assert written or hasattr(IncidentScreen, name) or action.id in ("contacts", "palette"), action.id


@pytest.mark.parametrize("size", [(60, 20), (50, 15)], ids=str)
async def test_a_small_window_says_what_is_late_and_when_the_next_update_is_due(tmp_path, size):
    async with live_face(tmp_path, before=[seen()], size=size) as face:
        face.clock.turn(12 * MINUTE)
        await face.wait(lambda: " late" in face.text)
        for words in ("NOTICE NOT SENT YET", "UPDATE due 23:48", "12 min"):
            assert words in face.text, face.text


async def test_a_long_time_is_told_in_hours_and_no_title_is_cut(tmp_path):
    early = c.See(by="Reid", channel="account", words="test", link="", when=T0 - 843 * MINUTE)
    async with live_face(tmp_path, before=[early]) as face:
        assert "14h03m since first false post" in rows(face)[0]
        assert "..." not in rows(face)[0]
