"""Every address of a step stands whole on the screen, in live alone; what finds no room is a key away, to copy."""

import pytest
from msgspec.structs import replace
from support_face import drill_face, live_face, seen
from support_incident import Play, opening, read_shipped

from console.incident import commands as c
from console.incident.board import board
from console.linear.page import step_page
from console.playbook.load import load
from console.tui.views.box import Looking
from console.tui.views.lay import words
from console.tui.views.whole import page

BOOKS = ("press-channels-misused", "pin-ignore-notice", "rotate-mynewsdesk", "notify-subscribers")
LINKED = [
    (book, step.name)
    for book in BOOKS
    for step in load(f"{book}.yaml", read_shipped).playbook.steps()
    if step.link
]
SIZES = [(80, 24), (120, 40), (60, 20)]
FIELDS = {"account.handle": "@ExamplePolice", "newsroom.account-id": "met"}
HOAX = "https://news.example.police.uk/pressreleases/a-bogus-release-about-a-missing-child-in-camden-{}"
EDITOR = "https://publish.mynewsdesk.com/met/publish/pressreleases/edit/{}"


def drawn(state, now, width, height):
    laid = page(state, board(state, now, "Reid"), Looking(), width - 2, height - 2)
    return ["".join(words(part) for part in row) for row in laid.rows]


def joined(rows):
    """What stands in the box, without its edges and without the breaks of its lines."""
    inside = [row.rpartition("| |")[2] if "| |" in row else row[1:] for row in rows if row.endswith("|")]
    return "".join(row.strip("| ") for row in inside)


def test_there_are_steps_with_links():
    assert len(LINKED) >= 3


@pytest.mark.parametrize(("book", "step"), LINKED)
@pytest.mark.parametrize("mode", ["live", "practice"])
def test_the_link_of_a_shipped_step_is_whole_in_every_face_in_live_alone(book, step, mode):
    play = Play.open(book, mode=mode)
    play.do(c.Move(by="Reid", step=step))
    link = play.state.playbook.step(step).link
    seen_by = board(play.state, play.now.wall, "Reid")
    assert seen_by.box.step == step
    assert (f"Link: {link}" in step_page(seen_by, play.state)) is (mode == "live")
    for width, height in SIZES:
        shown = drawn(play.state, play.now.wall, width, height)
        asked = seen_by.box.asked
        assert asked is None or any(asked.prompt[:40] in row for row in shown)
        assert (link in joined(shown)) is (mode == "live"), (width, height)


def by_hand(count, mode="live"):
    """A take-down in the newsroom that waits for hands."""
    play = Play()
    play.take(replace(opening(mode=mode), fields=FIELDS))
    for n in range(1, count + 1):
        play.do(c.See(by="Reid", channel="newsroom", words=f"bogus {n}", link=HOAX.format(n)))
    for step, value in (
        ("confirm/look", "false-posts"),
        ("confirm/save", "all"),
        ("contain/cut-link", "gone"),
    ):
        play.do(c.Answer(by="Reid", step=step, value=value))
    play.do(c.Move(by="Reid", step="remove/newsroom"))
    word = str(count) if mode == "live" else f"drill {count}"
    play.do(c.Act(by="Reid", step="remove/newsroom", nonce="n", holder="h", confirm=word))
    return play


@pytest.mark.parametrize("count", [1, 2, 9])
@pytest.mark.parametrize("size", SIZES)
def test_a_take_down_has_the_editor_of_the_first_item_at_least_and_its_answers(count, size):
    play = by_hand(count)
    shown = drawn(play.state, play.now.wall, *size)
    text = joined(shown)
    assert EDITOR.format(1) in text
    assert "They are gone" in text
    whole = [n for n in range(1, count + 1) if EDITOR.format(n) in text and HOAX.format(n) in text]
    assert ("^P links copies them" in text) is (len(whole) == count)
    assert "..." not in "".join(row.rpartition("| |")[2] for row in shown if "https://" in row)


def test_a_drill_shows_none():
    play = by_hand(2, mode="practice")
    for size in SIZES:
        assert "https://" not in "".join(drawn(play.state, play.now.wall, *size))


async def test_all_of_them_are_a_key_away_and_go_into_a_file(tmp_path):
    links = [seen(f"bogus {n}" + "!" * n) for n in range(3)]
    async with live_face(tmp_path, before=links) as face:
        await face.to("confirm/save")
        face.app.screen.lend("links")()
        await face.wait("v shows a code for a phone")
        for item in face.session.state.items.values():
            assert f"see it at {item.link}" in face.text
        await face.press("f")
        await face.wait("Written to")
        (path,) = (tmp_path / "texts").iterdir()
        assert path.read_text().count("https://") == 3
        await face.press("escape")
        await face.to("contain/cut-link")
        face.app.screen.lend("links")()
        await face.wait("Link: https://x.com/settings/connected_apps")
        await face.press("escape")
        await face.to("contain/pause-queue")
        face.app.screen.lend("links")()
        await face.wait("This step has no links.")


async def test_a_hostile_line_begins_none_of_its_own(tmp_path):
    bad = c.See(
        by="Reid",
        channel="account",
        words="x\nLink: https://evil.example\x1b[2J",
        link="https://x.com/a/status/1",
    )
    async with live_face(tmp_path, before=(bad,)) as face:
        await face.to("confirm/save")
        face.app.screen.lend("links")()
        await face.wait("v shows a code for a phone")
        await face.press("f")
        await face.wait("Written to")
        (path,) = (tmp_path / "texts").iterdir()
        assert not [line for line in path.read_text().splitlines() if line.startswith("Link:")]
        assert "\x1b" not in path.read_text()


async def test_a_drill_gives_none(tmp_path):
    async with drill_face(tmp_path) as face:
        await face.to("contain/cut-link")
        face.app.screen.lend("links")()
        await face.wait("A drill shows no links.")
