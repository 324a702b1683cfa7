"""What a board says of the watch: finds that wait to be judged come first, and where nobody looks is never quiet."""

from __future__ import annotations

import msgspec
import pytest
from support_incident import MINUTE, Play

from console.incident import commands as c
from console.incident.board import board
from console.playbook.kinds import KINDS

SECOND = 1_000


def of(play: Play):
    return board(play.state, play.now.wall, "Reid")


def connected(**configured: str) -> Play:
    return Play.open(configured=configured or {"account": "x", "website": "website", "mailer": "mail"})


def looked(play: Play, *channels: str, source: str = "watch") -> None:
    play.do(c.Look(by="" if source == "watch" else "Reid", channels=channels, source=source))


def find(play: Play, words: str = "Fire the chief") -> str:
    (event,) = play.do(c.See(channel="account", link=words, words=words, verdict="unknown", source="watch"))
    return event.item


# -- where the console does not look ----------------------------------------------------------------------------------


def test_a_channel_that_was_never_looked_at_is_named_once_the_watch_must_have_begun():
    play = connected()
    play.turn(90 * SECOND)
    assert of(play).unwatched == ()
    play.turn(1)
    assert of(play).unwatched == ("not watching website yet",)
    play.turn(90 * SECOND)  # X is looked at once a minute: three of its looks were missed
    assert of(play).unwatched == ("not watching account yet", "not watching website yet")


def test_a_channel_that_is_not_looked_at_any_more_is_named_with_the_time_and_goes_when_it_is():
    play = connected()
    looked(play, "account", "website")
    play.turn(3 * MINUTE)
    looked(play, "website")
    assert of(play).unwatched == ()
    play.turn(1)
    assert of(play).unwatched == ("not watching account since 23:18",)
    looked(play, "account")
    assert of(play).unwatched == ()


def test_an_officers_own_look_is_no_watch_of_the_console():
    play = connected(account="x")
    play.turn(10 * MINUTE)
    looked(play, "account", source="officer")
    assert of(play).unwatched == ("not watching account yet",)


@pytest.mark.parametrize("kind", ["mail", "manual", "nonsense"])
def test_what_cannot_be_read_is_not_missed(kind):
    play = connected(mailer=kind)
    play.turn(10 * MINUTE)
    assert of(play).unwatched == ()


def test_nothing_is_missed_on_what_is_worked_by_hand_in_a_drill_or_after_the_end():
    for play in (Play.open(), Play.open(mode="practice", configured={"account": "x"})):
        play.turn(10 * MINUTE)
        assert of(play).unwatched == ()
    play = connected()
    play.do(c.Answer(by="Reid", step="confirm/look", value="nothing", confirmed=True))
    play.turn(10 * MINUTE)
    assert of(play).unwatched == ()


def test_every_kind_that_is_read_has_a_rhythm():
    assert {name: kind.look_every for name, kind in KINDS.items()} == {
        "x": 60_000,
        "mastodon": 30_000,
        "bluesky": 30_000,
        "mynewsdesk": 60_000,
        "website": 30_000,
        "mail": 0,
        "manual": 0,
    }


def test_a_lost_watch_is_never_called_quiet():
    play = connected(account="x")
    play.do(c.See(by="Reid", channel="account", link="1", words="Fire the chief"))
    play.turn(6 * MINUTE)
    looked(play, "account")
    assert of(play).stream == "quiet since 23:18, looked 23:24"
    play.turn(4 * MINUTE)
    assert of(play).unwatched == ("not watching account since 23:24",)
    assert of(play).stream == "last 23:18, looked 23:24"


# -- what waits to be judged ------------------------------------------------------------------------------------------


def test_what_nobody_judged_comes_before_anything_else_in_the_stream():
    play = connected()
    play.do(c.See(by="Reid", channel="account", link="1", words="Fire the chief"))
    first, second = find(play, "a"), find(play, "b")
    assert (of(play).suspects, of(play).stream) == (2, "2 new, not judged")
    play.do(c.Mark(by="Reid", item=first, verdict="ours"))
    assert (of(play).suspects, of(play).stream) == (1, "1 new, not judged")
    play.do(c.Mark(by="Reid", item=second, verdict="bogus"))
    assert (of(play).suspects, of(play).stream) == (0, "still posting, last 23:18")


def test_a_board_says_all_of_it_as_plain_data():
    play = connected(account="x")
    find(play)
    play.turn(10 * MINUTE)
    plain = msgspec.to_builtins(of(play))
    assert (plain["suspects"], plain["unwatched"]) == (1, ("not watching account yet",))
