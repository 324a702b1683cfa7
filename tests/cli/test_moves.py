"""The verbs that report and steer: what each writes, what each refuses, with which exit code."""

from __future__ import annotations

import json

import pytest

AS = ("--as", "Reid")


def kinds(ran) -> list[str]:
    return [event["kind"] for event in ran.json["events"]]


@pytest.mark.parametrize(
    "verb",
    [
        ("answer", "{id}", "look", "1"),
        ("amend", "{id}", "at-risk", "yes"),
        ("seen", "{id}", "account"),
        ("gone", "{id}", "i1"),
        ("mark", "{id}", "i1", "--at-risk"),
        ("save", "{id}", "--where", "here"),
        ("looked", "{id}"),
        ("defer", "{id}", "look"),
        ("skip", "{id}", "look", "--reason", "why"),
        ("waive", "{id}", "look", "--reason", "why"),
        ("undo", "{id}"),
        ("note", "{id}", "words"),
        ("text", "{id}", "ignore", "--part", "do", "--set", "words"),
        ("list-file", "{id}", "/dev/null"),
        ("act", "{id}", "voice"),
        ("approve", "{id}", "holding"),
        ("resolve", "{id}", "voice", "not"),
        ("handover", "{id}", "Shah"),
        ("close", "{id}"),
    ],
    ids=lambda verb: verb[0],
)
def test_nobody_acts_without_a_name(inside, verb):
    """It is said before anything is opened, so no incident has to be there."""
    ran = inside(*(word.format(id="L-20190719-1") for word in verb), code=2)
    assert "--as" in ran.err
    assert "INCIDENT_OFFICER" in ran.err
    assert ran.out == ""


def test_an_answer_is_on_disk_and_the_next_step_is_said(shell, live):
    ran = shell("answer", live, "look", "false-posts", *AS)
    assert ran.out.startswith("LIVE")
    assert "Messages we did not write" in ran.out
    assert "(confirm/call)" in ran.out
    done = shell("answer", live, "1.2", "1", *AS, "--json").json
    assert done["events"][-1]["value"] == "have-it"
    assert done["next"]["step"]


@pytest.mark.parametrize(
    ("step", "value", "words", "code"),
    [
        ("look", "maybe", "false-posts", 4),
        ("look", "9", "1 false-posts", 4),
        ("look", "-3", "1 false-posts", 4),
        ("nowhere", "1", "no step", 6),
        ("confirm/lok", "1", "Did you mean confirm/look?", 6),
        ("rotate-mynewsdesk/passphrase", "changed", "waits for", 4),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_with_what_would(shell, live, step, value, words, code):
    assert words in shell("answer", live, step, value, *AS, code=code).err


def test_amend_keeps_both_answers(shell, live):
    assert kinds(shell("amend", live, "at-risk", "yes", *AS, "--json"))[0] == "amended"
    assert kinds(shell("amend", live, "first-seen", "yesterday 23:16", *AS, "--json"))[0] == "amended"
    assert "reached" in shell("amend", live, "colour", "red", *AS, code=6).err
    shell("amend", live, "at-risk", "perhaps", *AS, code=2)


def test_items_are_seen_saved_marked_and_gone(shell, live):
    assert "item-seen" in kinds(
        shell("seen", live, "account", "https://x.com/a/1", "--words", "gibberish", *AS, "--json")
    )
    shell("seen", live, "account", "https://x.com/a/1", *AS)
    assert shell("show", live, "--json").json["items"] == 1, "the same link is one item"
    assert "item-marked" in kinds(shell("mark", live, "i1", "--at-risk", *AS, "--json"))
    picture = shell.folder / "picture.png"
    picture.write_bytes(b"not really a picture")
    saved = shell("save", live, "i1", "--file", str(picture), *AS, "--json").json["events"]
    assert [len(event["sha256"]) for event in saved if event["kind"] == "item-saved"] == [64]
    assert "item-gone" in kinds(shell("gone", live, "i1", "--how", "removed", *AS, "--json"))
    assert "looked" in kinds(shell("looked", live, *AS, "--json"))
    board = shell("show", live, "--json").json
    assert (board["items"], board["items_saved"], board["items_left"]) == (1, 1, 0)


REFUSED = (
    (("seen", "{id}", "fax"), 6),
    (("gone", "{id}", "i9"), 6),
    (("mark", "{id}", "i9", "--at-risk"), 6),
    (("mark", "{id}", "i1"), 2),
    (("mark", "{id}", "new", "--is", "ours"), 2),
    (("save", "{id}", "--file", "/dev/null"), 2),
    (("save", "{id}", "i1", "--file", "/dev/zero"), 2),
    (("looked", "{id}", "fax"), 6),
    (("skip", "{id}", "look"), 2),
    (("skip", "{id}", "look", "--reason", " "), 4),
    (("waive", "{id}", "cut-link", "--reason", " "), 4),
    (("waive", "{id}", "clear/sweep", "--reason", "why"), 4),
    (("undo", "{id}"), 4),
    (("note", "{id}", " "), 4),
    (("note", "{id}", "a\x1b[2Jb"), 2),
    (("note", "{id}", "a\u202eb"), 2),
    (("note", "{id}", "x" * 4001), 2),
    (("defer", "{id}", "look", "--minutes", "-1"), 2),
    (("handover", "{id}", "Reid"), 4),
    (("text", "{id}", "ignore", "--part", "nonsense", "--set", "x"), 6),
    (("text", "{id}", "nonsense", "--part", "do", "--set", "x"), 6),
    (("text", "{id}", "call"), 6),
    (("text", "{id}", "ignore", "--part", "do", "--set", "Until {{{{ next-updat }}}}."), 4),
    (("save", "{id}", "i9", "--where", "here"), 6),
    (("show", "{id}", "--step", "confirm/lok"), 6),
    (("act", "{id}", "nowhere"), 6),
    (("approve", "{id}", "nowhere"), 6),
    (("note", "{id}", "words", "--step", "nowhere"), 6),
    (("act", "{id}", "voice"), 5),
    (("act", "{id}", "holding"), 5),
    (("seen", "{id}", "account", "--when", "25:00"), 2),
    (("note", "{id}", "\udcc3\udca9"), 2),
    (("text", "{id}", "nonsense"), 6),
    (("resolve", "{id}", "voice", "not"), 4),
    (("resolve", "{id}", "voice", "maybe"), 2),
    (("close", "{id}"), 4),
)


def test_what_cannot_be_is_refused_and_changes_nothing(shell, inside, live):
    for verb, code in REFUSED:
        ran = inside(*(word.format(id=live) for word in verb), *AS, code=code)
        assert ran.err.strip()
        assert "\x1b" not in ran.both
        assert "\u202e" not in ran.both
    kept = [line for line in shell("log", live).out.splitlines() if '"by":"Reid"' in line]
    assert len(kept) == 1, "only the opening is Reid's"


def test_defer_skip_waive_undo_and_note(shell, live):
    assert "deferred" in kinds(shell("defer", live, "call", "--minutes", "5", *AS, "--json"))
    shell("answer", live, "look", "1", *AS)
    assert "undone" in kinds(shell("undo", live, *AS, "--json"))
    assert "overridden" in kinds(shell("skip", live, "look", "--reason", "seen it myself", *AS, "--json"))
    assert "need-waived" in kinds(
        shell("waive", live, "rotate-mynewsdesk/passphrase", "--reason", "kept on paper", *AS, "--json")
    )
    assert "noted" in kinds(shell("note", live, "--step", "1.2", *AS, "--json", stdin="read from stdin\n"))
    assert "read from stdin" in shell("log", live, "--words").out


def test_a_text_is_shown_and_changed_part_by_part(shell, live):
    shown = shell("text", live, "ignore", "--json").json
    assert next(name for name, _ in shown["parts"]) == "known"
    assert shown["version"] == 1
    assert "text-edited" in kinds(
        shell("text", live, "ignore", "--part", "do", "--set", "Ignore them all.", *AS, "--json")
    )
    assert "Ignore them all." in shell("text", live, "ignore", "--copy").out
    assert shell("text", live, "voice", "--json").json["slug"] == "ignore", (
        "a step's text goes by the step too"
    )
    assert shell("text", live, "ignore", "--json").json["version"] == 2
    assert "ignore" in shell("text", live).out


def test_a_text_that_is_too_long_for_its_channel_is_said_wherever_it_is_shown(shell, live):
    edited = shell("text", live, "ignore", "--part", "known", "--set", "so many words " * 25, *AS)
    assert "TOO LONG by" in edited.err
    for args in (("text", live, "ignore"), ("show", live, "--step", "voice")):
        assert "characters on X, TOO LONG by" in shell(*args).out
    assert shell("text", live, "ignore", "--json").json["too_long"] is True
    assert "characters on X, TOO LONG by" in shell("act", live, "voice", "--confirm", "voice", *AS).out
    assert "words" in shell("approve", live, "correct/holding", "--look", *AS).out


def test_nothing_on_stdin_takes_no_sentence_out_and_leaving_one_out_is_said(shell, live):
    part = ("text", live, "ignore", "--part", "do", "--set")
    for piped in ("", "\n", "  \n"):
        assert "stays as it is" in shell(*part, "-", *AS, stdin=piped, code=2).err
    assert "gnore them" in shell("text", live, "ignore", "--copy").out
    assert "do is left out of the text ignore from now on" in shell(*part, "", *AS).err
    assert "gnore" not in shell("text", live, "ignore", "--copy").out
    shell(*part, "-", *AS, stdin="Words from stdin.\n")
    assert "Words from stdin." in shell("text", live, "ignore", "--copy").out


def test_what_is_not_utf_8_is_told_as_that(shell, live):
    assert "not UTF-8" in shell("note", live, "h\udcc3llo", *AS, code=2).err
    assert "not UTF-8" in shell("note", live, *AS, stdin="h\udcc3llo", code=2).err


def test_an_act_by_hand_shows_the_moves_and_the_words_then_waits_for_what_was_seen(shell, live):
    refused = shell("act", live, "voice", *AS, code=5)
    assert "type voice" in refused.err
    assert "NOTHING HAS BEEN SENT" in refused.err
    shown = shell("act", live, "voice", "--confirm", "voice", *AS)
    assert "BY HAND" in shown.out
    assert "are not from us" in shown.out
    assert "incident answer" in shown.out
    shell("act", live, "voice", "--confirm", "voice", *AS, code=4)
    assert "seen not checked" in shell("answer", live, "voice", "up", *AS).out


def test_the_lead_is_handed_over_with_a_brief(shell, live):
    ran = shell("handover", live, "Shah", "--note", "call IT first", *AS)
    assert "HAND-OVER" in ran.out
    assert "Shah" in ran.out
    assert shell("show", live, "--json").json["lead"] == "Shah"


def test_nothing_real_is_closed_with_critical_steps_open(shell, live):
    ran = shell("close", live, "--reason", "tired", *AS, code=5)
    assert "approver" in ran.err


def test_standing_down_is_confirmed_and_closes(shell, live):
    refused = shell("answer", live, "look", "nothing", *AS, code=4)
    assert "ENDS the incident" in refused.err
    assert "--confirm stand-down" in refused.err
    ran = shell("answer", live, "look", "nothing", "--confirm", "stand-down", *AS)
    assert "Stood down" in ran.out
    assert "closed" in shell("answer", live, "call", "1", *AS, code=4).err
    assert "closed" in shell("undo", live, *AS, code=4).err
    shell("note", live, "a note after the close is kept", *AS)


def test_an_answer_that_does_not_do_it_says_that_the_step_stays_open(shell, live):
    assert "3.2 stays open: that answer leads to 3.6." in shell("answer", live, "cut-link", "listed", *AS).out
    done = shell("answer", live, "cut-link", "locked", *AS, "--json").json
    assert done["told"] == ["3.2 stays open: that answer leads to 3.6."]
    assert "The step stays open" in shell("show", live, "--step", "cut-link").out


def test_another_officers_answer_is_replaced_only_by_name(shell, live):
    shell("answer", live, "call", "no-reply", "--as", "Shah")
    refused = shell("answer", live, "call", "have-it", *AS, code=4).err
    assert "Shah answered confirm/call at" in refused
    assert "--over Shah" in refused
    told = shell("answer", live, "call", "have-it", "--over", "Shah", *AS).out
    assert 'Shah had answered "No reply"' in told


def test_eight_consoles_cannot_all_win_the_same_move(shell, live):
    """Eight processes start at once, each with an answer of its own: one stands, seven are told whose."""
    racers = [
        shell.start("answer", live, "correct/authorities", f"case {n}", "--as", f"O{n}") for n in range(8)
    ]
    told = [each.communicate(timeout=120)[1].decode() for each in racers]
    codes = [each.returncode for each in racers]
    assert sorted(codes) == [0, 4, 4, 4, 4, 4, 4, 4], told
    winner = f"O{codes.index(0)}"
    assert all(f"{winner} " in words for words, code in zip(told, codes, strict=True) if code), told
    standing = [json.loads(line) for line in shell("log", live).out.splitlines()]
    assert [each["by"] for each in standing if each["kind"] == "answered"] == [winner]
