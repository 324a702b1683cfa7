"""An account at X as it is looked at: what is gone, what is pinned, what stands, what is saved of it."""

from __future__ import annotations

import pytest
from channels.support_x import NOTICE, Pocket, account_at, order_of, pocket_of
from standins.x import BEARER, HANDLE, QUARTER, THEM, US, Onward, XPlatform
from support_http import Reply

from console.channels.live.web import Lost, NotSent
from console.channels.protocol import Done

NIGHT = 1_563_574_560_000  # Friday 19 July 2019, 22:16 UTC
BOGUS = "We are giving away the station's cat"


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


async def test_sixty_false_posts_are_watched_within_xs_windows(platform, account):
    posts = [platform.publish(f"{BOGUS} {n}") for n in range(130)]
    orders = [order_of("delete", f"E-{post.id}", item=post.id) for post in posts]
    for _ in range(60):  # a quarter of an hour of looks
        for post in posts[:2]:
            post.gone = post.gone or platform.clock.now().boot
        verdicts = [(await account.check("absent", order)).verdict for order in orders]
        assert await account.read()
        platform.clock.turn(15_000)
    assert verdicts == ["agrees"] * 2 + ["disagrees"] * 128
    assert len(platform.log) < 130 + 60 * (2 + 1 + 2) + 10


async def test_a_post_far_from_the_others_is_looked_for_by_itself(platform, account):
    first = platform.publish(BOGUS)
    for number in range(501):
        platform.publish(f"Ours {number}")
    last = platform.publish(BOGUS)
    orders = [order_of("delete", item=first.id), order_of("delete", item=last.id)]
    first.gone = last.gone = platform.clock.now().boot
    verdicts = []
    for _ in range(3):
        verdicts.append([(await account.check("absent", order)).verdict for order in orders])
        platform.clock.turn(15_000)
    assert verdicts == [["cannot-see"] * 2, ["cannot-see"] * 2, ["agrees"] * 2]


async def test_several_posts_may_be_named_at_once(platform, account):
    posts = [platform.publish(f"{BOGUS} {n}") for n in range(3)]
    order = order_of("delete", item=" ".join(post.id for post in posts))
    for post in posts[1:]:
        post.gone = platform.clock.now().boot
    await account.check("absent", order)
    platform.clock.turn(60_000)
    seen = await account.check("absent", order)
    assert (seen.verdict, seen.value) == ("disagrees", "1")
    await account.act(order_of("delete", item=posts[0].id))
    await account.check("absent", order)
    platform.clock.turn(60_000)
    assert (await account.check("absent", order)).verdict == "agrees"
    assert (
        await account.check("absent", order_of("delete", item=f"{posts[0].id} nonsense"))
    ).verdict == "cannot-see"


async def test_a_post_that_only_the_timeline_shows_is_not_gone(platform, account):
    post = platform.publish(BOGUS)
    order = order_of("delete", item=post.id)
    platform._one = lambda ident, query: Reply(404, {"errors": [platform._not_found(ident)]})
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
