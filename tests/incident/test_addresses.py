"""Where a person's hands go: every address whole, in live alone, and an editor's only on a host that the settings name."""

import pytest
from msgspec.structs import replace
from support_incident import Play, opening

from console.incident import commands as c
from console.incident.addresses import addresses
from console.incident.board_box import box_for
from console.incident.planning import step_of

HOAX = "https://news.example/pressreleases/free-da-noble-2888001"
FIELDS = {
    "account.handle": "@ExamplePolice",
    "newsroom.account-id": "met",
    "website.address": "https://www.example.police.uk/",
}


def night(mode="live", fields=FIELDS, *links):
    play = Play()
    play.take(replace(opening(mode=mode), fields=fields))
    for channel, link in links:
        play.do(c.See(by="Reid", channel=channel, words=f"bogus on {channel}", link=link))
    return play


def of(play, step):
    return addresses(play.state, step_of(play.state, step))


def test_a_take_down_in_the_newsroom_has_the_page_and_the_editor():
    play = night("live", FIELDS, ("newsroom", HOAX), ("website", "https://elsewhere.example/1"))
    play.do(c.Save(by="Reid", item="i1", sha256="ab" * 32, captured=True, reach={"views": 12}))
    (address,) = of(play, "remove/newsroom")
    assert (address.item, address.link) == ("i1", HOAX)
    assert address.edit == "https://publish.mynewsdesk.com/met/publish/pressreleases/edit/2888001"
    assert address.lines() == (
        "Item i1 on newsroom: bogus on newsroom, seen 12 times when saved",
        f"Item i1, see it at {HOAX}",
        "Item i1, edit it at https://publish.mynewsdesk.com/met/publish/pressreleases/edit/2888001",
    )


def test_a_drill_has_words_and_no_address():
    play = night("practice", FIELDS, ("newsroom", HOAX))
    (address,) = of(play, "remove/newsroom")
    assert address.lines() == ("Item i1 on newsroom: bogus on newsroom",)
    assert "https://" not in repr(address)


@pytest.mark.parametrize("account", ["", "a/b", "met?x=1", "x" * 65, "met\n"])
def test_without_a_fit_account_there_is_no_editor(account):
    play = night("live", {**FIELDS, "newsroom.account-id": account}, ("newsroom", HOAX))
    (address,) = of(play, "remove/newsroom")
    assert (address.link, address.edit) == (HOAX, "")


@pytest.mark.parametrize(
    ("link", "edit"),
    [
        (
            "https://www.example.police.uk/?p=12",
            "https://www.example.police.uk/wp-admin/post.php?post=12&action=edit",
        ),
        (
            "https://www.example.police.uk?page_id=7",
            "https://www.example.police.uk/wp-admin/post.php?post=7&action=edit",
        ),
        ("https://www.example.police.uk/node/31", "https://www.example.police.uk/node/31/edit"),
        ("http://www.example.police.uk/node/31", "https://www.example.police.uk/node/31/edit"),
        ("https://www.example.police.uk:8443/node/31", "https://www.example.police.uk/node/31/edit"),
        ("https://www.ex\u0430mple.police.uk/node/31", ""),  # a Cyrillic letter
        ("https://www.example.police.uk/news/a-bogus-item", ""),
        ("https://www.example.police.uk/?p=12&x=1", ""),
        ("https://www.example-police.uk/?p=12", ""),  # somebody else's, where a password would be theirs
        ("https://www.example.police.uk@evil.example/?p=12", ""),
        ("https://me@www.example.police.uk/?p=12", ""),
        ("http://[::1/?p=12", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_websites_editor_is_told_only_on_our_own_host(link, edit):
    play = night("live", FIELDS, ("website", link))
    (address,) = of(play, "remove/website")
    assert (address.link, address.edit) == (link, edit)
    assert not of(night("live", {}, ("website", link)), "remove/website")[0].edit


def test_saving_by_hand_has_the_pages_and_no_editor():
    play = night("live", FIELDS, ("newsroom", HOAX), ("account", "https://x.com/a/status/1"))
    assert [(each.item, each.link, each.edit) for each in of(play, "confirm/save")] == [
        ("i1", HOAX, ""),
        ("i2", "https://x.com/a/status/1", ""),
    ]


def test_what_waits_for_hands_stands_there_though_it_went_meanwhile():
    play = night("live", FIELDS, ("newsroom", HOAX))
    for step, value in (
        ("confirm/look", "false-posts"),
        ("confirm/save", "all"),
        ("contain/cut-link", "gone"),
    ):
        play.do(c.Answer(by="Reid", step=step, value=value))
    play.do(c.Act(by="Reid", step="remove/newsroom", nonce="n", holder="h", confirm="1"))
    play.do(c.Gone(by="Reid", item="i1"))
    box = box_for(play.state, step_of(play.state, "remove/newsroom"), play.now.wall, "Reid", {})
    assert box.stage == "hands"
    assert [each.item for each in box.addresses] == ["i1"]


def test_the_notice_that_is_pinned_by_hand_has_its_address():
    play = night()
    play.do(c.Configure(configured={"account": "x"}, by_hand=("account.pin",), fields=FIELDS))
    for step, value in (("confirm/look", "false-posts"), ("confirm/call", "have-it")):
        play.do(c.Answer(by="Reid", step=step, value=value))
    assert [each.link for each in of(play, "pin-ignore-notice/pin")] == ["https://x.com/ExamplePolice"]
    own = "pin-ignore-notice/own-account"
    play.do(c.Act(by="Reid", step=own, nonce="n", holder="h", confirm="account"))
    (effect,) = play.state.effects
    play.do(c.Report(by="", effect=effect, outcome="done", remote="1445880548472328192"))
    notice, profile = of(play, "pin-ignore-notice/pin")
    assert notice.lines() == (
        "Ours on account: the notice",
        "Ours, see it at https://x.com/ExamplePolice/status/1445880548472328192",
    )
    assert profile.link == "https://x.com/ExamplePolice"
    assert [each.words for each in of(play, "clear/unpin")] == ["the profile"]


@pytest.mark.parametrize("handle", ["", "@Example Police", "@x/../y", "Bürgeramt"])
def test_a_handle_that_is_none_makes_no_address(handle):
    assert of(night("live", {"account.handle": handle}), "pin-ignore-notice/pin") == ()
    assert of(night("practice"), "pin-ignore-notice/pin") == ()


def test_the_sweep_has_every_false_item_those_that_went_too():
    play = night("live", FIELDS, ("newsroom", HOAX), ("account", "https://x.com/a/status/1"), ("account", ""))
    play.do(c.Gone(by="Reid", item="i1"))
    play.do(
        c.See(by="Reid", channel="account", words="ours", verdict="ours", link="https://x.com/a/status/2")
    )
    assert [each.item for each in of(play, "clear/sweep")] == ["i1", "i2"]


def test_handing_the_evidence_over_names_the_commands():
    play = night()
    guide = box_for(play.state, step_of(play.state, "close/evidence"), play.now.wall, "Reid", {}).guide
    assert any("incident evidence L-20190719-1 copy-to FOLDER" in move for move in guide)
    assert not any("{{" in move for move in guide)
