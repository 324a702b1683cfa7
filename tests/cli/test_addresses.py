"""Every address of a step done by hand, by verbs: whole, in live alone, in lines and as JSON."""

import pytest

HOAX = "https://news.example/pressreleases/free-da-noble-2888001"
EDITOR = "https://publish.mynewsdesk.com/met/publish/pressreleases/edit/2888001"


@pytest.fixture
def taken_down(shell):
    """A live incident with a false release, ready to be taken down by hand; the newsroom's account is known."""
    shell("channels", "set", "newsroom", "kind=mynewsdesk", "account-id=met")
    incident = shell("open", "press-channels-misused", "--json", "--as", "Reid").json["id"]
    shell("seen", incident, "newsroom", HOAX, "--words", "bogus", "--as", "Reid")
    for step, value in (
        ("confirm/look", "false-posts"),
        ("confirm/save", "all"),
        ("contain/cut-link", "gone"),
    ):
        shell("answer", incident, step, value, "--as", "Reid")
    return incident


def test_the_moves_by_hand_come_with_the_page_and_the_editor(shell, taken_down):
    shown = shell("show", taken_down, "--step", "remove/newsroom").out
    assert f"Item i1, see it at {HOAX}\nItem i1, edit it at {EDITOR}\n" in shown
    done = shell("act", taken_down, "remove/newsroom", "--confirm", "1", "--as", "Reid").out
    assert f"Item i1 on newsroom: bogus\nItem i1, see it at {HOAX}\nItem i1, edit it at {EDITOR}\n" in done


def test_the_same_as_json(shell, taken_down):
    told = shell("act", taken_down, "remove/newsroom", "--confirm", "1", "--as", "Reid", "--json").json
    (address,) = told["addresses"]
    assert (address["item"], address["link"], address["edit"]) == ("i1", HOAX, EDITOR)
    assert shell("show", taken_down, "--step", "remove/newsroom", "--json").json["addresses"] == [address]
    cut = shell("show", taken_down, "--step", "contain/cut-link", "--json").json
    assert cut["link"] == "https://x.com/settings/connected_apps"


def test_a_drill_shows_none(shell, drill):
    shell("seen", drill, "newsroom", HOAX, "--words", "bogus", "--as", "Reid")
    for step in ("remove/newsroom", "confirm/save", "contain/cut-link"):
        assert "https://" not in shell("show", drill, "--step", step).out


def test_handing_the_evidence_over_names_commands_that_work(shell, live):
    shown = shell("show", live, "--step", "close/evidence").out
    assert f"incident evidence {live} copy-to FOLDER" in shown
    assert f"incident log {live} > FILE" in shown
    assert "{{" not in shown
