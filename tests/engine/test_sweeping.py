"""The sweep: no false item, no find that nobody judged, and the accounts as they were in peace time; never more than was seen."""

from __future__ import annotations

import json

import pytest
from support_conductor import Scripted, standing
from support_incident import MINUTE, T0

from console.channels import baseline as b
from console.channels.protocol import Done, Seen, Sighting
from console.engine.sweeping import COMPARED_FOR, MOST_LINES
from console.incident import commands as c
from console.incident.access import AccessChange
from console.incident.facts import achieved, sees
from console.incident.planning import step_of

SWEEP, KEYS = "clear/sweep", "rotate-mynewsdesk/own-keys"
GONE, STANDS, BLIND = Seen("agrees", "404"), Seen("disagrees", "200", "1"), Seen("cannot-see", "401")
PROFILE = {"name": "Example Police", "users": "1 ann admin\n2 bob editor"}
LIKED = Sighting("l-1", "Well done")


class Real(Scripted):
    """A platform that tells what its account says of itself and liked."""

    reads_everything = True

    def __init__(self, name, *ends, profile=PROFILE, likes=(LIKED,), **more):
        super().__init__(name, *ends, **more)
        self.says, self.liked = profile, likes
        self.looks = 0

    async def profile(self):
        self.looks += 1
        return self._told(self.says)

    async def likes(self):
        return self._told(self.liked)

    def _told(self, what):
        if isinstance(what, Exception):
            raise what
        return what


@pytest.fixture
def at(tmp_path):
    return lambda *channels: standing(tmp_path / "live.db", *channels)


async def in_peace(d, *names, profile=PROFILE, likes=(LIKED,), kind="x"):
    """Baselines of these channels, as the incident and what looks are told of them."""
    known = {name: b.with_rest(b.baseline(name, kind, T0 - MINUTE, {}, ()), profile, likes) for name in names}
    d.conductor.baselines = known
    told = c.Configure(
        configured=d.state.configured, fields=d.state.fields, baselines=dict.fromkeys(known, "ab" * 32)
    )
    await d.session.do(told)


async def false(d, channel="account", link="https://x.com/9"):
    (event,) = await d.session.do(c.See(by="Reid", channel=channel, link=link, words="Fire the chief"))
    return event.item


async def swept(d):
    await d.conductor.check(SWEEP)
    return d.state.of(SWEEP).check


# --- what the profile says


async def test_accounts_that_are_as_they_were_leave_nothing(at):
    async with at(Real("account"), Real("voice")) as d:
        await in_peace(d, "account", "voice")
        check = await swept(d)
        assert (check.verdict, check.value, check.raw) == ("agrees", "0", "")


async def test_every_difference_is_a_line_and_counts(at):
    account = Real("account", profile={**PROFILE, "name": "Free Stuff"})
    website = Real("website", profile={**PROFILE, "users": "1 ann admin\n7 eve admin"})
    async with at(account, website) as d:
        await in_peace(d, "account", "website")
        check = await swept(d)
        assert (check.verdict, check.value) == ("disagrees", "3")
        assert check.raw.split("\n") == [
            'account: name is "Free Stuff", was "Example Police"',
            'website: users has "7 eve admin", which was not there',
            'website: users has no "2 bob editor" any more',
        ]
        assert not achieved(d.state, step_of(d.state, SWEEP))


async def test_it_is_compared_again_after_a_while_and_not_at_every_look(at):
    account = Real("account", profile={**PROFILE, "name": "Free Stuff"})
    async with at(account) as d:
        await in_peace(d, "account")
        await swept(d)
        account.says = PROFILE
        d.clock.turn(COMPARED_FOR - 1)
        assert (await swept(d)).verdict == "disagrees"
        assert account.looks == 1
        d.clock.turn(1)
        assert (await swept(d)).verdict == "agrees"


@pytest.mark.parametrize("profile", [RuntimeError("boom"), {}])
async def test_a_profile_that_cannot_be_read_is_said_and_nothing_is_claimed(at, profile):
    async with at(Real("account", profile=profile)) as d:
        await in_peace(d, "account")
        check = await swept(d)
        assert (check.verdict, check.value) == ("cannot-see", "")
        assert check.raw == "account: its profile cannot be read, so it was not compared"


async def test_a_field_that_cannot_be_seen_any_more_is_said_and_nothing_is_claimed(at):
    async with at(Real("account", profile={"name": "Example Police"})) as d:
        await in_peace(d, "account")
        check = await swept(d)
        assert (check.verdict, check.raw) == ("cannot-see", "account: not compared: users")


async def test_without_a_baseline_it_says_what_was_not_compared_and_the_items_decide(at):
    async with at(Real("account", checks=[GONE]), Real("voice")) as d:
        await in_peace(d, "voice")
        check = await swept(d)
        note = "no baseline of account was saved: its profile was not compared"
        assert (check.verdict, check.raw) == ("agrees", note)
        item = await false(d)
        check = await swept(d)
        assert (check.verdict, check.value) == ("agrees", "0")
        assert check.raw == f"{item} gone: 404\n{note}"


async def test_where_there_is_no_baseline_and_no_item_nobody_but_a_person_can_tell(at):
    async with at(Real("account")) as d:
        assert not sees(d.state, step_of(d.state, SWEEP).check)
        assert await swept(d) is None


# --- what was liked


async def test_what_was_liked_since_counts(at):
    new = Sighting("l-2", "Down with \x1b[2Jthem", "https://x.com/l-2")
    async with at(Real("account", likes=(new, LIKED))) as d:
        await in_peace(d, "account")
        check = await swept(d)
        assert (check.verdict, check.value) == ("disagrees", "1")
        assert check.raw == 'account: liked since: "Down with \\u{1b}[2Jthem" https://x.com/l-2'


async def test_where_likes_cannot_be_read_any_more_nothing_is_claimed(at):
    async with at(Real("account", likes=None)) as d:
        await in_peace(d, "account")
        assert (await swept(d)).verdict == "cannot-see"


async def test_where_likes_were_never_saved_that_is_said_and_they_are_not_missed(at):
    async with at(Real("account")) as d:
        await in_peace(d, "account", likes=None)
        check = await swept(d)
        note = "account: what it liked was not saved, so it was not compared"
        assert (check.verdict, check.raw) == ("agrees", note)


# --- items


async def test_items_that_stand_differences_and_finds_that_nobody_judged_add_up(at):
    account = Real("account", profile={**PROFILE, "name": "Free Stuff"}, checks=[STANDS])
    async with at(account) as d:
        await in_peace(d, "account")
        item = await false(d)
        find = c.See(channel="account", link="f", words="New", verdict="unknown", source="watch")
        await d.session.do(find)
        check = await swept(d)
        assert (check.verdict, check.value) == ("disagrees", "3")
        assert check.raw.split("\n") == [
            f"{item} STILL THERE: 200",
            "i2 on account: not judged yet",
            'account: name is "Free Stuff", was "Example Police"',
        ]


async def test_a_find_that_nobody_judged_is_enough(at):
    async with at(Real("account")) as d:
        find = c.See(channel="account", link="f", words="New", verdict="unknown", source="watch")
        await d.session.do(find)
        assert (await swept(d)).verdict == "disagrees"
        await d.session.do(c.Mark(by="Reid", item="i1", verdict="ours"))
        await in_peace(d, "account")
        assert (await swept(d)).verdict == "agrees"


async def test_an_item_that_nobody_can_see_claims_nothing(at):
    async with at(Real("account", checks=[BLIND])) as d:
        await in_peace(d, "account")
        item = await false(d)
        check = await swept(d)
        assert (check.verdict, check.raw) == ("cannot-see", f"{item} not seen: 401")


async def test_what_a_suspension_hides_counts_as_removed_on_the_word_of_who_said_so(at):
    async with at(Real("account", checks=[BLIND])) as d:
        await in_peace(d, "account")
        item = await false(d)
        await d.session.do(c.Gone(by="Reid", item=item, how="hidden"))
        check = await swept(d)
        assert (check.verdict, check.value) == ("agrees", "0")
        assert check.raw.split("\n") == [
            f"attested: hidden by the suspension: {item}",
            f"{item} hidden by the suspension: 401",
        ]


async def test_what_was_hidden_and_stands_again_is_left(at):
    async with at(Real("account", checks=[STANDS])) as d:
        await in_peace(d, "account")
        item = await false(d)
        await d.session.do(c.Gone(by="Reid", item=item, how="hidden"))
        check = await swept(d)
        assert (check.verdict, check.value, check.raw) == ("disagrees", "1", f"{item} STILL THERE: 200")


# --- what we did ourselves


async def test_our_own_notice_is_no_difference_where_it_is_pinned(at):
    async with at(Real("account", Done("201", "77"), profile={"pinned": ""})) as d:
        await in_peace(d, "account", profile={"pinned": ""})
        await d.act("pin-ignore-notice/own-account")
        d.session.channels["account"].says = {"pinned": "77"}
        assert (await swept(d)).verdict == "agrees"


async def test_what_we_took_away_is_a_difference_where_it_is_pinned(at):
    """A deletion names the item that it took; where that stands again, pinned, it is still not ours."""
    link = "https://x.com/9"
    async with at(Real("account", Done("200", link), profile={"pinned": ""})) as d:
        await in_peace(d, "account", profile={"pinned": ""})
        await false(d, link=link)
        await d.session.do(c.Save(by="Reid", where="my phone"))
        await d.answer("confirm/save", "all")
        await d.answer("contain/cut-link", "gone")
        await d.approved("remove/account", "Reid")
        await d.act("remove/account")
        assert [each.remote for each in d.state.effects_of("remove/account")] == [link]
        d.session.channels["account"].says = {"pinned": "9"}
        assert 'account: pinned is "9", was empty' in (await swept(d)).raw


async def test_our_own_key_is_no_difference_and_one_that_is_called_like_it_is(at):
    keys = "1 u-1 console\n1 u-2 old feed"
    website = Real("website", profile={"application-passwords": keys})
    async with at(website) as d:
        await in_peace(d, "website", profile=website.says)
        await d.session.do(c.Act(by="Okafor", step=KEYS, nonce="n", holder="h", confirm="voices"))
        own = next(each for each in d.state.effects_of(KEYS) if each.channel == "website")
        proof = json.dumps({"new": "u-3", "ended": ["u-1", "u-2"]}, separators=(",", ":"))
        change = AccessChange("the console's application password", "changed")
        await d.session.do(
            c.Report(by="Okafor", effect=own.id, outcome="done", proof=proof, access=(change,))
        )
        website.says = {"application-passwords": "1 u-3 console 2019"}
        assert (await swept(d)).verdict == "agrees"
        website.says = {"application-passwords": "1 u-3 console 2019\n7 u-9 u-3 console"}
        d.clock.turn(COMPARED_FOR)
        check = await swept(d)
        assert check.raw == 'website: application-passwords has "7 u-9 u-3 console", which was not there'


async def test_of_very_many_lines_the_first_are_told_and_how_many_more(at):
    likes = tuple(Sighting(f"n-{n}", f"Post {n}") for n in range(MOST_LINES + 5))
    async with at(Real("account", likes=likes)) as d:
        await in_peace(d, "account")
        check = await swept(d)
        assert check.value == str(MOST_LINES + 5)
        assert check.raw.endswith("and 5 lines more")
        assert len(check.raw.split("\n")) == MOST_LINES + 1
