"""A baseline: what stood on a channel in peace time, known again at night; and its file, whole or not at all."""

from __future__ import annotations

import os
import re
import stat

import pytest

from console.channels import baseline as b
from console.channels import peacetime
from console.channels.protocol import Sighting
from console.errors import ChannelError

NIGHT = 1_563_574_560_000
DAY = 24 * 3_600_000
SETTINGS = {"kind": "x", "handle": "@ExamplePolice", "base": "https://api.x.com"}
OLD = Sighting("1", "Road closed in Leeds", "https://x.com/1", NIGHT - 9 * DAY)
NEWER = Sighting("2", "Missing:  Ann Lee\nlast seen in York", "https://x.com/2", NIGHT - 5 * DAY)
PROFILE = {
    "name": "Example Police",
    "description": "Call 999 in an emergency.",
    "pinned": "1",
    "users": "1 ann admin\n2 bob editor",
}


LIKED = (Sighting("l-1", "Well done"),)


def made(*sightings, profile=PROFILE, likes=LIKED):
    return b.with_rest(b.baseline("account", "x", NIGHT - 2 * DAY, SETTINGS, sightings), profile, likes)


KNOWN = made(NEWER, OLD)


def strangers(*sightings, known=KNOWN):
    return [each.remote for each in known.strangers(sightings)]


# --- who is a stranger


def test_what_stood_there_in_these_words_is_known_whatever_spaces_are_in_it():
    same = Sighting("2", "Missing: Ann Lee last seen in  York", NEWER.link, NEWER.published)
    assert strangers(OLD, NEWER, same) == []


def test_what_came_since_is_a_stranger_and_so_is_what_says_no_time():
    assert strangers(Sighting("3", "Fire the chief", "", NIGHT), Sighting("4", "No time")) == ["3", "4"]


def test_what_was_put_between_the_old_ones_with_an_earlier_date_is_a_stranger():
    assert strangers(Sighting("5", "Back-dated", "", NIGHT - 7 * DAY)) == ["5"]


def test_what_was_put_in_the_very_moment_of_the_oldest_is_a_stranger():
    assert strangers(Sighting("6", "Back-dated", "", OLD.published)) == ["6"]


def test_what_is_older_than_all_it_holds_it_cannot_tell():
    assert strangers(Sighting("0", "Long ago", "", NIGHT - 10 * DAY)) == []


def test_what_says_that_it_is_older_than_all_and_was_counted_after_them_is_a_stranger():
    known = made(Sighting("pressrelease/2888001", "Ours", "", NIGHT - 9 * DAY), NEWER)
    long_ago = NIGHT - 400 * DAY
    for remote, strange in {
        "pressrelease/2888002": True,
        "pressrelease/2887999": False,
        "news/2888002": False,
        "3": True,
        "https://news.example/warning": False,
        "9" * 40: False,
    }.items():
        seen = Sighting(remote, "Back-dated", "", long_ago)
        assert strangers(seen, known=known) == [remote] * strange


def test_an_old_item_with_other_words_is_a_stranger():
    edited = Sighting("1", "Road closed in Leeds. Send money to this address", OLD.link, OLD.published)
    assert strangers(edited) == ["1"]


def test_words_that_were_read_another_way_tell_nothing_of_an_edit():
    shortened = Sighting("1", "Road closed", OLD.link, OLD.published, "feed")
    assert strangers(shortened) == []


def test_where_nothing_stood_everything_is_a_stranger():
    assert strangers(OLD, known=made()) == ["1"]


# --- what the profile says otherwise


def test_a_profile_that_says_the_same_has_no_differences():
    assert KNOWN.differences(PROFILE) == ()
    assert KNOWN.uncompared(PROFILE) == ()


def test_each_field_that_says_otherwise_is_a_line():
    now = {**PROFILE, "name": "Free Stuff", "description": ""}
    assert KNOWN.differences(now) == (
        'account: description is empty, was "Call 999 in an emergency."',
        'account: name is "Free Stuff", was "Example Police"',
    )


def test_of_a_list_only_what_came_and_what_went_is_told():
    now = {**PROFILE, "users": "1 ann admin\n7 eve admin"}
    assert KNOWN.differences(now) == (
        'account: users has "7 eve admin", which was not there',
        'account: users has no "2 bob editor" any more',
    )


def test_our_own_notice_pinned_is_no_difference_and_anybody_elses_is():
    assert KNOWN.differences({**PROFILE, "pinned": "77"}, ours=("77",)) == ()
    assert KNOWN.differences({**PROFILE, "pinned": "1 77"}, ours=("https://x.com/e/status/77",)) == ()
    assert KNOWN.differences({**PROFILE, "pinned": "77 66"}, ours=("77",)) == (
        'account: pinned is "77 66", was "1"',
    )
    assert KNOWN.differences({**PROFILE, "pinned": ""}) == ('account: pinned is empty, was "1"',)


def test_a_field_that_only_one_of_the_two_has_is_not_compared_and_named():
    now = {name: value for name, value in PROFILE.items() if name != "users"} | {"location": "Leeds"}
    assert KNOWN.differences(now) == ()
    assert KNOWN.uncompared(now) == ("location", "users")


def test_what_a_profile_shows_cannot_steer_a_terminal():
    (line,) = KNOWN.differences({**PROFILE, "name": "\x1b[2J" + "x" * 5_000})
    assert "\x1b" not in line
    assert len(line) < 400


# --- bytes


def test_it_is_read_back_as_it_was():
    assert b.decode(b.encode(KNOWN), "account", "x", SETTINGS) == KNOWN


def test_half_a_character_in_what_a_platform_says_does_not_stop_it():
    torn = Sighting("\ud800", "\ud800 half", "\udfff", NIGHT)
    known = made(torn, profile={"name": "\ud800"}, likes=[Sighting("\udfff", "")])
    again = b.decode(b.encode(known), "account", "x", SETTINGS)
    assert again == known
    assert again.strangers([torn]) == ()
    assert again.differences({"name": "\ud800"}) == ()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: b"",
        lambda raw: b"{}",
        lambda raw: raw[:-1],
        lambda raw: raw + b" ",
        lambda raw: raw.replace(b'"format":1', b'"format":2'),
        lambda raw: raw.replace(b'"likes":', b'"loves":'),
        lambda raw: b"[" * 100_000,
        lambda raw: b"\xff\xfe",
        lambda raw: raw.replace(b'"items"', b' "items"'),
        lambda raw: re.sub(rb'"at":\d+', b'"at":9007199254740991', raw),
        lambda raw: re.sub(rb'"at":\d+', b'"at":-1', raw),
    ],
)
def test_bytes_that_are_not_as_they_were_saved_are_refused(spoil):
    with pytest.raises(ChannelError, match="is damaged") as refused:
        b.decode(spoil(b.encode(KNOWN)), "account", "x", SETTINGS)
    assert "incident channels baseline account" in refused.value.do


@pytest.mark.parametrize(
    ("channel", "kind", "changed"),
    [
        ("voice", "x", {}),
        ("account", "mastodon", {}),
        ("account", "x", {"handle": "@Other"}),
        ("account", "x", {"base": "https://elsewhere.example"}),
    ],
)
def test_another_accounts_baseline_is_refused(channel, kind, changed):
    with pytest.raises(ChannelError, match="another account's"):
        b.decode(b.encode(KNOWN), channel, kind, {**SETTINGS, **changed})


def test_a_setting_that_was_added_since_makes_it_no_other_account():
    assert b.decode(b.encode(KNOWN), "account", "x", {**SETTINGS, "user-id": "12"}) == KNOWN


# --- taking and keeping


class Account:
    """An account that can be read; each of its looks gives what it was told, or fails with it."""

    name, kind = "account", "x"

    def __init__(self, items=(NEWER, OLD), profile=PROFILE, likes=()):
        self._items, self._profile, self._likes = items, profile, likes

    async def read(self):
        return told(self._items)

    async def profile(self):
        return told(self._profile)

    async def likes(self):
        return told(self._likes)


def told(what):
    if isinstance(what, Exception):
        raise what
    return what


async def take(account):
    return await peacetime.take(account, SETTINGS, NIGHT - 2 * DAY)


async def test_everything_that_can_be_read_is_taken():
    taken = await take(Account(likes=LIKED))
    assert taken == peacetime.Taken(KNOWN)
    assert b.words_of(taken.baseline) == "2 items, 4 fields of the profile and 1 like"


async def test_what_cannot_be_read_is_named():
    taken = await take(Account(profile=RuntimeError("401 Unauthorized."), likes=None))
    assert taken.missing == ("its profile cannot be read (401 Unauthorized)", "what it liked cannot be read")
    assert (taken.baseline.profile, taken.baseline.likes) == ({}, None)
    assert b.words_of(taken.baseline) == "2 items"
    assert (await take(Account(profile={}))).missing == ("its profile cannot be read",)


@pytest.mark.parametrize("items", [None, RuntimeError("503")])
async def test_where_nothing_can_be_read_nothing_is_taken(items):
    with pytest.raises(ChannelError, match="what stands there cannot be read"):
        await take(Account(items=items))


async def test_its_file_is_for_nobody_else_and_its_name_is_its_hash(tmp_path):
    folder = tmp_path / "baselines"
    kept = peacetime.keep(folder, await take(Account()), None)
    path = folder / "account.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert peacetime.kept(folder, "account", SETTINGS) == kept
    assert [each.name for each in folder.iterdir()] == ["account.json"]


async def test_one_that_holds_less_does_not_take_the_place_of_one_that_holds_more(tmp_path):
    before = peacetime.keep(tmp_path, await take(Account()), None)
    for less in (Account(profile=RuntimeError("503")), Account(likes=None)):
        with pytest.raises(ChannelError, match="cannot be read"):
            peacetime.keep(tmp_path, await take(less), before)
    assert peacetime.kept(tmp_path, "account", SETTINGS) == before
    newer = peacetime.keep(tmp_path, await take(Account(items=(OLD,))), before)
    assert peacetime.kept(tmp_path, "account", SETTINGS) == newer


async def test_a_disk_that_does_not_take_it_is_said(tmp_path):
    taken = await take(Account())
    (tmp_path / "baselines").mkdir(0o500)
    if os.access(tmp_path / "baselines", os.W_OK):  # root may write anywhere
        (tmp_path / "baselines" / "account.json").mkdir()
    with pytest.raises(ChannelError, match="cannot be written"):
        peacetime.keep(tmp_path / "baselines", taken, None)


def test_none_damaged_and_whole_ones_are_told_apart(tmp_path):
    (tmp_path / "account.json").write_bytes(b.encode(KNOWN))
    (tmp_path / "voice.json").write_bytes(b"{}")
    channels = {"account": SETTINGS, "voice": SETTINGS, "fedi": {"kind": "mastodon"}}
    found, troubles = peacetime.all_kept(tmp_path, channels)
    assert {name: each.baseline for name, each in found.items()} == {"account": KNOWN}
    (trouble,) = troubles
    assert "voice is damaged" in trouble


def test_a_pipe_in_its_place_is_not_waited_for_and_a_link_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b.encode(KNOWN))
    os.mkfifo(tmp_path / "account.json")
    (tmp_path / "voice.json").symlink_to(tmp_path / "elsewhere")
    for name in ("account", "voice"):
        with pytest.raises(ChannelError, match="no plain file"):
            peacetime.kept(tmp_path, name, SETTINGS)


def test_a_name_that_no_playbook_can_have_is_never_a_path(tmp_path):
    for name in ("../settings", "a/b", "..", "A", "x" * 100, "é"):
        path = peacetime.path_of(tmp_path, name)
        assert path.parent == tmp_path
        assert path.stem not in (name, "settings")
