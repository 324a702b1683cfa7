"""The palette's moves, texts, the log, items, mailings, help: what each writes into the record, and what it shows."""

import re

import pytest
from support_face import CUT, LOOK, MINUTE, T0, VOICE, drill_face, live_face, seen, until
from support_lists import freeze

from console.incident import commands as c
from console.incident import events as e


def events(face, kind):
    return [event for _, event in face.session.recent if isinstance(event, kind)]


async def palette(face, name):
    """Run an action by its name."""
    await face.press("ctrl+p")
    await face.wait("Search for commands")
    await face.type(name)
    await face.wait(lambda: name.capitalize() in face.text and "Choose the answer" not in face.text)
    await face.press("enter")


async def fill(face, *lines):
    """Type each line of a form and press Enter after it."""
    for line in lines:
        await face.type(line)
        await face.press("enter")


# -- items ------------------------------------------------------------------------------------------------------------


async def test_a_false_item_is_reported_through_the_palette(tmp_path):
    async with live_face(tmp_path) as face:
        await palette(face, "seen")
        await face.wait("On which channel?")
        await fill(face, "2", "a bogus release", "https://x.example/1", "1", "23:10")
        await face.wait("NOW 1.1")
        item = next(iter(face.session.state.items.values()))
        assert (item.channel, item.words, item.link, item.at_risk) == (
            "account",
            "a bogus release",
            "https://x.example/1",
            True,
        )
        assert "8 min since first false post" in face.text


async def test_what_was_said_of_risk_at_opening_stands_in_the_report(tmp_path):
    risk = c.Amend(by="Reid", slug="at-risk", value="yes")
    async with live_face(tmp_path, before=(risk,)) as face:
        face.app.screen.lend("seen")()
        await face.wait("On which channel?")
        await fill(face, "2", "a bogus release", "", "", "")
        await face.wait("NOW 1.1")
        assert next(iter(face.session.state.items.values())).at_risk


async def test_a_mail_that_was_sent_is_not_counted_as_still_up(tmp_path):
    told = (seen("a bogus post"), seen("a bogus mail", channel="mailer"))
    async with live_face(tmp_path, before=told) as face:
        face.app.screen.lend("items")()
        await face.wait("2 false, 0 saved, 1 still up.")
        assert "sent " in next(row for row in face.text.split("\n") if "mailer" in row)
        assert face.session.board("Reid").items_left == 1


@pytest.mark.parametrize(
    ("opens", "words"), [("log", "Enter shows one entry whole"), ("items", "Save before you remove")]
)
async def test_help_says_what_the_screen_is_for(tmp_path, opens, words):
    async with live_face(tmp_path, before=(seen(),)) as face:
        face.app.screen.lend(opens)()
        await face.wait(lambda: "NOW" not in face.text)
        await face.press("question_mark")
        await face.wait(words)
        assert "help with this step" not in face.text


async def test_this_is_real_has_its_key_in_the_footer_of_an_open_drill(tmp_path):
    async with drill_face(tmp_path) as face:
        assert "r REAL" in face.text.split("\n")[-1]


async def test_the_palette_draws_no_picture_and_leaves_drill_in_sight(tmp_path):
    async with drill_face(tmp_path) as face:
        await face.press("ctrl+p")
        await face.wait("Search for commands")
        assert "".join(row[0] for row in face.text.split("\n")[1:13]) == "DRILL DRILL "
        assert not set("🔎▔━─│") & set(face.text)


async def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(tmp_path):
    async with live_face(tmp_path) as face:
        face.app.screen.lend("seen")()
        await face.wait("On which channel?")
        await fill(face, "9")
        await face.wait("9 is not one of the choices.")
        await face.press("backspace")
        await fill(face, "1", "words", "", "", "half past")
        await face.wait("half past is not a time")
        assert "words" in face.text
        await face.press("escape")
        await face.wait("NOW 1.1")
        assert not face.session.state.items


async def test_saved_by_hand_marked_and_gone(tmp_path):
    async with live_face(tmp_path, before=[seen("one"), seen("three")]) as face:
        desk = face.app.screen
        desk.lend("save")()
        await face.wait("How many did you save, and where?")
        await fill(face, "", "2 pictures on my phone")
        await face.wait(lambda: all(item.saved for item in face.session.state.items.values()))
        desk.lend("mark")()
        await face.wait("What is it?")
        await fill(face, "2", "2", "")
        await face.wait(lambda: face.session.state.items["i2"].verdict == "ours")
        desk.lend("gone")()
        await face.wait("What became of it?")
        await fill(face, "1", "3")
        await face.wait(lambda: face.session.state.items["i1"].gone == "hidden")


async def test_the_items_screen_lists_opens_and_reports(tmp_path, snapshot):
    async with live_face(
        tmp_path, before=[seen("one"), seen("a missing child", "website", at_risk=True)]
    ) as face:
        face.app.screen.lend("items")()
        await face.wait("What was published")
        assert face.text == snapshot
        await face.press("down", "enter")
        await face.wait("Item i2")
        assert "NOT SAVED" in face.text
        await face.press("escape")
        await face.wait("2 false, 0 saved")
        await palette(face, "looked")
        await face.wait(lambda: events(face, e.Looked))
        await face.press("escape")
        await face.wait("NOW 1.1")


# -- the step ---------------------------------------------------------------------------------------------------------


async def test_putting_off_skipping_and_going_on_without(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        desk = face.app.screen
        desk.lend("defer")()
        await face.wait("For how many minutes?")
        await face.press("enter")
        await face.wait("NOW 2.2")
        assert events(face, e.Deferred)[0].until == face.clock.now().wall + 10 * MINUTE
        desk.lend("skip")()
        await face.wait("Why? It stands in the record.")
        await fill(face, "the account is locked")
        await face.wait(lambda: events(face, e.Overridden))
        await face.to("remove/account")
        await palette(face, "go on")
        await face.wait("Go on without what it waits for")
        assert "Waits for" in face.text
        await fill(face, "IT has it")
        await face.wait(lambda: events(face, e.NeedWaived))


async def test_going_on_without_nothing_is_refused_before_a_reason_is_asked(tmp_path):
    async with live_face(tmp_path) as face:
        await face.to("clear/sweep")
        await face.wait("Not open yet: it opens when quiet is at least 60m and")
        await palette(face, "go on")
        await face.wait("No reason opens it sooner.")
        assert "Go on without what it waits for" not in face.text
        await face.to(LOOK)
        await palette(face, "go on")
        await face.wait("there is nothing to go on without")
        assert not events(face, e.NeedWaived)


async def test_an_opening_answer_is_amended_and_both_are_kept(tmp_path):
    async with live_face(tmp_path) as face:
        face.app.screen.lend("amend")()
        await face.wait("Correct an opening answer")
        await fill(face, "13", "23:10", "1")
        await face.wait("8 min since first false post")
        assert {event.slug: event.value for event in events(face, e.Amended)}["reached"] == "website email"
        assert face.session.state.answers["at-risk"] == "yes"


async def test_what_was_said_at_opening_is_shown_by_the_clock_and_stays_when_it_is_not_touched(tmp_path):
    moment = c.Amend(by="Reid", slug="first-seen", value=str(T0 - 5 * MINUTE + 17_000))
    async with live_face(tmp_path, before=(moment,)) as face:
        face.app.screen.lend("amend")()
        await face.wait("Correct an opening answer")
        assert " 23:13 " in face.text
        assert moment.value not in face.text
        await fill(face, "13", "", "")
        await face.wait("Last:")
        assert [event.slug for event in events(face, e.Amended)] == ["first-seen", "reached"]


async def test_the_lead_is_handed_over_with_the_brief(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        face.app.screen.lend("hand-over")()
        await face.wait("Who takes the lead?")
        await fill(face, "Shah", "mind the queue")
        await face.wait("asked to copy")
        assert face.session.state.lead == "Shah"


# -- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_a_text_is_edited_part_by_part_with_a_live_count(tmp_path, snapshot, size):
    async with live_face(tmp_path, before=until(VOICE), size=size) as face:
        await face.press("t")
        await face.wait("As it would go out:")
        await face.wait("207 of 280 characters on X")
        assert face.text == snapshot
        await face.press("down", "down", "down", "enter")
        await face.wait("change the words")
        await face.press("end")
        await face.type(" Now")
        await face.wait("211 of 280 characters on X")
        assert not events(face, e.TextEdited)
        await face.press("enter")
        await face.wait("Saved as another version")
        assert events(face, e.TextEdited)[0].part == "doing"
        await face.press("escape")
        await face.wait("NOW 2.1")


async def test_too_long_and_long_sentences_are_said(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await face.press("t")
        await face.wait("As it would go out:")
        await face.press("enter")
        await face.wait("change the words")
        face.app.screen._line.value = "so many words " * 12
        await face.wait("TOO LONG by")
        await face.wait("More than 25 words")
        await face.press("escape")
        await face.wait("Left as it was.")
        assert not events(face, e.TextEdited)


async def test_a_name_that_nothing_stands_for_is_said_while_it_is_typed_and_not_kept(tmp_path):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        await face.press("t")
        await face.wait("As it would go out:")
        await face.press("enter")
        await face.wait("change the words")
        face.app.screen._line.value = "Ignore until {{ next-updat }}."
        await face.wait("Did you mean {{ next-update }}?")
        await face.press("enter")
        await face.wait("Nothing was changed.")
        assert not events(face, e.TextEdited)
        face.app.screen._line.value = "Ignore until {{ next-update }}."
        await face.wait("change the words")
        await face.press("enter")
        await face.wait("Saved as another version")


async def test_the_finished_words_are_copied_with_exercise_in_a_drill(tmp_path):
    async with drill_face(tmp_path) as face:
        await face.do(c.Move(by="Reid", step=VOICE))
        await face.wait("NOW 2.1")
        await face.press("t")
        await face.wait("As it would go out:")
        await face.press("y")
        await face.wait("asked to copy")
        await face.press("f")
        await face.wait("Written to")
        kept = next((tmp_path / "texts").iterdir()).read_text()
        assert kept.startswith("EXERCISE Messages")


# -- the log ----------------------------------------------------------------------------------------------------------


async def test_the_log_is_read_by_pages_and_words_are_found(tmp_path):
    notes = [c.Note(by="Reid", text=f"note number {n}") for n in range(400)]
    async with live_face(tmp_path, before=notes) as face:
        await face.press("l")
        await face.wait("note number 399")
        assert "entries, newest last" in face.text
        await face.press("slash")
        await face.type("number 17")
        await face.press("enter")
        await face.wait("Found number 17")
        await face.wait(">23:18:00  Reid        note: note number 17 ")
        await face.press("n")
        await face.wait("note number 170")
        await face.press("slash")
        await face.wait(lambda: face.app.typing)
        await face.press("end", *["backspace"] * 9)
        await face.type("nowhere")
        await face.press("enter")
        await face.wait("nowhere stands nowhere in this log.")
        await face.do(c.Note(by="Shah", text="the last one"))
        await face.press("end")
        await face.wait("the last one")
        await face.press("q")
        await face.wait("NOW 1.1")


# -- help, contacts, drills -------------------------------------------------------------------------------------------


async def test_help_says_the_step_the_marks_and_every_key(tmp_path):
    async with live_face(tmp_path, size=(80, 60)) as face:
        await face.press("question_mark")
        await face.wait("Help")
        for words in (
            "Step 1.1: Look at every channel",
            "[D]  put off",
            "Enter never sends",
            "Report a false item",
            "^P, then type its name",
        ):
            assert words in face.text, words
        await face.press("enter")
        await face.wait("NOW 1.1")


@pytest.mark.parametrize("behind", ["items", "log", "text"])
async def test_contacts_are_one_key_away_everywhere(tmp_path, behind):
    async with live_face(tmp_path, before=until(VOICE)) as face:
        face.app.screen.lend(behind)()
        await face.wait(lambda: len(face.app.screen_stack) == 2)
        await face.press("c")
        await face.wait("020 7946 0102")
        await face.press("escape", "escape")
        await face.wait("NOW 2.1")
        await face.press("c")
        await face.wait("020 7946 0102")


async def test_a_drill_shows_phones_no_links_and_its_debrief(tmp_path):
    async with drill_face(tmp_path) as face:
        desk = face.app.screen
        desk.lend("phone")()
        await face.wait(f"DRILL practice phone of Lindqvist: {face.code('Lindqvist')}")
        await face.press("escape")
        await face.to(CUT)
        await face.wait("NOW 3.2")
        assert "https://" not in face.text
        desk.lend("debrief")()
        await face.wait("DRILL debrief")
        assert face.text.split("\n")[0].startswith("/ DRILL /")


async def test_this_is_real_asks_once_and_gives_the_live_command(tmp_path):
    async with drill_face(tmp_path) as face:
        await face.press("r")
        await face.wait("Is something real happening?")
        await face.press("enter")
        await face.wait("Choose with a digit first.")
        await face.press("2", "enter")
        await face.wait("NOW 1.1")
        await face.press("r", "1", "enter")
        await face.wait(lambda: not face.app.is_running)
        assert (face.app.ending.what, face.app.ending.target) == (
            "real",
            "incident open press-channels-misused",
        )
        assert face.session.state.end is not None


async def test_live_has_no_key_for_a_drill(tmp_path):
    async with live_face(tmp_path) as face:
        await face.press("r")
        await face.pilot.pause()
        assert len(face.app.screen_stack) == 1
        await face.press("ctrl+p")
        await face.wait("Search for commands")
        await face.type("phone")
        await face.wait("No matches")


# -- mailings ---------------------------------------------------------------------------------------------------------


async def test_a_list_is_reported_on_by_line_and_kept_only_after_its_count(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("email\na@example.org\nb@example.org\na@example.org\nnobody\n")
    async with live_face(tmp_path) as face:
        face.app.screen.lend("people")()
        await face.wait("The file with the addresses")
        await fill(face, str(tmp_path / "nothing.csv"))
        await face.wait("nothing.csv")
        await face.press(*["backspace"] * len(str(tmp_path / "nothing.csv")))
        await fill(face, str(path))
        await face.wait("List of 2 people")
        assert "1 line stood twice, 1 refused" in face.text
        assert f"{path.name}, utf-8, column email" in face.text
        assert "duplicate of line 2" in face.text
        assert not events(face, e.ListFrozen)
        await fill(face, "2")
        await face.wait("Press s to go on")
        await face.press("s")
        await face.wait("2 people are on the list. Nothing has been sent.")
        assert events(face, e.ListFrozen)[0].sha256 == freeze(path)[0].sha256


def unfolded(face):
    """The screen as one line: how long a path is decides where its row is folded."""
    return re.sub(r"[\s\u2502]+", " ", face.text)


async def test_a_list_that_was_read_wrongly_is_read_as_one_says(tmp_path):
    path, out = tmp_path / "people.csv", tmp_path / "out.txt"
    path.write_bytes(
        "email;reach\na@example.org;b@b\u00fccher.example\nc@example.org;d@example.org\n".encode("cp850")
    )
    out.write_text("d@example.org\n")
    async with live_face(tmp_path) as face:
        face.app.screen.lend("people")()
        await face.wait("The file with the addresses")
        await fill(face, str(path))
        await face.wait(lambda: "cp1252, semicolon between columns, column email" in unfolded(face))
        await face.press("tab")
        await face.press("w")
        await face.wait("Written in")
        for value in ("10", "", "reach", str(out)):
            field = face.app.focused
            await face.press(*["backspace"] * len(field.value))
            await fill(face, value)
        await face.wait(lambda: "cp850, semicolon between columns, column reach" in unfolded(face))
        assert "1 line by the suppression list" in face.text
        assert not events(face, e.ListFrozen)
        await fill(face, "1")
        await face.wait("Press s to go on")
        await face.press("s")
        await face.wait("1 person is on the list")
        (frozen,) = events(face, e.ListFrozen)
        assert (frozen.count, frozen.suppressed, frozen.suppression) == (1, 1, "out.txt")
        assert frozen.read_as == "cp850, semicolon between columns, column reach"


async def test_no_real_list_is_read_in_a_drill(tmp_path):
    async with drill_face(tmp_path) as face:
        face.app.screen.lend("people")()
        await face.wait("A real list is never read")


async def test_looks_at_nothing_when_no_mailing_began(tmp_path):
    async with live_face(tmp_path) as face:
        assert face.session.board("Reid").box.step == LOOK
        face.app.screen.lend("mailing")()
        await face.wait("No mailing has begun.")
