"""list, show, log, verify, report and home: what they print, and what they refuse."""

from __future__ import annotations

import hashlib
import json
import sqlite3

import pytest
from support_incident import MINUTE, Play

from console.cli.telling import shown
from console.incident.board import board


def test_nothing_is_listed_on_a_fresh_machine_and_nothing_is_made(shell):
    assert shell("list", "--json").json == []
    assert "incident open" in shell("list").err
    assert not (shell.home / "live.sqlite3").exists()


def test_open_and_list_give_the_id(shell):
    opened = shell("open", "pin-ignore-notice", "--json", "--as", "Reid").json
    assert opened["id"].startswith("L-")
    assert (opened["mode"], opened["playbook"], opened["by"]) == ("live", "pin-ignore-notice", "Reid")
    (listed,) = shell("list", "--json").json
    assert listed["id"] == opened["id"]
    assert listed["sha256"] == opened["sha256"]
    assert (listed["mode"], listed["ended"], listed["opened_by"]) == ("live", 0, "Reid")
    assert "LIVE" in shell("list").out


def test_a_list_says_live_and_drill_in_plain_words(shell, live, drill):
    lines = {line.split()[1]: line for line in shell("list").out.splitlines()}
    assert lines[live].startswith("LIVE")
    assert lines[drill].startswith("DRILL")


def test_an_opening_answer_is_checked_and_kept(shell):
    incident = shell(
        "open",
        "press-channels-misused",
        "--json",
        "--as",
        "Reid",
        "--answer",
        "reached=website, email",
        "--answer",
        "first-seen=yesterday 23:16",
    ).json["id"]
    opened = json.loads(shell("log", incident).out.splitlines()[0])
    assert opened["answers"]["reached"] == "website email"
    assert opened["answers"]["first-seen"].isdecimal()
    assert int(opened["answers"]["first-seen"]) <= opened["at"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("reached=moon", "website"),
        ("nonsense=1", "reached=..."),
        ("first-seen=late", "23:16"),
        ("reached", "reached=..."),
    ],
)
def test_a_wrong_opening_answer_opens_nothing(shell, answer, words):
    ran = shell("open", "press-channels-misused", "--no-tui", "--as", "Reid", "--answer", answer, code=2)
    assert words in ran.err
    assert shell("list", "--json").json == []


def test_opening_without_a_name_says_what_to_do(shell):
    ran = shell("open", "press-channels-misused", "--no-tui", code=2)
    assert "--as" in ran.err
    assert "INCIDENT_OFFICER" in ran.err
    named = shell("open", "press-channels-misused", "--json", INCIDENT_OFFICER="Shah").json
    assert named["by"] == "Shah"


def test_an_unknown_playbook_is_answered_with_those_there_are(shell):
    ran = shell("open", "nothing-like-it", "--no-tui", "--as", "Reid", code=6)
    assert "press-channels-misused" in ran.err


def test_a_broken_playbook_is_not_opened_and_says_where_it_is_broken(shell):
    path = shell.folder / "bad.yaml"
    path.write_text("format: 1\nid: bad\nversion: 1.0.0\ntitle: Bad\nphasse: []\n")
    ran = shell("open", str(path), "--no-tui", "--as", "Reid", code=3)
    assert "bad.yaml:5:1" in ran.err
    assert "did you mean" in ran.err


def test_show_gives_the_board(shell, live):
    board = shell("show", live, "--json").json
    assert board["id"] == live
    assert board["live"] is True
    assert board["box"]["step"] == "confirm/look"
    assert shell("show", live).out.startswith("LIVE  " + live)


@pytest.mark.parametrize("typed", ["1.1", "look", "confirm/look"])
def test_a_step_goes_by_its_number_its_id_or_its_name(shell, live, typed):
    assert shell("show", live, "--step", typed, "--json").json["step"] == "confirm/look"


def test_ids_are_taken_in_small_letters_too(shell, live):
    assert shell("show", live.lower(), "--json").json["id"] == live


@pytest.mark.parametrize(
    ("incident", "code"), [("L-20190719-9", 6), ("D-20190719-9", 6), ("X-1", 6), ("zzz", 6)]
)
@pytest.mark.parametrize("verb", ["show", "log", "verify", "report"])
def test_what_is_not_there_is_said(shell, incident, code, verb):
    assert shell(verb, incident, code=code).out == ""


def test_log_prints_the_stored_bytes_one_event_a_line(shell, live):
    shell("note", live, "Ünïcode, “quotes” and a\u00a0space", "--as", "Reid")
    with sqlite3.connect(f"file:{shell.home}/live.sqlite3?mode=ro", uri=True) as database:
        stored = [
            body
            for (body,) in database.execute("SELECT body FROM events WHERE stream = ? ORDER BY seq", (live,))
        ]
    assert shell("log", live).out.encode() == b"".join(body + b"\n" for body in stored)
    assert "note: Ünïcode" in shell("log", live, "--words").out


def test_the_chain_of_the_house_can_be_read_too(shell):
    shell.officer("Quinn")
    assert '"kind":"officer-added"' in shell("log", "@house").out


def test_verify_stands_and_gives_the_head(shell, live):
    found = shell("verify", live, "--json").json
    assert found["verdict"] == "stands"
    assert len(bytes.fromhex(found["head"])) == hashlib.sha256().digest_size
    entries = found["entries"]
    shell("verify", live, "--head", f"{entries - 1}:{found['head']}")
    shell("verify", live, "--head", f"{entries + 5}:{found['head']}", code=8)


def test_verify_finds_one_changed_byte(shell, live):
    shell("note", live, "the truth", "--as", "Reid")
    path = shell.home / "live.sqlite3"
    raw = path.read_bytes()
    entry = b'"text":"the truth"'
    assert raw.count(entry) == 1
    path.write_bytes(raw.replace(entry, b'"text":"the lie!!"'))
    assert "WRONG" in shell("verify", live, code=8).out


def test_report_gives_the_debrief_the_timeline_and_the_brief(shell, live):
    assert "TIME FROM OPENING TO" in shell("report", live).out
    assert "opened" in shell("report", live, "--timeline").out
    assert "HAND-OVER" in shell("report", live, "--brief").out
    assert shell("report", live, "--json").json["id"] == live


def test_home_shows_what_there_is(shell, live, drill):
    shell.officer("Quinn", "approver")
    found = shell("--json").json
    assert {each["id"] for each in found["incidents"]} == {live, drill}
    books = {each["id"]: each for each in found["playbooks"]}
    assert books["press-channels-misused"]["own"] is False
    assert len(books["press-channels-misused"]["sha256"]) == 64
    assert [each["id"] for each in found["drills"]] == ["met-night-stream"]
    assert [(each["name"], each["tested"]) for each in found["officers"]] == [("Quinn", 0)]


def test_home_in_plain_lines_is_left_at_the_end_of_input(shell, live):
    ran = shell(stdin="")
    assert live in ran.out
    assert "LIVE" in ran.out


def test_an_incident_that_runs_already_is_warned_about(shell, live):
    first = shell.start("resume", live, "--linear", "--as", "Reid")
    try:
        line = b""
        while b"1.1" not in line:
            line = first.stdout.readline()
            assert line
        assert shell("list", "--json").json[0]["running"] == ["Reid"]
        assert "RUNNING HERE ALREADY: Reid" in shell("list").out
        assert "is running already" in shell("resume", live, "--linear", "--as", "Shah", stdin="q\n").err
    finally:
        first.stdin.write(b"q\n")
        first.communicate(timeout=30)
    assert shell("list", "--json").json[0]["running"] == []


def test_bare_resume_takes_the_newest_open_live_incident_only(shell, drill):
    assert "No live incident" in shell("resume", "--as", "Reid", code=6).err
    older = shell("open", "pin-ignore-notice", "--json", "--as", "Reid").json["id"]
    newer = shell("open", "pin-ignore-notice", "--json", "--as", "Reid").json["id"]
    assert shell("resume", "--as", "Reid", stdin="q\n").out.startswith(f"LIVE {newer}")
    shell("answer", newer, "voice", "no-account", "--as", "Reid")
    shell("close", newer, "--as", "Reid", code=None)
    assert older != newer
    assert shell("resume", drill, "--as", "Reid", stdin="q\n").out.startswith(f"DRILL {drill}")


def test_where_the_console_should_look_and_does_not_is_shown():
    play = Play.open(configured={"account": "x"})
    play.turn(10 * MINUTE)
    assert "NOT WATCHING account yet" in shown(board(play.state, play.now.wall, "Reid"))
