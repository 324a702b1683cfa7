"""The key guard decides by times alone; a crash tells kinds and places alone."""

import os
import stat

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from console.errors import JournalPoisoned
from console.tui import safety
from console.tui.safety import KeyGuard, SafeFilter

CANARY = "JBSWY3DPEHPK3PXPCANARY"
BLACK = Color(0, 0, 0)


# -- the filter ------------------------------------------------------------------------------------------------------


def filtered(*segments):
    alarms = []
    row = SafeFilter(alarms.append).apply(list(segments), BLACK)
    return row, sum(alarms)


def test_ordinary_rows_pass_untouched():
    segments = [Segment("LIVE ─ naïve 漢 🚨", Style(bold=True)), Segment("e"), Segment("\u0301")]
    row, alarms = filtered(*segments)
    assert row == segments
    assert alarms == 0


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\x1b[2Jb", "a[2Jb"),
        ("a\x9bb", "ab"),
        ("a\u202eb\u200b", "ab"),
        ("a\u200db", "a"),
        ("a\xadb", "ab "),
        ("\ud800x", "x "),
    ],
)
def test_what_commands_is_removed_and_the_row_keeps_its_cells(text, left):
    row, alarms = filtered(Segment(text))
    assert row[0].text == left
    assert alarms > 0


def test_emoji_joiners_are_removed_without_an_alarm():
    row, alarms = filtered(Segment("⚠\ufe0f!"))
    assert row[0].text == "⚠! "
    assert alarms == 0


def test_links_and_actions_are_taken_out_and_scrollbars_left_alone():
    click = Style.from_meta({"@click": "app.quit"})
    grab = Style.from_meta({"@mouse.down": "grab"})
    offset = Style.from_meta({"offset": (64, 64)})
    row, alarms = filtered(
        Segment("a", click), Segment("b", Style(link="http://x")), Segment("c", grab), Segment("d", offset)
    )
    assert "@click" not in row[0].style.meta
    assert row[1].style.link is None
    assert row[2].style.meta == {"@mouse.down": "grab"}
    assert row[3].style.meta == {"offset": (64, 64)}
    assert alarms == 2


# -- crashes ---------------------------------------------------------------------------------------------------------


def failing():
    seed = CANARY
    try:
        {}[seed]
    except KeyError as error:
        raise ValueError(f"bad seed {seed}") from error


def crash():
    try:
        failing()
    except ValueError as error:
        return error
    raise AssertionError


def test_a_crash_file_names_kinds_and_places_and_nothing_else(tmp_path):
    path = safety.keep_crash(crash(), tmp_path / "state", 1_563_571_112_000)
    text = path.read_text()
    assert CANARY not in text
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert "in failing" in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_group_of_errors_is_told_one_by_one():
    text = safety.redacted_trace(ExceptionGroup(CANARY, [ValueError(CANARY), OSError(28, CANARY)]))
    assert "ValueError" in text
    assert "OSError [ENOSPC]" in text
    assert CANARY not in text


def test_errors_that_cause_each_other_come_to_an_end():
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert safety.redacted_trace(first).count("ValueError") == 2


def test_a_crash_that_cannot_be_kept_still_ends_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    kept = safety.keep_crash(crash(), tmp_path / "file", 1)
    assert kept is None
    words = safety.crash_words(crash(), kept)
    assert "ValueError" in words
    assert "incident resume" in words
    assert CANARY not in words
    assert "\n" not in words


def test_a_crash_file_is_never_written_through_a_link(tmp_path):
    target = tmp_path / "target"
    (tmp_path / f"crash-1-{os.getpid()}.txt").symlink_to(target)
    assert safety.keep_crash(crash(), tmp_path, 1) is None
    assert not target.exists()


def test_our_own_errors_speak_for_themselves():
    error = JournalPoisoned("The disk is full.", "Nothing more is sent.")
    assert safety.crash_words(error, None) == error.diagnostics()
    assert safety.exit_code(error) == 7
    assert safety.exit_code(ValueError()) == 1


# -- keys ------------------------------------------------------------------------------------------------------------


def verdicts(guard, *presses, in_text=False):
    return [guard.press(key, at, in_text=in_text) for at, key in presses]


def test_keys_at_the_pace_of_fingers_pass():
    assert verdicts(KeyGuard(), *((at, "d") for at in range(0, 1000, 50))) == ["pass"] * 20


def test_a_burst_is_dropped_but_for_its_first_key():
    guard = KeyGuard()
    assert verdicts(guard, *((at, key) for at, key in enumerate("delete!"))) == ["pass"] + ["hold"] * 6
    assert guard.due >= 150
    assert guard.release() is False
    assert verdicts(guard, (1000, "d")) == ["pass"]


def test_a_few_keys_together_are_handed_on_after_the_pause():
    guard = KeyGuard()
    assert verdicts(guard, (0, "1"), (2, "enter"), (5, "n")) == ["pass", "hold", "hold"]
    assert guard.release() is True


def test_six_keys_are_let_through_and_the_seventh_makes_a_burst():
    guard = KeyGuard()
    verdicts(guard, *((at, "d") for at in range(6)))
    assert guard.release() is True
    verdicts(guard, *((1000 + at, "d") for at in range(7)))
    assert guard.release() is False


def test_a_burst_with_gaps_is_dropped_from_the_seventh_key_on():
    assert verdicts(KeyGuard(), *((at * 22, "d") for at in range(8))) == ["pass"] * 6 + ["pass", "drop"][
        1:
    ] + ["drop"]


def test_text_boxes_and_arrows_are_exempt():
    assert verdicts(KeyGuard(), *((at, "d") for at in range(50)), in_text=True) == ["pass"] * 50
    assert verdicts(KeyGuard(), *((at, "down") for at in range(50))) == ["pass"] * 50


def test_deaf_for_half_a_second_after_the_box_changed():
    guard = KeyGuard()
    guard.deafen(1000)
    assert verdicts(guard, (1100, "1"), (1499, "enter"), (1499, "down"), (1499, "escape")) == [
        "drop",
        "drop",
        "pass",
        "pass",
    ]
    assert verdicts(guard, (1450, "1"), in_text=True) == ["pass"]
    assert verdicts(guard, (1500, "1")) == ["pass"]


def test_a_code_box_that_has_just_opened_is_deaf_to_text_too():
    guard = KeyGuard()
    guard.deafen(0, text_too=True)
    assert verdicts(guard, (100, "4"), (200, "j"), (300, "escape"), in_text=True) == ["drop", "drop", "pass"]
    assert verdicts(guard, (500, "4"), in_text=True) == ["pass"]


def test_a_later_shorter_deafness_does_not_open_a_box_early():
    guard = KeyGuard()
    guard.deafen(0, 500, text_too=True)
    guard.deafen(100, 100)
    assert verdicts(guard, (300, "4"), in_text=True) == ["drop"]
