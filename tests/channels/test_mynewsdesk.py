"""Mynewsdesk: what is read, saved and verified of a newsroom, whatever its server answers, and that its key is told to nobody."""

from __future__ import annotations

import asyncio
import gzip
import logging
import random

import pytest
from contracts.channel_contract import ChannelContract
from standins.mynewsdesk import FEED, KEY, NAME, Newsroom
from support_http import Reply

from console.channels.live.archive import Archive, Kept
from console.channels.live.mynewsdesk import NEEDS, Mynewsdesk, problems
from console.channels.live.web import Lost, NotSent
from console.channels.protocol import Failed, Order
from console.errors import VaultLocked

MISBEHAVIOUR = (
    "drop-before",
    "drop-after",
    "500",
    "500-after",
    "503",
    "429",
    "402",
    "html",
    "garbage",
    "huge",
    "endless",
    "bomb",
    "redirect",
    "silent",
)
QUICK = ("drop-before", "drop-after", "500", "500-after", "503", "429", "402", "html", "garbage", "redirect")
HOAX = "Free DA Noble & all the others!"
DAY = 86_400_000


class Quick(Mynewsdesk):
    longest = 0.4


class Vault(dict):
    async def get(self, name):
        found = self.setdefault(name, "")
        if isinstance(found, Exception):
            raise found
        return found

    async def keep(self, name, value):
        self[name] = value


@pytest.fixture
async def room(clock):
    async with Newsroom(clock) as running:
        yield running


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "evidence")


@pytest.fixture
async def newsroom(clock, room):
    """Make an adapter of the stand-in; without a key by `key=""`, further settings by name."""
    made = []

    def make(key=KEY, keeper=None, **settings):
        own = {"base": room.url, "feed": f"{room.url}{FEED}", "account-id": "met", "kind": "mynewsdesk"}
        channel = Quick("newsroom", {**own, **settings}, Vault(key=key), clock, keeper or Kept())
        made.append(channel)
        return channel

    yield make
    for channel in made:
        await channel.close()


def order(item="", **changes):
    fields = {"effect": "E-1", "attempt": 1, "incident": "L-0001", "step": "p/s", "channel": "newsroom"}
    return Order(**{**fields, "kind": "mynewsdesk", "verb": "unpublish", "item": item, **changes})


async def turning(clock, work):
    """Wait for it, and turn the clock whenever it sleeps."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.sleep(0)
        if clock.sleepers:
            clock.turn(8_000)
    return await task


async def asked_and_waited(channel, clock, item, ms=60_000):
    """Ask a first time, as when the operator said done, and let the cache's life pass."""
    assert (await channel.check("absent", order(item))).verdict == "cannot-see"
    clock.turn(ms)


def said(seen, light):
    """What one light says in the raw answer."""
    lines = (
        seen.raw.removeprefix("What is shown may be old, looking again. ")
        .partition(". Kept: ")[0]
        .split("; ")
    )
    (found,) = [line for line in lines if line.startswith(f"{light}: ")]
    return found.removeprefix(f"{light}: ").partition(",")[0]


# -- the contract ------------------------------------------------------------------------------------------------------


class TestContract(ChannelContract):
    @pytest.fixture
    def channel(self, newsroom, room):
        room.publish(HOAX)
        return newsroom()

    @pytest.fixture
    def refusing(self, newsroom):
        return newsroom()

    @pytest.fixture
    def silent(self, newsroom):
        return newsroom()

    @pytest.fixture
    def traces(self, room):
        return lambda: [(x.number, x.header, x.turns) for x in room.items]


async def test_it_carries_out_no_verb(newsroom):
    channel = newsroom()
    for verb in ("post", "unpublish"):
        assert not channel.can(verb)
        assert isinstance(await channel.act(order(verb=verb)), Failed)


# -- read --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("strict", [True, False])
async def test_three_kinds_of_media_are_read_newest_first(newsroom, room, clock, strict):
    room.strict = strict
    first = room.publish("An honest release")
    clock.turn(1_000)
    second = room.publish("A blog post", "blog_post")
    clock.turn(1_000)
    third = room.publish(HOAX, "news", "<p>The words &amp; more</p>")
    seen = await newsroom().read()
    assert [each.remote for each in seen] == [
        f"news/{third.number}",
        f"blog_post/{second.number}",
        f"pressrelease/{first.number}",
    ]
    assert seen[0].words == f"{HOAX}\nThe words & more"
    assert seen[0].link == room.link(third)
    assert seen[0].published == third.published


async def test_what_is_back_dated_is_seen_as_of_when_it_was_made(newsroom, room, clock):
    for n in range(120):
        room.publish(f"Release {n}", published=clock.now().wall - n * 60_000)
        clock.turn(1_000)
    hoax = room.publish(HOAX, published=clock.now().wall - 900 * DAY)
    (newest, *_) = await newsroom().read()
    assert newest.remote == f"pressrelease/{hoax.number}"
    assert newest.published == hoax.created


async def test_nothing_is_seen_as_published_later_than_now(newsroom, room, clock):
    room.publish(HOAX, published=clock.now().wall + 900 * DAY)
    (seen,) = await newsroom().read()
    assert seen.published == clock.now().wall


async def test_without_a_key_the_public_feed_is_read(newsroom, room):
    release = room.publish(HOAX, "news")
    with_key = await newsroom().read()
    (seen,) = await newsroom(key="").read()
    assert (seen.remote, seen.link, seen.words) == (with_key[0].remote, room.link(release), f"{HOAX}\nWords")


async def test_where_a_list_cannot_be_had_the_feed_stands_in(newsroom, room):
    room.publish(HOAX)
    room.known = False
    assert len(await newsroom().read()) == 1


async def test_where_the_vault_is_locked_the_feed_stands_in(newsroom, room):
    room.publish(HOAX)
    assert len(await newsroom(key=VaultLocked("It is locked.")).read()) == 1


async def test_what_cannot_be_read_is_nothing_and_not_emptiness(newsroom, room):
    room.misbehave = lambda _request: "500"
    assert await newsroom().read() is None
    assert await newsroom(key="").read() is None


async def test_an_empty_newsroom_is_empty(newsroom):
    assert await newsroom().read() == ()


async def test_too_many_questions_are_not_asked_again_before_their_time(newsroom, room, clock):
    channel = newsroom()
    room.publish(HOAX)
    room.misbehave = lambda request: "429" if "/services/" in request.path else ""
    assert len(await channel.read()) == 1
    assert channel.held.startswith("Mynewsdesk lets the next one go at 22:17")
    room.misbehave = lambda _request: ""
    room.log.clear()
    assert len(await channel.read()) == 1
    assert [each.path for each in room.log] == [FEED]
    clock.turn(60_000)
    await channel.read()
    assert channel.held == ""
    assert len(room.log) > 2


async def test_words_are_searched_for(newsroom, room):
    room.publish("An honest release")
    hoax = room.publish(HOAX)
    (found,) = await newsroom().search("da noble")
    assert found.remote == f"pressrelease/{hoax.number}"
    assert await newsroom(key="").search("noble") is None


# -- whether it is gone ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone_page", ["404", "410", "start", "shell"])
@pytest.mark.parametrize("strict", [True, False])
async def test_four_green_lights_agree(newsroom, room, clock, gone_page, strict):
    room.gone_page, room.strict = gone_page, strict
    room.publish("An honest release")
    hoax = room.publish(HOAX)
    channel = newsroom()
    await channel.read()
    room.withdraw(hoax)
    await asked_and_waited(channel, clock, room.link(hoax))
    seen = await channel.check("absent", order(room.link(hoax)))
    assert seen.verdict == "agrees", seen.raw
    assert [said(seen, light) for light in ("view", "list", "feed", "page")] == ["gone"] * 4
    assert len(seen.raw.partition(". Kept: ")[0]) < 300  # the record cuts a long answer
    assert len(seen.raw.partition(". Kept: ")[2].split()) >= 9


@pytest.mark.parametrize("light", ["view", "list", "feed", "page"])
async def test_one_red_light_is_told_apart_and_never_agrees(newsroom, room, clock, light):
    hoax = room.publish(HOAX)
    channel = newsroom()
    await channel.read()
    room.withdraw(hoax)
    room.stuck = {light}
    await asked_and_waited(channel, clock, room.link(hoax))
    for _ in range(7):
        seen = await channel.check("absent", order(room.link(hoax)))
        assert seen.verdict == "cannot-see"
        assert seen.raw.startswith("What is shown may be old")
        clock.turn(15_000)
    clock.turn(15_000)
    seen = await channel.check("absent", order(room.link(hoax)))
    assert seen.verdict == "disagrees"
    for other in ("view", "list", "feed", "page"):
        assert said(seen, other) == ("still there" if other == light else "gone")
    room.stuck = set()
    assert (await channel.check("absent", order(room.link(hoax)))).verdict == "agrees"


async def test_nothing_is_asked_before_the_cache_has_lived_its_life(newsroom, room, clock):
    hoax = room.publish(HOAX)
    channel = newsroom()
    room.withdraw(hoax)
    for _ in range(4):
        seen = await channel.check("absent", order(room.link(hoax)))
        assert (seen.verdict, seen.raw) == (
            "cannot-see",
            "Mynewsdesk may show for a minute what is gone already. The first look is at 22:17:00 UTC.",
        )
        clock.turn(14_999)
    assert room.log == []
    clock.turn(4)
    await channel.check("absent", order(room.link(hoax)))
    assert room.log != []


async def test_another_item_waits_for_itself(newsroom, room, clock):
    one, two = room.publish(HOAX), room.publish("Another hoax of theirs")
    channel = newsroom()
    room.withdraw(one)
    room.withdraw(two)
    await asked_and_waited(channel, clock, room.link(one))
    assert (await channel.check("absent", order(room.link(one)))).verdict == "agrees"
    assert (await channel.check("absent", order(room.link(two)))).verdict == "cannot-see"


@pytest.mark.parametrize("word", MISBEHAVIOUR)
@pytest.mark.parametrize("where", ["/view/", "/list/", "/rss/", "/pressreleases/"])
async def test_a_light_that_cannot_be_seen_is_neither_green_nor_red(newsroom, room, clock, word, where):
    hoax = room.publish(HOAX)
    channel = newsroom()
    await channel.read()
    room.withdraw(hoax)
    await asked_and_waited(channel, clock, room.link(hoax), 200_000)
    room.misbehave = lambda request: word if where in request.path else ""
    seen = await channel.check("absent", order(room.link(hoax)))
    light = {"/view/": "view", "/list/": "list", "/rss/": "feed"}.get(where, "page")
    assert (seen.verdict, said(seen, light)) == ("cannot-see", "cannot be seen"), seen.raw


async def test_without_a_key_nothing_is_verified(newsroom, room, clock):
    hoax = room.publish(HOAX)
    channel = newsroom(key="")
    await channel.read()
    room.withdraw(hoax)
    await asked_and_waited(channel, clock, room.link(hoax), 300_000)
    seen = await channel.check("absent", order(room.link(hoax)))
    assert seen.verdict == "cannot-see"
    assert said(seen, "page") == said(seen, "feed") == "gone"


async def test_a_key_that_is_known_no_more_makes_nothing_gone(newsroom, room, clock):
    hoax = room.publish(HOAX)
    channel = newsroom()
    await channel.read()
    await asked_and_waited(channel, clock, room.link(hoax))
    room.withdraw(hoax)
    room.known = False
    seen = await channel.check("absent", order(room.link(hoax)))
    assert seen.verdict == "cannot-see"
    assert "the key is not known" in seen.raw


async def test_what_is_shown_again_is_not_called_there_by_one_answer(newsroom, room, clock):
    hoax = room.publish(HOAX)
    channel = newsroom()
    room.withdraw(hoax)
    await asked_and_waited(channel, clock, room.link(hoax))
    assert (await channel.check("absent", order(room.link(hoax)))).verdict == "agrees"
    clock.turn(3_600_000)
    room.show_again(hoax)
    assert (await channel.check("absent", order(room.link(hoax)))).verdict == "cannot-see"
    clock.turn(180_000)
    assert (await channel.check("absent", order(room.link(hoax)))).verdict == "disagrees"


async def test_a_withdrawal_under_way_is_waited_for_again(newsroom, room, clock):
    hoax = room.publish(HOAX)
    channel = newsroom()
    await asked_and_waited(channel, clock, room.link(hoax), 180_000)
    assert (await channel.check("absent", order(room.link(hoax)))).verdict == "disagrees"
    room.withdraw(hoax)
    room.stuck = {"feed"}
    assert (await channel.check("absent", order(room.link(hoax)))).verdict == "cannot-see"
    room.stuck = set()
    assert (await channel.check("absent", order(room.link(hoax)))).verdict == "agrees"


@pytest.mark.parametrize(
    "item", ["", "2888001", "nonsense", "https://news.example/", "\x1b]0;x\x07", "x" * 9_000]
)
async def test_an_item_that_cannot_be_told_is_not_looked_for(newsroom, clock, room, item):
    channel = newsroom()
    for _ in range(2):
        seen = await channel.check("absent", order(item))
        assert seen.verdict == "cannot-see"
        clock.turn(600_000)
    assert room.log == []


async def test_the_same_number_of_another_kind_is_another_item(newsroom, room, clock):
    hoax = room.publish(HOAX)
    room._next = hoax.number
    room.publish("A blog post with the same number", "blog_post")
    channel = newsroom()
    room.withdraw(hoax)
    await asked_and_waited(channel, clock, f"pressrelease/{hoax.number}")
    await channel.read()
    seen = await channel.check("absent", order(f"pressrelease/{hoax.number}"))
    assert [said(seen, light) for light in ("view", "list", "feed")] == ["gone"] * 3
    assert said(seen, "page") == "cannot be seen"


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (f"<h1>{NAME}</h1>", "gone"),
        ("<h1>Service unavailable</h1>", "cannot be seen"),
        ("", "cannot be seen"),
        (f"<h1>{NAME}</h1><p>FREE da&nbsp;noble &amp;&shy; <b>a</b>ll the <i>others</i></p>", "still there"),
        (f"<h1>{NAME}</h1>&#{'9' * 9_000};<p>Free DA Noble &amp; all the others!</p>", "still there"),
        (
            f"<h1>{NAME}</h1><meta content='Free DA Noble &amp; all the others!'>".encode() + b"\xff",
            "still there",
        ),
        ("<" * 300_000, "cannot be seen"),
    ],
)
async def test_a_page_is_gone_only_where_it_is_the_newsrooms_without_the_headline(
    newsroom, room, clock, page, says
):
    hoax = room.publish(HOAX)
    channel = newsroom()
    await channel.read()
    room.withdraw(hoax)
    room._material = lambda request: Reply(200, page)
    await asked_and_waited(channel, clock, room.link(hoax))
    assert said(await channel.check("absent", order(room.link(hoax))), "page") == says


@pytest.mark.parametrize(
    "link", ["http://169.254.169.254/pressreleases/x-2888001", f"http://{'a' * 70}.example/news/x-2888001"]
)
async def test_a_link_that_leads_inside_or_nowhere_is_not_followed(newsroom, room, clock, link):
    channel = newsroom()
    await asked_and_waited(channel, clock, link)
    assert said(await channel.check("absent", order(link)), "page") == "cannot be seen"


# -- save, profile, try ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [KEY, ""])
async def test_everything_about_an_item_is_saved(newsroom, room, archive, key):
    hoax = room.publish(HOAX)
    found = await newsroom(key=key, keeper=archive).capture(room.link(hoax))
    for part in ("page", "feed", *(["api"] if key else [])):
        assert archive.path(found[part]).exists()
    assert ("api-missing" in found) is not bool(key)
    assert found["headline"] == HOAX
    assert found["published"] == str(hoax.published)
    assert room.items[0].turns == hoax.turns


async def test_what_was_listed_is_saved_by_its_name_alone(newsroom, room):
    hoax = room.publish(HOAX, "blog_post")
    assert {"api", "page", "feed"} <= (await newsroom().capture(f"blog_post/{hoax.number}")).keys()


async def test_what_is_gone_already_is_not_called_saved(newsroom, room, clock):
    hoax = room.publish(HOAX)
    room.withdraw(hoax)
    with pytest.raises(Lost, match="can be read"):
        await newsroom().capture(room.link(hoax))
    with pytest.raises((Lost, NotSent)):
        await newsroom().capture("nonsense")


@pytest.mark.parametrize("gone_page", ["404", "410", "start", "shell"])
async def test_what_is_gone_is_not_saved_by_whatever_page_stands_there(newsroom, room, gone_page):
    room.gone_page = gone_page
    hoax = room.publish(HOAX)
    room.withdraw(hoax)
    room.misbehave = lambda request: "garbage" if request.path == FEED else ""
    with pytest.raises(Lost):
        await newsroom().capture(room.link(hoax))


@pytest.mark.parametrize("word", ["html", "garbage"])
async def test_nonsense_everywhere_saves_nothing(newsroom, room, word):
    hoax = room.publish(HOAX)
    room.misbehave = lambda _request: word
    with pytest.raises(Lost):
        await newsroom().capture(room.link(hoax))


async def test_the_page_alone_saves_an_item_that_nothing_else_shows_yet(newsroom, room):
    hoax = room.publish(HOAX)
    room.misbehave = lambda request: "garbage" if request.path != hoax.path else ""
    assert "page" in await newsroom().capture(room.link(hoax))


@pytest.mark.parametrize("word", MISBEHAVIOUR)
@pytest.mark.parametrize("where", ["/view/", "/pressreleases/"])
async def test_what_could_not_be_fetched_is_not_called_saved(newsroom, room, clock, word, where):
    hoax = room.publish(HOAX)
    room.misbehave = lambda request: word if where in request.path else ""
    try:
        found = await turning(clock, newsroom().capture(room.link(hoax)))
    except (Lost, NotSent):
        return
    part = "api" if where == "/view/" else "page"
    assert f"{part}-status" in found or word in ("html", "garbage")
    assert found["headline"] == HOAX


async def test_a_fault_that_passes_does_not_keep_it_from_being_saved(newsroom, room, clock):
    hoax = room.publish(HOAX)
    room.script.extend(["drop-before", "503"])
    assert (await turning(clock, newsroom().capture(room.link(hoax))))["headline"] == HOAX


async def test_a_profile_is_what_the_newsroom_says_of_itself(newsroom, room):
    profile = await newsroom().profile()
    assert profile["name"] == NAME
    assert profile["picture"] == "https://news.example/logo.png"
    assert profile["description"] == "All our news"
    assert "020 7946 0000" in profile["press_contacts"]
    assert "tag_cloud" not in profile
    assert await newsroom().profile() == profile
    assert await newsroom(key="").profile() == {"name": NAME, "url": room.url, "description": "All news"}


async def test_a_profile_that_cannot_be_read_is_empty(newsroom, room):
    for word in QUICK:
        room.misbehave = lambda _request, word=word: word
        assert await newsroom().profile() == {}
        assert await newsroom(key="").profile() == {}


async def test_a_try_says_what_works_and_what_stays_by_hand(newsroom, room):
    room.publish(HOAX)
    tried = await newsroom().test()
    assert tried.ok
    assert tried.lines == (
        f"The key works. It reads the newsroom of {NAME}.",
        "The public feed can be read: 1 entries, the newest of 19 July 2019 22:16 UTC.",
        "The console reads, saves and watches this newsroom by itself, and verifies what a person withdrew.",
        "Publishing and withdrawing are done by hand, step by step: Mynewsdesk lets no program do either.",
        "Each step prints the address of the editor.",
    )
    assert len(room.items[0].turns) == 1


async def test_a_try_without_a_key_says_what_is_missing(newsroom, room):
    tried = await newsroom(key="", **{"account-id": ""}).test()
    assert tried.ok
    assert "There is no key." in tried.lines
    assert any("asked of a person" in line for line in tried.lines)
    assert any("No account-id" in line for line in tried.lines)


@pytest.mark.parametrize(
    "key", ["WrongKeyWrongKey", "short", "../../../etc/passwd", VaultLocked("It is locked.")]
)
async def test_a_key_that_does_not_work_is_said(newsroom, room, key):
    tried = await newsroom(key=key).test()
    assert not tried.ok
    assert "key" in tried.lines[0]


async def test_a_feed_of_another_newsroom_is_said(newsroom, room):
    room.publish(HOAX)
    room._feed = lambda: (
        "<rss><channel><item><link>https://x.example/news/other-77</link></item></channel></rss>"
    )
    tried = await newsroom().test()
    assert not tried.ok
    assert any("in common" in line for line in tried.lines)


@pytest.mark.parametrize("word", MISBEHAVIOUR)
async def test_a_try_that_is_answered_badly_is_no_success(newsroom, room, word):
    room.misbehave = lambda _request: word
    assert not (await newsroom().test()).ok


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ("https://news.example/pressreleases/free-da-noble-2888001", "pressreleases/edit/2888001"),
        ("https://news.example/news/a-1?utm_source=rss", "news/edit/1"),
        ("https://www.mynewsdesk.com/se/force/blog_posts/a-b-12#x", "blog_posts/edit/12"),
        ("blog_post/12", "blog_posts/edit/12"),
        ("pressreleases/12", "pressreleases/edit/12"),
        ("https://news.example/contact_persons/ann-7", "contact_persons/edit/7"),
    ],
)
async def test_a_guided_step_has_the_editors_address(newsroom, item, path):
    assert newsroom().edit_link(item) == f"https://publish.mynewsdesk.com/met/publish/{path}"
    assert newsroom(**{"account-id": ""}).edit_link(item) == ""


@pytest.mark.parametrize(
    "item", ["", "12", "https://news.example/x-1", "javascript:alert(1)", "news/../1", "news/0"]
)
async def test_where_the_item_cannot_be_told_there_is_no_address(newsroom, item):
    assert newsroom().edit_link(item) == ""


async def test_what_was_read_once_is_known_by_its_number(newsroom, room):
    hoax = room.publish(HOAX)
    channel = newsroom()
    await channel.read()
    assert channel.edit_link(str(hoax.number)).endswith(f"/pressreleases/edit/{hoax.number}")


# -- settings ----------------------------------------------------------------------------------------------------------


def test_every_need_has_a_question():
    assert {need.name for need in NEEDS if need.secret} == {"key"}
    assert {need.name for need in NEEDS if not need.optional} == {"feed"}
    assert all(need.asks.rstrip(".").count("?") == 1 or "?" in need.asks for need in NEEDS)


@pytest.mark.parametrize(
    ("settings", "count"),
    [
        ({"feed": "https://news.example/rss/current_news/58119"}, 0),
        ({"feed": "http://127.0.0.1:80/rss", "base": "http://localhost:1", "account-id": "met_1"}, 0),
        ({}, 1),
        ({"feed": "http://news.example/rss"}, 1),
        ({"feed": "https://me:secret@news.example/rss"}, 1),
        ({"feed": "file:///etc/passwd", "base": "ftp://x", "account-id": "a/b"}, 3),
        ({"feed": f"https://www.mynewsdesk.com/services/pressroom/list/{KEY}?format=rss"}, 1),
        ({"feed": "https://news.example/rss\n", "address": "nowhere"}, 2),
    ],
)
def test_everything_wrong_with_the_settings_is_said_at_once(settings, count):
    wrong = problems(settings)
    assert len(wrong) == count
    assert not any(KEY in each for each in wrong)


# -- the key -----------------------------------------------------------------------------------------------------------


def spellings():
    return {KEY, KEY.lower(), KEY.upper(), KEY[:12], KEY[-12:], KEY.encode().hex()}


async def everything(channel, clock, item):
    """Whatever the adapter can do, with all that it says and raises."""
    told = [
        await channel.read(),
        await channel.search("noble"),
        await channel.profile(),
        await channel.test(),
    ]
    for _ in range(2):
        told.append(await channel.check("absent", order(item)))
        clock.turn(200_000)
    try:
        told.append(await turning(clock, channel.capture(item)))
    except (Lost, NotSent) as error:
        while error is not None:
            told += [repr(error), vars(error), str(getattr(error, "request", ""))]
            error = error.__cause__ or error.__context__
    told += [
        channel.held,
        channel.edit_link(item),
        await channel.act(order(item)),
        await channel.probe(order(item)),
    ]
    return repr(told)


@pytest.mark.parametrize("word", ["", *MISBEHAVIOUR])
@pytest.mark.parametrize("known", [True, False])
async def test_the_key_stands_in_nothing_that_is_kept_said_raised_or_logged(
    newsroom, room, clock, archive, caplog, word, known
):
    caplog.set_level(logging.DEBUG)
    hoax = room.publish(f"{HOAX} {KEY}", body=f"<p>key={KEY}, {KEY.lower()}</p>")
    room.known = known
    room.misbehave = lambda request: word if "/services/" in request.path else ""
    told = await everything(newsroom(keeper=archive), clock, room.link(hoax))
    kept = b"".join(gzip.decompress(each.read_bytes()) for each in archive._folder.iterdir())
    assert b"/services/pressroom/list/[taken out]" in kept
    assert any(KEY in each.target for each in room.log) or word in (*QUICK, "silent", "endless")
    logged = "\n".join(str(vars(each)) + each.getMessage() for each in caplog.records)
    for spelling in spellings():
        assert spelling not in told
        assert spelling.encode() not in kept
        assert spelling not in logged


async def test_an_answer_that_leads_on_with_the_key_in_it_is_not_followed_nor_kept_so(
    newsroom, room, clock, archive, caplog
):
    caplog.set_level(logging.DEBUG)
    hoax = room.publish(HOAX)
    room._service = lambda request, service, key: Reply(
        302, b"", {"Location": f"{room.url}/login?from={request.target}"}
    )
    told = await everything(newsroom(keeper=archive), clock, room.link(hoax))
    assert not any(each.path == "/login" for each in room.log)
    kept = b"".join(gzip.decompress(each.read_bytes()) for each in archive._folder.iterdir())
    assert KEY not in told + caplog.text
    assert KEY.encode() not in kept


async def test_a_key_with_a_line_end_in_the_vault_is_the_same_key(newsroom, room, archive):
    room.publish(HOAX)
    assert (await newsroom(key=f" {KEY}\n", keeper=archive).test()).ok
    kept = b"".join(gzip.decompress(each.read_bytes()) for each in archive._folder.iterdir())
    assert KEY.encode() not in kept


@pytest.mark.parametrize(
    "key", ["short", "with/slash/in/it", "with space in it", "x" * 129, "../list/x", "klé-klé-klé"]
)
async def test_what_cannot_be_a_key_is_never_sent(newsroom, room, key):
    await newsroom(key=key).read()
    assert [each.path for each in room.log] == [FEED]


async def test_public_pages_and_the_feed_are_asked_as_anybody_would(newsroom, room, clock):
    hoax = room.publish(HOAX)
    await everything(newsroom(), clock, room.link(hoax))
    public = [each for each in room.log if "/services/" not in each.path]
    assert {each.path for each in public} == {FEED, hoax.path}
    for each in public:
        assert not {"authorization", "cookie", "referer"} & each.headers.keys()
        assert KEY not in str(each)


# -- hostile answers ---------------------------------------------------------------------------------------------------

HOSTILE = [
    None,
    [],
    [[]],
    "text",
    0,
    {},
    {"items": None, "total_count": 4},
    {"items": [None, 1, "x", []], "item": [None]},
    {"items": [{"id": True, "header": {}}], "item": [{"id": -1}]},
    {"items": [{"id": "1; DROP", "url": []}], "search_result": []},
    {"items": [{"id": 10**30}], "item": {"id": {"id": 1}}},
    {"items": {"item": {"item": []}}, "item": {"item": 7}},
    {
        "total_count": "9" * 5_000,
        "items": [
            {
                "id": "0007",
                "type_of_media": "../../x",
                "header": ["h"],
                "url": "file:///etc/passwd",
                "published_at": {"datetime": {"datetime": []}},
            }
        ],
    },
    {
        "items": [
            {
                "id": 5,
                "type_of_media": "news",
                "header": "\x1b]52;c;aGk=\x07" * 9_000,
                "body": "<" * 50_000,
                "url": f"http://{'a' * 70}.example/news/x-5",
                "published_at": {"text": "99999999-99-99"},
                "created_at": "-" * 9_000,
            }
        ]
        * 20
    },
    {
        "pressroom": {
            "source_name": "\x1b[2J" * 999,
            "id": {"a": [[[[[[[]]]]]]]},
            "\x1b": 1,
            "press_contacts": ["x"] * 999,
        }
    },
]


@pytest.mark.parametrize("plain", HOSTILE)
async def test_a_strange_answer_ends_in_words_and_makes_nothing_gone(newsroom, room, clock, plain):
    hoax = room.publish(HOAX)
    channel = newsroom()
    room._service = lambda request, service, key: Reply(200, b"[" * 50_000 if plain == [[]] else plain or [])
    told = await everything(channel, clock, room.link(hoax))
    assert "failed (" not in told
    assert "agrees" not in told.replace("disagrees", "")
    assert "\x1b" not in "".join((await channel.test()).lines)


# -- many runs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(80))
async def test_no_verdict_is_ever_wrong(newsroom, room, clock, seed):
    """People withdraw or only say so, caches lag, answers fail; what is said is held against what each surface shows."""
    chance = random.Random(seed)
    room.api_delay, room.feed_delay, room.page_delay = (chance.choice([0, 20_000, 60_000]) for _ in range(3))
    room.gone_page = chance.choice(["404", "410", "start", "shell"])
    room.strict = chance.random() < 0.5
    fault = chance.choice([0.0, 0.1, 0.4])
    room.misbehave = lambda request: _fault(f"{seed} {request.target} {clock.now().boot}", fault)
    clock.turn(120_000)
    room.publish("An honest release")
    hoax = room.publish(HOAX, chance.choice(["pressrelease", "news", "blog_post"]))
    item, channel = room.link(hoax), newsroom()
    clock.turn(120_000)
    if chance.random() < 0.8:
        await channel.read()
    honest = chance.random() < 0.7
    if honest:
        room.withdraw(hoax)
        room.stuck = {chance.choice(["view", "list", "feed", "page"])} if chance.random() < 0.3 else set()
    gone = honest and not room.stuck
    asked = clock.now().boot
    agreed = False
    for _ in range(14):
        seen = await channel.check("absent", order(item))
        waited = clock.now().boot - asked
        if seen.verdict == "agrees":
            agreed = True
            assert gone
            assert waited >= 60_000
            assert not any(room.shows(surface, hoax) for surface in ("view", "list", "feed", "page"))
        if seen.verdict == "disagrees":
            assert not gone
            assert waited >= 180_000
        clock.turn(chance.choice([5_000, 15_000, 40_000]))
    room.misbehave = lambda _request: ""
    clock.turn(300_000)
    known = channel._known.get(f"{hoax.media}/{hoax.number}") is not None
    verdicts = set()
    for _ in range(3):
        verdicts = {(await channel.check("absent", order(item))).verdict}
        clock.turn(200_000)
    if gone and (known or room.gone_page in ("404", "410")):
        assert verdicts == {"agrees"}
    elif not gone and not agreed:
        # A page that is still there is told by its headline, where that was ever seen.
        assert verdicts == {"disagrees" if known or not honest or room.stuck != {"page"} else "cannot-see"}


def _fault(request, share):
    """Whether and how a request fails; the same one fails the same way in whatever order they come."""
    chance = random.Random(request)
    return chance.choice(QUICK) if chance.random() < share else ""
