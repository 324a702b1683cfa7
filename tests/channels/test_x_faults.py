"""Whatever X, or the line to it, does: no second post, nothing called done that is not, nothing called failed that happened."""

from __future__ import annotations

import json
import random

import pytest
from channels.support_x import NOTICE, Hasty, account_at, order_of
from standins.x import Onward, XPlatform
from support_http import Reply

from console.channels.live.web import Lost, NotSent
from console.channels.live.x import XChannel
from console.channels.protocol import Done, Failed, InDoubt, Seen

NIGHT = 1_563_574_560_000
BOGUS = "We are giving away the station's cat"
QUICK = ("drop-before", "drop-after", "500", "500-after", "503", "429", "402", "html", "garbage", "redirect")
SLOW = ("huge", "endless", "bomb", "silent")
EVERY = (*QUICK, *SLOW)
DOES_IT = ("drop-after", "500-after", "html", "garbage", *SLOW)  # the act is carried out all the same
POST_ENDS = dict.fromkeys(EVERY, InDoubt) | {"429": Done, "402": Failed}
DELETE_ENDS = {
    **dict.fromkeys(EVERY, Done),  # the next try finds out
    **dict.fromkeys(("html", "garbage", "redirect"), InDoubt),
    "402": Failed,
}


@pytest.fixture
def clock():
    return Onward(NIGHT)


@pytest.fixture
async def platform(clock):
    async with XPlatform(clock) as running:
        yield running


@pytest.fixture
async def account(platform, request):
    silent = getattr(request.node, "callspec", None) and request.node.callspec.params.get("word") == "silent"
    channel = account_at(platform, kind=Hasty if silent else XChannel)
    yield channel
    await channel.close()


def judge(platform, outcome, happened):
    """What was said against what is so."""
    assert isinstance(outcome, Done | Failed | InDoubt)
    if isinstance(outcome, Done):
        assert happened
    else:
        assert outcome.reason
    if isinstance(outcome, Failed):
        assert not happened
    texts = [each.words for each in platform.posts]
    assert len(texts) == len(set(texts)), "posted twice"


def posted(platform, words=NOTICE):
    return any(each.words == words for each in platform.posts)


@pytest.mark.parametrize("word", EVERY)
async def test_a_post_that_meets_it_ends_as_the_rules_say(platform, account, word):
    platform.misbehave = lambda request: words.pop() if request.method == "POST" and words else ""
    words = [word]
    outcome = await account.act(order_of())
    assert type(outcome) is POST_ENDS[word]
    assert posted(platform) is (word in DOES_IT or word == "429")
    judge(platform, outcome, posted(platform))
    again = await account.act(order_of(attempt=2))
    judge(platform, again, posted(platform))
    assert isinstance(again, Done)


@pytest.mark.parametrize("word", EVERY)
async def test_a_deletion_that_meets_it_ends_as_the_rules_say(platform, account, word):
    post = platform.publish(BOGUS)
    platform.script.append(word)
    outcome = await account.act(order_of("delete", item=post.id))
    assert type(outcome) is DELETE_ENDS[word]
    judge(platform, outcome, post.gone is not None)
    assert isinstance(await account.act(order_of("delete", attempt=2, item=post.id)), Done)


@pytest.mark.parametrize("word", EVERY)
@pytest.mark.parametrize("verb", ["post", "delete"])
async def test_what_goes_on_for_ever_ends(platform, account, verb, word):
    bogus = platform.publish(BOGUS)
    platform.misbehave = lambda request: word if request.method in ("POST", "DELETE") else ""
    outcome = await account.act(order_of(verb, item=bogus.id))
    happened = posted(platform) if verb == "post" else bogus.gone is not None
    judge(platform, outcome, happened)
    assert isinstance(outcome, Failed if word in ("402", "429") else InDoubt)
    assert "x-access" not in outcome.reason


@pytest.mark.parametrize("word", EVERY)
async def test_what_meets_the_question_who_we_are_posts_nothing(platform, account, word):
    platform.misbehave = lambda request: word if request.method == "GET" else ""
    outcome = await account.act(order_of())
    assert isinstance(outcome, Failed)
    assert platform.posts == []


@pytest.mark.parametrize("word", EVERY)
async def test_looks_that_meet_it_see_nothing_and_say_so(platform, account, word):
    post = platform.publish(BOGUS)
    await account.read()
    platform.clock.turn(60_000)
    platform.misbehave = lambda _request: word
    order = order_of("delete", item=post.id)
    for probe in ("absent", "pinned", "unpinned"):
        assert (await account.check(probe, order)).verdict == "cannot-see"
    for verb in ("post", "delete"):
        seen = await account.probe(order_of(verb, item=post.id))
        assert seen.verdict == "cannot-see"
        assert seen.raw
    platform.clock.turn(16 * 60_000)
    assert await account.read() is None
    assert not (await account.test()).ok
    with pytest.raises((Lost, NotSent)):
        await account.capture(post.id)
    with pytest.raises((Lost, NotSent)):
        await account.profile()


@pytest.mark.parametrize("word", EVERY)
async def test_looks_are_good_again_when_it_is_over(platform, account, word):
    post = platform.publish(BOGUS)
    platform.script.append(word)
    await account.read()
    platform.clock.turn(16 * 60_000)
    (seen,) = await account.read()
    assert seen.remote == post.id


@pytest.mark.parametrize("verb", ["post", "delete"])
async def test_that_nothing_happened_is_not_said_while_it_may_still_arrive(platform, account, verb):
    platform.delay = 60_000
    bogus = platform.publish(BOGUS)
    platform.clock.turn(60_000)
    platform.misbehave = lambda request: "drop-before" if request.method in ("POST", "DELETE") else ""
    order = order_of(verb, item=bogus.id)
    assert isinstance(await account.act(order), InDoubt)
    platform.clock.turn(50_000)
    platform.publish(NOTICE) if verb == "post" else platform.take_away(bogus)  # it came late
    for _ in range(6):
        assert (await account.probe(order)).verdict == "cannot-see"
        platform.clock.turn(9_000)
    for _ in range(2):
        platform.clock.turn(40_000)
        seen = await account.probe(order)
    assert seen.verdict == "agrees"


# -- strange answers -----------------------------------------------------------------------------------------------------

STRANGE = [
    None,
    [],
    "words",
    0,
    {},
    {"data": None},
    {"data": []},
    {"data": "x"},
    {"data": {"id": None}},
    {"data": {"id": -1}},
    {"data": {"id": True}},
    {"data": {"id": "1\n2"}},
    {"data": {"id": "9" * 40}},
    {"data": {"deleted": "yes"}},
    {"data": {"deleted": False}},
    {"data": [{"id": "1", "text": 5}, "words"]},
    {"data": [{"text": "no id"}], "meta": {}},
    {"data": [None], "meta": []},
    {"errors": "words"},
    {"errors": [None, 1, {"type": 5}]},
    {
        "errors": [
            {
                "type": "https://api.x.com/2/problems/resource-not-found",
                "resource_type": "tweet",
                "resource_id": "1",
            }
        ]
    },
    {
        "errors": [
            {
                "type": "https://api.x.com/2/problems/resource-not-found",
                "resource_type": "user",
                "value": "IT",
            }
        ]
    },
    {
        "errors": [
            {
                "type": "https://api.x.com/2/problems/not-authorized-for-resource",
                "resource_type": "tweet",
                "value": "IT",
            }
        ]
    },
    {"data": {"id": "9", "username": ["x"]}, "includes": {"tweets": [{"id": {}}]}},
    {"title": "\x1b[2J", "detail": {"a": 1}},
]


@pytest.mark.parametrize("number", range(len(STRANGE)))
async def test_strange_answers_have_a_typed_outcome(platform, account, number):
    post = platform.publish(BOGUS)
    await account._prove()
    body = json.dumps(STRANGE[number]).replace("IT", post.id).encode()
    for status in (200, 201, 204, 304, 400, 403, 404, 418, 451):
        platform.reply = _always(Reply(status, body, {"Content-Type": "application/json"}))
        await meets_strangeness(account, post)


def _always(answer):
    async def reply(_request):
        return answer

    return reply


async def meets_strangeness(account, post):
    order = order_of("delete", item=post.id)
    for verb in ("post", "delete"):
        outcome = await account.act(order_of(verb, item=post.id))
        assert isinstance(outcome, Failed | InDoubt), outcome
    account._clock.turn(120_000)
    for _ in range(2):
        for probe in ("absent", "pinned"):
            assert (await account.check(probe, order)).verdict != "agrees"
        assert (await account.check("unpinned", order)).verdict != "disagrees"
        assert isinstance(await account.probe(order_of()), Seen)
        account._clock.turn(60_000)
    found = await account.read()
    assert found is None or all(isinstance(each.published, int) for each in found)
    assert not isinstance(await account.revoke(), Done)
    account._proved = "9"


@pytest.mark.parametrize("deep", [100, 100_000])
async def test_depth_breaks_nothing(platform, account, deep):
    async def answer(_request):
        return Reply(
            200, b'{"data":' + b"[" * deep + b"]" * deep + b"}", {"Content-Type": "application/json"}
        )

    platform.reply = answer
    assert await account.read() is None
    assert isinstance(await account.act(order_of()), Failed)
    assert (await account.check("absent", order_of("delete", item="1"))).verdict == "cannot-see"


async def test_odd_times_and_figures_are_taken_as_far_as_they_make_sense(platform, account):
    posts = [
        {"id": 1152341341762486273, "text": "A number for an id", "created_at": "yesterday"},
        {"id": "1152341341762486272", "text": None, "created_at": 5},
        {
            "id": "20",
            "created_at": "2019-07-19T22:16:00Z",
            "entities": {"urls": [{"url": 1}, None, {"url": "a", "expanded_url": []}]},
        },
        {"id": "19", "created_at": "0001-01-01T00:00:00+14:00", "text": "x" * 1_000_000},
    ]

    async def answer(request):
        if request.path.endswith("/tweets"):
            return Reply(200, {"data": posts, "meta": {"next_token": 7}})
        if "/tweets/" in request.path:
            metrics = {
                "like_count": "12",
                "retweet_count": -1,
                "reply_count": True,
                "impression_count": [],
                "quote_count": 4,
            }
            return Reply(200, {"data": {"id": "20", "public_metrics": metrics}})
        return Reply(200, {"data": {"id": "9", "username": "EXAMPLEPOLICE"}})

    platform.reply = answer
    first, second, third, fourth = await account.read()
    assert first.published == second.published == NIGHT
    assert third.published == NIGHT
    assert len(fourth.words) == 4_000
    found = await account.capture("20")
    assert {key: found[key] for key in ("likes", "quotes")} == {"likes": "12", "quotes": "4"}
    assert set(found) == {"api", "likes", "quotes"}


# -- seeded runs -----------------------------------------------------------------------------------------------------------


class Run:
    """One night with faults at random edges, every verdict held against what is so."""

    def __init__(self, seed, platform):
        self.chance = random.Random(seed)
        self.platform = platform
        self.way = self.chance.choice(["oauth2", "oauth1"])
        platform.names = self.chance.choice(["old", "new", "both", "deaf"])
        platform.missing = self.chance.choice([200, 404])
        platform.problems = self.chance.choice(["https://api.x.com", "https://api.twitter.com"])
        platform.lenient = (
            self.chance.random() < 0.5
        )  # its refusal of the same words must not be what we rest on
        platform.deleted_again = self.chance.choice(["gone", "deleted"])
        platform.delay = self.chance.choice([0, 5_000, 30_000, 60_000])
        self.odds = self.chance.choice([0.0, 0.15, 0.4])
        platform.misbehave = self.fault
        self.account = account_at(platform, way=self.way)
        self.attempts = {}

    def fault(self, _request):
        return self.chance.choice(QUICK) if self.chance.random() < self.odds else ""

    async def restart(self):
        """The process dies and another takes over; what the vault holds is all that is left."""
        pocket = self.account._secrets
        await self.account.close()
        self.account = account_at(self.platform, pocket, way=self.way)

    async def carry_out(self, order, happened):
        """Until it has ended one way or the other: act, look, act again; `happened` says what is so."""
        for attempt in range(1, 9):
            outcome = await self.account.act(
                order_of(order.verb, order.effect, attempt=attempt, text=order.text, item=order.item)
            )
            judge(self.platform, outcome, happened())
            if isinstance(outcome, Done):
                return
            if isinstance(outcome, InDoubt) and self.chance.random() < 0.3:
                continue  # an officer in a hurry
            if isinstance(outcome, InDoubt) and await self.look(order, happened):
                return

    async def look(self, order, happened):
        """Probe until it is clear, as an officer would; whether it happened."""
        for _ in range(8):
            if self.chance.random() < 0.1:
                await self.restart()
            seen = await self.account.probe(order)
            if seen.verdict != "cannot-see":
                assert (seen.verdict == "agrees") is happened(), seen
                return seen.verdict == "agrees"
            self.platform.clock.turn(self.chance.choice([1_000, 15_000, 40_000]))
        return False

    async def go(self):
        for n in range(self.chance.randrange(1, 3)):
            await self.step(n)
        await self.account.close()

    async def step(self, n):
        bogus = self.platform.publish(f"{BOGUS} {n}")
        self.platform.clock.turn(self.platform.delay)  # nobody asks for what nobody has seen
        words = f"Please ignore what was said {n}. See https://example.police.uk/{n}"
        await self.carry_out(order_of(effect=f"P-{n}", text=words), lambda: posted(self.platform, words))
        order = order_of("delete", f"D-{n}", item=f"https://x.com/ExamplePolice/status/{bogus.id}")
        await self.carry_out(order, lambda: bogus.gone is not None)
        for _ in range(6):
            seen = await self.account.check("absent", order)
            if seen.verdict != "cannot-see":
                assert (seen.verdict == "agrees") is (bogus.gone is not None), seen
            self.platform.clock.turn(15_000)


@pytest.mark.parametrize("block", range(4))
async def test_no_run_ends_in_a_second_post_or_a_wrong_word(clock, block):
    for seed in range(block * 25, block * 25 + 25):
        async with XPlatform(clock) as platform:
            try:
                await Run(seed, platform).go()
            except AssertionError as error:
                raise AssertionError(f"seed {seed}") from error
