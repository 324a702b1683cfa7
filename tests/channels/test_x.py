"""An account at X: what it does, what it sees, and what it will not say."""

from __future__ import annotations

import asyncio
import json

import pytest
from channels.support_x import NOTICE, Hasty, Pocket, account_at, order_of, pocket_of, until
from contracts.channel_contract import ChannelContract
from standins.x import BEARER, HANDLE, QUARTER, THEM, US, Onward, XPlatform
from standins.x_spec import spec, wrong_answer, wrong_request
from support_http import Reply

from console.channels.live.web import Lost, NotSent
from console.channels.live.x import NEEDS, problems
from console.channels.live.x_answers import post_id
from console.channels.protocol import Done, Failed, InDoubt
from console.clock import TurnedClock

NIGHT = 1_563_574_560_000  # Friday 19 July 2019, 22:16 UTC
BOGUS = "We are giving away the station's cat"
WAYS = ("oauth2", "oauth1")


@pytest.fixture
def clock():
    return Onward(NIGHT)


@pytest.fixture
async def platform(clock):
    async with XPlatform(clock) as running:
        yield running


@pytest.fixture
async def account(platform):
    channel = account_at(platform)
    yield channel
    await channel.close()


class TestX(ChannelContract):
    @pytest.fixture(params=[*WAYS, "bearer"])
    async def channel(self, platform, request):
        channel = account_at(platform, way=request.param)
        yield channel
        await channel.close()

    @pytest.fixture
    async def refusing(self, platform):
        channel = account_at(platform, Pocket(access_token="access-dead", refresh_token="refresh-dead"))
        yield channel
        await channel.close()

    @pytest.fixture
    async def silent(self, clock):
        """It tells who we are; to whatever is done it never answers."""
        async with XPlatform(clock) as mute:
            mute.misbehave = lambda request: "silent" if request.method != "GET" else ""
            channel = account_at(mute, kind=Hasty)
            yield channel
            await channel.close()

    @pytest.fixture
    def traces(self, platform):
        return lambda: [(each.words, each.gone is None) for each in platform.posts]

    @pytest.fixture
    def bogus(self, platform):
        return platform.publish(BOGUS)

    @pytest.fixture(autouse=True)
    def named(self, bogus):
        self.link = f"https://x.com/{HANDLE}/status/{bogus.id}"

    def order(self, channel, verb, effect="E-1", **changes):
        return super().order(channel, verb, effect, **{"item": self.link, **changes})


# -- post ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
async def test_a_post_is_made_once_and_its_number_comes_back(platform, way):
    account = account_at(platform, way=way)
    outcome = await account.act(order_of())
    (post,) = platform.posts
    assert isinstance(outcome, Done)
    assert outcome.remote == post.id
    assert post.words == NOTICE
    assert json.loads(outcome.proof)["link"] == f"https://x.com/{HANDLE}/status/{post.id}"
    await account.close()


@pytest.mark.parametrize(
    "words",
    ["x" * 281, "\U0001f6a8" * 141, "", " \n", "a\x1b[2J", "a\ud800", "a\0", "https://gov.uk " + "x" * 257],
)
async def test_what_x_does_not_take_is_never_sent(platform, account, words):
    outcome = await account.act(order_of(text=words))
    assert isinstance(outcome, Failed)
    assert platform.log == []


async def test_weights_count_as_x_counts_them(platform, account):
    assert isinstance(await account.act(order_of(text="https://example.police.uk/" + "x" * 300)), Done)


async def test_nothing_is_posted_in_another_accounts_name(platform):
    account = account_at(platform, pocket_of(platform, "oauth2", account=THEM))
    outcome = await account.act(order_of())
    assert isinstance(outcome, Failed)
    assert "@SomebodyElse (777), not to @ExamplePolice" in outcome.reason
    assert platform.posts == []
    await account.close()


async def test_a_renamed_account_is_known_by_its_number(platform):
    platform.accounts[US] = "Gotcha"
    stranger = account_at(platform)
    assert "set its user-id" in (await stranger.act(order_of())).reason
    known = account_at(platform, user_id=US)
    assert isinstance(await known.act(order_of()), Done)
    await stranger.close()
    await known.close()


async def test_empty_credits_are_said_plainly(platform, account):
    platform.credits = 1
    outcome = await account.act(order_of())
    assert isinstance(outcome, Failed)
    assert "credits" in outcome.reason
    assert "nothing was posted" in outcome.reason


async def test_words_that_stand_there_already_are_found(platform, account):
    post = platform.publish(NOTICE)
    outcome = await account.act(order_of())
    assert isinstance(outcome, Done)
    assert outcome.remote == post.id
    assert len(platform.posts) == 1


async def test_words_that_x_calls_a_duplicate_and_does_not_show_are_in_doubt(platform, account):
    platform.delay = 60_000
    platform.publish(NOTICE)
    outcome = await account.act(order_of())
    assert isinstance(outcome, InDoubt)
    assert "posted already" in outcome.reason


async def test_a_window_is_waited_for_and_said(platform):
    clock = platform.clock = TurnedClock(NIGHT)
    account = account_at(platform)
    assert isinstance(await account.act(order_of()), Done)
    platform.used[US, "post"] = [clock.now().boot] * 100
    clock.turn(60_000)
    waiting = asyncio.create_task(account.act(order_of(effect="E-2", text="Another")))
    await until(lambda: clock.sleepers)
    assert account.held == "X lets the next one go at 22:31 UTC."
    clock.turn(QUARTER - 60_000 + 1_000)
    assert isinstance(await waiting, Done)
    assert account.held == ""
    await account.close()


async def test_a_limit_of_the_day_is_not_waited_for(platform, account):
    reply = platform._create

    def spent(text, who):
        answer = platform.failure(429)
        answer.headers["x-user-limit-24hour-remaining"] = "0"
        answer.headers["x-user-limit-24hour-reset"] = str(NIGHT // 1_000 + 5 * 3_600)
        return answer

    platform._create = spent
    outcome = await account.act(order_of())
    assert isinstance(outcome, Failed)
    assert "03:16 UTC" in outcome.reason
    platform._create = reply
    assert isinstance(await account.act(order_of(attempt=2)), Done)


@pytest.mark.parametrize("reset", ["999999999999", "-5", "soon", ""])
async def test_a_window_that_nobody_can_tell_the_end_of_ends_the_act(platform, account, reset):
    platform.failure_of = platform.failure

    def odd(status):
        answer = platform.failure_of(status)
        answer.headers["x-rate-limit-reset"] = reset
        return answer

    platform.failure = odd
    platform.misbehave = lambda request: "429" if request.method == "POST" else ""
    assert isinstance(await account.act(order_of()), Failed)


# -- another attempt ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delay", [0, 45_000, 60_000])
@pytest.mark.parametrize("same_process", [True, False])
async def test_another_attempt_finds_what_the_first_did(platform, account, delay, same_process):
    platform.delay = delay
    platform.misbehave = lambda request: "drop-after" if request.method == "POST" else ""
    assert isinstance(await account.act(order_of()), InDoubt)
    platform.misbehave = lambda _request: ""
    again = account if same_process else account_at(platform)
    outcome = await again.act(order_of(attempt=2))
    assert isinstance(outcome, Done)
    assert outcome.remote == platform.posts[0].id
    assert len(platform.posts) == 1
    await again.close()


async def test_another_attempt_posts_what_the_first_did_not(platform, account):
    platform.misbehave = lambda request: "drop-before" if request.method == "POST" else ""
    assert isinstance(await account.act(order_of()), InDoubt)
    platform.misbehave = lambda _request: ""
    assert isinstance(await account.act(order_of(attempt=2)), Done)
    assert len(platform.posts) == 1


async def test_another_attempt_that_cannot_look_sends_nothing(platform, account):
    platform.misbehave = lambda request: "drop-after" if request.method == "POST" else ""
    await account.act(order_of())
    platform.misbehave = lambda request: "503" if request.method == "GET" else ""
    outcome = await account.act(order_of(attempt=2))
    assert isinstance(outcome, InDoubt)
    assert len(platform.posts) == 1


async def test_after_a_definite_refusal_nobody_looks_for_a_minute(platform, account):
    platform.credits = 1
    assert isinstance(await account.act(order_of()), Failed)
    platform.credits = None
    before = platform.clock.now().boot
    assert isinstance(await account.act(order_of(attempt=2)), Done)
    assert platform.clock.now().boot == before


# -- the probe of a post -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "Ask <us> & others: 5 > 4",
        "See https://example.police.uk/news/1?a=b&c=d. Or police.uk!",
        "Zwei  Leerzeichen\nund Cafe\u0301 \U0001f469\u200d\u2708\ufe0f",
        "Ends with police.uk/",
    ],
)
async def test_our_words_are_known_in_whatever_x_makes_of_them(platform, account, words):
    platform.publish("Something else")
    platform.misbehave = lambda request: "drop-after" if request.method == "POST" else ""
    order = order_of(text=words)
    assert isinstance(await account.act(order), InDoubt)
    seen = await account.probe(order)
    assert seen.verdict == "agrees"
    assert seen.value == platform.posts[-1].id
    assert (await account.read())[0].words == words


async def test_the_same_words_with_another_link_are_not_ours(platform, account):
    platform.misbehave = lambda request: "drop-before" if request.method == "POST" else ""
    order = order_of(text="Read this: https://example.police.uk/notice")
    await account.act(order)
    platform.publish("Read this: https://bad.example/notice")
    platform.clock.turn(60_000)
    assert (await account.probe(order)).verdict == "disagrees"


async def test_links_that_x_does_not_write_out_are_for_a_person_to_judge(platform, account):
    order = order_of(text="Read this: https://example.police.uk/notice")
    platform.publish(order.text).links.clear()
    platform.clock.turn(120_000)
    seen = await account.probe(order)
    assert seen.verdict == "cannot-see"
    assert "Look yourself" in seen.raw


async def test_absence_says_nothing_before_x_must_show_it(platform, account):
    platform.misbehave = lambda request: "drop-before" if request.method == "POST" else ""
    await account.act(order_of())
    assert (await account.probe(order_of())).verdict == "cannot-see"
    platform.clock.turn(59_000)
    assert (await account.probe(order_of())).verdict == "cannot-see"
    platform.clock.turn(1_000)
    assert (await account.probe(order_of())).verdict == "disagrees"


async def test_yesterdays_words_are_not_todays(platform, account):
    platform.publish(NOTICE, wall=NIGHT - 86_400_000 - 1)
    await account.probe(order_of())
    platform.clock.turn(60_000)
    assert (await account.probe(order_of())).verdict == "disagrees"


async def test_a_timeline_too_long_to_be_read_whole_decides_nothing(platform, account):
    for number in range(501):
        platform.publish(f"Spam {number}")
    await account.probe(order_of())
    platform.clock.turn(60_000)
    assert (await account.probe(order_of())).verdict == "cannot-see"


# -- delete ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
async def test_a_post_is_deleted_by_its_link_or_its_number(platform, way):
    account = account_at(platform, way=way)
    posts = [platform.publish(f"{BOGUS} {n}") for n in range(3)]
    items = [
        posts[0].id,
        f"https://twitter.com/i/web/status/{posts[1].id}?s=20",
        f"x.com/{HANDLE}/status/{posts[2].id}/photo/1",
    ]
    for n, item in enumerate(items):
        assert isinstance(await account.act(order_of("delete", f"E-{n}", item=item)), Done)
    assert platform.standing() == []
    await account.close()


@pytest.mark.parametrize(
    "item",
    [
        "",
        "nonsense",
        "https://x.com/ExamplePolice",
        "https://evil.example/x.com/a/status/1",
        "1" * 20,
        "https://x.com/a/status/1 x",
        "\u0661\u0662",
    ],
)
async def test_what_names_no_post_is_not_deleted(platform, account, item):
    assert post_id(item) == ""
    assert isinstance(await account.act(order_of("delete", item=item)), Failed)
    assert platform.log == []


@pytest.mark.parametrize("missing", [200, 404])
@pytest.mark.parametrize("host", ["https://api.x.com", "https://api.twitter.com"])
async def test_what_is_gone_already_is_done(platform, account, missing, host):
    platform.missing, platform.problems = missing, host
    post = platform.publish(BOGUS)
    assert isinstance(await account.act(order_of("delete", item=post.id)), Done)
    again = await account.act(order_of("delete", "E-2", item=post.id))
    assert isinstance(again, Done)
    assert json.loads(again.proof)["already"] is True


async def test_what_is_somebody_elses_is_not_deleted(platform, account):
    post = platform.publish(BOGUS, by=THEM)
    outcome = await account.act(order_of("delete", item=post.id))
    assert isinstance(outcome, Failed)
    assert "not authorized to delete" in outcome.reason


async def test_sixty_deletions_go_through_two_windows_by_themselves(platform, account):
    posts = [platform.publish(f"{BOGUS} {n}") for n in range(60)]
    for post in posts:
        assert isinstance(await account.act(order_of("delete", f"E-{post.id}", item=post.id)), Done)
    assert platform.standing() == []
    assert QUARTER <= platform.clock.now().boot <= QUARTER + 5_000


@pytest.mark.parametrize("first", ["drop-after", "500-after"])
async def test_a_no_after_an_unanswered_try_is_no_failure(platform, account, first):
    post = platform.publish(BOGUS)
    platform.script.extend([first, "402"])
    outcome = await account.act(order_of("delete", item=post.id))
    assert post.gone is not None
    assert isinstance(outcome, InDoubt)
    assert isinstance(await account.act(order_of("delete", attempt=2, item=post.id)), Done)


# -- gone --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [200, 404])
@pytest.mark.parametrize("host", ["https://api.x.com", "https://api.twitter.com"])
@pytest.mark.parametrize("outside", [True, False])
async def test_a_post_is_gone_when_two_looks_half_a_minute_apart_say_so(platform, missing, host, outside):
    platform.missing, platform.problems = missing, host
    pocket = pocket_of(platform, "oauth2")
    pocket.secrets["bearer-token"] = BEARER if outside else ""
    account = account_at(platform, pocket)
    post = platform.publish(BOGUS)
    order = order_of("delete", item=post.id)
    assert isinstance(await account.act(order), Done)
    verdicts = []
    for _ in range(4):
        verdicts.append((await account.check("absent", order)).verdict)
        platform.clock.turn(10_000)
    assert verdicts == ["cannot-see", "cannot-see", "cannot-see", "agrees"]
    looks = [
        each.headers["authorization"]
        for each in platform.log
        if each.method == "GET" and post.id in each.path
    ]
    assert all((each == f"Bearer {BEARER}") is outside for each in looks)
    await account.close()


async def test_what_x_still_shows_after_we_deleted_it_decides_nothing_for_a_minute(platform, account):
    platform.delay = 60_000
    post = platform.publish(BOGUS)
    platform.clock.turn(60_000)
    order = order_of("delete", item=post.id)
    await account.act(order)
    assert (await account.check("absent", order)).verdict == "cannot-see"
    assert (await account.probe(order)).verdict == "cannot-see"
    platform.clock.turn(60_000)
    await account.check("absent", order)
    platform.clock.turn(30_000)
    assert (await account.check("absent", order)).verdict == "agrees"


async def test_what_stands_stands(platform, account):
    post = platform.publish(BOGUS)
    order = order_of("delete", item=post.id)
    assert (await account.check("absent", order)).verdict == "cannot-see"
    platform.clock.turn(60_000)
    seen = await account.check("absent", order)
    assert (seen.verdict, seen.value) == ("disagrees", "1")


async def test_many_posts_are_asked_for_at_once(platform, account):
    posts = [platform.publish(f"{BOGUS} {n}") for n in range(130)]
    for post in posts[1:]:
        post.gone = 0
    order = order_of("delete", item=" ".join(post.id for post in posts))
    await account.check("absent", order)
    platform.clock.turn(60_000)
    assert (await account.check("absent", order)).value == "1"
    posts[0].gone = 0
    before = len(platform.log)
    await account.check("absent", order)
    platform.clock.turn(30_000)
    assert (await account.check("absent", order)).verdict == "agrees"
    assert len(platform.log) - before <= 2 * 4


async def test_a_post_that_only_the_timeline_shows_is_not_gone(platform, account):
    post = platform.publish(BOGUS)
    order = order_of("delete", item=post.id)
    platform._one = lambda ident, query: __import__("support_http").Reply(
        404, {"errors": [platform._not_found(ident)]}
    )
    await account.check("absent", order)
    platform.clock.turn(60_000)
    assert (await account.check("absent", order)).verdict == "disagrees"


async def test_what_a_suspension_hides_is_not_gone(platform):
    account = account_at(platform, user_id=US)
    post = platform.publish(BOGUS)
    platform.suspended = True
    for _ in range(3):
        assert (await account.check("absent", order_of("delete", item=post.id))).verdict == "cannot-see"
        platform.clock.turn(60_000)
    assert await account.read() is None
    await account.close()


async def test_an_app_that_is_refused_leaves_looking_to_the_account(platform):
    pocket = pocket_of(platform, "oauth2")
    pocket.secrets["bearer-token"] = "AAAA-ended-long-ago"
    platform.expire()
    account = account_at(platform, pocket)
    platform.publish(BOGUS)
    assert len(await account.read()) == 1
    await account.close()


# -- pins --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", ["old", "new", "both", "deaf"])
async def test_a_pin_is_seen_under_either_name(clock, names):
    async with XPlatform(clock, names=names) as platform:
        account = account_at(platform)
        notice, other = platform.publish(NOTICE), platform.publish(BOGUS)
        order = order_of("pin", item=notice.id)
        platform.pin(other.id)
        await account.check("pinned", order)
        clock.turn(60_000)
        seen = await account.check("pinned", order)
        assert (seen.verdict, seen.value) == ("disagrees", other.id)
        platform.pin(notice.id)
        assert (await account.check("pinned", order)).verdict == "agrees"
        assert (await account.check("unpinned", order)).verdict == "cannot-see"
        clock.turn(60_000)
        assert (await account.check("unpinned", order)).verdict == "disagrees"
        platform.pin("")
        assert (await account.check("unpinned", order)).verdict == "cannot-see"
        clock.turn(30_000)
        assert (await account.check("unpinned", order)).verdict == "agrees"
        await account.close()


async def test_which_pin_is_meant_is_not_guessed(platform, account):
    platform.pin(platform.publish(BOGUS).id)
    platform.clock.turn(120_000)
    for probe in ("pinned", "unpinned"):
        for _ in range(2):
            seen = await account.check(probe, order_of("pin"))
            assert seen.verdict == "cannot-see"
            platform.clock.turn(60_000)


async def test_pinning_is_left_to_a_person(account):
    assert not account.can("pin")
    assert not account.can("unpin")


# -- reading -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", ["old", "new", "both", "deaf"])
@pytest.mark.parametrize("way", ["oauth2", "oauth1", "bearer"])
async def test_what_is_published_is_read_newest_first(clock, names, way):
    async with XPlatform(clock, names=names) as platform:
        account = account_at(platform, way=way)
        assert await account.read() == ()
        platform.publish("Older & <wiser>", wall=NIGHT - 5_000)
        post = platform.publish("Look: https://bad.example/x")
        platform.publish("Not ours", by=THEM)
        newest, oldest = await account.read()
        assert (newest.remote, newest.published) == (post.id, NIGHT)
        assert newest.words == "Look: https://bad.example/x"
        assert newest.link == f"https://x.com/{HANDLE}/status/{post.id}"
        assert (oldest.words, oldest.published) == ("Older & <wiser>", NIGHT - 5_000)
        before = len(platform.log)
        await account.read()
        assert len(platform.log) == before + 1  # it remembers which names X knows
        await account.close()


async def test_pages_are_followed_to_a_bound(platform, account):
    for number in range(730):
        platform.publish(f"Spam {number}")
    assert len(await account.read()) == 500


async def test_old_pages_are_left_alone(platform, account):
    for number in range(300):
        platform.publish(f"Old {number}", wall=NIGHT - 200_000_000 + number)
    assert len(await account.read()) == 100


async def test_a_shut_window_is_not_knocked_at(platform, account):
    await account.read()
    platform.used[US, "look"] = [platform.clock.now().boot] * 900
    assert await account.read() is None
    before = len(platform.log)
    assert await account.read() is None
    assert len(platform.log) == before
    platform.clock.turn(QUARTER + 1_000)
    assert await account.read() == ()


# -- the rest ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", ["old", "new", "both", "deaf"])
async def test_a_profile_is_told(clock, names):
    async with XPlatform(clock, names=names) as platform:
        account = account_at(platform)
        platform.pin(platform.publish(NOTICE).id)
        found = await account.profile()
        assert found["pinned"] == platform.posts[0].id
        assert (found["id"], found["handle"], found["name"]) == (US, HANDLE, "Example Police")
        assert found["description"] == "We police Example."
        assert found["protected"] == "no"
        await account.close()


@pytest.mark.parametrize("names", ["old", "new", "both", "deaf"])
@pytest.mark.parametrize("way", ["oauth2", "bearer"])
async def test_a_capture_has_the_reach(clock, names, way):
    async with XPlatform(clock, names=names) as platform:
        account = account_at(platform, way=way)
        post = platform.publish(BOGUS)
        found = await account.capture(f"https://x.com/{HANDLE}/status/{post.id}")
        assert len(found.pop("api")) == 64
        assert found == {
            "likes": "12",
            "reposts": "3",
            "replies": "3",
            "quotes": "3",
            "bookmarks": "3",
            "views": "3",
        }
        assert {each.method for each in platform.log} == {"GET"}
        post.gone = 0
        with pytest.raises(Lost):
            await account.capture(post.id)
        with pytest.raises(NotSent):
            await account.capture("https://x.com/")
        await account.close()


async def test_a_try_says_what_works_and_what_does_not(platform, account):
    platform.publish(NOTICE)
    tried = await account.test()
    said = "\n".join(tried.lines)
    assert tried.ok
    assert "@ExamplePolice's, account number 9" in said
    assert "Set user-id to 9" in said
    assert "19 July 2019, 22:16 UTC" in said
    assert "899 more times until 22:31 UTC" in said
    assert "renews itself" in said
    assert "By hand" in said
    assert "pin and unpin" in said
    assert {each.method for each in platform.log} == {"GET"}


async def test_a_try_of_an_app_that_may_only_look_says_so(platform):
    account = account_at(platform, way="bearer")
    tried = await account.test()
    assert tried.ok
    assert "Posting and deleting are done by hand" in "\n".join(tried.lines)
    assert not account.can("post")
    await account.close()


async def test_a_try_finds_an_access_that_may_not_write(platform):
    platform.access_level = "read"
    account = account_at(platform, way="oauth1")
    tried = await account.test()
    assert not tried.ok
    assert "may only read" in "\n".join(tried.lines)
    pocket = pocket_of(platform, "oauth2")
    pocket.secrets["scope"] = "tweet.read users.read"
    reading = account_at(platform, pocket)
    assert not (await reading.test()).ok
    await account.close()
    await reading.close()


@pytest.mark.parametrize(
    ("secrets", "words"),
    [
        ({}, "no access to X"),
        ({"access_token": "access-ended"}, "401"),
        ({"access_token": "a\nb"}, "no token"),
    ],
)
async def test_a_try_without_access_says_so(platform, secrets, words):
    account = account_at(platform, Pocket(**secrets))
    tried = await account.test()
    assert not tried.ok
    assert words in "\n".join(tried.lines)
    await account.close()


async def test_what_is_asked_for_is_what_is_used():
    names = {need.name for need in NEEDS}
    assert {
        "handle",
        "sign-in",
        "client-id",
        "access-token",
        "refresh-token",
        "bearer-token",
        "token-secret",
    } <= names
    assert not any(need.secret for need in NEEDS if need.name in ("handle", "client-id", "user-id"))
    assert all(need.asks.endswith(("?", ".")) for need in NEEDS)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"handle": ""}, "handle"),
        ({"handle": "too-long-and-with-hyphens"}, "handle"),
        ({"handle": "x/../2/users/me"}, "handle"),
        ({"sign-in": "password"}, "sign-in"),
        ({"client-id": ""}, "client-id"),
        ({"client-id": "a:b"}, "client-id"),
        ({"user-id": "nine"}, "user-id"),
        ({"base": "http://api.x.com"}, "base"),
        ({"base": "https://user:pw@api.x.com"}, "base"),
        ({"base": "https://api.x.com:port"}, "base"),
        ({"base": "https://api.x.com/2?x"}, "base"),
    ],
)
def test_wrong_settings_are_named(changes, word):
    right = {
        "handle": "@ExamplePolice",
        "client-id": "abc",
        "base": "http://127.0.0.1:80",
        "sign-in": "oauth2",
    }
    assert problems(right) == ()
    (wrong,) = problems({**right, **changes})
    assert wrong.startswith(word)


def test_everything_wrong_is_named_at_once():
    assert len(problems({"handle": "", "sign-in": "", "base": "ftp://x"})) == 3


@pytest.mark.skipif(spec() is None, reason="X's description is not at hand")
@pytest.mark.parametrize(
    ("method", "path", "query", "body", "scheme"),
    [
        ("POST", "/2/tweets", {}, {"text": 1}, "UserToken"),
        ("POST", "/2/tweets", {}, {"text": "a", "pin": True}, "UserToken"),
        ("POST", "/2/tweets", {}, {"text": "a"}, "BearerToken"),
        ("DELETE", "/2/tweets/1x", {}, None, "UserToken"),
        ("DELETE", "/2/tweets/1", {}, {}, "UserToken"),
        ("GET", "/2/users/9/tweets", {"max_results": "4"}, None, "UserToken"),
        ("GET", "/2/users/9/tweets", {"tweet.fields": "created_at"}, None, "UserToken"),
        ("GET", "/2/users/me", {"expansions": "pinned_tweet_id"}, None, "UserToken"),
        ("GET", "/2/pins", {}, None, "UserToken"),
        ("GET", "/2/tweets", {}, None, "UserToken"),
    ],
)
def test_the_judge_finds_what_x_does_not_take(method, path, query, body, scheme):
    assert wrong_request(method, path, query, body, scheme)
    assert wrong_answer("POST", "/2/tweets", 201, {"data": {"text": "no number"}})
    assert not wrong_answer("POST", "/2/tweets", 201, {"data": {"id": "1", "text": ""}})
