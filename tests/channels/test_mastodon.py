"""Mastodon: what is done, what is seen, and what is told when the line or the server misbehaves."""

from __future__ import annotations

import asyncio
import gzip
import random

import pytest
from contracts.channel_contract import ChannelContract
from standins.mastodon import ALL, CLIENT, CLIENT_SECRET, TOKEN, WINDOW, MastodonServer, Pin
from support_social import FAULTS, HAPPENS, Broken, Forgets, Hurried, Safe, looked, order, patience, quick

from console.channels.live.archive import Archive
from console.channels.live.graphemes import graphemes
from console.channels.live.mastodon import NEEDS, Mastodon, problems
from console.channels.live.mastodon_answers import id_of, plain, same_words
from console.channels.live.web import Lost, NotSent
from console.channels.protocol import Done, Failed, InDoubt

NIGHT = 1_563_574_560_000  # Friday 19 July 2019, 22:16 UTC
NOTICE = "This post is from us. Please ignore the others."
ACTING = ("POST", "DELETE")


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    quick(monkeypatch)


@pytest.fixture
def clock():
    return Hurried(NIGHT)


@pytest.fixture
async def server(clock):
    async with MastodonServer(clock) as running:
        yield running


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "evidence")


@pytest.fixture
async def make(clock):
    made = []

    def channel(server, *, when=clock, secrets=None, cls=Mastodon, keeper=None, **settings):
        known = {"base": server.url, "handle": "@press", "client-id": CLIENT, **settings}
        told = {"access-token": TOKEN, "client-secret": CLIENT_SECRET} if secrets is None else secrets
        made.append(cls("account", known, Safe(told), when, keeper or Forgets()))
        return made[-1]

    yield channel
    for each in made:
        await each.close()


@pytest.fixture
def channel(make, server):
    return make(server)


def of(method, path=""):
    return lambda request: request.method == method and path in request.path


class TestContract(ChannelContract):
    @pytest.fixture
    def bogus(self, server):
        return server.put("Bogus news")

    def order(self, channel, verb, effect="E-1", **changes):
        item = {"delete": "109001", "pin": "109001", "unpin": "109001"}.get(verb, "")
        return super().order(channel, verb, effect, **{"item": item, **changes})

    @pytest.fixture
    def channel(self, make, server, bogus):
        return make(server)

    @pytest.fixture
    def refusing(self, make, server, unused_port):
        return make(server, base=f"http://127.0.0.1:{unused_port}")

    @pytest.fixture
    async def silent(self, make, clock, bogus):
        async with MastodonServer(clock) as mute:
            mute.put("Bogus news")
            mute.misbehave = lambda request: "silent" if request.method in ACTING else ""
            channel = make(mute)
            patience(channel, "silent")
            yield channel

    @pytest.fixture
    def traces(self, server):
        return lambda: (server.texts(), server.pinned())


# -- what it does ----------------------------------------------------------------------------------------------------


async def test_a_post_goes_out_once_with_a_key_and_its_id_is_told(channel, server):
    done = await channel.act(order("post"))
    assert isinstance(done, Done)
    assert server.texts() == [NOTICE]
    assert server.posts[done.remote].text == NOTICE
    (posted,) = [each for each in server.log if each.method == "POST"]
    assert len(posted.headers["idempotency-key"]) == 64


async def test_two_incidents_with_effects_of_one_name_have_keys_of_their_own(channel, server):
    await channel.act(order("post"))
    await channel.act(order("post", incident="L-0002", text="All is well again."))
    assert server.texts() == ["All is well again.", NOTICE]


async def test_a_second_try_within_the_hour_and_after_it_posts_nothing_more(channel, server, clock):
    first = await channel.act(order("post"))
    for turned in (0, 3 * 3_600_000):
        clock.turn(turned)
        again = await channel.act(order("post", attempt=2))
        assert isinstance(again, Done)
        assert again.remote == first.remote
    assert server.texts() == [NOTICE]


async def test_a_second_try_posts_where_the_first_never_arrived(channel, server):
    server.script.append("drop-before")
    server.misbehave = Broken("drop-before", of("POST"), 1)
    assert isinstance(await channel.act(order("post")), InDoubt)
    assert server.texts() == []
    assert isinstance(await channel.act(order("post", attempt=2)), Done)
    assert server.texts() == [NOTICE]


async def test_a_second_try_sends_nothing_when_it_cannot_look_first(channel, server):
    server.misbehave = Broken("500", of("GET", "statuses"))
    assert isinstance(await channel.act(order("post", attempt=2)), InDoubt)
    assert server.texts() == []


async def test_a_post_that_was_made_and_taken_down_is_not_told_as_never_made(channel, server):
    first = await channel.act(order("post"))
    server.posts[first.remote].gone = server.now
    assert isinstance(await channel.act(order("post", attempt=2)), InDoubt)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * 501, "501 characters"),
        ("", "no words"),
        ("a\x00b", "cannot be sent"),
        ("a\ud800", "cannot be sent"),
    ],
)
async def test_what_cannot_be_posted_is_refused_before_it_is_sent(channel, server, text, why):
    outcome = await channel.act(order("post", text=text))
    assert isinstance(outcome, Failed)
    assert why in outcome.reason
    assert server.log == []


async def test_a_long_link_counts_as_23(channel):
    text = "x" * 476 + " https://press.example/" + "y" * 300
    assert isinstance(await channel.act(order("post", text=text)), Done)


@pytest.mark.parametrize(
    "where", ["{id}", "{url}/@press/{id}", "{url}/users/press/statuses/{id}", "{url}/web/statuses/{id}"]
)
async def test_it_deletes_by_id_or_by_any_address_of_a_post(channel, server, where):
    post = server.put("Bogus")
    done = await channel.act(order("delete", item=where.format(url=server.url, id=post.id)))
    assert isinstance(done, Done)
    assert server.texts() == []


@pytest.mark.parametrize(
    "item", ["", "12x", "https://elsewhere.example/@press/1", "http://127.0.0.1:1/@press/1", "\x1b[2J"]
)
async def test_what_names_no_post_there_is_not_deleted(channel, server, item):
    assert isinstance(await channel.act(order("delete", item=item)), Failed)
    assert server.log == []


async def test_what_is_gone_already_is_deleted(channel, server):
    post = server.put("Bogus", gone=NIGHT - 1)
    assert isinstance(await channel.act(order("delete", item=post.id)), Done)


async def test_another_accounts_post_is_not_told_as_gone(channel, server):
    post = server.put("Not ours", account="8")
    outcome = await channel.act(order("delete", item=post.id))
    assert isinstance(outcome, Failed)
    assert "another account" in outcome.reason
    assert post.stands(server.now)


async def test_the_31st_deletion_waits_says_until_when_and_goes_on_by_itself(make):
    from console.clock import TurnedClock

    clock = TurnedClock(NIGHT)
    async with MastodonServer(clock) as server:
        channel = make(server, when=clock)
        posts = [server.put(f"Bogus {n}") for n in range(31)]
        for post in posts[:30]:
            assert isinstance(await channel.act(order("delete", item=post.id)), Done)
        task = asyncio.create_task(channel.act(order("delete", item=posts[30].id)))
        while not clock.sleepers:  # noqa: ASYNC110 - the clock has no event for who begins to sleep
            await asyncio.sleep(0)
        assert channel.held == "Mastodon lets the next one go at 22:30 UTC."
        assert len(server.texts()) == 1
        clock.turn(WINDOW - NIGHT % WINDOW)
        assert isinstance(await task, Done)
        assert server.texts() == []
        assert channel.held == ""


async def test_a_window_that_does_not_open_in_time_is_not_waited_out(make, server, clock):
    class Hasty(Mastodon):
        patience = 60_000

    post = server.put("Bogus")
    server.misbehave = Broken("429", of("DELETE"))
    outcome = await make(server, cls=Hasty).act(order("delete", item=post.id))
    assert isinstance(outcome, Failed)
    assert "before 22:30 UTC" in outcome.reason
    assert clock.slept == []


async def test_a_refused_post_says_when_the_next_may_go(channel, server):
    server.misbehave = Broken("429", of("POST"))
    outcome = await channel.act(order("post"))
    assert isinstance(outcome, Failed)
    assert "22:30 UTC" in outcome.reason


async def test_pins_and_unpins_are_done_once_and_again_to_the_same_end(channel, server):
    post = server.put(NOTICE)
    for _ in range(2):
        assert (await channel.act(order("pin", item=post.id))).remote == post.id
        assert server.pinned() == [post.id]
    for _ in range(2):
        assert isinstance(await channel.act(order("unpin", item=post.id)), Done)
        assert server.pinned() == []


async def test_a_sixth_pin_fails_in_plain_words_whatever_language_the_server_speaks(channel, server):
    for n in range(5):
        await channel.act(order("pin", item=server.put(f"Old {n}").id))
    outcome = await channel.act(order("pin", item=server.put(NOTICE).id))
    assert isinstance(outcome, Failed)
    assert "5 posts are pinned there already" in outcome.reason


async def test_a_pin_without_an_item_finds_our_own_words_and_else_pins_nothing(channel, server):
    server.put("Bogus")
    assert isinstance(await channel.act(order("pin")), Failed)
    post = server.put(NOTICE)
    assert (await channel.act(order("pin"))).remote == post.id
    assert isinstance(await channel.act(order("pin", text="")), Failed)
    assert server.pinned() == [post.id]


async def test_a_token_that_may_not_fails_each_act(channel, server):
    server.tokens[TOKEN] = ("7", ("read",))
    post = server.put("Bogus")
    for verb in ("post", "delete", "pin", "unpin"):
        assert isinstance(await channel.act(order(verb, item=post.id)), Failed), verb
    server.tokens.clear()
    for verb in ("post", "delete", "pin", "unpin"):
        assert isinstance(await channel.act(order(verb, item=post.id)), Failed), verb


@pytest.mark.parametrize("token", ["", "t\xf6ken", "a\nb"])
async def test_without_a_token_nothing_is_sent(make, server, token):
    channel = make(server, secrets={"access-token": token})
    assert isinstance(await channel.act(order("post")), Failed)
    assert server.log == []


# -- ending its token ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["", *FAULTS])
async def test_a_revoked_token_is_proven_dead_whatever_the_server_answered(channel, server, word):
    patience(channel, word)
    server.misbehave = Broken(word, of("POST", "revoke"))
    outcome = await channel.revoke()
    if TOKEN in server.tokens:
        assert not isinstance(outcome, Done)
        assert word not in ("", *HAPPENS)
    else:
        assert isinstance(outcome, Done)


async def test_a_token_that_still_works_is_told(make, server):
    channel = make(server, secrets={"access-token": TOKEN, "client-secret": "wrong-secret"})
    outcome = await channel.revoke()
    assert isinstance(outcome, Failed)
    assert "still works" in outcome.reason
    assert isinstance(await make(server, secrets={"access-token": TOKEN}).revoke(), Failed)


@pytest.mark.parametrize("word", FAULTS)
async def test_that_a_token_is_dead_is_not_told_unseen(channel, server, word):
    patience(channel, word)
    server.misbehave = Broken(word, of("GET", "verify_credentials"))
    assert isinstance(await channel.revoke(), InDoubt)


# -- looks -----------------------------------------------------------------------------------------------------------


async def test_a_doubt_is_told_happened_at_once_and_not_happened_only_when_nothing_can_arrive(
    channel, server, clock
):
    server.misbehave = Broken("drop-before", of("POST"), 1)
    await channel.act(order("post"))
    assert (await channel.probe(order("post"))).verdict == "cannot-see"
    clock.turn(119_000)
    assert (await channel.probe(order("post"))).verdict == "cannot-see"
    clock.turn(1_000)
    assert (await channel.probe(order("post"))).verdict == "disagrees"
    late = server.put(NOTICE)
    seen = await channel.probe(order("post"))
    assert (seen.verdict, seen.value) == ("agrees", late.id)


async def test_our_words_are_found_under_a_flood_of_others(channel, server):
    server.misbehave = Broken("drop-after", of("POST"), 1)
    await channel.act(order("post"))
    for n in range(90):
        server.put(f"Bogus {n}")
    assert (await channel.probe(order("post"))).verdict == "agrees"


async def test_older_words_and_another_effects_words_are_not_taken_for_ours(channel, server, clock):
    server.put(NOTICE, made=NIGHT - 3_600_000)
    await channel.act(order("post", "E-1"))
    clock.turn(1_000)
    server.misbehave = Broken("drop-before", of("POST"), 1)
    await channel.act(order("post", "E-2"))
    clock.turn(120_000)
    assert (await channel.probe(order("post", "E-2"))).verdict == "disagrees"


async def test_one_post_is_not_taken_for_two_effects_that_are_both_in_doubt_with_its_words(
    channel, server, clock
):
    server.misbehave = Broken("drop-after", of("POST"), 1)
    await channel.act(order("post", "E-1"))
    server.misbehave = Broken("drop-before", of("POST"), 1)
    await channel.act(order("post", "E-2"))
    for effect in ("E-1", "E-2"):
        assert (await channel.probe(order("post", effect))).verdict == "cannot-see"


@pytest.mark.parametrize("word", FAULTS)
async def test_a_probe_that_gets_no_answer_tells_nothing(channel, server, word):
    post = server.put(NOTICE)
    patience(channel, word)
    server.misbehave = Broken(word, of("GET"))
    for verb in ("post", "delete", "pin", "unpin"):
        assert (await channel.probe(order(verb, item=post.id))).verdict == "cannot-see", verb
    for probe in ("absent", "pinned", "unpinned"):
        assert (await channel.check(probe, order("", item=post.id))).verdict == "cannot-see", probe


async def test_two_views_that_agree_tell_at_once(channel, server):
    post = server.put(NOTICE)
    await channel.act(order("pin", item=post.id))
    seen = await channel.check("pinned", order("", item=post.id))
    assert (seen.verdict, seen.value) == ("agrees", post.id)
    await channel.act(order("unpin", item=post.id))
    assert (await channel.check("unpinned", order("", item=post.id))).verdict == "agrees"
    await channel.act(order("delete", item=post.id))
    assert (await channel.check("absent", order("", item=server.link(post)))).verdict == "agrees"
    asked = [
        each for each in server.log if each.path.startswith("/api/v1/statuses/") and each.method == "GET"
    ]
    assert any("authorization" not in each.headers for each in asked)


@pytest.mark.parametrize("lag", [15_000, 60_000])
async def test_an_old_copy_is_told_as_neither_and_then_as_it_is(clock, make, lag):
    async with MastodonServer(clock, lag=lag) as server:
        post = server.put(NOTICE, made=NIGHT - 3_600_000)
        channel = make(server)
        await channel.act(order("delete", item=post.id))
        first = await channel.check("absent", order("", item=post.id))
        assert first.verdict == "cannot-see"
        assert "older copy" in first.raw
        seen = await looked(clock, lambda: channel.check("absent", order("", item=post.id)))
        assert seen.verdict == "agrees"


async def test_a_public_view_that_never_follows_is_told_in_the_end(clock, make):
    async with MastodonServer(clock, lag=10**12) as server:
        post = server.put(NOTICE, made=0)
        channel = make(server)
        await channel.act(order("delete", item=post.id))
        seen = await looked(clock, lambda: channel.check("absent", order("", item=post.id)), tries=20)
        assert seen.verdict == "disagrees"


async def test_what_still_stands_is_told_after_two_looks(channel, server, clock):
    post = server.put("Bogus")
    assert (await channel.check("absent", order("", item=post.id))).verdict == "cannot-see"
    clock.turn(30_000)
    assert (await channel.check("absent", order("", item=post.id))).verdict == "disagrees"


async def test_a_post_to_followers_only_is_not_gone_because_the_public_cannot_see_it(channel, server, clock):
    post = server.put("Bogus", visibility="private")
    seen = await looked(clock, lambda: channel.check("absent", order("", item=post.id)))
    assert seen.verdict == "disagrees"


async def test_without_our_own_eyes_the_public_view_must_say_it_twice(channel, server, clock):
    post = server.put("Bogus", gone=NIGHT - 1)
    server.tokens.clear()
    assert (await channel.check("absent", order("", item=post.id))).verdict == "cannot-see"
    clock.turn(30_000)
    assert (await channel.check("absent", order("", item=post.id))).verdict == "agrees"


async def test_a_server_that_shows_the_public_nothing_is_never_taken_for_proof(channel, server, clock):
    server.closed = True
    post = server.put("Bogus", gone=NIGHT - 1)
    seen = await looked(clock, lambda: channel.check("absent", order("", item=post.id)))
    assert seen.verdict == "cannot-see"


async def test_reading_shows_everything_newest_first_boosts_and_followers_posts_too(channel, server, clock):
    theirs = server.put("A stranger's words", account="8")
    for n in range(50):
        clock.turn(1_000)
        server.put(f"Post {n}\n\nwith https://press.example/{'x' * 40}")
    server.put("Only for followers", visibility="private")
    boost = server.put("", boosts=theirs.id)
    seen = await channel.read()
    assert len(seen) == 52
    assert {each.words for each in seen[:2]} == {
        "Only for followers",
        f"Boosted {server.link(theirs)}: A stranger's words",
    }
    assert seen[2].words == f"Post 49\n\nwith https://press.example/{'x' * 40}"
    assert seen[2].link.startswith(f"{server.url}/@press/")
    assert [each.published for each in seen] == sorted((each.published for each in seen), reverse=True)
    (found,) = [each for each in seen if each.words.startswith("Boosted")]
    assert isinstance(await channel.act(order("delete", item=found.link or found.remote)), Done)
    assert boost.gone is not None


async def test_reading_goes_on_as_the_public_when_the_token_is_dead(channel, server):
    server.put("Seen by all")
    server.tokens.clear()
    assert [each.words for each in await channel.read()] == ["Seen by all"]
    server.closed = True
    assert await channel.read() is None


@pytest.mark.parametrize("word", FAULTS)
async def test_what_cannot_be_read_is_not_told_as_empty(channel, server, word):
    server.put("There")
    patience(channel, word)
    server.misbehave = Broken(word, of("GET"))
    assert await channel.read() is None
    assert await channel.profile() == {}


HOSTILE = [
    [],
    {},
    None,
    "x",
    7,
    [1, "two", None, [[]]],
    [{"id": 5, "content": 7, "created_at": 9, "reblog": [], "url": {}}],
    [{"id": "5", "content": "<p" * 9_000 + "<!--" * 9_000, "created_at": "9999-99-99", "url": "\x1b[2J"}],
    {"id": ["x"], "error": {"a": 1}},
    {"id": "109001", "account": "7", "pinned": "yes", "media_attachments": {"url": 5}, "visibility": 3},
    {"error": "\x1b]0;x\x07" * 100},
]


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("status", [200, 404, 422])
async def test_hostile_answers_end_typed(channel, server, answer, status):
    from support_http import Reply

    async def reply(request):
        return Reply(status, answer if answer is not None else b"null")

    server.reply = reply
    for verb in ("post", "delete", "pin", "unpin"):
        for attempt in (1, 2):
            outcome = await channel.act(order(verb, item="109001", attempt=attempt))
            # A server that lies well is believed, also about what is not there; nonsense is not.
            lies = isinstance(answer, dict) and (answer.get("id") == "109001" or status == 404)
            assert not isinstance(outcome, Done) or lies
            assert "adapter" not in getattr(outcome, "reason", "")
        assert "adapter" not in (await channel.probe(order(verb, item="109001"))).raw
    for probe in ("absent", "pinned", "unpinned"):
        assert "adapter" not in (await channel.check(probe, order("", item="109001"))).raw
    await channel.read()
    await channel.profile()
    await channel.test()
    await channel.revoke()


# -- evidence, profile, trying ---------------------------------------------------------------------------------------


async def test_a_capture_keeps_the_json_the_page_and_the_reach_and_changes_nothing(make, server, archive):
    post = server.put("Bogus & bad")
    channel = make(server, secrets={}, keeper=archive)
    found = await channel.capture(server.link(post))
    assert {found["likes"], found["reposts"], found["replies"]} == {"112", "20", "3"}
    for name in ("api", "history", "page"):
        assert b"Bogus &amp; bad" in gzip.decompress(archive.path(found[name]).read_bytes()) or name
        assert archive.path(found[name]).exists()
    assert {each.method for each in server.log} == {"GET"}
    assert server.texts() == ["Bogus & bad"]


async def test_a_post_for_followers_is_captured_with_our_own_eyes(channel, server):
    post = server.put("Hidden", visibility="private")
    found = await channel.capture(post.id)
    assert "page" not in found
    assert found["api"]


async def test_what_cannot_be_captured_says_so(channel, server):
    post = server.put("Bogus")
    with pytest.raises(NotSent):
        await channel.capture("https://elsewhere.example/@press/1")
    with pytest.raises(Lost):
        await channel.capture("5")
    server.misbehave = Broken("drop-after", lambda request: request.path.startswith("/@"))
    assert "page" in (await channel.capture(post.id))["missing"]
    server.misbehave = Broken("html", of("GET", "/api/v1/statuses/"))
    with pytest.raises(Lost):
        await channel.capture(post.id)


async def test_a_profile_is_what_a_baseline_can_compare(channel, server):
    post = server.put(NOTICE)
    await channel.act(order("pin", item=post.id))
    found = await channel.profile()
    assert found["name"] == "The press desk"
    assert found["description"] == "News & notices"
    assert found["pinned"] == post.id
    assert found["fields"] == "Site: press.example"
    assert "followers" not in str(found)


async def test_a_try_says_who_we_are_and_what_it_can(channel, server):
    tried = await channel.test()
    words = "\n".join(tried.lines)
    assert tried.ok
    assert "@press" in words
    assert "end its own token" in words
    assert "298 more requests" in words
    assert {each.method for each in server.log} == {"GET"}


async def test_a_try_says_what_is_wrong(make, server):
    server.tokens[TOKEN] = ("7", ("read", "write:statuses"))
    tried = await make(server).test()
    assert not tried.ok
    assert "write:accounts" in "\n".join(tried.lines)
    server.tokens[TOKEN] = ("8", ALL)
    assert "not the account that is set" in "\n".join((await make(server).test()).lines)
    server.tells_scopes = False
    server.tokens[TOKEN] = ("7", ALL)
    assert (await make(server).test()).ok
    server.tokens.clear()
    assert not (await make(server).test()).ok
    assert not (await make(server, secrets={}).test()).ok


@pytest.mark.parametrize("word", FAULTS)
async def test_a_try_on_a_bad_line_is_not_well(channel, server, word):
    patience(channel, word)
    server.misbehave = Broken(word, of("GET", "accounts/verify"))
    assert not (await channel.test()).ok


def test_what_is_wrong_with_settings_is_named_at_once():
    assert problems({"base": "https://social.example", "handle": "@press@social.example"}) == ()
    assert problems({"base": "http://127.0.0.1:3000", "handle": "press"}) == ()
    assert len(problems({"base": "http://social.example", "handle": "no one", "language": "English"})) == 3
    assert len(problems({})) == 2
    assert {each.name for each in NEEDS if each.secret} == {"access-token", "client-secret"}


# -- misbehaviour ----------------------------------------------------------------------------------------------------


def so(server, verb, post):
    """Whether what a verb wants is so, at the server."""
    if verb == "post":
        return NOTICE in server.texts()
    if verb == "delete":
        return not post.stands(server.now)
    return (post.id in server.pinned()) is (verb == "pin")


@pytest.mark.parametrize("verb", ["post", "delete", "pin", "unpin"])
@pytest.mark.parametrize("word", FAULTS)
async def test_every_misbehaviour_ends_as_it_must(channel, server, clock, verb, word):
    post = server.put("Older")
    if verb == "unpin":
        await channel.act(order("pin", item=post.id))
    server.misbehave = Broken(word, lambda request: request.method in ACTING)
    patience(channel, word)
    wanted = order(verb, item=post.id)
    outcome = await channel.act(wanted)
    patience(channel, "")
    happened = so(server, verb, post)
    assert happened is (word in HAPPENS)
    # A deletion is made again by itself, and finds what the lost one did: gone is gone.
    assert isinstance(outcome, Failed if word in ("429", "402") else InDoubt), outcome
    assert len([each for each in server.log if each.path == "/api/v1/statuses"]) <= 1
    server.misbehave = lambda _request: ""
    seen = await looked(clock, lambda: channel.probe(wanted))
    assert seen.verdict == ("agrees" if happened else "disagrees")


@pytest.mark.parametrize("verb", ["delete", "pin", "unpin"])
@pytest.mark.parametrize("word", ["drop-before", "drop-after", "500", "500-after", "503", "silent"])
async def test_what_may_be_repeated_is_by_itself(channel, server, verb, word):
    post = server.put("Older")
    if verb == "unpin":
        await channel.act(order("pin", item=post.id))
    patience(channel, word)
    server.misbehave = Broken(word, lambda request: request.method in ACTING, 1)
    assert isinstance(await channel.act(order(verb, item=post.id)), Done)
    assert so(server, verb, post)


async def test_no_secret_is_told_or_kept(make, server, archive):
    from support_http import Reply

    real = server.reply

    async def echo(request):
        return Reply(400, {"error": f"you sent {TOKEN} and {CLIENT_SECRET}", **dict(request.headers)})

    channel, post = make(server, keeper=archive), server.put(NOTICE)
    told = []
    for reply in (real, echo):
        server.reply = reply
        for verb in ("post", "pin", "unpin", "delete"):
            told += [
                await channel.act(order(verb, item=post.id)),
                await channel.probe(order(verb, item=post.id)),
            ]
        told += [await channel.check(probe, order("", item=post.id)) for probe in ("absent", "pinned")]
        told += [await channel.test(), await channel.revoke()]
    kept = b"".join(gzip.decompress(each.read_bytes()) for each in archive._folder.iterdir())
    for secret in (TOKEN, CLIENT_SECRET):
        assert secret not in repr(told)
        assert secret.encode() not in kept


@pytest.mark.parametrize("seed", range(30))
async def test_seeded_runs_have_no_duplicate_and_no_wrong_verdict(make, clock, seed):
    chance = random.Random(seed)
    server = MastodonServer(
        clock, lag=chance.choice((0, 20_000, 60_000)), own_lag=chance.choice((0, 5_000, 30_000))
    )
    words = [each for each in FAULTS if each not in ("silent", "huge", "bomb", "endless")]
    async with server:
        channel = make(server)
        for n in range(5):
            verb = chance.choice(("post", "post", "delete", "pin", "unpin"))
            post = server.put(f"Older {n}", made=server.now - 600_000)
            text = chance.choice((NOTICE, f"Notice {n} by @desk@far.example: https://press.example/{n}"))
            wanted = order(verb, f"E-{n}", item=post.id, text=text)
            if verb == "unpin":
                server.pins.append(Pin(post.id, server.now - 600_000))
            before = server.texts().count(text)

            def done(verb=verb, post=post, text=text, before=before):
                if verb == "post":
                    return server.texts().count(text) - before
                return int(so(server, verb, post))

            for attempt in (1, 2, 3):
                fault = chance.choice(words)
                server.misbehave = Broken(fault, lambda _request: chance.random() < 0.4, chance.randrange(4))
                outcome = await channel.act(order(verb, f"E-{n}", item=post.id, text=text, attempt=attempt))
                assert done() <= 1, (seed, n, verb)
                assert not isinstance(outcome, Done) or done() == 1, (seed, n, verb, outcome)
                assert not isinstance(outcome, Failed) or done() == 0, (seed, n, verb, outcome)
                if isinstance(outcome, Done):
                    break
                for _ in range(5):
                    seen = await channel.probe(wanted)
                    assert seen.verdict == "cannot-see" or (seen.verdict == "agrees") is (done() == 1), (
                        seed,
                        n,
                        verb,
                    )
                    clock.turn(chance.choice((1_000, 40_000, 130_000)))
                server.misbehave = lambda _request: ""
                if done():
                    break
        await _checked(channel, server, clock)


async def _checked(channel, server, clock):
    """No look, at any moment, says what is not so."""
    for post in list(server.posts.values())[:6]:
        for probe in ("absent", "pinned", "unpinned"):
            seen = await looked(
                clock, lambda probe=probe, post=post: channel.check(probe, order("", item=post.id))
            )
            real = {"absent": not post.stands(server.now), "pinned": post.id in server.pinned()}
            real["unpinned"] = not real["pinned"]
            assert seen.verdict == "cannot-see" or (seen.verdict == "agrees") is real[probe], (probe, post)


# -- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One<br />two</p><p>three &amp; four</p>", "One\ntwo\n\nthree & four"),
        ("<p><!-- --><![x[ <p", ""),
        ("plain", "plain"),
        (7, "7"),
        (None, ""),
    ],
)
def test_a_posts_html_as_words(html, words):
    assert plain(html).startswith(words)


def test_the_same_words_are_told_whatever_a_server_dresses_them_in():
    assert same_words(
        "*Bold* words\nby @a@b.example", "<p><strong>Bold</strong> words<br>by @<span>a</span></p>"
    )
    assert not same_words("These words", "<p>Those words</p>")
    assert same_words("👍", "<p>👍</p>")
    assert not same_words("👍", "<p>👎</p>")


def test_ids_are_taken_from_this_server_only():
    assert id_of("https://social.example/ap/users/1/statuses/22", "https://social.example") == "22"
    assert id_of("https://social.example:443/@a@b.example/33/", "https://social.example") == "33"
    assert id_of("https://social.example.evil.example/@a/33", "https://social.example") == ""
    assert id_of("javascript:1", "https://social.example") == ""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("abc", 3),
        ("a\r\nb\u00e9", 4),
        ("e\u0301", 1),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 1),
        ("\U0001f1ec\U0001f1e7\U0001f1eb\U0001f1f7", 2),
        ("\U0001f44d\U0001f3fd!", 2),
        ("\u1112\u1161\u11ab\ud55c\uad6d", 3),
        ("1\ufe0f\u20e3", 1),
        ("\u0e01\u0e47", 1),
    ],
)
def test_characters_are_counted_as_a_reader_sees_them(text, count):
    assert graphemes(text) == count


# -- favourites --------------------------------------------------------------------------------------------------------


async def test_what_the_account_marked_as_favourite_is_told_newest_first(channel, server):
    first, second = server.put("Theirs", account="8"), server.put("Theirs too", account="8")
    server.favourites = [first.id, second.id]
    seen = await channel.likes()
    assert [(each.remote, each.words, each.link) for each in seen] == [
        (first.id, "Theirs", server.link(first)),
        (second.id, "Theirs too", server.link(second)),
    ]


@pytest.mark.parametrize("word", [word for word in FAULTS if word not in ("drop-after", "500-after")])
async def test_favourites_that_cannot_be_read_are_not_told(channel, server, word):
    patience(channel, word)
    server.misbehave = lambda _request: word
    assert await channel.likes() is None


async def test_favourites_that_may_not_be_read_are_not_told(channel, server):
    server.tokens[TOKEN] = ("7", ("read:statuses", "write:statuses"))
    assert await channel.likes() is None
