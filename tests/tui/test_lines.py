"""The list: any length, the same cost; what is drawn is all that is asked for."""

import asyncio

import pytest
from hostile import HOSTILE
from support_pilot import screen_text, wait_for

from console.tui.base import ConsoleApp
from console.tui.widgets.lines import Fixed, Lines, Row
from console.tui.widgets.pages import PAGE, Pages

MILLION = 1_000_000


class Counted:
    """A million rows that count how many of them were ever made."""

    def __init__(self, count=MILLION):
        self.count = count
        self.made = 0

    def __len__(self):
        return self.count

    def rows(self, start, stop):
        stop = min(stop, self.count)
        self.made += max(stop - start, 0)
        return [
            Row((f"row {index}", (" late" if index % 1000 == 777 else "", "late")), key=str(index))
            for index in range(start, stop)
        ]


class ListApp(ConsoleApp):
    def __init__(self, source, **kwargs):
        super().__init__(**kwargs)
        self.lines = Lines(source)
        self.opened = []
        self.moved = []

    def compose(self):
        yield self.lines

    def on_lines_opened(self, message):
        self.opened.append((message.index, message.row.key))

    def on_lines_moved(self, message):
        self.moved.append(message.index)


@pytest.fixture
def app_of(tmp_path):
    return lambda source: ListApp(source, mode="live", state=tmp_path)


async def test_a_million_rows_make_only_those_on_the_screen(app_of):
    source = Counted()
    app = app_of(source)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "row 20" in screen_text(pilot))
        assert source.made < 200
        await pilot.press("end")
        await wait_for(pilot, lambda: f">row {MILLION - 1}" in screen_text(pilot))
        await pilot.press("home", "down", "j")
        await wait_for(pilot, lambda: ">row 2" in screen_text(pilot))
        assert source.made < 1_000


async def test_keys_move_and_enter_opens(app_of):
    app = app_of(Fixed([Row(("head",), selectable=False), Row(("one",), key="a"), Row(("two",), key="b")]))
    async with app.run_test(size=(80, 24)) as pilot:
        app.lines.focus()
        await pilot.press("enter", "down", "enter", "down", "down", "k", "up", "up", "down", "down", "enter")
        await wait_for(pilot, lambda: len(app.opened) == 2)
        assert app.opened == [(1, "a"), (2, "b")]
        assert app.lines.cursor == 2


async def test_a_click_moves_and_a_double_click_opens(app_of):
    app = app_of(Counted(5))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(offset=(3, 3))
        await wait_for(pilot, lambda: app.lines.cursor == 3)
        assert app.opened == []
        await pilot.click(offset=(3, 3), times=2)
        await wait_for(pilot, lambda: app.opened == [(3, "3")])
        await pilot.click(offset=(3, 20))
        assert app.lines.cursor == 3


async def test_finding_goes_round_both_ways_and_says_when_there_is_nothing(app_of):
    app = app_of(Counted(10_000))
    async with app.run_test(size=(80, 24)):
        lines = app.lines
        found = [(await lines.find("LATE"), lines.cursor), (await lines.find(), lines.cursor)]
        assert found == [(True, 777), (True, 1777)]
        assert await lines.find("row 1776")
        assert await lines.find("late", backwards=True)
        assert lines.cursor == 777
        assert await lines.find("late", backwards=True)
        assert lines.cursor == 9777
        assert await lines.find("late")
        assert lines.cursor == 777
        assert not await lines.find("nowhere")
        assert lines.cursor == 777


async def test_a_growing_list_follows_only_from_its_end(app_of):
    app = app_of(Counted(50))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("end")
        app.lines.show(Counted(60), follow=True)
        await wait_for(pilot, lambda: ">row 59" in screen_text(pilot))
        await pilot.press("up")
        app.lines.show(Counted(70), follow=True)
        await wait_for(pilot, lambda: ">row 58" in screen_text(pilot))
        app.lines.show(Fixed())
        await wait_for(pilot, lambda: not screen_text(pilot).strip())
        assert app.lines.cursor == 0


async def test_hostile_rows_draw_in_exactly_their_cells_and_raise_no_alarm(app_of):
    app = app_of(Fixed([Row((hostile, (hostile, "danger"))) for hostile in HOSTILE.values()]))
    async with app.run_test(size=(80, 50)) as pilot:
        await wait_for(pilot, lambda: "Lindqvist" in screen_text(pilot))
        assert all(strip.cell_length == 80 for strip in app.screen._compositor.render_strips())
        assert app.alarms == 0


async def test_pages_come_later_and_each_only_once(app_of):
    fetched = []
    gate = asyncio.Event()

    async def fetch(start, stop):
        fetched.append((start, stop))
        await gate.wait()
        return [Row((f"event {index}",)) for index in range(start, stop)]

    app = app_of(Fixed())
    pages = Pages(MILLION, fetch, app.run_worker, app.lines.refresh)
    app.lines.show(pages)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: ">..." in screen_text(pilot))
        gate.set()
        await wait_for(pilot, lambda: ">event 0" in screen_text(pilot))
        await pilot.press("end")
        await wait_for(pilot, lambda: f">event {MILLION - 1}" in screen_text(pilot))
        assert len(fetched) == len(set(fetched)) <= 3
        assert all(stop - start <= PAGE for start, stop in fetched)
        pages.grow(MILLION + 1)
        app.lines.show(pages, follow=True)
        await wait_for(pilot, lambda: f">event {MILLION}" in screen_text(pilot))
