"""Dialogs: Enter never sends, letters in a box are text, Esc changes nothing, and DRILL stands on the first line."""

import pytest
from support_pilot import screen_text, wait_for

from console.clock import TurnedClock
from console.tui.base import ConsoleApp
from console.tui.widgets.choose import Choose
from console.tui.widgets.codebox import Checked, CodeBox, Gate
from console.tui.widgets.confirm import Confirm, Question
from console.tui.widgets.contacts import Contact, ContactsScreen
from console.tui.widgets.copy import CopyScreen
from console.tui.widgets.help import Page
from console.tui.widgets.qr import qr_pages, qr_rows

WORD = Question("Post on @ExamplePolice", [("To", ("  1.2 million followers", "strong"))], "account")
COUNT = Question("Send to subscribers", [("To 41,207 subscribers",)], "41207", counts=True)


class DialogApp(ConsoleApp):
    results: list

    def __init__(self, **kwargs):
        super().__init__(clock=TurnedClock(1_563_571_112_000, boot=10_000), **kwargs)
        self.results = []

    def show(self, dialog):
        self.push_screen(dialog, self.results.append)


@pytest.fixture
def app(tmp_path):
    return DialogApp(mode="live", state=tmp_path / "state")


@pytest.fixture(params=["live", "practice"])
def either(request, tmp_path):
    return DialogApp(mode=request.param, state=tmp_path / "state")


async def opened(app, pilot, dialog):
    app.show(dialog)
    await wait_for(pilot, lambda: app.screen is dialog and app.focused is not None)
    app.clock.turn(600)  # past its deafness


async def press(app, pilot, *keys):
    for key in keys:
        app.clock.turn(60)  # the pace of fingers
        await pilot.press(key)


@pytest.mark.parametrize(
    ("question", "right", "wrong"), [(WORD, "account", "acount"), (COUNT, "41,207", "41208")]
)
async def test_only_the_right_words_and_then_the_letter_send(app, question, right, wrong):
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = Confirm(question, app.mode)
        await opened(app, pilot, dialog)
        dialog.box.value = wrong
        await press(app, pilot, "enter", "tab", "s", "enter")
        assert "Nothing has been sent" in screen_text(pilot)
        assert app.screen is dialog
        dialog.box.focus()
        await wait_for(pilot, lambda: dialog.box.has_focus)
        dialog.box.value = right
        await press(app, pilot, "enter")
        await wait_for(pilot, lambda: "Nothing has been sent yet" in screen_text(pilot))
        await press(app, pilot, "enter")
        assert app.screen is dialog
        assert app.results == []
        await press(app, pilot, "s")
        await wait_for(pilot, lambda: app.results == [True])


async def test_escape_sends_nothing_even_when_all_is_typed(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, Confirm(WORD, app.mode))
        await press(app, pilot, *"account", "escape")
        await wait_for(pilot, lambda: app.results == [None])


async def test_page_keys_read_on_while_the_box_has_the_keys(app):
    rows = [(f"recipient {number}",) for number in range(60)]
    async with app.run_test(size=(60, 20)) as pilot:
        await opened(app, pilot, Confirm(Question("Send", rows, "account"), app.mode))
        assert "recipient 0" in screen_text(pilot)
        assert "recipient 59" not in screen_text(pilot)
        await wait_for(pilot, lambda: "PgDn reads on" in screen_text(pilot))
        await press(app, pilot, *["pagedown"] * 8)
        await wait_for(pilot, lambda: "recipient 59" in screen_text(pilot))
        await wait_for(pilot, lambda: "This is the end." in screen_text(pilot))
        assert "PgDn" not in screen_text(pilot)
        await press(app, pilot, *["pageup"] * 8)
        await wait_for(pilot, lambda: "recipient 0" in screen_text(pilot))


@pytest.mark.parametrize("kind", ["page", "choose", "code", "copy"])
@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_whatever_is_longer_than_its_place_says_which_key_reads_on(app, tmp_path, kind, size):
    rows = [(f"row {number}.",) for number in range(60)]
    gate = Gate("Send", rows, "Reid", sends=False)
    dialogs = {
        "page": lambda: Page(app.mode, "Read", rows),
        "choose": lambda: Choose("Who", rows, "Who?", ["Shah", "Lindqvist"]),
        "code": lambda: CodeBox(gate, app.mode, Checker("482913")),
        "copy": lambda: CopyScreen("\n".join(words for (words,) in rows), tmp_path, "rows"),
    }
    async with app.run_test(size=size) as pilot:
        app.show(dialogs[kind]())
        await wait_for(pilot, lambda: "PgDn reads on" in screen_text(pilot))
        app.clock.turn(600)
        await press(app, pilot, *["pagedown"] * 20)
        await wait_for(pilot, lambda: "row 59." in screen_text(pilot))
        await wait_for(pilot, lambda: "This is the end." in screen_text(pilot))


async def test_a_hint_that_stands_does_not_lay_the_screen_out_over_and_over(app):
    laid = []
    async with app.run_test(size=(80, 24)) as pilot:
        page = Page(app.mode, "Read", [(f"row {number}.",) for number in range(60)])
        app.show(page)
        await wait_for(pilot, lambda: "PgDn reads on" in screen_text(pilot))
        await pilot.pause()
        page.screen_layout_refresh_signal.subscribe(page, laid.append)
        for _ in range(20):
            await pilot.pause()
        assert len(laid) <= 2  # the last of its own coming


async def test_what_fits_says_nothing_of_page_keys(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, Confirm(WORD, app.mode))
        assert "PgDn" not in screen_text(pilot)


async def test_whether_it_leaves_is_never_cut_from_the_first_line(app):
    long = Question("SEND 7.5 " + "a long sentence " * 8, [], "account", ends="this goes out for real")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, Confirm(long, app.mode))
        assert "this goes out for real" in screen_text(pilot).splitlines()[0]


async def test_the_two_worlds_never_ask_alike(either):
    async with either.run_test(size=(80, 24)) as pilot:
        await opened(either, pilot, Confirm(WORD, either.mode))
        first, text = screen_text(pilot).splitlines()[0], screen_text(pilot)
        live = either.mode == "live"
        assert ("LIVE" in first, "DRILL" in first) == (live, not live)
        assert ("Send to the world" in text, "Simulate" in text) == (live, not live)


@pytest.mark.parametrize("typed", ["41207", "41,207", "41 207", " 41.207 "])
def test_a_count_may_be_typed_as_people_write_it(typed):
    assert COUNT.fits(typed)


@pytest.mark.parametrize("typed", ["", "41206", "-41207", "４１２０７", "0x41207", "41207.5"])
def test_another_count_is_another_count(typed):
    assert not COUNT.fits(typed)


class Checker:
    def __init__(self, good):
        self.good = good
        self.seen = []

    async def __call__(self, code):
        self.seen.append(code)
        return Checked(
            good=code == self.good,
            words="Good." if code == self.good else "Not right. NOTHING HAS BEEN SENT.",
        )


GATE = Gate("Send the correction", [("To 41,207 subscribers",)], "A. Lindqvist, duty DI")


async def test_a_code_is_checked_by_enter_and_sent_by_a_letter(app):
    checker = Checker("482913")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(
            app, pilot, CodeBox(GATE, app.mode, checker, lambda: [("17 s more, 4 tries left", "late")])
        )
        await wait_for(pilot, lambda: "17 s more" in screen_text(pilot))
        await press(app, pilot, *"sqvor1", "enter")
        assert checker.seen == []
        await wait_for(pilot, lambda: "A code is 6 digits. NOTHING HAS BEEN SENT." in screen_text(pilot))
        assert "sqvor1" in screen_text(pilot)
        await press(app, pilot, *["backspace"] * 6, *"111 111", "enter")
        await wait_for(pilot, lambda: "Not right. NOTHING HAS BEEN SENT." in screen_text(pilot))
        assert "111 111" not in screen_text(pilot)
        await press(app, pilot, *"482913", "enter")
        await wait_for(pilot, lambda: "Good." in screen_text(pilot))
        assert checker.seen == ["111111", "482913"]
        assert app.results == []
        await press(app, pilot, "s")
        assert app.results == [], "the box changed a moment ago: deaf"
        app.clock.turn(600)
        await press(app, pilot, "enter")
        assert app.results == [], "Enter never sends"
        await press(app, pilot, "s")
        await wait_for(pilot, lambda: app.results == ["send"])


async def test_a_box_that_has_just_opened_takes_no_keys(app):
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = CodeBox(GATE, app.mode, Checker("482913"))
        app.show(dialog)
        await wait_for(pilot, lambda: app.screen is dialog and app.focused is dialog.box)
        await pilot.press("4", "8", "enter")
        assert dialog.box.value == ""
        app.clock.turn(500)
        await pilot.press("4")
        await wait_for(pilot, lambda: dialog.box.value == "4")


async def test_a_code_that_sends_nothing_closes_the_box(app):
    async with app.run_test(size=(80, 24)) as pilot:
        gate = Gate("Sign the answer", [], "T. Reid", sends=False)
        await opened(app, pilot, CodeBox(gate, app.mode, Checker("482913")))
        await press(app, pilot, *"482913", "enter")
        await wait_for(pilot, lambda: app.results == ["approved"])


async def test_the_ways_round_a_code_are_reached_by_tab(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, CodeBox(GATE, app.mode, Checker("482913")))
        await press(app, pilot, "tab", "e")
        await wait_for(pilot, lambda: app.results == ["emergency"])


async def test_contacts_are_not_shown_in_a_drill(either):
    async with either.run_test(size=(80, 24)) as pilot:
        dialog = ContactsScreen(
            either.mode, [Contact("Duty cyber", "[b]Shah[/b]", "020 7946 0101", "ext 4410", "1 July")]
        )
        either.show(dialog)
        await wait_for(pilot, lambda: "[b]Shah[/b]" in screen_text(pilot))
        assert ("020 7946 0101" in screen_text(pilot)) == (either.mode == "live")
        assert ("tell the drill lead" in screen_text(pilot)) == (either.mode == "practice")
        await press(either, pilot, "escape")
        await wait_for(pilot, lambda: either.results == [None])


async def test_a_copy_leaves_three_ways_and_says_exercise_in_a_drill(either, tmp_path):
    text = "Messages on @ExamplePolice since 23:16 are not from us."
    expected = text if either.mode == "live" else f"EXERCISE {text}"
    async with either.run_test(size=(80, 40)) as pilot:
        dialog = CopyScreen(text, tmp_path / "texts", "ignore")
        either.show(dialog)
        await wait_for(pilot, lambda: "asked to copy" in screen_text(pilot))
        assert either.clipboard == expected
        await press(either, pilot, "f", "f")
        await wait_for(pilot, (tmp_path / "texts" / "ignore-2.txt").exists)
        assert (tmp_path / "texts" / "ignore.txt").read_text() == expected
        await press(either, pilot, "v")
        await wait_for(pilot, lambda: "Point the phone" in screen_text(pilot))
        assert qr_rows(expected)[5].strip() in screen_text(pilot)
        await press(either, pilot, "v")
        await wait_for(pilot, lambda: "asked to copy" in screen_text(pilot))


async def test_a_file_that_cannot_be_written_is_said_in_words(app, tmp_path):
    (tmp_path / "texts").write_text("in the way")
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(CopyScreen("text", tmp_path / "texts", "ignore"))
        await wait_for(pilot, lambda: "asked to copy" in screen_text(pilot))
        await press(app, pilot, "f")
        await wait_for(pilot, lambda: "could not be written" in screen_text(pilot))


def test_a_long_text_becomes_several_codes_that_fit():
    text = "Please ignore messages since 23:16. " * 8
    pages = qr_pages(text, 78, 20)
    assert len(pages) > 1
    assert all(len(page) <= 20 and len(page[0]) <= 78 for page in pages)
    assert len(qr_pages(text, 118, 38)) == 1
    assert qr_pages(text, 10, 5) == []


async def test_a_dialog_that_is_left_twice_takes_nothing_away_from_below_it(app):
    async with app.run_test(size=(80, 24)) as pilot:
        below, dialog = Page(app.mode, "Keys", [("what stands below",)]), Confirm(WORD, app.mode)
        await opened(app, pilot, below)
        await opened(app, pilot, dialog)
        dialog.dismiss(result=False)
        dialog.dismiss(result=True)
        dialog.dismiss(result=True)
        await wait_for(pilot, lambda: app.screen is below)
        assert app.results == [False]


async def test_a_dialog_that_another_one_lies_on_is_not_left_before_it(app):
    async with app.run_test(size=(80, 24)) as pilot:
        dialog, above = Confirm(WORD, app.mode), Page(app.mode, "Keys", [("what lies on it",)])
        await opened(app, pilot, dialog)
        await opened(app, pilot, above)
        dialog.dismiss(result=True)
        await pilot.pause()
        assert app.screen is above
        above.dismiss(None)
        await wait_for(pilot, lambda: app.screen is dialog)
        assert app.results == [None]
