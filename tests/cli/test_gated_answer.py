"""An answer that stands behind a gate, from the shell: what can be answered, what it still needs, and giving it."""

from __future__ import annotations

import pytest
from support_book import DECIDED

STEP = "decide/publish"
AS = ("--as", "Reid")


@pytest.fixture
def decided(shell, phones):
    """The id of an incident whose one decision needs two people."""
    del phones
    (shell.folder / "decided-by-two.yaml").write_text(DECIDED)
    return shell("open", "./decided-by-two.yaml", "--json", *AS).json["id"]


def test_what_can_be_answered_is_listed_before_any_code(shell, decided):
    shown = shell("show", decided, "--step", STEP).out
    assert "1 Publish them  (publish)" in shown
    assert "2 Hold them back  (hold)" in shown
    assert "Give these words" not in shown


def test_the_approved_answer_is_given_as_the_next_command_says(shell, phones, decided):
    said = ("--answer", "publish")
    refused = shell("answer", decided, STEP, "publish", *AS, code=4).err
    assert "incident approve, with --answer publish" in refused
    shell("approve", decided, STEP, *said, *AS, stdin=phones["Reid"].code())
    assert "second person's code" in shell("answer", decided, STEP, "publish", *AS, code=4).err
    both = shell("approve", decided, STEP, *said, "--as", "Lindqvist", stdin=phones["Lindqvist"].code()).out
    assert f"incident answer {decided} {STEP} publish" in both
    assert "Publish them" in shell("answer", decided, STEP, "publish", *AS).out
    assert shell("show", decided, "--json").json["phases"][0]["rows"][0]["mark"] == "[x]"
