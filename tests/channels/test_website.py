"""The website: items taken down, posted, looked for from outside, read, saved; who may do what."""

from __future__ import annotations

import pytest
from contracts.channel_contract import ChannelContract
from standins.wordpress import OUR_UUID
from support_website import FALSE, NOTICE, SITES, Archive, adapter, driven, order, settled, whole

from console.channels.live.web import Lost, NotSent
from console.channels.protocol import Done, Failed, InDoubt

ENGINES = ("wordpress", "drupal")


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture
async def site(engine, clock):
    async with SITES[engine](clock) as running:
        running.publish("Road closed in High Street")
        clock.turn(1_000)
        yield running


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "evidence")


@pytest.fixture
async def website(site, engine, clock, archive):
    made = adapter(site, engine, clock, keeper=archive)
    yield made
    await made.close()


@pytest.mark.parametrize("engine", ENGINES)
class TestWebsite(ChannelContract):
    link = ""

    @pytest.fixture(autouse=True)
    def false_item(self, site):
        self.link = site.publish(FALSE)

    def order(self, channel, verb, effect="E-1", **changes):
        return super().order(channel, verb, effect, **{"item": self.link, **changes})

    @pytest.fixture
    def give(self, clock):
        async def act(channel, verb, effect="E-1", **changes):
            return await driven(clock, channel.act(self.order(channel, verb, effect, **changes), None))

        return act

    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "site").mkdir()
        return tmp_path / "site"

    @pytest.fixture
    async def channel(self, site, engine, clock, folder):
        made = adapter(site, engine, clock, notice_folder=folder)
        yield made
        await made.close()

    @pytest.fixture
    async def refusing(self, site, engine, clock, folder, unused_port):
        nowhere = f"http://127.0.0.1:{unused_port}"
        made = adapter(site, engine, clock, url=nowhere, notice_folder=folder / "not-there")
        yield made
        await made.close()

    @pytest.fixture
    async def silent(self, site, engine, clock):
        site.misbehave = lambda request: "silent" if request.method in ("POST", "PATCH") else ""
        made = adapter(site, engine, clock, longest=0.5)
        yield made
        await made.close()

    @pytest.fixture
    def traces(self, site, folder):
        return lambda: (
            site.public_titles(),
            {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in folder.iterdir()},
        )


@pytest.mark.parametrize("named", ["link", "www and slash", "tracked", "number", "typed"])
async def test_an_item_is_taken_down_however_it_is_named(site, website, engine, clock, named):
    link = site.publish(FALSE)
    item = {
        "link": link,
        "www and slash": link.rstrip("/"),
        "tracked": f"{link}?utm_source=x#top",
        "number": f"{site.url}/?p=13" if engine == "wordpress" else f"{site.url}/node/41",
        "typed": "posts/13" if engine == "wordpress" else "article/00000000-0000-0000-0000-000000000029",
    }[named]
    outcome = await website.act(order(item=item))
    assert isinstance(outcome, Done), outcome
    assert outcome.remote == item
    assert site.public_titles() == ["Road closed in High Street"]
    again = await website.act(order(item=item, attempt=2))
    assert isinstance(again, Done)
    assert (await website.probe(order(item=item))).verdict == "agrees"


async def test_a_page_is_taken_down_too(site, website, engine):
    link = site.publish("About us", kind="pages" if engine == "wordpress" else "page")
    assert isinstance(await website.act(order(item=link)), Done)
    assert "About us" not in site.public_titles()


@pytest.mark.parametrize(
    "item",
    [
        "",
        " ",
        "https://evil.example/?p=12",
        "https://evil.example/2019/07/road-closed-in-high-street/",
        "nonsense",
        "999",
    ],
)
async def test_what_is_not_of_this_website_is_not_touched(site, website, item):
    outcome = await website.act(order(item=item))
    assert isinstance(outcome, Failed)
    assert site.public_titles() == ["Road closed in High Street"]


async def test_where_nothing_stands_nothing_has_to_be_taken_down(site, website):
    outcome = await website.act(order(item=f"{site.url}/news/was-never-there/"))
    assert isinstance(outcome, Done)


async def test_what_stands_there_but_is_not_known_to_the_system_is_for_hands(site, website):
    site.pages["/campaign/"] = "A page by other means"
    outcome = await website.act(order(item=f"{site.url}/campaign/"))
    assert isinstance(outcome, Failed)
    assert "by hand" in outcome.reason


async def test_without_rights_it_is_a_definite_no(site, website, engine):
    link = site.publish(FALSE)
    if engine == "wordpress":
        site.powers -= {"edit_others_posts", "publish_posts"}
    else:
        site.writable = False
    for verb in ("unpublish", "post"):
        outcome = await website.act(order(verb, item=link))
        assert isinstance(outcome, Failed), outcome
    assert FALSE in site.public_titles()


async def test_a_moderated_item_is_archived_and_a_notice_published(clock):
    async with SITES["drupal"](clock) as site:
        site.moderated = {"article"}
        website = adapter(site, "drupal", clock)
        link = site.publish(FALSE)
        assert isinstance(await website.act(order(item=link)), Done)
        assert site.public_titles() == []
        assert isinstance(await website.act(order("post")), Done)
        assert len(site.public_titles()) == 1
        await website.close()


async def test_a_wrong_password_changes_nothing_and_is_said(site, website, clock):
    link = site.publish(FALSE)
    website._secrets.known["password"] = "some other password"
    assert isinstance(await website.act(order(item=link)), Failed)
    assert isinstance(await website.act(order("post")), Failed)
    tried = await driven(clock, website.test())
    assert not tried.ok
    assert not any("some other password" in line for line in tried.lines)
    website._secrets.known.clear()
    assert isinstance(await website.act(order(item=link)), Failed)
    assert FALSE in site.public_titles()


async def test_what_is_posted_is_there_once_and_is_known_as_ours(site, website, clock):
    outcome = await website.act(order("post"))
    assert isinstance(outcome, Done), outcome
    seen = await website.read()
    ours = next(each for each in seen if each.remote == outcome.remote)
    assert " ".join(ours.words.split()) == " ".join(NOTICE.split())
    again = await website.act(order("post", attempt=2))
    assert isinstance(again, Done)
    assert again.remote == outcome.remote
    assert len(site.public_titles()) == 2
    found = await website.probe(order("post"))
    assert (found.verdict, found.value) == ("agrees", outcome.remote)
    assert (await settled(clock, website, order("post", "E-2"))).verdict == "disagrees"


async def test_markup_in_the_words_stays_words(site, website, engine):
    text = "<script>alert(1)</script> & <!--#exec cmd='id' --> stay words"
    outcome = await website.act(order("post", text=text))
    assert isinstance(outcome, Done)
    if engine == "wordpress":
        (post,) = [each for each in site.posts["posts"].values() if each["slug"].startswith("notice-")]
        assert "<script" not in post["content"] + post["title"]
        assert "<!--" not in post["content"] + post["title"]
    assert (await website.probe(order("post", text=text))).verdict == "agrees"


async def test_somebody_else_s_words_under_our_name_prove_nothing(site, website, engine):
    await website.act(order("post"))
    where = site.posts["posts"] if engine == "wordpress" else site.nodes["article"]
    ours = list(where.values())[-1]
    ours["content" if engine == "wordpress" else "value"] = "<p>Pay here.</p>"
    assert (await website.probe(order("post"))).verdict == "cannot-see"
    assert isinstance(await website.act(order("post", attempt=2)), InDoubt)


async def test_it_is_absent_once_every_look_from_outside_says_so(site, website):
    link = site.publish(FALSE)
    before = await website.check("absent", order(item=link))
    assert before.verdict == "disagrees"
    await website.act(order(item=link))
    after = await website.check("absent", order(item=link))
    assert after.verdict == "agrees", after
    for name in ("page", "page past caches", "feed", "home page"):
        assert f'"{name}"' in after.raw
    assert (await website.check("absent", order(item=""))).verdict == "cannot-see"


async def test_a_cache_that_still_shows_it_is_waited_for_and_then_said(site, website, clock):
    site.cache_ms = 3_600_000
    link = site.publish(FALSE)
    assert (await website.check("absent", order(item=link))).verdict == "disagrees"
    await website.act(order(item=link))
    assert (await website.check("absent", order(item=link))).verdict == "cannot-see"
    clock.turn(9 * 60_000)
    assert (await website.check("absent", order(item=link))).verdict == "cannot-see"
    clock.turn(2 * 60_000)
    late = await website.check("absent", order(item=link))
    assert late.verdict == "disagrees"
    assert "feed" in late.value
    clock.turn(3_600_000)
    assert (await website.check("absent", order(item=link))).verdict == "agrees"


async def test_a_website_that_is_down_proves_nothing_absent(site, website, engine):
    link = site.publish(FALSE)
    await website.act(order(item=link))
    site.pages.clear()
    assert (await website.check("absent", order(item=link))).verdict == "cannot-see"


async def test_a_page_that_answers_without_the_words_is_gone_where_the_system_says_so(site, website, engine):
    link = site.publish(FALSE)
    await website.act(order(item=link))
    site.pages[link.removeprefix(site.url)] = "Sorry, we could not find that"
    assert (await website.check("absent", order(item=link))).verdict == "agrees"
    site.pages[link.removeprefix(site.url)] = FALSE.upper().replace("'", "&rsquo;")
    assert (await website.check("absent", order(item=link))).verdict == "disagrees"


async def test_what_is_published_is_read_by_its_last_change(site, website, engine, clock):
    old = site.publish("Back-dated")
    where = site.posts["posts"] if engine == "wordpress" else site.nodes["article"]
    list(where.values())[-1]["created"] = 1_000_000_000_000
    clock.turn(60_000)
    new = site.publish(FALSE)
    seen = await website.read()
    assert [each.link for each in seen][:2] == [new, old]
    assert seen[0].published == clock.now().wall
    assert seen[1].published == clock.now().wall - 60_000
    assert FALSE.split()[0] in seen[0].words


async def test_where_the_system_does_not_answer_the_feed_is_read(site, website, clock):
    link = site.publish(FALSE)
    site.misbehave = lambda request: "500" if "feed" not in request.path else ""
    seen = await driven(clock, website.read())
    assert link in [each.link for each in seen]
    site.has_feed = False
    assert await driven(clock, website.read()) is None


async def test_an_item_is_saved_with_everything_told_of_it(site, website, archive, engine):
    link = site.publish(FALSE)
    found = await website.capture(link)
    for name in ("api", "page", "page-past-caches", *(["revisions"] if engine == "wordpress" else [])):
        assert archive.path(found[name]).exists(), name
    assert found["page-status"] == "200"
    assert "missing" not in found
    if engine == "wordpress":
        assert found["revision-count"] == "2"


async def test_what_cannot_be_saved_whole_says_what_is_missing(site, website, clock):
    link = site.publish(FALSE)
    site.misbehave = lambda request: "500" if request.path.startswith(("/wp-json", "/jsonapi")) else ""
    found = await driven(clock, website.capture(link))
    assert found["page"]
    assert "API" in found["missing"]
    site.misbehave = lambda request: "500"
    with pytest.raises(Lost):
        await driven(clock, website.capture(link))
    with pytest.raises(NotSent):
        await driven(clock, website.capture("\ud800"))


@pytest.mark.parametrize("word", ["html", "garbage"])
async def test_nonsense_from_a_website_that_is_down_saves_nothing(site, website, clock, word):
    link = site.publish(FALSE)
    site.misbehave = lambda _request: word
    with pytest.raises(Lost):
        await driven(clock, website.capture(link))


async def test_a_profile_tells_who_is_powerful_there(site, website, engine):
    found = await website.profile()
    assert found["title"] == "Example Police"
    assert len(found["administrators"].splitlines()) == 1
    if engine == "wordpress":
        site.users.append(
            {
                "id": 66,
                "slug": "wp-support",
                "email": "x@evil.example",
                "roles": ["editor"],
                "capabilities": {"promote_users": True},
            }
        )
        assert "66 wp-support x@evil.example" in (await website.profile())["administrators"]
        assert OUR_UUID in found["application-passwords"]
        site.powers -= {"list_users"}
        assert "administrators" not in await website.profile()


async def test_a_try_says_who_we_are_and_what_is_left_to_hands(site, website, engine):
    before = len(site.log)
    tried = await website.test()
    assert tried.ok, tried
    text = " ".join(tried.lines)
    assert "Taking items down: by the console." in text
    assert "The notice banner: by hand, with instructions." in text
    assert all(each.method == "GET" for each in site.log[before:])
    if engine == "wordpress":
        site.powers -= {"edit_others_posts"}
        tried = await website.test()
        assert not tried.ok
        assert any("may not take down posts of others" in line for line in tried.lines)


async def test_no_secret_is_kept_or_told_even_when_an_answer_repeats_it(site, website, archive, tmp_path):
    link = site.publish(FALSE)
    echo = site.log

    def repeated(table):
        said = echo[-1].headers.get("authorization", "") if echo else ""
        return (
            {**table, "seen": [said, site.password, site.password.replace(" ", "")]}
            if isinstance(table, dict)
            else table
        )

    site.mangle = repeated
    outcomes = [
        await website.act(order(item=link)),
        await website.act(order("post")),
        await website.probe(order("post")),
        await website.check("absent", order(item=link)),
        await website.test(),
        await website.read(),
    ]
    said = repr(outcomes).encode() + whole(tmp_path / "evidence")
    for secret in (
        site.password,
        site.password.replace(" ", ""),
        site.log[0].headers.get("authorization", "Basic ?")[6:],
    ):
        assert secret.encode() not in said


class TestApplicationPasswords:
    @pytest.fixture
    def engine(self):
        return "wordpress"

    async def test_all_but_ours_are_ended_with_what_is_known_of_them(self, site, website):
        site.passwords[3].append(site.app_password("99999999-2222-4333-8444-555555555555", "hub"))
        site.passwords[1].append(
            site.app_password("88888888-2222-4333-8444-555555555555", "unknown", None, None)
        )
        site.passwords[1].append(site.app_password("77777777-2222-4333-8444-555555555555", "backup"))
        found = await website.revoke_others(keep=["77777777-2222-4333-8444-555555555555"])
        assert {each.name for each in found.ended} == {"hub", "unknown"}
        assert next(each for each in found.ended if each.name == "hub").last_ip == "203.0.113.9"
        assert {each.name for each in found.kept} == {"console", "backup"}
        assert found.left == ()
        assert [each["name"] for each in site.passwords[3]] == ["console"]
        assert (await website.revoke_others(keep=["77777777-2222-4333-8444-555555555555"])).ended == ()

    async def test_without_knowing_which_is_ours_none_is_ended(self, site, website):
        site.passwords[3].append(site.app_password("99999999-2222-4333-8444-555555555555", "hub"))
        site.introspects = False
        with pytest.raises(Lost):
            await website.revoke_others()
        assert len(site.passwords[3]) == 2

    @pytest.mark.parametrize(
        "word", ["drop-before", "drop-after", "500", "500-after", "html", "garbage", "redirect"]
    )
    async def test_what_was_not_answered_is_not_said_to_be_ended_unless_it_is(
        self, site, website, clock, word
    ):
        site.passwords[3].append(site.app_password("99999999-2222-4333-8444-555555555555", "hub"))
        site.misbehave = lambda request: word if request.method == "DELETE" else ""
        found = await driven(clock, website.revoke_others())
        if found.ended:
            assert len(site.passwords[3]) == 1
        else:
            assert [each.name for each in found.left] == ["hub"]

    async def test_those_of_others_that_we_may_not_see_are_named(self, site, website):
        site.powers -= {"edit_users"}
        assert (await website.revoke_others()).unseen == ("1",)

    async def test_elsewhere_there_are_none(self, clock):
        async with SITES["none"](clock) as plain:
            website = adapter(plain, "none", clock)
            assert await website.revoke_others() is None
            await website.close()
