"""The access ledger: what steps say of ways into our accounts, what officers tell, and what the console changed and proved."""

import pytest
from support_incident import MINUTE, Play

from console.errors import NotFound, Refused
from console.incident import commands as c
from console.incident import events as e
from console.incident.access import HOW, LONGEST, MOST, AccessChange, bounded
from console.incident.access_ledger import ledger
from console.incident.narrate import words_of
from console.incident.reports import unjudged

PASSPHRASE = "rotate-mynewsdesk/passphrase"
KEYS = "rotate-mynewsdesk/own-keys"


def lines(play: Play) -> dict[str, object]:
    return {f"{each.channel} {each.what}": each for each in ledger(play.state, play.now.wall)}


def test_every_way_in_that_the_playbook_is_about_stands_open_until_it_is_answered_well():
    play = Play.open()
    before = lines(play)
    assert before["newsroom passphrase"].how == "open"
    assert before["account the newsroom's app"].how == "open"
    play.do(c.Answer(by="Reid", step="rotate-mynewsdesk/keep", value="kept"))
    play.do(c.Answer(by="Owner", step=PASSPHRASE, value="changed"))
    line = lines(play)["newsroom passphrase"]
    assert (line.how, line.by, line.said) == ("done", "Owner", "I signed in with the new one")
    assert line.verified is False  # seen by the owner, not checked
    play.do(c.Undo(by="Owner"))
    assert lines(play)["newsroom passphrase"].how == "open"


def test_an_answer_that_does_not_do_it_stays_open_with_its_words():
    play = Play.open()
    play.do(c.Answer(by="Reid", step="contain/cut-link", value="locked"))
    line = lines(play)["account the newsroom's app"]
    assert (line.how, line.said) == ("open", "I cannot sign in")


def test_what_is_not_needed_is_no_line_and_what_was_skipped_says_why():
    play = Play.open()
    assert "newsroom sessions" not in lines(play)  # nobody is locked out
    play.do(c.Skip(by="Reid", step="rotate-mynewsdesk/apps", reason="IT does it tomorrow"))
    line = lines(play)["account unknown apps"]
    assert (line.how, line.said, line.by) == ("skipped", "IT does it tomorrow", "Reid")


def test_an_officer_adds_a_line():
    play = Play.open()
    play.do(
        c.Access(
            by="Okafor", channel="account", what="session in Leeds", how="ended", detail="last used 23:02"
        )
    )
    line = ledger(play.state, play.now.wall)[-1]
    assert (line.what, line.how, line.by, line.said, line.verified) == (
        "session in Leeds",
        "ended",
        "Okafor",
        "last used 23:02",
        False,
    )
    assert (
        words_of(play.events[-1], play.state) == "access to account: session in Leeds ended, seen not checked"
    )


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (c.Access(by="R", channel="nowhere", what="key", how="ended"), NotFound),
        (c.Access(by="R", channel="account", what=" ", how="ended"), Refused),
        (c.Access(by="R", channel="account", what="key", how="gone"), Refused),
    ],
)
def test_a_line_that_says_nothing_is_refused(command, error):
    play = Play.open()
    with pytest.raises(error):
        play.do(command)
    assert play.state.access == ()


def test_what_the_console_changed_by_itself_is_verified_with_its_proof():
    play = Play.open(configured={"account": "x"})
    play.do(c.Act(by="Okafor", step=KEYS, nonce="n", holder="h", confirm="voices"))
    own, *others = play.state.effects_of(KEYS)
    assert own.channel == "account"
    assert not own.guided
    assert all(each.guided for each in others)  # the website's is for hands: no settings here
    change = AccessChange("the console's own key", "changed", "the old one is refused")
    play.do(c.Report(by="Okafor", effect=own.id, outcome="done", proof='{"old":401}', access=(change,)))
    line = ledger(play.state, play.now.wall)[-1]
    assert (line.channel, line.what, line.how, line.verified, line.proof) == (
        "account",
        "the console's own key",
        "changed",
        True,
        '{"old":401}',
    )


def test_a_file_brought_in_is_kept_once_and_saves_its_item_by_hand():
    play = Play.open()
    play.do(c.See(by="Reid", channel="account", link="https://x.com/p/1", words="bogus"))
    keep = c.Keep(by="Reid", sha256="ab" * 32, name="screen.png", size=12, item="i1", note="from my phone")
    play.do(keep)
    assert play.state.items["i1"].saved == f"by hand: screen.png (SHA-256 {'ab' * 32})"
    assert [(each.name, each.item) for each in play.state.files] == [("screen.png", "i1")]
    assert play.do(keep) == ()
    assert "brought in screen.png of i1 as evidence: from my phone" in [
        words_of(event, play.state) for event in play.events
    ]


def test_a_file_does_not_take_the_place_of_a_capture():
    play = Play.open()
    play.do(c.See(by="Reid", channel="account", link="https://x.com/p/1"))
    play.do(c.Save(item="i1", sha256="cd" * 32, captured=True, reach={"views": 12}))
    play.do(c.Keep(by="Reid", sha256="ab" * 32, name="screen.png", size=12, item="i1"))
    assert play.state.items["i1"].saved == "cd" * 32
    assert play.state.items["i1"].reach == {"views": 12}
    with pytest.raises(NotFound):
        play.do(c.Keep(by="Reid", sha256="ab" * 32, name="x.png", size=1, item="i9"))


def seen_by_watch(play: Play, **more) -> None:
    play.do(c.See(channel="account", link="https://x.com/p/7", verdict="unknown", source="watch", **more))


def test_while_a_find_of_the_watch_is_not_judged_nobody_knows_whether_it_is_quiet():
    from console.incident.facts import Facts

    play = Play.open()
    play.do(c.See(by="Reid", channel="account", link="https://x.com/p/1"))
    play.turn(10 * MINUTE)
    play.do(c.Look(channels=("account",), source="watch"))
    assert Facts(play.state, play.now.wall).quiet() == 10 * MINUTE
    assert Facts(play.state, play.now.wall).posting("account") is False
    seen_by_watch(play)
    assert Facts(play.state, play.now.wall).quiet() is None
    assert Facts(play.state, play.now.wall).posting("account") is None
    play.do(c.Mark(by="Reid", item="i2", verdict="ours"))
    assert Facts(play.state, play.now.wall).quiet() == 10 * MINUTE
    assert Facts(play.state, play.now.wall).posting("account") is False


def test_the_consoles_own_looks_are_nothing_to_come_back_to():
    play = Play.open()
    play.do(c.Note(by="Reid", text="hello"))
    before = (play.state.last, play.state.notable)
    play.do(c.Look(channels=("account",), source="watch"))
    assert (play.state.last, play.state.notable) == before
    play.do(c.Look(by="Reid", channels=("account",)))
    assert isinstance(play.events[-1], e.Looked)
    assert play.state.last.by == "Reid"


def test_several_are_judged_at_once_or_none():
    play = Play.open()
    for n in range(3):
        play.do(c.See(channel="account", link=f"l{n}", verdict="unknown", source="watch"))
    with pytest.raises(NotFound):
        play.do(c.Judge(by="Reid", items=("i1", "i9"), verdict="bogus"))
    assert [item.verdict for item in play.state.items.values()] == ["unknown"] * 3
    play.do(c.Judge(by="Reid", items=("i1", "i3", "i1"), verdict="bogus", at_risk=True))
    assert [item.verdict for item in play.state.items.values()] == ["bogus", "unknown", "bogus"]
    assert play.state.items["i3"].at_risk
    assert unjudged(play.state) == ("i2",)


def test_what_one_act_adds_is_bounded_whatever_others_made_there():
    few = (AccessChange("ours", "changed", "new"), AccessChange("eve", "ended"))
    assert bounded(few) == few
    many = (
        few[0],
        *([AccessChange("x" * 1_000_000, "ended", "y" * 1_000_000)] * 9_000),
    )  # one object, many times
    told = bounded(many)
    assert told[0] == few[0]
    assert len(told) <= MOST
    assert max(len(each.what) + len(each.detail) for each in told) <= 2 * LONGEST
    assert told[-1] == AccessChange(f"{9_001 - (MOST - len(HOW)):,} more ways in", "ended")
