"""Access to X: tokens that rotate are never lost, signatures are right, what is ended is proved dead, and no secret is kept in evidence."""

from __future__ import annotations

import asyncio
import gzip
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from channels.support_x import Pocket, account_at, order_of, pocket_of
from standins.x import (
    API_SECRET,
    BEARER,
    CLIENT,
    CLIENT_SECRET,
    REDIRECT,
    THEM,
    US,
    Onward,
    XPlatform,
)

from console.channels.live.archive import Archive
from console.channels.live.x_auth import Signed
from console.channels.protocol import Done, Failed, InDoubt

NIGHT = 1_563_574_560_000


@pytest.fixture
def clock():
    return Onward(NIGHT)


@pytest.fixture(params=[False, True], ids=["public", "confidential"])
async def platform(clock, request):
    async with XPlatform(clock) as running:
        running.confidential = request.param
        yield running


@pytest.fixture
def pocket(platform):
    return pocket_of(platform, "oauth2")


@pytest.fixture
async def account(platform, pocket):
    channel = account_at(platform, pocket)
    yield channel
    await channel.close()


# -- renewal -----------------------------------------------------------------------------------------------------------


async def test_an_access_that_ended_is_renewed_and_the_post_made_once(platform, pocket, account):
    platform.expire()
    assert isinstance(await account.act(order_of()), Done)
    assert platform.renewals == 1
    assert [name for name, _ in pocket.kept] == ["refresh-token", "access-token", "scope"]
    assert pocket.secrets["refresh-token"] in platform.refresh_tokens
    platform.expire()
    assert isinstance(await account.act(order_of(effect="E-2", text="Another")), Done)
    assert platform.renewals == 2


async def test_an_access_that_ends_between_two_requests_is_renewed(platform, account):
    await account.read()
    platform.expire()
    await account._prove()
    platform.expire()
    assert isinstance(await account.act(order_of()), Done)
    assert len(platform.posts) == 1


async def test_many_requests_at_once_renew_once(platform, account):
    platform.expire()
    await asyncio.gather(account.read(), account.read(), account.act(order_of()), account.profile())
    assert platform.renewals == 1


async def test_two_processes_renew_once_for_both(platform, pocket):
    first, second = account_at(platform, pocket), account_at(platform, pocket)
    await first.read()
    await second.read()
    platform.expire()
    assert await first.read() == ()
    assert await second.read() == ()
    assert platform.renewals == 1
    await first.close()
    await second.close()


async def test_a_process_that_comes_too_late_takes_what_the_other_kept(platform, pocket, account, clock):
    platform.expire()
    stale = pocket.secrets["refresh-token"]
    del platform.refresh_tokens[stale]  # the other has used it, and has not kept what it got yet
    access, refresh = platform.give()

    async def kept_meanwhile(ms):
        pocket.secrets |= {"access-token": access, "refresh-token": refresh}
        clock.turn(ms)

    clock.sleep = kept_meanwhile
    assert isinstance(await account.act(order_of()), Done)


async def test_a_token_that_the_vault_refuses_is_not_used_and_not_lost(platform, pocket, account):
    platform.expire()
    pocket.refuses = 1
    outcome = await account.act(order_of())
    assert isinstance(outcome, Failed)
    assert "cannot be kept" in outcome.reason
    assert platform.posts == []
    assert isinstance(await account.act(order_of(attempt=2)), Done)
    assert platform.renewals == 1
    assert pocket.secrets["refresh-token"] in platform.refresh_tokens


async def test_the_new_refresh_token_is_kept_even_where_the_new_access_is_not(platform, pocket, account):
    platform.expire()
    keep = pocket.keep

    async def only_the_first(name, value):
        await keep(name, value)
        pocket.refuses = 1

    pocket.keep = only_the_first
    assert isinstance(await account.act(order_of()), Failed)
    assert pocket.secrets["refresh-token"] in platform.refresh_tokens
    pocket.keep, pocket.refuses = keep, 0
    another = account_at(platform, pocket)  # the process died; the next one has the token that renews
    assert isinstance(await another.act(order_of(attempt=2)), Done)
    await another.close()


async def test_an_access_that_is_not_renewed_any_more_says_what_to_do(platform, pocket, account):
    platform.expire()
    platform.refresh_tokens.clear()
    outcome = await account.act(order_of())
    assert isinstance(outcome, Failed)
    assert "has ended" in outcome.reason
    assert "incident channels set" in outcome.reason


@pytest.mark.parametrize("word", ["html", "garbage", "drop-after", "500-after"])
async def test_a_renewal_whose_answer_is_lost_asks_for_another_access(platform, account, word):
    platform.expire()
    platform.misbehave = lambda request: word if request.path == "/2/oauth2/token" else ""
    assert isinstance(await account.act(order_of()), Failed)
    platform.misbehave = lambda _request: ""
    outcome = await account.act(order_of(attempt=2))
    assert isinstance(outcome, Failed)
    assert "has ended" in outcome.reason
    asking = account.authorise_url(REDIRECT)
    assert isinstance(await account.exchange_code(asking, platform.agree(asking.url)), Done)
    assert isinstance(await account.act(order_of(attempt=3)), Done)
    assert len(platform.posts) == 1


@pytest.mark.parametrize("word", ["503", "500", "drop-before", "429", "redirect", "402"])
async def test_a_renewal_that_fails_sends_nothing(platform, account, word):
    platform.expire()
    platform.misbehave = lambda request: word if request.path == "/2/oauth2/token" else ""
    outcome = await account.act(order_of())
    assert isinstance(outcome, Failed)
    assert platform.posts == []
    platform.misbehave = lambda _request: ""
    assert isinstance(await account.act(order_of(attempt=2)), Done)


async def test_without_a_refresh_token_the_answer_stands(platform, pocket, account):
    pocket.secrets["refresh-token"] = ""
    platform.expire()
    outcome = await account.act(order_of())
    assert isinstance(outcome, Failed)
    assert "401" in outcome.reason


# -- signatures --------------------------------------------------------------------------------------------------------


def test_a_signature_is_that_of_xs_own_example(clock, monkeypatch):
    """docs.x.com, *Creating a signature*; the example's form stands in the query here, which signs the same."""
    keys = {
        "api-key": "xvz1evFS4wEEPTGEFPHBog",
        "api-secret": "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "token-secret": "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    }
    clock.set_wall(1_318_622_958_000)
    monkeypatch.setattr("secrets.token_hex", lambda _: "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg")
    request = httpx.Request(
        "POST",
        "https://api.twitter.com/1.1/statuses/update.json",
        params={"include_entities": "true", "status": "Hello Ladies + Gentlemen, a signed OAuth request!"},
    )
    signed = next(Signed(keys, clock).auth_flow(request))
    assert 'oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"' in signed.headers["authorization"]


async def test_a_key_that_is_missing_is_named(platform):
    account = account_at(platform, Pocket(api_key="abcdefghi", token="abcdefghi"), way="oauth1")
    outcome = await account.act(order_of())
    assert isinstance(outcome, Failed)
    assert "no api-secret and no token-secret" in outcome.reason
    await account.close()


# -- asking for access -------------------------------------------------------------------------------------------------


async def test_an_account_agrees_and_its_access_works(platform):
    pocket = Pocket()
    account = account_at(platform, pocket)
    asking = account.authorise_url(REDIRECT)
    query = parse_qs(urlsplit(asking.url).query)
    assert query["scope"] == ["tweet.read tweet.write users.read like.read offline.access"]
    assert asking.verifier not in asking.url
    outcome = await account.exchange_code(asking, platform.agree(asking.url))
    assert isinstance(outcome, Done)
    assert outcome.remote == US
    assert isinstance(await account.act(order_of()), Done)
    assert "may read, post and delete" in "\n".join((await account.test()).lines)
    await account.close()


async def test_another_accounts_agreement_replaces_nothing(platform, pocket, account):
    before = dict(pocket.secrets)
    asking = account.authorise_url(REDIRECT)
    outcome = await account.exchange_code(asking, platform.agree(asking.url, THEM))
    assert isinstance(outcome, Failed)
    assert "@SomebodyElse" in outcome.reason
    assert pocket.secrets == before
    theirs = [each for each in platform.user_tokens.values() if each["account"] == THEM]
    assert (theirs, THEM in platform.refresh_tokens.values()) == ([], False)  # nobody would use it
    assert isinstance(await account.act(order_of()), Done)


async def test_an_access_whose_owner_x_does_not_tell_is_kept_and_looked_at_before_it_posts(
    platform, pocket, account
):
    asking = account.authorise_url(REDIRECT)
    answered = platform.agree(asking.url, THEM)
    platform.misbehave = lambda request: "503" if request.method == "GET" else ""
    assert isinstance(await account.exchange_code(asking, answered), Done)
    platform.misbehave = lambda _request: ""
    assert isinstance(await account.act(order_of()), Failed)
    assert platform.posts == []


@pytest.mark.parametrize(
    "change", ["state=other&code=abcdefghij", "error=access_denied", "", "state=&code=abcdefghij"]
)
async def test_an_answer_to_another_question_is_no_answer(platform, account, change):
    asking = account.authorise_url(REDIRECT)
    assert isinstance(await account.exchange_code(asking, f"{REDIRECT}?{change}"), Failed)
    denied = await account.exchange_code(asking, f"{REDIRECT}?state={asking.state}&error=access_denied")
    assert isinstance(denied, Failed)
    assert "did not agree" in denied.reason
    assert platform.log == []


async def test_a_code_is_good_for_half_a_minute_and_for_once(platform, account, clock):
    asking = account.authorise_url(REDIRECT)
    answered = platform.agree(asking.url)
    assert isinstance(await account.exchange_code(asking, answered), Done)
    assert isinstance(await account.exchange_code(asking, answered), Failed)
    late = platform.agree(asking.url)
    clock.turn(31_000)
    assert isinstance(await account.exchange_code(asking, late), Failed)


# -- ending access -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["oauth2", "oauth1"])
async def test_an_ended_access_is_proved_dead(platform, way):
    account = account_at(platform, way=way)
    await account.act(order_of())
    outcome = await account.revoke()
    assert isinstance(outcome, Done)
    assert '"status":401' in outcome.proof
    assert not platform.user_tokens
    assert not platform.refresh_tokens
    assert not platform.signed_tokens
    assert isinstance(await account.act(order_of(effect="E-2", text="Another")), Failed)
    assert isinstance(await account.revoke(), Done)
    await account.close()


async def test_the_old_access_ends_and_the_new_one_works(platform, pocket, account):
    old = {name: pocket.secrets[name] for name in ("access-token", "refresh-token")}
    asking = account.authorise_url(REDIRECT)
    assert isinstance(await account.exchange_code(asking, platform.agree(asking.url)), Done)
    assert isinstance(await account.revoke(old), Done)
    assert old["refresh-token"] not in platform.refresh_tokens
    assert isinstance(await account.act(order_of()), Done)


@pytest.mark.parametrize("word", ["503", "drop-before", "html", "redirect"])
async def test_an_end_that_nobody_confirmed_is_in_doubt(platform, account, word):
    platform.misbehave = lambda request: word if request.path == "/2/oauth2/revoke" else ""
    assert isinstance(await account.revoke(), InDoubt)
    assert bool(platform.user_tokens) is (word != "html")


async def test_an_end_that_was_not_heard_is_not_claimed_for_what_renews(platform, account):
    platform.misbehave = lambda request: "drop-after" if request.path == "/2/oauth2/revoke" else ""
    outcome = await account.revoke()
    assert isinstance(outcome, InDoubt)
    assert "did not confirm" in outcome.reason
    platform.misbehave = lambda _request: ""
    assert isinstance(await account.revoke(), Done)


async def test_an_end_that_x_refuses_and_that_works_on_failed(platform, pocket):
    platform.confidential = True
    account = account_at(platform, pocket)
    pocket.secrets["client-secret"] = "wrong-secret"
    assert isinstance(await account.revoke(), Failed)
    await account.close()


async def test_an_access_that_x_says_is_ended_and_that_works_on_is_in_doubt(platform, pocket, account):
    platform._of_tokens = lambda _request: platform._account(US, {})
    outcome = await account.revoke()
    assert isinstance(outcome, InDoubt)
    assert "does not refuse it yet" in outcome.reason


async def test_an_access_that_dies_late_is_waited_for(platform, pocket, account, clock):
    revoke, sleep = platform._of_tokens, clock.sleep
    platform._of_tokens = lambda _request: platform._account(US, {})

    async def dies(ms):
        platform.user_tokens.clear()
        await sleep(ms)

    clock.sleep = dies
    assert isinstance(await account.revoke(), Done)
    platform._of_tokens = revoke


# -- changing it -------------------------------------------------------------------------------------------------------


def rotate(**more):
    return order_of(verb="rotate", text="", **more)


async def test_changed_the_old_one_is_refused_and_the_new_one_works(platform, pocket, account):
    old = dict(pocket.secrets)
    outcome = await account.act(rotate())
    assert isinstance(outcome, Done), outcome
    assert [(each.what, each.how) for each in outcome.access] == [("the console's access token", "changed")]
    assert pocket.secrets["access-token"] != old["access-token"]
    assert pocket.secrets["refresh-token"] != old["refresh-token"]
    assert old["access-token"] not in platform.user_tokens
    assert isinstance(await account.act(order_of()), Done)
    for secret in (*old.values(), pocket.secrets["access-token"]):
        assert not secret or secret not in repr(outcome)


async def test_without_what_renews_it_nothing_is_changed(platform, pocket, account):
    pocket.secrets["refresh-token"] = ""
    before = dict(platform.user_tokens)
    assert isinstance(await account.act(rotate()), Failed)
    assert platform.user_tokens == before


async def test_an_x_that_ends_both_is_said_to(platform, pocket, account):
    outside = platform._of_tokens

    def both(request):
        answer = outside(request)
        if request.path == "/2/oauth2/revoke":
            platform.user_tokens.clear()
        return answer

    platform._of_tokens = both
    outcome = await account.act(rotate())
    assert isinstance(outcome, Failed)
    assert "Sign in again" in outcome.reason
    assert [each.how for each in outcome.access] == ["ended"]


@pytest.mark.parametrize("word", ["503", "drop-before", "drop-after", "html", "garbage", "redirect"])
@pytest.mark.parametrize("path", ["/2/oauth2/token", "/2/oauth2/revoke", "/2/users/me"])
async def test_changed_is_never_claimed_unseen(platform, pocket, account, path, word):
    old = pocket.secrets["access-token"]
    platform.misbehave = lambda request: word if request.path == path else ""
    outcome = await account.act(rotate())
    assert not isinstance(outcome, Done) or old not in platform.user_tokens
    assert (
        pocket.secrets["access-token"] in platform.user_tokens
    )  # what is in use works, whatever was answered


def test_only_a_way_that_renews_itself_is_changed_by_the_console(platform):
    assert account_at(platform, way="oauth2").can("rotate")
    assert not account_at(platform, way="oauth1").can("rotate")
    assert not account_at(platform, way="bearer").can("rotate")


# -- secrets -----------------------------------------------------------------------------------------------------------


async def test_no_secret_is_kept_or_said(platform, tmp_path, clock):
    archive = Archive(tmp_path / "evidence")
    said, pockets = [], []
    for way in ("oauth2", "oauth1"):
        pocket = pocket_of(platform, way)
        pocket.secrets["bearer-token"] = BEARER
        pockets.append(pocket)
        account = account_at(platform, pocket, way=way, keeper=archive)
        post = platform.publish(f"Bogus {way}")
        platform.expire()
        said += [await account.act(order_of(text=f"Ours {way}"))]
        said += [await account.act(order_of("delete", "E-2", item=post.id)), await account.test()]
        said += [await account.check("absent", order_of(item=post.id)), await account.profile()]
        if way == "oauth2":
            asking = account.authorise_url(REDIRECT)
            answered = platform.agree(asking.url)
            said += [await account.exchange_code(asking, answered)]
            secret = [asking.verifier, answered.rpartition("=")[2]]
        for word in ("html", "402", "drop-after", "500-after"):
            platform.script.append(word)
            said += [await account.act(order_of(effect=word, text=f"{word} {way}"))]
        said += [await account.revoke(), await account.act(order_of(effect="E-9", text="Nothing"))]
        await account.close()
    hidden = {value for pocket in pockets for name, value in pocket.kept if name != "scope"}
    hidden |= {
        value
        for pocket in pockets
        for name, value in pocket.secrets.items()
        if name not in ("scope", "api-key")
    }
    hidden |= {*secret, CLIENT_SECRET, API_SECRET, BEARER} - {""}
    raw = b"".join(gzip.decompress(path.read_bytes()) for path in sorted(archive._folder.iterdir()))
    assert len(hidden) >= 10
    assert CLIENT.encode() in raw or platform.confidential
    for each in hidden:
        assert each.encode() not in raw
        assert each not in repr(said)
