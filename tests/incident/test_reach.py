"""How far an item had gone when it was saved: one set of names, counts and nothing else, in words."""

import pytest
from support_incident import Play

from console.incident import commands as c
from console.incident.narrate import words_of
from console.incident.reach import reach_in, reach_words, reached_when_saved

SHA = "ab" * 32


@pytest.mark.parametrize(
    ("reach", "words"),
    [
        ({"likes": 2, "views": 12_403, "reposts": 31}, "seen 12,403 times, 31 reposts, 2 likes"),
        ({"views": 1, "reposts": 1, "replies": 1}, "seen 1 time, 1 repost, 1 reply"),
        ({"views": 40, "reposts": 0, "quotes": 0}, "seen 40 times"),
        ({"likes": 0, "reposts": 0}, "no reaction yet"),
        ({}, ""),
    ],
)
def test_it_is_told_in_words(reach, words):
    assert reach_words(reach) == words
    assert reached_when_saved(reach) == (f"{words} when saved" if words else "")


def test_only_counts_under_known_names_are_taken():
    told = {
        "api": "ab" * 32,
        "views": "12403",
        "likes": "-1",
        "reposts": "3.5",
        "replies": "٣",
        "quotes": "9" * 400,
        "bookmarks": "",
        "headline": "17",
    }
    assert reach_in(told) == {"views": 12_403}


def test_the_record_says_how_far_it_had_gone():
    play = Play.open()
    play.do(c.See(by="Reid", channel="account", words="bogus", link="https://x.com/a/status/1"))
    reach = {"views": 12_403, "reposts": 31}
    play.do(c.Save(by="Reid", item="i1", sha256=SHA, captured=True, reach=reach))
    assert words_of(play.events[-1], play.state) == "saved i1 (seen 12,403 times, 31 reposts)"
    assert play.state.items["i1"].reach == reach
    play.do(c.Save(by="Reid", item="i1", where="a picture"))
    assert play.state.items["i1"].reach == reach  # what was known stays known
