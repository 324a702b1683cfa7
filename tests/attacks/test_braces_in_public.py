"""Attack: have a typing error in an edited text go out to the public with its braces."""

from __future__ import annotations

import pytest
from support_incident import Play

from console.errors import Refused
from console.incident import commands as c
from console.incident.wordings import wording


def edit(words: str) -> c.EditText:
    return c.EditText(by="Reid", text="ignore", part="do", words=words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Ignore until {{ next-updat }}.", "Did you mean {{ next-update }}?"),
        ("Ignore until {{ next-update }} or {{ oficer }}.", "Did you mean {{ officer }}?"),
        ("From {{ account.handel }}.", "Did you mean {{ account.handle }}?"),
        ("Ask {{ zebra }}.", "Names are: "),
        ("Ignore until {{ Next_Update }}.", "would go out as it stands"),
        ("Ignore until {{ next-update.", "{{ would go out as it stands"),
        ("Ignore until next-update }}.", "}} would go out as it stands"),
        ("Ignore {{}} them.", "{{}} would go out"),
    ],
)
def test_what_nothing_stands_for_is_refused_at_the_edit(words, said):
    play = Play.open()
    with pytest.raises(Refused) as refused:
        play.do(edit(words))
    assert said in refused.value.diagnostics()
    assert play.state.texts == {}


@pytest.mark.parametrize(
    "name",
    ["next-update", "officer", "now", "reached", "first-seen", "update-page", "account.handle", "role.it"],
)
def test_every_name_an_author_may_use_an_officer_may_use_too(name):
    play = Play.open()
    play.do(edit("Ignore them. {{ " + name + " }}"))
    assert "{{" not in wording(play.state, "ignore", play.now.wall, "Reid").text


def test_single_braces_and_an_empty_part_are_words_like_others():
    play = Play.open()
    play.do(edit("Ignore {them}."))
    assert "Ignore {them}." in wording(play.state, "ignore", play.now.wall, "Reid").text
    play.do(edit(""))
    assert "Ignore" not in wording(play.state, "ignore", play.now.wall, "Reid").text
