"""Lines from real descriptors: pipes, files, a terminal that goes away."""

from __future__ import annotations

import asyncio
import os
import pty

import pytest

from console.linear.lines import LONGEST, Descriptor, cleaned


@pytest.fixture
def pipe():
    reader, writer = os.pipe()
    yield reader, writer
    for descriptor in (reader, writer):
        try:
            os.close(descriptor)
        except OSError:
            continue


async def test_lines_of_a_pipe_and_its_end(pipe):
    reader, writer = pipe
    lines = Descriptor(reader)
    os.write(writer, b"one\r\ntwo\nthr")
    assert [await lines.line(), await lines.line()] == ["one", "two"]
    os.write(writer, b"ee")
    os.close(writer)
    assert await lines.line() == "three"
    assert await lines.line() is None
    assert await lines.line() is None


async def test_the_loop_goes_on_while_nobody_types(pipe):
    reader, writer = pipe
    lines = Descriptor(reader)
    waiting = asyncio.create_task(lines.line())
    await asyncio.sleep(0)
    assert not waiting.done()
    os.write(writer, b"late\n")
    assert await asyncio.wait_for(waiting, 10) == "late"


async def test_what_is_no_utf8_and_what_has_no_end(pipe):
    reader, writer = pipe
    lines = Descriptor(reader)
    os.write(writer, b"\xff\xfe\n" + b"x" * (LONGEST + 10) + b"\n")
    assert await lines.line() == "\ufffd\ufffd"
    found = await lines.line()
    assert found is not None
    assert LONGEST <= len(found) <= LONGEST + 4_096 + 1


async def test_a_file_and_nothing_at_all(tmp_path):
    path = tmp_path / "answers"
    path.write_text("1\n2\n")
    with path.open("rb") as file:
        lines = Descriptor(file.fileno())
        assert [await lines.line() for _ in range(3)] == ["1", "2", None]
    nothing = os.open(os.devnull, os.O_RDONLY)
    assert await Descriptor(nothing).line() is None
    os.close(nothing)


async def test_a_terminal_that_goes_away_is_an_end():
    controller, terminal = pty.openpty()
    lines = Descriptor(terminal)
    os.write(controller, b"1\n")
    assert await lines.line() == "1"
    os.close(controller)
    assert await asyncio.wait_for(lines.line(), 10) is None
    os.close(terminal)


def test_what_cannot_be_seen_is_left_out_and_counted():
    assert cleaned("  plain words ") == ("plain words", 0)
    assert cleaned("a\x1b[Ab\u202ec") == ("a[Abc", 2)
    assert cleaned("tab\there") == ("tab here", 0)
