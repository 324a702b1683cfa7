"""What X tells at once: an alarm that makes the console look, bounded against whatever comes, and never what it goes by."""

from __future__ import annotations

import asyncio
import gzip
import json
from contextlib import aclosing, asynccontextmanager

import pytest
from channels.support_x import Hasty, account_at, order_of, pocket_of
from standins.x import BEARER, THEM, US, Onward, XPlatform
from support_http import ENDINGS

from console.channels.live.archive import Archive
from console.channels.live.held import LONGEST_LINE, MOST_LINES
from console.channels.live.x import problems
from console.channels.live.x_reading import LATEST
from console.channels.live.x_stream import EVENTS, FIRST, MOST, MOST_ODD
from console.clock import TurnedClock

NIGHT = 1_563_574_560_000  # Friday 19 July 2019, 22:16 UTC
BOGUS = "We are giving away the station's cat"
SET = {"user_id": US, "stream": "yes"}
EVERY = ("drop-before", "drop-after", "500", "503", "429", "402", "redirect", *ENDINGS)


class Brisk(Hasty):
    """Waits no longer than a moment for a sign of life."""

    silence = 0.2


@pytest.fixture
def clock():
    return Onward(NIGHT)


@pytest.fixture
async def platform(clock):
    async with XPlatform(clock) as running:
        yield running


@pytest.fixture
def pocket(platform):
    pocket = pocket_of(platform, "oauth2")
    pocket.secrets["bearer-token"] = BEARER
    return pocket


@pytest.fixture
async def account(platform, pocket):
    channel = account_at(platform, pocket, **SET)
    yield channel
    await channel.close()


@pytest.fixture
async def alerts(account):
    async with aclosing(account.alerts()) as words:
        assert await anext(words) == "open"
        yield words


def note(account):
    return account.notes.get("stream", "")


# -- what is told --------------------------------------------------------------------------------------------------------


async def test_every_kind_of_event_is_asked_for_once_and_told_at_once(platform, account, alerts):
    assert platform.subscriptions == [(event, US) for event in EVENTS]
    post = platform.publish(BOGUS)
    assert await anext(alerts) == "post.create"
    platform.take_away(post)
    assert await anext(alerts) == "post.delete"
    platform.tell("profile.update.bio", {"before": "a", "after": "b"})
    assert await anext(alerts) == "profile.update.bio"
    assert note(account) == ""


async def test_an_event_costs_and_its_line_is_kept_as_it_came(platform, pocket, tmp_path):
    archive = Archive(tmp_path / "evidence")
    account = account_at(platform, pocket, keeper=archive, **SET)
    async with aclosing(account.alerts()) as words:
        await anext(words)
        platform.publish(BOGUS)
        await anext(words)
        assert account.spent == 5_000
    await account.close()
    kept = [gzip.decompress(path.read_bytes()) for path in (tmp_path / "evidence").iterdir()]
    (line,) = [each for each in kept if BOGUS.encode() in each and b"/2/activity/stream" in each]
    assert b'"event_type": "post.create"' in line
    assert all(secret.encode() not in each for each in kept for secret in pocket.secrets.values())


async def test_what_is_told_to_be_gone_does_not_stand_there(platform, account, alerts):
    post = platform.publish(BOGUS)
    await anext(alerts)
    assert len(await account.read()) == 1
    platform.take_away(post)
    await anext(alerts)
    assert await account.read() == ()


async def test_a_deletion_that_is_told_has_the_newest_page_read_until_x_must_show_it(
    platform, account, alerts, clock
):
    post = platform.publish(BOGUS)
    await anext(alerts)
    await account.read()
    clock.turn(LATEST)
    await account.read()
    await account.read()
    assert "since_id" in platform.log[-1].query
    platform.delay = 60_000  # what is told at once, the timeline shows a minute late
    platform.take_away(post)
    await anext(alerts)
    assert len(await account.read()) == 1
    anew = []
    for _ in range(3):
        clock.turn(60_000)
        assert await account.read() == ()
        anew.append("since_id" not in platform.log[-1].query)
    assert anew == [True, True, False]


async def test_what_is_there_already_is_not_asked_for_again(platform, account):
    platform.subscriptions = [(EVENTS[0], US), (EVENTS[1], THEM)]
    async with aclosing(account.alerts()) as words:
        await anext(words)
    asked = [request.json()["event_type"] for request in platform.log if request.method == "POST"]
    assert asked == list(EVENTS[1:])


async def test_a_subscription_that_x_says_exists_is_no_trouble(platform, account):
    platform.subscriptions = [(event, US) for event in EVENTS]
    of_activity = platform._of_activity

    def forgetful(request):
        answer = of_activity(request)
        if request.method == "GET" and request.path.endswith("/subscriptions"):
            answer.body = {"data": []}
        return answer

    platform._of_activity = forgetful
    async with aclosing(account.alerts()) as words:
        assert await anext(words) == "open"
    assert note(account) == ""


async def test_other_accounts_of_the_same_app_are_none_of_ours(platform, account, alerts):
    platform.subscriptions.append(("post.create", THEM))
    platform.publish("Theirs", by=THEM)
    platform.publish(BOGUS)
    assert await anext(alerts) == "post.create"
    assert account.spent == 5_000


# -- where it cannot be ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", ["", "no"])
async def test_where_it_is_not_set_it_ends_at_once_and_asks_nothing(platform, pocket, stream):
    account = account_at(platform, pocket, stream=stream)
    assert [word async for word in account.alerts()] == []
    assert platform.log == []
    await account.close()


async def test_without_a_bearer_token_it_says_what_it_wants(platform, pocket):
    clock = platform.clock = TurnedClock(NIGHT)
    del pocket.secrets["bearer-token"]
    account = account_at(platform, pocket, **SET)
    async with hearing(account) as heard:
        await met(lambda: clock.sleepers)
        assert "needs the app's bearer-token" in note(account)
        assert await account.read() == ()
        pocket.secrets["bearer-token"] = BEARER
        clock.turn(MOST)
        await met(lambda: heard)


async def test_an_app_that_may_not_be_told_is_told_so_and_asks_seldom(platform, account):
    platform.allowed = False
    async with hearing(account) as heard:
        await met(lambda: len(platform.log) > 8)
        assert "Your app may not use this endpoint" in note(account)
        assert "goes on looking by itself" in note(account)
        assert platform.clock.now().boot >= 7 * 60_000
        platform.allowed = True
        await met(lambda: heard)
        assert note(account) == ""


def test_a_setting_that_is_neither_is_refused():
    right = {"handle": "@ExamplePolice", "client-id": "abc", "stream": "yes"}
    assert problems(right) == ()
    assert problems({**right, "stream": "perhaps"}) == ("stream is neither yes nor no",)


@pytest.mark.parametrize(("allowed", "words"), [(True, "X tells at once what"), (False, "may not use this")])
async def test_a_try_says_whether_it_is_told_and_subscribes_to_nothing(platform, account, allowed, words):
    platform.allowed = allowed
    tried = await account.test()
    assert tried.ok
    assert words in tried.lines[-1]
    assert {request.method for request in platform.log} == {"GET"}


# -- a line that breaks ------------------------------------------------------------------------------------------------


async def test_a_stream_that_breaks_is_taken_up_again_and_what_was_missed_is_looked_for(
    platform, account, alerts
):
    platform.piece(None)
    assert await anext(alerts) == "open"
    assert note(account) == ""
    platform.publish(BOGUS)
    assert await anext(alerts) == "post.create"


async def test_what_breaks_again_and_again_is_asked_for_ever_more_seldom(platform):
    clock = platform.clock = TurnedClock(NIGHT)
    pocket = pocket_of(platform, "oauth2")
    pocket.secrets["bearer-token"] = BEARER
    account = account_at(platform, pocket, **SET)
    platform.misbehave = lambda request: "503" if request.path.endswith("/stream") else ""
    async with hearing(account) as heard:
        pause = FIRST
        for _ in range(12):
            await met(lambda: clock.sleepers)
            asked = len(platform.log)
            clock.turn(max(pause, 60_000) - 1)
            await asyncio.sleep(0)
            assert (clock.sleepers, len(platform.log)) == (1, asked)
            clock.turn(1)
            await met(lambda asked=asked: len(platform.log) > asked)
            pause = min(pause * 2, MOST)
        assert pause == MOST
        await met(lambda: clock.sleepers)
        assert "503" in note(account)
        platform.misbehave = lambda _request: ""
        clock.turn(MOST)
        await met(lambda: heard)


async def test_a_window_is_left_alone_until_it_opens(platform):
    clock = platform.clock = TurnedClock(NIGHT)
    pocket = pocket_of(platform, "oauth2")
    pocket.secrets["bearer-token"] = BEARER
    account = account_at(platform, pocket, **SET)
    platform.script.extend(["", *[""] * len(EVENTS), "429"])
    async with hearing(account) as heard:
        await met(lambda: clock.sleepers)
        assert "X lets the next one go at 22:17 UTC." in note(account)
        clock.turn(61_000)
        await met(lambda: heard)


@pytest.mark.parametrize("word", EVERY)
async def test_whatever_the_stream_does_the_account_is_read_and_the_stream_taken_up_again(
    platform, account, word
):
    platform.misbehave = lambda request: word if request.path.endswith("/stream") else ""
    platform.publish(BOGUS)
    async with hearing(account) as heard:
        await met(lambda: "X does not tell at once" in note(account))
        assert [each.words for each in await account.read()] == [BOGUS]
        platform.misbehave = lambda _request: ""
        await met(lambda: platform.streams)
        platform.publish("Another")
        await met(lambda: "post.create" in heard)


async def test_silence_is_a_line_that_broke_and_signs_of_life_are_none(platform, pocket):
    account = account_at(platform, pocket, kind=Brisk, **SET)
    async with hearing(account) as heard:
        await met(lambda: heard)
        for _ in range(8):
            platform.piece(b"\r\n")
            await asyncio.sleep(account.silence / 4)
        assert heard == ["open"]
        await met(lambda: len(heard) > 1)  # nothing came for too long
        assert heard == ["open", "open"]


# -- what comes ----------------------------------------------------------------------------------------------------------


LINES = [
    b"\x00\xff\x1b]52;c;aGk=\x07{{{{",
    b"null",
    b"[]",
    b'"words"',
    b'{"data": null}',
    b'{"data": {"event_type": 5}}',
    b'{"data": ["post.create"]}',
    b'{"data":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    b'{"errors": [null, 5, {"detail": []}]}',
]


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
async def test_lines_that_are_no_event_alarm_nobody_and_end_nothing(platform, account, alerts, line):
    platform.piece(line + b"\r\n")
    platform.publish(BOGUS)
    assert await anext(alerts) == "post.create"
    assert account.spent == 5_000


async def test_an_event_in_pieces_is_one_event(platform, account, alerts):
    told = json.dumps(
        {"data": {"event_type": "post.create", "payload": {"id": "1", "author_id": US}}}
    ).encode()
    for byte in told + b"\r\n":
        platform.piece(bytes([byte]))
    assert await anext(alerts) == "post.create"


@pytest.mark.parametrize(
    ("flood", "words"),
    [
        (b"x" * (LONGEST_LINE + 1), "longer than 256 KiB"),
        (b"x\n" * (MOST_ODD + 1), "not what X says that it tells"),
        (
            b'{"data":{"event_type":"post.create","filter":{"user_id":"777"}}}\n' * (MOST_LINES + 1),
            f"More than {MOST_LINES} lines",
        ),
        (b"\r\n" * (MOST_LINES + 1), f"More than {MOST_LINES} lines"),
        (
            b'{"errors":[{"title":"OperationalDisconnect","detail":"This stream has been closed."}]}\n',
            "has been closed",
        ),
    ],
    ids=["a long line", "odd lines", "a flood", "signs of life alone", "a word of farewell"],
)
async def test_too_much_ends_the_stream_and_it_is_taken_up_again(platform, account, alerts, flood, words):
    notes, sleep = [], platform.clock.sleep

    async def noting(ms):
        notes.append(note(account))
        await sleep(ms)

    platform.clock.sleep = noting
    platform.piece(flood)
    assert await anext(alerts) == "open"
    assert words in notes[0]


async def test_what_an_event_says_of_its_kind_is_cut(platform, account, alerts):
    platform.piece(json.dumps({"data": {"event_type": "x" * 5_000}}).encode() + b"\n")
    assert len(await anext(alerts)) == 100


# -- letting go ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["", "silent", "503"])
async def test_letting_go_takes_no_time(platform, pocket, word):
    platform.clock = TurnedClock(NIGHT)
    account = account_at(platform, pocket, **SET)
    platform.misbehave = lambda request: word if request.path.endswith("/stream") else ""

    async with asyncio.timeout(5), hearing(account):
        await met(lambda: platform.streams or platform.clock.sleepers or platform.log[-1:])


async def test_acts_go_on_beside_the_stream(platform, account, alerts):
    outcome = await account.act(order_of())
    assert outcome.remote == platform.posts[0].id
    assert await anext(alerts) == "post.create"


async def met(holds):
    """Wait until a predicate holds; what it waits for comes over a socket."""
    async with asyncio.timeout(30):
        while True:
            if holds():
                return
            await asyncio.sleep(0)


@asynccontextmanager
async def hearing(account):
    """Somebody listens; the words so far."""
    heard = []

    async def hear():
        async for word in account.alerts():
            heard.append(word)  # noqa: PERF401 - it never ends

    task = asyncio.create_task(hear())
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await account.close()
