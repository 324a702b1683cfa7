"""Bluesky: what is done, what is seen, and what is told when the line or the server misbehaves."""

from __future__ import annotations

import gzip
import random

import pytest
from contracts.channel_contract import ChannelContract
from standins.bluesky import DID, HANDLE, HOUR, MAIN, PASSWORD, PROFILE, BlueskyServer
from support_http import Reply
from support_social import FAULTS, HAPPENS, Broken, Forgets, Hurried, Safe, looked, order, patience, quick

from console.channels.live.archive import Archive
from console.channels.live.bluesky import NEEDS, Bluesky, problems
from console.channels.live.bluesky_answers import facets, place, tid, time_of
from console.channels.live.web import Lost, NotSent
from console.channels.protocol import Done, Failed, InDoubt

NIGHT = 1_563_574_560_000  # Friday 19 July 2019, 22:16 UTC
NOTICE = "This post is from us. Please ignore the others."


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    quick(monkeypatch)


@pytest.fixture
def clock():
    return Hurried(NIGHT)


@pytest.fixture
async def server(clock):
    async with BlueskyServer(clock) as running:
        yield running


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "evidence")


@pytest.fixture
async def make(clock):
    made = []

    def channel(server, *, secrets=None, keeper=None, **settings):
        known = {
            "base": server.url,
            "view": server.url,
            "handle": f"@{HANDLE}",
            "app-password-name": "console",
        }
        told = {"app-password": PASSWORD} if secrets is None else secrets
        made.append(Bluesky("account", {**known, **settings}, Safe(told), clock, keeper or Forgets()))
        return made[-1]

    yield channel
    for each in made:
        await each.close()


@pytest.fixture
def channel(make, server):
    return make(server)


def of(*names):
    return lambda request: request.path.rpartition(".")[2] in names


ACTS = of("createRecord", "putRecord", "deleteRecord", "revokeAppPassword")
POSTING = of("createRecord")


class TestContract(ChannelContract):
    def order(self, channel, verb, effect="E-1", **changes):
        item = self.bogus if verb in ("delete", "pin", "unpin") else ""
        return super().order(channel, verb, effect, **{"item": item, **changes})

    @pytest.fixture
    def channel(self, make, server):
        self.bogus = server.put("Bogus news")
        return make(server)

    @pytest.fixture
    def refusing(self, make, server, unused_port):
        self.bogus = server.put("Bogus news")
        return make(server, base=f"http://127.0.0.1:{unused_port}")

    @pytest.fixture
    async def silent(self, make, clock):
        async with BlueskyServer(clock) as mute:
            self.bogus = mute.put("Bogus news")
            mute.misbehave = lambda request: "silent" if ACTS(request) else ""
            channel = make(mute)
            channel._wire._longest = 1.0
            yield channel

    @pytest.fixture
    def traces(self, server):
        return lambda: (server.texts(), server.pinned())


# -- what it does ----------------------------------------------------------------------------------------------------


async def test_a_post_goes_out_under_a_key_of_its_effect_with_its_links(channel, server):
    text = "\u00c9s: https://press.example/a?b=1, (https://press.example/c_(d)) \U0001f44d https://x.example."
    done = await channel.act(order("post", text=text))
    assert isinstance(done, Done)
    assert server.texts() == [text]
    assert server.stands(done.remote)
    (value,) = server.standing().values()
    assert [each["features"][0]["uri"] for each in value["facets"]] == [
        "https://press.example/a?b=1",
        "https://press.example/c_(d)",
        "https://x.example",
    ]


async def test_two_incidents_with_effects_of_one_name_post_under_names_of_their_own(channel, server):
    first = await channel.act(order("post"))
    second = await channel.act(order("post", incident="L-0002"))
    assert isinstance(second, Done)
    assert first.remote != second.remote
    assert server.texts() == [NOTICE, NOTICE]


async def test_the_same_words_of_an_earlier_incident_of_that_name_are_told_and_not_taken_for_ours(
    channel, server
):
    await channel.act(order("post"))
    outcome = await channel.act(order("post"))
    assert isinstance(outcome, Failed)
    assert "earlier incident" in outcome.reason
    assert server.texts() == [NOTICE]


async def test_a_second_try_posts_nothing_more_however_late(channel, server, clock):
    first = await channel.act(order("post"))
    for turned in (0, 30 * HOUR):
        clock.turn(turned)
        again = await channel.act(order("post", attempt=2))
        assert again.remote == first.remote
    assert server.texts() == [NOTICE]


async def test_a_second_try_posts_where_the_first_never_arrived_and_nothing_where_it_cannot_look(
    channel, server
):
    server.misbehave = Broken("drop-before", POSTING, 1)
    assert isinstance(await channel.act(order("post")), InDoubt)
    server.misbehave = Broken("500", of("getRecord"))
    assert isinstance(await channel.act(order("post", attempt=2)), InDoubt)
    assert server.texts() == []
    server.misbehave = lambda _request: ""
    assert isinstance(await channel.act(order("post", attempt=2)), Done)
    assert server.texts() == [NOTICE]


async def test_a_record_that_got_there_unseen_is_not_doubled_by_the_server(channel, server, clock):
    server.own_lag = 60_000
    server.misbehave = Broken("drop-after", POSTING, 1)
    assert isinstance(await channel.act(order("post")), InDoubt)
    assert isinstance(await channel.act(order("post", attempt=2)), InDoubt)
    assert server.texts() == [NOTICE]
    seen = await looked(clock, lambda: channel.probe(order("post")))
    assert seen.verdict == "agrees"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * 301, "301 characters"),
        (" ", "no words"),
        ("a\x07b", "cannot be sent"),
        ("a\udfff", "cannot be sent"),
        (("e" + "\u0301" * 20) * 80, "bytes"),
    ],
)
async def test_what_cannot_be_posted_is_refused_before_it_is_sent(channel, server, text, why):
    outcome = await channel.act(order("post", text=text))
    assert isinstance(outcome, Failed)
    assert why in outcome.reason
    assert server.log == []


async def test_it_deletes_by_name_or_address_also_a_repost_and_what_is_gone(channel, server):
    first, second = server.put("Bogus 1"), server.put("Bogus 2")
    repost = server.repost("at://did:plc:other/app.bsky.feed.post/3k")
    link = f"https://bsky.app/profile/{HANDLE}/post/{second.rpartition('/')[2]}"
    for item in (first, link, repost, first):
        assert isinstance(await channel.act(order("delete", item=item)), Done), item
    assert server.texts() == []
    assert not server.stands(repost)


@pytest.mark.parametrize(
    "item",
    [
        "",
        "https://bsky.app/profile/other.example/post/3kabc",
        f"https://bsky.app.evil.example/profile/{HANDLE}/post/3kabc",
        f"at://{DID}/app.bsky.actor.profile/self",
        "at://did:plc:other/app.bsky.feed.post/3kabc",
        "http://[",
        "\x1b[2J",
    ],
)
async def test_what_is_not_this_accounts_is_not_deleted(channel, server, item):
    assert isinstance(await channel.act(order("delete", item=item)), Failed)
    assert not any(ACTS(each) for each in server.log)


async def test_pins_keep_the_rest_of_the_profile_and_are_done_once(channel, server):
    post = server.put(NOTICE)
    for _ in range(2):
        assert (await channel.act(order("pin", item=post))).remote == post
        assert server.pinned() == post
    for _ in range(2):
        assert isinstance(await channel.act(order("unpin", item=post)), Done)
        assert server.pinned() == ""
    assert server.standing(PROFILE)["self"]["avatar"]["ref"] == {"$link": "bafkrei1"}
    assert len([each for each in server.log if ACTS(each)]) == 2


async def test_a_profile_that_somebody_else_changes_meanwhile_is_read_again_and_theirs_is_kept(
    channel, server
):
    post = server.put(NOTICE)
    server.others_write = 2
    assert isinstance(await channel.act(order("pin", item=post)), Done)
    assert server.pinned() == post
    assert server.standing(PROFILE)["self"]["description"] == "Changed 0"
    server.others_write = 9
    outcome = await channel.act(order("unpin", item=post))
    assert isinstance(outcome, Failed)
    assert server.pinned() == post


async def test_a_first_profile_record_is_made(channel, server):
    server.write(PROFILE, "self", None)
    post = server.put(NOTICE)
    assert isinstance(await channel.act(order("pin", item=post)), Done)
    assert server.pinned() == post


async def test_a_pin_without_an_item_finds_our_own_words_and_else_pins_nothing(channel, server):
    server.put("Bogus")
    assert isinstance(await channel.act(order("pin")), Failed)
    post = server.put(NOTICE)
    assert (await channel.act(order("pin"))).remote == post
    assert isinstance(await channel.act(order("pin", text="")), Failed)
    assert isinstance(await channel.act(order("pin", item=f"at://{DID}/app.bsky.feed.post/3gone")), Failed)


async def test_a_rate_window_is_waited_out_by_a_deletion_if_it_is_short_and_told_of_a_post(
    channel, server, clock
):
    post = server.put("Bogus")
    server.misbehave = Broken("429", ACTS, 1)
    outcome = await channel.act(order("delete", item=post))
    assert isinstance(outcome, Failed)
    assert "before 23:00 UTC" in outcome.reason
    clock.turn(40 * 60_000)
    server.misbehave = Broken("429", ACTS, 1)
    assert isinstance(await channel.act(order("delete", item=post)), Done)
    assert clock.now().wall >= NIGHT - NIGHT % HOUR + HOUR
    server.misbehave = Broken("429", ACTS, 1)
    outcome = await channel.act(order("post"))
    assert isinstance(outcome, Failed)
    assert "00:00 UTC" in outcome.reason


# -- signing in ------------------------------------------------------------------------------------------------------


async def test_one_session_serves_and_is_renewed_once_when_it_runs_out(channel, server, clock):
    for n in range(3):
        await channel.act(order("post", f"E-{n}", text=f"Words {n}"))
    clock.turn(3 * HOUR)
    assert isinstance(await channel.act(order("post", "E-3", text="Words 3")), Done)
    server.access.clear()
    server.refresh.clear()
    assert isinstance(await channel.act(order("post", "E-4", text="Words 4")), Done)
    names = [each.path.rpartition(".")[2] for each in server.log]
    assert names.count("createSession") == 2
    assert names.count("refreshSession") == 2
    assert len(server.texts()) == 5


async def test_a_log_in_that_wants_a_code_is_said_plainly(make, server):
    server.factor = True
    outcome = await make(server, secrets={"app-password": MAIN}).act(order("post"))
    assert isinstance(outcome, Failed)
    assert "code from an e-mail" in outcome.reason
    assert MAIN not in repr(outcome)


@pytest.mark.parametrize("word", FAULTS)
async def test_a_post_that_could_not_sign_in_was_definitely_not_sent(channel, server, word):
    patience(channel, word)
    server.misbehave = Broken(word, of("createSession"))
    assert isinstance(await channel.act(order("post")), Failed)
    assert server.texts() == []


@pytest.mark.parametrize(
    "secrets", [{}, {"app-password": ""}, {"app-password": "p\xe4ss"}, {"app-password": "wrong"}]
)
async def test_without_a_password_that_opens_nothing_is_sent(make, server, secrets):
    channel = make(server, secrets=secrets)
    for verb in ("post", "delete", "pin", "unpin"):
        assert isinstance(await channel.act(order(verb, item=server.put("x"))), Failed)


async def test_a_log_in_to_another_account_is_refused(make, server):
    outcome = await make(server, did="did:plc:another").act(order("post"))
    assert isinstance(outcome, Failed)
    assert server.texts() == []


# -- ending app passwords --------------------------------------------------------------------------------------------


async def test_all_app_passwords_but_ours_are_ended_and_that_is_read_back(channel, server):
    outcome = await channel.revoke_others()
    assert isinstance(outcome, Done)
    assert list(server.passwords) == ["console"]
    assert "two hours" in outcome.proof


async def test_rotating_ends_all_others_and_says_so_line_by_line(channel, server):
    before = sorted(set(server.passwords) - {"console"})
    assert (await channel.probe(order("rotate"))).verdict == "disagrees"
    outcome = await channel.act(order("rotate"))
    assert isinstance(outcome, Done)
    told = [(each.what, each.how) for each in outcome.access]
    assert told == [(f'app password "{name}"', "ended") for name in before] + [
        ('app password "console"', "kept")
    ]
    assert (await channel.probe(order("rotate"))).verdict == "agrees"


async def test_without_the_name_of_ours_a_person_ends_the_others(make, server):
    assert not make(server, **{"app-password-name": ""}).can("rotate")


async def test_our_own_app_password_is_never_ended_by_mistake(make, server):
    for name in ("", "mine"):
        assert isinstance(await make(server, **{"app-password-name": name}).revoke_others(), Failed)
    server.limited = True
    outcome = await make(server).revoke_others()
    assert isinstance(outcome, Failed)
    assert "by hand" in outcome.reason
    assert len(server.passwords) == 3


@pytest.mark.parametrize("word", FAULTS)
@pytest.mark.parametrize("where", ["listAppPasswords", "revokeAppPassword"])
async def test_that_they_are_ended_is_not_told_unseen(channel, server, word, where):
    patience(channel, word)
    server.misbehave = Broken(word, of(where))
    outcome = await channel.revoke_others()
    assert not isinstance(outcome, Done) or list(server.passwords) == ["console"]
    assert "console" in server.passwords


# -- looks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", FAULTS)
async def test_a_look_that_gets_no_answer_tells_nothing(channel, server, clock, word):
    post = server.put(NOTICE)
    await channel.read()
    patience(channel, word)
    server.misbehave = Broken(word, lambda request: request.method == "GET")
    for verb in ("post", "delete", "pin", "unpin"):
        assert (await channel.probe(order(verb, item=post))).verdict == "cannot-see", verb
    for probe in ("absent", "pinned", "unpinned"):
        assert (await channel.check(probe, order("", item=post))).verdict == "cannot-see", probe
    assert await channel.read() is None
    assert await channel.profile() == {}


async def test_two_views_that_agree_tell_at_once(channel, server):
    post = server.put(NOTICE)
    await channel.act(order("pin", item=post))
    seen = await channel.check("pinned", order("", item=post))
    assert (seen.verdict, seen.value) == ("agrees", post)
    await channel.act(order("unpin", item=post))
    assert (await channel.check("unpinned", order("", item=post))).verdict == "agrees"
    await channel.act(order("delete", item=post))
    assert (await channel.check("absent", order("", item=post))).verdict == "agrees"


@pytest.mark.parametrize("lag", [15_000, 60_000])
async def test_a_public_view_that_lags_is_told_as_neither_and_then_as_it_is(make, clock, lag):
    async with BlueskyServer(clock, lag=lag) as server:
        post = server.put(NOTICE, made=NIGHT - HOUR)
        server.write(PROFILE, "self", {"$type": PROFILE}, NIGHT - HOUR)
        channel = make(server)
        await channel.act(order("pin", item=post))
        assert (await channel.check("pinned", order("", item=post))).verdict == "cannot-see"
        seen = await looked(clock, lambda: channel.check("pinned", order("", item=post)))
        assert seen.verdict == "agrees"
        await channel.act(order("delete", item=post))
        first = await channel.check("absent", order("", item=post))
        assert first.verdict == "cannot-see"
        seen = await looked(clock, lambda: channel.check("absent", order("", item=post)))
        assert seen.verdict == "agrees"


async def test_what_still_stands_is_told_after_two_looks(channel, server, clock):
    post = server.put("Bogus")
    repost = server.repost("at://did:plc:other/app.bsky.feed.post/3k")
    for item in (post, repost):
        assert (await channel.check("absent", order("", item=item))).verdict == "cannot-see"
        clock.turn(30_000)
        assert (await channel.check("absent", order("", item=item))).verdict == "disagrees"
        await channel.act(order("delete", f"E-{item}", item=item))
        assert (await channel.check("absent", order("", item=item))).verdict == "agrees"


async def test_what_a_suspension_hides_counts_and_is_said(channel, server, clock):
    post = server.put("Bogus")
    await channel.read()
    server.suspended = True
    seen = await looked(clock, lambda: channel.check("absent", order("", item=post)))
    assert seen.verdict == "agrees"
    assert "suspended" in seen.raw


async def test_a_doubt_is_told_not_happened_only_when_nothing_can_arrive(channel, server, clock):
    server.misbehave = Broken("drop-before", POSTING, 1)
    await channel.act(order("post"))
    assert (await channel.probe(order("post"))).verdict == "cannot-see"
    clock.turn(120_000)
    assert (await channel.probe(order("post"))).verdict == "disagrees"
    await channel.act(order("post", attempt=2))
    seen = await channel.probe(order("post"))
    assert (seen.verdict, server.stands(seen.value)) == ("agrees", True)


async def test_reading_shows_posts_and_reposts_newest_first_also_what_lies_about_its_time(
    channel, server, clock
):
    for n in range(110):
        clock.turn(1_000)
        server.put(f"Post {n}")
    for n in range(220):
        server.put(f"Old {n}", made=NIGHT - 10 * HOUR - n)
    clock.turn(1_000)
    hidden = server.put("Backdated", created=NIGHT - 900 * HOUR)
    repost = server.repost("at://did:plc:other/app.bsky.feed.post/3k")
    seen = await channel.read()
    assert {each.remote for each in seen[:2]} == {hidden, repost}
    (found,) = [each for each in seen if each.remote == hidden]
    assert found.published == clock.now().wall
    assert found.link == f"https://bsky.app/profile/{DID}/post/{hidden.rpartition('/')[2]}"
    assert {f"Post {n}" for n in range(110)} <= {each.words for each in seen}
    assert [each.published for each in seen] == sorted((each.published for each in seen), reverse=True)


async def test_reading_goes_on_as_the_public_without_a_password_and_on_our_own_without_the_public(
    make, server
):
    post = server.put("There")
    assert [each.remote for each in await make(server, secrets={}).read()] == [post]
    server.misbehave = Broken("500", of("getAuthorFeed"))
    assert [each.remote for each in await make(server).read()] == [post]


HOSTILE = [
    [],
    {},
    None,
    7,
    [[]],
    {"uri": f"at://{DID}/app.bsky.feed.post/3kabc", "cid": 5, "value": []},
    {"uri": f"at://{DID}/app.bsky.actor.profile/self", "cid": "c", "value": {"pinnedPost": "x", "text": {}}},
    {
        "feed": [
            1,
            {"post": 5, "reason": []},
            {"post": {"uri": "\x1b[2J", "record": 5}, "reason": {"$type": 1}},
        ],
        "cursor": 7,
    },
    {
        "posts": "x",
        "records": [{"uri": 5}, {"uri": "at://x/y/z", "value": 7}],
        "passwords": [5, {"name": []}],
    },
    {"did": 5, "handle": [], "accessJwt": "\xe9\n", "refreshJwt": 7, "error": {"a": 1}, "message": []},
    {"error": "ExpiredToken", "message": "\x1b]0;x\x07" * 100},
    {"error": "InvalidSwap"},
]


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("inside", [True, False])
async def test_hostile_answers_end_typed(channel, server, answer, status, inside):
    item = f"at://{DID}/app.bsky.feed.post/3kabc"
    real = server.reply
    if inside:
        await channel.read()

    async def reply(request):
        if inside and "Session" in request.path:
            return await real(request)
        return Reply(status, answer if answer is not None else b"null")

    server.reply = reply
    for verb in ("post", "delete", "pin", "unpin"):
        for attempt in (1, 2):
            outcome = await channel.act(order(verb, item=item, attempt=attempt))
            assert not isinstance(outcome, Done) or verb in ("delete", "unpin")
            assert "adapter" not in getattr(outcome, "reason", "")
        assert "adapter" not in (await channel.probe(order(verb, item=item))).raw
    for probe in ("absent", "pinned", "unpinned"):
        assert "adapter" not in (await channel.check(probe, order("", item=item))).raw
    for other in (channel.read, channel.profile, channel.test, channel.revoke_others):
        await other()


# -- evidence, profile, trying ---------------------------------------------------------------------------------------


async def test_a_capture_keeps_every_view_and_the_reach_and_changes_nothing(make, server, archive):
    post = server.put("Bogus & bad")
    found = await make(server, secrets={}, keeper=archive).capture(post)
    assert [found[name] for name in ("likes", "reposts", "replies", "quotes")] == ["12", "7", "3", "1"]
    for name in ("api", "thread", "record"):
        assert b"Bogus & bad" in gzip.decompress(archive.path(found[name]).read_bytes())
    assert archive.path(found["medium-1"]).exists()
    assert not any(ACTS(each) for each in server.log)


async def test_what_only_the_accounts_server_still_has_is_captured_there_and_what_nobody_has_is_not(
    channel, server
):
    post = server.put("Bogus")
    server.suspended = True
    found = await channel.capture(post)
    assert "the public does not see it" in found["missing"]
    assert found["record"]
    with pytest.raises(Lost):
        await channel.capture(f"at://{DID}/app.bsky.feed.post/3gone")
    with pytest.raises(NotSent):
        await channel.capture("https://elsewhere.example/1")


async def test_a_profile_is_what_a_baseline_can_compare(channel, server):
    post = server.put(NOTICE)
    await channel.act(order("pin", item=post))
    found = await channel.profile()
    assert (found["name"], found["description"], found["pinned"]) == ("Press", "News", post)
    assert "followers" not in str(found)


async def test_a_try_says_who_we_are_and_what_it_can(channel, server):
    tried = await channel.test()
    words = "\n".join(tried.lines)
    assert tried.ok, words
    assert HANDLE in words
    assert DID in words
    assert "3 app passwords" in words
    assert not any(ACTS(each) for each in server.log)


async def test_a_try_says_what_is_wrong(make, server):
    assert "main password" in "\n".join((await make(server, secrets={"app-password": MAIN}).test()).lines)
    server.handle = "taken.example"
    changed = await make(server).test()
    assert not changed.ok
    assert "Was it changed?" in "\n".join(changed.lines)
    server.handle, server.suspended = HANDLE, True
    assert "not active" in "\n".join((await make(server).test()).lines)
    assert not (await make(server, secrets={}).test()).ok


def test_what_is_wrong_with_settings_is_named_at_once():
    assert problems({"handle": HANDLE}) == ()
    assert problems({"handle": f"@{HANDLE}", "base": "http://127.0.0.1:1", "did": DID}) == ()
    wrong = {
        "handle": "press",
        "base": "http://pds.example",
        "view": "x",
        "did": "press",
        "language": "English",
    }
    assert len(problems(wrong)) == 5
    assert {each.name for each in NEEDS if each.secret} == {"app-password"}


# -- misbehaviour ----------------------------------------------------------------------------------------------------


def so(server, verb, post):
    """Whether what a verb wants is so, at the server."""
    if verb == "post":
        return NOTICE in server.texts()
    if verb == "delete":
        return not server.stands(post)
    return (server.pinned() == post) is (verb == "pin")


@pytest.mark.parametrize("verb", ["post", "delete", "pin", "unpin"])
@pytest.mark.parametrize("word", FAULTS)
async def test_every_misbehaviour_ends_as_it_must(channel, server, clock, verb, word):
    post = server.put("Older")
    if verb == "unpin":
        await channel.act(order("pin", item=post))
    await channel.read()
    server.misbehave = Broken(word, ACTS)
    patience(channel, word)
    wanted = order(verb, item=post)
    outcome = await channel.act(wanted)
    patience(channel, "")
    happened = so(server, verb, post)
    assert happened is (word in HAPPENS)
    # A profile that was changed unseen is found changed when it is read again.
    found = verb in ("pin", "unpin") and word in ("drop-after", "500-after")
    wants = Failed if word in ("429", "402") else (Done, InDoubt) if found else InDoubt
    assert isinstance(outcome, wants), outcome
    assert len([each for each in server.log if POSTING(each)]) <= 1
    server.misbehave = lambda _request: ""
    seen = await looked(clock, lambda: channel.probe(wanted))
    assert seen.verdict == ("agrees" if happened else "disagrees")


@pytest.mark.parametrize("verb", ["delete", "pin", "unpin"])
@pytest.mark.parametrize("word", ["drop-before", "drop-after", "500", "500-after", "503"])
async def test_what_may_be_repeated_is_by_itself(channel, server, verb, word):
    post = server.put("Older")
    if verb == "unpin":
        await channel.act(order("pin", item=post))
    server.misbehave = Broken(word, ACTS, 1)
    assert isinstance(await channel.act(order(verb, item=post)), Done)
    assert so(server, verb, post)


async def test_no_secret_is_told_or_kept(make, server, archive):
    channel, post = make(server, keeper=archive), server.put(NOTICE)
    real = server.reply

    async def echo(request):
        if "Session" in request.path:
            return await real(request)
        return Reply(
            400, {"error": "InvalidRequest", "message": f"you sent {request.headers.get('authorization')}"}
        )

    told = []
    for reply in (real, echo):
        server.reply = reply
        for verb in ("post", "pin", "unpin", "delete"):
            told += [await channel.act(order(verb, item=post)), await channel.probe(order(verb, item=post))]
        told += [await channel.check(probe, order("", item=post)) for probe in ("absent", "pinned")]
        told += [await channel.test(), await channel.revoke_others()]
    kept = b"".join(gzip.decompress(each.read_bytes()) for each in archive._folder.iterdir())
    for secret in (PASSWORD, *server.access, *server.refresh):
        assert secret not in repr(told)
        assert secret.encode() not in kept


@pytest.mark.parametrize("seed", range(30))
async def test_seeded_runs_have_no_duplicate_and_no_wrong_verdict(make, clock, seed):
    chance = random.Random(seed)
    lags = {"lag": chance.choice((0, 20_000, 60_000)), "own_lag": chance.choice((0, 0, 5_000, 30_000))}
    words = [each for each in FAULTS if each not in ("silent", "huge", "bomb", "endless")]
    async with BlueskyServer(clock, **lags) as server:
        server.write(PROFILE, "self", {"$type": PROFILE}, NIGHT - HOUR)
        channel = make(server)
        for n in range(5):
            verb = chance.choice(("post", "post", "delete", "pin", "unpin"))
            post = server.put(f"Older {n}", made=server.now - 600_000)
            text = chance.choice((NOTICE, f"Notice {n}: https://press.example/{n}"))
            if verb == "unpin":
                pin = {"$type": PROFILE, "pinnedPost": {"uri": post, "cid": "bafyreix"}}
                server.write(PROFILE, "self", pin, server.now - 600_000)
                clock.turn(60_000)
            before = server.texts().count(text)

            def done(verb=verb, post=post, text=text, before=before):
                return server.texts().count(text) - before if verb == "post" else int(so(server, verb, post))

            for attempt in (1, 2, 3):
                fault = chance.choice(words)
                server.misbehave = Broken(fault, lambda _request: chance.random() < 0.4, chance.randrange(4))
                if chance.random() < 0.2:
                    clock.turn(3 * HOUR)
                wanted = order(verb, f"E-{n}", item=post, text=text, attempt=attempt)
                outcome = await channel.act(wanted)
                assert done() <= 1, (seed, n, verb)
                assert not isinstance(outcome, Done) or done() == 1, (seed, n, verb, outcome)
                assert not isinstance(outcome, Failed) or done() == 0, (seed, n, verb, outcome)
                for _ in range(5):
                    seen = await channel.probe(wanted)
                    assert seen.verdict == "cannot-see" or (seen.verdict == "agrees") is (done() == 1), (
                        seed,
                        n,
                        verb,
                    )
                    clock.turn(chance.choice((1_000, 40_000, 130_000)))
                if done():
                    break
            server.misbehave = lambda _request: ""
        await _checked(channel, server, clock)


async def _checked(channel, server, clock):
    """No look, at any moment, says what is not so."""
    posts = [
        uri
        for rkey in list(server.records)[:6]
        if (uri := f"at://{DID}/{rkey[0]}/{rkey[1]}") and "post" in uri
    ]
    for post in posts:
        for probe in ("absent", "pinned", "unpinned"):
            seen = await looked(
                clock, lambda probe=probe, post=post: channel.check(probe, order("", item=post))
            )
            pinned = server.pinned() == post and server.stands(post)
            real = {"absent": not server.stands(post), "pinned": pinned, "unpinned": not pinned}
            assert seen.verdict == "cannot-see" or (seen.verdict == "agrees") is real[probe], (probe, post)


# -- words -----------------------------------------------------------------------------------------------------------


def test_a_key_is_a_posts_and_the_same_for_the_same_effect():
    keys = {tid(random.Random(n).randbytes(32)) for n in range(500)}
    assert len(keys) == 500
    assert all(len(each) == 13 and each[0] in "234567ab" for each in keys)
    assert tid(b"\x00" * 8) == "2" * 13
    assert tid(b"\xff" * 8) == "b" + "z" * 12
    assert time_of("3jzfcijpj2z2a") == 1_688_137_381_887
    assert time_of("self") == 0


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("no link, http://plain.example", []),
        ("https://", []),
        ("(https://a.example/b).", [(1, 20)]),
        ("\u00e9\U0001f44d https://a.example!", [(7, 24)]),
        ("https://a.example/\u00e9 x", [(0, 20)]),
        ("https://a.example\nhttps://b.example", [(0, 17), (18, 35)]),
    ],
)
def test_links_are_counted_in_bytes(text, links):
    found = [(each["index"]["byteStart"], each["index"]["byteEnd"]) for each in facets(text)]
    assert found == links


def test_a_record_is_known_by_name_or_address_of_this_account_only():
    names = (DID, HANDLE)
    assert place(f"at://{DID}/app.bsky.feed.like/3k", names) == ("app.bsky.feed.like", "3k")
    assert place(f"https://bsky.app/profile/{DID}/post/3k/", names) == ("app.bsky.feed.post", "3k")
    assert place("https://bsky.app/profile/Press.Example/post/3k", names) == ("app.bsky.feed.post", "3k")
    assert place(f"https://bsky.app@evil.example/profile/{HANDLE}/post/3k", names) is None
    assert place("at:///app.bsky.feed.post/3k", ("", HANDLE)) is None


# -- likes -------------------------------------------------------------------------------------------------------------


async def test_what_the_account_likes_is_told_by_its_records_newest_first(channel, server, clock):
    older = server.like("at://did:plc:other/app.bsky.feed.post/3k")
    clock.turn(60_000)
    newer = server.like("at://did:plc:other/app.bsky.feed.post/3l")
    assert [(each.remote, each.words, each.published) for each in await channel.likes()] == [
        (newer, "Liked https://bsky.app/profile/did:plc:other/post/3l", NIGHT + 60_000),
        (older, "Liked https://bsky.app/profile/did:plc:other/post/3k", NIGHT),
    ]


async def test_a_like_is_taken_back_as_a_post_is_deleted(channel, server):
    like = server.like("at://did:plc:other/app.bsky.feed.post/3k")
    assert isinstance(await channel.act(order("delete", item=like)), Done)
    assert not server.stands(like)
    assert await channel.likes() == ()


@pytest.mark.parametrize("word", [word for word in FAULTS if word not in ("drop-after", "500-after")])
async def test_likes_that_cannot_be_read_are_not_told(channel, server, word):
    patience(channel, word)
    server.misbehave = lambda _request: word
    assert await channel.likes() is None
