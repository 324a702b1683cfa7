"""Attack: put into a public text what an approver cannot see: another reading order, hidden letters, control characters."""

from __future__ import annotations

import msgspec
import pytest
from support_incident import Play, shipped

from console import settings as machine
from console.engine.opening import opening_answer
from console.errors import BadInput, Refused
from console.incident import commands as c
from console.playbook.model import Question

HIDDEN = ["\u202e", "\u2066", "\u200b", "\x1b[8m", "\x00", "\u00ad", "\U000e0041", "\r"]


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_no_edit_holds_it(hidden):
    play = Play.open()
    with pytest.raises(Refused) as refused:
        play.do(c.EditText(by="Reid", text="holding", part="known", words=f"Ignore {hidden}them."))
    assert refused.value.code == "unreadable"


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_no_opening_answer_holds_it(hidden):
    with pytest.raises(BadInput):
        opening_answer(Question("cause", "What happened?", "text"), f"a {hidden}fire")


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_no_account_name_of_this_machine_holds_it(tmp_path, hidden):
    path = tmp_path / "settings.json"
    kept = machine.Settings(channels={"account": {"kind": "x", "handle": f"@Example{hidden}Police"}})
    path.write_bytes(msgspec.json.encode(kept))
    found, trouble = machine.usable(path)
    assert found == machine.Settings()
    assert "does not show" in trouble


def test_ordinary_words_of_any_script_are_left_alone():
    play = Play.open()
    words = "Ανακοίνωση: 警察 🚓 naïve, “quoted”.\nNext line."
    play.do(c.EditText(by="Reid", text="holding", part="known", words=words))
    assert play.state.texts["holding"]["known"] == words
    assert shipped("press-channels-misused")
