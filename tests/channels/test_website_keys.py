"""Changing the console's own way into a WordPress: kept before used, proved, and all others ended with what is known of them."""

import pytest
from standins.wordpress import OUR_UUID
from support_website import SITES, adapter, order

from console.channels.live.archive import Archive
from console.channels.live.wordpress_people import MOST_LOOKED_AT
from console.channels.protocol import Done, Failed, InDoubt
from console.clock import TurnedClock
from console.errors import VaultLocked

HUB = "99999999-2222-4333-8444-555555555555"


@pytest.fixture
def clock():
    return TurnedClock(1_563_575_400_000)


@pytest.fixture
async def site(clock):
    async with SITES["wordpress"](clock) as site:
        site.passwords[3].append(site.app_password(HUB, "hub"))
        yield site


@pytest.fixture
async def website(site, clock, tmp_path):
    made = adapter(site, "wordpress", clock, keeper=Archive(tmp_path / "evidence"))
    yield made
    await made.close()


def rotate(**more):
    return order("rotate", text="", **more)


def everything(folder):
    import gzip

    return b"".join(gzip.decompress(each.read_bytes()) for each in folder.glob("*.warc.gz"))


async def test_the_old_one_fails_the_new_one_works_and_the_ledger_says_what_ended(site, website, tmp_path):
    old = site.words[OUR_UUID]
    outcome = await website.act(rotate())
    assert isinstance(outcome, Done), outcome
    (left,) = site.passwords[3]
    assert left["uuid"] not in (OUR_UUID, HUB)
    kept = website._secrets.known
    assert kept["password"] == site.words[left["uuid"]]
    assert kept["password-before"] == old
    told = {(each.what, each.how): each.detail for each in outcome.access}
    assert ("the console's application password", "changed") in told
    assert told['application password "hub" of user 3', "ended"] == (
        "made 2019-07-01T08:00:00, last used 2019-07-19T21:00:00 from 203.0.113.9"
    )
    assert (await website.probe(rotate())).verdict == "agrees"
    link = site.publish("False news")
    assert isinstance(await website.act(order(item=link)), Done)  # with the new one
    whole = repr(outcome).encode() + everything(tmp_path / "evidence")
    for secret in (old, kept["password"]):
        assert secret.encode() not in whole
        assert secret.replace(" ", "").encode() not in whole


async def test_done_again_it_is_changed_again(site, website):
    assert isinstance(await website.act(rotate()), Done)
    first = site.passwords[3][0]["uuid"]
    assert isinstance(await website.act(rotate(attempt=2)), Done)
    assert len(site.passwords[3]) == 1
    assert site.passwords[3][0]["uuid"] != first


async def test_whoever_may_make_none_keeps_the_old_one(site, website):
    site.makes = False
    outcome = await website.act(rotate())
    assert isinstance(outcome, Failed)
    assert [each["uuid"] for each in site.passwords[3]] == [OUR_UUID, HUB]
    assert website._secrets.known["password"] == site.words[OUR_UUID]


async def test_a_vault_that_does_not_take_it_leaves_the_old_one_in_use(site, website):
    keep = website._secrets.keep

    async def refusing(name, value):
        if name == "password" and value != site.words[OUR_UUID]:
            raise VaultLocked("The vault is locked.")
        await keep(name, value)

    website._secrets.keep = refusing
    outcome = await website.act(rotate())
    assert isinstance(outcome, Failed)
    assert "vault did not take the new one" in outcome.reason
    assert HUB in [each["uuid"] for each in site.passwords[3]]  # nothing was ended
    assert website._secrets.known["password"] == site.words[OUR_UUID]


@pytest.mark.parametrize("word", ["drop-before", "drop-after", "500", "500-after", "html", "garbage"])
async def test_an_answer_that_was_lost_is_never_called_done(site, website, word):
    site.misbehave = lambda request: word if request.method == "POST" else ""
    outcome = await website.act(rotate())
    assert isinstance(outcome, Failed | InDoubt)
    assert website._secrets.known["password"] == site.words[OUR_UUID]
    assert (await website.probe(rotate())).verdict == "disagrees"
    site.misbehave = lambda request: ""
    assert isinstance(await website.act(rotate(attempt=2)), Done)
    assert len(site.passwords[3]) == 1  # also the one whose secret was never told has ended


async def test_what_could_not_be_ended_is_named_and_what_was_stands_in_the_ledger(site, website, clock):
    from support_website import driven

    site.misbehave = lambda request: "500" if request.method == "DELETE" and HUB in request.path else ""
    outcome = await driven(clock, website.act(rotate()))
    assert isinstance(outcome, Failed)
    assert '"hub" of user 3' in outcome.reason
    assert ("the console's application password", "changed") in [(e.what, e.how) for e in outcome.access]
    assert site.passwords[3][0]["name"] == "hub"


async def test_what_two_consoles_change_at_once_is_never_lost(site, website, clock):
    """The second one made its own, and the first ended it before the second kept it: what the first kept must stay."""
    other = adapter(site, "wordpress", clock)
    other._secrets.known = website._secrets.known
    once, first = other._cms._desk.once, []

    async def late(*request):
        answer = await once(*request)
        first.append(await website.act(rotate()))
        return answer

    other._cms._desk.once = late
    outcome = await other.act(rotate(effect="e2"))
    await other.close()
    assert [isinstance(each, Done) for each in (*first, outcome)] == [True, False]
    assert "Another console" in outcome.reason
    (left,) = site.passwords[3]
    assert website._secrets.known["password"] == site.words[left["uuid"]]


def members(site, count):
    """So many who only read, and after them all, with the highest number, whoever was let in last."""
    site.users += [
        {"id": 100 + n, "slug": f"m{n}", "email": "", "roles": ["subscriber"]} for n in range(count)
    ]
    site.users.append({"id": 9_999, "slug": "eve", "email": "", "roles": ["administrator"]})
    site.passwords[9_999] = [site.app_password("eeeeeeee-2222-4333-8444-555555555555", "eve's")]


async def test_among_very_many_users_who_came_last_is_not_left_out(site, website):
    members(site, MOST_LOOKED_AT + 10)
    assert "9999 eve" in (await website.profile())["administrators"]
    outcome = await website.act(rotate())
    assert site.passwords[9_999] == []
    assert isinstance(outcome, Failed)  # not everybody was looked at, so nothing is claimed of all
    assert "passwords of others may not be seen" in outcome.reason


async def test_where_the_users_cannot_be_listed_nothing_is_claimed_of_their_passwords(site, website):
    site.powers -= {"list_users"}
    outcome = await website.act(rotate())
    assert isinstance(outcome, Failed)
    assert "passwords of others may not be seen" in outcome.reason
    assert ("the console's application password", "changed") in [(e.what, e.how) for e in outcome.access]
