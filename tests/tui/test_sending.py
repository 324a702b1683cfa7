"""From the box to the world: read once more, type, wait two seconds, a letter of its own; codes; doubts."""

import pytest
from support_conductor import Scripted
from support_face import MINUTE, VOICE, drill_face, live_face, seen, until

from console.incident import commands as c
from console.incident import events as e
from console.incident.outcome import what_came_of
from console.tui.screens import sending

HOLDING = "correct/holding"
SCOPE = "correct/scope"
ARMED = "Press s to go on"


def events(face, kind):
    return [event for _, event in face.session.recent if isinstance(event, kind)]


async def to_confirm(face, words="voice"):
    await face.press("enter")
    await face.wait("then Enter:")
    await face.type(words)
    await face.press("enter")


# -- sending ----------------------------------------------------------------------------------------------------------


async def test_a_notice_goes_after_the_word_two_seconds_and_its_letter(tmp_path, snapshot, monkeypatch):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        # However slowly a machine presses keys, the letter is dead for as long as it is to be.
        monkeypatch.setattr(sending, "ARMED", 600_000)
        await face.press("enter")
        await face.wait("Type the word voice")
        assert "Messages on our website" in face.text
        assert face.text == snapshot
        await face.type("voice")
        await face.press("enter", "s", "enter", "s")
        assert not events(face, e.EffectIntended)
        monkeypatch.undo()
        await face.press("escape")
        await face.wait("NOTHING HAS BEEN SENT.")
        await to_confirm(face)
        await face.wait(ARMED)
        await face.press("enter")
        assert not events(face, e.EffectIntended)
        await face.press("s")
        await face.wait("Do it by hand: Open X.")
        assert events(face, e.EffectIntended)[0].confirmed == "voice"
        await face.wait(lambda: events(face, e.GuideShown))
        await face.press("1", "enter")
        await face.wait("NOTICE sent 23:18")
        assert not events(face, e.Approved)


async def test_the_guided_words_count_as_shown_only_once_they_are_on_the_screen(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await to_confirm(face)
        await face.wait(ARMED)
        assert not events(face, e.GuideShown)
        await face.press("s")
        await face.wait(lambda: events(face, e.GuideShown))
        assert "Do it by hand" in face.text
        assert [type(event).__name__ for _, event in face.session.recent][-2:] == [
            "EffectIntended",
            "GuideShown",
        ]


async def test_moves_by_hand_beside_what_the_console_does_count_as_shown_too(tmp_path):
    settings = c.Configure(configured={"account": "x"}, fields={"account.handle": "@ExamplePolice"})
    async with live_face(tmp_path, before=[*until(VOICE), settings]) as face:
        face.session.channels["account"] = Scripted("account")
        await face.to(SCOPE)
        await face.press("enter")
        await face.wait("Code of Reid")
        await face.type(face.code("Reid"))
        await face.press("enter")
        await face.wait("Who gives the second person's code?")
        await face.press("3", "enter")
        await face.wait("Code of Lindqvist")
        await face.type(face.code("Lindqvist"))
        await face.press("enter")
        await face.wait(ARMED)
        await face.press("s")
        await face.wait("Do it by hand")
        await face.wait(lambda: events(face, e.GuideShown))
        effects = face.session.state.effects_of(SCOPE)
        assert [each.channel for each in effects if not each.guided] == ["account"]
        assert all(each.shown for each in effects if each.guided)


async def test_the_wrong_word_and_escape_send_nothing(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await to_confirm(face, "account")
        await face.wait("That is not it. Nothing has been sent.")
        await face.press("escape")
        await face.wait("NOTHING HAS BEEN SENT.")
        assert not events(face, e.EffectIntended)


async def test_a_text_that_changed_meanwhile_is_not_sent(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await to_confirm(face)
        await face.wait(ARMED)
        await face.do(c.EditText(by="Shah", text="ignore", part="doing", words="We are working."))
        await face.press("s")
        await face.wait(lambda: "is not what would go out" in face.text or "changed" in face.text)
        assert not events(face, e.EffectIntended)


async def test_saving_evidence_asks_for_no_word(tmp_path):
    async with live_face(tmp_path, before=[seen()]) as face:
        await face.to("confirm/save")
        await face.press("enter")
        await face.wait("Do it by hand: Open each item on the list.")
        await face.press("2", "enter")
        await face.wait(lambda: all(item.saved for item in face.session.state.items.values()))


async def test_a_step_that_was_sent_copies_exactly_what_was_planned(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await to_confirm(face)
        await face.wait(ARMED)
        await face.press("s")
        await face.wait("Do it by hand")
        face.clock.turn(20 * MINUTE)
        await face.press("t")
        await face.wait("asked to copy")
        assert "Next update by 23:50" in face.text


async def test_what_is_not_saved_is_removed_only_for_harm_now_with_a_reason(tmp_path):
    async with live_face(tmp_path, before=[*until(VOICE), seen("a missing child", at_risk=True)]) as face:
        await face.to("contain/remove-harm")
        await face.press("enter")
        await face.wait("What is removed before it is saved")
        assert not events(face, e.Planned)
        face.app.screen.lend("harm-now")()
        await face.wait("What harm does it do")
        await face.press("enter")
        await face.wait("It is empty.")
        await face.type("people go to the address")
        await face.press("enter")
        await face.wait("how many it reaches")
        assert "Send to the world" not in face.text
        await face.type("1")
        await face.press("enter")
        await face.wait(ARMED)
        await face.press("s")
        await face.wait("Do it by hand")
        assert events(face, e.NeedWaived)[0].reason == "HARM NOW: people go to the address"


# -- codes ------------------------------------------------------------------------------------------------------------


async def to_second_code(face):
    """The holding line with one's own code given, and the approver chosen on the phone."""
    await face.to(HOLDING)
    await face.press("enter")
    await face.wait("Code of Reid")
    await face.type(face.code("Reid"))
    await face.press("enter")
    await face.wait("Who gives the second person's code?")


async def test_two_people_open_a_gate_and_sending_is_a_move_of_its_own(tmp_path, snapshot):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await to_second_code(face)
        assert "Reid cannot: wrote it or asked for it." in face.text
        assert face.text == snapshot(name="who")
        await face.press("1", "enter")
        await face.wait("Read this to them, slowly")
        assert face.text == snapshot(name="read aloud")
        await face.press("enter")
        await face.wait("Code of Lindqvist")
        assert face.text == snapshot(name="code")
        await face.type("000000")
        await face.press("enter")
        await face.wait("NOTHING HAS BEEN SENT. Wait 30 s for the next")
        assert "Tries left: 4" in face.text
        await face.type(face.code("Lindqvist"))
        await face.press("enter")
        await face.wait("SEND 6.1")
        assert not events(face, e.EffectIntended)
        assert [event.came for event in events(face, e.Approved)] == ["typed", "phone"]
        await face.wait(ARMED)
        await face.press("s")
        await face.wait("Do it by hand")
        assert "NOTHING HAS BEEN SENT" not in face.text


async def test_what_is_said_after_the_letter_that_sends_is_what_comes_of_it(tmp_path):
    async with drill_face(tmp_path) as face:
        await face.to(SCOPE)
        await face.press("enter")
        await face.wait("Code of Reid")
        await face.type(face.code("Reid"))
        await face.press("enter")
        await face.wait("Who gives the second person's code?")
        assert "nothing leaves this drill" in face.text.splitlines()[0]
        await face.press("3", "enter")
        await face.wait("Code of Lindqvist")
        await face.type(face.code("Lindqvist"))
        await face.press("enter")
        await face.wait("Type the word drill")
        await face.type("drill")
        await face.press("enter")
        await face.wait(ARMED)
        await face.press("s")
        await face.wait("DRILL, simulated: 6.6 is on its way")
        assert "NOTHING HAS BEEN SENT" not in face.text
        ended = lambda: all(each.status != "intended" for each in face.session.state.effects_of(SCOPE))  # noqa: E731
        while not ended():
            face.clock.turn(100)
            await face.pilot.pause()
        came = what_came_of(face.session.state, SCOPE)
        await face.wait(lambda: came[:60] in face.text)
        await face.press("j")
        await face.wait(lambda: "simulated: 6.6" not in face.text)


async def test_enter_on_what_only_a_letter_sends_says_so_in_the_note(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await to_confirm(face)
        await face.wait(ARMED)
        await face.press("enter")
        await face.wait("Nothing has been sent: Enter never sends. Press s, or Esc to go back.")
        assert not face.app.screen.query("Toast")
        assert "Send to the world" in face.text or "by hand" in face.text


async def test_no_title_row_or_gate_keeps_its_braces(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await face.to("pin-ignore-notice/own-account")
        await face.press("enter")
        await face.wait("Type the word account")
        assert "{{" not in face.text
        assert "SEND 2.2 Post the notice from @ExamplePolice too" in face.text.splitlines()[0]
        assert "this goes out for real" in face.text.splitlines()[0]


async def test_what_only_looks_is_done_by_enter_and_says_so(tmp_path):
    async with drill_face(tmp_path) as face:
        await face.do(seen())
        await face.to("confirm/save")
        await face.wait("Enter: save them")
        await face.press("enter")
        await face.wait(lambda: events(face, e.EffectIntended))


async def test_letters_in_the_code_box_are_text(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await face.to(HOLDING)
        await face.press("enter")
        await face.wait("Code of Reid")
        await face.type("vkopesq")
        await face.wait("vkopesq")
        await face.press("enter")
        await face.wait("A code is 6 digits")


async def test_the_check_words_are_those_of_the_plan(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await face.to(HOLDING)
        await face.press("enter")
        await face.wait("Code of Reid")
        await face.press("tab", "k")
        await face.wait("Check code words")
        assert face.session.board("Reid").box.words in face.text


async def test_parking_puts_it_off_and_keeps_the_plan(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await to_second_code(face)
        await face.press("1", "enter", "escape")
        await face.wait("Code of Lindqvist")
        await face.press("tab", "p")
        await face.wait("Parked. NOTHING HAS BEEN SENT.")
        await face.wait("Waiting: an approver for 6.1 since 23:18")
        digest = face.session.state.plan_of(HOLDING).digest
        await face.to(HOLDING)
        await face.press("enter")
        await face.wait("Who gives the second person's code?")
        assert face.session.state.plan_of(HOLDING).digest == digest


async def test_an_approval_from_another_screen_closes_the_box(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await to_second_code(face)
        await face.press("1", "enter", "escape")
        await face.wait("Code of Lindqvist")
        digest = face.session.state.plan_of(HOLDING).digest
        await face.conductor.approve("Lindqvist", HOLDING, "Lindqvist", face.code("Lindqvist"), digest=digest)
        await face.wait("SEND 6.1")


async def test_the_emergency_path_wants_a_second_officers_recovery_code_and_a_reason(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await to_second_code(face)
        await face.press("1", "enter", "escape")
        await face.wait("Code of Lindqvist")
        await face.press("tab", "e")
        await face.wait("EMERGENCY PATH: two names")
        await face.type("1")
        await face.press("enter")
        await face.type(face.vault.recovery_for("Lindqvist")[0])
        await face.press("enter")
        await face.type("nobody answers")
        await face.press("enter")
        await face.wait("SEND 6.1")
        assert [event.how for event in events(face, e.Approved)] == ["code", "emergency"]


async def test_escape_from_a_gate_sends_nothing_and_says_so(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await face.to(HOLDING)
        await face.press("enter")
        await face.wait("Code of Reid")
        await face.press("escape")
        await face.wait("Gone back. NOTHING HAS BEEN SENT.")


async def test_the_practice_phone_stands_in_the_code_box_of_a_drill_alone(tmp_path):
    async with drill_face(tmp_path) as face:
        await face.to(HOLDING)
        await face.press("enter")
        await face.wait(f"DRILL phone of Reid: {face.code('Reid')}")
        await face.type(face.code("Reid"))
        await face.press("enter")
        await face.wait("Who gives the second person's code?")
        await face.press("1", "enter")
        await face.wait("EXERCISE. Read it to the drill lead.")
        assert "EXERCISE EXERCISE" not in face.text
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await face.to(HOLDING)
        await face.press("enter")
        await face.wait("Code of Reid")
        assert "phone of" not in face.text


@pytest.mark.parametrize("key", ["escape", "2"])
async def test_closing_over_critical_steps_goes_through_the_approver(tmp_path, key):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        face.app.screen.lend("close")()
        await face.wait("Still open and critical: 1.3, 2.1")
        await face.type("the account is gone")
        await face.press("enter")
        await face.wait("Who gives the second person's code?")
        if key == "escape":
            await face.press("escape")
            await face.wait("NOW 2.1")
            assert face.session.state.end is None
            return
        await face.press("3", "enter")
        await face.wait("Code of Lindqvist")
        await face.type(face.code("Lindqvist"))
        await face.press("enter")
        await face.wait("Closed 23:18 by Reid: the account is gone")


# -- doubts -----------------------------------------------------------------------------------------------------------


async def in_doubt(face):
    """The notice is on its way in a process that is gone."""
    await face.conductor.act("Reid", VOICE, confirm="voice")
    effect = face.session.state.effects_of(VOICE)[0].id
    await face.do(
        c.Report(
            by="Reid", effect=effect, outcome="doubt", reason="the console stopped before the end was seen"
        )
    )


@pytest.mark.parametrize(("digit", "status"), [("1", "done"), ("2", "failed"), ("3", "doubt")])
async def test_a_doubt_is_looked_into_and_put_to_the_officer_without_a_default(
    tmp_path, digit, status, snapshot
):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await in_doubt(face)
        await face.wait("We do not know if it went out.")
        await face.press("enter")
        await face.wait("Did it happen?")
        await face.wait("Cannot tell yet")
        assert "nothing can be read back; look yourself" in face.text
        if digit == "1":
            assert face.text == snapshot
        await face.press("enter")
        await face.wait("Choose with a digit first.")
        assert not events(face, e.DoubtResolved)
        await face.press(digit, "enter")
        await face.wait(lambda: events(face, e.DoubtResolved))
        assert face.session.state.effects_of(VOICE)[0].status == status


async def test_the_doubt_dialog_is_deaf_at_first(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await in_doubt(face)
        await face.press("enter")
        await face.wait("Cannot tell yet")
        await face.pilot.press("1", "enter")
        await face.pilot.pause()
        assert not events(face, e.DoubtResolved)
        assert "[1]" not in face.text
