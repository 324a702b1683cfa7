"""An account at X: what it does, what it sees, and what it will not say."""

from __future__ import annotations

import asyncio
import json

import pytest
from channels.support_x import NOTICE, Hasty, Pocket, account_at, order_of, pocket_of, until
from contracts.channel_contract import ChannelContract
from standins.x import HANDLE, QUARTER, THEM, US, Onward, XPlatform
from standins.x_spec import spec, wrong_answer, wrong_request

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


@pytest.mark.parametrize("word", ["drop-after", "500-after", "html"])
async def test_a_lost_attempt_after_a_refused_one_is_looked_for(platform, account, word):
    platform.lenient = True
    platform.credits = 1
    assert isinstance(await account.act(order_of()), Failed)
    platform.credits = None
    platform.script.append(word)
    assert isinstance(await account.act(order_of(attempt=2)), InDoubt)
    assert isinstance(await account.act(order_of(attempt=3)), Done)
    assert len(platform.posts) == 1


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
    platform.clock.turn(120_000)
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
    platform.clock.turn(119_000)
    assert (await account.probe(order_of())).verdict == "cannot-see"
    platform.clock.turn(1_000)
    assert (await account.probe(order_of())).verdict == "disagrees"


async def test_yesterdays_words_are_not_todays(platform, account):
    platform.publish(NOTICE, wall=NIGHT - 86_400_000 - 1)
    await account.probe(order_of())
    platform.clock.turn(120_000)
    assert (await account.probe(order_of())).verdict == "disagrees"


async def test_a_timeline_too_long_to_be_read_whole_decides_nothing(platform, account):
    for number in range(501):
        platform.publish(f"Spam {number}")
    await account.probe(order_of())
    platform.clock.turn(120_000)
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


@pytest.mark.parametrize("word", ["drop-after", "500-after"])
async def test_a_lost_deletion_after_a_refused_one_stays_in_doubt(platform, account, word):
    post = platform.publish(BOGUS)
    platform.credits = 0
    assert isinstance(await account.act(order_of("delete", item=post.id)), Failed)
    platform.credits = None
    platform.script.extend([word, "drop-before", "drop-before"])
    assert isinstance(await account.act(order_of("delete", attempt=2, item=post.id)), InDoubt)
    platform.credits = 0
    assert isinstance(await account.act(order_of("delete", attempt=3, item=post.id)), InDoubt)
    assert post.gone is not None


# -- settings ----------------------------------------------------------------------------------------------------------


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
