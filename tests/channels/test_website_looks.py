"""A website without an engine; what pages say; what is wrong with settings."""

from __future__ import annotations

import pytest
from contracts.channel_contract import ChannelContract
from hypothesis import given
from hypothesis import strategies as st
from standins.website import Site
from support_website import FALSE, adapter, driven, order

from console.channels.live.outside import holds, incidents_of, same_link, words_of
from console.channels.live.web import Lost
from console.channels.live.website import NEEDS, problems


class Plain(Site):
    def __init__(self, clock):
        super().__init__(clock)
        self.published = [["/news/false/", FALSE, "<p>x</p>", True, clock.now().wall]]

    def items(self):
        return [tuple(each) for each in self.published]


@pytest.fixture
async def site(clock):
    async with Plain(clock) as running:
        yield running


@pytest.fixture
async def website(site, clock):
    made = adapter(site, "none", clock)
    yield made
    await made.close()


class TestNone(ChannelContract):
    @pytest.fixture
    def channel(self, website):
        return website

    @pytest.fixture
    def refusing(self, website):
        return website

    @pytest.fixture
    def silent(self, website):
        return website

    @pytest.fixture
    def traces(self, site):
        return site.items

    async def test_all_its_acts_are_for_hands(self, channel):
        assert self.own_verbs(channel) == []


async def test_it_reads_the_feed_and_tells_when_an_item_is_gone(site, website):
    (seen,) = await website.read()
    assert seen.link == f"{site.url}/news/false/"
    assert FALSE in seen.words
    item = order(item=seen.link)
    assert (await website.check("absent", item)).verdict == "disagrees"
    site.published[0][3] = False
    assert (await website.check("absent", item)).verdict == "agrees"


async def test_a_page_without_the_words_proves_nothing_unless_it_held_them_before(site, website):
    item = order(item=f"{site.url}/news/false/")
    await website.read()
    site.published[0][3] = False
    site.pages["/news/false/"] = "Home of an application"
    assert (await website.check("absent", item)).verdict == "cannot-see"
    del site.pages["/news/false/"]
    site.published[0][3] = True
    await website.capture(item.item)
    site.published[0][3] = False
    site.pages["/news/false/"] = "Page not found, sorry"
    assert (await website.check("absent", item)).verdict == "agrees"


async def test_a_page_whose_title_nobody_knows_proves_nothing(site, website):
    site.has_feed = False
    assert (await website.check("absent", order(item=f"{site.url}/news/false/"))).verdict == "cannot-see"


async def test_it_is_tried_saved_and_compared_by_looking_alone(site, website):
    tried = await website.test()
    assert tried.ok, tried
    assert "Taking items down: by hand, with instructions." in tried.lines
    found = await website.capture(f"{site.url}/news/false/")
    assert found["page"]
    with pytest.raises(Lost):
        await website.capture(f"{site.url}/news/was-never/")
    assert (await website.profile())["title"] == "Example Police"
    site.pages.clear()
    assert not (await website.test()).ok
    with pytest.raises(Lost):
        await website.profile()


async def test_a_stranger_s_link_leads_nowhere_inside(site, website, clock):
    for link in (
        "http://169.254.169.254/",
        "http://localhost:1/",
        "file:///etc/passwd",
        "\x1b]0;x",
        "javascript:x",
    ):
        assert (await website.check("absent", order(item=link))).verdict == "cannot-see"
    site.redirects["/news/moved/"] = "http://169.254.169.254/"
    assert (await website.check("absent", order(item=f"{site.url}/news/moved/"))).verdict == "cannot-see"


async def test_a_website_s_engine_without_a_user_leaves_the_acts_to_hands(site, clock):
    made = adapter(site, "wordpress", clock, user="")
    assert not made.can("unpublish")
    assert not (await driven(clock, made.test())).ok
    await made.close()


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<section data-incident="L-1">', {"L-1"}),
        ("<DIV class=x\ndata-incident='L-1' hidden>", {"L-1"}),
        ("<p data-incident=L-1>", {"L-1"}),
        ('<!-- <p data-incident="L-1"> -->', set()),
        ('<script>"<p data-incident=\\"L-1\\">"</script>', set()),
        ('<template><p data-incident="L-1"></template>', set()),
        ('<script>x</script><p data-incident="L-2">', {"L-2"}),
        ('<!-- <p data-incident="L-1">', set()),
        ('&lt;p data-incident="L-1"&gt;', set()),
        ('<p title="x" data-incident="L-1"><p data-incident="L-2">', {"L-1", "L-2"}),
    ],
)
def test_only_a_notice_that_a_browser_would_show_counts(page, found):
    assert incidents_of(page) == found


@pytest.mark.parametrize(
    ("page", "title", "there"),
    [
        ("<h1>It&#8217;s <em>ours</em></h1>", "It's ours", True),
        ("<h1>IT’S OURS</h1>", "It's ours", True),
        ("<h1>Something else</h1>", "It's ours", False),
        ("<h1>bits ours</h1>", "it's ours", False),
        ("<h1>anything</h1>", "\U0001f600", False),
        ("<title>A – B</title>", "A -- B", True),
    ],
)
def test_a_title_is_known_again_however_a_theme_dresses_it(page, title, there):
    assert holds(page, title) is there


@pytest.mark.parametrize(
    "hostile",
    [
        "<" * 2_000_000,
        "<script>" * 300_000,
        "<!--" * 500_000,
        "<a " * 700_000,
        "&#" + "9" * 2_000_000,
        "<p data-incident=" * 100_000,
    ],
)
def test_a_page_made_to_be_slow_is_read_once(hostile):
    assert incidents_of(hostile) == frozenset()
    assert not holds(hostile, "a title")


@given(st.text(max_size=200))
def test_no_page_breaks_reading(page):
    incidents_of(page)
    words_of(page)
    same_link(page)


def test_settings_are_told_everything_that_is_wrong_with_them_at_once():
    assert problems({"base": "https://www.example.org", "engine": "none"}) == ()
    wrong = problems(
        {
            "base": "http://www.example.org",
            "engine": "joomla",
            "api": "ftp://x",
            "feed": "https://user:pw@example.org/feed",
            "pages": "/ /news/",
            "types": "posts,../users",
            "notice-folder": "site",
            "notice-hours": "never",
            "notice-link": "javascript:alert(1)",
        }
    )
    text = "; ".join(wrong)
    for words in (
        "base is not https",
        "engine is one of",
        "api is no web",
        "feed has a user",
        "pages are 3",
        "'../users'",
        "whole path",
        "notice-hours",
        "notice-link is no web",
    ):
        assert words in text
    assert "pw" not in text
    assert problems({"engine": "filedrop", "base": "https://a.example"}) == (
        "filedrop needs a notice-folder",
    )
    assert problems({"base": "http://127.0.0.1:8080"}) == ()
    assert problems({}) == ("the website's public address is missing",)
    assert problems({"base": "https://a.example", "engine": "drupal", "user": "a:b"})


def test_what_is_asked_is_asked_in_sentences():
    assert all(each.asks.endswith(("?", ".")) for each in NEEDS)
    assert [each.name for each in NEEDS if each.secret] == ["password"]
    assert len({each.name for each in NEEDS}) == len(NEEDS)
