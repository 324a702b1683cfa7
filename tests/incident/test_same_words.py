"""Two steps never post the same words in one place: a notice and its all-clear can be told apart."""

import pytest
from support_incident import Play

from console.errors import Refused
from console.incident import commands as c

VOICE, OWN = "pin-ignore-notice/voice", "pin-ignore-notice/own-account"


def edited(play: Play, text: str, words: str) -> None:
    wording = play.state.playbook.wording(text)
    for number, part in enumerate(wording.parts):
        play.do(c.EditText(by="Reid", text=text, part=part.name, words=words if number == 0 else " "))


def posted(play: Play) -> None:
    """Our own notice stands on the account."""
    edited(play, "own-account", "Ignore messages in our name.")
    play.do(c.Act(by="Reid", step=OWN, nonce="1", holder="h", confirm="account"))
    (effect,) = play.state.effects_of(OWN)
    play.do(c.Report(by="Reid", effect=effect.id, outcome="done", proof="{}", remote="7"))


@pytest.mark.parametrize("words", ["Ignore messages in our name.", "ignore  MESSAGES in our name."])
def test_another_step_may_not_post_them_there_again(words):
    play = Play.open(configured={"account": "x"})
    posted(play)
    edited(play, "scope", words)
    with pytest.raises(Refused, match="very same words went out on account at 23:18") as refused:
        play.do(c.Ask(by="Reid", step="correct/scope", nonce="2"))
    assert refused.value.code == "same-words"
    edited(play, "scope", "It is over.")
    assert play.do(c.Ask(by="Reid", step="correct/scope", nonce="3"))


def test_elsewhere_they_may_stand():
    play = Play.open(configured={"account": "x", "voice": "x"})
    posted(play)
    edited(play, "ignore", "Ignore messages in our name.")
    assert play.do(c.Act(by="Reid", step=VOICE, nonce="2", holder="h", confirm="voice"))


def test_what_definitely_did_not_go_out_counts_for_nothing():
    play = Play.open(configured={"account": "x"})
    edited(play, "own-account", "Ignore messages in our name.")
    play.do(c.Act(by="Reid", step=OWN, nonce="1", holder="h", confirm="account"))
    (effect,) = play.state.effects_of(OWN)
    play.do(c.Report(by="Reid", effect=effect.id, outcome="failed", reason="refused"))
    edited(play, "scope", "Ignore messages in our name.")
    assert play.do(c.Ask(by="Reid", step="correct/scope", nonce="2"))


def test_the_shipped_texts_of_one_place_all_differ():
    play = Play.open()
    from console.incident.wordings import wording

    found = [wording(play.state, text.slug, play.now.wall, "Reid").text for text in play.state.playbook.texts]
    assert len(set(found)) == len(found)
