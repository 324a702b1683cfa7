"""How looks differ: what went is told once its channel says so, what stands there again comes back, what was edited is suspect anew."""

from __future__ import annotations

import asyncio

import pytest
from support_conductor import Scripted, standing
from support_incident import MINUTE, T0

from console.channels.baseline import baseline
from console.channels.protocol import Done, Failed, Seen, Sighting
from console.engine.differing import ASKED_AGAIN, AT_ONCE, LONGEST_LINE, SETTLES, STANDS_ON
from console.engine.watching import LOOK_EVERY
from console.incident import commands as c
from console.incident.facts import Facts

SHA, NEWER = "ab" * 32, "cd" * 32
AGREES, DISAGREES, BLIND = (
    Seen("agrees", "404 twice"),
    Seen("disagrees", "200", "1"),
    Seen("cannot-see", "401"),
)
REMOVAL = "remove/account"


def post(number, words="Fire the chief", source=""):
    return Sighting(str(number), words, f"https://x.com/{number}", T0 - MINUTE, source)


class Real(Scripted):
    """A platform that shows colleagues' posts too; `asked` is what was looked for, `says` what comes of it by link."""

    reads_everything = True

    def __init__(self, name, *ends, says=AGREES, **more):
        super().__init__(name, *ends, **more)
        self.says, self.asked = says, []

    async def check(self, probe, order):
        self.asked.append((probe, order.item, order.kind, order.step))
        said = self.says(order) if callable(self.says) else self.says
        return await said if asyncio.isfuture(said) else said


@pytest.fixture
def at(tmp_path):
    return lambda *channels: standing(tmp_path / "live.db", *channels)


async def until(so):
    async with asyncio.timeout(10):
        while not so():  # noqa: ASYNC110 - what a task beside us does is no event of ours
            await asyncio.sleep(0.001)


def at_rest(d):
    return d.conductor._asking is None or d.conductor._asking.done()


async def beats(d, count=1, pause=LOOK_EVERY, rest=True):
    """Beats, each with whatever it asked answered, unless that is for the test to do."""
    for _ in range(count):
        d.clock.turn(pause)
        await d.conductor.beat()
        await until(lambda: at_rest(d) or not rest)


def found(d):
    return [(item.words, item.gone, item.verdict) for item in d.state.items.values()]


def events(d, kind):
    return [event for _, event in d.session.recent if type(event).__name__ == kind]


# --- what went


async def test_what_stood_there_and_is_missing_is_told_to_be_gone_when_its_channel_agrees(at):
    account = Real("account", standing=(post(2), post(1)))
    async with at(account) as d:
        await beats(d, 2)
        assert account.asked == []
        account.standing = (post(2),)
        await beats(d)
        assert account.asked == [("absent", "https://x.com/1", "x", "")]
        (told,) = events(d, "ItemGone")
        assert (told.item, told.how, told.verified, told.proof, told.by) == (
            "i1",
            "gone",
            True,
            AGREES.raw,
            "",
        )
        assert d.state.items["i2"].gone == ""
        await beats(d, 5)
        assert len(account.asked) == len(events(d, "ItemGone")) == 1


async def test_the_record_takes_no_more_of_an_answer_than_it_should(at):
    account = Real("account", standing=(post(1),), says=Seen("agrees", "x" * 9_000))
    async with at(account) as d:
        await beats(d)
        account.standing = ()
        await beats(d)
        assert len(events(d, "ItemGone")[0].proof) == LONGEST_LINE


@pytest.mark.parametrize("says", [BLIND, DISAGREES], ids=["cannot see", "disagrees"])
async def test_what_its_channel_does_not_agree_to_is_not_gone_and_is_asked_ever_more_seldom(at, says):
    account = Real("account", standing=(post(1),), says=says)
    async with at(account) as d:
        await beats(d)
        account.standing = ()
        await beats(d, 2 * ASKED_AGAIN // LOOK_EVERY + 1)
        assert len(account.asked) == 3  # at once, and every minute at first
        await beats(d, 24, pause=5 * MINUTE)
        assert len(account.asked) < 16
        assert events(d, "ItemGone") == []
        account.says = AGREES
        await beats(d, 4, pause=5 * MINUTE)
        assert len(events(d, "ItemGone")) == 1


async def test_a_check_that_breaks_has_seen_nothing(at):
    def broken(_order):
        raise RuntimeError("boom")

    account = Real("account", standing=(post(1),), says=broken)
    async with at(account) as d:
        await beats(d)
        account.standing = ()
        await beats(d, 3)
        assert (found(d), d.conductor.trouble) == ([("Fire the chief", "", "unknown")], "")


async def test_a_channel_that_cannot_be_read_shows_nothing_missing(at):
    account = Real("account", standing=(post(1),))
    async with at(account) as d:
        await beats(d)
        account.standing = None
        await beats(d, 3)
        assert account.asked == []


async def test_what_no_look_of_this_process_showed_is_not_missing(at):
    account = Real("account", standing=())
    async with at(account) as d:
        await d.session.do(c.See(by="Reid", channel="account", link="https://x.com/1", words="it said"))
        await beats(d, 3)
        assert account.asked == []


async def test_what_is_seen_again_before_its_channel_answers_is_not_told_to_be_gone(at):
    answer = asyncio.get_running_loop().create_future()
    account = Real("account", standing=(post(1),), says=lambda _order: answer)
    async with at(account) as d:
        await beats(d)
        account.standing = ()
        await beats(d, rest=False)
        account.standing = (post(1),)
        await beats(d, rest=False)
        answer.set_result(AGREES)
        await until(lambda: at_rest(d))
        assert events(d, "ItemGone") == []


async def test_a_few_are_asked_about_at_a_time_and_a_slow_answer_holds_up_no_beat(at):
    many = tuple(post(number) for number in range(1, 9))
    first = asyncio.get_running_loop().create_future()
    account = Real(
        "account", standing=many, says=lambda order: first if order.item.endswith("/8") else AGREES
    )
    async with at(account) as d:
        await beats(d)
        account.standing = ()
        await beats(d, rest=False)
        await beats(d, 2, pause=1_000, rest=False)
        assert len(account.asked) == 1
        first.set_result(AGREES)
        await until(lambda: at_rest(d))
        assert len(account.asked) == AT_ONCE
        await beats(d, 2, pause=1_000)
        assert len(account.asked) == len(events(d, "ItemGone")) == 8


async def test_stopping_lets_go_of_what_is_asked(at):
    never = asyncio.get_running_loop().create_future()
    account = Real("account", standing=(post(1),), says=lambda _order: never)
    async with at(account) as d:
        await beats(d)
        account.standing = ()
        await beats(d, rest=False)
        await until(lambda: account.asked)
        await d.conductor.stop()
        assert never.cancelled()


# --- what we take away ourselves


async def ready_to_remove(d):
    """The false posts are judged and saved, and the route is cut."""
    await d.session.do(c.Judge(by="Reid", items=tuple(d.state.items), verdict="bogus"))
    await d.session.do(c.Save(by="Reid", where="my phone"))
    await d.answer("confirm/save", "all")
    await d.answer("contain/cut-link", "gone")
    await d.approved(REMOVAL, "Reid")


async def test_what_we_take_away_is_told_once_by_who_took_it(at):
    end = asyncio.get_running_loop().create_future()
    account = Real("account", lambda *_: end, standing=(post(1),))
    async with at(account) as d:
        await beats(d)
        await ready_to_remove(d)
        await d.conductor.act("Reid", REMOVAL, confirm="1")
        account.standing = ()
        await beats(d, 3)
        assert [each for each in account.asked if not each[3]] == []
        end.set_result(Done("200", "https://x.com/1"))
        await d.conductor.settle()
        await beats(d, 5)
        assert [(each.item, each.how) for each in events(d, "ItemGone")] == [("i1", "removed")]


async def test_what_went_while_our_own_try_failed_is_told(at):
    account = Real("account", Failed("X says no"), standing=(post(1),))
    async with at(account) as d:
        await beats(d)
        await ready_to_remove(d)
        await d.act(REMOVAL)
        account.standing = ()
        await beats(d)
        assert [(each.item, each.how) for each in events(d, "ItemGone")] == [("i1", "gone")]


async def test_what_an_officer_reported_gone_meanwhile_is_not_told_again(at):
    answer = asyncio.get_running_loop().create_future()
    account = Real("account", standing=(post(1),), says=lambda _order: answer)
    async with at(account) as d:
        await beats(d)
        account.standing = ()
        await beats(d, rest=False)
        await d.session.do(c.Gone(by="Reid", item="i1", how="removed"))
        answer.set_result(AGREES)
        await until(lambda: at_rest(d))
        assert [each.how for each in events(d, "ItemGone")] == ["removed"]


# --- what stands there again


async def gone(d, account):
    await beats(d)
    account.standing = ()
    await beats(d)
    assert d.state.items["i1"].gone == "gone"


async def test_what_was_gone_and_stands_there_again_is_suspect_anew(at):
    account = Real("account", standing=(post(1),))
    async with at(account) as d:
        await gone(d, account)
        await d.session.do(c.Mark(by="Reid", item="i1", verdict="bogus"))
        await beats(d, SETTLES // LOOK_EVERY)
        assert Facts(d.state, d.clock.now().wall).quiet() is not None
        account.standing, account.says = (post(1),), DISAGREES
        await beats(d)
        assert found(d) == [("Fire the chief", "gone", "bogus"), ("Again: Fire the chief", "", "unknown")]
        assert (d.state.items["i1"].then, d.state.items["i2"].suspect) == ("i2", True)
        assert Facts(d.state, d.clock.now().wall).quiet() is None
        await beats(d, 10)
        assert len(found(d)) == 2
        account.standing, account.says = (), AGREES
        await beats(d, 2)
        assert d.state.items["i2"].gone == "gone"


@pytest.mark.parametrize("says", [BLIND, AGREES], ids=["cannot see", "is gone"])
async def test_a_look_that_shows_what_its_channel_says_is_gone_is_behind(at, says):
    account = Real("account", standing=(post(1),))
    async with at(account) as d:
        await gone(d, account)
        account.standing, account.says = (post(1),), says
        await beats(d, 40)
        assert len(found(d)) == 1


async def test_what_was_just_taken_away_may_show_for_a_while(at):
    account = Real("account", standing=(post(1),), says=DISAGREES)
    async with at(account) as d:
        await beats(d)
        await d.session.do(c.Gone(by="Reid", item="i1", how="removed"))
        await beats(d, STANDS_ON // LOOK_EVERY - 1)
        assert account.asked == []
        await beats(d, 2)
        assert [each[0] for each in found(d)] == ["Fire the chief", "Again: Fire the chief"]


# --- what says something else


async def test_an_item_that_is_edited_after_it_was_judged_is_suspect_anew_with_its_own_evidence(at):
    keeper = Scripted("evidence", Done("{}", SHA), Done("{}", NEWER))
    account = Real("account", standing=(post(1),))
    async with at(account, keeper) as d:
        await beats(d, 2)
        await d.session.do(c.Mark(by="Reid", item="i1", verdict="bogus"))
        account.standing = (post(1, "Send money"),)
        await beats(d, 3)
        assert found(d) == [("Fire the chief", "changed", "bogus"), ("Changed: Send money", "", "unknown")]
        assert [item.saved for item in d.state.items.values()] == [SHA, NEWER]
        assert len(keeper.orders) == 2
        account.standing = (post(1, "Send more money"),)
        await beats(d, 3)
        assert [each[0] for each in found(d)][2:] == ["Changed: Send more money"]
        assert [item.then for item in d.state.items.values()] == ["i2", "i3", ""]


async def test_what_an_officer_reported_in_their_own_words_was_not_edited_for_that(at):
    account = Real("account", standing=(post(1),))
    async with at(account) as d:
        await d.session.do(
            c.See(by="Reid", channel="account", link="https://x.com/1", words="about the chief")
        )
        await beats(d, 2)
        assert len(found(d)) == 1
        account.standing = (post(1, "Send money"),)
        await beats(d)
        assert [each[0] for each in found(d)] == ["about the chief", "Changed: Send money"]


async def test_an_old_post_that_was_edited_is_suspect_without_a_baseline_too(at):
    old = Sighting("7", "Road closed", "https://x.com/7", T0 - 9_000 * MINUTE)
    account = Real("account", standing=(old,))
    async with at(account) as d:
        await beats(d, 2)
        account.standing = (Sighting("7", "Send money", old.link, old.published),)
        await beats(d, 2)
        assert found(d) == [("Changed: Send money", "", "unknown")]


async def test_an_edit_of_peace_times_item_is_told_once_and_the_next_one_too(at):
    old = post(1, "Road closed")
    account = Real("account", standing=(old,))
    async with at(account) as d:
        d.conductor.baselines = {"account": baseline("account", "x", T0, {}, [old])}
        await beats(d, 2)
        for words in ("Send money", "Send more money"):
            account.standing = (post(1, words),)
            await beats(d, 2)
        assert [each[0] for each in found(d)] == ["Changed: Send money", "Changed: Send more money"]


async def test_our_own_notice_that_was_edited_is_suspect_and_as_we_said_it_it_is_not(at):
    account = Real("account", Done("201", "1"), standing=())
    async with at(account) as d:
        await d.act("pin-ignore-notice/own-account")
        words = account.orders[0].text
        account.standing = (post(1, f"{words} ..."),)
        await beats(d, 2)
        account.standing = (post(1, words),)  # the platform shows it whole by now
        await beats(d, 2)
        assert found(d) == []
        account.standing = (post(1, f"{words} Send money"),)
        await beats(d, 2)
        assert [(each[0][:9], each[2]) for each in found(d)] == [("Changed: ", "unknown")]


async def test_two_ways_of_reading_make_no_edit(at):
    account = Real("account", standing=(post(1),))
    async with at(account) as d:
        for _ in range(4):
            for source in ("", "feed"):
                account.standing = (post(1, f"Fire the chief {source}", source),)
                await beats(d)
        assert len(found(d)) == 1


async def test_what_was_edited_while_no_console_looked_is_told_by_the_record_where_it_was_read_alike(at):
    account = Real("account", standing=(post(2, "Two", "feed"), post(1, "One", "feed")))
    async with at(account) as d:
        await beats(d)
        d.conductor._readings.clear()  # as in a process that has looked at nothing yet
        account.standing = (post(2, "Two, by the API"), post(1, "Send money", "feed"))
        await beats(d, 2)
        assert [each[0] for each in found(d)] == ["One", "Two", "Changed: Send money"]
