"""Timeline, figures, debrief and brief of one drill whose every number is known."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from support_drill import MINUTE, met
from support_incident import T0, Play

from console.incident import commands as c
from console.report.brief import COLUMNS, LINES, brief
from console.report.debrief import debrief, minutes
from console.report.figures import figures
from console.report.record import Entry, states
from console.report.timeline import timeline


@pytest.fixture
def state(record):
    return [after for _, _, after in states(record)][-1]


@pytest.fixture
def counted(record):
    return figures(record, record[-1].event.at, met().scenario.targets)


def test_times_to_key_steps_against_their_targets(counted):
    steps = {each.step: each for each in counted.steps}
    assert list(steps) == [step for step in met().scenario.targets if step in steps]
    voice = steps["pin-ignore-notice/voice"]
    assert 20_000 <= voice.took < 25_000
    assert (voice.target, voice.over) == (5 * MINUTE, 0)
    save = steps["confirm/save"]
    assert save.took > 3 * MINUTE
    assert save.over == save.took - 3 * MINUTE
    assert steps["correct/staff"].took is None
    assert steps["contain/cut-link"].took < 4 * MINUTE


def test_what_went_otherwise_is_counted(counted):
    assert (counted.deferred, counted.overridden, counted.undone) == (1, 1, 1)
    assert counted.gate_retries == 1
    assert counted.after_approval == 1
    assert (counted.emergencies, counted.doubts) == (0, 0)
    assert "confirm/save" in counted.late
    assert "contain/freeze" in counted.missed
    assert "contain/cut-link" not in counted.missed


def test_waits_for_a_second_person_are_measured(counted):
    waits = [wait for wait in counted.waits if wait.step == "correct/holding"]
    assert [wait.open for wait in waits] == [False, False]
    assert max(wait.ms for wait in waits) == 2 * MINUTE
    assert counted.waited >= 2 * MINUTE
    assert counted.longest.ms >= 2 * MINUTE


def test_an_undone_answer_does_not_count_as_reached(record):
    play = Play.open(mode="practice")
    play.turn(MINUTE)
    play.do(c.Answer(by="Reid", step="contain/cut-link", value="gone"))
    play.turn(MINUTE)
    play.do(c.Undo(by="Reid"))
    made = [SimpleEntry(seq, event) for seq, event in enumerate(play.events)]
    targets = {"contain/cut-link": 10 * MINUTE}
    assert figures(made, T0 + 5 * MINUTE, targets).steps[0].took is None
    play.turn(MINUTE)
    play.do(c.Answer(by="Reid", step="contain/cut-link", value="gone"))
    made = [SimpleEntry(seq, event) for seq, event in enumerate(play.events)]
    assert figures(made, T0 + 5 * MINUTE, targets).steps[0].took == 3 * MINUTE


def test_a_critical_step_that_was_skipped_is_listed_as_missed_and_counted():
    play = Play.open(mode="practice")
    play.do(c.Skip(by="Reid", step="contain/cut-link", reason="no such app"))
    play.do(c.Close(by="Reid", reason="this is real"))
    made = [SimpleEntry(seq, event) for seq, event in enumerate(play.events)]
    found = figures(made, play.now.wall)
    assert "contain/cut-link" in found.missed
    assert any(line.startswith("MISSED") for line in debrief(made, play.state, play.now.wall).lines())


def SimpleEntry(seq, event):  # noqa: N802 - stands for the record's Entry
    from console.report.record import Entry

    return Entry(seq, event)


def test_the_debrief_is_a_table_that_fits(record, state):
    made = debrief(
        record, state, record[-1].event.at, targets=met().scenario.targets, title=met().scenario.title
    )
    lines = made.lines()
    assert all(len(line) <= 78 for line in lines)
    text = "\n".join(lines)
    assert lines[0].startswith("DRILL, STILL OPEN  D-20190719-1  Met night stream, 19 July 2019 (seed 7)")
    assert "EXERCISE: no real message was sent." in lines[1]
    rows = {row.label: row for row in made.rows}
    assert rows["Post the notice from the trusted account"].result == "[x] met"
    assert rows["Check that every false message is saved"].result.startswith("[!] +")
    assert rows["Brief staff and the control room"].run == "not done"
    assert rows["Steps put off / skipped"].run == "1 / 1"
    assert rows["Codes that did not open the gate"].run == "1"
    assert "{{" not in text


@pytest.mark.parametrize("width", [48, 73, 78])
def test_the_debrief_fits_the_width_and_names_steps_as_a_reader_knows_them(record, state, width):
    made = debrief(record, state, record[-1].event.at, targets=met().scenario.targets)
    lines = made.lines(width)
    assert all(len(line) <= width for line in lines)
    assert lines.count("-" * width) == 2
    text = " ".join(" ".join(lines).split())
    assert "1.3 Check that every false message is saved" in text
    assert not re.search(r"\b[a-z-]+/[a-z-]+\b", text)
    assert any(row.label.startswith("Longest stay: ") and row.label[14].isdigit() for row in made.rows)


def test_minutes_read_as_a_clock():
    assert [minutes(ms) for ms in (0, 6_000, 380_000, 3_980_000)] == ["0:00", "0:06", "6:20", "1:06:20"]


def test_the_timeline_holds_who_when_and_what_and_can_be_searched(record, state):
    lines = list(timeline(record, state))
    drawn = [line.drawn() for line in lines]
    assert any(line.startswith("23:18:20 Reid") and "confirm/look saw" in line for line in drawn)
    assert len(list(timeline(record, state, everything=True))) == len(record) > len(lines)
    found = list(timeline(record, state, wanted="lindqvist APPROVED"))
    assert {line.step for line in found} == {"correct/holding", "notify-subscribers/send"}
    assert list(timeline(record, state, wanted="no such words")) == []


def test_the_brief_is_one_page_and_says_what_was_told(record, state):
    contacts = [SimpleNamespace(role=f"role {n}", name="A", number="020 7946 0101") for n in range(40)]
    page = brief(state, record[-1].event.at, "Shah", contacts)
    lines = page.splitlines()
    assert len(lines) <= LINES
    assert all(len(line) <= COLUMNS for line in lines)
    assert lines[0].startswith("DRILL  EXERCISE  HAND-OVER  D-20190719-1")
    assert "LEADS   Reid" in page
    assert "We are cutting them off." in page  # as sent, not as written by the author
    assert "contain/freeze" in page
    assert "contain/pause-queue SKIPPED by Reid" in page
    assert "... and 36 more: see the log" in page or "more: see the log" in page
    assert "7946" not in page


def test_a_live_brief_gives_numbers_and_survives_hostile_words():
    play = Play.open(mode="live")
    for n in range(60):
        play.do(c.See(by="Eve", channel="account", words="\x1b[2J\u202eevil\nDONE    all" * 20, link=f"x{n}"))
    contact = SimpleNamespace(role="Owner", name="Brandt\x1b[1m", number="020 7946 0101")
    page = brief(play.state, play.now.wall, "Reid", [contact])
    lines = page.splitlines()
    assert len(lines) <= LINES
    assert all(len(line) <= COLUMNS and line.isprintable() for line in lines if line)
    assert sum(line.startswith("DONE") for line in lines) == 1
    assert "020 7946 0101" in page
    assert "NOT SENT YET" in page


def test_a_brief_says_where_the_console_does_not_look():
    play = Play.open(configured={"account": "x"})
    play.turn(10 * MINUTE)
    assert "WATCH   the console is not watching account yet" in brief(play.state, play.now.wall, "Reid")


def test_how_far_the_false_items_had_gone_is_summed_up():
    play = Play.open(mode="live")
    reach = ({"views": 12_000, "reposts": 31}, {"views": 403, "likes": 2}, {"views": 9_999})
    for n, each in enumerate(reach, 1):
        play.do(c.See(by="Reid", channel="account", words=f"bogus {n}", link=f"x{n}"))
        play.do(c.Save(by="Reid", item=f"i{n}", sha256="ab" * 32, captured=True, reach=each))
    play.do(c.Mark(by="Reid", item="i3", verdict="ours"))
    words = "seen 12,403 times, 31 reposts, 2 likes when saved"
    assert f"  together {words}" in brief(play.state, play.now.wall, "Reid").splitlines()
    entries = [Entry(seq, event) for seq, event in enumerate(play.events)]
    lines = debrief(entries, play.state, play.now.wall).lines()
    assert f"REACH   False items: {words}" in lines
